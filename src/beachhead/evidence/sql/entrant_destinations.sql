-- Destinations over which entrants' first-year sales were observed.
SELECT DISTINCT destination FROM entrants ORDER BY destination
