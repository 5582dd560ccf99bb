SELECT * FROM hs2_groups ORDER BY hs2
