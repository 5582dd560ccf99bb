-- Both partners report a flow: what the importer says stands before what the exporter says.
WITH sides AS (
  SELECT exporter, importer, product, year, revision, source,
         MAX(CASE WHEN side = 'M' THEN value_usd END) AS bought, MAX(CASE WHEN side = 'X' THEN value_usd END) AS sold,
         MAX(CASE WHEN side = 'M' THEN quantity_t END) AS bought_t, MAX(CASE WHEN side = 'X' THEN quantity_t END) AS sold_t
  FROM staged GROUP BY exporter, importer, product, year, revision, source
)
SELECT exporter, importer, product, CAST(year AS SMALLINT) AS year, COALESCE(bought, sold) AS value_usd,
       CASE WHEN bought IS NULL THEN sold_t ELSE bought_t END AS quantity_t, revision, source
FROM sides ORDER BY product, year, importer, exporter
