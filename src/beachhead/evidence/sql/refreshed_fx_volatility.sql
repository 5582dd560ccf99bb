-- Volatility of each market's currency against the dollar from refreshed rates: the sd of the last 36 monthly log changes,
-- a year's worth, in log percent, at least 0.5; from 30 changes on. A step beyond twentyfold is a new unit.
WITH changes AS (
  SELECT currency, month, source, LN(per_usd) - LAG(LN(per_usd)) OVER (PARTITION BY currency ORDER BY month) AS change,
         ROW_NUMBER() OVER (PARTITION BY currency ORDER BY month DESC) AS place
  FROM refreshed_ecb
),
volatility AS (
  SELECT currency, MAX(month) AS month, MAX(source) AS source,
         GREATEST(0.5, 100 * SQRT(12.0) * STDDEV_SAMP(change)) AS value
  FROM changes WHERE place <= 36 AND ABS(change) <= LN(20.0) AND currency <> 'USD'
  GROUP BY currency HAVING COUNT(*) >= 30
)
SELECT 'fx_volatility' AS indicator, c.market, CAST(SUBSTRING(v.month, 1, 4) AS SMALLINT) AS year, v.value,
       CAST(NULL AS DOUBLE) AS sd, v.source, 'observed' AS status
FROM volatility AS v JOIN currencies AS c ON v.currency = c.currency
JOIN resolved AS r ON r.indicator = 'fx_volatility' AND r.market = c.market
WHERE CAST(SUBSTRING(v.month, 1, 4) AS SMALLINT) >= r.year OR r.status = 'imputed'
ORDER BY c.market
