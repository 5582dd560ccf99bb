SELECT hs2, icio FROM hs_icio ORDER BY hs2, icio
