-- Rows of the TRAINS bulk download: most-favoured-nation rates, or preferential ones where there is a partner.
WITH cells AS (
  SELECT line, UPPER(TRIM(reporter_iso_n)) AS reporter, UPPER(TRIM(partner)) AS partner, TRIM(productcode) AS code,
         TRIM(year) AS year_text, TRY_CAST(TRIM(year) AS SMALLINT) AS year,
         TRIM(simpleaverage) AS simple_text, TRY_CAST(TRIM(simpleaverage) AS DOUBLE) AS simple_pct
  FROM block
)
SELECT c.line, r.iso3 AS importer, COALESCE(p.iso3, 'WLD') AS exporter,
  CONCAT('hs:', CASE WHEN CHAR_LENGTH(c.code) IN (1, 3, 5) THEN '0' ELSE '' END, c.code) AS product,
  c.year, CASE WHEN c.partner IN ('', '0', '000') THEN 'MFN' ELSE 'PRF' END AS basis,
  c.simple_pct, CAST(NULL AS DOUBLE) AS weighted_pct, :source AS source,
  CASE
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1988 AND :last_year)
      THEN CONCAT('Year “', SUBSTRING(c.year_text, 1, 40), '” is not a year from 1988 to ', CAST(:last_year AS VARCHAR))
    WHEN NOT regexp_like(c.code, '^[0-9]{1,6}$') THEN CONCAT('ProductCode “', SUBSTRING(c.code, 1, 40), '” is not an HS code')
    WHEN c.simple_pct IS NULL OR isnan(c.simple_pct) OR c.simple_pct < 0 OR c.simple_pct > 5000
      THEN CONCAT('SimpleAverage “', SUBSTRING(c.simple_text, 1, 40), '” is not a percentage from 0 to 5000')
  END AS reason,
  CASE
    WHEN CONCAT(c.year_text, c.reporter, c.code) = '' THEN 'empty line'
    WHEN r.iso3 IS NULL OR (c.partner <> '' AND p.iso3 IS NULL) THEN 'groups and unspecified areas'
    WHEN c.simple_text IN ('', 'NA') THEN 'no value'
  END AS ignored
FROM cells AS c
LEFT JOIN customs AS r ON c.reporter = r.code
LEFT JOIN economies AS p ON c.partner = p.code
