"""What nobody can beat: a bound on the worth of every policy in one world, by who knows all that is true there.

For each market, mode and quarter of entry the best course of leaving and of one change of mode is found backwards, with
everything in its favour: the longest life that any number of markets and rank allow, the largest saving that likeness
could give, no missing hours, a change of mode that loses nothing of the ramp, no payment that comes late. Which of
these courses to take is a linear programme: at most one a market, and in each quarter the launches, hours, attention
and cash that any policy must have had for its last entry. Whole numbers, the hours of running markets, money spent on
asking, and entries made and given up before the first sale, which only lose, are left out; each makes the bound larger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.outlook.hazard import YEARS
from beachhead.skill.policies.game import WEEKS_A_QUARTER, exposed, going_on, mature
from beachhead.skill.policies.land import Bools, Land
from beachhead.skill.policies.world import Truth

MODE_COUNT = 7


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """Entries, with S of them open: ``market``, ``mode``, ``start`` (S,).

    ``value`` (S,) at best, ``cash`` (S, T) most that it can have brought by the end of each quarter, ``setup`` (S,)
    least that it must cost and ``planned`` (S,) least that must have been there, ``waiting`` (S, T) while it is
    launched. ``base_value`` and ``base_cash`` (T,): of what runs already.
    """

    market: np.ndarray
    mode: np.ndarray
    start: np.ndarray
    value: Floats
    cash: Floats
    setup: Floats
    planned: Floats
    waiting: Bools
    base_value: float
    base_cash: Floats


def bound(land: Land, truth: Truth) -> float:
    """No policy is worth more than this in this world, USD."""
    c = courses(land, truth)
    gains = np.flatnonzero(c.value > 0.0)
    best = {
        m: gains[c.market[gains] == m][c.value[gains[c.market[gains] == m]].argmax()]
        for m in np.unique(c.market[gains])
    }
    free = np.zeros(len(c.value))
    free[list(best.values())] = 1.0
    rows, most = limits(land, c, gains)
    if (rows @ free[gains] <= most + 1e-9).all():
        return c.base_value + float(c.value @ free)
    return c.base_value + relaxed(c, gains, rows, most)


def relaxed(c: Courses, gains: np.ndarray, rows: Floats, most: Floats) -> float:
    """The best mix of entries under the limits, shares of an entry allowed: the value of its dual, which bounds it even
    where the solver has rounded."""
    from scipy.optimize import linprog

    markets, place = np.unique(c.market[gains], return_inverse=True)
    one = np.zeros((len(markets), len(gains)))
    one[place, np.arange(len(gains))] = 1.0
    found = linprog(
        -c.value[gains], A_ub=np.vstack([one, rows]), b_ub=np.concatenate([np.ones(len(markets)), most]),
        bounds=(0.0, None), method="highs",
    )  # fmt: skip
    price = np.maximum(-found.ineqlin.marginals[len(markets) :], 0.0)
    net = c.value[gains] - price @ rows
    best = np.zeros(len(markets))
    np.maximum.at(best, place, net)
    return float(best.sum() + price @ most)


def limits(land: Land, c: Courses, gains: np.ndarray) -> tuple[Floats, Floats]:
    """Rows (R, G) and what there is (R,): launches, hours and attention of what is being launched in each quarter, cash
    before each quarter's entries, markets.

    Entries that lose may still bring cash; the most that they could is added to what there is.
    """
    rules, span = land.rules, land.quarters
    waiting = c.waiting[gains].T.astype(float)
    hours = land.hours[c.market, c.mode][gains] * (1.0 + rules.hours_launch)
    at = c.start[gains, None] == np.arange(span)
    before = np.concatenate([np.zeros((len(gains), 1)), c.cash[gains, :-1]], axis=1)
    cash = np.where(at, c.planned[gains, None], np.where(c.start[gains, None] < np.arange(span), -before, 0.0)).T
    others = np.zeros((len(land.markets), span))
    rest = np.setdiff1d(np.arange(len(c.value)), gains)
    np.maximum.at(others, c.market[rest], np.maximum(c.cash[rest], 0.0))
    inflow = np.concatenate([[0.0], (c.base_cash + others.sum(axis=0))[:-1]])
    rows: list[Floats] = [waiting, waiting * hours, waiting * rules.attention_launch, cash, np.ones((1, len(gains)))]
    there_is = (float(x) for x in (rules.launches, rules.hours, rules.attention))
    most = [*(np.full(span, x) for x in there_is), rules.cash - rules.floor + inflow, np.array([float(rules.most)])]
    return np.concatenate(rows), np.concatenate(most)


def courses(land: Land, truth: Truth) -> Courses:
    """All entries with what they bring at best."""
    f, span = land.figures, land.quarters
    n, k, t = (x.ravel() for x in np.indices((len(land.markets), MODE_COUNT, span)))
    able = f.open[n, k] & (f.mode_now[n] < 0)
    n, k, t = n[able], k[able], t[able]
    first = t + f.weeks[n, k] / WEEKS_A_QUARTER * truth.late[n]
    worth, brings = best_course(land, truth, n, k, t, first)
    least = f.entry[n, k] * (1.0 - np.maximum(f.held, f.alike.any(axis=1))[n] @ f.cut)
    setup = least * truth.setup[n]
    planned = np.minimum(least, setup)
    cash = np.where(t[:, None] <= np.arange(span), brings - planned[:, None], 0.0)
    base_value, base_cash = running(land, truth)
    return Courses(
        n, k, t, worth - setup * land.discount[t], cash, setup, planned,
        (t[:, None] <= np.arange(span)) & (first[:, None] > np.arange(span)), base_value, base_cash,
    )  # fmt: skip


def running(land: Land, truth: Truth) -> tuple[float, Floats]:
    """What the markets that run already bring at best, and the most cash by the end of each quarter, (T,)."""
    n = np.flatnonzero(land.figures.mode_now >= 0)
    if not len(n):
        return 0.0, np.zeros(land.quarters)
    zero = np.zeros(len(n), dtype=np.intp)
    worth, brings = best_course(land, truth, n, land.figures.mode_now[n], zero, -land.figures.tenure[n].astype(float))
    return float(worth.sum()), np.asarray(brings.sum(axis=0))


def best_course(
    land: Land, truth: Truth, n: np.ndarray, k: np.ndarray, start: np.ndarray, first: Floats
) -> tuple[Floats, Floats]:
    """Worth of the best course after the set-up, (S,), and the most cash brought by the end of each quarter, (S, T):
    backwards over the quarters, in the first mode ``k`` or any that it was changed to."""
    f, span = land.figures, land.quarters
    open_to = f.open[n] & (np.arange(MODE_COUNT) != k[:, None])
    gone = ends(land, truth, n, start, first)
    change = f.switch[n] + f.leave[n, k][:, None]
    stay = tail(land, truth, n, start, first)
    most = np.zeros((len(n), span))
    for q in range(span - 1, -1, -1):
        flow, cash = quarter(land, truth, n, start, first, q)
        alive = (start <= q) & (q < gone)
        leaving = -f.leave[n] * land.discount[q]
        on = np.maximum(flow + stay, leaving)
        turned = np.where(open_to & (q > start)[:, None], on - change * land.discount[q], -np.inf).max(axis=1)
        rows = np.arange(len(n))
        on[rows, k] = np.maximum(on[rows, k], turned)
        stay = np.where(alive[:, None], on, np.where((q >= gone)[:, None], leaving, stay))
        most[:, q] = np.where(alive, np.maximum(np.where(f.open[n], cash, 0.0).max(axis=1), cash[rows, k]), 0.0)
    return stay[np.arange(len(n)), k], np.cumsum(np.maximum(most, 0.0), axis=1)


def quarter(land: Land, truth: Truth, n: np.ndarray, start: np.ndarray, first: Floats, q: int) -> tuple[Floats, Floats]:
    """Worth today of what a quarter brings at most in each mode, and its cash, (S, 7) each."""
    f, year = land.figures, q // 4
    late = np.where(f.mode_now[n] >= 0, 1.0, (1.0 - land.rules.closing) ** (start / 4.0))
    rate = truth.potential[n] * truth.noise[year, n] * truth.demand[year, n] * late * mature(land, first, q) / 4.0
    income = np.maximum((f.goods + f.kept) * truth.fx[year, n][:, None] - f.goods, 0.0)
    brings = rate[:, None] * f.sold[n] * income
    counted = (q - start < land.rules.horizon)[:, None]
    return np.asarray(counted * land.discount[q] * (brings - f.fixed[n] - f.staff[n])), brings - f.fixed[n]


def tail(land: Land, truth: Truth, n: np.ndarray, start: np.ndarray, first: Floats) -> Floats:
    """What each is worth after the plan in each mode, (S, 7), or what leaving costs if that is better."""
    never, none = np.full(len(n), np.inf), np.full(len(n), -1, dtype=np.intp)
    return np.stack(
        [going_on(land, truth, n, np.full(len(n), k), start, first, never, none, least=0.0) for k in range(MODE_COUNT)],
        axis=1,
    )


def ends(land: Land, truth: Truth, n: np.ndarray, start: np.ndarray, first: Floats) -> Floats:
    """First quarter in which a presence can be gone by itself, at the least hazard of any number and rank, (S,)."""
    q = np.arange(land.quarters)[:, None]
    least = land.hazard.min(axis=(1, 2))
    year = np.clip(np.where(truth.published, np.maximum(q - first, 0.0) // 4, YEARS - 1), 0, YEARS - 1).astype(np.intp)
    rate = -np.log1p(-least[year, land.hard[n].astype(np.intp)]) / 4.0
    used = np.cumsum(rate * exposed(q + 1.0 - np.maximum(first, start), truth.published), axis=0)
    over = used > truth.patience[n]
    return np.where(over.any(axis=0), over.argmax(axis=0) + 1.0, np.inf)
