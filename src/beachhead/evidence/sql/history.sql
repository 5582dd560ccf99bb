-- Every observed value, the upper layer over the lower: the user's files (layer 2 and up), refreshed (1), snapshot (0).
WITH layers AS (
  SELECT indicator, market, year, value, sd, source, 0 AS layer FROM panel
  UNION ALL
  SELECT indicator, market, year, value, sd, source, 1 AS layer FROM refreshed_worldbank
  UNION ALL
  SELECT indicator, market, year, value, sd, source, 1 + priority AS layer FROM user_indicators WHERE year IS NOT NULL
),
ranked AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY indicator, market, year ORDER BY layer DESC, value) AS place FROM layers
)
SELECT indicator, market, year, value, sd, source, layer FROM ranked WHERE place = 1
