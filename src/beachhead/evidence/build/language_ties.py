"""Languages that two economies share: a probability, and whether one is official in both. Source: Unicode CLDR."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.build.codes import catalogue_rows
from beachhead.evidence.build.table import Raw

OFFICIAL = ("official", "de_facto_official")  # official in one region of the country does not count


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """``share`` (M, L): part of a market's people who know a language. ``official`` (M, L): in the whole country."""

    share: NDArray[np.float64]
    official: NDArray[np.bool_]


def spoken(raw: Raw) -> Spoken:
    """Languages of all markets, in the order of the catalogue.

    The scripts of a language are one language, and so are the languages that ``one_language.csv`` joins. Of joined
    shares the largest counts, for their speakers are much the same people.
    """
    text = (raw / "country/facts/cldr_territoryInfo.json").read_text(encoding="utf-8")
    territories = json.loads(text)["supplemental"]["territoryInfo"]
    countries = raw.catalogue.countries
    tags = [territories[countries[m].iso2].get("languagePopulation", {}) for m in raw.catalogue.markets]
    joined = {row["language"]: row["counted_as"] for row in catalogue_rows("one_language.csv")}
    base = {tag: joined.get(tag.split("_")[0], tag.split("_")[0]) for known in tags for tag in known}
    place = {language: i for i, language in enumerate(sorted(set(base.values())))}
    share = np.zeros((len(tags), len(place)))
    official = np.zeros(share.shape, dtype=bool)
    for i, known in enumerate(tags):
        for tag, about in known.items():
            at = i, place[base[tag]]
            share[at] = max(share[at], min(float(about["_populationPercent"]) / 100, 1.0))
            official[at] |= about.get("_officialStatus") in OFFICIAL
    return Spoken(share, official)


def overlap(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability (M, M) that a random person of each of two markets know at least one language in common.

    1 − Π (1 − s s′) over languages: exact if knowing one language says nothing about knowing another. The true value
    lies between max(s s′) and Σ s s′.
    """
    strangers = np.ones((len(share), len(share)))
    for column in share.T:
        strangers *= 1 - np.outer(column, column)
    return 1 - strangers


def official_in_both(official: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether some language is official in both (M, M)."""
    number = official.astype(np.int64)
    return np.asarray(number @ number.T > 0)
