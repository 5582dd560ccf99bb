"""What a country could sell in each market beside what it sells: interval, prediction and actual on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from beachhead.charts import theme
from beachhead.charts.numbers import short
from beachhead.charts.potential import LABELS

KEY = "bar: eight cases of ten; tick and figure: what could be sold; dot: what is sold (hollow: at most; none: nothing)"
LEAST = 1_000.0  # USD a year: the axis begins no lower


@dataclass(frozen=True, slots=True)
class Bar:
    """A market: what is predicted with its interval and what is sold, USD a year; ``listed``: else sold is the most."""

    name: str
    low: float
    predicted: float
    high: float
    sold: float
    listed: bool


def untapped(bars: Sequence[Bar]) -> dict[str, Any]:
    """A bar from low to high, a tick at the prediction, a dot at what is sold (hollow: at most that)."""
    floor = max(LEAST, min((x for bar in bars for x in (bar.predicted, bar.sold) if x > 0), default=0.0) / 3)
    rows = [_row(bar, floor) for bar in bars]
    top = max(x for row in rows for x in (row["high"], row["sold"]))
    x = {
        "field": "low",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False, "domain": [floor, 2.5 * top]},
        "title": ["USD a year; each step of the grid is ten times the last", KEY],
        "axis": {"values": [10.0**e for e in range(3, 14)], "labelExpr": LABELS},
    }
    shared = {"y": theme.market_axis([bar.name for bar in bars])}
    layers = [theme.layer(rows, mark, **shared, **_at(x, more)) for mark, more in _MARKS]
    layers += [
        theme.layer([r for r in rows if r["dot"] == kind], mark, **shared, **_at(x, {"x": "sold"}))
        for kind, mark in _DOTS.items()
    ]
    return theme.chart({"layer": layers}, 540, 30 * len(rows))


def _row(bar: Bar, floor: float) -> dict[str, Any]:
    """The bar as it is drawn: nothing lies left of ``floor``."""
    low, predicted, high, sold = (round(max(v, floor), 2) for v in (bar.low, bar.predicted, bar.high, bar.sold))
    drawn = {"low": low, "predicted": predicted, "high": max(high, predicted), "sold": sold}
    dot = "none" if bar.sold <= 0 else "sold" if bar.listed else "at most"
    return {"market": bar.name, **drawn, "dot": dot, "label": short(bar.predicted)}


def _at(x: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Encodings with the axis ``x`` moved to the field that ``more`` names."""
    return {**more, "x": {**x, "field": more.get("x", "low")}}


_TICK = {"type": "tick", "size": 17, "thickness": 3, "color": theme.BLUE, "orient": "vertical", "opacity": 1}
_LABEL = {"type": "text", "align": "left", "dx": 8, "color": theme.INK}
_MARKS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"type": "rule", "strokeWidth": 6, "color": theme.BLUE, "opacity": 0.45}, {"x2": {"field": "high"}}),
    (_TICK, {"x": "predicted"}),
    (_LABEL, {"x": "high", "text": {"field": "label", "type": "nominal"}}),
)
_DOT = {"type": "point", "size": 70, "stroke": theme.BAND, "strokeWidth": 2, "opacity": 1}
_DOTS = {"sold": {**_DOT, "fill": theme.BAND}, "at most": {**_DOT, "fill": theme.PAPER}}
