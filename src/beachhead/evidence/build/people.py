"""Languages: which share of each market's people speak what."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from beachhead.evidence.build.table import Raw, TableSpec

OFFICIAL: Final = ("official", "de_facto_official")
SCHEMA: Final = pa.schema(
    [("market", pa.string()), ("language", pa.string()), ("share", pa.float64()), ("official", pa.bool_())]
)


def base_language(tag: str) -> str:
    """The language without its script: Serbian is one language in either alphabet (``sr_Latn`` -> ``sr``)."""
    return tag.split("_")[0]


def shares(spoken: dict[str, dict[str, str]]) -> dict[str, tuple[float, bool]]:
    """Language -> (share of the population 0-1, official anywhere in the whole territory).

    CLDR counts readers of each script apart, and the same people may stand under two of them: of the scripts of a
    language the larger share counts, never the sum. People speak several languages, so the shares of a market may
    add up to more than one.
    """
    found: dict[str, tuple[float, bool]] = defaultdict(lambda: (0.0, False))
    for tag, about in spoken.items():
        share, official = found[base_language(tag)]
        seen = min(1.0, float(about["_populationPercent"]) / 100.0)
        found[base_language(tag)] = max(share, seen), official or about.get("_officialStatus") in OFFICIAL
    return dict(found)


def _rows(raw: Raw) -> Iterator[dict[str, Any]]:
    text = (raw / "country/facts/cldr_territoryInfo.json").read_text(encoding="utf-8")
    territories = json.loads(text)["supplemental"]["territoryInfo"]
    for iso3, country in raw.catalogue.countries.items():
        for language, (share, official) in shares(territories[country.iso2]["languagePopulation"]).items():
            yield {"market": iso3, "language": language, "share": share, "official": official}


def languages(raw: Raw) -> pa.Table:
    """Languages of each market with the share of people who speak them (CLDR)."""
    return pa.Table.from_pylist(list(_rows(raw)), schema=SCHEMA)


TABLES: Final = (TableSpec("languages", ("cldr-48",), languages),)
