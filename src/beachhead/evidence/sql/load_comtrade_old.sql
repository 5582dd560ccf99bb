-- Rows of UN Comtrade as downloaded until 2023.
WITH cells AS (
  SELECT line, TRIM(year) AS year_text, TRY_CAST(TRIM(year) AS SMALLINT) AS year,
         UPPER(TRIM(reporter_iso)) AS reporter, UPPER(TRIM(partner_iso)) AS partner, UPPER(TRIM(trade_flow)) AS flow_name,
         CASE UPPER(TRIM(trade_flow)) WHEN 'IMPORT' THEN 'M' WHEN 'IMPORTS' THEN 'M' WHEN 'EXPORT' THEN 'X' WHEN 'EXPORTS' THEN 'X' ELSE '' END AS flow,
         UPPER(TRIM(classification)) AS classification, TRIM(period) AS period, TRIM(commodity_code) AS code,
         TRIM(trade_value_us) AS value_text, TRY_CAST(TRIM(trade_value_us) AS DOUBLE) AS value_usd,
         TRY_CAST(TRIM(netweight_kg) AS DOUBLE) / 1000 AS quantity_t
  FROM block
)
SELECT c.line,
  CASE WHEN c.flow = 'M' THEN p.iso3 ELSE r.iso3 END AS exporter,
  CASE WHEN c.flow = 'M' THEN r.iso3 ELSE p.iso3 END AS importer,
  CONCAT('hs:', CASE WHEN CHAR_LENGTH(c.code) IN (1, 3, 5) THEN '0' ELSE '' END, c.code) AS product,
  c.year, c.value_usd, c.quantity_t, COALESCE(h.revision, '') AS revision, :source AS source, c.flow AS side,
  CASE
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1962 AND :last_year)
      THEN CONCAT('Year “', SUBSTRING(c.year_text, 1, 40), '” is not a year from 1962 to ', CAST(:last_year AS VARCHAR))
    WHEN NOT regexp_like(c.code, '^[0-9]{1,6}$') THEN CONCAT('Commodity Code “', SUBSTRING(c.code, 1, 40), '” is not an HS code')
    WHEN c.value_usd IS NULL OR isnan(c.value_usd) OR c.value_usd < 0 OR c.value_usd > 1e15
      THEN CONCAT('Trade Value “', SUBSTRING(c.value_text, 1, 40), '” is not a number of zero or more')
  END AS reason,
  CASE
    WHEN CONCAT(c.year_text, c.reporter, c.partner, c.code) = '' THEN 'empty line'
    WHEN c.flow = '' THEN 're-exports and other flows'
    WHEN CHAR_LENGTH(c.period) = 6 THEN 'monthly figures'
    WHEN c.classification <> '' AND h.classification IS NULL THEN 'not in the Harmonized System'
    WHEN c.code = 'TOTAL' THEN 'all goods together'
    WHEN r.iso3 IS NULL OR p.iso3 IS NULL THEN 'groups and unspecified areas'
    WHEN c.value_text = '' THEN 'no value'
  END AS ignored
FROM cells AS c
LEFT JOIN economies AS r ON c.reporter = r.code
LEFT JOIN economies AS p ON c.partner = p.code
LEFT JOIN classifications AS h ON c.classification = h.classification
