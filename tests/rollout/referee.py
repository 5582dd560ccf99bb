"""What a plan is worth and which limits it breaks, written anew from the formulas; and the best by trying everything.

Nothing here calls the package's own referee or its programme: this is the second implementation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from beachhead.enter.modes import MODES
from beachhead.rollout.problem import Problem
from beachhead.rollout.rules import Wish
from beachhead.rollout.tables import AREAS

ROUNDING = 0.5  # USD and hours: the tolerance that the package states


@dataclass(frozen=True)
class Verdict:
    """What one choice brings: ``breaks`` names the limits it breaks."""

    objective: float
    shortfall: float
    below_floor: float
    breaks: frozenset[str]


@dataclass(frozen=True)
class Best:
    """The best of all choices: courses by market (−1 none), quarters of purchase, and how many choices were tried."""

    objective: float
    taken: tuple[int, ...]
    bought: tuple[int, ...]
    tried: int


def judge(p: Problem, taken: tuple[int, ...], bought: tuple[int, ...]) -> Verdict:
    """One choice, market by market, quarter by quarter, scenario by scenario."""
    c, rules = p.courses, p.rules
    quarters, scenarios = rules.window, p.scenarios.count
    spent = [spending(p, bought, t) for t in range(quarters)]
    saved = [sum(hours_off(p, i, when, taken, t) for i, when in enumerate(bought)) for t in range(quarters)]
    mean = [sum(c.hours[j, t, s] for j in taken for s in range(scenarios)) / scenarios for t in range(quarters)]
    hours_over = any(mean[t] - saved[t] > rules.hours * (1.0 - rules.hours_kept) + ROUNDING for t in range(quarters))
    value, low, attention_over = [], [], False
    for s in range(scenarios):
        worth = -sum(spent[t] * p.discount[t] for t in range(quarters))
        cash, lowest = rules.cash, np.inf
        for j in taken:
            worth += c.value[j, s] + saving(p, j, taken, s) * p.discount[c.start[j]]
        for t in range(quarters):
            cash -= spent[t]
            for j in taken:
                cash += c.cash[j, t, s] - (c.cash[j, t - 1, s] if t else 0.0)
                cash += saving(p, j, taken, s) if c.start[j] == t else 0.0
            lowest = min(lowest, cash)
            need = sum(c.hours[j, t, s] for j in taken)
            hours_over |= need - saved[t] > rules.hours + ROUNDING
            attention_over |= sum(c.attention[j, t, s] for j in taken) > rules.attention + 1e-6
        value.append(worth)
        low.append(lowest)
    below = sum(x < rules.floor - ROUNDING for x in low) / scenarios
    shortfall = tail_mean([max(rules.floor - x, 0.0) for x in low], rules.tail)
    worse = -tail_mean([-x for x in value], 0.5)
    objective = (1 - rules.downside) * float(np.mean(value)) + rules.downside * worse - rules.price * shortfall
    new = [j for j in taken if not c.running[j]]
    broken = {
        "one_course": len({int(c.market[j]) for j in taken}) < len(taken) or not stays_or_leaves(p, taken),
        "cash": below > rules.floor_risk + 1e-9,
        "hours": hours_over,
        "attention": attention_over,
        "launches": any(sum(c.launch[j, t] for j in taken) > rules.launches for t in range(quarters)),
        "most": len(new) > rules.most,
        "phases": rules.phases and not can_be_phased(p, taken),
        "pins": not all(any(meets(p, w, j) for j in taken) for w in rules.pins),
        "leaving": any(not worth_leaving(p, j) for j in taken if c.of.leaves[c.profile[j]]),
        "forbids": any(is_forbidden(p, w, j) for w in rules.forbids for j in taken),
    }
    return Verdict(float(objective), shortfall, below, frozenset(name for name, broke in broken.items() if broke))


def spending(p: Problem, bought: tuple[int, ...], t: int) -> float:
    """What investments cost in quarter t: the price when bought, upkeep from then on."""
    return sum(
        a.cost_usd * (t == when) + a.upkeep_usd_quarter * (t >= when)
        for a, when in zip(p.automations, bought, strict=True)
        if when >= 0
    )


def saving(p: Problem, j: int, taken: tuple[int, ...], s: int) -> float:
    """What earlier entries take off the set-up of course j: each trait once, none that the past gives already."""
    c, f = p.courses, p.figures
    if c.running[j]:
        return 0.0
    early = [k for k in taken if not c.running[k] and c.start[k] <= c.start[j] - p.rules.likeness_lag and k != j]
    traits = [
        g for g in range(3) if not f.held[c.market[j], g] and any(f.alike[c.market[j], c.market[k], g] for k in early)
    ]
    return float(sum(f.cut[g] for g in traits) * c.setup[j, s])


def hours_off(p: Problem, i: int, when: int, taken: tuple[int, ...], t: int) -> float:
    """Hours that investment i saves in quarter t: its share of the area's mean hours, once it is built."""
    machine = p.automations[i]
    if when < 0 or t < when + machine.build_quarters:
        return 0.0
    return machine.saves * sum(p.courses.by_area[j, AREAS.index(machine.area), t] for j in taken)


