"""How plans and selections show themselves in a notebook: a compact table and the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beachhead.charts import numbers as n
from beachhead.charts.matrix import matrix
from beachhead.charts.render import svg
from beachhead.report.figures_plan import plan_figures
from beachhead.report.html import environment
from beachhead.report.tables import Cell, Table, figure, heads
from beachhead.report.words import mode_names

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.select.result import Selection

SHOWN = 10
OF_PLAN = ("gantt", "cash")  # charts of the rollout that a notebook shows


def plan_html(plan: Plan) -> str:
    """The shortlist with modes, and the matrix; with a rollout its chart of moves and cash first."""
    modes = [mode_names()[mode] for mode in plan.modes.best]
    drawn = [svg(f.spec, f.name, f.title, f.says) for f in plan_figures(plan) if f.name in OF_PLAN]
    return _page(plan.selection, min(plan.top, len(plan.selection.markets)), modes, drawn)


def selection_html(selection: Selection) -> str:
    """The first ten markets and the matrix."""
    return _page(selection, min(SHOWN, len(selection.markets)), None, [])


def _page(selection: Selection, top: int, modes: list[str] | None, plan: list[str]) -> str:
    drawn = (
        svg(
            matrix(selection, top),
            "matrix",
            "Attractiveness and accessibility",
            "Shortlist with 80 % ellipses.",
        )
        if top
        else ""
    )
    found = environment().get_template("notebook.html.j2")
    return found.render(table=_table(selection, top, modes), svg=drawn, plan=plan, name=selection.firm.name)


def _table(selection: Selection, top: int, modes: list[str] | None) -> Table:
    columns = heads(
        "#Rank", "Market", "#Score", "#P(top 5)", "#Attractive", "#Accessible", "#USD a year: P10 – P50 – P90"
    )
    more = heads("Enter by") if modes else ()
    rows = tuple((*_row(selection, m), *([Cell(modes[m])] if modes else [])) for m in range(top))
    return Table(f"{selection.firm.name}: first {top} of {len(selection.markets)} markets", columns + more, rows)


def _row(s: Selection, m: int) -> tuple[Cell, ...]:
    p = s.potential
    axes = [Cell(n.points(float(a.mean[m]), float(a.sd[m]))) for a in (s.attractiveness, s.accessibility)]
    return (
        Cell(str(m + 1)),
        Cell(s.names[m]),
        figure(s.score[m], n.plain(float(s.score[m]), 1)),
        Cell(n.pct(float(s.p_top[5][m]))),
        *axes,
        Cell(n.span(float(p.p10[m]), float(p.p50[m]), float(p.p90[m]))),
    )
