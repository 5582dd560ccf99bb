"""What the owner does on the way: looks at the sales of the quarters before, and stops, switches and starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.outlook.draws import Draws
from beachhead.outlook.schedule import Case, Ints
from beachhead.outlook.state import FAR, STOPPED, YEAR, Pairs, State, joined, leave, pairs, pay, picked
from beachhead.rollout.sales import ramped
from beachhead.rollout.shocks import Singles

ROUNDING = 1e-4  # quarters; less is rounding
TINY = 1e-9  # instead of 0 where something is divided by what a mode sells


def review(case: Case, s: State, q: int) -> None:
    """A presence whose year of sales is below what its review asks for is stopped."""
    at = pairs(s.judge == q)
    stops = seen(s, at, q, case.rules.review_quarters) < case.moves.stop_below[at[0]]
    leave(case, s, picked(at, stops & (s.on[at] > 0.0)), q, STOPPED)


def switch(case: Case, s: State, q: int) -> None:
    """A presence whose sales tell of a potential that pays for the heavier mode goes on in it."""
    turns = case.turns
    j, i = pairs(s.turn == q)
    parent = turns.parent[j], i
    enough = potential_seen(case, s, parent, q) >= turns.if_potential[j]
    j, i = picked((j, i), enough & (s.on[parent] > 0.0))
    old, new = (turns.parent[j], i), (j + case.count, i)
    for x in (s.on, s.begun, s.first, s.part, s.step, s.slope):
        x[new] = x[old]
    s.turned[j, i] = q
    s.rate[new] = s.rate[old] * case.rows.sold[new[0], 0] / np.maximum(case.rows.sold[old[0], 0], TINY)
    s.on[old] = 0.0
    pay(case, s, new, turns.cost[j], q)


def start(case: Case, drawn: Draws, s: State, q: int) -> None:
    """What is planned for this quarter begins, and what has waited, if the gate before it is open now."""
    if q >= case.quarters:
        return
    planned = (case.moves.start == q) & (case.moves.opened_by < 0)
    at = pairs(np.broadcast_to(planned[:, None], s.judge.shape))
    enter(case, drawn, s, joined(at, let_in(case, s, q)), q)


def let_in(case: Case, s: State, q: int) -> Pairs:
    """Those planned by now whose gate has been passed: once its market has sold enough, it stays open."""
    rows = np.flatnonzero(case.moves.opened_by >= 0)
    gates, gate_of = np.unique(case.moves.opened_by[rows], return_inverse=True)
    long = q - s.first[gates] >= case.moves.shows_after[gates, None]
    enough = seen(s, gates, q, case.rules.gate_quarters) >= case.moves.go_above[gates, None]
    s.passed[gates] |= served(case, s, gates) & long & enough
    due = (case.moves.start[rows] <= q)[:, None]
    k, i = pairs(due & (s.begun[rows] == FAR) & s.passed[gates][gate_of])
    return rows[k], i


def enter(case: Case, drawn: Draws, s: State, at: Pairs, q: int) -> None:
    """Presences begin; set-up is paid, less what earlier markets like it save."""
    lead = case.moves.lead[at[0]]
    time = np.where(case.moves.running[at[0]], lead, lead * drawn.late[at])
    begin_sales(case, s, at, (q + time).astype(np.float32), q)
    s.left[at] = np.where(case.moves.running[at[0]], 1.0, case.rules.late(q))
    s.rate[at] *= s.left[at]
    set_dates(case, s, at, q + np.ceil(np.maximum(time - lead, 0.0) - ROUNDING))
    learn(case, s, q)
    pay(case, s, at, case.entry.cost[at[0], 0] * drawn.setup[at] * case.entry.kept[s.had[at]], q)


def begin_sales(case: Case, s: State, at: Pairs, first: Singles, q: int) -> None:
    """The firm is there, and its first sale comes at ``first``."""
    full = np.floor(first)
    s.on[at], s.begun[at], s.first[at], s.part[at] = 1.0, q, first, first - full
    s.step[at] = q + 1 - full.astype(np.intp)
    s.slope[at] = case.ramp.take(s.step[at] - 1, mode="clip")


def set_dates(case: Case, s: State, at: Pairs, begun: Floats) -> None:
    """When the market is judged, and a planned switch decided: by as much later as the first sale is."""
    s.judge[at] = begun + case.moves.review[at[0]]
    j = case.moves.stage[at[0]]
    has = j >= 0
    s.turn[j[has], at[1][has]] = (begun + case.turns.age[j])[has] if has.any() else 0.0


def learn(case: Case, s: State, q: int) -> None:
    """Markets entered ``likeness_lag`` quarters ago make those like them cheaper from now on."""
    known = s.begun[: case.count] == q - case.rules.likeness_lag
    for p in np.flatnonzero(known.any(axis=1) & case.entry.alike.any(axis=0)):
        s.had |= case.entry.alike[:, p, None] * known[p]


def seen(s: State, at: Any, q: int, quarters: int) -> Singles:
    """Sales as a year's rate over the last ``quarters`` in which there were any; 0 before. ``at`` indexes presences."""
    span = np.minimum(q - np.maximum(s.first[at], 0.0), quarters)
    total = sum((x[at] for x in s.recent[-quarters:]), np.zeros_like(span))
    rate: Singles = np.where(span > 0.0, YEAR * total / np.maximum(span, 1e-3), 0.0)
    return rate


def served(case: Case, s: State, at: Ints) -> NDArray[np.bool_]:
    """Whether the firm is in some presences, in the first mode or the one switched to, (k, n)."""
    stage = case.moves.stage[at]
    there = s.on[at] > 0.0
    there[stage >= 0] |= s.on[case.count + stage[stage >= 0]] > 0.0
    return there


def potential_seen(case: Case, s: State, at: Pairs, q: int) -> Floats:
    """Potential (USD a year) that the sales of the last quarters tell of."""
    first = s.first[at].astype(np.float64)
    quarters = case.rules.review_quarters
    made = ramped(case.knots, q - first) - ramped(case.knots, max(q - quarters, 0) - first)
    total = sum((x[at] for x in s.recent[-quarters:]), np.zeros_like(first))
    told: Floats = total / np.maximum(case.rows.sold[at[0], 0] * made, TINY)
    return told
