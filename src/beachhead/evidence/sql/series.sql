-- Observed history of an indicator in a market. Layer 0 is the snapshot, 1 refreshed, 2 and up the user's files.
SELECT year, value, sd, source, layer FROM history WHERE indicator = :indicator AND market = :market ORDER BY year
