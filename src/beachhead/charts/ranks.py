"""How sure the ranking is: probability of each rank for each shortlisted market."""

from __future__ import annotations

from typing import Any

from beachhead.charts import theme
from beachhead.charts.numbers import pct
from beachhead.select.result import Selection

CELL, EXTRA = 34, 5  # ranks shown beyond the length of the shortlist, before the last column gathers the rest
SHOWN = 0.045  # a smaller probability is drawn but not written


def ranks(selection: Selection, top: int) -> dict[str, Any]:
    """Heat map, markets × ranks; the last column is the probability of any later rank."""
    total = len(selection.markets)
    listed, columns = theme.top_rows(top, total), min(total, top + EXTRA)
    chances = [row for m in listed for row in _row(selection, m, columns, total)]
    rows = [_shown(row, max(row["p"] for row in chances)) for row in chances]
    order = [str(r) for r in range(1, columns + 1)] + ([f"{columns + 1}+"] if total > columns else [])
    layers = theme.heat_map(
        rows, theme.top_axis("rank", order, "Rank"), theme.market_axis([selection.names[m] for m in listed]), 11
    )
    return theme.chart({"layer": layers}, CELL * len(order), 28 * len(listed))


def _row(selection: Selection, m: int, columns: int, total: int) -> list[dict[str, Any]]:
    found = [float(p) for p in selection.acceptability[m, :columns]]
    names = [str(r) for r in range(1, columns + 1)]
    if total > columns:
        found.append(max(0.0, 1 - sum(found)))
        names.append(f"{columns + 1}+")
    return [{"market": selection.names[m], "rank": r, "p": p} for r, p in zip(names, found, strict=True)]


def _shown(row: dict[str, Any], most: float) -> dict[str, Any]:
    """A cell with its label and its depth. The root spreads out the small probabilities, which are most of them."""
    p = row["p"]
    return {**row, "p": round(p, 4), "depth": round((p / most) ** 0.6, 4), "label": pct(p) if p >= SHOWN else ""}
