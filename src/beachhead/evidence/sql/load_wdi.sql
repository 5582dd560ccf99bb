-- Cells of the World Development Indicators, one per economy, indicator and year.
WITH cells AS (
  SELECT b.line, UPPER(TRIM(b.country_code)) AS market, w.indicator, TRY_CAST(b.year AS SMALLINT) AS year,
         TRIM(b.value) AS value_text, TRY_CAST(TRIM(b.value) AS DOUBLE) AS value
  FROM block AS b JOIN wdi AS w ON TRIM(b.indicator_code) = w.code
)
SELECT c.line, c.market, c.indicator, c.value, CAST(NULL AS DOUBLE) AS sd, c.year, :source AS source,
  CASE
    WHEN c.value IS NULL THEN CONCAT(CAST(c.year AS VARCHAR), ': “', SUBSTRING(c.value_text, 1, 40), '” is not a number')
    WHEN isnan(c.value) OR ABS(c.value) > 1e300 THEN CONCAT(CAST(c.year AS VARCHAR), ': value is not finite')
    WHEN l.positive AND c.value < 0 THEN CONCAT(CAST(c.year AS VARCHAR), ': value must be above zero')
    WHEN c.value < l.low OR c.value > l.high THEN CONCAT(CAST(c.year AS VARCHAR), ': value is outside ', l.shown)
  END AS reason,
  CASE
    WHEN m.market IS NULL THEN 'aggregates and economies that are not markets'
    WHEN l.positive AND c.value = 0 THEN 'zeros that stand for missing'
    WHEN c.year > :last_year THEN 'years to come'
  END AS ignored
FROM cells AS c
LEFT JOIN markets AS m ON c.market = m.market
LEFT JOIN limits AS l ON c.indicator = l.indicator
