-- Imports of chapters as flows from the world to each market.
SELECT hs2 AS product, 'WLD' AS exporter, country AS importer, year, imports_usd AS usd
FROM goods_margins
WHERE imports_usd > 0
ORDER BY product, importer, year
