"""Solve the programme with HiGHS, silently: rows of cash and risk are added when a solution breaks them.

First the relaxed programme is solved until no row is broken, then the one with whole decisions; each answer is reckoned
through by :func:`beachhead.rollout.problem.assess`, and rows it breaks are added. The bound of every round holds, since
rows are only added; the best answer that breaks none is kept. So the gap reported is true (Benders' idea for CVaR:
Künzi-Bay & Mayer 2006, Computational aspects of minimizing conditional value-at-risk, Computational Management
Science 3).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.rollout.improve import first_choice, improved, rounded
from beachhead.rollout.problem import TOLERANCE, Assessed, Choice, Problem, assess, broken, phases_of
from beachhead.rollout.programme import (
    FAMILIES,
    PHASED,
    Columns,
    attention_row,
    cash_of,
    floor_cut,
    forbidden,
    hours_row,
    kept_wishes,
    shortfall_cut,
    worse_half_cut,
    worth_of,
)
from beachhead.rollout.result import Ints

if TYPE_CHECKING:
    from highspy import Highs

THOUSAND = 1e-3  # money rows are in thousands: solvers like numbers near one
AT_ONCE = 5  # broken rows added at a time: scenarios of a quarter, or of all that break the floor
EFFORT = 150  # times that the solver asks whether to go on, the same on a slow machine
STARTS = 10  # times that relaxed decisions are rounded, each with another jitter
LEAST = 1_000.0  # USD: a gap is a share of the objective, or of this if that is nearer zero
LINEAR_ROUNDS, WHOLE_ROUNDS = 40, 25
WHOLE = ("course", "buy", "pilot", "breaks")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the search is: what is being done, the best plan so far, USD, and how far from the best possible."""

    step: str
    best_usd: float | None = None
    gap: float | None = None


