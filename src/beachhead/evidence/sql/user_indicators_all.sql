-- The user's own values, one per market and indicator: the newest file, in it the newest year. A tariff file that has
-- the average over all goods from everywhere is a value of applied_tariff. What the user states counts whatever its year;
-- what stands in a downloaded file does so unless the snapshot or a refresh has a newer year.
WITH tariffs AS (
  SELECT importer AS market, 'applied_tariff' AS indicator, COALESCE(weighted_pct, simple_pct) AS value,
         year, source, priority,
         ROW_NUMBER() OVER (
           PARTITION BY importer, year, priority ORDER BY CASE basis WHEN 'AHS' THEN 0 WHEN 'MFN' THEN 1 ELSE 2 END
         ) AS place
  FROM user_tariffs WHERE product = 'total' AND exporter = 'WLD'
),
stated AS (
  SELECT market, indicator, value, sd, year, source, priority FROM user_indicators
  UNION ALL
  SELECT market, indicator, value, CAST(NULL AS DOUBLE) AS sd, year, source, priority FROM tariffs WHERE place = 1
),
ranked AS (
  SELECT *, ROW_NUMBER() OVER (
    PARTITION BY indicator, market ORDER BY priority DESC, COALESCE(year, 9999) DESC, value
  ) AS place
  FROM stated
),
known AS (
  SELECT indicator, market, MAX(year) AS year
  FROM (
    SELECT indicator, market, year FROM resolved WHERE status <> 'imputed'
    UNION ALL
    SELECT indicator, market, year FROM refreshed_worldbank
  ) AS seen
  GROUP BY indicator, market
)
SELECT k.indicator, k.market, k.year, k.value, k.sd, k.source, 'user' AS status
FROM ranked AS k
LEFT JOIN known AS n ON k.indicator = n.indicator AND k.market = n.market
WHERE k.place = 1 AND NOT (k.source IN ('World Bank WDI', 'WITS UNCTAD TRAINS') AND k.year < COALESCE(n.year, 0))
ORDER BY k.indicator, k.market
