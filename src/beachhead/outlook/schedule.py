"""What is simulated: the ground that no pace changes, the schedule of moves, and both as rows of numbers.

A *row* is a presence of the plan or, after all presences, what one becomes by its planned switch of mode. P presences,
R rows, T quarters of the plan. Columns (R, 1) stand beside paths (R, n).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.enter.ramp import quarterly_ramp
from beachhead.enter.tables import number, number_sd
from beachhead.evidence.model import Floats
from beachhead.outlook.hazard import Hazard
from beachhead.rollout.figures import Figures
from beachhead.rollout.result import PHASES, Bools, Presence
from beachhead.rollout.rules import Rules
from beachhead.rollout.sales import cumulative_ramp, discounting
from beachhead.rollout.shocks import History, Singles
from beachhead.rollout.tables import AREAS, Automation

Ints = NDArray[np.intp]
Bits = NDArray[np.uint8]
TRAIT_BITS = np.array([1, 2, 4], dtype=np.uint8)  # geography, language, income


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What no pace changes. ``figures`` and ``history`` have the presences' markets, in their order; ``rules`` hold
    cash and limits. ``elsewhere``: markets that the firm serves beside the plan; ``leaving``: what it pays in the first
    quarter to leave others, USD."""

    figures: Figures
    history: History
    assumed: Assumptions
    hazard: Hazard
    rules: Rules
    elsewhere: int
    leaving: float


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The moves: presences, automation with the quarter in which it is bought, and how many quarters are planned."""

    presences: tuple[Presence, ...]
    bought: tuple[tuple[Automation, int], ...]
    quarters: int


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """The presences, each (P,): fields of :class:`Presence`; ``lead``: quarters from the start to the first sale, below
    0 where it runs; ``shows_after``: quarters of sales after which its gate can open; ``stage``: which of the planned
    switches is its own, −1 none; ``hard`` (P, 1)."""

    start: Ints
    running: Bools
    lead: Floats
    review: Ints
    stop_below: Floats
    go_above: Floats
    shows_after: Ints
    opened_by: Ints
    stage: Ints
    hard: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """The planned switches, each (R − P,): ``parent`` presence, ``age`` at which it is decided, ``if_potential``,
    ``cost`` of it with leaving the old mode; ``learning`` (R − P, 1): what of the ramp carries over."""

    parent: Ints
    age: Ints
    if_potential: Floats
    cost: Floats
    learning: Singles


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Money and hours by row. Columns (R, 1): ``sold`` sales a quarter per USD of potential, ``gross`` receipts and
    ``goods`` outlay per USD of sales; ``fixed`` and ``running`` (with staff) a quarter, ``leave`` once.

    ``parent`` (R,): its presence. ``hours`` (T, R, 1) after automation and ``saved_usd`` (T, R, 1), what that saves.
    ``ran``: rows of presences that run already. ``delays`` (G,): quarters that customers take to pay, none where
    they pay for sales before the plan; ``paying``: the rows of each, which ran before or not (``paid_before``).
    """

    parent: Ints
    sold: Singles
    gross: Singles
    goods: Singles
    fixed: Singles
    running: Singles
    leave: Singles
    hours: Singles
    saved_usd: Singles
    ran: Ints
    delays: Floats
    paid_before: Bools
    paying: tuple[Ints, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """Set-up: ``cost`` (P, 1) before likeness, ``sd`` (P, 1) of its logarithm, ``hours_sd`` (P, 1) of that of hours.

    ``held`` (P,) and ``alike`` (P row's market, P column's): traits as bits; ``kept`` (8,): what is left of the cost.
    """

    cost: Singles
    sd: Singles
    hours_sd: Singles
    held: Bits
    alike: Bits
    kept: Singles


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Ground and schedule as numbers.

    ``quarters`` T; ``horizon``: over which a presence is judged; ``end``: quarters simulated. ``spent`` (T,) whatever
    becomes of the markets. ``ramp``: mature quarters sold by quarter of tenure, after a 0; ``knots``: their sum.
    ``discount`` (end,). ``hazards`` (6, 72): a quarter's hazard by year of tenure and standing. ``recourse``: the owner
    decides on the way.
    """

    ground: Ground
    quarters: int
    horizon: int
    end: int
    moves: Moves
    turns: Turns
    rows: Rows
    entry: Entry
    spent: Floats
    ramp: Singles
    knots: Floats
    discount: Floats
    hazards: Singles
    recourse: bool

    @property
    def count(self) -> int:
        """P."""
        return len(self.moves.start)

    @property
    def rules(self) -> Rules:
        """Limits and spans."""
        return self.ground.rules

    @property
    def memory(self) -> int:
        """Quarters of sales that anyone looks back on: the owner, and the hazard, which goes by the year."""
        return max(self.rules.review_quarters, self.rules.gate_quarters, 4)

    @property
    def years(self) -> int:
        """Years that are simulated."""
        return -(-self.end // 4)


def case(ground: Ground, schedule: Schedule, *, recourse: bool = True) -> Case:
    """The numbers of a schedule. Without recourse nothing is decided on the way: no review, no gate, no switch."""
    assumed, presences = ground.assumed, schedule.presences
    turns = planned_turns(ground.figures, presences if recourse else (), assumed)
    end = schedule.quarters + ground.rules.horizon - 1
    ramp = ramp_by_quarter(assumed, end + longest(presences))
    return Case(
        ground=ground,
        quarters=schedule.quarters,
        horizon=ground.rules.horizon,
        end=end,
        moves=planned_moves(ground, presences, turns, recourse),
        turns=turns,
        rows=rows(ground, schedule, turns),
        entry=entry(ground.figures, presences),
        spent=spent_at_once(ground, schedule),
        ramp=ramp,
        knots=cumulative_ramp(assumed, len(ramp)),
        discount=discounting(assumed, end),
        hazards=(-np.log1p(-ground.hazard.table) / 4.0).reshape(6, 72).astype(np.float32),
        recourse=recourse,
    )


def column(x: Floats) -> Singles:
    """(R,) as a column (R, 1) that stands beside paths (R, n)."""
    return np.asarray(x, dtype=np.float32)[:, None]


def whole(values: list[int]) -> Ints:
    """Numbers, indices or quarters, of every presence."""
    return np.array(values, dtype=np.intp)


def planned_moves(ground: Ground, presences: tuple[Presence, ...], turns: Turns, recourse: bool) -> Moves:
    """The presences as arrays."""
    stage = np.full(len(presences), -1, dtype=np.intp)
    stage[turns.parent] = np.arange(len(turns.parent))
    return Moves(
        start=whole([p.start for p in presences]),
        running=np.array([p.running for p in presences], dtype=bool),
        lead=np.array([p.first_sale - p.start for p in presences], dtype=float),
        review=whole([p.review for p in presences]),
        stop_below=np.array([p.stop_below if recourse else -np.inf for p in presences], dtype=float),
        go_above=np.array([p.go_above for p in presences], dtype=float),
        shows_after=whole([shows_after(p, ground.rules) for p in presences]),
        opened_by=whole([p.opened_by if recourse else -1 for p in presences]),
        stage=stage,
        hard=~ground.figures.accessible[:, None],
    )


def shows_after(p: Presence, rules: Rules) -> int:
    """Quarters of sales that must be seen before a presence opens others: a regional one need only sell."""
    return 0 if p.phase == PHASES.index("regional") else rules.gate_quarters


def planned_turns(f: Figures, presences: tuple[Presence, ...], assumed: Assumptions) -> Turns:
    """The switches that are planned."""
    parent = whole([i for i, p in enumerate(presences) if p.then >= 0])
    old, new = whole([presences[i].mode for i in parent]), whole([presences[i].then for i in parent])
    return Turns(
        parent=parent,
        age=whole([presences[i].switch for i in parent]),
        if_potential=np.array([presences[i].if_potential for i in parent], dtype=float),
        cost=f.switch[parent, new] + f.leave[parent, old],
        learning=column(number("learning", assumed)[old]),
    )


def rows(ground: Ground, schedule: Schedule, turns: Turns) -> Rows:
    """Presences, then what the planned switches make of them."""
    f, first = ground.figures, [p.mode for p in schedule.presences]
    at = np.append(np.arange(len(first)), turns.parent).astype(np.intp)
    mode = whole(first + [schedule.presences[i].then for i in turns.parent])
    hours, saved = hours_needed(f.hours[at, mode], schedule)
    ran = np.array([schedule.presences[i].running for i in at], dtype=bool)
    delay = np.where(ran & (np.arange(len(at)) < len(first)), 0.0, f.delay[mode])  # they pay for what was before
    groups = sorted(set(zip(delay.tolist(), ran.tolist(), strict=True)))
    return Rows(
        parent=at,
        sold=column(f.sold[at, mode] / 4.0),
        gross=column((f.goods + f.kept)[mode]),
        goods=column(f.goods[mode]),
        fixed=column(f.fixed[at, mode]),
        running=column((f.fixed + f.staff)[at, mode]),
        leave=column(f.leave[at, mode]),
        hours=hours.astype(np.float32),
        saved_usd=(f.hour_usd * saved).astype(np.float32),
        ran=np.flatnonzero(ran),
        delays=np.array([wait for wait, _ in groups]),
        paid_before=np.array([before for _, before in groups], dtype=bool),
        paying=tuple(np.flatnonzero((delay == wait) & (ran == before)) for wait, before in groups),
    )


def entry(f: Figures, presences: tuple[Presence, ...]) -> Entry:
    """Set-up of the presences; nothing where the firm is already."""
    here, mode = np.arange(len(presences)), whole([p.mode for p in presences])
    new = np.array([not p.running for p in presences], dtype=bool)
    has = (np.arange(8)[:, None] & TRAIT_BITS) > 0
    return Entry(
        cost=column(new * f.entry[here, mode]),
        sd=column(f.entry_sd_log[here, mode]),
        hours_sd=column(number_sd("hours_quarter")[mode]),
        held=(f.held * TRAIT_BITS).sum(axis=-1, dtype=np.uint8),
        alike=(f.alike * TRAIT_BITS).sum(axis=-1, dtype=np.uint8) * new,
        kept=(1.0 - has @ f.cut).astype(np.float32),
    )


def longest(presences: tuple[Presence, ...]) -> int:
    """Quarters that the longest of the running presences has sold already."""
    return max(0, *(int(np.ceil(-p.first_sale)) for p in presences), 0)


def ramp_by_quarter(assumed: Assumptions, quarters: int) -> Singles:
    """Mature quarters sold in each quarter of tenure, after a 0 for the time before the first sale, (quarters + 2,)."""
    return np.append(0.0, quarterly_ramp(assumed, quarters + 1)).astype(np.float32)


def hours_needed(by_area: Floats, schedule: Schedule) -> tuple[Floats, Floats]:
    """Hours of each row after automation, and hours that it saves, by quarter, (T, R, 1) each; ``by_area`` (R, 5)."""
    share = share_saved(schedule)
    return ((1.0 - share) @ by_area.T)[..., None], (share @ by_area.T)[..., None]


def share_saved(schedule: Schedule) -> Floats:
    """Share of the hours of each area that automation saves, by quarter, (T, 5)."""
    share = np.zeros((schedule.quarters, len(AREAS)))
    for automation, bought in schedule.bought:
        share[bought + automation.build_quarters :, AREAS.index(automation.area)] += automation.saves
    return np.minimum(share, 1.0)


def spent_at_once(ground: Ground, schedule: Schedule) -> Floats:
    """What is paid in each quarter whatever becomes of the markets, (T,): automation, and leaving what is left now."""
    quarter = np.arange(schedule.quarters)
    spent: Floats = ground.leaving * (quarter == 0)
    for automation, bought in schedule.bought:
        spent = spent + automation.cost_usd * (quarter == bought) + automation.upkeep_usd_quarter * (quarter >= bought)
    return spent
