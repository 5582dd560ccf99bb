-- What each country sold and bought abroad of each chapter group over the years :first to :last, USD in all.
SELECT hs2 AS product, country, SUM(COALESCE(exports_usd, 0)) AS sold, SUM(COALESCE(imports_usd, 0)) AS bought
FROM goods_margins WHERE year BETWEEN :first AND :last
GROUP BY hs2, country ORDER BY hs2, country