Watch = Callable[[Progress], bool]  # False: stop with the best so far


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The best choice found, its reckoning, and the bound: no choice can have a higher objective.

    ``relaxed_bound``: that of the programme in which decisions need not be whole. ``status``: optimal | within_gap |
    stopped (enough was done, or who watches had enough).
    """

    choice: Choice
    seen: Assessed
    bound: float
    relaxed_bound: float
    status: str

    @property
    def gap(self) -> float:
        """How far the choice may be from the best, as a share."""
        return max(self.bound - self.seen.objective, 0.0) / max(abs(self.seen.objective), LEAST)


@dataclass(slots=True, eq=False)
class Search:
    """A programme in the solver, and the best choice so far."""

    columns: Columns
    solver: Highs
    most_break: float
    watch: Watch | None = None
    step: str = ""
    best: tuple[Choice, Assessed] | None = None
    bound: float = np.inf
    stopped: bool = False
    gap: float = 0.01
    effort: int = EFFORT
    relaxed: Floats = field(default_factory=lambda: np.empty(0))
    relaxed_bound: float = np.inf
    left_out: frozenset[str] = field(default_factory=frozenset)

    @property
    def p(self) -> Problem:
        """The problem."""
        return self.columns.p


def solve(
    p: Problem,
    *,
    gap: float = 0.01,
    effort: int = EFFORT,
    time_limit: float = 60.0,
    start: Choice | None = None,
    watch: Watch | None = None,
    step: str = "Choosing the moves",
) -> Solved | None:
    """The best plan within ``gap``, or the best found with so much ``effort``; None if none is possible.

    ``effort``: how often the solver may ask whether to go on: a measure of work, so that the answer is the same on a
    slow machine (0: rounding and exchanges only); ``time_limit``, in seconds, is a backstop. ``start``: a choice to
    begin from (a previous plan). ``watch`` is told of progress and may stop the search.
    """
    search = begin(p, watch=watch, step=step)
    search.gap, search.effort = gap, effort
    for choice in (first_choice(p), *([] if start is None else [start])):
        consider(search, choice)
    clock = time.monotonic() + time_limit
    if not linear(search):
        return None
    search.relaxed_bound = search.bound
    explore(search, search.relaxed)
    integral(search)
    for _ in range(WHOLE_ROUNDS):
        if done(search) or search.stopped or search.effort <= 0 or time.monotonic() >= clock:
            break
        if not whole(search, clock - time.monotonic()):
            break
    return finish(search)


def finish(search: Search) -> Solved | None:
    """The best choice with its status."""
    if search.best is None:
        return None
    choice, seen = search.best
    result = Solved(choice, seen, search.bound, search.relaxed_bound, "")
    status = "optimal" if result.gap <= 1e-6 else "within_gap" if result.gap <= search.gap * 1.001 else "stopped"
    return replace(result, status=status)


def done(search: Search) -> bool:
    """Whether the best choice is near enough to the bound."""
    return near(search, search.bound)


def near(search: Search, bound: float) -> bool:
    """Whether the best choice is within the gap of a bound."""
    if search.best is None:
        return False
    worth = search.best[1].objective
    return bound - worth <= search.gap * max(abs(worth), LEAST)


def begin(p: Problem, *, without: frozenset[str] = frozenset(), watch: Watch | None = None, step: str = "") -> Search:
    """The programme in the solver, relaxed, without the families ``without``."""
    import highspy

    v = Columns(p)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", 2)
    search = Search(v, solver, most_missing(p), watch, step, left_out=without)
    add_columns(search)
    for name, family in FAMILIES.items():
        if name not in without and (p.rules.phases or name not in PHASED):
            rows = family(v)
            add_rows(search, rows.row, rows.column, rows.value, rows.lower, rows.upper)
    return search


def add_columns(search: Search) -> None:
    """Bounds and objective of every column."""
    v, p = search.columns, search.p
    lower, upper = np.zeros(v.count), np.ones(v.count)
    upper[v.span("saved")] = np.inf
    lower[v.span("worse")], upper[v.span("worse")] = -np.inf, worth_at_most(p)
    upper[v.span("short")] = np.inf
    upper[v.span("slack")] = 0.0
    late = np.arange(p.rules.quarters, p.rules.window)
    upper[v.at("buy", np.arange(len(p.automations))[:, None], late).ravel()] = 0.0
    upper[v.at("course", np.flatnonzero(forbidden(p)))] = 0.0 if "forbids" not in search.left_out else 1.0
    search.solver.addVars(v.count, lower, upper)
    cost = objective_of(v) * THOUSAND
    search.solver.changeColsCost(v.count, np.arange(v.count, dtype=np.int32), -cost)


def worth_at_most(p: Problem) -> float:
    """No plan's mean worth in any scenario is above this: the best course of every market, with all likeness."""
    best = p.courses.value + p.saving.sum(axis=1)
    markets = [best[p.courses.market == i].max(initial=0.0) for i in range(len(p.figures.markets))]
    return float(np.sum(markets) + 1.0)


def most_missing(p: Problem) -> float:
    """Cash is never further below the floor than this: every market at its worst."""
    lowest = np.minimum(p.courses.cash.min(axis=(1, 2), initial=0.0), 0.0)
    worst = sum(-lowest[p.courses.market == i].min(initial=0.0) for i in range(len(p.figures.markets)))
    machines = sum(a.cost_usd + a.upkeep_usd_quarter * p.rules.window for a in p.automations)
    return float(worst + machines + max(p.rules.floor - p.rules.cash, 0.0))


def objective_of(v: Columns) -> Floats:
    """(1 − downside) × expected worth + downside × worse half − price × shortfall, (columns,)."""
    rules, count = v.p.rules, v.p.scenarios.count
    row = (1.0 - rules.downside) * worth_of(v, np.full(count, 1.0 / count))
    row[v.at("worse", 0)] = rules.downside
    row[v.at("short", 0)] = -rules.price
    return row


def add_rows(search: Search, row: Ints, column: Ints, value: Floats, lower: Floats, upper: Floats) -> None:
    """Hand rows to the solver."""
    if not len(lower):
        return
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(len(lower)))
    search.solver.addRows(
        len(lower),
        lower.astype(float),
        upper.astype(float),
        len(value),
        starts.astype(np.int32),
        column[order].astype(np.int32),
        value[order].astype(float),
    )


def add_cut(search: Search, row: Floats, lower: float, upper: float) -> None:
    """Hand one money row to the solver."""
    at = np.flatnonzero(row)
    scaled = row[at] * THOUSAND
    bounds = np.array([lower * THOUSAND]), np.array([upper * THOUSAND])
    add_rows(search, np.zeros(len(at), dtype=np.intp), at, scaled, *bounds)


