SELECT importer, exporter, product, CAST(year AS SMALLINT) AS year, basis, CAST(simple_pct AS DOUBLE) AS simple_pct,
       CAST(weighted_pct AS DOUBLE) AS weighted_pct, source
FROM staged ORDER BY product, importer, exporter, year, basis
