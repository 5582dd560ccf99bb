"""Scenarios for planning: few, but with the right averages (moment-matched), and the same for every plan compared.

Every market's potentials are the means of S equally likely classes of its log-normal, so expected sales are exact; the
pairing over markets follows scores whose sample means and correlations are matched. Delays, overruns and ends are
stratified alike. GDP and exchange rates are joint years of history, drawn in blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats
from beachhead.rollout.figures import Figures
from beachhead.rollout.shocks import History, block_years, factors

DAYS_ENDED = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Scenarios:
    """S futures of N markets. ``potential`` (N, S) USD a year, capped; ``late`` (N, S) times the planned weeks;
    ``overrun`` (N, S) times the set-up; ``ends`` (N, S) quarters after the first sale at which a presence ends by
    itself; ``demand`` and ``fx`` (N, years, S), factors on sales and on receipts, by year of the plan."""

    potential: Floats
    late: Floats
    overrun: Floats
    ends: Floats
    demand: Floats
    fx: Floats

    @property
    def count(self) -> int:
        """S."""
        return int(self.potential.shape[1])


def draw(
    figures: Figures, history: History, assumed: Assumptions, *, count: int, years: int, rng: np.random.Generator
) -> Scenarios:
    """``count`` scenarios over ``years`` years."""
    n = len(figures.markets)
    sd = figures.sd
    mixed = matched_normals(rng, count, n) @ factor_of(figures.cov / np.outer(sd, sd)).T
    late, over, end = (strata(rng, count, n) for _ in range(3))
    shocks = factors(history, block_years(rng, len(history.years), count, years, _block(assumed)), assumed)
    return Scenarios(
        potential=class_means(figures.potential, sd, figures.cap, ranks(mixed)),
        late=np.exp(assumed["delay_sd"] * ndtri((late + 0.5) / count)).T,
        overrun=overruns(figures, assumed, over),
        ends=lifetimes(assumed["chance_exit"], (end + 0.5) / count).T / figures.hazard[:, None],
        demand=centred(np.asarray(shocks.demand, dtype=float)),
        fx=centred(np.asarray(shocks.fx, dtype=float)),
    )


def _block(assumed: Assumptions) -> int:
    return round(assumed["shock_block_years"])


def mean_scenario(scenarios: Scenarios, figures: Figures, assumed: Assumptions) -> Scenarios:
    """One scenario in which everything is as it is on average: what a planner without scenarios would reckon with."""
    rate = -np.log1p(-min(assumed["chance_exit"], 1.0 - DAYS_ENDED)) / 4.0
    n = len(figures.markets)

    def mean(x: Floats) -> Floats:
        return np.asarray(x.mean(axis=-1, keepdims=True))

    return Scenarios(
        potential=mean(scenarios.potential),
        late=np.ones((n, 1)),
        overrun=mean(scenarios.overrun),
        ends=1.0 / (max(rate, DAYS_ENDED) * figures.hazard[:, None]),
        demand=mean(scenarios.demand),
        fx=mean(scenarios.fx),
    )


def only(scenarios: Scenarios, s: int) -> Scenarios:
    """The one scenario ``s``."""
    one = slice(s, s + 1)
    return Scenarios(*(getattr(scenarios, name)[..., one] for name in Scenarios.__slots__))


def matched_normals(rng: np.random.Generator, count: int, columns: int) -> Floats:
    """Normal scores (count, columns) with sample mean 0 and, if rows outnumber columns, sample covariance I."""
    x = rng.standard_normal((count, columns))
    x -= x.mean(axis=0)
    if count > columns + 1:
        root = np.linalg.cholesky(x.T @ x / count)
        return np.asarray(np.linalg.solve(root, x.T).T)
    return np.asarray(x / np.maximum(x.std(axis=0), 1e-12))


def factor_of(correlation: Floats) -> Floats:
    """A root of a correlation matrix, (N, N), even if some markets move as one."""
    value, vector = np.linalg.eigh(correlation)
    return np.asarray(vector * np.sqrt(np.maximum(value, 0.0)))


def strata(rng: np.random.Generator, count: int, columns: int) -> Floats:
    """A Latin hypercube: each column a permutation of 0 … count − 1, (count, columns)."""
    return np.argsort(rng.random((count, columns)), axis=0).astype(float)


def ranks(x: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Rank of each value within its column, 0 lowest."""
    return np.argsort(np.argsort(x, axis=0, kind="stable"), axis=0, kind="stable")


def class_means(median: Floats, sd: Floats, cap: float, rank: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    """Potential (N, S) whose S values for a market are the means of S equally likely classes; ``rank`` (S, N)."""
    count = len(rank)
    mean = lognormal_classes(sd, count) * median[:, None]
    return np.minimum(np.take_along_axis(mean, rank.T, axis=1), cap)


def lognormal_classes(sd: Floats, count: int) -> Floats:
    """Means of ``count`` equally likely classes of exp(sd × normal), lowest first, (…, count)."""
    edge = ndtri(np.linspace(0.0, 1.0, count + 1))
    mass = np.diff(ndtr(edge - np.asarray(sd)[..., None]), axis=-1)
    means: Floats = np.exp(np.asarray(sd)[..., None] ** 2 / 2.0) * mass * count
    return means


def overruns(figures: Figures, assumed: Assumptions, rank: Floats) -> Floats:
    """Factor on the set-up cost, (N, S): biased up, and uncertain as the estimate is (the modes' sds are alike)."""
    means = lognormal_classes(figures.entry_sd_log.mean(axis=1), len(rank))
    return np.asarray(np.exp(assumed["overrun_bias"]) * np.take_along_axis(means, rank.T.astype(np.intp), axis=1))


def lifetimes(yearly: float, chance: Floats) -> Floats:
    """Quarters until a presence ends that ends at a constant ``yearly`` rate, at these cumulative chances."""
    if yearly <= 0.0:
        return np.full(chance.shape, np.inf)
    rate = -np.log1p(-min(yearly, 1.0 - DAYS_ENDED)) / 4.0
    return np.asarray(-np.log1p(-chance) / rate)


def centred(x: Floats) -> Floats:
    """Factors (S, years, N) as (N, years, S), with geometric mean 1 over the scenarios: few draws must not tilt all."""
    log = np.log(x)
    factor: Floats = np.exp(log - log.mean(axis=0)).transpose(2, 1, 0)
    return factor
