-- What lies between every two countries.
SELECT origin, destination, distance, contiguous, common_official_language, colonial_tie, same_legal_origin,
  language_overlap, timezone_gap
FROM pairs WHERE origin <> destination ORDER BY origin, destination
