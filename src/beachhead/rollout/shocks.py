"""What happens to all markets at once: their joint history of growth and exchange rates, drawn again in blocks.

Years are drawn whole, for all markets and both series together, so what went together in the past goes together in the
drawn future. Blocks of years keep crises as long as they were (stationary bootstrap; Politis & Romano 1994, The
Stationary Bootstrap, Journal of the American Statistical Association 89).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.rollout.result import Bools

Ints = NDArray[np.int64]
Singles = NDArray[np.float32]

FIRST_YEAR: Final = 1995  # before it, planned economies set prices free and states were made anew
COVERED: Final = 2 / 3  # a year counts from this share of markets with figures on
MOST_GROWTH: Final = 0.25  # |ln growth| in a year; more is war, oil found, casinos closed: what is bought moves less
MOST_PRICE: Final = 1.0  # |change of ln dollar price level| in a year; more is a change of accounts, not of prices


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Y years of M markets, in the order asked for.

    ``years`` (Y,); ``growth`` (Y, M): ln real growth of GDP, less the market's own mean; ``fx`` (Y, M): change of ln
    real exchange rate of the market's money in money of home, less its mean (above 0: it buys more at home);
    ``observed`` (Y, M): False where the median of the region in that year stands in.
    """

    years: Ints
    markets: tuple[str, ...]
    growth: Floats
    fx: Floats
    observed: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Shocks:
    """Factors on sales by path, year and market, (N, A, M): ``demand`` on the amount, ``fx`` on the worth at home."""

    demand: Singles
    fx: Singles


def history(evidence: Evidence, markets: tuple[str, ...], home: str) -> History:
    """The panel's years from ``FIRST_YEAR`` on, with the user's figures over the snapshot's.

    The dollar price level of a country's output is GDP in current dollars ÷ real GDP. The ratio of two countries'
    levels is their real exchange rate on GDP deflators.
    """
    world = evidence.markets
    years, growth, price = panel(evidence, world)
    observed = np.isfinite(growth)
    region = np.array([evidence.catalogue.countries[m].region for m in world])
    growth = filled(np.clip(growth, -MOST_GROWTH, MOST_GROWTH), region)
    price = filled(np.clip(price, -MOST_PRICE, MOST_PRICE), region)
    at = [world.index(m) for m in markets]
    fx = price[:, at] - price[:, [world.index(home)]]
    return History(years, markets, growth[:, at], fx, observed[:, at])


def panel(evidence: Evidence, markets: tuple[str, ...]) -> tuple[Ints, Floats, Floats]:
    """Years (Y,), and by year and market ln growth and change of ln dollar price level, (Y, M); nan where unknown."""
    rows = evidence.query("macro_history", first_year=FIRST_YEAR)
    years = covered_years(rows["year"].astype(np.int64), len(markets))
    known = np.isin(rows["year"], years) & np.isin(rows["market"], markets)
    at = rows["year"][known] - years[0], np.searchsorted(markets, rows["market"][known].astype(str))
    growth, price = np.full((2, len(years), len(markets)), np.nan)
    growth[at], price[at] = rows["growth"][known], rows["price"][known]
    return years, growth, price


def covered_years(years: Ints, markets: int) -> Ints:
    """All years up to the last in which enough markets have figures, (Y,); ``years``: one entry per figure."""
    seen, count = np.unique(years, return_counts=True)
    last = seen[count >= COVERED * markets].max(initial=FIRST_YEAR)
    return np.arange(FIRST_YEAR, last + 1)


def filled(x: Floats, region: NDArray[np.str_]) -> Floats:
    """Deviations of (Y, M) from each column's own mean; a gap gets the median of its region in that year.

    Where a region has no figure in a year, the world's median stands in; where the world has none, nothing happened.
    Every column ends with mean 0.
    """
    known = np.isfinite(x)
    mean = np.where(known, x, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    deviation = x - mean
    for name in np.unique(region):
        within = region == name
        deviation[:, within] = _with_median(deviation[:, within])
    deviation = np.nan_to_num(_with_median(deviation))
    centred: Floats = deviation - deviation.mean(axis=0)
    return centred


def _with_median(x: Floats) -> Floats:
    """Gaps of (Y, M) filled by the median of the row; a row without any figure stays as it is."""
    some = np.isfinite(x).any(axis=1)
    median = np.full(len(x), np.nan)
    median[some] = np.nanmedian(x[some], axis=1)
    return np.where(np.isfinite(x), x, median[:, None])


def block_years(rng: np.random.Generator, years: int, paths: int, ahead: int, block: int) -> Ints:
    """Rows of a history, (paths, ahead): blocks of mean length ``block`` that begin anywhere; the last year precedes
    the first, so every year is as likely as any other."""
    fresh = rng.random((paths, ahead)) < 1.0 / block
    fresh[:, 0] = True
    begin = np.maximum.accumulate(np.where(fresh, np.arange(ahead), 0), axis=1)
    start: Ints = np.take_along_axis(rng.integers(years, size=(paths, ahead)), begin, axis=1)
    picks: Ints = (start + np.arange(ahead) - begin) % years
    return picks


def episode(history: History, years: tuple[int, ...]) -> Ints:
    """Rows of the history, (len(years),), that play these calendar years again; a fault if one is not in it."""
    known = history.years
    for year in years:
        if not known[0] <= year <= known[-1]:
            raise bad("year", year, f"the history covers {known[0]} to {known[-1]}")
    rows: Ints = np.asarray(years, dtype=np.int64) - known[0]
    return rows


def begin_with(picks: Ints, episode: Ints) -> Ints:
    """The drawn years, (paths, ahead), with the years of an episode in place of the first ones on every path."""
    begun = picks.copy()
    span = min(len(episode), picks.shape[1])
    begun[:, :span] = episode[:span]
    return begun


def factors(history: History, picks: Ints, assumed: Assumptions) -> Shocks:
    """Factors along each path of ``picks`` (paths, ahead), cumulated from its first year on."""
    return Shocks(
        demand=cumulated(assumed["demand_gdp_elasticity"] * history.growth, picks),
        fx=cumulated(assumed["fx_exposure"] * history.fx, picks),
    )


def cumulated(change: Floats, picks: Ints) -> Singles:
    """exp of the running sum of ln changes (Y, M) along ``picks`` (paths, ahead), as (paths, ahead, M).

    Factors of single years are multiplied up: the exponential is taken once for each year of the history.
    """
    factor = np.exp(change).astype(np.float32)[picks]
    for year in range(1, picks.shape[1]):
        factor[:, year] *= factor[:, year - 1]
    return factor
