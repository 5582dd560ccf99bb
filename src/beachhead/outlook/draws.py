"""What chance brings to a chunk of paths. Every market has its own stream, so markets do not disturb each other.

A stream is a generator seeded by seed, chunk and market. The same market has the same luck in two plans, at any pace,
and on any number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.outlook.schedule import Case, Ints
from beachhead.rollout.shocks import Shocks, Singles, begin_with, block_years, factors

STAGE = 4  # fourth stage of the loop: no other stage has these streams
AHEAD = 32  # years of history that are drawn whether needed or not, so that a longer plan begins with the same years


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Luck of n paths; P presences, years from the plan's first on.

    ``potential`` (P, n) USD a year; ``late`` (P, n): times the planned time to the first sale; ``setup`` (P, n) and
    ``hours`` (P, n): times what was planned; ``patience`` (P, n): exponential, the sum of hazards at which a presence
    ends; ``demand`` (years, P, n): factor on sales with the noise of the year; ``fx`` (years, P, n): on receipts.
    """

    potential: Singles
    late: Singles
    setup: Singles
    hours: Singles
    patience: Singles
    demand: Singles
    fx: Singles


def draw(case: Case, seed: int, chunk: int, paths: int, episode: Ints | None = None) -> Draws:
    """The draws of one chunk. ``episode``: rows of the history that take the place of the first years on every path."""
    shocks = shared(case, seed, chunk, paths, episode)
    z, patience = own(case, seed, chunk, paths)
    f, assumed = case.ground.figures, case.ground.assumed
    sd = np.float32(assumed["sales_noise_sd"])
    spread = mixed(f.root, scores(f.root.shape[1], seed, chunk, paths))
    spread += f.own_sd.astype(np.float32)[:, None] * z[:, 0]
    median, cap = f.potential.astype(np.float32)[:, None], np.float32(f.cap)
    noise = np.exp(sd * z[:, 4:] - sd * sd / 2).transpose(1, 0, 2)
    return Draws(
        potential=np.minimum(median * np.exp(spread), cap),
        late=np.exp(np.float32(assumed["delay_sd"]) * z[:, 1]),
        setup=np.exp(np.float32(assumed["overrun_bias"]) + case.entry.sd * z[:, 2]),
        hours=np.exp(case.entry.hours_sd * z[:, 3]),
        patience=patience / f.hazard.astype(np.float32)[:, None],
        demand=by_year(shocks.demand) * noise,
        fx=by_year(shocks.fx),
    )


def by_year(x: Singles) -> Singles:
    """(n, years, P) as (years, P, n)."""
    return np.ascontiguousarray(x.transpose(1, 2, 0))


def stream(seed: int, chunk: int, market: str = "") -> np.random.Generator:
    """The generator of a market in a chunk; of what all markets share, if none is named."""
    return np.random.Generator(np.random.SFC64([seed, STAGE, chunk, int.from_bytes(market.encode())]))


def scores(count: int, seed: int, chunk: int, paths: int) -> Singles:
    """Normal scores that markets share, (K, n): the first ones are the same however many there are."""
    return stream(seed, chunk, "shared").standard_normal((count, paths), dtype=np.float32)


def mixed(root: Floats, score: Singles) -> Singles:
    """root @ score, (P, n), the same to the last bit on every machine.

    A matrix product may sum in any order. Rounded to multiples of 2⁻¹⁶ and 2⁻²⁰ all products and sums are exact in
    double precision, so the order does not matter; the rounding is a thousandth of a per cent of an sd.
    """
    coarse, fine = np.float64(2.0**16), np.float32(2.0**20)
    whole = np.rint(root * coarse) @ np.rint(score * fine).astype(np.float64)
    return np.asarray(whole / (coarse * np.float64(fine)), dtype=np.float32)


def shared(case: Case, seed: int, chunk: int, paths: int, episode: Ints | None) -> Shocks:
    """What all markets share besides: the years of history."""
    rng, assumed, history = stream(seed, chunk), case.ground.assumed, case.ground.history
    ahead, block = max(AHEAD, case.years), round(assumed["shock_block_years"])
    picks = block_years(rng, len(history.years), paths, ahead, block)
    picks = picks if episode is None else begin_with(picks, episode)
    return factors(history, picks[:, : case.years], assumed)


def own(case: Case, seed: int, chunk: int, paths: int) -> tuple[Singles, Singles]:
    """What is each market's own: normal scores (P, 4 + years, n), and exponential ones (P, n)."""
    normal = np.empty((case.count, 4 + case.years, paths), dtype=np.float32)
    exponential = np.empty((case.count, paths), dtype=np.float32)
    for i, market in enumerate(case.ground.figures.markets):
        rng = stream(seed, chunk, market)
        rng.standard_exponential(out=exponential[i], dtype=np.float32)
        rng.standard_normal(out=normal[i], dtype=np.float32)
    return normal, exponential
