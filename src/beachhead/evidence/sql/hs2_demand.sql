-- A chapter group's imports and exports by country and year, USD. Complete.
SELECT country, year, imports_usd, exports_usd FROM goods_margins WHERE hs2 = :hs2 ORDER BY country, year
