"""What was known at the end of a base year, as dense arrays over products and pairs of countries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.select.flows import places
from beachhead.skill.panel import Panel

Singles = NDArray[np.float32]
BLOCK = 100  # products looked at together; the model was trained on 74, and what it counts should mean the same
MEMORY = 0.85  # what is left of the weight of a flow a year later, in ``Past.memory``
NEVER = 99.0  # years since the last trade of a pair that never traded before
FACT_AGE = 6  # years after which a country's figure is no longer used
PAIR = ("distance", "contiguous", "common_official_language", "colonial_tie", "same_legal_origin", "language_overlap",
        "timezone_gap")  # fmt: skip
FACTS = ("gdp_usd", "population", "gni_per_capita", "trade_openness", "gdp_growth", "wgi_regulatory_quality")
IN_LOGS = FACTS[:4]


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Trade of a block of P products between C countries as of year t, exporter by importer, (P, C, C) each.

    ``recent``: USD over t−2 … t; ``earlier``: over t−5 … t−3; ``most_before``: the largest year up to t−3; ``since``:
    years from the last trade before t−2 to t−2, ``NEVER`` if there was none; ``this_year`` and ``two_years_ago``: USD
    in t and in t−2; ``memory``: Σ ``MEMORY``^(t − year) ln(1 + USD) over all years. ``first``: number of the block's
    first product.
    """

    t: int
    first: int
    products: tuple[str, ...]
    recent: Singles
    earlier: Singles
    most_before: Singles
    since: Singles
    this_year: Singles
    two_years_ago: Singles
    memory: Singles


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Countries and what lies between them as of year t.

    ``pair``: name -> (C, C), nan where unknown, with ``agreement`` (1, 0.3 if partial, 0); ``fact``: name -> (C,),
    amounts in logs; ``trade``: ln of all goods a country (bought, sold) now and three years before, (2, 2, C);
    ``chapter``: chapter -> ln of what each country bought and sold of it a year, (2, C).
    """

    pair: dict[str, Singles]
    fact: dict[str, Singles]
    trade: Singles
    chapter: dict[str, Singles]


def blocks(known: Panel, wanted: NDArray[np.int64], t: int) -> Iterator[Past]:
    """The past of each block of neighbouring products that holds any of ``wanted`` (numbers of products)."""
    for first in range(0, len(known.products), BLOCK):
        last = min(first + BLOCK, len(known.products)) - 1
        if ((wanted >= first) & (wanted <= last)).any():
            yield past(known, first, last, t)


def past(known: Panel, first: int, last: int, t: int) -> Past:
    """Products number ``first`` to ``last`` as of year ``t``."""
    rows = known.query("skill_history", t=t, first=first, last=last, memory=MEMORY)
    c = len(known.countries)
    at = (rows["product"].astype(np.int64) - first, rows["exporter"], rows["importer"])

    def filled(values: Floats, empty: float = 0.0) -> Singles:
        out = np.full((last - first + 1, c, c), empty, np.float32)
        out[at] = values
        return out

    since = np.where(rows["last_before"] > 0, t - 2 - rows["last_before"], NEVER)
    names = ("recent", "earlier", "most_before", "this_year", "two_years_ago", "memory")
    sums = {name: filled(rows[name]) for name in names}
    return Past(t=t, first=first, products=known.products[first : last + 1], since=filled(since, NEVER), **sums)


def world(known: Panel, t: int) -> World:
    """Countries, pairs and all trade as of year ``t``."""
    now, before = (_margins(known, t - lag) for lag in (0, 3))
    totals = np.stack([sum(x.values(), np.zeros((2, len(known.countries)))) for x in (now, before)])
    chapters = {hs2: logs(x) for hs2, x in now.items()}
    return World(_pairs(known, t), _facts(known, t), logs(totals), chapters)


def logs(x: Floats | Singles) -> Singles:
    """ln(1 + x)."""
    return np.log1p(x).astype(np.float32)


def _pairs(known: Panel, t: int) -> dict[str, Singles]:
    evidence, names = known.evidence, known.countries
    rows = evidence.query("skill_pairs")
    a, b = places(names, rows["origin"]), places(names, rows["destination"])
    out = {name: _square(len(names), a, b, rows[name].astype(np.float64), np.nan) for name in PAIR}
    signed = evidence.query("skill_agreements", t=t)
    a, b = places(names, signed["origin"]), places(names, signed["destination"])
    return out | {"agreement": _square(len(names), a, b, signed["depth"].astype(np.float64), 0.0)}


def _square(n: int, a: NDArray[np.int64], b: NDArray[np.int64], values: Floats, empty: float) -> Singles:
    out = np.full((n, n), empty, np.float32)
    ok = (a >= 0) & (b >= 0)
    out[a[ok], b[ok]] = values[ok]
    return out


def _facts(known: Panel, t: int) -> dict[str, Singles]:
    rows = known.evidence.query("skill_facts", t=t, age=FACT_AGE)
    out = {}
    for name in FACTS:
        of = rows["indicator"] == name
        at, column = places(known.countries, rows["market"][of]), np.full(len(known.countries), np.nan, np.float32)
        value = rows["value"][of].astype(np.float64)
        column[at[at >= 0]] = (np.log(value) if name in IN_LOGS else value)[at >= 0]
        out[name] = column
    return out


def _margins(known: Panel, t: int) -> dict[str, Floats]:
    """Chapter -> USD a year bought and sold by each country over t−2 … t, (2, C)."""
    rows = known.evidence.query("skill_margins", from_year=t - 2, to_year=t)
    at, out = places(known.countries, rows["country"]), {}
    for hs2 in sorted(set(rows["hs2"].tolist())):
        of = (rows["hs2"] == hs2) & (at >= 0)
        sides = np.zeros((2, len(known.countries)))
        for side, name in enumerate(("imports", "exports")):
            sides[side, at[of]] = np.nan_to_num(rows[name][of].astype(np.float64))
        out[hs2] = sides
    return out
