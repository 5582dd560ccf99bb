-- Indicators that are computed from series which were refreshed or which the user replaced, for the markets concerned,
-- by the same rules as in the build: a mean or standard deviation takes the last so many known values, none of them more
-- than two years older than so many years; a product takes the newest year that has both factors.
WITH rules AS (
  SELECT 'gdp_growth' AS indicator, 'gdp_growth_annual' AS base, 5 AS take, 3 AS least, 'mean' AS statistic
  UNION ALL SELECT 'inflation', 'inflation_annual', 3, 2, 'mean'
  UNION ALL SELECT 'inflation_volatility', 'inflation_annual', 10, 5, 'sd'
  UNION ALL SELECT 'fdi_inflow', 'fdi_inflow_annual', 3, 2, 'mean'
),
touched AS (
  SELECT DISTINCT indicator, market FROM history WHERE layer > 0
),
recent AS (
  SELECT h.indicator, h.market, h.year, h.value, h.layer,
         ROW_NUMBER() OVER (PARTITION BY h.indicator, h.market ORDER BY h.year DESC) AS place,
         MAX(h.year) OVER (PARTITION BY h.indicator, h.market) AS newest
  FROM history AS h JOIN touched AS t ON h.indicator = t.indicator AND h.market = t.market
),
rolled AS (
  SELECT u.indicator, r.market, MAX(r.year) AS year, MAX(r.layer) AS layer,
         CASE WHEN u.statistic = 'mean' THEN AVG(r.value) ELSE STDDEV_SAMP(r.value) END AS value
  FROM recent AS r JOIN rules AS u ON r.indicator = u.base
  WHERE r.place <= u.take AND r.year > r.newest - u.take - 2
  GROUP BY u.indicator, u.statistic, u.least, r.market
  HAVING COUNT(*) >= u.least
),
imports AS (
  SELECT 'imports_usd' AS indicator, s.market, s.year, GREATEST(s.layer, g.layer) AS layer,
         s.value / 100 * g.value AS value
  FROM history AS s JOIN history AS g ON s.market = g.market AND s.year = g.year
  WHERE s.indicator = 'imports_share' AND g.indicator = 'gdp_usd'
),
shares AS (
  SELECT market, value, year, layer, ROW_NUMBER() OVER (PARTITION BY market ORDER BY year DESC) AS place
  FROM history WHERE indicator = 'household_share'
),
consumption AS (
  SELECT 'consumption_per_capita' AS indicator, g.market, g.year, GREATEST(g.layer, p.layer, s.layer) AS layer,
         s.value * g.value / p.value AS value
  FROM history AS g
  JOIN history AS p ON g.market = p.market AND g.year = p.year
  JOIN shares AS s ON g.market = s.market
  WHERE g.indicator = 'gdp_usd' AND p.indicator = 'population' AND s.place = 1 AND g.year - s.year BETWEEN 0 AND 8
),
products AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY indicator, market ORDER BY year DESC) AS place
  FROM (SELECT * FROM imports UNION ALL SELECT * FROM consumption) AS both_kinds
),
derived AS (
  SELECT indicator, market, year, value, layer FROM rolled
  UNION ALL
  SELECT indicator, market, year, value, layer FROM products WHERE place = 1
)
SELECT d.indicator, d.market, d.year, d.value, CAST(NULL AS DOUBLE) AS sd, 'beachhead-derived' AS source,
       CASE WHEN d.layer > 1 THEN 'user' ELSE 'observed' END AS status
FROM derived AS d JOIN resolved AS r ON d.indicator = r.indicator AND d.market = r.market
WHERE d.layer > 0 AND d.value IS NOT NULL AND (d.year >= r.year OR r.status = 'imputed' OR d.layer > 1)
ORDER BY d.indicator, d.market
