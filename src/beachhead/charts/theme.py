"""Colours and type of every chart. The colours are also hooks: the report's style sheet repaints them in dark mode.

Fit for deuteranopia, protanopia and tritanopia: two hue families (blue, orange) that differ in lightness as
well, and cividis for the map (Nuñez, Anderton & Renslow 2018).
"""

from __future__ import annotations

from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONT = "Helvetica, Arial, sans-serif"
INK = "#22272b"  # text
FAINT = "#5a646c"  # axes and secondary text
LINE = "#d5dadd"  # grid and rules
PAPER = "#fffffe"  # halo around labels; the page behind
BLUE = "#1f5fa6"  # the shortlist, probabilities
GREY = "#9aa4ab"  # everything else
BAND = "#d98a29"  # what entrants really sell
LAND = "#e3e6e8"  # land without a rank
HEAT = "#1f5fa7"  # cells of heat maps; one step from BLUE, so that it can be repainted on its own
CRITERIA = (  # attractiveness in blues, accessibility in oranges; neighbours differ in lightness
    "#0b3c6f",
    "#2f7bbd",
    "#7db4dc",
    "#bfd9ee",
    "#8a3a06",
    "#d8651a",
    "#f2a65a",
    "#f9d3a4",
)
PHASES = ("#79838a", "#d98a2a", "#2f77b9", "#0b3c70")  # of a plan: running, pilot, regional, global
AREAS = ("#0b3d6f", "#2f7bbe", "#8dbbdf", "#d8661a", "#f2a75a")  # operational areas; neighbours differ in lightness
CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": FAINT,
        "titleColor": FAINT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 180,
    },
    "legend": {
        "labelColor": FAINT,
        "titleColor": FAINT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 260,
    },
    "text": {"color": INK, "fontSize": 12},
}


def chart(body: dict[str, Any], width: int, height: int) -> dict[str, Any]:
    """A Vega-Lite specification of the given inner size in the house style."""
    return {"$schema": SCHEMA, "width": width, "height": height, "config": CONFIG, **body}


def values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows as inline data."""
    return {"values": rows}


def top_rows(count: int, total: int) -> range:
    """Rows of the shortlist: the first ``count``, or all if there are fewer."""
    return range(min(count, total))


def market_axis(names: list[str]) -> dict[str, Any]:
    """Markets down the side, in the given order."""
    bare = {"ticks": False, "domain": False, "labelColor": INK, "labelPadding": 6}
    return {"field": "market", "type": "ordinal", "sort": names, "title": None, "axis": bare}


def top_axis(field: str, order: list[str], title: str | None, **more: Any) -> dict[str, Any]:
    """Categories along the top, in the given order."""
    bare = {"orient": "top", "labelAngle": 0, "ticks": False, "domain": False, **more}
    return {"field": field, "type": "ordinal", "sort": order, "title": title, "axis": bare}


def heat_map(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], size: float) -> list[dict[str, Any]]:
    """Layers of a heat map of ``depth`` 0–1 with the ``label`` in each cell.

    One colour, deeper for more, and never so deep that the label is hard to read: 4.5 : 1 on light and on dark pages.
    """
    opacity = {
        "field": "depth",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [0, 0.62]},
        "legend": None,
    }
    shared: dict[str, Any] = {"x": x, "y": y}
    cell = {"type": "rect", "color": HEAT, "stroke": LINE, "strokeWidth": 0.5}
    label = {"text": {"field": "label", "type": "nominal"}}
    return [
        {"data": values(rows), "mark": cell, "encoding": {**shared, "fillOpacity": opacity}},
        {
            "data": values(rows),
            "mark": {"type": "text", "color": INK, "fontSize": size},
            "encoding": {**shared, **label},
        },
    ]


def quarter_axis(quarters: tuple[str, ...], field: str = "at") -> dict[str, Any]:
    """Time in quarters from the plan's first: 0 to 1 is the first quarter; names stand in the middle."""
    names = [[q[:4] if k == 0 or q[4:] == "Q1" else "", q[4:]] for k, q in enumerate(quarters)]
    axis = {
        "orient": "bottom",
        "values": [k + 0.5 for k in range(len(quarters))],
        "labelExpr": f"{names}[floor(datum.value)]",
        "grid": False,
        "ticks": False,
        "labelAngle": 0,
        "labelLineHeight": 14,
        "labelPadding": 7,
    }
    scale = {"domain": [0, len(quarters)], "nice": False}
    return {"field": field, "type": "quantitative", "scale": scale, "title": None, "axis": axis}


def money_axis(field: str, domain: tuple[float, float] | None, title: str | None = "USD") -> dict[str, Any]:
    """USD up the side: ``40k``, ``−1.2m``."""
    scale = {} if domain is None else {"scale": {"domain": list(domain), "nice": False, "zero": False}}
    axis = {"labelExpr": _MONEY, "tickCount": 5}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis, **scale}


_SIZE = "abs(datum.value)"
_MONEY = (
    f"(datum.value < 0 ? '\u2212' : '') + ({_SIZE} >= 1e9 ? {_SIZE}/1e9 + 'bn' : {_SIZE} >= 1e6 ? {_SIZE}/1e6 + 'm' : "
    f"{_SIZE} >= 1e3 ? {_SIZE}/1e3 + 'k' : {_SIZE})"
)


def layer(rows: list[dict[str, Any]], mark: dict[str, Any], **encoding: dict[str, Any]) -> dict[str, Any]:
    """One kind of mark for some rows."""
    return {"data": values(rows), "mark": mark, "encoding": encoding}


def side_by_side(panels: list[dict[str, Any]]) -> dict[str, Any]:
    """Panels next to each other; each has its own width, height and title."""
    return {"$schema": SCHEMA, "config": CONFIG, "hconcat": panels, "spacing": 36}


def one_above_other(panels: list[dict[str, Any]]) -> dict[str, Any]:
    """Panels below each other."""
    return {"$schema": SCHEMA, "config": CONFIG, "vconcat": panels, "spacing": 22}


def panel(layers: list[dict[str, Any]], title: str, width: int, height: int) -> dict[str, Any]:
    """One of several panels."""
    look = {"fontSize": 12, "fontWeight": "bold", "color": INK, "offset": 10}
    heading = {"text": title, "anchor": "start", "frame": "group", **look}
    return {"title": heading, "width": width, "height": height, "layer": layers}


def apart(wanted: list[float], least: float) -> list[float]:
    """Positions near the wanted ones, in the same order, at least so far apart."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    out, last = list(wanted), -float("inf")
    for i in order:
        out[i] = last = max(wanted[i], last + least)
    shift = sum(out[i] - wanted[i] for i in order) / max(1, len(order))
    return [x - shift for x in out]
