SELECT country, year, value_usd FROM services_exports ORDER BY country, year
