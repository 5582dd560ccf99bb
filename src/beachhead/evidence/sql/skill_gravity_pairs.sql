-- What lies between every two markets and does not change: km, and ties (1 or 0).
SELECT origin, destination, distance, contiguous, common_official_language, colonial_tie
FROM pairs ORDER BY origin, destination
