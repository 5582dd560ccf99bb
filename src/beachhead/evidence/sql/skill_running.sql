-- Pairs that traded at least :runs USD over the three years to :t, and what they traded in :from_year to :to_year.
WITH before AS (
  SELECT product, exporter, importer, SUM(usd) AS usd FROM flows
  WHERE year BETWEEN :t - 2 AND :t GROUP BY product, exporter, importer HAVING SUM(usd) >= :runs
),
after AS (
  SELECT product, exporter, importer, SUM(usd) AS usd FROM flows
  WHERE year BETWEEN :from_year AND :to_year GROUP BY product, exporter, importer
)
SELECT p.id AS product, x.id AS exporter, m.id AS importer, b.usd AS before_usd, COALESCE(a.usd, 0) AS after_usd
FROM before b
JOIN main.product_ids p ON p.product = b.product
JOIN main.country_ids x ON x.country = b.exporter
JOIN main.country_ids m ON m.country = b.importer
LEFT JOIN after a ON a.product = b.product AND a.exporter = b.exporter AND a.importer = b.importer
WHERE (p.id * 7919 + x.id * 104729) % 1000 < :permille
ORDER BY product, exporter, importer
