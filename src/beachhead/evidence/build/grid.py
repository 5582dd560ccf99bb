"""A grid: one series for all markets and years, with where each value comes from; and how grids are combined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2026
YEARS: Final = np.arange(FIRST_YEAR, LAST_YEAR + 1)

# market, year, value, published sd or None, source
Observation = tuple[str, int, float, float | None, str]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """``value``, ``sd`` (published, natural unit): float (M, Y), NaN where unknown; ``source``: object (M, Y) of ids.

    ``lag``: int (M, Y), years by which an input of the value was carried forward. Columns are ``YEARS``.
    """

    value: Floats
    sd: Floats
    source: NDArray[np.object_]
    lag: NDArray[np.int16]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where a value stands: bool (M, Y)."""
        return np.isfinite(self.value)


def empty(markets: int) -> Grid:
    """A grid that knows nothing."""
    shape = (markets, len(YEARS))
    nothing = np.full(shape, np.nan)
    return Grid(nothing, nothing.copy(), np.full(shape, "", dtype=object), np.zeros(shape, dtype=np.int16))


def from_rows(rows: Iterable[Observation], markets: tuple[str, ...]) -> Grid:
    """A grid of the observations whose market and year are ours; of two for one cell the first stands."""
    place = {market: k for k, market in enumerate(markets)}
    grid = empty(len(markets))
    for market, year, value, sd, source in rows:
        i, j = place.get(market, -1), year - FIRST_YEAR
        if i >= 0 and 0 <= j < len(YEARS) and np.isnan(grid.value[i, j]):
            grid.value[i, j], grid.source[i, j] = value, source
            grid.sd[i, j] = np.nan if sd is None else sd
    return grid


def _take(base: Grid, other: Grid, where: NDArray[np.bool_]) -> Grid:
    return Grid(
        np.where(where, other.value, base.value),
        np.where(where, other.sd, base.sd),
        np.where(where, other.source, base.source),
        np.where(where, other.lag, base.lag),
    )


def fill_years(base: Grid, other: Grid) -> Grid:
    """``base`` with ``other`` wherever ``base`` has no value for that year."""
    return _take(base, other, ~base.known & other.known)


def fill_markets(base: Grid, other: Grid) -> Grid:
    """``base`` with ``other`` for the markets of which ``base`` knows nothing at all: definitions are not mixed."""
    silent = ~np.any(base.known, axis=1, keepdims=True)
    return _take(base, other, np.asarray(silent & other.known))


FILLS: Final = {"years": fill_years, "markets": fill_markets}


def combine(value: Floats, by: Grid, *others: Grid) -> Grid:
    """A grid of ``value`` (M, Y), computed from ``by`` and ``others``: source of ``by``, the longest lag of all."""
    lag = np.maximum.reduce([by.lag, *(other.lag for other in others)])
    return Grid(value, np.full_like(value, np.nan), np.where(np.isfinite(value), by.source, ""), lag)


def rolling(grid: Grid, take: int, least: int, statistic: str) -> Grid:
    """``statistic`` (mean or sd) of the last ``take`` known values up to each year, from ``least`` values on.

    Values older than ``take`` + 2 years do not count. A year without a new value has no result.
    """
    out = np.full_like(grid.value, np.nan)
    for i, j in np.argwhere(grid.known):
        window = grid.value[i, max(0, j - take - 1) : j + 1]
        last = window[np.isfinite(window)][-take:]
        if len(last) >= least:
            out[i, j] = last.mean() if statistic == "mean" else last.std(ddof=1)
    return combine(out, grid)


def carry(grid: Grid, years: int) -> Grid:
    """Each market's last known value stands for up to ``years`` years after it, with the lag noted."""
    value, source, lag = grid.value.copy(), grid.source.copy(), grid.lag.copy()
    for j in range(1, value.shape[1]):
        gap = np.isnan(value[:, j]) & np.isfinite(value[:, j - 1]) & (lag[:, j - 1] < years)
        value[gap, j], source[gap, j], lag[gap, j] = value[gap, j - 1], source[gap, j - 1], lag[gap, j - 1] + 1
    return replace(grid, value=value, source=source, lag=lag)
