-- How deep the agreement between two countries was in year :t: 1, or 0.3 where only of partial scope.
SELECT origin, destination, MAX(CASE WHEN partial THEN 0.3 ELSE 1.0 END) AS depth
FROM agreements WHERE year_from <= :t AND (year_to IS NULL OR year_to >= :t)
GROUP BY origin, destination ORDER BY origin, destination
