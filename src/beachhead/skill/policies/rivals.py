"""The rivals: rules of thumb that a practitioner would know, and the rollout's plan carried out without thinking again.

All of them, but the one that stays at home, give a market up after a year of sales that did not pay for its running:
otherwise they would lose to anybody who only does that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.rollout.result import Presence
from beachhead.rollout.sales import ramped
from beachhead.skill.policies.land import Ints, Land
from beachhead.skill.policies.policy import Action, Enter, Leave, View
from beachhead.skill.policies.tables import read_table

YEAR = 4


@dataclass(frozen=True, slots=True)
class StayHome:
    """Does nothing: what runs goes on as it is."""

    def decide(self, view: View) -> tuple[Action, ...]:
        """Nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class InOrder:
    """A row of ``rivals.csv``: markets in one order, in one mode each. ``every``: quarters between entries, 0 as many
    as the budgets allow; ``pays``: only what is worth something by the first estimates."""

    order: str
    mode: str
    every: int
    pays: bool

    def decide(self, view: View) -> tuple[Action, ...]:
        """Leave what has not paid for itself, enter the next in order."""
        land, leaves = view.land, failing(view)
        if self.every and view.quarter % self.every:
            return leaves
        mode = land.best if self.mode == "best" else lightest(land)
        rows = [m for m in ordered(land, self.order) if view.fresh[m] and (not self.pays or land.worth[m] > 0.0)]
        able = view.affordable(Enter(int(m), int(mode[m])) for m in rows)
        return (*leaves, *(able[:1] if self.every else able))


def ordered(land: Land, order: str) -> Ints:
    """Markets by one of the rules of thumb, the first one first."""
    key = {"score": -land.score, "near": land.distance, "size": -land.size, "worth": -land.worth}[order]
    return np.argsort(np.where(np.isfinite(key), key, np.inf), kind="stable")


def lightest(land: Land) -> Ints:
    """The open mode with the least set-up, (N,)."""
    return np.asarray(np.where(land.figures.open, land.figures.entry, np.inf).argmin(axis=1))


def failing(view: View) -> tuple[Leave, ...]:
    """Markets whose last year of sales, the first full one at least, did not pay for their running costs."""
    land, year = view.land, max(land_review(view.land), 1)
    f, there = land.figures, np.flatnonzero(view.selling & (view.quarter - view.first >= year))
    k = view.mode[there]
    sold = view.sales[max(view.quarter - YEAR, 0) :, there].sum(axis=0)
    income = sold * ((f.goods + f.kept)[k] * view.fx[there] - f.goods[k])
    seen = min(view.quarter, YEAR)
    return tuple(Leave(int(m)) for m in there[income < seen * (f.fixed + f.staff)[there, k]])


def land_review(land: Land) -> int:
    """Quarters of sales after which a market is judged."""
    return land.rules.review_quarters


@dataclass(slots=True)
class FixedPlan:
    """The rollout's schedule, made once: starts when planned and as soon as its gate is open, stops and changes mode by
    the plan's own thresholds. What the budgets refuse is tried again."""

    passed: set[int] = field(default_factory=set)

    def decide(self, view: View) -> tuple[Action, ...]:
        """What the schedule says for this quarter."""
        plan = view.land.plan
        self.passed |= {j for j, p in enumerate(plan) if opens(view, p)}
        stops = [Leave(p.row) for p in plan if stopped(view, p)]
        turns = [Enter(p.row, p.then) for p in plan if turned(view, p)]
        due = [p for p in plan if p.start <= view.quarter and view.fresh[p.row]]
        starts = [Enter(p.row, p.mode) for p in due if p.opened_by < 0 or p.opened_by in self.passed]
        return (*stops, *view.affordable((*turns, *starts)))


def opens(view: View, p: Presence) -> bool:
    """Whether the gate of a presence has been passed: enough sales for long enough; a regional one need only sell."""
    from beachhead.rollout.result import PHASES

    span = 0 if p.phase == PHASES.index("regional") else view.land.rules.gate_quarters
    there = bool(view.selling[p.row]) and view.quarter - view.first[p.row] >= span
    return there and yearly(view, p.row, view.land.rules.gate_quarters) >= p.go_above


def stopped(view: View, p: Presence) -> bool:
    """Whether it is judged now, and has sold too little."""
    if not view.selling[p.row] or view.changed[p.row]:
        return False
    late = max(np.ceil(view.first[p.row] - (p.start if p.running else view.begun[p.row]) - (p.first_sale - p.start)), 0)
    due = view.quarter == view.begun[p.row] + p.review + late
    return bool(due) and yearly(view, p.row, view.land.rules.review_quarters) < p.stop_below


def turned(view: View, p: Presence) -> bool:
    """Whether a planned change of mode is due, and sales tell of a potential that pays for it."""
    if p.then < 0 or not view.selling[p.row] or view.changed[p.row]:
        return False
    due = view.quarter >= view.begun[p.row] + p.switch
    return bool(due) and potential_seen(view, p.row) >= p.if_potential


def yearly(view: View, row: int, quarters: int) -> float:
    """Sales as a year's rate over the last ``quarters`` in which there were any."""
    span = min(view.quarter - max(float(view.first[row]), 0.0), quarters)
    total = float(view.sales[max(view.quarter - quarters, 0) :, row].sum())
    return YEAR * total / span if span > 0.0 else 0.0


def potential_seen(view: View, row: int) -> float:
    """Potential that the sales of the last year tell of, USD a year."""
    last = slice(max(view.quarter - YEAR, 0), view.quarter)
    f, k = view.land.figures, int(view.mode[row])
    made = mature_between(view.land, view.quarter - float(view.first[row]))
    return float(view.sales[last, row].sum() / max(f.sold[row, k] * made / YEAR, 1e-9)) if made > 0.0 else 0.0


def mature_between(land: Land, tenure: float) -> float:
    """Quarters of mature sales made in the last four of a tenure."""
    ends: Floats = ramped(land.knots, np.array([tenure, max(tenure - YEAR, 0.0)]))
    return float(ends[0] - ends[1])


@cache
def rival_rows() -> tuple[dict[str, str], ...]:
    """The rows of ``rivals.csv``."""
    return tuple(read_table("rivals.csv"))


def in_order(name: str) -> InOrder:
    """The rule of thumb of that name."""
    row = next(r for r in rival_rows() if r["id"] == name)
    return InOrder(row["order"], row["mode"], int(row["every"]), row["pays"] == "1")
