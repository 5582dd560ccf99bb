"""The planning problem as arrays, and what a given choice is worth: the referee of every solver.

A choice is a set of courses, at most one for each market, and of automation bought in given quarters. ``assess``
reckons with it directly, without the programme; tests hold the programme, and exhaustive search, against it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.rollout.courses import Courses
from beachhead.rollout.figures import Figures
from beachhead.rollout.result import PHASES, Bools, Ints
from beachhead.rollout.rules import Rules
from beachhead.rollout.scenarios import Scenarios
from beachhead.rollout.tables import AREAS, Automation


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """All that a plan is chosen from. ``saving`` (C, 3, S): what each trait shared with an earlier market takes off
    the set-up of a course, USD; ``discount`` (T,)."""

    figures: Figures
    rules: Rules
    scenarios: Scenarios
    courses: Courses
    automations: tuple[Automation, ...]
    saving: Floats
    discount: Floats

    @property
    def area_of(self) -> Ints:
        """Area of each automation, (I,)."""
        return np.array([AREAS.index(a.area) for a in self.automations], dtype=np.intp)


def problem(
    figures: Figures,
    rules: Rules,
    scenarios: Scenarios,
    courses: Courses,
    automations: tuple[Automation, ...],
    discount: Floats,
) -> Problem:
    """Put the parts together."""
    cut = np.where(figures.held, 0.0, figures.cut)[courses.market]
    saving = cut[:, :, None] * courses.setup[:, None, :]
    return Problem(figures, rules, scenarios, courses, automations, saving, discount)


def narrowed(p: Problem, keep: Bools) -> Problem:
    """The problem with only the courses ``keep``."""
    c = p.courses
    fields = ("profile", "start", "value", "cash", "setup", "hours", "attention", "by_area", "launch", "gate")
    fewer = replace(c, **{name: getattr(c, name)[keep] for name in fields})
    return replace(p, courses=fewer, saving=p.saving[keep])


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """``taken``: courses, in the order of markets; ``bought`` (I,): quarter each automation is bought in, or −1."""

    taken: Ints
    bought: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Assessed:
    """``value`` (S,); ``cash``, ``hours`` and ``attention`` (T, S); ``launches`` (T,).

    ``by_area`` (5, T): mean hours; ``saved_by`` (I, T): hours saved on average, which ``hours`` still hold. ``cheaper``
    (n, 3): which traits save on each course taken. ``expected``, ``downside`` (mean of the worse half) and
    ``shortfall`` (mean of the worst tail) make the ``objective``; ``breaks``: share of scenarios below the floor.
    """

    value: Floats
    cash: Floats
    hours: Floats
    attention: Floats
    launches: Floats
    by_area: Floats
    saved_by: Floats
    cheaper: Bools
    expected: float
    downside: float
    shortfall: float
    breaks: float
    objective: float


def assess(p: Problem, choice: Choice) -> Assessed:
    """What the choice brings and needs, by the rules alone."""
    c, rules = p.courses, p.rules
    taken = choice.taken
    cheaper = likeness_gained(p, taken)
    saving = (p.saving[taken] * cheaper[..., None]).sum(axis=1)
    at = c.start[taken]
    by_area = c.by_area[taken].sum(axis=0)
    spent = automation_spent(p, choice.bought)
    value = c.value[taken].sum(axis=0) + (saving * p.discount[at][:, None]).sum(axis=0)
    value = value - spent @ p.discount
    later = at[:, None] <= np.arange(rules.window)
    cash = rules.cash + c.cash[taken].sum(axis=0) + np.einsum("nt,ns->ts", later, saving)
    cash = cash - np.cumsum(spent)[:, None]
    expected, downside = float(value.mean()), worst_mean(value, 0.5)
    short = np.maximum(rules.floor - cash, 0.0).max(axis=0)
    shortfall = -worst_mean(-short, rules.tail)
    return Assessed(
        value=value,
        cash=cash,
        hours=c.hours[taken].sum(axis=0),
        attention=c.attention[taken].sum(axis=0),
        launches=c.launch[taken].sum(axis=0),
        by_area=by_area,
        saved_by=hours_saved(p, choice.bought, by_area),
        cheaper=cheaper,
        expected=expected,
        downside=downside,
        shortfall=shortfall,
        breaks=float((short > TOLERANCE).mean()),
        objective=(1.0 - rules.downside) * expected + rules.downside * downside - rules.price * shortfall,
    )


TOLERANCE = 0.5  # USD, hours: less is rounding of the solver


def worst_mean(x: Floats, share: float) -> float:
    """Mean of the worst ``share`` of equally likely outcomes, the last one counted in part (CVaR; Rockafellar & Uryasev
    2002)."""
    ordered = np.sort(x)
    weight = tail_weights(len(x), share)
    return float(ordered @ weight)


def tail_weights(count: int, share: float) -> Floats:
    """Weights of outcomes from the worst on that make the mean of the worst ``share``, (count,); they sum to 1."""
    size = max(share * count, 1e-12)
    inside = np.clip(size - np.arange(count), 0.0, 1.0)
    weight: Floats = inside / inside.sum()
    return weight


def likeness_gained(p: Problem, taken: Ints) -> Bools:
    """Which traits of each course taken are shared with a market entered at least ``likeness_lag`` quarters before,
    (n, 3)."""
    c = p.courses
    market, start = c.market[taken], c.start[taken]
    entered = ~c.running[taken]
    before = (start[:, None] - start[None, :] >= p.rules.likeness_lag) & entered[None, :]
    alike = p.figures.alike[market[:, None], market[None, :]]
    gained: Bools = (alike & before[..., None]).any(axis=1) & entered[:, None]
    return gained


def hours_saved(p: Problem, bought: Ints, hours: Floats) -> Floats:
    """Hours that each automation saves on average, (I, T): a share of its area's from ``build_quarters`` after it is
    bought. ``hours`` (5, T)."""
    quarter = np.arange(p.rules.window)
    saved = np.zeros((len(p.automations), p.rules.window))
    for i, (automation, when) in enumerate(zip(p.automations, bought, strict=True)):
        if when >= 0:
            works = quarter >= when + automation.build_quarters
            saved[i] = automation.saves * hours[p.area_of[i]] * works
    return saved


def automation_spent(p: Problem, bought: Ints) -> Floats:
    """What automation costs in each quarter, (T,)."""
    quarter = np.arange(p.rules.window)
    spent = np.zeros(p.rules.window)
    for automation, when in zip(p.automations, bought, strict=True):
        if when >= 0:
            spent += automation.cost_usd * (quarter == when) + automation.upkeep_usd_quarter * (quarter >= when)
    return spent


def broken(p: Problem, choice: Choice, seen: Assessed) -> tuple[str, ...]:
    """The limits that a choice breaks, by name; empty if it may be chosen."""
    rules = p.rules
    tests = {
        "cash": seen.breaks > rules.floor_risk + 1e-9,
        "hours": crowded(rules, seen.hours, seen.saved_by.sum(axis=0)),
        "attention": bool((seen.attention > rules.attention + 1e-6).any()),
        "launches": bool((seen.launches > rules.launches + 1e-6).any()),
        "most": int((~p.courses.running[choice.taken]).sum()) > rules.most,
        "phases": rules.phases and phases_of(p, choice.taken) is None,
    }
    return tuple(name for name, broke in tests.items() if broke)


def crowded(rules: Rules, hours: Floats, saved: Floats) -> bool:
    """Whether hours (T, S), less those saved (T,), are more than may be planned on average, or than there are in any
    scenario."""
    mean, most = hours.mean(axis=1) - saved, hours.max(axis=1) - saved
    return bool((mean > rules.hours_planned + TOLERANCE).any() or (most > rules.hours + TOLERANCE).any())


def phases_of(p: Problem, taken: Ints) -> Ints | None:
    """Phase of each course taken (0 running, 1 pilot, 2 regional, 3 global), (n,), or None if the gates forbid it.

    Pilots are few and in accessible markets; a regional entry needs a pilot near it, or a market where the firm sells
    already, whose gate has passed; a global one needs a regional entry that sells. A market gets the earliest phase
    that it can have, pilots being tried in every combination.
    """
    from itertools import combinations

    c, f = p.courses, p.figures
    start, market, running = c.start[taken], c.market[taken], c.running[taken]
    able = [j for j in range(len(taken)) if not running[j] and f.accessible[market[j]]]
    for size in range(min(p.rules.pilots, len(able)), -1, -1):
        for pilots in combinations(sorted(able, key=lambda j: (start[j], j)), size):
            phase = _phases_with(p, taken, set(pilots))
            if phase is not None:
                return phase
    return None


def loose_phases(p: Problem, taken: Ints) -> Ints:
    """The same where the owner wants no phases: if no pilot opens some entry, all new ones count as global, (n,)."""
    phase = phases_of(p, taken)
    return np.where(p.courses.running[taken], 0, PHASES.index("global")) if phase is None else phase


def _phases_with(p: Problem, taken: Ints, pilots: set[int]) -> Ints | None:
    c, f = p.courses, p.figures
    start, market, running = c.start[taken], c.market[taken], c.running[taken]
    stays = ~c.of.leaves[c.profile[taken]]
    opens = [j for j in range(len(taken)) if (running[j] and stays[j]) or j in pilots]
    phase = np.where(running, 0, -1)
    phase[list(pilots)] = 1
    for j in np.flatnonzero(phase < 0):
        if any(f.region[market[j], market[o]] and c.gate[taken[o]] <= start[j] for o in opens):
            phase[j] = 2
    sells = [start[j] + c.of.prep[c.profile[taken[j]]] for j in np.flatnonzero(phase == 2)]
    for j in np.flatnonzero(phase < 0):
        if any(first <= start[j] for first in sells):
            phase[j] = 3
    return phase if (phase >= 0).all() else None
