"""How quickly the moves are chosen, beside the same programme handed whole to ``scipy.optimize.milp``.

The peer gets every row at once: cash, hours and attention of each quarter in each scenario, and both risk measures in
the textbook form with a variable for each scenario (Rockafellar & Uryasev 2000). Same courses, same limits, same gap
wanted, same limit on time. What it finds is reckoned by our referee, so both are judged alike.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from measure import EXAMPLE, Row, Section, show
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from beachhead import choose_modes, load_evidence, load_firm, select_markets
from beachhead.rollout.courses import profiles
from beachhead.rollout.ground import ground
from beachhead.rollout.problem import Problem, assess, broken
from beachhead.rollout.programme import FAMILIES, PHASED, Columns, attention_row, cash_of, hours_row, worth_of
from beachhead.rollout.solve import (
    LEAST,
    THOUSAND,
    WHOLE,
    Progress,
    begin,
    choice_of,
    most_missing,
    objective_of,
    solve,
)

Floats = NDArray[np.float64]
GAP = 0.01
SIZES = ((20, 30, 20.0), (60, 100, 60.0))  # markets, scenarios, seconds at most
PEER_SCENARIOS = 30  # with more, the peer runs far over its time and finds nothing
UNHURRIED = 10**9  # effort without end: only the clock stops us, as it does the peer


@dataclass(frozen=True, slots=True)
class Found:
    """What a solver found: seconds, objective in USD (−inf: nothing), proven gap (nan: nothing), rows and columns;
    ``trail``: seconds and best objective, as the search went on."""

    seconds: float
    worth: float
    gap: float
    rows: int
    columns: int
    trail: tuple[tuple[float, float], ...] = ()

    def reached(self, worth: float) -> float:
        """Seconds until the best plan was worth so much; nan if it never was."""
        return next((at for at, best in self.trail if best >= worth), float("nan"))


def problem(markets: int, scenarios: int, quarters: int | None = None) -> Problem:
    """The Indian app firm with so many candidates, four modes in each market that has as many open."""
    firm = load_firm(EXAMPLE)
    pace = firm.pace.model_copy(update={"candidates": markets, "quarters": quarters or firm.pace.quarters})
    firm = firm.model_copy(update={"pace": pace})
    evidence = load_evidence(user=firm.evidence)
    selection = select_markets(firm, evidence)
    base = ground(firm, evidence, selection, choose_modes(firm, evidence, selection), selection.seed)
    alike = np.ones(base.figures.open.shape)
    return replace(base, profiles=profiles(base.figures, alike, base.rules)).problem(base.scenarios(scenarios))


def ours(p: Problem, limit: float, gap: float = GAP) -> Found:
    """Our solver, until the gap or the clock."""
    start, trail = time.perf_counter(), []

    def watch(seen: Progress) -> bool:
        trail.append((time.perf_counter() - start, -np.inf if seen.best_usd is None else seen.best_usd))
        return True

    found = solve(p, gap=gap, effort=UNHURRIED, time_limit=limit, watch=watch)
    taken = time.perf_counter() - start
    assert found is not None
    trail.append((taken, found.seen.objective))
    solver = begin(p).solver
    return Found(taken, found.seen.objective, found.gap, solver.getNumRow(), solver.getNumCol(), tuple(trail))


# --- the peer -------------------------------------------------------------------------------------------------------


class Matrix:
    """Rows as they come, with their bounds."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.at: list[NDArray[np.intp]] = []
        self.value: list[Floats] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, row: Floats, lower: float, upper: float) -> None:
        at = np.flatnonzero(row)
        self.at.append(at)
        self.value.append(row[at])
        self.lower.append(lower)
        self.upper.append(upper)

    def constraint(self) -> LinearConstraint:
        ends = np.cumsum([0, *(len(at) for at in self.at)])
        data = (np.concatenate(self.value), np.concatenate(self.at), ends)
        return LinearConstraint(csr_array(data, shape=(len(self.at), self.columns)), self.lower, self.upper)


def whole(p: Problem) -> tuple[Floats, Floats, Bounds, LinearConstraint]:
    """Objective to minimise, integrality, bounds and all rows. Columns are ours, then those of the risk measures."""
    v, scenarios = Columns(p), p.scenarios.count
    extra = Risk(v.count, scenarios)
    lower, upper, integral = np.zeros(extra.count), np.ones(extra.count), np.zeros(extra.count)
    seen = begin(p).solver.getLp()
    lower[: v.count], upper[: v.count] = seen.col_lower_, seen.col_upper_
    upper[v.count :] = np.inf
    lower[extra.quantile] = -np.inf
    for name in WHOLE:
        integral[v.span(name)] = 1
    cost = np.zeros(extra.count)
    cost[: v.count] = -objective_of(v) * THOUSAND
    rows = Matrix(extra.count)
    add_families(rows, v)
    add_limits(rows, v)
    add_risk(rows, v, extra)
    return cost, integral, Bounds(lower, upper), rows.constraint()


class Risk:
    """Columns of the risk measures: a quantile for each, and for each scenario how far beyond it, and the shortfall."""

    def __init__(self, first: int, scenarios: int) -> None:
        self.quantile = np.array([first, first + 1])  # of worth, of shortfall
        start = first + 2
        self.worse, self.beyond, self.short = (start + k * scenarios + np.arange(scenarios) for k in range(3))
        self.count = start + 3 * scenarios


def add_families(rows: Matrix, v: Columns) -> None:
    """The rows that our solver begins with too."""
    for name, family in FAMILIES.items():
        if v.p.rules.phases or name not in PHASED:
            part = family(v)
            dense = csr_array((part.value, (part.row, part.column)), shape=(len(part.lower), rows.columns))
            for r in range(len(part.lower)):
                rows.add(dense[[r]].toarray().ravel(), part.lower[r], part.upper[r])


