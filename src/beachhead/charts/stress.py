"""Real crises replayed on the plan: what they would do to sales, and how low cash would fall."""

from __future__ import annotations

from typing import Any

from beachhead.charts import theme
from beachhead.charts.numbers import change, short
from beachhead.outlook.result import Stress

ROW, WIDTH = 34, 230


def stress(found: tuple[Stress, ...], floor_usd: float) -> dict[str, Any]:
    """Two panels with a row for each episode: change of sales, and lowest cash with what must stay."""
    names = [title(one) for one in found]
    rows = [
        {
            "row": name,
            "change": round(one.sales_change, 4),
            "lowest": round(one.lowest_cash_usd, 2),
            "said": change(one.sales_change),
            "cash": short(one.lowest_cash_usd),
        }
        for name, one in zip(names, found, strict=True)
    ]
    y = {**theme.market_axis(names), "field": "row"}
    bare = {**y, "axis": None}
    height = ROW * max(1, len(rows))
    sales = theme.panel(_sales(rows, y), "Sales over the whole plan", WIDTH, height)
    money = theme.panel(_cash(rows, bare, floor_usd), "Lowest cash, middle case", WIDTH, height)
    return theme.side_by_side([sales, money])


def title(one: Stress) -> str:
    """``Financial crisis, 2008–2009``."""
    first, last = one.years[0], one.years[-1]
    return f"{one.name}, {first}" + (f"–{last}" if last != first else "")


def _sales(rows: list[dict[str, Any]], y: dict[str, Any]) -> list[dict[str, Any]]:
    most = max(0.01, *(abs(row["change"]) for row in rows))
    gain = max(0.0, *(row["change"] for row in rows))
    scale = {
        "domain": [-1.4 * most if min(r["change"] for r in rows) < 0 else 0, 1.4 * gain or 0.08 * most],
        "nice": False,
    }
    x = {
        "field": "change",
        "type": "quantitative",
        "title": None,
        "scale": scale,
        "axis": {
            "tickCount": 4,
            "labelExpr": "(datum.value < 0 ? '\u2212' : '') + round(100 * abs(datum.value)) + ' %'",
        },
    }
    bar = {"type": "bar", "color": theme.BLUE, "opacity": 0.75, "height": {"band": 0.5}}
    return [theme.layer(rows, bar, x=x, y=y), *_labels(rows, "change", "said", x, y)]


def _cash(rows: list[dict[str, Any]], y: dict[str, Any], floor: float) -> list[dict[str, Any]]:
    low, high = (f([0.0, floor, *(row["lowest"] for row in rows)]) for f in (min, max))
    room = 0.22 * (high - low or 1.0)
    axis = theme.money_axis("lowest", (low - room * (low < 0), high + room), None)
    x = {**axis, "axis": {**axis["axis"], "tickCount": 4}}
    line = {"type": "rule", "color": theme.BAND, "strokeWidth": 2, "strokeDash": [6, 4], "opacity": 1}
    dot = {"type": "point", "shape": "circle", "size": 80, "fill": theme.BLUE, "stroke": theme.BLUE, "opacity": 1}
    return [
        theme.layer([{"lowest": floor}], line, x=x),
        theme.layer(rows, dot, x=x, y=y),
        *_labels(rows, "lowest", "cash", x, y),
    ]


def _labels(
    rows: list[dict[str, Any]], field: str, text: str, x: dict[str, Any], y: dict[str, Any]
) -> list[dict[str, Any]]:
    """Figures beside the marks, on the far side of zero."""
    out = []
    for below in (True, False):
        some = [row for row in rows if (row[field] < 0) is below]
        mark = {"type": "text", "align": "right" if below else "left", "dx": -8 if below else 8, "color": theme.INK}
        if some:
            out.append(theme.layer(some, mark, x=x, y=y, text={"field": text, "type": "nominal"}))
    return out
