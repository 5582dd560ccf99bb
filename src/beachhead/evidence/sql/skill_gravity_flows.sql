-- Every product that an exporter sold to an importer over the years :first to :last, USD in all.
SELECT product, exporter, importer, SUM(usd) AS usd
FROM flows WHERE year BETWEEN :first AND :last
GROUP BY product, exporter, importer ORDER BY product, exporter, importer
