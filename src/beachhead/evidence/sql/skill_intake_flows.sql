-- Staged rows as flows: codes of the longest level only, since shorter ones are their sums; totals of the world left out;
-- where both partners report, what the importer says; where two revisions of a classification report, the larger.
WITH level AS (SELECT MAX(CHAR_LENGTH(product)) AS digits FROM staged WHERE product LIKE 'hs:%'),
parts AS (
  SELECT s.product, s.exporter, s.importer, s.year, s.revision,
         MAX(CASE WHEN s.side = 'M' THEN s.value_usd END) AS bought, MAX(CASE WHEN s.side = 'X' THEN s.value_usd END) AS sold,
         SUM(CASE WHEN s.side = '' THEN s.value_usd END) AS stated
  FROM staged s CROSS JOIN level l
  WHERE s.exporter <> 'WLD' AND s.importer <> 'WLD' AND (s.product NOT LIKE 'hs:%' OR CHAR_LENGTH(s.product) = l.digits)
  GROUP BY s.product, s.exporter, s.importer, s.year, s.revision
)
SELECT REPLACE(product, 'hs:', '') AS product, exporter, importer, year, MAX(COALESCE(bought, sold, stated)) AS usd
FROM parts
GROUP BY product, exporter, importer, year
