"""Work against what there is: staff hours by area, and how close the plan comes to each of its limits."""

from __future__ import annotations

from typing import Any

import numpy as np

from beachhead.charts import theme
from beachhead.charts.numbers import pct
from beachhead.rollout.result import Rollout, Use
from beachhead.rollout.tables import areas

WIDTH, HEIGHT, CELL = 560, 240, 46
LIMITS = ("Staff hours", "Attention", "Launches at once")


def hours(rollout: Rollout) -> dict[str, Any]:
    """Hours a quarter by area before automation, what is left after it (tick), and what there is (dashed line)."""
    names = [area.name for area in areas()]
    x, y = theme.quarter_axis(rollout.quarters, "at"), _hours_axis("low")
    colour = {
        "field": "area",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": list(theme.AREAS[: len(names)])},
        "legend": {"title": None, "orient": "bottom", "columns": 3, "symbolType": "square", "rowPadding": 4},
    }
    mark = {"type": "rect", "stroke": theme.PAPER, "strokeWidth": 1}
    stacks = theme.layer(
        _stacks(rollout, names), mark, x=x, x2={"field": "end"}, y=y, y2={"field": "high"}, color=colour
    )
    y = _hours_axis("hours")
    return theme.chart({"layer": [stacks, *_left(rollout, x, y), *_there(rollout, x, y)]}, WIDTH, HEIGHT)


def _hours_axis(field: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": "Hours a quarter", "axis": {"tickCount": 5}}


def _stacks(rollout: Rollout, names: list[str]) -> list[dict[str, Any]]:
    """One piece for each area and quarter, from ``low`` to ``high``; the first area lies at the bottom."""
    tops = np.cumsum(rollout.hours.by_area, axis=0)
    return [
        {
            "at": k + 0.12,
            "end": k + 0.88,
            "area": name,
            "low": round(float(tops[a, k] - rollout.hours.by_area[a, k]), 3),
            "high": round(float(tops[a, k]), 3),
        }
        for a, name in enumerate(names)
        for k in range(len(rollout.quarters))
    ]


def _left(rollout: Rollout, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """What is left to do after automation, where that saves any."""
    h = rollout.hours
    rows = [
        {"at": k + 0.02, "end": k + 0.98, "hours": round(float(h.used[k]), 3)}
        for k in range(len(rollout.quarters))
        if h.saved[k] > 0
    ]
    mark = {"type": "rule", "color": theme.INK, "strokeWidth": 3, "opacity": 1}
    return [theme.layer(rows, mark, x=x, x2={"field": "end"}, y=y)] if rows else []


def _there(rollout: Rollout, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """What there is, quarter by quarter, where it is limited."""
    there = rollout.hours.capacity
    rows = [
        {"at": k, "end": k + 1, "hours": round(float(there[k]), 3)}
        for k in range(len(rollout.quarters))
        if np.isfinite(there[k])
    ]
    if not rows:
        return []
    rule = {"type": "rule", "color": theme.BAND, "strokeWidth": 2, "strokeDash": [6, 4], "opacity": 1}
    text = {
        "type": "text",
        "align": "left",
        "baseline": "bottom",
        "dx": 2,
        "dy": -4,
        "fontSize": 11,
        "color": theme.INK,
    }
    said = {"field": "label", "type": "nominal"}
    return [
        theme.layer(rows, rule, x=x, x2={"field": "end"}, y=y),
        theme.layer([{**rows[0], "label": "what there is"}], text, x=x, y=y, text=said),
    ]


def loads(rollout: Rollout) -> dict[str, Any]:
    """Heat map: share of each limit that is used, quarter by quarter."""
    h = rollout.hours
    used = zip(LIMITS, (Use(h.used, h.capacity), rollout.attention, rollout.launches), strict=True)
    rows = [
        _cell(name, q, *share) for name, use in used for q, share in zip(rollout.quarters, _shares(use), strict=True)
    ]
    x = theme.top_axis("quarter", list(rollout.quarters), None, labelExpr=_QUARTER, labelLineHeight=13, labelPadding=19)
    y = {**theme.market_axis(list(LIMITS)), "field": "limit"}
    return theme.chart({"layer": theme.heat_map(rows, x, y, 11)}, CELL * len(rollout.quarters), 28 * len(LIMITS))


_QUARTER = "[slice(datum.label, 4) === 'Q1' ? slice(datum.label, 0, 4) : '', slice(datum.label, 4)]"


def _shares(use: Use) -> list[tuple[float, str]]:
    """Share used, 0–1, and how it is written; nothing where there is no limit."""
    out = []
    for used, there in zip(use.used, use.capacity, strict=True):
        limited = np.isfinite(there) and there > 0
        share = float(used / there) if limited else 0.0
        out.append((share, pct(share) if limited else ""))
    return out


def _cell(name: str, quarter: str, share: float, label: str) -> dict[str, Any]:
    return {
        "limit": name,
        "quarter": quarter,
        "share": round(share, 4),
        "depth": min(1.0, round(share**1.5, 4)),
        "label": label,
    }
