-- How many candidates the task entry has at the end of year :t, give or take those that trade already.
SELECT
  (SELECT COUNT(*) FROM (SELECT product, exporter FROM flows WHERE year BETWEEN :t - 2 AND :t
                         GROUP BY product, exporter HAVING SUM(usd) >= :sells) sellers)
  * (SELECT COUNT(DISTINCT importer) FROM flows WHERE year BETWEEN :t - 2 AND :t) AS most
