-- How many markets have an observed value of an indicator, by year.
SELECT year, COUNT(DISTINCT market) AS markets FROM panel WHERE indicator = :indicator GROUP BY year ORDER BY year
