-- What the observed pairs leave unseen, by country and year, USD.
SELECT country, year, other_exports, other_imports FROM goods_residual WHERE hs2 = :hs2 ORDER BY country, year
