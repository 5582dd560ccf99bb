"""Courses: every way in which a market can be taken on, with its money, hours and attention in every scenario.

A *profile* is a market, a mode, and perhaps a switch to a heavier mode at a set age; a *course* is a profile with the
quarter in which it starts. Ages count quarters from the start. In every scenario a course follows the rules the owner
would follow: it ends by itself, is stopped at its review if going on is worth less than leaving, and switches only if
the sales seen pay for it. So the plan is fixed, but what becomes of each market is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.cost import WEEKS_A_QUARTER
from beachhead.enter.tables import number, number_sd
from beachhead.evidence.model import Floats
from beachhead.rollout.figures import Figures
from beachhead.rollout.result import Bools, Ints
from beachhead.rollout.rules import Rules
from beachhead.rollout.sales import cumulative_ramp, discounting, paid, ramped
from beachhead.rollout.scenarios import Scenarios

MODES_KEPT = 4  # of each market, those that are worth most by the stage before
SWITCH_LATER = (0,)  # quarters after the review at which a switch may be planned
RUNNING_SWITCH = (1, 4)  # the same, from now, where the firm sells already
NEVER = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """P ways without their start: ``market``, ``mode``, ``then`` (−1: no switch), ``switch`` (age, −1), ``running``,
    ``leaves`` (a running presence ended at once), ``prep`` (quarters until the first sale is due), ``tenure`` (quarters
    sold before the start), each (P,)."""

    market: Ints
    mode: Ints
    then: Ints
    switch: Ints
    running: Bools
    leaves: Bools
    prep: Ints
    tenure: Ints

    def __len__(self) -> int:
        return len(self.market)


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """C courses in S scenarios over the T quarters of the window.

    ``profile`` and ``start`` (C,); ``value`` (C, S) worth without the likeness that order brings; ``cash`` (C, T, S)
    money in less money out, summed up to each quarter; ``setup`` (C, S), what likeness cuts, before any cut;
    ``hours`` and ``attention`` (C, T, S) that it takes while it lasts; ``by_area`` (C, 5, T), its mean hours by area;
    ``launch`` (C, T) 1 while it is being launched; ``gate`` (C,): the quarter from which it can count as passed.
    """

    of: Profiles
    profile: Ints
    start: Ints
    value: Floats
    cash: Floats
    setup: Floats
    hours: Floats
    attention: Floats
    by_area: Floats
    launch: Floats
    gate: Ints

    def __len__(self) -> int:
        return len(self.profile)

    @property
    def market(self) -> Ints:
        """(C,)"""
        return self.of.market[self.profile]

    @property
    def mode(self) -> Ints:
        """(C,)"""
        return self.of.mode[self.profile]

    @property
    def running(self) -> Bools:
        """(C,)"""
        return self.of.running[self.profile]


def profiles(figures: Figures, worth: Floats, rules: Rules) -> Profiles:
    """The profiles of all candidates. ``worth`` (N, 7): of each mode, by the stage before."""
    rows = [row for i in range(len(figures.markets)) for row in _ways(figures, worth[i], rules, i)]
    market, mode, then, switch, running, leaves, prep, tenure = np.array(rows, dtype=np.intp).reshape(-1, 8).T
    return Profiles(market, mode, then, switch, running > 0, leaves > 0, prep, tenure)


def _ways(figures: Figures, worth: Floats, rules: Rules, i: int) -> Iterator[tuple[int, ...]]:
    now = int(figures.mode_now[i])
    if now >= 0:
        tenure = int(figures.tenure[i])
        yield (i, now, -1, -1, 1, 0, 0, tenure)
        yield (i, now, -1, -1, 1, 1, 0, tenure)
        yield from ((i, now, h, age, 1, 0, 0, tenure) for h in next_modes(figures, i, now) for age in RUNNING_SWITCH)
        return
    for k in kept_modes(figures, worth, i):
        prep = due(figures, i, k)
        yield (i, k, -1, -1, 0, 0, prep, 0)
        for h in next_modes(figures, i, k):
            ages = (prep + rules.review_quarters + later for later in SWITCH_LATER)
            yield from ((i, k, h, age, 0, 0, prep, 0) for age in ages if age < rules.quarters)


def due(figures: Figures, i: int, k: int) -> int:
    """Whole quarters until the first sale is due, one at least: no market opens another in the quarter it starts."""
    return max(int(np.ceil(figures.weeks[i, k] / WEEKS_A_QUARTER)), 1)


def kept_modes(figures: Figures, worth: Floats, i: int) -> list[int]:
    """The modes of a market that are planned with: open, and worth most; the lighter of equals first."""
    order = np.argsort(-np.where(figures.open[i], worth, -np.inf), kind="stable")
    pays = [int(k) for k in order[:MODES_KEPT] if figures.open[i, k] and worth[k] > 0.0]
    return pays or [int(k) for k in order[:1] if figures.open[i, k]]


def next_modes(figures: Figures, i: int, k: int) -> list[int]:
    """The heavier mode that pays first, if any pays within what the firm can deliver."""
    at = figures.switch_at[i, k]
    h = int(at.argmin())
    return [h] if at[h] <= figures.cap and np.isfinite(at[h]) else []


def take_on(figures: Figures, scenarios: Scenarios, rules: Rules, found: Profiles, assumed: Assumptions) -> Courses:
    """All courses of the profiles ``found``, with what they bring and need."""
    lives = live(figures, scenarios, rules, found, assumed)
    pairs = [(p, t) for p in range(len(found)) for t in range(starts(found, rules)[p])]
    profile, start = (np.array(x, dtype=np.intp) for x in zip(*pairs, strict=True)) if pairs else (_none(), _none())
    value, cash = np.empty((len(pairs), scenarios.count)), np.empty((len(pairs), rules.window, scenarios.count))
    for t in range(rules.quarters):
        at = np.flatnonzero(start == t)
        value[at], cash[at] = money(figures, scenarios, rules, found, lives, profile[at], t, assumed)
    needs = [needed(x, profile, start, rules.window) for x in burdens(figures, rules, found, lives)]
    hours, attention, by_area, launch = needs
    return Courses(
        of=found,
        profile=profile,
        start=start,
        value=value,
        cash=cash,
        setup=uncut_setup(figures, scenarios, found)[profile],
        hours=hours.transpose(0, 2, 1),
        attention=attention.transpose(0, 2, 1),
        by_area=by_area,
        launch=launch,
        gate=start + gate_age(found, rules)[profile],
    )


def starts(found: Profiles, rules: Rules) -> Ints:
    """Quarters in which each profile may start, from the first on, (P,): a planned switch falls into the plan too."""
    latest = rules.quarters - np.maximum(found.switch, 0)
    return np.where(found.running, 1, np.maximum(latest, 0))


def gate_age(found: Profiles, rules: Rules) -> Ints:
    """Age from which a market can count as passed, (P,): ``gate_quarters`` of sales, some of which may lie behind."""
    fresh = found.prep + rules.gate_quarters
    return np.where(found.running, np.maximum(rules.gate_quarters - found.tenure, 0), fresh)


def _none() -> Ints:
    return np.empty(0, dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """What becomes of each profile in each scenario, by age: all (P, S) or (P, S, H).

    ``first`` and ``last``: receipts per quarter before and after a switch, without shocks; ``first_goods``,
    ``last_goods``: what their goods cost; ``out``: running cost, leaving and switching; ``staff``: worth of the hours;
    ``end`` and ``turn`` (P, S): ages at which it ends and at which it switches, infinite if never.
    """

    first: Floats
    last: Floats
    first_goods: Floats
    last_goods: Floats
    out: Floats
    staff: Floats
    end: Floats
    turn: Floats


def live(figures: Figures, scenarios: Scenarios, rules: Rules, found: Profiles, assumed: Assumptions) -> Lives:
    """Follow every profile through every scenario, age by age."""
    i, k, h = found.market, found.mode, np.maximum(found.then, 0)
    potential = scenarios.potential[i]
    begun = np.where(
        found.running[:, None], -found.tenure[:, None], figures.weeks[i, k, None] / WEEKS_A_QUARTER * scenarios.late[i]
    )
    end = ended(figures, scenarios, rules, found, begun, assumed)
    switched = (
        (found.then >= 0)[:, None] & (end > found.switch[:, None]) & (potential >= figures.switch_at[i, k, h][:, None])
    )
    turn = np.where(switched, found.switch[:, None], NEVER)
    knots = cumulative_ramp(assumed, rules.horizon + 8 + int(found.tenure.max(initial=0)))
    before = sold_by_age(knots, begun, np.minimum(end, turn), rules.horizon)
    kept = number("learning", assumed)[k, None, None]
    onward = sold_by_age(knots, begun, end, rules.horizon) - before
    anew = sold_by_age(knots, turn, np.maximum(end, turn), rules.horizon)
    after = np.where(switched[..., None], kept * onward + (1.0 - kept) * anew, 0.0)
    first = before * (potential * figures.sold[i, k, None] / 4.0)[..., None]
    last = after * (potential * figures.sold[i, h, None] / 4.0)[..., None]
    receipt, goods = figures.goods + figures.kept, figures.goods
    out, staff = outlays(figures, rules, found, end, turn)
    return Lives(
        first * receipt[k, None, None],
        last * receipt[h, None, None],
        first * goods[k, None, None],
        last * goods[h, None, None],
        out,
        staff,
        end,
        turn,
    )


def sold_by_age(knots: Floats, begun: Floats, end: Floats, ages: int) -> Floats:
    """Quarters of mature sales made at each age, (…, ages), by a presence with its first sale at ``begun``, (…)."""
    age = np.minimum(np.arange(ages + 1.0), end[..., None])
    with np.errstate(invalid="ignore"):
        tenure = np.where(np.isfinite(begun[..., None]), age - begun[..., None], 0.0)
    made: Floats = np.diff(ramped(knots, tenure), axis=-1)
    return made


def ended(
    figures: Figures, scenarios: Scenarios, rules: Rules, found: Profiles, begun: Floats, assumed: Assumptions
) -> Floats:
    """Age at which each presence ends, (P, S): by itself, or at its review if going on is worth less than leaving."""
    i = found.market
    alone = np.maximum(begun, 0.0) + scenarios.ends[i]
    review = review_age(found, rules)[:, None]
    stops = scenarios.potential[i] < stop_below(figures, rules, found, assumed)[:, None]
    end: Floats = np.where(stops, np.minimum(alone, review), alone)
    return np.where(found.leaves[:, None], 0.0, end)


def review_age(found: Profiles, rules: Rules) -> Ints:
    """Age at which a market is judged for good, (P,)."""
    return np.where(found.running, rules.review_quarters, found.prep + rules.review_quarters)


def stop_below(figures: Figures, rules: Rules, found: Profiles, assumed: Assumptions) -> Floats:
    """Potential below which going on after the review is worth less than leaving, (P,): a switch to come counts.

    Going on brings potential × income per dollar of it, less running cost, until the horizon, while the presence lasts.
    """
    i, k = found.market, found.mode
    age = np.arange(rules.horizon)[None, :]
    review = review_age(found, rules)[:, None]
    years = figures.hazard[i][:, None] * np.maximum(age - review, 0) / 4.0
    lasting = (1.0 - assumed["chance_exit"]) ** years * (age >= review)
    worth = lasting * discounting(assumed, rules.horizon)
    begun = np.where(found.running, -found.tenure, found.prep).astype(float)
    knots = cumulative_ramp(assumed, rules.horizon + 8 + int(found.tenure.max(initial=0)))
    ramp = sold_by_age(knots, begun, np.full(len(found), NEVER), rules.horizon)
    gain = (worth * ramp).sum(axis=1) * figures.sold[i, k] * figures.kept[k] / 4.0
    cost = worth.sum(axis=1) * (figures.fixed + figures.staff)[i, k]
    leaving = figures.leave[i, k] * discounting(assumed, rules.horizon)[np.minimum(review[:, 0], rules.horizon - 1)]
    alone = np.maximum(cost - leaving, 0.0) / np.maximum(gain, 1e-12)
    least: Floats = np.where(
        found.then >= 0, np.minimum(alone, figures.switch_at[i, k, np.maximum(found.then, 0)]), alone
    )
    return least


def outlays(figures: Figures, rules: Rules, found: Profiles, end: Floats, turn: Floats) -> tuple[Floats, Floats]:
    """Running cost with leaving and switching, and worth of staff hours, by age, each (P, S, H)."""
    i, k, h = found.market, found.mode, np.maximum(found.then, 0)
    age = np.arange(rules.horizon, dtype=float)
    before = np.clip(np.minimum(end, turn)[..., None] - age, 0.0, 1.0)
    after = np.clip(end[..., None] - age, 0.0, 1.0) - before
    switched = np.isfinite(turn)[..., None]

    def by_mode(x: Floats) -> Floats:
        return np.asarray(before * x[i, k, None, None] + after * x[i, h, None, None])

    turning = (age == turn[..., None]) * (figures.switch[i, h] + figures.leave[i, k])[:, None, None]
    last = np.where(switched, figures.leave[i, h][:, None, None], figures.leave[i, k][:, None, None])
    leaving = (age == np.floor(end)[..., None]) * last
    return by_mode(figures.fixed) + turning + leaving, by_mode(figures.staff)


def money(
    figures: Figures,
    scenarios: Scenarios,
    rules: Rules,
    found: Profiles,
    lives: Lives,
    chosen: Ints,
    t: int,
    assumed: Assumptions,
) -> tuple[Floats, Floats]:
    """Worth (C, S) and cash summed up to each quarter (C, T, S) of the profiles ``chosen`` when they start in ``t``."""
    i, k, h = (x[chosen] for x in (found.market, found.mode, np.maximum(found.then, 0)))
    year = (t + np.arange(rules.horizon)) // 4
    demand = (
        scenarios.demand[i][:, year].transpose(0, 2, 1)
        * np.where(found.running[chosen], 1.0, rules.late(t))[:, None, None]
    )
    received = demand * scenarios.fx[i][:, year].transpose(0, 2, 1)
    first, last = lives.first[chosen] * received, lives.last[chosen] * received
    outgo = (lives.first_goods[chosen] + lives.last_goods[chosen]) * demand + lives.out[chosen]
    setup = paid_setup(figures, scenarios, found)[chosen]
    outgo[..., 0] += setup
    discount = discounting(assumed, t + rules.horizon)[t:]
    value = (first + last - outgo - lives.staff[chosen]) @ discount
    span = min(rules.window - t, rules.horizon)
    owed = np.where(
        found.running[chosen], 0.0, figures.delay[k]
    )  # customers of a running market already pay for before
    arrived = sum(paid(x[..., :span], delay[:, None]) for x, delay in ((first, owed), (last, figures.delay[h])))
    cash = np.zeros((len(chosen), rules.window, scenarios.count))
    cash[:, t : t + span] = np.cumsum(arrived - outgo[..., :span], axis=2).transpose(0, 2, 1)
    cash[:, t + span :] = cash[:, [t + span - 1]]
    return value, cash


def paid_setup(figures: Figures, scenarios: Scenarios, found: Profiles) -> Floats:
    """Set-up after what the firm's past saves, (P, S)."""
    kept = 1.0 - figures.held[found.market] @ figures.cut
    return uncut_setup(figures, scenarios, found) * kept[:, None]


