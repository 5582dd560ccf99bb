SELECT exporter, importer, product, CAST(year AS SMALLINT) AS year, CAST(value_usd AS DOUBLE) AS value_usd,
       CAST(quantity_t AS DOUBLE) AS quantity_t, revision, source
FROM staged ORDER BY product, year, importer, exporter
