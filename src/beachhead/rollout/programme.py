"""The programme: columns, and one function for each family of limits. Formulas are in ``docs/methods/rollout.md``.

Cash and risk have a row for every scenario and quarter, or subset of scenarios; they are added when a solution breaks
them (:mod:`beachhead.rollout.solve`), which is exact and keeps the programme small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.rollout.problem import TOLERANCE, Problem, tail_weights, worst_mean
from beachhead.rollout.result import Bools, Ints
from beachhead.rollout.rules import matches

INFINITE = np.inf
NONE = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Columns:
    """Where each kind of variable stands. C courses, D savings by likeness, I automations, N markets, T window.

    ``course`` 0/1 (C,); ``entered`` 0–1 (N, T): a market entered by then; ``like`` 0–1 (3 N, T): a market that shares a
    trait was entered long enough before; ``saving`` 0–1 (D,), of course-group (market, mode, quarter) and trait;
    ``buy`` 0/1 and ``saved`` hours (I, T); ``pilot`` 0/1 (K,): a start (market, quarter, quarters to the first sale) is
    a pilot's; ``settled`` 0–1 (T,): an entry after the pilots sells; ``breaks`` 0/1 (S,): cash may fall below the floor
    in that scenario; ``worse``: mean of the worse half; ``short``: mean shortfall in the tail; ``slack`` (3,): cash,
    hours and launches beyond the limits, 0 unless a conflict is being measured.
    """

    p: Problem

    @cached_property
    def groups(self) -> tuple[Ints, Ints]:
        """Savings (D, 4): market, mode, quarter, trait; and each course's row there by trait (C, 3), −1 none."""
        c, f = self.p.courses, self.p.figures
        can = f.alike.any(axis=1) & ~f.held
        key: dict[tuple[int, int, int, int], int] = {}
        of_course = np.full((len(c), 3), -1, dtype=np.intp)
        for j in np.flatnonzero(~c.running):
            for g in np.flatnonzero(can[c.market[j]]):
                if c.start[j] >= self.p.rules.likeness_lag:
                    group = (int(c.market[j]), int(c.mode[j]), int(c.start[j]), int(g))
                    of_course[j, g] = key.setdefault(group, len(key))
        return np.array(list(key), dtype=np.intp).reshape(-1, 4), of_course

    @cached_property
    def pilots(self) -> tuple[Ints, Ints]:
        """Starts that may be a pilot's (K, 3): market, quarter, quarters to the first sale; and of each course its row
        there, −1 none (C,)."""
        c, prep = self.p.courses, self.p.courses.of.prep[self.p.courses.profile]
        able = ~c.running & self.p.figures.accessible[c.market]
        keys = np.column_stack([c.market, c.start, prep])[able]
        table, row = np.unique(keys, axis=0, return_inverse=True)
        of_course = np.full(len(c), -1, dtype=np.intp)
        of_course[able] = row.ravel()
        return table.reshape(-1, 3), of_course

    @cached_property
    def offsets(self) -> dict[str, tuple[int, int]]:
        """First column and number of columns of each kind."""
        n, t, i = len(self.p.figures.markets), self.p.rules.window, len(self.p.automations)
        sizes = {
            "course": len(self.p.courses),
            "entered": n * t,
            "like": 3 * n * t,
            "saving": len(self.groups[0]),
            "buy": i * t,
            "saved": i * t,
            "pilot": len(self.pilots[0]),
            "settled": t,
            "breaks": self.p.scenarios.count,
            "worse": 1,
            "short": 1,
            "slack": 3,
        }
        at, found = 0, {}
        for name, size in sizes.items():
            found[name] = (at, size)
            at += size
        return found

    @property
    def count(self) -> int:
        """Number of all columns."""
        return sum(size for _, size in self.offsets.values())

    def at(self, name: str, *index: Ints | int) -> Ints:
        """Columns of a kind at (row, quarter), or at an index."""
        first, _ = self.offsets[name]
        if len(index) == 2:
            return np.asarray(first + np.asarray(index[0]) * self.p.rules.window + np.asarray(index[1]))
        return np.asarray(first + np.asarray(index[0]))

    def span(self, name: str) -> Ints:
        """All columns of a kind."""
        first, size = self.offsets[name]
        return np.arange(first, first + size)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of one family: entries (row, column, value) and bounds of each row."""

    row: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats


class Sheet:
    """Collects rows entry by entry."""

    def __init__(self) -> None:
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Floats] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, lower: float, upper: float, *terms: tuple[Ints, Floats | float]) -> None:
        """One row: Σ value × column within the bounds."""
        row = len(self.lower)
        for column, value in terms:
            columns = np.atleast_1d(column)
            self._row.append(np.full(len(columns), row, dtype=np.intp))
            self._column.append(columns)
            self._value.append(np.broadcast_to(np.asarray(value, dtype=float), columns.shape))
        self.lower.append(lower)
        self.upper.append(upper)

    def rows(self) -> Rows:
        """What was collected."""
        if not self._row:
            return Rows(NONE, NONE, np.empty(0), np.array(self.lower), np.array(self.upper))
        row, column, value = np.concatenate(self._row), np.concatenate(self._column), np.concatenate(self._value)
        return Rows(row, column, value, np.array(self.lower), np.array(self.upper))


def one_course(v: Columns) -> Rows:
    """A market is taken on in one way at most; one where the firm sells, in exactly one (going on, or leaving)."""
    sheet, c = Sheet(), v.p.courses
    for i in range(len(v.p.figures.markets)):
        of = np.flatnonzero(c.market == i)
        if len(of):
            sheet.add(1.0 if c.running[of[0]] else 0.0, 1.0, (v.at("course", of), 1.0))
    return sheet.rows()


def launches_at_once(v: Columns) -> Rows:
    """In every quarter: markets being launched ≤ the number the owner allows."""
    sheet, launch = Sheet(), v.p.courses.launch
    for t in range(v.p.rules.window):
        use = np.flatnonzero(launch[:, t])
        sheet.add(-INFINITE, v.p.rules.launches, (v.at("course", use), launch[use, t]), (v.at("slack", 2), -1.0))
    return sheet.rows()


def attention_row(v: Columns, t: int, s: int) -> tuple[Floats, float]:
    """Row ≤ bound: attention of launches and running markets in quarter t of scenario s ≤ what the management has.

    Points that are whole multiples of a running market's are counted in these: a part of one is of no use.
    """
    row, unit, capacity = np.zeros(v.count), v.p.rules.attention_run, v.p.rules.attention
    row[v.span("course")] = v.p.courses.attention[:, t, s]
    whole = unit > 0.0 and abs(v.p.rules.attention_launch / unit - round(v.p.rules.attention_launch / unit)) < 1e-9
    return (row / unit, float(np.floor(capacity / unit + 1e-9))) if whole else (row, capacity)


def hours_row(v: Columns, t: int, s: int) -> tuple[Floats, float]:
    """Row ≤ bound: hours in quarter t of scenario s − hours saved by automation ≤ hours for exports, all of them."""
    p, row = v.p, np.zeros(v.count)
    row[v.span("course")] = p.courses.hours[:, t, s]
    row[v.at("saved", np.arange(len(p.automations)), t)] = -1.0
    row[v.at("slack", 1)] = -1.0
    return row, p.rules.hours + TOLERANCE


def staff_hours(v: Columns) -> Rows:
    """In every quarter: mean hours − hours saved by automation ≤ hours for exports less what is kept for surprises."""
    sheet, p = Sheet(), v.p
    need, machines = p.courses.hours.mean(axis=2), np.arange(len(p.automations))
    for t in range(p.rules.window):
        use, saved = np.flatnonzero(need[:, t]), v.at("saved", machines, t)
        used = (v.at("course", use), need[use, t]), (saved, -1.0), (v.at("slack", 1), -1.0)
        sheet.add(-INFINITE, p.rules.hours_planned + TOLERANCE, *used)
    return sheet.rows()


def automation(v: Columns) -> Rows:
    """Hours saved ≤ share × the area's mean hours, and nothing before the investment is made and built; bought once."""
    sheet, p = Sheet(), v.p
    largest = area_at_most(p)
    for i, machine in enumerate(p.automations):
        need = p.courses.by_area[:, p.area_of[i]]
        most = machine.saves * largest[p.area_of[i]]
        for t in range(p.rules.window):
            use = np.flatnonzero(need[:, t])
            saved = v.at("saved", i, t)
            sheet.add(-INFINITE, 0.0, (saved, 1.0), (v.at("course", use), -machine.saves * need[use, t]))
            built = v.at("buy", i, np.arange(max(t - machine.build_quarters + 1, 0)))
            sheet.add(-INFINITE, 0.0, (saved, 1.0), (built, -most))
        sheet.add(-INFINITE, 1.0, (v.at("buy", i, np.arange(p.rules.quarters)), 1.0))
    return sheet.rows()


