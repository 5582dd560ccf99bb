"""The tables of the rollout and the outlook: one function per table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.stress import title
from beachhead.report.moves import Telling
from beachhead.report.risk import CAUSE
from beachhead.report.tables import Cell, Table, figure, heads
from beachhead.report.words import mode_names, name_of, sentence_start
from beachhead.rollout.tables import areas

if TYPE_CHECKING:
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.outlook.result import Outlook, PacePoint, Stress
    from beachhead.rollout.result import Gate, Move, Rollout

DO = {"continue": "go on", "enter": "enter", "switch": "change, if the sales are there"}
PHASE = {"running": "runs", "pilot": "pilot", "regional": "region", "global": "beyond"}


def moves(rollout: Rollout, teller: Telling) -> Table:
    """Every move with its figures."""
    columns = heads(
        "Market", "Quarter", "Move", "Mode", "Phase", "#Set-up, USD", "First sale", "#Hours a quarter", "Condition"
    )
    return Table("All moves", columns, tuple(_move_row(move, teller) for move in rollout.moves), sortable=True)


def _move_row(move: Move, teller: Telling) -> tuple[Cell, ...]:
    name = name_of(teller.catalogue, move.market)
    return (
        Cell(name),
        Cell(move.quarter),
        Cell(DO[move.kind]),
        Cell(mode_names().get(move.mode, move.mode)),
        Cell(PHASE[move.phase]),
        figure(move.spend_usd, n.short(move.spend_usd)),
        Cell(move.first_sale if move.kind == "enter" else "–"),
        figure(move.hours_quarter, n.plain(move.hours_quarter)),
        Cell(_condition(move, teller)),
    )


def _condition(move: Move, teller: Telling) -> str:
    if move.kind == "switch" and move.if_sales_usd > 0:
        return f"sales of {n.usd(move.if_sales_usd)} a year or more ({n.pct(move.chance)})"
    return teller.condition(move).removeprefix(", ") or {"pinned": "you asked for it", "committed": "decided"}.get(
        move.why, "none"
    )


def purchases(rollout: Rollout) -> Table:
    """What is bought to save hours."""
    names = {area.id: area.name for area in areas()}
    columns = heads("What", "Quarter", "Eases", "#Price, USD", "#USD a quarter", "#Hours saved a quarter")
    rows = tuple(
        (
            Cell(one.name),
            Cell(one.quarter),
            Cell(names.get(one.area, one.area)),
            figure(one.cost_usd, n.short(one.cost_usd)),
            figure(one.upkeep_usd_quarter, n.short(one.upkeep_usd_quarter)),
            figure(max(one.hours_saved, default=0.0), n.plain(max(one.hours_saved, default=0.0))),
        )
        for one in rollout.automation
    )
    return Table("What is bought to save hours", columns, rows)


def gates(rollout: Rollout, teller: Telling) -> Table:
    """When to look again, and what sales mean go on, wait or leave."""
    columns = heads(
        "Market",
        "When",
        "#Go on above",
        "#Leave below",
        "What going on opens",
        "#Spent by then at most",
        "#Go on",
        "#Wait",
        "#Leave",
    )
    rows = tuple(_gate_row(gate, teller) for gate in rollout.gates)
    return Table("When to look again: USD of sales a year, and the chances as seen today", columns, rows)


def _gate_row(gate: Gate, teller: Telling) -> tuple[Cell, ...]:
    opens = teller.listed(gate.opens)
    return (
        Cell(name_of(teller.catalogue, gate.market)),
        Cell(f"{gate.quarter}, after {gate.quarters_seen} quarter{'' if gate.quarters_seen == 1 else 's'} of sales"),
        _sales(gate.go_usd),
        _sales(gate.stop_usd),
        Cell(sentence_start(opens) if opens else "–"),
        figure(gate.spend_usd, n.short(gate.spend_usd)),
        *(figure(p, n.pct(p)) for p in (gate.p_go, gate.p_wait, gate.p_stop)),
    )


def _sales(usd: float) -> Cell:
    return figure(usd, n.short(usd)) if np.isfinite(usd) and usd > 0 else Cell("–")


def cash(rollout: Rollout, outlook: Outlook | None) -> Table:
    """Cash by quarter, in the same futures as the chart."""
    found = rollout.cash if outlook is None else outlook.cash
    rows = tuple(
        (Cell(q), *(figure(x[k], n.short(float(x[k]))) for x in (found.p5, found.p50, found.p95)))
        for k, q in enumerate(rollout.quarters)
    )
    return Table(
        "Cash by quarter, USD", heads("Quarter", "#One in twenty below", "#Middle", "#One in twenty above"), rows
    )


def hours(rollout: Rollout) -> Table:
    """Hours by area, what automation saves, what is left and what there is; attention and launches."""
    h = rollout.hours
    names = [area.name for area in areas()]
    columns = heads(
        "Quarter", *(f"#{name}" for name in names), "#Saved", "#Left to do", "#There is", "#Attention", "#Launches"
    )
    rows = tuple(
        (
            Cell(q),
            *(Cell(n.plain(float(x))) for x in h.by_area[:, k]),
            *(Cell(n.plain(float(x[k]))) for x in (h.saved, h.used, h.capacity)),
            *(Cell(_of(use.used[k], use.capacity[k])) for use in (rollout.attention, rollout.launches)),
        )
        for k, q in enumerate(rollout.quarters)
    )
    return Table("Hours a quarter, points of attention, launches", columns, rows)


def _of(used: float, there: float) -> str:
    least = f"{used:.1f}".removesuffix(".0")
    return f"{least} of {there:.1f}".removesuffix(".0") if np.isfinite(there) else least


def flows(outlook: Outlook) -> Table:
    """Sales, profit and markets by quarter."""
    columns = heads(
        "Quarter",
        "#Sales: low",
        "#middle",
        "#high",
        "#Profit: low",
        "#middle",
        "#high",
        "#Markets served",
        "#Of those entered",
    )
    rows = tuple(
        (
            Cell(q),
            *(Cell(n.short(float(x[k]))) for b in (outlook.revenue, outlook.profit) for x in (b.p5, b.p50, b.p95)),
            Cell(n.plain(float(outlook.markets.mean[k]), 1)),
            Cell(n.pct(float(outlook.survival[k]))),
        )
        for k, q in enumerate(outlook.quarters)
    )
    return Table("Sales and profit a quarter, USD: one in twenty below, middle, one in twenty above", columns, rows)


def by_market(outlook: Outlook, catalogue: Catalogue) -> Table:
    """What each market brings."""
    columns = heads("Market", "#Entered at all", "#Served at the end", "#Worth", "#Sales in the last year")
    rows = tuple(
        (
            Cell(name_of(catalogue, one.market)),
            *(figure(p, n.pct(p)) for p in (one.p_entered, one.p_served)),
            figure(one.value_usd, n.usd_signed(one.value_usd)),
            figure(one.sales_usd, n.usd(one.sales_usd)),
        )
        for one in outlook.by_market
    )
    return Table("Market by market: chances, and means over all futures", columns, rows, sortable=True)


def stress(outlook: Outlook, catalogue: Catalogue) -> Table:
    """Real crises replayed."""
    columns = heads(
        "Crisis",
        "#Sales",
        "#Worth",
        "#Change of worth",
        "#Lowest cash",
        "#Below the floor",
        "#Out of cash",
        "Hit hardest",
    )
    rows = tuple(_stress_row(one, catalogue) for one in outlook.stress)
    return Table("Real crises replayed from the first quarter: middle cases and chances", columns, rows)


def _stress_row(one: Stress, catalogue: Catalogue) -> tuple[Cell, ...]:
    hit = one.worst_market and one.worst_change < 0
    worst = f"{name_of(catalogue, one.worst_market)}, {n.change(one.worst_change)}" if hit else "none"
    return (
        Cell(title(one)),
        figure(one.sales_change, n.change(one.sales_change)),
        *(figure(x, n.usd_signed(x)) for x in (one.value_usd, one.value_change_usd, one.lowest_cash_usd)),
        *(figure(p, n.pct(p)) for p in (one.p_floor, one.p_ruin)),
        Cell(worst),
    )


def pace(outlook: Outlook) -> Table:
    """The same moves at other paces."""
    columns = heads(
        "Pace",
        "#Months",
        "#Worth: mean",
        "#P10",
        "#Middle",
        "#After risk",
        "#Below the floor",
        "#Out of cash",
        "#More than it can carry",
        "Limits it breaks",
    )
    return Table("The same moves, faster or slower", columns, tuple(map(_pace_row, outlook.pace)))


def _pace_row(point: PacePoint) -> tuple[Cell, ...]:
    money = (point.value_mean_usd, point.value_p10_usd, point.value_p50_usd, point.adjusted_usd)
    return (
        Cell(pace_name(point)),
        Cell(n.plain(point.months)),
        *(Cell(n.usd_signed(x)) for x in money),
        *(Cell(n.pct(p)) for p in (point.p_floor, point.p_ruin, point.p_overstretch)),
        Cell(n.listed([CAUSE.get(cause, cause) for cause in point.breaks]) or "none"),
    )


def pace_name(point: PacePoint) -> str:
    """``this plan``, ``all at once``, ``1.5 × as long``, and whether it is the best."""
    if point.stretch == 1.0:
        name = "this plan"
    elif point.stretch == 0.0:
        name = "all at once"
    else:
        name = f"{point.stretch:g} × as long"
    return f"{name} (best)" if point.best else name
