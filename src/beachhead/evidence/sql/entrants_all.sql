SELECT * FROM entrants ORDER BY origin, destination, year, industry
