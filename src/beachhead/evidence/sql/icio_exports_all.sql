-- Sales abroad by economy and sector, USD (inputs only).
SELECT exporter, sector, SUM(value_usd) AS value_usd
FROM icio_flows WHERE exporter <> importer
GROUP BY exporter, sector ORDER BY exporter, sector
