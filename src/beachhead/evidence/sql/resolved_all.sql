-- The best value of every market on every country indicator.
SELECT indicator, market, year, value, sd, sd_t, status, source FROM resolved ORDER BY indicator, market
