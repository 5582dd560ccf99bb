-- All HS6 flows of the snapshot, and those of one line as the user's newest files have them.
WITH own AS (
  SELECT year, exporter, importer, priority, SUM(value_usd) AS usd,
         ROW_NUMBER() OVER (PARTITION BY year, importer, exporter ORDER BY priority DESC) AS place
  FROM user_flows
  WHERE product = CONCAT('hs:', :hs6) AND importer <> 'WLD' AND exporter <> 'WLD'
  GROUP BY year, exporter, importer, priority
)
SELECT f.hs6 AS product, f.exporter, f.importer, f.year, CAST(f.value_usd AS DOUBLE) AS usd
FROM hs6_flows f
LEFT JOIN own o ON o.place = 1 AND f.hs6 = :hs6
  AND o.year = f.year AND o.exporter = f.exporter AND o.importer = f.importer
WHERE o.usd IS NULL
UNION ALL
SELECT :hs6 AS product, exporter, importer, year, CAST(usd AS DOUBLE) AS usd FROM own WHERE place = 1
