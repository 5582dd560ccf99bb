-- All that lies between every two markets.
SELECT * FROM pairs ORDER BY origin, destination
