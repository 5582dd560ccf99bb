-- The newest figure of each country that was known by the end of year :t and was then at most :age years old.
SELECT indicator, market, value FROM (
  SELECT indicator, market, value, ROW_NUMBER() OVER (PARTITION BY indicator, market ORDER BY year DESC) AS place
  FROM panel WHERE year <= :t AND year >= :t - :age
) newest
WHERE place = 1
ORDER BY indicator, market
