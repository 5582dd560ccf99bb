"""A rollout as lanes over time, for every picture of it: one lane per market, with bars, gates and purchases.

Time counts in quarters from the plan's first; a bar from 0 to 1 fills the first quarter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from beachhead.quarters import quarter_number
from beachhead.rollout.result import PHASES, Move, Phase, Rollout

State = Literal["set-up", "sells", "may change"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of one market in one mode. ``may change``: a heavier mode, if the sales are there."""

    market: str
    mode: str
    phase: Phase
    state: State
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in time: a gate (pilot, review) of a market, or something bought (its name in place of the market)."""

    row: str
    kind: Literal["pilot", "review", "purchase"]
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Lanes in the order of phases, within a phase of time. ``length``: quarters of the plan."""

    markets: tuple[str, ...]
    bars: tuple[Bar, ...]
    gates: tuple[Mark, ...]
    purchases: tuple[Mark, ...]
    length: int


def lanes(rollout: Rollout, ranked: tuple[str, ...]) -> Lanes:
    """The lanes of a rollout; ``ranked`` are the markets of its selection, which its presences count by row."""
    first, length = quarter_number(rollout.quarters[0]), len(rollout.quarters)
    moves = sorted((m for m in rollout.moves if m.kind != "leave"), key=lambda m: quarter_number(m.quarter))
    opening = sorted((m for m in moves if m.kind != "switch"), key=lambda m: PHASES.index(m.phase))
    markets = tuple(dict.fromkeys(m.market for m in [*opening, *moves]))
    bars = [bar for market in markets for bar in _bars(rollout, ranked, [m for m in moves if m.market == market])]
    gates = [Mark(g.market, g.kind, quarter_number(g.quarter) - first + 0.5) for g in rollout.gates]
    bought = [Mark(a.name, "purchase", quarter_number(a.quarter) - first + 0.5) for a in rollout.automation]
    return Lanes(
        markets, tuple(bars), tuple(g for g in gates if g.row in markets and g.at < length), tuple(bought), length
    )


def _bars(rollout: Rollout, ranked: tuple[str, ...], moves: list[Move]) -> list[Bar]:
    """Bars of one market: each mode until the next is due, or to the end of the plan."""
    out, length, first = [], float(len(rollout.quarters)), quarter_number(rollout.quarters[0])
    starts = [float(quarter_number(m.quarter) - first) for m in moves]
    for move, start, end in zip(moves, starts, [*starts[1:], length], strict=True):
        sale = min(end, first_sale(rollout, ranked, move)) if move.kind == "enter" else start
        state: State = "may change" if move.kind == "switch" else "sells"
        if sale > start:
            out.append(Bar(move.market, move.mode, move.phase, "set-up", start, sale))
        if end > sale:
            out.append(Bar(move.market, move.mode, move.phase, state, sale, end))
    return out


def first_sale(rollout: Rollout, ranked: tuple[str, ...], move: Move) -> float:
    """When an entry first sells: as its presence has it, within the quarter; else at the quarter's beginning."""
    first = quarter_number(rollout.quarters[0])
    exact = [p.first_sale for p in rollout.presences if ranked[p.row] == move.market and not p.running]
    return max(quarter_number(move.quarter) - first, exact[0] if exact else quarter_number(move.first_sale) - first)
