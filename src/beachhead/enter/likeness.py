"""Entry is cheaper where it is like where the firm has been (extended gravity; Morales, Sheu & Zahler 2019)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.enter.tables import likeness
from beachhead.evidence.model import Country, Floats
from beachhead.firm import Firm, recent

Columns = Mapping[str, NDArray[np.generic]]
Shared = NDArray[np.bool_]
SHARED = ("geography", "language", "income")


@dataclass(frozen=True, slots=True, eq=False)
class Discount:
    """Cut of the entry cost by market: ``mean`` and ``sd`` (M,), 0–1; ``sources`` the markets that it comes from."""

    mean: Floats
    sd: Floats
    sources: tuple[tuple[str, ...], ...]


def remembered(firm: Firm, as_of: str, quarters: float) -> tuple[str, ...]:
    """Markets whose gain still counts: where the firm sells, or left no more than ``quarters`` before ``as_of``."""
    return tuple(sorted({p.country for p in recent(firm, as_of, quarters)}))


def cuts() -> tuple[Floats, Floats]:
    """Mean and sd of the cut for geography, language and income, (3,) each; income is the joint cut less the others."""
    table = likeness()
    geography, language, joint = (table[k] for k in ("geography", "language", "joint"))
    income = joint.mean - geography.mean - language.mean
    return np.array([geography.mean, language.mean, income]), np.array([geography.sd, language.sd, joint.sd])


def discount(
    firm: Firm,
    markets: Sequence[str],
    countries: Mapping[str, Country],
    pairs_from: Callable[[str], Columns],
    as_of: str,
    assumed: Assumptions,
) -> Discount:
    """What the markets that the firm has been in save in each market.

    As in the source, it is enough that one such market shares a trait, and traits add up; a market where the firm
    already is gets the joint cut. ``pairs_from(market)`` gives the columns destination, distance, contiguous and
    common_official_language.
    """
    been = remembered(firm, as_of, assumed["out_quarters"])
    if not been:
        return Discount(np.zeros(len(markets)), np.zeros(len(markets)), ((),) * len(markets))
    shared = np.stack([traits(m, markets, countries, pairs_from(m), assumed["near_km"]) for m in been])  # (B, M, 3)
    mean, sd = cuts()
    have = shared.any(axis=0)
    total = np.minimum(have @ mean, likeness()["joint"].mean)
    return Discount(total, np.sqrt(have @ sd**2), tuple(named(been, shared[:, m]) for m in range(len(markets))))


def traits(
    been: str, markets: Sequence[str], countries: Mapping[str, Country], pairs: Columns, near_km: float
) -> Shared:
    """Whether each market shares geography, language, income group with ``been``, (M, 3); all three with itself."""
    row = {str(d): i for i, d in enumerate(pairs["destination"])}
    at = [row[m] for m in markets]
    there = countries[been]
    region = np.array([countries[m].region == there.region for m in markets], dtype=bool)
    near = region & (np.asarray(pairs["distance"], float)[at] <= near_km)
    geography = near | (np.asarray(pairs["contiguous"], float)[at] > 0)
    language = np.asarray(pairs["common_official_language"], float)[at] > 0
    income = np.array([countries[m].income_group == there.income_group for m in markets], dtype=bool)
    itself = np.array([m == been for m in markets], dtype=bool)
    # The cut for income is known only as part of the joint one, so income counts beside another trait, never alone.
    like: Shared = np.column_stack([geography, language, income & (geography | language)]) | itself[:, None]
    return like


def named(been: Sequence[str], shared: Shared) -> tuple[str, ...]:
    """The fewest markets that together share every trait that any of them shares, ``shared`` being (B, 3)."""
    left, chosen = shared.any(axis=0), []
    while left.any():
        best = int((shared & left).sum(axis=1).argmax())
        chosen.append(been[best])
        left = left & ~shared[best]
    return tuple(chosen)
