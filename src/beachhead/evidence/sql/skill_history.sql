-- All that was known by the end of year :t of every pair that ever traded one of the products :first to :last (numbers).
SELECT p.id AS product, x.id AS exporter, m.id AS importer,
  SUM(CASE WHEN f.year > :t - 3 THEN f.usd ELSE 0 END) AS recent,
  SUM(CASE WHEN f.year > :t - 6 AND f.year <= :t - 3 THEN f.usd ELSE 0 END) AS earlier,
  MAX(CASE WHEN f.year <= :t - 3 THEN f.usd ELSE 0 END) AS most_before,
  MAX(CASE WHEN f.year <= :t - 3 THEN f.year ELSE 0 END) AS last_before,
  SUM(CASE WHEN f.year = :t THEN f.usd ELSE 0 END) AS this_year,
  SUM(CASE WHEN f.year = :t - 2 THEN f.usd ELSE 0 END) AS two_years_ago,
  SUM(POWER(:memory, :t - f.year) * LN(1 + f.usd)) AS memory
FROM flows f
JOIN main.product_ids p ON p.product = f.product
JOIN main.country_ids x ON x.country = f.exporter
JOIN main.country_ids m ON m.country = f.importer
WHERE f.year <= :t AND p.id BETWEEN :first AND :last
GROUP BY p.id, x.id, m.id
