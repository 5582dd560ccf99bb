"""What the firm could sell a year: P10–P50–P90 on a logarithmic axis, beside what entrants really sell."""

from __future__ import annotations

from typing import Any

from beachhead.charts import theme
from beachhead.charts.numbers import short
from beachhead.select.result import Selection

Band = tuple[float, float, float]  # P10, P50, P90 of what entrants really sell in their first year, USD


def potential(selection: Selection, band: Band, top: int) -> dict[str, Any]:
    """Interval and median per shortlisted market; ``band`` is drawn behind them all."""
    listed = theme.top_rows(top, len(selection.markets))
    rows = [_row(selection, m) for m in listed]
    x = {
        "field": "p10",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False, "domain": _domain(rows, band)},
        "title": "USD a year; each step of the grid is ten times the last",
        "axis": {"values": [10.0**e for e in range(12)], "labelExpr": LABELS},
    }
    y = theme.market_axis([selection.names[m] for m in listed])
    layers = [*_band(band, x), *(_layer(rows, mark, {"y": y, **more}, x) for mark, more in _MARKS)]
    return theme.chart({"layer": layers}, 540, 30 * len(listed))


LABELS = (
    "datum.value >= 1e9 ? datum.value/1e9 + 'bn' : datum.value >= 1e6 ? datum.value/1e6 + 'm' : "
    "datum.value >= 1e3 ? datum.value/1e3 + 'k' : datum.value"
)
_TICK = {"type": "tick", "size": 17, "thickness": 3, "color": theme.BLUE, "orient": "vertical", "opacity": 1}
_MARKS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"type": "rule", "strokeWidth": 6, "color": theme.BLUE, "opacity": 0.55}, {"x2": {"field": "p90"}}),
    (_TICK, {"field": "p50"}),
    (
        {"type": "text", "align": "left", "dx": 8, "color": theme.INK},
        {"field": "p90", "text": {"field": "label", "type": "nominal"}},
    ),
)


def _layer(rows: list[dict[str, Any]], mark: dict[str, Any], more: dict[str, Any], x: dict[str, Any]) -> dict[str, Any]:
    """One kind of mark for all rows; ``field`` in ``more`` moves it along the axis."""
    encoding = {name: part for name, part in more.items() if name != "field"}
    return {
        "data": theme.values(rows),
        "mark": mark,
        "encoding": {"x": {**x, "field": more.get("field", "p10")}, **encoding},
    }


def _band(band: Band, x: dict[str, Any]) -> list[dict[str, Any]]:
    data = theme.values([dict(zip(("p10", "p50", "p90"), band, strict=True))])
    rect = {"type": "rect", "color": theme.BAND, "opacity": 0.18}
    line = {"type": "rule", "color": theme.BAND, "strokeWidth": 2, "strokeDash": [5, 3], "opacity": 1}
    return [
        {"data": data, "mark": rect, "encoding": {"x": x, "x2": {"field": "p90"}}},
        {"data": data, "mark": line, "encoding": {"x": {**x, "field": "p50"}}},
    ]


def _row(selection: Selection, m: int) -> dict[str, Any]:
    p = selection.potential
    p10, p50, p90 = (max(1.0, round(float(v[m]), 2)) for v in (p.p10, p.p50, p.p90))
    return {"market": selection.names[m], "p10": p10, "p50": p50, "p90": p90, "label": short(p50)}


def _domain(rows: list[dict[str, Any]], band: Band) -> list[float]:
    low = min(band[0], *(row["p10"] for row in rows))
    high = max(band[2], *(row["p90"] for row in rows))
    return [max(1.0, low / 1.5), high * 2.2]
