"""Staged entry: start in the best mode, go on to a heavier one when the sales seen pay for it. Never back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from beachhead.enter.modes import MODE_NAMES, MODES
from beachhead.enter.result import Stage
from beachhead.enter.tables import modes
from beachhead.evidence.model import Floats

LEAST_CHANCE = 0.01  # a stage that comes less often is left out


def chance_above(potential: float, median: float, sd_log: float) -> float:
    """Probability that a log-normal potential is above a level."""
    if potential <= 0:
        return 1.0
    return float(ndtr((np.log(median) - np.log(potential)) / sd_log)) if np.isfinite(potential) else 0.0


def path(
    start: int,
    threshold: Floats,
    sold: Floats,
    may_follow: NDArray[np.bool_],
    median: float,
    sd_log: float,
    cap: float,
    quarters: int,
) -> tuple[Stage, ...]:
    """Stages in one market from mode ``start``.

    ``threshold`` (7, 7): potential at which a switch pays; ``sold`` (7,): first full year's sales per USD of potential;
    ``may_follow`` (7, 7); ``quarters``: how long sales must be seen. The next stage is the heavier mode that pays at
    the lowest potential above the last.
    """
    stages = [Stage(MODES[start], "now", 0.0, 0, 1.0)]
    now, reached = start, 0.0
    while (step := next_mode(now, threshold, may_follow, reached)) is not None:
        reached = threshold[now, step]
        chance = chance_above(reached, median, sd_log)
        if chance < LEAST_CHANCE or reached > cap:
            break
        stages.append(stage(now, step, reached * sold[now], chance, quarters))
        now = step
    return tuple(stages)


def next_mode(now: int, threshold: Floats, may_follow: NDArray[np.bool_], reached: float) -> int | None:
    """The mode that pays first among those that may follow; None if there is none."""
    at = np.where(may_follow[now] & (threshold[now] >= reached), threshold[now], np.inf)
    best = int(at.argmin())
    return best if np.isfinite(at[best]) else None


def stage(now: int, then: int, sales: float, chance: float, quarters: int) -> Stage:
    """The stage that follows ``now``, with the evidence it waits for."""
    seen = f"once sales reach about USD {rounded(sales):,.0f} a year, over {quarters} quarters"
    when = f"{seen} of {MODE_NAMES[MODES[now]].lower()}; it takes {modes()[then].knowledge_needed}"
    return Stage(MODES[then], when, sales, quarters, chance)


def rounded(usd: float) -> float:
    """Two significant digits: more would claim too much."""
    return float(f"{usd:.2g}")
