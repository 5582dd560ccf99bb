-- The user's own flows of a product as the user wrote it (any code), USD; of each pair and year the newest file's.
WITH layers AS (
  SELECT year, importer, exporter, priority, SUM(value_usd) AS value_usd,
         ROW_NUMBER() OVER (PARTITION BY year, importer, exporter ORDER BY priority DESC) AS place
  FROM user_flows WHERE product = :product GROUP BY year, importer, exporter, priority
)
SELECT year, importer, exporter, value_usd FROM layers WHERE place = 1 ORDER BY year, importer, exporter
