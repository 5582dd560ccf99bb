SELECT * FROM exit_hazard ORDER BY origin, market_type, year_in_market
