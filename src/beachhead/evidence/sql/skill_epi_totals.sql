-- What countries sold to each other of all goods together in 2023, USD.
SELECT exporter, importer, value_usd FROM goods_totals_2023 ORDER BY exporter, importer