def tail_mean(loss: list[float], share: float) -> float:
    """Mean of the worst ``share`` of losses: the least over η of η + E[(loss − η)+] / share (Rockafellar & Uryasev
    2000); the least is at one of the losses."""
    x = np.array(loss)
    if share * len(x) <= 1.0:
        return float(x.max())
    return float(min(eta + np.maximum(x - eta, 0.0).mean() / share for eta in x))


def stays_or_leaves(p: Problem, taken: tuple[int, ...]) -> bool:
    """Where the firm sells, exactly one course says what becomes of it."""
    there = set(p.courses.market[p.courses.running].tolist())
    return there <= {int(p.courses.market[j]) for j in taken}


def can_be_phased(p: Problem, taken: tuple[int, ...]) -> bool:
    """Whether some way of calling the entries pilot, regional or global keeps to the order of the phases."""
    c = p.courses
    new = [j for j in taken if not c.running[j]]
    stays = [j for j in taken if c.running[j] and not c.of.leaves[c.profile[j]]]
    return any(in_order(p, dict(zip(new, names, strict=True)), stays) for names in product((1, 2, 3), repeat=len(new)))


def in_order(p: Problem, phase: dict[int, int], stays: list[int]) -> bool:
    """Whether each entry may be what it is called."""
    c, f = p.courses, p.figures
    first_sale = {j: c.start[j] + c.of.prep[c.profile[j]] for j in phase}
    opens = {j: first_sale[j] + p.rules.gate_quarters for j in phase if phase[j] == 1}
    opens |= {j: max(p.rules.gate_quarters - c.of.tenure[c.profile[j]], 0) for j in stays}
    for j, name in phase.items():
        if name == 1 and not f.accessible[c.market[j]]:
            return False
        if name == 2 and not any(f.region[c.market[j], c.market[k]] and opens[k] <= c.start[j] for k in opens):
            return False
        if name == 3 and not any(phase[k] == 2 and first_sale[k] <= c.start[j] for k in phase):
            return False
    return sum(name == 1 for name in phase.values()) <= p.rules.pilots


def meets(p: Problem, wish: Wish, j: int) -> bool:
    """Whether course j is what the owner asks for; where the firm sells, going on or changing to the mode is."""
    c = p.courses
    way = c.profile[j]
    modes = {MODES[c.mode[j]]} | ({MODES[c.of.then[way]]} if c.running[j] and c.of.then[way] >= 0 else set())
    fits = wish.market in (None, p.figures.markets[c.market[j]]) and (wish.mode is None or wish.mode in modes)
    return bool(fits and wish.quarter in (None, int(c.start[j])) and not c.of.leaves[way])


def is_forbidden(p: Problem, wish: Wish, j: int) -> bool:
    """Whether the owner rules course j out: a start that matches; a later mode, where no quarter is named."""
    c = p.courses
    there = wish.market in (None, p.figures.markets[c.market[j]])
    starts = not c.running[j] and wish.mode in (None, MODES[c.mode[j]]) and wish.quarter in (None, int(c.start[j]))
    then = int(c.of.then[c.profile[j]])
    turns = then >= 0 and wish.quarter is None and wish.mode in (None, MODES[then])
    return bool(there and (starts or turns))


def worth_leaving(p: Problem, j: int) -> bool:
    """Whether to leave a market is worth more, by the objective's weights, than to go on there as now."""
    c, shy = p.courses, p.rules.downside

    def worth(k: int) -> float:
        value = [float(x) for x in c.value[k]]
        return (1 - shy) * float(np.mean(value)) - shy * tail_mean([-x for x in value], 0.5)

    as_now = [
        k
        for k in np.flatnonzero(c.running & (c.market == c.market[j]))
        if not c.of.leaves[c.profile[k]] and c.of.then[c.profile[k]] < 0
    ]
    return any(worth(j) > worth(int(k)) for k in as_now)


