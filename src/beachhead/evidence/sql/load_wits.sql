-- Rows of a WITS tariff download. Codes are numeric; 918 is the European Union and stands for its members.
WITH cells AS (
  SELECT line, UPPER(TRIM(reporter)) AS reporter, UPPER(TRIM(partner)) AS partner, UPPER(TRIM(product)) AS code,
         UPPER(TRIM(product_name)) AS product_name, UPPER(TRIM(dutytype)) AS basis,
         TRIM(tariff_year) AS year_text, TRY_CAST(TRIM(tariff_year) AS SMALLINT) AS year,
         TRIM(simple_average) AS simple_text, TRY_CAST(TRIM(simple_average) AS DOUBLE) AS simple_pct,
         TRIM(weighted_average) AS weighted_text, TRY_CAST(TRIM(weighted_average) AS DOUBLE) AS weighted_pct
  FROM block
)
SELECT c.line, r.iso3 AS importer, p.iso3 AS exporter,
  CASE WHEN c.code IN ('TOTAL', '000000', '999999') OR c.product_name IN ('TOTAL TRADE', 'ALL PRODUCTS') THEN 'total'
       ELSE CONCAT('hs:', CASE WHEN CHAR_LENGTH(c.code) IN (1, 3, 5) THEN '0' ELSE '' END, c.code) END AS product,
  c.year, c.basis, c.simple_pct, c.weighted_pct, :source AS source,
  CASE
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1988 AND :last_year)
      THEN CONCAT('Tariff Year “', SUBSTRING(c.year_text, 1, 40), '” is not a year from 1988 to ', CAST(:last_year AS VARCHAR))
    WHEN c.simple_pct IS NULL AND c.weighted_pct IS NULL
      THEN CONCAT('neither average is a number: “', SUBSTRING(c.simple_text, 1, 20), '”, “', SUBSTRING(c.weighted_text, 1, 20), '”')
    WHEN isnan(COALESCE(c.simple_pct, 0)) OR isnan(COALESCE(c.weighted_pct, 0)) OR c.simple_pct < 0 OR c.weighted_pct < 0
      OR c.simple_pct > 5000 OR c.weighted_pct > 5000 THEN 'a tariff is a percentage from 0 to 5000'
  END AS reason,
  CASE
    WHEN CONCAT(c.year_text, c.reporter, c.partner, c.code) = '' THEN 'empty line'
    WHEN c.basis NOT IN ('AHS', 'MFN', 'PRF') THEN 'bound and other duties'
    WHEN r.iso3 IS NULL OR p.iso3 IS NULL THEN 'groups and unspecified areas'
    WHEN NOT (c.code IN ('TOTAL', '000000', '999999') OR c.product_name IN ('TOTAL TRADE', 'ALL PRODUCTS')
      OR regexp_like(c.code, '^[0-9]{1,6}$')) THEN 'groups of products'
    WHEN CONCAT(c.simple_text, c.weighted_text) = '' THEN 'no value'
  END AS ignored
FROM cells AS c
LEFT JOIN customs AS r ON c.reporter = r.code
LEFT JOIN economies AS p ON c.partner = p.code
