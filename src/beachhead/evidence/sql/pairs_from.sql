-- What lies between :home and every market.
SELECT * FROM pairs WHERE origin = :home ORDER BY destination
