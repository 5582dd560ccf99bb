-- What economies sold to each other in all sectors together, USD (inputs only).
SELECT exporter, importer, SUM(value_usd) AS value_usd
FROM icio_flows WHERE exporter <> importer
GROUP BY exporter, importer ORDER BY exporter, importer
