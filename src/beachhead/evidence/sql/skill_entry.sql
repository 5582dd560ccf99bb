-- Candidates of the task entry at the end of year :t, and what each bought in the years :from_year to :to_year.
WITH sellers AS (
  SELECT product, exporter FROM flows
  WHERE year BETWEEN :t - 2 AND :t GROUP BY product, exporter HAVING SUM(usd) >= :sells
),
buyers AS (SELECT DISTINCT importer FROM flows WHERE year BETWEEN :t - 2 AND :t),
before AS (SELECT DISTINCT product, exporter, importer FROM flows WHERE year BETWEEN :t - 2 AND :t),
after AS (
  SELECT product, exporter, importer, SUM(usd) AS usd FROM flows
  WHERE year BETWEEN :from_year AND :to_year GROUP BY product, exporter, importer
)
SELECT p.id AS product, x.id AS exporter, m.id AS importer, COALESCE(a.usd, 0) AS after_usd
FROM sellers s
CROSS JOIN buyers b
JOIN main.product_ids p ON p.product = s.product
JOIN main.country_ids x ON x.country = s.exporter
JOIN main.country_ids m ON m.country = b.importer
LEFT JOIN after a ON a.product = s.product AND a.exporter = s.exporter AND a.importer = b.importer
LEFT JOIN before f ON f.product = s.product AND f.exporter = s.exporter AND f.importer = b.importer
WHERE f.product IS NULL AND s.exporter <> b.importer
  AND (p.id * 7919 + x.id * 104729) % 1000 < :permille
ORDER BY product, exporter, importer
