-- All goods that :home sold to each country in 2023, USD.
SELECT exporter, importer, value_usd FROM goods_totals_2023 WHERE exporter = :home ORDER BY importer
