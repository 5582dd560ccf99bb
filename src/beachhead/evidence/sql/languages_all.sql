-- Share of each market's people who speak a language.
SELECT market, language, share, official FROM languages ORDER BY market, share DESC, language
