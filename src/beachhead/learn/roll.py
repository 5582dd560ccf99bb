"""The firm at a later date: what it has done of its plan, where it sells now, what it has begun, and its cash.

The firm file says where things stood when the plan was first made; the results say what has happened since. Nothing is
carried on from one replanning to the next: the file and all results together give the same answer whenever one asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from beachhead.assumptions import Assumptions
from beachhead.enter.modes import MODES
from beachhead.enter.tables import number
from beachhead.errors import InputError, bad
from beachhead.firm import Firm, ModeId, Presence
from beachhead.firm_file import check_draft
from beachhead.learn.journal import Journal, Result
from beachhead.quarters import quarter_name, quarter_number
from beachhead.rollout.result import Move

WEEKS_A_QUARTER = 13.0
Standing = Literal["made", "begun", "dropped", "ahead"]


@dataclass(frozen=True, slots=True)
class Last:
    """What the last plan said. ``first``: its first quarter; ``due``: quarters from there to the first sale, not
    rounded, by market; ``cash_from``: quarter from which what was spent comes off the cash, which is that of the firm
    file or else ``cash_usd``. ``planned``: set-up that no result stated when that plan was made, by market."""

    first: str
    moves: tuple[Move, ...]
    due: Mapping[str, float]
    cash_from: str
    cash_usd: float | None = None
    planned: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CashNow:
    """Cash at the new date, ``now_usd``: what there was ``before_usd`` in the quarter ``since``, less what was spent in
    the markets (``spent_usd``) and on finding out (``learning_usd``) from then on, plus what sales left after the goods
    and the mode's share (``income_usd``).

    ``planned_usd``: of what was spent, set-up that no result states and that is taken from the plan, ``planned`` by
    market: it stays spent when the next plan no longer has the move. ``booked_usd``: set-up that is paid already, and
    that the new plan books in its first quarter, so that it is added to the cash it begins with. ``stated``: the owner
    said how much there is; then nothing is added or taken off.
    """

    before_usd: float
    since: str
    income_usd: float
    spent_usd: float
    planned_usd: float
    learning_usd: float
    now_usd: float
    booked_usd: float
    stated: bool
    planned: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rolled:
    """The ``firm`` from the quarter ``as_of`` on.

    ``made``: moves that results show to be made; ``begun``: whose set-up goes on, with ``weeks`` until the first sale
    by market; ``dropped``: that were due and of which there is no trace; ``left``: markets that were left. ``ahead``:
    moves to come, from which the search begins. ``let_go``: wishes of the firm file whose time has passed, in words.
    """

    firm: Firm
    as_of: str
    made: tuple[Move, ...]
    begun: tuple[Move, ...]
    dropped: tuple[Move, ...]
    ahead: tuple[Move, ...]
    left: tuple[str, ...]
    weeks: Mapping[str, float]
    cash: CashNow
    let_go: tuple[str, ...]

    @property
    def month(self) -> str:
        """The last month before ``as_of``, from which the evidence is seen."""
        before = quarter_name(quarter_number(self.as_of) - 1)
        return f"{before[:4]}-{3 * int(before[5]):02d}"


def next_quarter(journal: Journal, first: str) -> str:
    """The first quarter that can still be planned: that of the last plan, the one after the last results, or that in
    which the last entry was written, whichever is latest."""
    after = [quarter_number(one.quarter) + 1 for one in journal.results]
    written = [quarter_number(one.date.isoformat()) for one in journal.entries]
    return quarter_name(max([quarter_number(first), *after, *written]))


def roll(firm: Firm, last: Last, journal: Journal, as_of: str, cash_usd: float | None = None) -> Rolled:
    """The firm as it is in ``as_of``; ``cash_usd`` if the owner says how much there is.

    Raises InputError if what is left is below the floor, or the date lies before the last plan.
    """
    now = quarter_number(as_of)
    if now < quarter_number(last.first):
        raise bad("--as-of", as_of, f"lies before the last plan, which begins in {last.first}")
    books = by_market(one for one in journal.results if quarter_number(one.quarter) < now)
    since = {market: since_left(rows) for market, rows in books.items()}
    stands = {move: standing(move, since.get(move.market, ()), now) for move in last.moves if move.kind != "continue"}
    groups = {kind: tuple(move for move, is_now in stands.items() if is_now == kind) for kind in _KINDS}
    begun = _begun(firm, groups["begun"], books, now)
    there = presences(firm, books, begun_in(last.moves))
    entered = tuple(move for move in (*groups["made"], *begun) if move.kind == "enter")
    cash = cash_now(firm, last, journal, books, entered, begun, now, cash_usd)
    left = tuple(market for market, rows in books.items() if rows[-1].left)
    changes, let_go = _wishes(firm, begun, there, left, as_of)
    return Rolled(
        firm=_checked(firm, cash, changes, there, as_of),
        as_of=as_of,
        made=groups["made"],
        begun=begun,
        dropped=groups["dropped"],
        ahead=groups["ahead"],
        left=left,
        weeks={move.market: weeks_left(move, last, now) for move in begun},
        cash=cash,
        let_go=let_go,
    )


_KINDS: tuple[Standing, ...] = ("made", "begun", "dropped", "ahead")


def by_market(results: Iterable[Result]) -> dict[str, tuple[Result, ...]]:
    """Results of each market in order of time."""
    found: dict[str, list[Result]] = {}
    for one in sorted(results, key=lambda r: (r.market, quarter_number(r.quarter))):
        found.setdefault(one.market, []).append(one)
    return {market: tuple(rows) for market, rows in found.items()}


def since_left(rows: tuple[Result, ...]) -> tuple[Result, ...]:
    """The results after a market was last left; all of them if it was not, or if that is the last of them."""
    exits = [k for k, row in enumerate(rows[:-1]) if row.left]
    return rows[exits[-1] + 1 :] if exits else rows


# --- what became of the moves ---------------------------------------------------------------------------------------


def standing(move: Move, rows: Sequence[Result], now: int) -> Standing:
    """What became of a move, as far as results tell.

    An entry is made once there are sales, and begun once there is spending; without either it counts as begun while its
    first sale is not due. A switch or a leave is made when a result says so.
    """
    ahead = quarter_number(move.quarter) >= now
    if move.kind != "enter":
        told = any(row.left if move.kind == "leave" else row.mode == move.mode for row in rows)
        return "made" if told else "ahead" if ahead else "dropped"
    if rows and rows[-1].left:
        return "ahead" if ahead else "dropped"
    if any(row.sales_usd > 0 for row in rows):
        return "made"
    if rows:
        return "begun"
    if ahead:
        return "ahead"
    return "begun" if move.why == "committed" or quarter_number(move.first_sale) >= now else "dropped"


def _begun(firm: Firm, moves: tuple[Move, ...], books: Mapping[str, object], now: int) -> tuple[Move, ...]:
    """Moves that go on; what the firm file is committed to, and the plan did not know of, among them."""
    known = {move.market for move in moves} | set(books) | {p.country for p in firm.presence}
    past = [one for one in firm.committed if quarter_number(one.quarter) < now and one.market not in known]
    named = tuple(_committed(one.market, one.mode, one.quarter) for one in past)
    return (*moves, *named)


def _committed(market: str, mode: str, quarter: str) -> Move:
    return Move(market, mode, quarter, "pilot", "enter", 0.0, quarter, 0.0, 0.0, 1.0, (), "committed")


def weeks_left(move: Move, last: Last, now: int) -> float:
    """Weeks from the new date to the first sale; one at least."""
    due = last.due.get(move.market, float(quarter_number(move.first_sale) - quarter_number(last.first)))
    return max(WEEKS_A_QUARTER * (quarter_number(last.first) + due - now), 1.0)


# --- where the firm sells -------------------------------------------------------------------------------------------


def presences(
    firm: Firm, books: Mapping[str, tuple[Result, ...]], planned: Mapping[str, ModeId]
) -> tuple[Presence, ...]:
    """Where the firm sells and has sold: the firm file's presences, and what results say since.

    ``planned``: modes of the plan, for results that name none. What was sold is left to the beliefs, which read the
    results themselves; it would count twice as ``sales_usd``.
    """
    out: list[Presence] = []
    for p in firm.presence:
        alone = sum(q.country == p.country and q.until is None for q in firm.presence) == 1
        if p.country in books and p.until is None:
            out += spells(books[p.country], p, p.mode) if alone else _ended(p, books[p.country])
        else:
            out.append(p)
    here = {p.country for p in firm.presence if p.until is None}
    for market, rows in books.items():
        if market not in here:
            out += spells(rows, None, planned.get(market, "direct_export"))
    return tuple(out)


def spells(rows: Sequence[Result], here: Presence | None, mode: ModeId) -> list[Presence]:
    """One market's results as spells of selling in one mode each; ``here``: what runs before the first of them.

    What it sold in a year, if the firm file says so, goes on to the next mode: it speaks of the market and the firm.
    """
    out: list[Presence] = []
    sold = here.sales_usd if here else None
    for row in rows:
        if here is None and row.sales_usd <= 0:
            continue  # still being set up, or left
        now = row.mode or (here.mode if here else mode)
        if here is not None and now != here.mode:
            out += _until(here, _before(row.quarter))
            here = None
        here = here or Presence(country=row.market, mode=now, since=row.quarter, sales_usd=sold)
        if row.left:
            out += _until(here, _before(row.quarter))
            here = sold = None
    return [*out, here] if here else out


def _before(quarter: str) -> str:
    """The last whole quarter before a change in ``quarter``: what goes on to a date counts as running on that date."""
    return quarter_name(quarter_number(quarter) - 1)


def _until(p: Presence, quarter: str) -> list[Presence]:
    """A presence with its end; none if it would end before it began."""
    return [p.model_copy(update={"until": quarter})] if p.quarters(quarter) else []


def _ended(p: Presence, rows: Sequence[Result]) -> list[Presence]:
    """One of several presences in a market: results do not say of which, so only leaving ends it."""
    return _until(p, _before(rows[-1].quarter)) if rows[-1].left else [p]


# --- cash -----------------------------------------------------------------------------------------------------------


def cash_now(
    firm: Firm,
    last: Last,
    journal: Journal,
    books: Mapping[str, tuple[Result, ...]],
    entered: Sequence[Move],
    begun: Sequence[Move],
    now: int,
    stated: float | None,
) -> CashNow:
    """What is in hand at the new date. ``entered``: entries made or begun; ``begun``: those still being set up."""
    since = quarter_number(last.cash_from)
    window = [row for rows in books.values() for row in rows if since <= quarter_number(row.quarter) < now]
    modes = dict.fromkeys(books, "direct_export") | {p.country: p.mode for p in firm.presence} | begun_in(last.moves)
    income = sum(row.sales_usd * kept(firm, row.mode or modes[row.market]) for row in window)
    told = _spent(window)
    silent = {m.market: m.spend_usd for m in entered if quarter_number(m.quarter) >= since}
    silent |= {market: usd for market, usd in last.planned.items() if market in silent or market in books}
    silent = {market: usd for market, usd in silent.items() if not told.get(market)}
    learning = sum(one.cost_usd for one in journal.entries if since <= quarter_number(one.date.isoformat()) < now)
    spent = sum(told.values()) + sum(silent.values())
    have = firm.cash.available_usd if last.cash_usd is None else last.cash_usd
    return CashNow(
        before_usd=have,
        since=last.cash_from,
        income_usd=income,
        spent_usd=spent,
        planned_usd=sum(silent.values()),
        learning_usd=learning,
        now_usd=have + income - spent - learning if stated is None else stated,
        booked_usd=sum(min(told.get(m.market) or m.spend_usd, m.spend_usd) for m in begun),
        stated=stated is not None,
        planned=silent,
    )


def _spent(window: Iterable[Result]) -> dict[str, float]:
    """What results say was spent, by market."""
    spent: dict[str, float] = {}
    for row in window:
        spent[row.market] = spent.get(row.market, 0.0) + row.cost_usd
    return spent


def begun_in(moves: Iterable[Move]) -> dict[str, ModeId]:
    """The mode in which the plan takes on each market; a switch that is planned for later changes nothing yet."""
    return {move.market: move.mode for move in moves if move.kind in ("enter", "continue")}  # type: ignore[misc]


def kept(firm: Firm, mode: str) -> float:
    """What a dollar of sales leaves after the goods and what the mode's partners take."""
    share = number("margin_kept", Assumptions(firm.assumptions))[MODES.index(mode)]
    return float(share) * firm.sales.gross_margin


