"""A sum of money by quarter with its range: cash above its floor, sales, profit."""

from __future__ import annotations

from typing import Any

import numpy as np

from beachhead.charts import theme
from beachhead.charts.numbers import short
from beachhead.outlook.result import Band
from beachhead.rollout.result import Fan

WIDTH, HEIGHT = 500, 260
TALLEST = 2.2  # times the highest point of the middle: what lies above is cut off from the fan of cash
ENDS = (("p95", "one in twenty above"), ("p50", "middle"), ("p5", "one in twenty below"))


def cash(quarters: tuple[str, ...], fan: Fan | Band, floor_usd: float) -> dict[str, Any]:
    """The fan of cash with what must stay (dashed) and zero.

    The upper end may leave the picture, where it would press what matters into a corner; its figure is written then.
    """
    low, high = span(fan, (0.0, floor_usd))
    most = TALLEST * max(float(np.max(fan.p50)), floor_usd)
    return theme.chart({"layer": _fan(quarters, fan, (low, min(high, most)), HEIGHT, floor_usd)}, WIDTH, HEIGHT)


def flows(quarters: tuple[str, ...], panels: dict[str, Band]) -> dict[str, Any]:
    """Fans below each other by title, each on its own axis that holds zero."""
    height = 150
    drawn = [
        theme.panel(_fan(quarters, band, span(band, (0.0,)), height, None), title, WIDTH, height)
        for title, band in panels.items()
    ]
    return theme.one_above_other(drawn)


def span(fan: Fan | Band, more: tuple[float, ...]) -> tuple[float, float]:
    """Domain of a fan's axis: all of it and ``more``, with a little room."""
    low, high = min(float(np.min(fan.p5)), *more), max(float(np.max(fan.p95)), *more)
    room = 0.04 * (high - low or 1.0)
    return low - room * (low < 0), high + room


def rows_of(quarters: tuple[str, ...], fan: Fan | Band) -> list[dict[str, Any]]:
    """The percentiles by quarter, at the quarter's middle."""
    names = ("p5", "p25", "p50", "p75", "p95") if isinstance(fan, Band) else ("p5", "p50", "p95")
    return [
        {"at": k + 0.5, **{name: round(float(getattr(fan, name)[k]), 2) for name in names}}
        for k in range(len(quarters))
    ]


def _fan(
    quarters: tuple[str, ...], fan: Fan | Band, domain: tuple[float, float], height: int, floor: float | None
) -> list[dict[str, Any]]:
    rows = rows_of(quarters, fan)
    x, y = theme.quarter_axis(quarters), theme.money_axis("p50", domain)
    ranges = [("p5", "p95", 0.2), *([("p25", "p75", 0.3)] if isinstance(fan, Band) else [])]
    areas = [
        theme.layer(
            rows,
            {"type": "area", "color": theme.BLUE, "opacity": opacity, "line": False, "clip": True},
            x=x,
            y={**y, "field": low},
            y2={"field": high},
        )
        for low, high, opacity in ranges
    ]
    middle = theme.layer(rows, {"type": "line", "color": theme.BLUE, "strokeWidth": 2.5}, x=x, y=y)
    line = [] if floor is None else [_floor(floor, y)]
    mark = {"type": "text", "align": "left", "dx": 8, "fontSize": 11, "color": theme.INK, "clip": False}
    labels = _ends(rows[-1], domain, height, floor)
    ends = theme.layer(labels, mark, x=x, y=y, text={"field": "label", "type": "nominal"})
    return [_zero(y), *areas, *line, middle, ends]


def _zero(y: dict[str, Any]) -> dict[str, Any]:
    return theme.layer([{"p50": 0}], {"type": "rule", "color": theme.FAINT, "strokeWidth": 1}, y=y)


def _floor(floor: float, y: dict[str, Any]) -> dict[str, Any]:
    rule = {"type": "rule", "color": theme.BAND, "strokeWidth": 2, "strokeDash": [6, 4], "opacity": 1}
    return theme.layer([{"p50": floor}], rule, y=y)


def _ends(last: dict[str, Any], domain: tuple[float, float], height: int, floor: float | None) -> list[dict[str, Any]]:
    """What edges, middle and floor mean, with their figures at the end, kept apart."""
    said = [(words, last[name]) for name, words in ENDS] + ([] if floor is None else [("must stay", floor)])
    per_pixel = (domain[1] - domain[0]) / height
    places = theme.apart([min(value, domain[1]) / per_pixel for _, value in said], 15)
    return [
        {
            "at": last["at"] + 0.5,
            "p50": place * per_pixel,
            "label": f"{words}: {short(value)}{_beyond(value, domain[1])}",
        }
        for place, (words, value) in zip(places, said, strict=True)
    ]


def _beyond(value: float, most: float) -> str:
    return " ↑" if value > most else ""
