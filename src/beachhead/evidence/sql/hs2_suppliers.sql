-- Observed pairs of a chapter group, USD: the five largest each way, and on whose list. A pair not listed is not zero.
SELECT year, importer, exporter, value_usd, seen_in FROM goods_pairs WHERE hs2 = :hs2 ORDER BY year, importer, exporter
