SELECT market, standard_rate, source FROM vat ORDER BY market