def area_at_most(p: Problem) -> Floats:
    """Mean hours that an area can take in any plan, (5,): its largest part in the net hours of any course, of the
    capacity."""
    kept = np.ones(p.courses.by_area.shape[1])
    for i, machine in enumerate(p.automations):
        kept[p.area_of[i]] -= machine.saves
    net = np.einsum("cat,a->ct", p.courses.by_area, np.maximum(kept, 0.05))
    part = p.courses.by_area / np.maximum(net, 1e-9)[:, None]
    found: Floats = np.where(net[:, None] > 0, part, 0.0).max(axis=(0, 2), initial=0.0) * p.rules.hours_planned
    return found


def likeness(v: Columns) -> Rows:
    """A saving ≤ the course is taken then, and ≤ some market that shares the trait was entered early enough before."""
    sheet, f, lag = entries(v), v.p.figures, v.p.rules.likeness_lag
    table, of_course = v.groups
    for d, (_, _, _, g) in enumerate(table):
        sheet.add(
            -INFINITE, 0.0, (v.at("saving", d), 1.0), (v.at("course", np.flatnonzero(of_course[:, g] == d)), -1.0)
        )
    for i, t, g in sorted({(int(i), int(t), int(g)) for i, _, t, g in table}):
        like, same = v.at("like", 3 * i + g, t), (table[:, [0, 2, 3]] == (i, t, g)).all(axis=1)
        sheet.add(-INFINITE, 0.0, (v.at("saving", np.flatnonzero(same)), 1.0), (like, -1.0))
        before = v.at("entered", np.flatnonzero(f.alike[i, :, g]), t - lag)
        sheet.add(-INFINITE, 0.0, (like, 1.0), (before, -1.0))
    return sheet.rows()


