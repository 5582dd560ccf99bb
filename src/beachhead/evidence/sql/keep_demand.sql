SELECT market, product, CAST(value_usd AS DOUBLE) AS value_usd, CAST(sd_log AS DOUBLE) AS sd_log,
       CAST(year AS SMALLINT) AS year, source
FROM staged ORDER BY product, market, year, value_usd
