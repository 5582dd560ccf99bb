-- The newest figure of an indicator in every market in the years :from_year to :to_year.
SELECT market, value FROM (
  SELECT market, value, ROW_NUMBER() OVER (PARTITION BY market ORDER BY year DESC) AS place
  FROM panel WHERE indicator = :indicator AND year BETWEEN :from_year AND :to_year
) WHERE place = 1
ORDER BY market
