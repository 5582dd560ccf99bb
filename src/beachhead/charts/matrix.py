"""The matrix: attractiveness × accessibility, 80 % ellipses, named cells, Pareto front, direct labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from beachhead.charts import theme
from beachhead.charts.labels import place_texts
from beachhead.evidence.model import Floats
from beachhead.select.matrix import ellipse
from beachhead.select.result import Selection

WIDTH, HEIGHT = 620, 470
Range = tuple[float, float]
# cell -> corner of the frame (0 left/top, 1 right/bottom), alignment
CORNERS = {
    "go now": (1, 0, "right", "top"),
    "build access": (1, 1, "right", "bottom"),
    "easy but small": (0, 0, "left", "top"),
    "leave": (0, 1, "left", "bottom"),
}


def matrix(selection: Selection, top: int) -> dict[str, Any]:
    """Scatter of both axes; the shortlist with ellipse and name, all others as dots."""
    listed = list(theme.top_rows(top, len(selection.markets)))
    outlines = [_outline(selection, m) for m in listed]
    x_range = _range(selection.attractiveness.mean, [o[:, 0] for o in outlines])
    y_range = _range(selection.accessibility.mean, [o[:, 1] for o in outlines])
    layers = [
        *_cells(selection, x_range, y_range),
        _dots(selection, len(listed)),
        *_ellipses(outlines),
        _front(selection),
        *_listed(selection, listed, x_range, y_range),
    ]
    return theme.chart({"layer": layers, "encoding": _axes(x_range, y_range)}, WIDTH, HEIGHT)


def _axes(x_range: Range, y_range: Range) -> dict[str, Any]:
    def axis(field: str, title: str, limits: Range) -> dict[str, Any]:
        scale = {"domain": list(limits), "nice": False, "zero": False}
        return {
            "field": field,
            "type": "quantitative",
            "scale": scale,
            "title": title,
            "axis": {"grid": False, "tickCount": 8},
        }

    return {
        "x": axis("x", "Attractiveness, points of 100 →", x_range),
        "y": axis("y", "Accessibility, points of 100 →", y_range),
    }


def _range(means: Floats, outlines: Sequence[Floats]) -> Range:
    """All means and outlines with a margin, on whole fives."""
    low = min([float(means.min()), *(float(o.min()) for o in outlines)])
    high = max([float(means.max()), *(float(o.max()) for o in outlines)])
    return max(0.0, 5 * ((low - 1) // 5)), min(100.0, 5 * -(-(high + 1) // 5))


def _outline(selection: Selection, m: int) -> Floats:
    x, y = selection.attractiveness, selection.accessibility
    mean, sd = (float(x.mean[m]), float(y.mean[m])), (float(x.sd[m]), float(y.sd[m]))
    return ellipse(mean, sd, float(selection.axis_cov[m]))


def _row(selection: Selection, m: int) -> dict[str, float]:
    return {
        "x": round(float(selection.attractiveness.mean[m]), 3),
        "y": round(float(selection.accessibility.mean[m]), 3),
    }


def _cells(selection: Selection, x_range: Range, y_range: Range) -> list[dict[str, Any]]:
    rule = {"type": "rule", "color": theme.LINE, "strokeWidth": 1}
    lines = [
        {"data": theme.values([{"x": selection.middle[0]}]), "mark": rule, "encoding": {"y": None}},
        {"data": theme.values([{"y": selection.middle[1]}]), "mark": rule, "encoding": {"x": None}},
    ]
    return lines + [_cell_name(cell, *place, x_range, y_range) for cell, place in CORNERS.items()]


def _cell_name(
    cell: str, right: int, low: int, align: str, baseline: str, x_range: Range, y_range: Range
) -> dict[str, Any]:
    row = {"x": x_range[right], "y": y_range[1 - low], "cell": cell.upper()}
    inward = {"dx": -6 if right else 6, "dy": -6 if low else 6}
    mark = {
        "type": "text",
        "align": align,
        "baseline": baseline,
        "fontSize": 11,
        "color": theme.FAINT,
        **inward,
    }
    return {"data": theme.values([row]), "mark": mark, "encoding": {"text": {"field": "cell"}}}


def _dots(selection: Selection, first: int) -> dict[str, Any]:
    rows = [_row(selection, m) for m in range(first, len(selection.markets))]
    mark = {"type": "circle", "size": 22, "color": theme.GREY, "opacity": 0.75, "clip": True}
    return {"data": theme.values(rows), "mark": mark}


def _ellipses(outlines: list[Floats]) -> list[dict[str, Any]]:
    rows = [
        {"x": round(float(x), 3), "y": round(float(y), 3), "i": i, "m": m}
        for m, outline in enumerate(outlines)
        for i, (x, y) in enumerate(outline)
    ]
    mark = {
        "type": "line",
        "fill": theme.BLUE,
        "fillOpacity": 0.07,
        "stroke": theme.BLUE,
        "strokeOpacity": 0.35,
        "strokeWidth": 1,
        "clip": True,
    }
    encoding = {"order": {"field": "i"}, "detail": {"field": "m"}}
    return [{"data": theme.values(rows), "mark": mark, "encoding": encoding}]


def _front(selection: Selection) -> dict[str, Any]:
    rows = [_row(selection, m) for m in range(len(selection.markets)) if selection.pareto[m]]
    mark = {"type": "line", "color": theme.BAND, "strokeWidth": 1.8, "strokeDash": [5, 3]}
    return {"data": theme.values(rows), "mark": mark, "encoding": {"order": {"field": "x"}}}


def _listed(selection: Selection, listed: list[int], x_range: Range, y_range: Range) -> list[dict[str, Any]]:
    """Dots of the shortlist, their labels, and lines to labels that lie further off."""
    rows = [_row(selection, m) for m in range(len(selection.markets))]
    pixels = [(_scaled(r["x"], x_range) * WIDTH, HEIGHT - _scaled(r["y"], y_range) * HEIGHT) for r in rows]
    first = len(listed)
    texts = [f"{m + 1} {selection.names[m]}" for m in listed]
    put = place_texts(pixels[:first], texts, (WIDTH, HEIGHT), pixels[first:])
    labels, leads = [], []
    for row, pixel, text, p in zip(rows, pixels, texts, put, strict=False):
        y = _back(HEIGHT - p.y, HEIGHT, y_range)
        labels.append({"align": p.align, "x": _back(p.anchor, WIDTH, x_range), "y": y, "text": text})
        if p.led:
            end = min(max(pixel[0], p.x), p.x + p.width)
            leads.append({**row, "x2": _back(end, WIDTH, x_range), "y2": y})
    return [
        {"data": theme.values(leads), "mark": _LEAD, "encoding": {"x2": {"field": "x2"}, "y2": {"field": "y2"}}},
        {"data": theme.values(rows[:first]), "mark": _DOT},
        *(layer for align in ("left", "center", "right") for layer in _texts(labels, align)),
    ]


_LEAD = {"type": "rule", "color": theme.GREY, "strokeWidth": 0.8}
_DOT = {"type": "circle", "size": 60, "color": theme.BLUE, "opacity": 1, "stroke": theme.PAPER, "strokeWidth": 1}


def _texts(labels: list[dict[str, Any]], align: str) -> list[dict[str, Any]]:
    """The labels of one alignment, each on a halo of the page's colour."""
    text = {"type": "text", "align": align, "baseline": "middle", "fontSize": 12}
    halo = {**text, "stroke": theme.PAPER, "strokeWidth": 3, "color": theme.PAPER}
    data = theme.values([label for label in labels if label["align"] == align])
    said = {"text": {"field": "text", "type": "nominal"}}
    return [{"data": data, "mark": mark, "encoding": said} for mark in (halo, {**text, "color": theme.INK})]


def _scaled(x: float, limits: Range) -> float:
    return (x - limits[0]) / (limits[1] - limits[0])


def _back(pixel: float, length: float, limits: Range) -> float:
    return round(limits[0] + pixel / length * (limits[1] - limits[0]), 4)
