-- Yearly changes of every market: ln real growth of GDP, and the change of ln of its price level in dollars.
WITH gdp AS (SELECT market, year, value FROM history WHERE indicator = 'gdp_usd' AND value > 0),
growth AS (SELECT market, year, value FROM history WHERE indicator = 'gdp_growth_annual' AND value > -100)
SELECT
  growth.market,
  growth.year,
  LN(1 + growth.value / 100) AS growth,
  LN(now.value / before.value) - LN(1 + growth.value / 100) AS price
FROM growth
JOIN gdp AS now ON now.market = growth.market AND now.year = growth.year
JOIN gdp AS before ON before.market = growth.market AND before.year = growth.year - 1
WHERE growth.year >= :first_year
ORDER BY growth.market, growth.year
