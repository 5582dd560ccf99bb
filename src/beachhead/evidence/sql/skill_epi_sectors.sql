-- What each economy sold and bought abroad of each sector, USD (inputs only).
SELECT sector AS product, country, SUM(sold) AS sold, SUM(bought) AS bought
FROM (
  SELECT sector, exporter AS country, value_usd AS sold, 0.0 AS bought FROM icio_flows WHERE exporter <> importer
  UNION ALL
  SELECT sector, importer AS country, 0.0 AS sold, value_usd AS bought FROM icio_flows WHERE exporter <> importer
) AS sides
GROUP BY sector, country ORDER BY sector, country
