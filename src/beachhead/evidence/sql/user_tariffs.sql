-- The tariff on a product ('hs:250810') from :home, percent, where the user's own files know one: the rate for :home
-- before that for all; the closest code before a wider one; what is really paid before what is scheduled; the newest year.
WITH ranked AS (
  SELECT importer, exporter, product, basis, year, source, COALESCE(weighted_pct, simple_pct) AS rate_pct,
         ROW_NUMBER() OVER (
           PARTITION BY importer
           ORDER BY CASE WHEN product = 'total' THEN 0 ELSE CHAR_LENGTH(product) END DESC,
                    CASE WHEN exporter = :home THEN 0 ELSE 1 END,
                    CASE basis WHEN 'AHS' THEN 0 WHEN 'PRF' THEN 1 ELSE 2 END,
                    year DESC, priority DESC
         ) AS place
  FROM user_tariffs
  WHERE exporter IN (:home, 'WLD') AND (product = 'total' OR :product LIKE CONCAT(product, '%'))
)
SELECT importer, rate_pct, basis, product, exporter, year, source FROM ranked WHERE place = 1 ORDER BY importer
