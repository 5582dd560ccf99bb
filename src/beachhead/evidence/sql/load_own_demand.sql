-- Rows of a file `market,product,value_usd[,sd_log,year,source]`: what each says, or why it cannot be used.
WITH cells AS (
  SELECT line, UPPER(TRIM(market)) AS market, TRIM(product) AS product, TRIM(source) AS source,
         TRIM(value_usd) AS value_text, TRY_CAST(TRIM(value_usd) AS DOUBLE) AS value_usd,
         TRIM(sd_log) AS sd_text, TRY_CAST(TRIM(sd_log) AS DOUBLE) AS sd_log,
         TRIM(year) AS year_text, TRY_CAST(TRIM(year) AS SMALLINT) AS year
  FROM block
)
SELECT c.line, c.market, c.product, c.value_usd, c.sd_log, c.year, c.source,
  CASE
    WHEN regexp_like(c.market, '^[=+@-]') OR regexp_like(c.product, '^[=+@-]') OR regexp_like(c.source, '^[=+@-]')
      THEN 'a text cell starts with = + - or @, as a spreadsheet formula does'
    WHEN m.market IS NULL THEN CONCAT('unknown market “', SUBSTRING(c.market, 1, 40), '”; write ISO 3166-1 alpha-3, such as DEU')
    WHEN NOT regexp_like(c.product, '^(hs:[0-9]{2}([0-9]{2}([0-9]{2})?)?|icio:[A-Z0-9_]+|user:[A-Za-z0-9_-]+)$')
      THEN CONCAT('product “', SUBSTRING(c.product, 1, 40), '” is not written like hs:250810, icio:J62_63 or user:NAME')
    WHEN c.value_usd IS NULL THEN CONCAT('value_usd “', SUBSTRING(c.value_text, 1, 40), '” is not a number')
    WHEN isnan(c.value_usd) OR c.value_usd <= 0 OR c.value_usd > 1e15
      THEN 'value_usd must be a finite number above zero; leave a market without demand out'
    WHEN c.sd_text <> '' AND (c.sd_log IS NULL OR isnan(c.sd_log) OR c.sd_log < 0 OR c.sd_log > 10)
      THEN 'sd_log must be a number from 0 to 10'
    WHEN c.year_text <> '' AND NOT (regexp_like(c.year_text, '^[0-9]{4}$') AND c.year BETWEEN 1900 AND :last_year)
      THEN CONCAT('year “', SUBSTRING(c.year_text, 1, 40), '” is not between 1900 and ', CAST(:last_year AS VARCHAR))
    WHEN CHAR_LENGTH(c.source) > 300 THEN 'source is longer than 300 characters'
  END AS reason,
  CASE WHEN CONCAT(c.market, c.product, c.value_text) = '' THEN 'empty line' END AS ignored
FROM cells AS c
LEFT JOIN markets AS m ON c.market = m.market
