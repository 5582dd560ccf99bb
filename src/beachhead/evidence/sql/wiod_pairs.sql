-- Sales of a sector between economies in a year, USD (WIOD).
SELECT exporter, importer, intermediate_usd, final_usd
FROM wiod_flows WHERE sector = :sector AND year = :year ORDER BY exporter, importer
