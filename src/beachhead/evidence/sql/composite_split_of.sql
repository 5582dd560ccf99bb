-- What a composite group holds, as far as exporters' 2017 figures tell.
SELECT * FROM composite_split WHERE hs2_composite = :hs2 ORDER BY exporter
