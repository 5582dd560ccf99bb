-- Pairs of an HS6 line, USD. A pair's figure comes from the newest of the user's files that has it (priority above 0),
-- else from the snapshot (0).
WITH flows AS (
  SELECT year, importer, exporter, value_usd, 0 AS priority FROM hs6_flows WHERE hs6 = :hs6
  UNION ALL
  SELECT year, importer, exporter, value_usd, priority FROM user_flows WHERE product = CONCAT('hs:', :hs6)
),
layers AS (
  SELECT year, importer, exporter, priority, SUM(value_usd) AS value_usd,
         ROW_NUMBER() OVER (PARTITION BY year, importer, exporter ORDER BY priority DESC) AS place
  FROM flows WHERE importer <> 'WLD' AND exporter <> 'WLD' GROUP BY year, importer, exporter, priority
)
SELECT year, importer, exporter, value_usd, priority FROM layers WHERE place = 1 ORDER BY year, importer, exporter
