-- The newest value of every indicator and market that was observed by the year :t.
WITH ranked AS (
  SELECT indicator, market, year, value, sd, source,
         ROW_NUMBER() OVER (PARTITION BY indicator, market ORDER BY year DESC) AS place
  FROM panel WHERE year <= :t
)
SELECT indicator, market, year, value, sd, source FROM ranked WHERE place = 1 ORDER BY indicator, market
