SELECT market, indicator, CAST(value AS DOUBLE) AS value, CAST(sd AS DOUBLE) AS sd, CAST(year AS SMALLINT) AS year, source
FROM staged ORDER BY indicator, market, year, value
