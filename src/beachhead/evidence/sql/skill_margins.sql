-- Mean imports and exports a year of each country and chapter over the years :from_year to :to_year, USD.
SELECT hs2, country, AVG(imports_usd) AS imports, AVG(exports_usd) AS exports
FROM goods_margins WHERE year BETWEEN :from_year AND :to_year
GROUP BY hs2, country ORDER BY hs2, country
