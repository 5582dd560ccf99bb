-- What each country sold and bought abroad of each product over the years :first to :last, USD in all.
SELECT product, country, SUM(sold) AS sold, SUM(bought) AS bought
FROM (
  SELECT product, exporter AS country, usd AS sold, 0.0 AS bought FROM flows WHERE year BETWEEN :first AND :last
  UNION ALL
  SELECT product, importer AS country, 0.0 AS sold, usd AS bought FROM flows WHERE year BETWEEN :first AND :last
) AS sides
GROUP BY product, country ORDER BY product, country