def entries(v: Columns) -> Sheet:
    """Which market has been entered by when: entered(i, t) = entered(i, t − 1) + courses of i that start in t."""
    sheet, starts = Sheet(), _starts(v)
    for i in range(len(v.p.figures.markets)):
        for t in range(v.p.rules.quarters):
            before = v.at("entered", i, np.arange(max(t - 1, 0), t))
            now = v.at("entered", i, t)
            sheet.add(0.0, 0.0, (now, 1.0), (before, -1.0), (v.at("course", starts[i][t]), -1.0))
    return sheet


def _starts(v: Columns) -> list[list[Ints]]:
    """Courses that enter market i in quarter t."""
    c = v.p.courses
    quarters, markets = range(v.p.rules.quarters), range(len(v.p.figures.markets))
    return [[np.flatnonzero(~c.running & (c.market == i) & (c.start == t)) for t in quarters] for i in markets]


def most_markets(v: Columns) -> Rows:
    """New markets ≤ the number the owner allows."""
    sheet = Sheet()
    sheet.add(-INFINITE, float(v.p.rules.most), (v.at("course", np.flatnonzero(~v.p.courses.running)), 1.0))
    return sheet.rows()


def pilots(v: Columns) -> Rows:
    """Pilots are starts in accessible markets, and no more than the owner allows."""
    sheet, (table, of_course) = Sheet(), v.pilots
    for k in range(len(table)):
        sheet.add(-INFINITE, 0.0, (v.at("pilot", k), 1.0), (v.at("course", np.flatnonzero(of_course == k)), -1.0))
    sheet.add(-INFINITE, float(v.p.rules.pilots), (v.span("pilot"), 1.0))
    return sheet.rows()


