"""Facts as arrays: from the rows of a query, and with the user's values laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from beachhead.errors import BeachheadError
from beachhead.evidence.catalogue import Catalogue
from beachhead.evidence.engine import Columns
from beachhead.evidence.model import STATUSES, Facts, Floats, Status
from beachhead.evidence.scale import sd_natural, sd_scale

Index = NDArray[np.intp]


def index_of(names: Sequence[str], wanted: NDArray[np.object_]) -> Index:
    """Position of each wanted name in ``names``; -1 where it is not among them."""
    place = {name: k for k, name in enumerate(names)}
    return np.fromiter((place.get(name, -1) for name in wanted), np.intp, len(wanted))


def assemble(rows: Columns, markets: tuple[str, ...], indicators: tuple[str, ...]) -> Facts:
    """Facts (M, K) from the rows of ``resolved``. A cell without a row means a broken snapshot, and is an error."""
    i, j = index_of(markets, rows["market"]), index_of(indicators, rows["indicator"])
    kept = (i >= 0) & (j >= 0)
    i, j = i[kept], j[kept]
    shape = (len(markets), len(indicators))
    status = index_of(STATUSES, rows["status"][kept])
    facts = Facts(
        markets,
        indicators,
        value=_scatter(np.full(shape, np.nan), i, j, rows["value"][kept]),
        sd=_scatter(np.full(shape, np.nan), i, j, rows["sd"][kept]),
        sd_t=_scatter(np.full(shape, np.nan), i, j, rows["sd_t"][kept]),
        year=_scatter(np.zeros(shape), i, j, rows["year"][kept]).astype(np.int16),
        status=_scatter(np.full(shape, -1.0), i, j, status).astype(np.int8),
        source=_scatter_text(shape, i, j, rows["source"][kept]),
    )
    _check_complete(facts)
    return facts


def _scatter(target: Floats, i: Index, j: Index, values: NDArray[np.generic]) -> Floats:
    target[i, j] = values
    return target


def _scatter_text(shape: tuple[int, int], i: Index, j: Index, values: NDArray[np.object_]) -> NDArray[np.object_]:
    target = np.full(shape, "", dtype=object)
    target[i, j] = values
    return target


def _check_complete(facts: Facts) -> None:
    holes = np.argwhere(~np.isfinite(facts.value) | ~np.isfinite(facts.sd_t) | (facts.status < 0))
    if len(holes):
        market, indicator = facts.markets[holes[0, 0]], facts.indicators[holes[0, 1]]
        raise BeachheadError(
            f"the snapshot has no value for {indicator} of {market} ({len(holes)} cells in all); "
            "build it again with `beachhead evidence build RAW_DIR`"
        )


def overlay(facts: Facts, rows: Columns, catalogue: Catalogue, drift: Floats) -> Facts:
    """Facts with ``rows`` (indicator, market, year, value, sd, source, status) in place of what stood there.

    The sd of a row joins its own error (else the usual one of the indicator) and ``drift`` (R,), what its age adds, on
    the scale. The source of a user's row is ``user``; a row without a year takes the year of the value it replaces.
    """
    i, j = index_of(facts.markets, rows["market"]), index_of(facts.indicators, rows["indicator"])
    new = {name: getattr(facts, name).copy() for name in ("value", "sd", "sd_t", "year", "status", "source")}
    for r in np.flatnonzero((i >= 0) & (j >= 0)):
        cell, indicator, value = (i[r], j[r]), str(rows["indicator"][r]), float(rows["value"][r])
        transform = catalogue.indicators[indicator].transform
        sd_t = float(np.hypot(_error(catalogue, indicator, value, float(rows["sd"][r])), drift[r]))
        status = Status(rows["status"][r])
        new["value"][cell], new["sd_t"][cell] = value, sd_t
        new["sd"][cell] = sd_natural(value, sd_t, transform)
        new["status"][cell] = STATUSES.index(status)
        new["source"][cell] = "user" if status is Status.USER else rows["source"][r]
        if not np.isnan(year := float(rows["year"][r])):
            new["year"][cell] = year
    return replace(facts, **new)


def _error(catalogue: Catalogue, indicator: str, value: float, sd: float) -> float:
    """Standard error on the scale: the stated one, else the usual one of the indicator."""
    if np.isnan(sd):
        return catalogue.noise[indicator].measurement_sd
    return float(sd_scale(value, sd, catalogue.indicators[indicator].transform))
