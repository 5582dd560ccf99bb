-- Mean distance between people inside a market, km.
SELECT origin AS market, distance FROM pairs WHERE origin = destination ORDER BY origin
