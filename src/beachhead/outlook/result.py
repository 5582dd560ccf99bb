"""What follows from a plan: paths of sales, profit and cash, and how they can go wrong. T = quarters; USD constant."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from beachhead.evidence.model import Floats

CAUSES = ("cash", "hours", "attention")


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A quantity by quarter over the paths, each (T,)."""

    p5: Floats
    p25: Floats
    p50: Floats
    p75: Floats
    p95: Floats
    mean: Floats


def band(x: Floats) -> Band:
    """Percentiles and mean over the first axis of (N, T)."""
    p5, p25, p50, p75, p95 = np.percentile(x, [5, 25, 50, 75, 95], axis=0)
    return Band(p5, p25, p50, p75, p95, x.mean(axis=0))


@dataclass(frozen=True, slots=True)
class Resilience:
    """How much the spread over markets steadies sales.

    ``variance_ratio``: variance of the last year's sales of the plan over that of equal expected sales in one market
    (1: no gain, lower: steadier). ``correlation``: mean between the markets' sales. ``effective_markets``: how many
    equal, unrelated markets would be as steady. ``markets``: expected number still served at the end.
    """

    variance_ratio: float
    correlation: float
    effective_markets: float
    markets: float


@dataclass(frozen=True, slots=True)
class Stress:
    """A real episode replayed on the plan from its first quarter: median outcome beside the plan's own.

    ``sales_change``: of the sum over the plan, as a share. ``lowest_cash_usd``: median of the lowest. ``p_floor``,
    ``p_ruin``: chance that cash falls below the floor, below zero. ``worst_market``: hit hardest, by ``worst_change``.
    """

    id: str
    name: str
    years: tuple[int, ...]
    value_usd: float
    value_change_usd: float
    sales_change: float
    lowest_cash_usd: float
    p_floor: float
    p_ruin: float
    worst_market: str
    worst_change: float


@dataclass(frozen=True, slots=True)
class PacePoint:
    """The same moves, drawn out or pushed together: ``stretch`` × the planned starts (0 all at once, 1 as planned).

    ``months``: from the first to the last entry. ``adjusted_usd``: the plan's own objective (downside and shortfall
    counted) on these paths. ``breaks``: the owner's limits that this pace breaks and the plan does not: cash, hours or
    attention run short more often than either allows, or more ``launches`` at once. ``best``: highest ``adjusted_usd``
    of those that break none.
    """

    stretch: float
    months: float
    value_mean_usd: float
    value_p10_usd: float
    value_p50_usd: float
    adjusted_usd: float
    p_ruin: float
    p_floor: float
    p_overstretch: float
    best: bool
    breaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Consequences of a plan over ``paths`` futures.

    ``value_…``: percentiles 10, 50, 90 and mean of worth, discounted, as the rollout counts it; ``p_loss`` below zero.
    ``p_ruin``: cash below zero at some time; ``p_floor``: below the floor. ``p_overstretch``: by cause, and ``any``.
    ``break_even_quarter``: first quarter in which the median of all cash that entries and automation have moved is back
    at zero, None if never within the plan; ``p_break_even``: chance that it is back by the plan's end. ``survival``
    (T,): of the markets entered by then, the share still served. ``markets``: how many are served. ``exits``: expected
    number of markets left within the plan, by cause (stopped: the owner's own review; forced: by itself). ``hours``:
    staff hours a quarter. ``added``: by the new markets alone. ``memory_mb``: most that the arrays take at once.
    """

    quarters: tuple[str, ...]
    paths: int
    revenue: Band
    profit: Band
    cash: Band
    markets: Band
    floor_usd: float
    value_p10: float
    value_p50: float
    value_p90: float
    value_mean: float
    p_loss: float
    p_ruin: float
    p_floor: float
    p_overstretch: dict[str, float]
    break_even_quarter: str | None
    p_break_even: float
    survival: Floats
    resilience: Resilience
    by_market: tuple[MarketOutlook, ...]
    stress: tuple[Stress, ...]
    pace: tuple[PacePoint, ...]
    memory_mb: float
    exits: dict[str, float] = field(default_factory=dict)
    hours: Band | None = None
    added: Added | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What the new markets, with the automation, are worth by themselves: percentiles, mean, chance of a loss."""

    p10: float
    p50: float
    p90: float
    mean: float
    p_loss: float


@dataclass(frozen=True, slots=True)
class MarketOutlook:
    """One market of the plan: chance to be entered at all, to be served at the end, expected worth and sales of the
    last year, USD."""

    market: str
    p_entered: float
    p_served: float
    value_usd: float
    sales_usd: float
