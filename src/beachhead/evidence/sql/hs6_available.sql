-- HS6 lines with flows between countries, and the years they cover.
WITH spans AS (
  SELECT hs6, MIN(year) AS year_from, MAX(year) AS year_to FROM hs6_flows GROUP BY hs6
  UNION ALL
  SELECT SUBSTRING(product, 4, 6) AS hs6, MIN(year) AS year_from, MAX(year) AS year_to
  FROM user_flows WHERE product LIKE 'hs:______' AND exporter <> 'WLD' AND importer <> 'WLD' GROUP BY product
)
SELECT hs6, MIN(year_from) AS year_from, MAX(year_to) AS year_to FROM spans GROUP BY hs6 ORDER BY hs6