def linear(search: Search) -> bool:
    """Solve the relaxed programme, adding broken rows until there are none; False if nothing is possible."""
    for _ in range(LINEAR_ROUNDS):
        search.solver.run()
        if not solved(search):
            return False
        search.bound = min(search.bound, -search.solver.getInfo().objective_function_value / THOUSAND)
        search.relaxed = np.array(search.solver.getSolution().col_value)
        if not add_broken(search, search.relaxed) or not told(search):
            break
    return True


def integral(search: Search) -> None:
    """Make the decisions whole."""
    import highspy

    kinds = np.concatenate([search.columns.span(name) for name in WHOLE]).astype(np.int32)
    search.solver.changeColsIntegrality(len(kinds), kinds, np.full(len(kinds), highspy.HighsVarType.kInteger))


def possible(p: Problem) -> bool:
    """Whether any choice keeps all limits."""
    search = begin(p)
    search.solver.changeColsCost(
        search.columns.count, np.arange(search.columns.count, dtype=np.int32), np.zeros(search.columns.count)
    )
    return least(search, None) is not None


def least(search: Search, column: int | None) -> float | None:
    """The least value of a column (0 without one) over all choices that keep the limits; None if there are none."""
    integral(search)
    for _ in range(WHOLE_ROUNDS):
        search.solver.run()
        if not solved(search):
            return None
        x = np.array(search.solver.getSolution().col_value)
        if not add_limits(search, x):
            return 0.0 if column is None else float(x[column])
    return None


def add_limits(search: Search, x: Floats) -> int:
    """Add the rows of cash, hours and attention that ``x`` breaks; how many."""
    return add_floors(search, x, cash_in(search.columns, x)) + add_crowded(search, x)


def explore(search: Search, x: Floats) -> None:
    """Round a (relaxed) answer in a few ways and better each by exchanges: good plans, quickly."""
    v, p = search.columns, search.p
    if search.stopped:
        return
    share, buys = x[v.span("course")], x[v.span("buy")].reshape(-1, p.rules.window)
    some = np.where(buys.sum(axis=1) > 0.3, buys.argmax(axis=1), -1) if len(buys) else np.empty(0, dtype=np.intp)
    rng = np.random.default_rng(0)
    for bought in (np.full_like(some, -1), some)[: 1 + bool((some >= 0).any())]:
        for jitter in (None, *[rng] * (STARTS - 1)):
            consider(search, improved(p, rounded(p, share, bought, jitter)))
            if done(search) or not told(search):
                return


def solved(search: Search) -> bool:
    """Whether the solver has an answer."""
    import highspy

    good = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt)
    return search.solver.getModelStatus() in good


def told(search: Search) -> bool:
    """Tell who watches how far we are; False if the search is to stop."""
    best = search.best[1].objective if search.best else None
    gap = None if best is None else max(search.bound - best, 0.0) / max(abs(best), LEAST)
    if search.watch is not None and not search.watch(Progress(search.step, best, gap)):
        search.stopped = True
    return not search.stopped


def add_broken(search: Search, x: Floats) -> int:
    """Add the rows of cash and risk that ``x`` breaks; how many."""
    v, p = search.columns, search.p
    value, cash = worth_in(v, x), cash_in(v, x)
    added = 0
    if p.rules.downside and x[v.at("worse", 0)] > _worse_half(value) + slack_of(search, value):
        add_cut(search, worse_half_cut(v, value), -np.inf, 0.0)
        added += 1
    row, bound = shortfall_cut(v, cash)
    if p.rules.price and row @ x < bound - slack_of(search, value):
        add_cut(search, row, bound, np.inf)
        added += 1
    if "floor" not in search.left_out:
        added += add_floors(search, x, cash)
    return added + add_crowded(search, x)


def slack_of(search: Search, value: Floats) -> float:
    """USD that a row may be broken by before it counts: a tenth of the gap that is allowed."""
    return max(TOLERANCE, search.gap / 10.0 * abs(float(value.mean())))


def _worse_half(value: Floats) -> float:
    from beachhead.rollout.problem import worst_mean

    return worst_mean(value, 0.5)


