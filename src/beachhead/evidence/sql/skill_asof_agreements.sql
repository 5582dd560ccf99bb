-- Every pair with a trade agreement that applied in the year :t, and whether all of them are of partial scope.
SELECT origin, destination, MIN(CASE WHEN partial THEN 1 ELSE 0 END) AS partial
FROM agreements
WHERE year_from <= :t AND (year_to IS NULL OR year_to >= :t)
GROUP BY origin, destination
ORDER BY origin, destination
