-- Rows of a file `exporter,importer,product,year,value_usd[,quantity_t,revision,source]`, or why a row cannot be used.
WITH cells AS (
  SELECT line, UPPER(TRIM(exporter)) AS seller, UPPER(TRIM(importer)) AS buyer, TRIM(product) AS product,
         TRIM(value_usd) AS value_text, TRY_CAST(TRIM(value_usd) AS DOUBLE) AS value_usd,
         TRIM(quantity_t) AS quantity_text, TRY_CAST(TRIM(quantity_t) AS DOUBLE) AS quantity_t,
         TRIM(year) AS year_text, TRY_CAST(TRIM(year) AS SMALLINT) AS year,
         TRIM(revision) AS revision, TRIM(source) AS source
  FROM block
)
SELECT c.line, x.iso3 AS exporter, m.iso3 AS importer, c.product, c.year, c.value_usd, c.quantity_t, c.revision, c.source,
  '' AS side,
  CASE
    WHEN regexp_like(c.seller, '^[=+@-]') OR regexp_like(c.buyer, '^[=+@-]') OR regexp_like(c.product, '^[=+@-]')
      OR regexp_like(c.source, '^[=+@-]') OR regexp_like(c.revision, '^[=+@-]')
      THEN 'a text cell starts with = + - or @, as a spreadsheet formula does'
    WHEN x.iso3 IS NULL OR CHAR_LENGTH(c.seller) <> 3
      THEN CONCAT('unknown exporter “', SUBSTRING(c.seller, 1, 40), '”; write ISO 3166-1 alpha-3, such as DEU, or WLD for the world')
    WHEN m.iso3 IS NULL OR CHAR_LENGTH(c.buyer) <> 3
      THEN CONCAT('unknown importer “', SUBSTRING(c.buyer, 1, 40), '”; write ISO 3166-1 alpha-3, such as DEU, or WLD for the world')
    WHEN NOT regexp_like(c.product, '^(hs:[0-9]{2}([0-9]{2}([0-9]{2})?)?|icio:[A-Z0-9_]+|user:[A-Za-z0-9_-]+)$')
      THEN CONCAT('product “', SUBSTRING(c.product, 1, 40), '” is not written like hs:250810, icio:J62_63 or user:NAME')
    WHEN c.value_usd IS NULL THEN CONCAT('value_usd “', SUBSTRING(c.value_text, 1, 40), '” is not a number')
    WHEN isnan(c.value_usd) OR c.value_usd < 0 OR c.value_usd > 1e15 THEN 'value_usd must be a finite number of zero or more'
    WHEN c.quantity_text <> '' AND (c.quantity_t IS NULL OR isnan(c.quantity_t) OR c.quantity_t < 0 OR c.quantity_t > 1e15)
      THEN 'quantity_t must be a number of zero or more'
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1900 AND :last_year)
      THEN CONCAT('year “', SUBSTRING(c.year_text, 1, 40), '” is not between 1900 and ', CAST(:last_year AS VARCHAR))
    WHEN CHAR_LENGTH(c.source) > 300 THEN 'source is longer than 300 characters'
  END AS reason,
  CASE WHEN CONCAT(c.seller, c.buyer, c.product, c.value_text) = '' THEN 'empty line' END AS ignored
FROM cells AS c
LEFT JOIN economies AS x ON c.seller = x.code
LEFT JOIN economies AS m ON c.buyer = m.code
