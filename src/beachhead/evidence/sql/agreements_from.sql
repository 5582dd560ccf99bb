-- Trade agreements of :home that apply in :year, one row per partner and agreement.
SELECT destination, agreement, name, year_from, partial, source
FROM agreements
WHERE origin = :home AND year_from <= :year AND (year_to IS NULL OR year_to >= :year)
ORDER BY destination, agreement
