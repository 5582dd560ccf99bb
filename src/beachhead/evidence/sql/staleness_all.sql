-- How far an indicator drifts in so many years, on its scale.
SELECT indicator, years, sd_t FROM staleness ORDER BY indicator, years
