-- Rows of a file `market,indicator,value[,sd,year,source]`: what each says, or why it cannot be used.
WITH cells AS (
  SELECT line, UPPER(TRIM(market)) AS market, TRIM(indicator) AS indicator, TRIM(source) AS source,
         TRIM(value) AS value_text, TRY_CAST(TRIM(value) AS DOUBLE) AS value,
         TRIM(sd) AS sd_text, TRY_CAST(TRIM(sd) AS DOUBLE) AS sd,
         TRIM(year) AS year_text, TRY_CAST(TRIM(year) AS SMALLINT) AS year
  FROM block
)
SELECT c.line, c.market, c.indicator, c.value, c.sd, c.year, c.source,
  CASE
    WHEN regexp_like(c.market, '^[=+@-]') OR regexp_like(c.indicator, '^[=+@-]') OR regexp_like(c.source, '^[=+@-]')
      THEN 'a text cell starts with = + - or @, as a spreadsheet formula does'
    WHEN m.market IS NULL THEN CONCAT('unknown market “', SUBSTRING(c.market, 1, 40), '”; write ISO 3166-1 alpha-3, such as DEU')
    WHEN l.indicator IS NULL THEN CONCAT('unknown indicator “', SUBSTRING(c.indicator, 1, 40), '”; `beachhead evidence list` shows those of scope country')
    WHEN c.value IS NULL THEN CONCAT('value “', SUBSTRING(c.value_text, 1, 40), '” is not a number')
    WHEN isnan(c.value) OR ABS(c.value) > 1e300 THEN 'value is not finite'
    WHEN l.positive AND c.value <= 0 THEN 'value must be above zero'
    WHEN c.value < l.low OR c.value > l.high THEN CONCAT('value is outside ', l.shown)
    WHEN c.sd_text <> '' AND (c.sd IS NULL OR isnan(c.sd) OR c.sd < 0 OR c.sd > 1e300) THEN 'sd must be a number of zero or more'
    WHEN c.year_text <> '' AND NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1900 AND :last_year)
      THEN CONCAT('year “', SUBSTRING(c.year_text, 1, 40), '” is not between 1900 and ', CAST(:last_year AS VARCHAR))
    WHEN CHAR_LENGTH(c.source) > 300 THEN 'source is longer than 300 characters'
  END AS reason,
  CASE WHEN CONCAT(c.market, c.indicator, c.value_text) = '' THEN 'empty line' END AS ignored
FROM cells AS c
LEFT JOIN markets AS m ON c.market = m.market
LEFT JOIN limits AS l ON c.indicator = l.indicator
