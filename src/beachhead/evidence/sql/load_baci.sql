-- Rows of CEPII BACI: t year, i exporter, j importer, k HS6, v thousand USD, q tonnes.
-- Spreadsheets lose the leading zeros of k; some releases pad k and q with spaces, and q may be NA.
WITH cells AS (
  SELECT line, TRIM(t) AS year_text, TRY_CAST(TRIM(t) AS SMALLINT) AS year, TRIM(i) AS seller, TRIM(j) AS buyer,
         TRIM(k) AS code, LPAD(TRIM(k), 6, '0') AS hs6,
         TRY_CAST(TRIM(v) AS DOUBLE) AS v, TRIM(q) AS quantity_text, TRY_CAST(TRIM(q) AS DOUBLE) AS q
  FROM block
)
SELECT c.line, x.iso3 AS exporter, m.iso3 AS importer, CONCAT('hs:', c.hs6) AS product, c.year,
  c.v * 1000 AS value_usd, c.q AS quantity_t, :revision AS revision, :source AS source, '' AS side,
  CASE
    WHEN c.year IS NULL OR NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1988 AND :last_year)
      THEN CONCAT('t “', SUBSTRING(c.year_text, 1, 40), '” is not a year from 1988 to ', CAST(:last_year AS VARCHAR))
    WHEN x.iso3 IS NULL THEN CONCAT('i “', SUBSTRING(c.seller, 1, 40), '” is not a country code')
    WHEN m.iso3 IS NULL THEN CONCAT('j “', SUBSTRING(c.buyer, 1, 40), '” is not a country code')
    WHEN NOT regexp_like(c.code, '^[0-9]{1,6}$') THEN CONCAT('k “', SUBSTRING(c.code, 1, 40), '” is not an HS6 code')
    WHEN c.v IS NULL OR isnan(c.v) OR c.v < 0 OR c.v > 1e12 THEN 'v is not a number of zero or more'
    WHEN c.quantity_text NOT IN ('', 'NA') AND (c.q IS NULL OR isnan(c.q) OR c.q < 0 OR c.q > 1e15)
      THEN 'q is not a number of zero or more'
  END AS reason,
  CASE
    WHEN CONCAT(c.year_text, c.seller, c.buyer, c.code) = '' THEN 'empty line'
    WHEN c.code = '9999AA' THEN 'goods not specified by kind'
  END AS ignored
FROM cells AS c
LEFT JOIN economies AS x ON c.seller = x.code
LEFT JOIN economies AS m ON c.buyer = m.code
