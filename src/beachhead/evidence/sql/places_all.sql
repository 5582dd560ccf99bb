SELECT market, lon, lat FROM places ORDER BY market
