"""Markets side by side: figures, points by criterion, who beats whom, and what each leads on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.contributions import by_criterion
from beachhead.errors import bad
from beachhead.report.answer import badge
from beachhead.report.contract import market_row
from beachhead.report.dossier import why_not
from beachhead.report.rounding import number
from beachhead.report.tables import Cell, Table, heads
from beachhead.report.words import Voice, mode_names, sentence_start
from beachhead.report.worth import horizon, years
from beachhead.select.tables import criteria

if TYPE_CHECKING:
    from beachhead.flow import Plan

SCHEMA = "beachhead.compare/1"
LEADS = 4  # indicators named per market
LEAST = 0.05  # points: a smaller lead is not named


def rows_of(plan: Plan, markets: Sequence[str]) -> list[int]:
    """Rows of the markets in the ranking; one that was not ranked is a fault that says why."""
    for market in markets:
        if market not in plan.selection.markets:
            raise bad("market", market, f"was not ranked for this firm: {why_not(plan, market)}")
    return [plan.selection.row(market) for market in markets]


def side_by_side(plan: Plan, rows: Sequence[int]) -> Table:
    """Main figures in rows, markets in columns."""
    s, p, modes = plan.selection, plan.selection.potential, plan.modes
    lines: list[tuple[str, list[str]]] = [
        ("Rank", [str(m + 1) for m in rows]),
        ("Score", [n.plain(float(s.score[m]), 1) for m in rows]),
        (
            "Attractive",
            [n.points(float(s.attractiveness.mean[m]), float(s.attractiveness.sd[m])) for m in rows],
        ),
        (
            "Accessible",
            [n.points(float(s.accessibility.mean[m]), float(s.accessibility.sd[m])) for m in rows],
        ),
        ("Cell", [s.cell[m] for m in rows]),
        ("P(first)", [n.pct(float(s.p_top[1][m])) for m in rows]),
        ("P(top 5)", [n.pct(float(s.p_top[5][m])) for m in rows]),
        (
            "USD a year, P10–P50–P90",
            [n.span(float(p.p10[m]), float(p.p50[m]), float(p.p90[m])) for m in rows],
        ),
        ("Enter or go on by", [mode_names()[modes.best[m]] for m in rows]),
        (f"Worth over {years(horizon(plan.firm))}", [n.usd_signed(float(modes.best_value[m])) for m in rows]),
        ("Now", [sentence_start(badge(plan, m)) or "new" for m in rows]),
    ]
    cells = tuple((Cell(name), *(Cell(text) for text in texts)) for name, texts in lines)
    return Table("Side by side", heads("", *(f"#{s.names[m]}" for m in rows)), cells)


def points(plan: Plan, rows: Sequence[int]) -> Table:
    """Points by criterion; the best of each row is marked."""
    s = plan.selection
    table = by_criterion(s, s.contributions)[list(rows)]
    lines = []
    for c, criterion in enumerate(s.criteria):
        best = int(np.argmax(table[:, c]))
        texts = [n.plain(float(x), 1) + (" ◂" if i == best else "") for i, x in enumerate(table[:, c])]
        lines.append((Cell(criteria()[criterion].name), *(Cell(text) for text in texts)))
    return Table("Points by criterion (◂ leads)", heads("", *(f"#{s.names[m]}" for m in rows)), tuple(lines))


def beats(plan: Plan, rows: Sequence[int]) -> Table:
    """Pairwise winning index: how often the row scores above the column."""
    s = plan.selection
    lines = tuple(
        (Cell(s.names[a]), *(Cell(n.UNKNOWN if a == b else n.pct(float(s.pairwise[a, b]))) for b in rows)) for a in rows
    )
    return Table("How often the row beats the column", heads("", *(f"#{s.names[b]}" for b in rows)), lines)


def leads(plan: Plan, rows: Sequence[int]) -> dict[str, list[tuple[str, float]]]:
    """For each market the indicators on which it leads the best of the others by most points."""
    s = plan.selection
    out: dict[str, list[tuple[str, float]]] = {}
    for m in rows:
        others = s.contributions[[other for other in rows if other != m]].max(axis=0)
        gap = s.contributions[m] - others
        order = [int(k) for k in np.argsort(-gap, kind="stable")[:LEADS] if gap[k] >= LEAST]
        out[s.markets[m]] = [(s.indicators[k], float(gap[k])) for k in order]
    return out


def compare_dict(plan: Plan, rows: Sequence[int]) -> dict[str, Any]:
    """The comparison as JSON-ready data."""
    s = plan.selection
    voice = Voice(s, plan.evidence.catalogue, plan.modes)
    return {
        "schema": SCHEMA,
        "markets": [market_row(plan, voice, m) for m in rows],
        "pairwise": {s.markets[a]: {s.markets[b]: number(s.pairwise[a, b]) for b in rows if a != b} for a in rows},
        "leads": {
            market: [{"indicator": i, "points": number(x)} for i, x in found]
            for market, found in leads(plan, rows).items()
        },
    }
