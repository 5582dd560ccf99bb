"""Which economy is meant: names and codes as people write them, to ISO 3166-1 alpha-3."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from beachhead.accents import unaccented
from beachhead.evidence.catalogue import load_catalogue, read_table
from beachhead.evidence.model import Country


def plain(text: str) -> str:
    """Lower case without accents, points and articles: ``The Côte d'Ivoire`` → ``cote d ivoire``."""
    return re.sub(r"^the ", "", " ".join(re.sub(r"[^\w]+", " ", unaccented(text).replace(".", "")).split()))


@cache
def names() -> dict[str, str]:
    """ISO3 by plain name: the catalogue's names and codes, and other names in use."""
    known = {plain(row["name"]): row["iso3"] for row in read_table("country_aliases", Path(__file__).parent)}
    countries = load_catalogue().countries.values()
    for column in ("iso2", "iso3", "name"):  # later ones win: a name is never hidden by another's code
        known |= {plain(getattr(country, column)): country.iso3 for country in countries}
    return known


def find_country(text: str) -> Country | None:
    """The economy of this name or code, if it is certain."""
    iso3 = names().get(plain(text))
    return load_catalogue().countries.get(iso3) if iso3 else None


def guess_country(text: str) -> Country | None:
    """The economy of this name or code, or of the nearest name; None if nothing is near."""
    near = get_close_matches(plain(text[:60]), list(names()), n=1, cutoff=0.75)
    return find_country(text) or (load_catalogue().countries[names()[near[0]]] if near else None)


def country_remedy(text: str) -> str:
    """What to write instead of a code that no economy has. What looks like a code is not guessed at: ATA is no typo."""
    coded = re.fullmatch(r"[A-Z]{3}", text)
    country = find_country(text) if coded else guess_country(text)
    hint = f'write "{country.iso3}" for {country.name}' if country else 'for example "DEU" for Germany'
    if coded and not country:
        known = f"is not among the {len(load_catalogue().countries)} economies with evidence"
        return f"{known}: write a three-letter country code (ISO 3166-1 alpha-3), {hint}"
    return f"is not a three-letter country code (ISO 3166-1 alpha-3): {hint}"