def after_pilots(v: Columns) -> Rows:
    """A start that is no pilot's needs a pilot nearby whose gate has passed, or a market there in which the firm sells
    already (then it is regional), or an entry after the pilots that sells (then it may be global)."""
    sheet, p, c = Sheet(), v.p, v.p.courses
    table, starts = v.pilots[0], _starts(v)
    stays = c.running & ~c.of.leaves[c.profile]
    for i in range(len(p.figures.markets)):
        near = np.flatnonzero(p.figures.region[i])
        for t in range(p.rules.quarters):
            own = np.flatnonzero((table[:, 0] == i) & (table[:, 1] == t))
            gates = np.isin(table[:, 0], near) & (table[:, 1] + table[:, 2] + p.rules.gate_quarters <= t)
            sold = stays & np.isin(c.market, near) & (c.gate <= t)
            sheet.add(
                -INFINITE,
                0.0,
                (v.at("course", starts[i][t]), 1.0),
                (v.at("pilot", own), -1.0),
                (v.at("pilot", np.flatnonzero(gates)), -1.0),
                (v.at("course", np.flatnonzero(sold)), -1.0),
                (v.at("settled", t), -1.0),
            )
    return sheet.rows()


def global_after_region(v: Columns) -> Rows:
    """Settled by t ≤ entries after the pilots whose first sale is due by t. The first such entry is regional, since
    nothing is settled before it; so a global one always follows a region."""
    sheet, p, c = Sheet(), v.p, v.p.courses
    table, sells = v.pilots[0], v.p.courses.start + v.p.courses.of.prep[v.p.courses.profile]
    for t in range(p.rules.quarters):
        due = np.flatnonzero(~c.running & (sells <= t))
        piloted = np.flatnonzero(table[:, 1] + table[:, 2] <= t)
        sheet.add(-INFINITE, 0.0, (v.at("settled", t), 1.0), (v.at("course", due), -1.0), (v.at("pilot", piloted), 1.0))
    return sheet.rows()


def floor_breaks(v: Columns) -> Rows:
    """Scenarios in which cash may fall below the floor ≤ the share allowed; which row of which scenario is added when
    broken: cash(t, s) + B × breaks(s) ≥ floor."""
    sheet, p = Sheet(), v.p
    allowed = np.floor(p.rules.floor_risk * p.scenarios.count + 1e-9)
    sheet.add(-INFINITE, float(allowed), (v.span("breaks"), 1.0))
    return sheet.rows()


def wishes(v: Columns) -> Rows:
    """A pinned or committed start must be made."""
    sheet = Sheet()
    for fits in pinned(v.p):
        sheet.add(1.0, INFINITE, (v.at("course", np.flatnonzero(fits)), 1.0))
    return sheet.rows()


def pinned(p: Problem) -> list[np.ndarray]:
    """For every pin, the courses that fulfil it, (C,) each."""
    market, mode, then = codes(p)
    stays = ~p.courses.of.leaves[p.courses.profile]
    start = np.where(p.courses.running, 0, p.courses.start)
    fits = []
    for wish in p.rules.pins:
        either = matches(wish, market, mode, start) | (p.courses.running & matches(wish, market, then, start))
        fits.append(either & stays)
    return fits


def kept_wishes(p: Problem, taken: Ints) -> bool:
    """Whether the courses taken fulfil every pin and none is forbidden."""
    return all(fits[taken].any() for fits in pinned(p)) and not forbidden(p)[taken].any()


def forbidden(p: Problem) -> np.ndarray:
    """Courses that may not be taken, (C,): what a forbid rules out, and leaving a market that pays.

    Going on in a market where the firm sells cannot be forbidden, its heavier modes can.
    """
    market, mode, then = codes(p)
    out = np.zeros(len(p.courses), dtype=bool)
    out |= p.courses.of.leaves[p.courses.profile] & ~better_left(p)[p.courses.market]
    for wish in p.rules.forbids:
        out |= ~p.courses.running & matches(wish, market, mode, p.courses.start)
        out |= (then != "") & (wish.quarter is None) & matches(wish, market, then, p.courses.start)
    return out


def better_left(p: Problem) -> Bools:
    """Markets where the firm sells but leaving now is worth more than going on as now, (N,): no other may be left."""
    c = p.courses
    plain = c.running & (c.of.then[c.profile] < 0)
    worth = np.full((2, len(p.figures.markets)), np.nan)
    for j in np.flatnonzero(plain):
        both = (1.0 - p.rules.downside) * c.value[j].mean() + p.rules.downside * worst_mean(c.value[j], 0.5)
        worth[int(c.of.leaves[c.profile[j]]), c.market[j]] = both
    return np.asarray(worth[1] > worth[0])


