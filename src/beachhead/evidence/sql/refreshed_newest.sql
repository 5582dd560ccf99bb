-- The newest refreshed value of each market and indicator, where it is no older than what the snapshot has.
-- It counts as observed if it is at most a year behind the newest one that any market has.
WITH newest AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY indicator, market ORDER BY year DESC) AS place,
         MAX(year) OVER (PARTITION BY indicator) AS vintage
  FROM refreshed_worldbank
)
SELECT n.indicator, n.market, n.year, n.value, n.sd, n.source,
       CASE WHEN n.year >= n.vintage - 1 THEN 'observed' ELSE 'carried forward' END AS status
FROM newest AS n
JOIN resolved AS s ON n.indicator = s.indicator AND n.market = s.market
WHERE n.place = 1 AND (n.year >= s.year OR s.status = 'imputed')
ORDER BY n.indicator, n.market
