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