def codes(p: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Market, mode and later mode ('' none) of each course as ids, (C,) each."""
    from beachhead.enter.modes import MODES

    names = np.array([*MODES, ""])
    c = p.courses
    return np.array(p.figures.markets)[c.market], names[c.mode], names[c.of.then[c.profile]]


FAMILIES: dict[str, Callable[[Columns], Rows]] = {
    "one_course": one_course,
    "launches": launches_at_once,
    "hours": staff_hours,
    "automation": automation,
    "likeness": likeness,
    "most": most_markets,
    "pilots": pilots,
    "after_pilots": after_pilots,
    "global": global_after_region,
    "floor": floor_breaks,
    "wishes": wishes,
}
PHASED = ("pilots", "after_pilots", "global")


def worth_of(v: Columns, weight: Floats) -> Floats:
    """Coefficients of Σ weight × worth over the scenarios, (columns,); ``weight`` (S,)."""
    p = v.p
    row = np.zeros(v.count)
    row[v.span("course")] = p.courses.value @ weight
    row[v.span("saving")] = savings(v, weight) * p.discount[v.groups[0][:, 2]]
    total = weight.sum()
    for i, machine in enumerate(p.automations):
        t = np.arange(p.rules.window)
        upkeep = np.array([machine.upkeep_usd_quarter * p.discount[q:].sum() for q in t])
        row[v.at("buy", i, t)] = -total * (machine.cost_usd * p.discount + upkeep)
    return row


def savings(v: Columns, weight: Floats) -> Floats:
    """Σ weight × saving of each group, (D,): equal for all courses of a group."""
    table, of_course = v.groups
    each = v.p.saving @ weight
    found = np.zeros(len(table))
    for g in range(3):
        has = of_course[:, g] >= 0
        found[of_course[has, g]] = each[has, g]
    return found


def cash_of(v: Columns, t: int, weight: Floats) -> Floats:
    """Coefficients of Σ weight × cash at the end of quarter t, less the cash at hand, over scenarios, (columns,)."""
    p = v.p
    row = np.zeros(v.count)
    row[v.span("course")] = p.courses.cash[:, t] @ weight
    row[v.span("saving")] = savings(v, weight) * (v.groups[0][:, 2] <= t)
    for i, machine in enumerate(p.automations):
        q = np.arange(t + 1)
        row[v.at("buy", i, q)] = -weight.sum() * (machine.cost_usd + machine.upkeep_usd_quarter * (t - q + 1))
    row[v.at("slack", 0)] = weight.sum()
    return row


def worse_half_cut(v: Columns, value: Floats) -> Floats:
    """Row ≤ 0: worse ≤ mean worth of the half of the scenarios that is worse under ``value`` (S,)."""
    weight = np.zeros(len(value))
    weight[np.argsort(value, kind="stable")] = tail_weights(len(value), 0.5)
    row = -worth_of(v, weight)
    row[v.at("worse", 0)] = 1.0
    return row


def shortfall_cut(v: Columns, cash: Floats) -> tuple[Floats, float]:
    """Row ≥ bound: short ≥ mean shortfall of the tail that is worst under ``cash``, each at its worst quarter."""
    p = v.p
    lowest = cash.argmin(axis=0)
    short = np.maximum(p.rules.floor - cash.min(axis=0), 0.0)
    weight = np.zeros(len(short))
    weight[np.argsort(-short, kind="stable")] = tail_weights(len(short), p.rules.tail)
    weight = np.where(short > 0.0, weight, 0.0)
    row = sum((cash_of(v, t, weight * (lowest == t)) for t in np.unique(lowest[weight > 0])), np.zeros(v.count))
    row[v.at("short", 0)] = 1.0
    return row, float(weight.sum() * (p.rules.floor - p.rules.cash))


def floor_cut(v: Columns, t: int, s: int, most: float) -> tuple[Floats, float]:
    """Row ≥ bound: cash(t, s) + most × breaks(s) ≥ floor."""
    weight = np.zeros(v.p.scenarios.count)
    weight[s] = 1.0
    row = cash_of(v, t, weight)
    row[v.at("breaks", s)] = most
    return row, v.p.rules.floor - TOLERANCE - v.p.rules.cash
