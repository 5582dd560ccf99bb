"""Likeness of markets: how far a surprise in one speaks for another, as estimated from trade.

Sales beyond what gravity expects go together in markets that lie near each other, are about equally rich or speak the
same language. The correlation of two markets is a sum of such terms. Their shares, and over how many kilometres
nearness fades, were found by restricted maximum likelihood (``likeness.csv``, made by ``tools/estimate_likeness.py``;
docs/methods/likeness.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.evidence.model import Floats
from beachhead.select.tables import read_table

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

EARTH_KM = 6371.0  # mean radius
SHARES = ("near", "income", "language", "own")  # terms of the correlation; their shares sum to one
LENGTH = "near_km"


@cache
def estimates(model: str) -> Mapping[str, float]:
    """The estimates of a model of ``likeness.csv``: a share for each of ``SHARES``, and ``LENGTH``."""
    rows = {r["term"]: r["estimate"] for r in read_table("likeness.csv") if r["model"] == model}
    return {term: float(rows[term]) for term in (*SHARES, LENGTH)}


def kernel(evidence: Evidence, assumed: Assumptions = PACKAGED, *, goods: bool = True) -> Floats:
    """Correlation of what is not known of markets, (M, M) over ``evidence.markets``: unit diagonal, positive definite.

    ``goods``: whether the firm sells goods; services have estimates of their own. The firm's own figures
    (``likeness.near`` and so on) replace the estimates; shares are scaled to sum to one.
    """
    shipped = estimates("goods" if goods else "services")
    return mixture(measures(evidence), {term: assumed.over(f"likeness.{term}", x) for term, x in shipped.items()})


def mixture(measured: Mapping[str, Floats], p: Mapping[str, float]) -> Floats:
    """The correlation (M, M) that shares and length ``p`` make of the measures."""
    parts = terms(measured, p[LENGTH])
    total = sum(p[term] for term in SHARES)
    return np.asarray(sum(p[term] / total * parts[term] for term in SHARES))


def terms(measured: Mapping[str, Floats], near_km: float) -> dict[str, Floats]:
    """The terms, (M, M) each, with unit diagonals and without negative eigenvalues.

    ``near`` exp(−km ÷ ``near_km``), which is definite on a sphere (Gneiting 2013, Bernoulli 19(4), section 4).
    ``income`` falls in a straight line from 1 (as rich) to −1 (the poorest and the richest market): the covariance of
    a slope along ln income with a level that puts the middle at 0, the least level for which it is definite.
    ``language`` the cosine of what is spoken. ``own`` the identity.
    """
    gap = measured["income"]
    return {
        "near": np.exp(-measured["km"] / near_km),
        "income": 1.0 - 2.0 * gap / max(gap.max(initial=0.0), 1e-9),
        "language": measured["language"],
        "own": np.eye(len(gap)),
    }


@lru_cache(maxsize=2)
def measures(evidence: Evidence) -> Mapping[str, Floats]:
    """How markets differ, (M, M) each: ``km``, ``income`` |Δ ln GNI per head|, and ``language``, a likeness of 0–1."""
    rows = evidence.query("places_all")
    row = {market: i for i, market in enumerate(rows["market"].tolist())}
    at = [row[market] for market in evidence.markets]
    facts = evidence.facts()
    rich = np.log(facts.value[:, facts.indicators.index("gni_per_capita")])
    return {
        "km": great_circle(rows["lon"][at].astype(float), rows["lat"][at].astype(float)),
        "income": np.abs(rich[:, None] - rich),
        "language": shared_tongues(speakers(evidence)),
    }


def great_circle(lon: Floats, lat: Floats) -> Floats:
    """Kilometres between all places (M, M), from degrees (M,)."""
    x, y = np.radians(lon), np.radians(lat)
    chord = np.sin((y[:, None] - y) / 2) ** 2 + np.cos(y)[:, None] * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


def speakers(evidence: Evidence) -> Floats:
    """Share of each market's people who speak each language, (M, L)."""
    rows = evidence.query("languages_all")
    tongues, column = np.unique(rows["language"].astype(str), return_inverse=True)
    place = {market: i for i, market in enumerate(evidence.markets)}
    share = np.zeros((len(place), len(tongues)))
    for market, k, part in zip(rows["market"], column, rows["share"], strict=True):
        if market in place:
            share[place[market], k] = part
    return share


def shared_tongues(share: Floats) -> Floats:
    """Cosine of the shares of speakers, (M, L) to (M, M): 1 where the same languages are spoken as widely."""
    unit = share / np.maximum(np.linalg.norm(share, axis=1, keepdims=True), 1e-12)
    same = unit @ unit.T
    np.fill_diagonal(same, 1.0)
    return np.asarray(same)
