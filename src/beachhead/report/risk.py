"""What the plan may bring and how it may go wrong, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.report.worth import horizon, years

if TYPE_CHECKING:
    from beachhead.evidence.model import Floats
    from beachhead.flow import Plan
    from beachhead.outlook.result import PacePoint, Resilience
    from beachhead.rollout.result import Rollout

CAUSE = {"cash": "cash", "hours": "staff hours", "attention": "the owners' attention", "launches": "launches at once"}


@dataclass(frozen=True, slots=True)
class Lowest:
    """Where cash is lowest: in the middle case, and at the low end (one case in twenty); USD and quarters."""

    middle_usd: float
    quarter: str
    low_usd: float
    low_quarter: str
    floor_usd: float
    p_floor: float


def lowest(plan: Plan) -> Lowest:
    """From the outlook, or from the scenarios of the rollout where there is no outlook. The plan has a rollout."""
    rollout, outlook = plan.rollout, plan.outlook
    assert rollout is not None
    p5, p50 = (rollout.cash.p5, rollout.cash.p50) if outlook is None else (outlook.cash.p5, outlook.cash.p50)
    share = rollout.break_share if outlook is None else outlook.p_floor
    (low, at_low), (middle, at) = _least(p5), _least(p50)
    return Lowest(middle, rollout.quarters[at], low, rollout.quarters[at_low], rollout.floor_usd, share)


def _least(x: Floats) -> tuple[float, int]:
    at = int(np.argmin(x))
    return float(x[at]), at


def cash_line(plan: Plan) -> str:
    """Lowest point, floor and the chance to break it."""
    found = lowest(plan)
    return (
        f"Cash is lowest in {found.quarter}, at about {n.usd_signed(found.middle_usd)}; one time in twenty it is down "
        f"to {n.usd_signed(found.low_usd)} in {found.low_quarter}. {n.usd(found.floor_usd)} must stay: the chance to "
        f"fall below is {n.odds(found.p_floor)}{_ruin(plan)}."
    )


def _ruin(plan: Plan) -> str:
    return "" if plan.outlook is None else f", to run out of cash altogether {n.odds(plan.outlook.p_ruin)}"


def value_line(plan: Plan) -> str:
    """Worth with its range and the chance of a loss; without an outlook only the mean of the rollout's scenarios."""
    span, outlook = years(horizon(plan.firm)), plan.outlook
    if outlook is None:
        mean = plan.rollout.expected_usd if plan.rollout else float("nan")
        return f"With each market counted over {span}, the plan is worth {n.usd_signed(mean)} on average."
    low, middle, high = (n.usd_signed(x) for x in (outlook.value_p10, outlook.value_p50, outlook.value_p90))
    whole = f"the plan is worth about {middle}; eight times in ten between {low} and {high}"
    if outlook.added is None:
        return f"With each market counted over {span}, {whole}. The chance of a loss is {n.chance(outlook.p_loss)}."
    new = outlook.added
    low, middle, high = (n.usd_signed(x) for x in (new.p10, new.p50, new.p90))
    return (
        f"With each market counted over {span}, the new markets add about {middle}; eight times in ten between {low} "
        f"and {high}. The chance that they lose money is {n.chance(new.p_loss)}. With what it sells abroad already, "
        f"{whole}."
    )


def stretch_line(plan: Plan) -> str:
    """The chance of more on the plate than the firm can carry, by cause; '' without an outlook."""
    if plan.outlook is None:
        return ""
    chances = dict(plan.outlook.p_overstretch)
    total = chances.pop("any", None)
    worst = sorted(((p, c) for c, p in chances.items() if p > 0), key=lambda x: (-x[0], x[1]))
    causes = ", ".join(f"{CAUSE.get(cause, cause)} {n.pct(p)}" for p, cause in worst)
    if not causes:
        return "In no future does it ask for more than the firm has."
    said = "" if total is None else f" {n.chance(total)}"
    return f"The chance that it asks for more than the firm has is{said} ({causes})."