# --- the firm -------------------------------------------------------------------------------------------------------


def _wishes(
    firm: Firm, begun: Sequence[Move], there: Sequence[Presence], left: Sequence[str], as_of: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Pins, forbids and commitments that still mean something, and in words those whose time has passed.

    A market that was left is forbidden, unless the owner asks for it.
    """
    now, sells = quarter_number(as_of), {p.country for p in there if p.until is None}
    setting_up = {move.market for move in begun}
    done = sells | setting_up

    def past(quarter: str | None) -> bool:
        return quarter is not None and quarter_number(quarter) < now

    pins = [one.model_dump() for one in firm.pin if one.market not in done and not past(one.quarter)]
    committed = [one.model_dump() for one in firm.committed if one.market not in done]
    asked = done | {one["market"] for one in (*pins, *committed)}
    forbids = [one.model_dump() for one in firm.forbid if not past(one.quarter)]
    forbids += [{"market": market} for market in left if market not in asked]
    going_on = [{"market": move.market, "mode": move.mode, "quarter": as_of} for move in begun]
    gone = tuple(
        f"pin of {one.market} in {one.quarter}" for one in firm.pin if one.market not in done and past(one.quarter)
    )
    return {"pin": pins, "forbid": forbids, "committed": [*going_on, *committed]}, gone


def _checked(firm: Firm, cash: CashNow, changes: Mapping[str, Any], there: Sequence[Presence], as_of: str) -> Firm:
    """The firm with all that is different now, checked as a firm file is."""
    if cash.now_usd < firm.cash.floor_usd:
        remedy = (
            f"USD {cash.now_usd:,.0f} would be left, less than cash.floor_usd ({firm.cash.floor_usd:,.0f}): say how "
            "much there is with --cash, or lower the floor"
        )
        raise bad("cash.available_usd", f"{cash.before_usd:,.0f}", remedy)
    draft = {**firm.model_dump(mode="json"), **changes}
    draft["presence"] = [p.model_dump(mode="json") for p in there]
    draft["pace"]["start"] = as_of
    draft["cash"]["available_usd"] = round(cash.now_usd + cash.booked_usd, 2)
    checked = check_draft(draft, Path())
    if checked.firm is None:
        raise InputError(list(checked.faults), f"the firm as of {as_of}")
    return checked.firm