def add_floors(search: Search, x: Floats, cash: Floats) -> int:
    """Add, for each scenario that breaks the floor, the row of its worst quarter."""
    v, p = search.columns, search.p
    lowest = cash.argmin(axis=0)
    missing = p.rules.floor - cash.min(axis=0) - search.most_break * x[v.span("breaks")]
    found = np.flatnonzero(missing > TOLERANCE)
    for s in found[np.argsort(-missing[found], kind="stable")][:AT_ONCE]:
        row, bound = floor_cut(v, int(lowest[s]), int(s), search.most_break)
        add_cut(search, row, bound, np.inf)
    return min(len(found), AT_ONCE)


def add_crowded(search: Search, x: Floats) -> int:
    """Add, for each quarter in which hours or attention are short, the row of the scenario where they are most so."""
    v, p = search.columns, search.p
    z = x[v.span("course")]
    saved = x[v.span("saved")].reshape(-1, p.rules.window).sum(axis=0)
    limits = (
        ("hours", hours_row, p.courses.hours, p.rules.hours + saved + x[v.at("slack", 1)], TOLERANCE),
        ("attention", attention_row, p.courses.attention, np.full(p.rules.window, p.rules.attention), 1e-4),
    )
    added = 0
    for name, row_of, need, most, tolerance in limits:
        use = np.tensordot(z, need, axes=1)
        for t in np.flatnonzero((use.max(axis=1) > most + tolerance) & (name not in search.left_out)):
            worst = np.argsort(-use[t], kind="stable")[:AT_ONCE]
            for s in worst[use[t, worst] > most[t] + tolerance]:
                row, bound = row_of(v, int(t), int(s))
                add_rows(search, *_single(row), np.array([-np.inf]), np.array([bound]))
                added += 1
    return added


def _single(row: Floats) -> tuple[Ints, Ints, Floats]:
    at = np.flatnonzero(row)
    return np.zeros(len(at), dtype=np.intp), at, row[at]


def worth_in(v: Columns, x: Floats) -> Floats:
    """Worth in each scenario of a (relaxed) answer, (S,)."""
    p = v.p
    z, d = x[v.span("course")], x[v.span("saving")]
    value = z @ p.courses.value
    fixed = worth_of_automation(v) @ x
    return np.asarray(value + fixed + saved_cash(v, d * p.discount[v.groups[0][:, 2]]).sum(axis=0))


def worth_of_automation(v: Columns) -> Floats:
    """Coefficients of worth that are the same in all scenarios, (columns,)."""
    row = worth_of(v, np.eye(1, v.p.scenarios.count)[0])
    for name in ("course", "saving"):
        row[v.span(name)] = 0.0
    return row


def saved_cash(v: Columns, amount: Floats) -> Floats:
    """What savings taken by ``amount`` (D,) bring, by quarter in which they are made, (T, S)."""
    p = v.p
    table, of_course = v.groups
    by_quarter = np.zeros((p.rules.window, p.scenarios.count))
    for d in np.flatnonzero(amount):
        g = table[d, 3]
        first = int(np.argmax(of_course[:, g] == d))
        by_quarter[table[d, 2]] += amount[d] * p.saving[first, g]
    return by_quarter


def cash_in(v: Columns, x: Floats) -> Floats:
    """Cash of a (relaxed) answer at the end of each quarter, (T, S)."""
    p = v.p
    z, d = x[v.span("course")], x[v.span("saving")]
    cash = p.rules.cash + np.tensordot(z, p.courses.cash, axes=1) + np.cumsum(saved_cash(v, d), axis=0)
    none = np.zeros(p.scenarios.count)
    spent = np.array(
        [
            cash_of(v, t, none + np.eye(1, p.scenarios.count)[0])[v.span("buy")] @ x[v.span("buy")]
            for t in range(p.rules.window)
        ]
    )
    return np.asarray(cash + spent[:, None] + x[v.at("slack", 0)])


