"""How well each mode of entry fits each shortlisted market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from beachhead.charts import theme
from beachhead.select.result import Selection

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice

CELL_WIDTH = 76


def modes(selection: Selection, choice: ModeChoice, mode_names: Mapping[str, str], top: int) -> dict[str, Any]:
    """Heat map of fit (0–100), markets × modes; the chosen mode is framed, an unusable one crossed out."""
    listed = theme.top_rows(top, len(selection.markets))
    rows = [_cell(selection, choice, mode_names, m, j) for m in listed for j in range(len(choice.modes))]
    order = [mode_names[mode] for mode in choice.modes]
    x = theme.top_axis("mode", order, None, labelExpr=_TWO_LINES, labelLineHeight=13, labelPadding=19)
    y = theme.market_axis([selection.names[m] for m in listed])
    layers = [*theme.heat_map(rows, x, y, 12), _frame(rows, x, y)]
    return theme.chart({"layer": layers}, CELL_WIDTH * len(order), 30 * len(listed))


# A name of one word goes on the lower of the two lines.
_TWO_LINES = "indexof(datum.label, ' ') < 0 ? ['', datum.label] : split(datum.label, ' ')"


def _frame(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    """Around the chosen mode of each market."""
    outline = {"filled": False, "stroke": theme.BAND, "strokeWidth": 3, "width": CELL_WIDTH - 4, "height": 26}
    return {
        "data": theme.values([row for row in rows if row["best"]]),
        "mark": {"type": "rect", **outline},
        "encoding": {"x": x, "y": y},
    }


def _cell(selection: Selection, choice: ModeChoice, mode_names: Mapping[str, str], m: int, j: int) -> dict[str, Any]:
    fit, possible = float(choice.fit[m, j]), bool(choice.feasible[m, j])
    return {
        "market": selection.names[m],
        "mode": mode_names[choice.modes[j]],
        "depth": round(fit**1.5, 4) if possible else 0,
        "label": f"{100 * fit:.0f}" if possible else "✕",
        "best": choice.modes[j] == choice.best[m],
    }
