"""Ties between economies: distance, border, language, history, law, clock and money.

Every market stands with every market, itself included: at home the distance is the internal one.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from beachhead.evidence.build import agreements
from beachhead.evidence.build.codes import catalogue_rows
from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.build.geography import Flags, Geography, geography, hours_apart
from beachhead.evidence.build.language_ties import official_in_both, overlap, spoken
from beachhead.evidence.build.table import Raw, TableSpec
from beachhead.evidence.build.volatility import home_fx_volatility

SOURCES = ("cepii-geodist", "cldr-48", "qog-legal-origin", "tzdata-2025b", "hmrc-fx", "beachhead-derived")


def pairs(raw: Raw) -> pa.Table:
    """One row per ordered pair of markets.

    ``distance``: km between main cities; ``language_overlap``: probability that a random person of each share a
    language; ``timezone_gap``: hours between standard times; ``home_fx_volatility``: per cent a year, of the
    destination's currency in the origin's; the others are 0 or 1. A colonial tie means that one of
    the two ever ruled the other; a ruler in common does not count.
    """
    land, known = geography(raw), spoken(raw)
    offsets = np.array([raw.catalogue.countries[m].utc_offset for m in land.markets])
    columns = {
        "origin": np.repeat(land.markets, len(land.markets)),
        "destination": np.tile(land.markets, len(land.markets)),
        "distance": land.distance.astype(np.float32),
        "contiguous": land.contiguous,
        "common_official_language": common_official_language(land, official_in_both(known.official)),
        "colonial_tie": land.colonial_tie,
        "same_legal_origin": same_legal_origin(raw),
        "language_overlap": overlap(known.share).astype(np.float32),
        "timezone_gap": hours_apart(offsets).astype(np.float32),
        "home_fx_volatility": home_fx_volatility(raw).astype(np.float32),
    }
    return pa.table({name: values.ravel() for name, values in columns.items()})


def common_official_language(land: Geography, by_cldr: NDArray[np.bool_]) -> Flags:
    """GeoDist's flag where it lists both economies, CLDR's elsewhere; 1 at home."""
    listed = land.in_geodist[:, None] & land.in_geodist
    shared = np.where(listed, land.common_official_language > 0, by_cldr)
    return np.asarray(shared | np.eye(len(shared), dtype=bool)).astype(np.int8)


def same_legal_origin(raw: Raw) -> Flags:
    """Whether the law of both descends from the same tradition (M, M), after La Porta et al. (1999)."""
    rows = csv_rows(raw / "country/qog/qog_selected_vars.csv")
    known = {row["ccodealp"]: int(float(row["lp_legor"])) for row in rows if row["lp_legor"]}
    known |= {row["iso3"]: int(row["origin"]) for row in catalogue_rows("legal_origins.csv")}
    origins = np.array([known[m] for m in raw.catalogue.markets])
    return np.asarray(origins[:, None] == origins).astype(np.int8)


TABLES = (
    TableSpec("pairs", SOURCES, pairs, order=("origin", "destination")),
    *agreements.TABLES,
)
