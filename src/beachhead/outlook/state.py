"""What changes from quarter to quarter on a chunk of paths, and the few ways in which it is changed.

n paths side by side, P presences, R rows (see :mod:`beachhead.outlook.schedule`). Most is ``float32``: its rounding
(1 in 10⁷) is nothing beside the spread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.outlook.draws import Draws
from beachhead.outlook.schedule import Case, Ints
from beachhead.rollout.shocks import Singles

FAR = 1_000_000  # a quarter that never comes
YEAR = 4  # quarters
STOPPED, FORCED = range(2)
Pairs = tuple[Ints, Ints]  # rows and paths of single presences


@dataclass(slots=True, eq=False)
class State:
    """What changes from quarter to quarter; all (R, n) unless said. The one thing here that is changed in place.

    ``on``: 1 where the firm is; ``begun``: quarter of the start; ``first``: of the first sale, not rounded, whose part
    of a quarter is ``part``; ``step``: index into the ramp, and ``slope`` the ramp of the quarter before.
    Of the year: ``rate`` sales a quarter at maturity, ``receipt`` and ``income`` per USD of sales. ``patience`` (P, n).
    ``judge`` (P, n): quarter of the review; ``turn`` (R − P, n): of the planned switch, and ``turned``: in which it was
    made. ``left`` (P, n): share of the potential left to who comes so late; ``had`` (P, n): traits that earlier markets
    share, as bits; ``passed`` (P, n): whether its gate has ever been passed. ``worth``: discounted.
    ``recent``: sales of the last quarters by presence, (P, n) each. ``out``
    (2, n): paid once in this quarter, by all and by those that ran before. ``ended`` (2,): presences, by cause.
    """

    on: Singles
    begun: Singles
    first: Singles
    part: Singles
    step: Ints
    slope: Singles
    patience: Singles
    judge: Singles
    turn: Singles
    turned: Ints
    left: Singles
    had: NDArray[np.uint8]
    passed: NDArray[np.bool_]
    worth: Singles
    out: Floats
    ended: Floats
    rate: Singles = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    receipt: Singles = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    income: Singles = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    recent: list[Singles] = field(default_factory=list)


def begin(case: Case, drawn: Draws) -> State:
    """Before the first quarter: nothing has begun."""
    rows, (p, n) = len(case.rows.parent), drawn.late.shape

    def full(count: int, value: float) -> Singles:
        return np.full((count, n), value, dtype=np.float32)

    return State(
        on=full(rows, 0.0),
        begun=full(rows, FAR),
        first=full(rows, FAR),
        part=full(rows, 0.0),
        step=np.full((rows, n), -FAR, dtype=np.intp),
        slope=full(rows, 0.0),
        patience=drawn.patience.copy(),
        judge=full(p, FAR),
        turn=full(rows - p, FAR),
        turned=np.full((rows - p, n), FAR, dtype=np.intp),
        left=full(p, 1.0),
        had=np.repeat(case.entry.held[:, None], n, axis=1),
        passed=np.zeros((p, n), dtype=bool),
        worth=full(rows, 0.0),
        out=np.zeros((2, n)),
        ended=np.zeros(2),
    )


def pay(case: Case, s: State, at: Pairs, usd: Floats, q: int) -> None:
    """Something is paid once, by single presences; it counts in their worth while their horizon lasts."""
    usd = np.asarray(usd, dtype=np.float64)
    ran = case.moves.running[case.rows.parent[at[0]]]
    for kind, weights in enumerate((usd, usd * ran)):
        s.out[kind] += np.bincount(at[1], weights=weights, minlength=s.out.shape[1])
    s.worth[at] -= case.discount[q] * usd * (s.begun[at] > q - case.horizon)


def leave(case: Case, s: State, at: Pairs, q: int, cause: int) -> None:
    """Presences end, and pay for it."""
    pay(case, s, at, case.rows.leave[at[0], 0], q)
    s.on[at], s.patience[case.rows.parent[at[0]], at[1]] = 0.0, np.inf
    if q < case.quarters:
        s.ended[cause] += len(at[0])


def by_row(case: Case, x: Singles) -> Singles:
    """What is known by presence, (P, n), for every row; rows of a switch are like their presence."""
    return x if len(case.rows.parent) == len(x) else x[case.rows.parent]


def by_presence(case: Case, x: Singles) -> Singles:
    """Rows (R, n) as presences (P, n): what a presence became by a switch is added to it."""
    if len(x) == case.count:
        return x
    whole = x[: case.count].copy()
    whole[case.turns.parent] += x[case.count :]
    return whole


def pairs(mask: NDArray[np.bool_]) -> Pairs:
    """Row and path of everything that is true in (rows, n)."""
    flat = np.flatnonzero(mask.ravel())
    n = max(mask.shape[1], 1)
    return flat // n, flat % n


def picked(at: Pairs, which: NDArray[np.bool_]) -> Pairs:
    """Some of the pairs."""
    return at[0][which], at[1][which]


def joined(a: Pairs, b: Pairs) -> Pairs:
    """Both lists of pairs in one."""
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]])
