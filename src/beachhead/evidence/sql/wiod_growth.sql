-- What each economy bought of a sector by year, USD, from everybody and from abroad (WIOD, 1995-2011).
SELECT importer, year,
       SUM(intermediate_usd + final_usd) AS value_usd,
       SUM(CASE WHEN exporter <> importer THEN intermediate_usd + final_usd ELSE 0 END) AS imported_usd
FROM wiod_flows WHERE sector = :sector
GROUP BY importer, year
ORDER BY importer, year
