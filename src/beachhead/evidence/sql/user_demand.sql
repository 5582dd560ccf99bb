-- The user's own figures of demand for a product, USD a year: per market the newest year of the newest file that states
-- it; where none does, what the user's own flows of the product into the market add up to in their newest year. Goods
-- with known suppliers are left to hs6_suppliers; here they count only where a total from all the world is all there is.
WITH stated AS (
  SELECT market, value_usd, sd_log, year, source,
         ROW_NUMBER() OVER (PARTITION BY market ORDER BY priority DESC, COALESCE(year, 9999) DESC, value_usd DESC) AS place
  FROM user_demand WHERE product = :product
),
pairs_newest AS (
  SELECT year, importer, exporter, priority, MAX(source) AS source, SUM(value_usd) AS value_usd,
         ROW_NUMBER() OVER (PARTITION BY year, importer, exporter ORDER BY priority DESC) AS place
  FROM user_flows WHERE product = :product AND importer <> 'WLD' GROUP BY year, importer, exporter, priority
),
summed AS (
  SELECT importer AS market, year, MAX(source) AS source,
         COALESCE(MAX(CASE WHEN exporter = 'WLD' THEN value_usd END), SUM(value_usd)) AS value_usd,
         SUM(CASE WHEN exporter = 'WLD' THEN 0 ELSE 1 END) AS suppliers,
         ROW_NUMBER() OVER (PARTITION BY importer ORDER BY year DESC) AS place
  FROM pairs_newest WHERE place = 1 GROUP BY importer, year
)
SELECT market, value_usd, sd_log, year, source FROM stated WHERE place = 1
UNION ALL
SELECT s.market, s.value_usd, CAST(NULL AS DOUBLE) AS sd_log, s.year, s.source
FROM summed AS s LEFT JOIN stated AS d ON s.market = d.market
WHERE s.place = 1 AND s.value_usd > 0 AND d.market IS NULL AND (s.suppliers = 0 OR :product NOT LIKE 'hs:%')
ORDER BY market