def uncut_setup(figures: Figures, scenarios: Scenarios, found: Profiles) -> Floats:
    """Set-up before any likeness, (P, S); nothing where it runs already."""
    cost = figures.entry[found.market, found.mode, None] * scenarios.overrun[found.market]
    return np.where(found.running[:, None], 0.0, cost)


def burdens(figures: Figures, rules: Rules, found: Profiles, lives: Lives) -> tuple[Floats, Floats, Floats, Floats]:
    """What presences take by age: hours and attention (P, S, T), mean hours by area (P, 5, T), launches (P, T).

    A launch takes ``hours_launch`` times the mode's hours more, until the first sale is due and when the mode changes.
    """
    i, k, h = found.market, found.mode, np.maximum(found.then, 0)
    age = np.arange(rules.window)
    alive = np.clip(lives.end[..., None] - age, 0.0, 1.0)
    turned = age >= lives.turn[..., None]
    launching = (age < found.prep[:, None])[:, None] | (age == lives.turn[..., None])
    busy = alive * (1.0 + rules.hours_launch * launching) * mean_overrun()
    first, then = (np.where(turned, x, y) for x, y in ((0.0, busy), (busy, 0.0)))
    hours = (
        first * figures.hours[i, k].sum(axis=1)[:, None, None] + then * figures.hours[i, h].sum(axis=1)[:, None, None]
    )
    area = first.mean(axis=1)[:, None] * figures.hours[i, k][..., None]
    area = area + then.mean(axis=1)[:, None] * figures.hours[i, h][..., None]
    attention = np.where(alive > 0.0, np.where(launching, rules.attention_launch, rules.attention_run), 0.0)
    switching = (found.then >= 0)[:, None] & (age == found.switch[:, None])
    launch = ~found.leaves[:, None] & ((age < found.prep[:, None]) | switching)
    return np.asarray(hours), attention, np.asarray(area), np.asarray(launch, dtype=float)


def mean_overrun() -> float:
    """Mean of the hours that a market takes over their median, which the tables state: they are log-normal."""
    return float(np.exp(np.mean(number_sd("hours_quarter")) ** 2 / 2.0))


def needed(by_age: Floats, profile: Ints, start: Ints, quarters: int) -> Floats:
    """A burden by age (P, …, T) as one by quarter of the plan for each course, (C, …, T)."""
    age = np.arange(quarters) - start[:, None]
    picked = by_age[profile]
    index = np.maximum(age, 0).reshape(len(start), *([1] * (picked.ndim - 2)), quarters)
    moved = np.take_along_axis(picked, np.broadcast_to(index, picked.shape), axis=-1)
    return np.where((age >= 0).reshape(index.shape), moved, 0.0)
