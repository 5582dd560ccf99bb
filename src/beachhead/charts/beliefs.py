"""What was believed of each market before and is believed now: two intervals, one above the other, on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from beachhead.charts import theme
from beachhead.charts.numbers import short
from beachhead.charts.potential import LABELS

BEFORE, NOW = "before", "now"
STEP = 42  # pixels for each market
KEY = "grey: before, blue: now; eight cases of ten, and the middle one in figures"


@dataclass(frozen=True, slots=True)
class Span:
    """A market's belief before and now: P10, P50, P90 of each, USD a year or times the estimate."""

    name: str
    before: tuple[float, float, float]
    now: tuple[float, float, float]


def beliefs(spans: Sequence[Span], unit: str = "USD a year") -> dict[str, Any]:
    """Grey: before; blue: now. Bars hold eight cases of ten, ticks are medians. ``unit`` names the axis."""
    rows = [row for span in spans for row in _rows(span)]
    ends = [row[key] for row in rows for key in ("p10", "p90")]
    x = {
        "field": "p10",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False, "domain": [min(ends) / 1.5, max(ends) * 2.2]},
        "title": [f"{unit}; each step of the grid is ten times the last", KEY],
        "axis": {"values": [10.0**e for e in range(-3, 12)], "labelExpr": LABELS},
    }
    place = {"y": theme.market_axis([span.name for span in spans]), "yOffset": _offset()}
    layers = [layer for when in (BEFORE, NOW) for layer in _layers([r for r in rows if r["when"] == when], x, place)]
    return theme.chart({"layer": layers}, 540, STEP * len(spans))


def _rows(span: Span) -> list[dict[str, Any]]:
    """Both intervals of one market."""
    return [
        {"market": span.name, "when": when, "p10": low, "p50": middle, "p90": high, "label": _label(middle)}
        for when, (low, middle, high) in ((BEFORE, span.before), (NOW, span.now))
    ]


def _label(x: float) -> str:
    return short(x) if x >= 10 else f"{x:.2g}"


def _offset() -> dict[str, Any]:
    """Before stands above now."""
    return {"field": "when", "type": "nominal", "sort": [BEFORE, NOW], "scale": {"paddingOuter": 0.15}}


def _layers(rows: list[dict[str, Any]], x: dict[str, Any], place: dict[str, Any]) -> list[dict[str, Any]]:
    """Bar, median and figure of one of the two."""
    now = rows[0]["when"] == NOW
    colour = theme.BLUE if now else theme.GREY
    bar = {"type": "rule", "strokeWidth": 6, "color": colour, "opacity": 0.55}
    tick = {"type": "tick", "size": 13, "thickness": 3, "color": colour, "orient": "vertical", "opacity": 1}
    text = {"type": "text", "align": "left", "dx": 8, "fontSize": 11, "color": theme.INK if now else theme.FAINT}
    label = {"text": {"field": "label", "type": "nominal"}}
    return [
        theme.layer(rows, bar, x=x, x2={"field": "p90"}, **place),
        theme.layer(rows, tick, x={**x, "field": "p50"}, **place),
        theme.layer(rows, text, x={**x, "field": "p90"}, **label, **place),
    ]
