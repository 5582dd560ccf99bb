-- Observed pairs of a chapter group, USD: the five largest each way. A pair that is not listed is not zero.
SELECT year, importer, exporter, value_usd FROM goods_pairs WHERE hs2 = :hs2 ORDER BY year, importer, exporter
