-- Ordered pairs with a full trade agreement in force in :year (one of partial scope does not count).
SELECT DISTINCT origin, destination
FROM agreements
WHERE year_from <= :year AND (year_to IS NULL OR year_to >= :year) AND NOT partial
ORDER BY origin, destination