def add_limits(rows: Matrix, v: Columns) -> None:
    """Hours and attention of each quarter in each scenario."""
    for t in range(v.p.rules.window):
        for s in range(v.p.scenarios.count):
            for make in (hours_row, attention_row):
                row, bound = make(v, t, s)
                rows.add(padded(row, rows), -np.inf, bound)


def add_risk(rows: Matrix, v: Columns, extra: Risk) -> None:
    """Worse half and shortfall by the formula of Rockafellar & Uryasev; cash of each quarter in each scenario."""
    p, count = v.p, v.p.scenarios.count
    for s in range(count):
        only = np.eye(1, count, s)[0]
        row = padded(worth_of(v, only), rows) * THOUSAND
        row[extra.worse[s]], row[extra.quantile[0]] = 1.0, -1.0
        rows.add(row, 0.0, np.inf)  # beyond ≥ quantile − worth
        for t in range(p.rules.window):
            row = padded(cash_of(v, t, only), rows) * THOUSAND
            row[extra.short[s]] = 1.0
            rows.add(row, (p.rules.floor - p.rules.cash) * THOUSAND, np.inf)  # short ≥ floor − cash
        row = np.zeros(rows.columns)
        row[v.at("breaks", s)], row[extra.short[s]] = most_missing(p) * THOUSAND, -1.0
        rows.add(row, 0.0, np.inf)  # short only where the floor may break
        row = np.zeros(rows.columns)
        row[extra.beyond[s]], row[extra.quantile[1]], row[extra.short[s]] = 1.0, 1.0, -1.0
        rows.add(row, 0.0, np.inf)  # beyond ≥ short − quantile
    row = np.zeros(rows.columns)
    row[v.at("worse", 0)], row[extra.quantile[0]], row[extra.worse] = THOUSAND, -1.0, 1.0 / (0.5 * count)
    rows.add(row, -np.inf, 0.0)
    row = np.zeros(rows.columns)
    row[v.at("short", 0)], row[extra.quantile[1]] = THOUSAND, -1.0
    row[extra.beyond] = -1.0 / (p.rules.tail * count)
    rows.add(row, 0.0, np.inf)


def padded(row: Floats, rows: Matrix) -> Floats:
    return np.concatenate([row, np.zeros(rows.columns - len(row))])


@contextmanager
def silent() -> Iterator[None]:
    """The solver inside SciPy writes to the stdout of C: that goes nowhere meanwhile."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def peer(p: Problem, limit: float, gap: float = GAP) -> Found:
    """SciPy's milp on the programme written out; the time to write it down counts."""
    start = time.perf_counter()
    cost, integral, bounds, rows = whole(p)
    left = max(limit - (time.perf_counter() - start), 1.0)
    options: dict[str, Any] = {"time_limit": left, "mip_rel_gap": gap}
    with silent():
        found = milp(cost, integrality=integral, bounds=bounds, constraints=rows, options=options)
    taken = time.perf_counter() - start
    bound = np.inf if found.mip_dual_bound is None else -found.mip_dual_bound / THOUSAND
    worth = -np.inf if found.x is None else judged(p, found.x)
    return Found(taken, worth, proven(bound, worth), *rows.A.shape)


def judged(p: Problem, x: Floats) -> float:
    """Objective of the peer's decisions by our referee; −inf if they break a limit."""
    v = Columns(p)
    choice = choice_of(v, x[: v.count])
    seen = assess(p, choice)
    return -np.inf if broken(p, choice, seen) else seen.objective


def proven(bound: float, worth: float) -> float:
    """The gap as we report it; nan without a plan."""
    return max(bound - worth, 0.0) / max(abs(worth), LEAST) if np.isfinite(worth) else float("nan")


# --- the section ----------------------------------------------------------------------------------------------------


def measure() -> Section:
    """Seconds and proven gap, one run each."""
    rows, notes = [], []
    for markets, scenarios, limit in SIZES:
        p = problem(markets, scenarios)
        size = f"{markets} markets × {p.rules.quarters} quarters × 4 modes × {scenarios} scenarios"
        mine = ours(p, limit)
        theirs = peer(p, limit) if scenarios <= PEER_SCENARIOS else None
        rows += beside(size, mine, theirs)
        notes.append(
            f"{size}, {limit:g} s at most: {words('ours', mine)}{'; ' + words('the peer', theirs) if theirs else ''}."
        )
    asked = f"Gap wanted {GAP:.0%}, one run each; the peer does not say when it found its plan. "
    return Section("Rollout", "python bench/rollout.py", tuple(rows), asked + " ".join(notes))


def beside(size: str, mine: Found, theirs: Found | None) -> list[Row]:
    """Our figures, and the peer's if it was asked."""
    seconds, gap = f"moves chosen, {size}", "proven gap at the end"
    if theirs is None:
        return [Row(seconds, mine.seconds, "s"), Row(gap, 100 * mine.gap, "%")]
    rows = [
        Row(seconds, mine.seconds, "s", "scipy milp", theirs.seconds),
        Row(gap, 100 * mine.gap, "%", "scipy milp", 100 * theirs.gap),
    ]
    if np.isfinite(theirs.worth):
        until = mine.reached(theirs.worth)
        rows.append(Row("until a plan as good as the peer's last", until, "s", "scipy milp", theirs.seconds))
    return rows


def words(name: str, found: Found) -> str:
    """A solver's find in words; ours begins with the rows named here and adds what is broken."""
    worth = f"a plan worth USD {found.worth:,.0f}" if np.isfinite(found.worth) else "no plan"
    return f"{name} {found.rows:,} rows, {found.columns:,} columns, {worth}"


if __name__ == "__main__":
    show([measure()])
