"""Gates: what result, by when and at what spend, means go, wait or stop – read off the plan as beliefs change.

A pilot's sales are a noisy sign of its own potential and, through what all markets share, of the others'. For a result
the beliefs are updated (joint normal logarithms, exact), every scenario is moved to them, and what is left of the plan
is chosen anew: where that differs from the plan lies the threshold. Stop: going on is worth less than leaving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from beachhead.evidence.model import Floats
from beachhead.rollout.courses import review_age, stop_below
from beachhead.rollout.ground import Ground
from beachhead.rollout.improve import improved
from beachhead.rollout.problem import Choice, Problem, narrowed
from beachhead.rollout.result import Ints
from beachhead.rollout.sales import cumulative_ramp, ramped

LOWEST, HIGHEST = 0.02, 0.98  # results less likely than that are not waited for
HALVINGS = 6


@dataclass(frozen=True, slots=True)
class Signal:
    """What a market's sales will tell: ``middle`` the median of a year's rate seen, USD; ``sd`` of its logarithm;
    ``spread``: the part of that sd that is the potential's; ``with_others`` (N,): covariance of the market's ln
    potential with every market's; ``per`` dollar of the potential that is left to who comes so late; ``seen`` quarters.
    """

    market: int
    middle: float
    sd: float
    spread: float
    with_others: Floats
    per: float
    seen: int

    def at(self, chance: float) -> float:
        """The sales rate below which the result lies with this chance."""
        return float(self.middle * np.exp(self.sd * ndtri(chance)))

    def chance_below(self, sales: float) -> float:
        """Chance of a result below ``sales``."""
        return float(ndtr(np.log(max(sales, 1e-9) / self.middle) / self.sd)) if sales > 0 else 0.0


def signal(ground: Ground, p: Problem, course: int, quarters: int) -> Signal:
    """What ``quarters`` of sales of a course will tell."""
    c, f, assumed = p.courses, p.figures, ground.assumed
    i, k = int(c.market[course]), int(c.mode[course])
    knots = cumulative_ramp(assumed, quarters + 64)
    tenure = float(c.of.tenure[c.profile[course]])
    ramp = float(np.diff(ramped(knots, np.array([tenure, tenure + quarters])))[0]) / quarters
    late = 1.0 if c.running[course] else p.rules.late(int(c.start[course]))
    noise = assumed["sales_noise_sd"] / np.sqrt(quarters / 4.0)
    spread = float(f.sd[i])
    per = float(f.sold[i, k] * ramp)
    middle, sd = float(f.potential[i]) * late * per, float(np.hypot(spread, noise))
    return Signal(i, middle, sd, spread, f.cov[i], per, quarters)


def stops_at(ground: Ground, p: Problem, course: int, seen: Signal) -> float:
    """Sales a year below which the market is left, USD: where going on is worth as much as leaving, for the potential
    that the result speaks for (what is expected of it, given the result)."""
    c, f = p.courses, p.figures
    least = float(stop_below(f, p.rules, c.of, ground.assumed)[c.profile[course]])
    if least <= 0.0:
        return 0.0
    trust = seen.spread**2 / seen.sd**2
    left = seen.spread * np.sqrt(1.0 - trust)
    shift = (np.log(least * seen.per / seen.middle) - left**2 / 2.0) / trust
    return float(seen.middle * np.exp(shift))


def goes_at(p: Problem, choice: Choice, opens: Ints, seen: Signal) -> float:
    """The least result with which what the gate opens stays as planned, USD a year; 0 if none likely changes it."""
    if not len(opens):
        return 0.0
    rest = remaining(p, choice, opens)
    low, high = LOWEST, HIGHEST
    if unchanged(rest, choice, p, opens, seen, low):
        return 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if unchanged(rest, choice, p, opens, seen, middle) else (middle, high)
    return seen.at(high)


def remaining(p: Problem, choice: Choice, opens: Ints) -> Ints:
    """Courses that may still be chosen at the gate: the plan's own, and for what it opens any later start."""
    c = p.courses
    later = np.isin(c.profile, c.profile[opens]) & ~np.isin(np.arange(len(c)), choice.taken)
    start = {int(c.profile[j]): int(c.start[j]) for j in opens}
    later &= np.array([int(c.start[j]) >= start.get(int(c.profile[j]), 0) for j in range(len(c))])
    return np.sort(np.concatenate([choice.taken, np.flatnonzero(later)]))


def unchanged(rest: Ints, choice: Choice, p: Problem, opens: Ints, seen: Signal, chance: float) -> bool:
    """Whether the plan, chosen anew after a result that is worse with this chance, still makes what the gate opens."""
    keep = np.zeros(len(p.courses), dtype=bool)
    keep[rest] = True
    after = believed(narrowed(p, keep), seen, chance)
    taken = np.searchsorted(rest, choice.taken)
    best = improved(after, Choice(taken, choice.bought))
    return bool(np.isin(np.searchsorted(rest, opens), best.taken).all())


def believed(p: Problem, seen: Signal, chance: float) -> Problem:
    """The problem as it looks after the result: worth of every market moved by what it shares with this one.

    The logarithm of a market's potential moves by its covariance with the result / sd² × (ln result − ln middle); worth
    before running cost is in proportion to the potential, so it moves by that factor.
    """
    c = p.courses
    factor = np.exp(seen.with_others[c.market] / seen.sd * ndtri(chance))
    income = c.value - floor_of(p)[:, None]
    value = floor_of(p)[:, None] + income * factor[:, None]
    return replace(p, courses=replace(c, value=value))


def floor_of(p: Problem) -> Floats:
    """Worth of a course that sells nothing, (C,): set-up, running cost to the review, and leaving then."""
    c, f = p.courses, p.figures
    i, k = c.market, c.mode
    setup = c.setup.mean(axis=1) * (1.0 - f.held[i] @ f.cut)
    running = (f.fixed + f.staff)[i, k] * review_age(c.of, p.rules)[c.profile] + f.leave[i, k]
    spent = (setup + running) * p.discount[np.minimum(c.start, len(p.discount) - 1)]
    return np.asarray(np.minimum(-spent, c.value.min(axis=1)))
