-- Rows of OECD-WTO BaTIS, million USD. Balanced imports equal balanced exports, so the imports alone are read.
WITH cells AS (
  SELECT line, UPPER(TRIM(reporter)) AS reporter, UPPER(TRIM(partner)) AS partner, UPPER(TRIM(flow)) AS flow,
         TRIM(item_code) AS item, TRIM(year) AS year_text, TRY_CAST(TRIM(year) AS SMALLINT) AS year,
         TRIM(balanced_value) AS value_text, TRY_CAST(TRIM(balanced_value) AS DOUBLE) AS value
  FROM block
)
SELECT c.line, p.iso3 AS exporter, r.iso3 AS importer, CONCAT('user:ebops-', c.item) AS product, c.year,
  c.value * 1000000 AS value_usd, CAST(NULL AS DOUBLE) AS quantity_t, '' AS revision, :source AS source, '' AS side,
  CASE
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1980 AND :last_year)
      THEN CONCAT('Year “', SUBSTRING(c.year_text, 1, 40), '” is not a year from 1980 to ', CAST(:last_year AS VARCHAR))
    WHEN NOT regexp_like(c.item, '^[A-Za-z0-9_-]+$') THEN CONCAT('Item_code “', SUBSTRING(c.item, 1, 40), '” is not an EBOPS item')
    WHEN c.value IS NULL OR isnan(c.value) OR c.value < 0 OR c.value > 1e9
      THEN CONCAT('Balanced_value “', SUBSTRING(c.value_text, 1, 40), '” is not a number of zero or more')
  END AS reason,
  CASE
    WHEN CONCAT(c.year_text, c.reporter, c.partner, c.item) = '' THEN 'empty line'
    WHEN c.flow IN ('X', 'EXP', 'EXPORT', 'EXPORTS') THEN 'exports, which mirror the imports'
    WHEN r.iso3 IS NULL OR p.iso3 IS NULL OR r.iso3 = 'WLD' THEN 'groups and unspecified areas'
    WHEN c.value_text IN ('', 'NA') THEN 'no value'
  END AS ignored
FROM cells AS c
LEFT JOIN economies AS r ON c.reporter = r.code
LEFT JOIN economies AS p ON c.partner = p.code
