-- Rows of UN Comtrade as downloaded since 2023. Only yearly totals of imports and exports are flows; a code that is no
-- economy stands for a group or an unspecified area.
WITH cells AS (
  SELECT line, TRIM(refyear) AS year_text, TRY_CAST(TRIM(refyear) AS SMALLINT) AS year,
         UPPER(TRIM(reporteriso)) AS reporter, UPPER(TRIM(partneriso)) AS partner, UPPER(TRIM(flowcode)) AS flow,
         UPPER(TRIM(classificationcode)) AS classification, UPPER(TRIM(freqcode)) AS frequency, TRIM(cmdcode) AS code,
         UPPER(TRIM(customscode)) AS customs, TRIM(motcode) AS transport, TRIM(partner2code) AS partner2,
         TRIM(primaryvalue) AS value_text, TRY_CAST(TRIM(primaryvalue) AS DOUBLE) AS value_usd,
         TRY_CAST(TRIM(netwgt) AS DOUBLE) / 1000 AS quantity_t
  FROM block
)
SELECT c.line,
  CASE WHEN c.flow = 'M' THEN p.iso3 ELSE r.iso3 END AS exporter,
  CASE WHEN c.flow = 'M' THEN r.iso3 ELSE p.iso3 END AS importer,
  CONCAT('hs:', CASE WHEN CHAR_LENGTH(c.code) IN (1, 3, 5) THEN '0' ELSE '' END, c.code) AS product,
  c.year, c.value_usd, c.quantity_t, COALESCE(h.revision, '') AS revision, :source AS source, c.flow AS side,
  CASE
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1962 AND :last_year)
      THEN CONCAT('refYear “', SUBSTRING(c.year_text, 1, 40), '” is not a year from 1962 to ', CAST(:last_year AS VARCHAR))
    WHEN NOT regexp_like(c.code, '^[0-9]{1,6}$') THEN CONCAT('cmdCode “', SUBSTRING(c.code, 1, 40), '” is not an HS code')
    WHEN c.value_usd IS NULL OR isnan(c.value_usd) OR c.value_usd < 0 OR c.value_usd > 1e15
      THEN CONCAT('primaryValue “', SUBSTRING(c.value_text, 1, 40), '” is not a number of zero or more')
  END AS reason,
  CASE
    WHEN CONCAT(c.year_text, c.reporter, c.partner, c.code) = '' THEN 'empty line'
    WHEN c.flow NOT IN ('M', 'X') THEN 're-exports and other flows'
    WHEN c.frequency NOT IN ('', 'A') THEN 'monthly figures'
    WHEN c.classification <> '' AND h.classification IS NULL THEN 'not in the Harmonized System'
    WHEN c.customs NOT IN ('', 'C00') OR c.transport NOT IN ('', '0') OR c.partner2 NOT IN ('', '0') THEN 'parts of a total'
    WHEN c.code = 'TOTAL' THEN 'all goods together'
    WHEN r.iso3 IS NULL OR p.iso3 IS NULL THEN 'groups and unspecified areas'
    WHEN c.value_text = '' THEN 'no value'
  END AS ignored
FROM cells AS c
LEFT JOIN economies AS r ON c.reporter = r.code
LEFT JOIN economies AS p ON c.partner = p.code
LEFT JOIN classifications AS h ON c.classification = h.classification
