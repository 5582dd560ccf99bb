-- What each market imported of each product each year, USD, from everywhere together.
SELECT p.id AS product, m.id AS importer, f.year AS year, SUM(f.usd) AS usd
FROM flows f
JOIN main.product_ids p ON p.product = f.product
JOIN main.country_ids m ON m.country = f.importer
WHERE f.year BETWEEN :from_year AND :to_year
GROUP BY p.id, m.id, f.year
ORDER BY product, importer, year
