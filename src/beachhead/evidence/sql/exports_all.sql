-- All goods that each economy sold abroad in the newest year, USD.
SELECT country, SUM(exports_usd) AS exports_usd
FROM goods_margins WHERE year = (SELECT MAX(year) FROM goods_margins)
GROUP BY country ORDER BY country