def back_line(plan: Plan) -> str:
    """When the money is back; '' without an outlook or if nothing is spent."""
    outlook = plan.outlook
    if outlook is None or plan.rollout is None or not plan.rollout.entered:
        return ""
    within = f"chance {n.chance(outlook.p_break_even)} within the plan"
    if outlook.break_even_quarter is None:
        return f"In the middle case the money spent is not back within the plan ({within})."
    return f"In the middle case the money spent is back in {outlook.break_even_quarter} ({within})."


def pace_line(plan: Plan) -> str:
    """How the plan's own pace stands to the best one, and what haste would cost; '' if there is nothing to compare."""
    points = plan.outlook.pace if plan.outlook else ()
    own = next((p for p in points if p.stretch == 1.0), None)
    best = next((p for p in points if p.best), None)
    if own is None or best is None or len({p.months for p in points}) < 2:
        return ""
    fastest = min(points, key=lambda p: p.stretch)
    return f"{_own_pace(own, best)} {_haste(own, fastest)}".rstrip()


def _haste(own: PacePoint, fastest: PacePoint) -> str:
    """What it would cost to do all at once; '' if nothing."""
    costs = []
    if fastest.p_floor > max(own.p_floor, 0.01):
        costs.append(
            f"raise the chance to fall below the floor from {n.odds(own.p_floor)} to {n.odds(fastest.p_floor)}"
        )
    if fastest.breaks:
        costs.append(f"break your limits on {n.listed([CAUSE.get(cause, cause) for cause in fastest.breaks])}")
    return f"To do all at once would {n.listed(costs)}." if costs and fastest.stretch == 0.0 else ""


def proof_line(rollout: Rollout) -> str:
    """That a better plan may exist, if the search ended before one was ruled out; '' if it is ruled out."""
    if rollout.status != "stopped" or not rollout.moves:
        return ""
    more = n.usd(rollout.gap * max(abs(rollout.objective_usd), 1_000.0))
    return f"The search ended before all other plans were ruled out: one may be worth up to {more} more."


def _own_pace(own: PacePoint, best: PacePoint) -> str:
    months = f"{n.plain(own.months)} months from the first entry to the last"
    if own.best:
        return (
            f"The plan takes {months}. Of the paces tried, slower ones are worth less after risk, and faster ones "
            "break your limits, or do so more often than the plan."
        )
    gain = best.adjusted_usd - own.adjusted_usd
    slower = "Slower" if best.stretch > own.stretch else "Faster"
    return (
        f"The plan takes {months}. {slower}, with {n.plain(best.months)} months, the same moves would be "
        f"worth {n.usd(gain)} more after risk."
    )


def exits_line(plan: Plan) -> str:
    """How many markets are left again, and why; '' if none."""
    exits = plan.outlook.exits if plan.outlook else {}
    own, forced = (round(exits.get(cause, 0.0), 1) for cause in ("stopped", "forced"))
    if not own + forced:
        return ""
    return (
        f"On average {n.plain(own + forced, 1)} markets are left again within the plan: {n.plain(own, 1)} by your own "
        f"decision at a gate, {n.plain(forced, 1)} for reasons of their own."
    )


def steadiness(found: Resilience) -> list[str]:
    """How much the spread over markets steadies sales, in words."""
    if not np.isfinite(found.variance_ratio):
        return []
    less = 1.0 - float(np.sqrt(max(0.0, found.variance_ratio)))
    swing = (
        f"Spread over several markets, sales swing {n.pct(less)} less than the same sales in one market would."
        if less >= 0.01
        else "The spread over markets does not make sales steadier than one market would."
    )
    said = [swing]
    if np.isfinite(found.effective_markets):
        said.append(
            f"They are as steady as in {n.plain(found.effective_markets, 1)} equal markets that have nothing in common."
        )
    if np.isfinite(found.correlation):
        said.append(f"{_together(found.correlation)} (correlation {n.plain(found.correlation, 2)}).")
    return said


def _together(correlation: float) -> str:
    if correlation > 0.6:
        return "Good and bad times mostly come to all of them together"
    if correlation > 0.25:
        return "Good and bad times partly come to all of them together"
    return "Good and bad times seldom come to all of them together"