# --- everything ----------------------------------------------------------------------------------------------------


def best_of_all(p: Problem) -> Best | None:
    """The best choice that breaks no limit, by reckoning through every combination; None if there is none.

    All are reckoned at once for worth and cash, hours and attention; what is left is judged one by one, best first.
    """
    sets = combinations_of(p)
    found: list[tuple[float, int, tuple[int, ...]]] = []
    for bought in product(range(-1, p.rules.quarters), repeat=len(p.automations)):
        objective, fits = reckoned(p, sets, bought)
        found += [(float(objective[k]), int(k), bought) for k in np.flatnonzero(fits)]
    phased: dict[int, bool] = {}
    for objective, k, bought in sorted(found, key=lambda one: -one[0]):
        if k not in phased:
            phased[k] = not judge(p, taken_of(sets[k]), bought).breaks
        if phased[k]:
            return Best(objective, taken_of(sets[k]), bought, len(found))
    return None


def combinations_of(p: Problem) -> np.ndarray:
    """Every combination of courses, one or none of each market, (K, N); −1 none."""
    c = p.courses
    ways = []
    for i in range(len(p.figures.markets)):
        of = np.flatnonzero(c.market == i).tolist()
        ways.append(of if of and c.running[of[0]] else [-1, *of])
    return np.array(list(product(*ways)), dtype=int)


def taken_of(row: np.ndarray) -> tuple[int, ...]:
    return tuple(int(j) for j in row if j >= 0)


def reckoned(p: Problem, sets: np.ndarray, bought: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Objective of every combination, (K,), and whether it keeps cash, hours, attention and launches, (K,)."""
    c, f, rules = p.courses, p.figures, p.rules
    there = sets >= 0

    def total(x: np.ndarray) -> np.ndarray:
        return sum(
            np.where(there[:, i].reshape(-1, *[1] * (x.ndim - 1)), x[sets[:, i]], 0.0) for i in range(sets.shape[1])
        )

    value, cash, start = total(c.value), rules.cash + total(c.cash), c.start[sets]
    new = there & ~c.running[sets]
    for i in range(sets.shape[1]):
        for g in np.flatnonzero(~f.held[i]):
            early = [
                new[:, k] & (start[:, k] <= start[:, i] - rules.likeness_lag) & f.alike[i, k, g]
                for k in range(sets.shape[1])
                if k != i
            ]
            off = (np.any(early, axis=0) & new[:, i])[:, None] * f.cut[g] * c.setup[sets[:, i]]
            value += off * p.discount[start[:, i]][:, None]
            cash += off[:, None, :] * (np.arange(rules.window) >= start[:, i, None])[..., None]
    spent = np.array([spending(p, bought, t) for t in range(rules.window)])
    value, cash = value - spent @ p.discount, cash - np.cumsum(spent)[:, None]
    low = cash.min(axis=1)
    short = np.maximum(rules.floor - low, 0.0)
    objective = (1 - rules.downside) * value.mean(axis=1) - rules.downside * tail_means(-value, 0.5)
    objective -= rules.price * tail_means(short, rules.tail)
    area = total(c.by_area)
    saved = np.zeros((len(sets), rules.window))
    for i, (a, when) in enumerate(zip(p.automations, bought, strict=True)):
        built = (np.arange(rules.window) >= when + a.build_quarters) & (when >= 0)
        saved += p.automations[i].saves * area[:, AREAS.index(a.area)] * built
    fits = (low < rules.floor - ROUNDING).mean(axis=1) <= rules.floor_risk + 1e-9
    need = total(c.hours) - saved[..., None]
    fits &= (need <= rules.hours + ROUNDING).all(axis=(1, 2))
    fits &= (need.mean(axis=2) <= rules.hours * (1.0 - rules.hours_kept) + ROUNDING).all(axis=1)
    fits &= (total(c.attention) <= rules.attention + 1e-6).all(axis=(1, 2))
    return objective, fits & (total(c.launch) <= rules.launches).all(axis=1)


def tail_means(loss: np.ndarray, share: float) -> np.ndarray:
    """``tail_mean`` of every row, (K,)."""
    if share * loss.shape[1] <= 1.0:
        return loss.max(axis=1)
    over = np.maximum(loss[:, :, None] - loss[:, None, :], 0.0).mean(axis=1)
    return (loss + over / share).min(axis=1)
