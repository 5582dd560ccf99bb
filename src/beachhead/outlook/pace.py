"""The pace curve: the same moves drawn out or pushed together, judged by the rollout's own objective."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from beachhead.outlook.ledger import Ledger
from beachhead.outlook.measures import adjusted, overstretched, p_floor, p_overstretch, p_ruin
from beachhead.outlook.result import CAUSES, PacePoint
from beachhead.outlook.schedule import Ground, Ints, Schedule, case, shows_after
from beachhead.outlook.simulate import simulate
from beachhead.rollout.result import Presence
from beachhead.rollout.rules import Rules

STRETCHES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
MONTHS = 3  # a quarter
ROUNDING = 1e-6


def pace(
    ground: Ground, schedule: Schedule, plan: Ledger, seed: int, paths: int, *, recourse: bool = True
) -> tuple[PacePoint, ...]:
    """A point for every stretch; empty if the plan enters nothing. ``plan``: the paths at the planned pace."""
    if not entries(schedule):
        return ()
    planned = strain(ground.rules, schedule, plan)
    points = []
    for stretch in STRETCHES:
        moved = stretched(schedule, stretch, ground)
        seen = plan if stretch == 1.0 else simulate(case(ground, moved, recourse=recourse), seed, paths)
        points.append(point(ground, moved, stretch, seen, planned))
    allowed = [p for p in points if not p.breaks] or points
    best = max(allowed, key=lambda p: (p.adjusted_usd, -abs(p.stretch - 1.0)))
    return tuple(replace(p, best=p is best) for p in points)


def point(ground: Ground, moved: Schedule, stretch: float, seen: Ledger, planned: dict[str, float]) -> PacePoint:
    """What follows at one pace; ``planned``: what the plan itself takes."""
    p10, p50 = np.percentile(seen.worth, [10, 50])
    return PacePoint(
        stretch=stretch,
        months=float(MONTHS * (max(entries(moved)) - min(entries(moved)))),
        value_mean_usd=float(seen.worth.mean()),
        value_p10_usd=float(p10),
        value_p50_usd=float(p50),
        adjusted_usd=adjusted(ground.rules, seen),
        p_ruin=p_ruin(seen),
        p_floor=p_floor(ground.rules, seen),
        p_overstretch=p_overstretch(overstretched(ground.rules, seen))["any"],
        best=False,
        breaks=broken(ground.rules, strain(ground.rules, moved, seen), planned),
    )


def strain(rules: Rules, moved: Schedule, seen: Ledger) -> dict[str, float]:
    """What a pace takes: the chance of each cause of overstretch, and the most launches at once."""
    over = {cause: float(paths.mean()) for cause, paths in overstretched(rules, seen).items()}
    return over | {"launches": float(launches(moved).max())}


def launches(moved: Schedule) -> Ints:
    """Markets entered by each quarter whose first sale is not due yet, (T,)."""
    quarter, going = np.arange(moved.quarters), np.zeros(moved.quarters, dtype=np.intp)
    for p in moved.presences:
        going += (p.start <= quarter) & (quarter < p.first_sale) & (not p.running)
    return going


def broken(rules: Rules, taken: dict[str, float], planned: dict[str, float]) -> tuple[str, ...]:
    """The owner's limits that a pace breaks: more launches at once, or cash, hours or attention run short with a higher
    chance, than the owner allows (``floor_risk`` for each) and than in the plan itself."""
    limits = {**dict.fromkeys(CAUSES, rules.floor_risk), "launches": float(rules.launches)}
    return tuple(name for name, most in limits.items() if taken[name] > max(most, planned[name]) + ROUNDING)


def entries(schedule: Schedule) -> list[int]:
    """Quarters in which markets are entered anew."""
    return [p.start for p in schedule.presences if not p.running]


def stretched(schedule: Schedule, stretch: float, ground: Ground) -> Schedule:
    """All starts and purchases at ``stretch`` × their quarter; after the last entry, as many quarters as planned.

    A gate that would look at sales only after the start it decides on cannot decide: speed loses its protection.
    """
    moved = [at_pace(p, stretch) for p in schedule.presences]
    if stretch < 1.0:
        moved = [opened(p, moved, ground.rules) for p in moved]
    last, planned = (max((p.start for p in x if not p.running), default=0) for x in (moved, schedule.presences))
    return Schedule(
        presences=tuple(moved),
        bought=tuple((automation, paced(when, stretch)) for automation, when in schedule.bought),
        quarters=max(schedule.quarters, schedule.quarters + last - planned),
    )


def paced(quarter: int, stretch: float) -> int:
    """The quarter at that pace; halves go up."""
    return int(np.floor(quarter * stretch + 0.5))


def at_pace(p: Presence, stretch: float) -> Presence:
    """The same presence, begun at that pace; what runs already runs."""
    if p.running:
        return p
    start = paced(p.start, stretch)
    return replace(p, start=start, first_sale=p.first_sale + (start - p.start))


def opened(p: Presence, all_of: list[Presence], rules: Rules) -> Presence:
    """Without its gate, if that cannot have seen enough when the presence starts."""
    if p.opened_by < 0:
        return p
    gate = all_of[p.opened_by]
    return p if p.start >= np.ceil(gate.first_sale) + shows_after(gate, rules) else replace(p, opened_by=-1)
