"""World map: the score of every ranked market, the shortlist numbered, small economies as points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from beachhead.charts import theme
from beachhead.charts.labels import Point, place_discs
from beachhead.select.result import Selection

WIDTH, HEIGHT = 760, 350
SCALE, MIDDLE, MERIDIAN = (
    139.0,
    (380.0, 192.0),
    11.0,
)  # the projection is fixed, so that discs can be kept apart here
DISC = 18
Places = Mapping[str, Point]  # market -> longitude, latitude of its main city


def world(selection: Selection, topology: dict[str, Any], places: Places, top: int) -> dict[str, Any]:
    """Choropleth of the score on ``topology`` (TopoJSON, ``properties.iso3``), the shortlist as numbered discs."""
    drawn = {shape["properties"]["iso3"] for shape in topology["objects"]["countries"]["geometries"]}
    small = [m for m, code in enumerate(selection.markets) if code not in drawn and code in places]
    projection = {
        "type": "equalEarth",
        "rotate": [-MERIDIAN, 0, 0],
        "scale": SCALE,
        "translate": list(MIDDLE),
    }
    land = [{**layer, "projection": projection} for layer in _land(selection, topology)]
    layers = [
        *land,
        _home(selection, places),
        _small(selection, places, small),
        *_discs(selection, places, top),
    ]
    return theme.chart({"layer": layers, "resolve": {"scale": {"color": "shared"}}}, WIDTH, HEIGHT)


def equal_earth(longitude: float, latitude: float) -> Point:
    """Pixels of a place on the map (equal-area projection of Šavrič, Patterson & Jenny 2018)."""
    a = (1.340264, -0.081106, 0.000893, 0.003796)
    turned = math.radians((longitude - MERIDIAN + 180) % 360 - 180)
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    slope = a[0] + 3 * a[1] * t**2 + 7 * a[2] * t**6 + 9 * a[3] * t**8
    x = 2 * math.sqrt(3) * turned * math.cos(t) / (3 * slope)
    y = a[0] * t + a[1] * t**3 + a[2] * t**7 + a[3] * t**9
    return MIDDLE[0] + SCALE * x, MIDDLE[1] - SCALE * y


def _color(selection: Selection, *, legend: bool) -> dict[str, Any]:
    look = {
        "title": "Score",
        "orient": "bottom-left",
        "gradientLength": 110,
        "offset": 6,
        "direction": "horizontal",
    }
    return {
        "field": "score",
        "type": "quantitative",
        "scale": {
            "scheme": {"name": "cividis", "extent": [0.12, 1]},
            "domain": [float(selection.score.min()), float(selection.score.max())],
        },
        "legend": look if legend else None,
    }


def _land(selection: Selection, topology: dict[str, Any]) -> list[dict[str, Any]]:
    """Ranked countries in the colour of their score, the others in grey. Antarctica is left out."""
    scores = [
        {"market": c, "score": round(float(s), 3)} for c, s in zip(selection.markets, selection.score, strict=True)
    ]
    lookup = {"data": theme.values(scores), "key": "market", "fields": ["score"]}
    data = {"values": topology, "format": {"type": "topojson", "feature": "countries"}}
    joined = {"lookup": "properties.iso3", "from": lookup}
    known = "datum.properties.name != 'Antarctica' && isValid(datum.score)"
    unknown = "datum.properties.name != 'Antarctica' && !isValid(datum.score)"
    mark = {"type": "geoshape", "stroke": theme.PAPER, "strokeWidth": 0.5}
    return [
        {"data": data, "transform": [joined, {"filter": unknown}], "mark": {**mark, "color": theme.LAND}},
        {
            "data": data,
            "transform": [joined, {"filter": known}],
            "mark": mark,
            "encoding": {"color": _color(selection, legend=True)},
        },
    ]


def _at(rows: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
    """A layer whose rows carry pixels ``x`` and ``y``."""
    pixels = {axis: {"field": axis, "type": "quantitative", "scale": None, "axis": None} for axis in ("x", "y")}
    return {"data": theme.values(rows), "mark": mark, "encoding": {**pixels, **encoding}}


def _pixels(point: Point) -> dict[str, float]:
    return {"x": round(point[0], 1), "y": round(point[1], 1)}


def _small(selection: Selection, places: Places, small: list[int]) -> dict[str, Any]:
    rows = [
        {**_pixels(equal_earth(*places[selection.markets[m]])), "score": round(float(selection.score[m]), 3)}
        for m in small
    ]
    mark = {"type": "circle", "size": 34, "stroke": theme.FAINT, "strokeWidth": 0.7, "opacity": 1}
    return _at(rows, mark, color=_color(selection, legend=False))


def _home(selection: Selection, places: Places) -> dict[str, Any]:
    rows = [_pixels(equal_earth(*places[selection.home]))] if selection.home in places else []
    mark = {
        "type": "point",
        "shape": "diamond",
        "size": 110,
        "filled": True,
        "color": theme.BAND,
        "opacity": 1,
    }
    return _at(rows, {**mark, "stroke": theme.PAPER, "strokeWidth": 1.2})


def _discs(selection: Selection, places: Places, top: int) -> list[dict[str, Any]]:
    """Numbered discs, moved apart where main cities lie close together, each with a line to its city."""
    listed = [m for m in theme.top_rows(top, len(selection.markets)) if selection.markets[m] in places]
    cities = [equal_earth(*places[selection.markets[m]]) for m in listed]
    put = place_discs(cities, DISC, (WIDTH, HEIGHT))
    rows = [{"rank": str(m + 1), **_pixels((p.x + p.width / 2, p.y))} for m, p in zip(listed, put, strict=True)]
    lines = [
        {**row, "x2": round(city[0], 1), "y2": round(city[1], 1)}
        for row, city, p in zip(rows, cities, put, strict=True)
        if p.led
    ]
    ends = {"x2": {"field": "x2"}, "y2": {"field": "y2"}}
    disc = {
        "type": "circle",
        "size": 0.785 * DISC**2,
        "color": theme.INK,
        "stroke": theme.PAPER,
        "opacity": 1,
    }
    number = {
        "type": "text",
        "color": theme.PAPER,
        "fontSize": 10.5,
        "fontWeight": "bold",
        "baseline": "middle",
    }
    return [
        _at(lines, {"type": "rule", "color": theme.INK, "strokeWidth": 1}, **ends),
        _at(rows, disc),
        _at(rows, number, text={"field": "rank", "type": "nominal"}),
    ]