def whole(search: Search, seconds: float) -> bool:
    """One round with whole decisions; False if there is nothing more to be found."""
    solver = search.solver
    solver.setOptionValue("mip_rel_gap", search.gap / 2)
    solver.setOptionValue("time_limit", solver.getRunTime() + max(seconds, 0.1))
    if search.best is not None:
        hint(search, search.best[0])
    with listening(search):
        solver.run()
    if not solved(search):
        search.bound = search.best[1].objective if search.best else search.bound
        return False
    search.bound = min(search.bound, -solver.getInfo().mip_dual_bound / THOUSAND)
    x = np.array(solver.getSolution().col_value)
    if not len(x):
        return False
    choice = choice_of(search.columns, x)
    consider(search, choice)
    mended = rounded(search.p, x[search.columns.span("course")], choice.bought)
    consider(search, improved(search.p, mended))
    told(search)
    return bool(add_broken(search, x))


def listening(search: Search) -> _Listening:
    """While the solver runs: pass on its progress, and its stop."""
    return _Listening(search)


class _Listening:
    """Subscribes to the solver's callbacks while it runs: to tell who watches, and to stop when enough is done."""

    def __init__(self, search: Search) -> None:
        self.search = search

    def __enter__(self) -> None:
        self.search.solver.cbMipInterrupt += self._tell

    def __exit__(self, *_: object) -> None:
        self.search.solver.cbMipInterrupt -= self._tell

    def _tell(self, event: object) -> None:
        search = self.search
        search.effort -= 1
        bound = -event.data_out.mip_dual_bound / THOUSAND  # type: ignore[attr-defined]
        if not told(search) or search.effort <= 0 or near(search, bound):
            event.interrupt()  # type: ignore[attr-defined]


def choice_of(v: Columns, x: Floats) -> Choice:
    """The decisions in a solution."""
    p = v.p
    taken = np.flatnonzero(x[v.span("course")] > 0.5)
    bought = x[v.span("buy")].reshape(len(p.automations), p.rules.window) > 0.5
    when = np.where(bought.any(axis=1), bought.argmax(axis=1), -1)
    return Choice(taken[np.argsort(p.courses.market[taken], kind="stable")], when)


def consider(search: Search, choice: Choice) -> None:
    """Keep the choice if it breaks no limit and is better than the best so far."""
    seen = assess(search.p, choice)
    if broken(search.p, choice, seen) or not kept_wishes(search.p, choice.taken):
        return
    if search.best is None or seen.objective > search.best[1].objective:
        search.best = (choice, seen)


def hint(search: Search, choice: Choice) -> None:
    """Give the solver a choice to start from, with every column that follows from it."""
    import highspy

    solution = highspy.HighsSolution()
    solution.col_value = column_values(search.columns, choice, assess(search.p, choice)).tolist()
    search.solver.setSolution(solution)


def column_values(v: Columns, choice: Choice, seen: Assessed) -> Floats:
    """The programme's solution that a choice stands for, (columns,)."""
    p, x = v.p, np.zeros(v.count)
    c, quarters = p.courses, np.arange(p.rules.window)
    x[v.at("course", choice.taken)] = 1.0
    new = choice.taken[~c.running[choice.taken]]
    for j in new:
        x[v.at("entered", int(c.market[j]), quarters)] = quarters >= c.start[j]
    for j, gained in zip(choice.taken, seen.cheaper, strict=True):
        for g in np.flatnonzero(gained & (v.groups[1][j] >= 0)):
            x[v.at("saving", v.groups[1][j, g])] = 1.0
            x[v.at("like", int(3 * c.market[j] + g), int(c.start[j]))] = 1.0
    for i, when in enumerate(choice.bought):
        if when >= 0:
            x[v.at("buy", i, int(when))] = 1.0
            x[v.at("saved", i, quarters)] = seen.saved_by[i]
    if p.rules.phases:
        label(v, choice.taken, x)
    x[v.span("breaks")] = (p.rules.floor - seen.cash > TOLERANCE).any(axis=0)
    x[v.at("worse", 0)], x[v.at("short", 0)] = seen.downside, seen.shortfall
    return x


def label(v: Columns, taken: Ints, x: Floats) -> None:
    """Mark which starts are pilots', and from when an entry after them sells."""
    c, quarters = v.p.courses, np.arange(v.p.rules.window)
    phase = phases_of(v.p, taken)
    if phase is None:
        return
    x[v.at("pilot", v.pilots[1][taken[phase == 1]])] = 1.0
    sells = (c.start + c.of.prep[c.profile])[taken[phase >= 2]]
    x[v.at("settled", quarters)] = (quarters >= sells.min()) if len(sells) else 0.0
