"""Rapid, but not too rapid: what the same moves are worth, and how they can go wrong, by how fast they follow."""

from __future__ import annotations

from typing import Any

from beachhead.charts import theme
from beachhead.charts.numbers import pct, short
from beachhead.outlook.result import PacePoint

WIDTH, HEIGHT = 480, 170
CHANCES = (("p_overstretch", "more than it can carry"), ("p_floor", "cash below the floor"), ("p_ruin", "out of cash"))
DASH: dict[str, list[int]] = {"p_overstretch": [1, 0], "p_floor": [6, 3], "p_ruin": [2, 2]}


def pace(points: tuple[PacePoint, ...]) -> dict[str, Any]:
    """Two panels over months from the first to the last entry: worth, and chances of trouble."""
    rows = [_row(p) for p in distinct(points)]
    last = max(row["months"] for row in rows) or 1.0
    x = {
        "field": "months",
        "type": "quantitative",
        "title": "Months from the first entry to the last",
        "scale": {"domain": [0, last], "nice": False},
        "axis": {"tickCount": 7, "grid": False},
    }
    return theme.one_above_other([_worth(rows, x), _trouble(rows, x)])


def distinct(points: tuple[PacePoint, ...]) -> list[PacePoint]:
    """One point for each number of months, by months: this plan, the best, or else the one worth most."""
    found: dict[float, PacePoint] = {}
    for p in sorted(points, key=lambda p: (p.stretch == 1.0, p.best, p.adjusted_usd)):
        found[round(p.months, 6)] = p
    return [found[months] for months in sorted(found)]


def _row(p: PacePoint) -> dict[str, Any]:
    return {
        "months": round(p.months, 3),
        "mean": round(p.value_mean_usd, 2),
        "adjusted": round(p.adjusted_usd, 2),
        "plan": p.stretch == 1.0,
        "best": p.best,
        "breaks": bool(p.breaks),
        **{name: round(getattr(p, name), 6) for name, _ in CHANCES},
    }


def _worth(rows: list[dict[str, Any]], x: dict[str, Any]) -> dict[str, Any]:
    """Mean worth, and worth after risk by which the best pace is chosen, with this plan and the best one marked."""
    both = [row[name] for row in rows for name in ("mean", "adjusted")]
    room = 0.2 * (max(both) - min(both) or 1.0)
    domain = (min(both) - room, max(both) + room)
    y = theme.money_axis("adjusted", domain, "USD")
    lines = [
        theme.layer(rows, {"type": "line", "color": colour, **look}, x=x, y={**y, "field": name})
        for name, colour, look in (
            ("mean", theme.GREY, {"strokeWidth": 2, "strokeDash": [6, 3]}),
            ("adjusted", theme.BLUE, {"strokeWidth": 2.5}),
        )
    ]
    broken = [row for row in rows if row["breaks"]]
    cross = {"type": "point", "shape": "cross", "angle": 45, "size": 130, "fill": theme.INK, "opacity": 1}
    crosses = [theme.layer(broken, {**cross, "stroke": theme.PAPER}, x=x, y=y)] if broken else []
    ends = _end_labels(rows, (("mean", "mean"), ("adjusted", "after risk")), domain, x, y, short)
    return theme.panel([*lines, ends, *crosses, *_marks(rows, x, y)], "What it is worth", WIDTH, HEIGHT)


def _marks(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """The plan's own pace and the firm's best one."""
    said = [{**row, "label": _said(row)} for row in rows if row["plan"] or row["best"]]
    ring = {"type": "point", "shape": "circle", "size": 120, "strokeWidth": 2.5, "opacity": 1, "fill": theme.PAPER}
    stroke = {"condition": {"test": "datum.best", "value": theme.BAND}, "value": theme.INK}
    text = {"type": "text", "fontSize": 11, "fontWeight": "bold", "color": theme.INK}
    label = {"field": "label", "type": "nominal"}
    places = [(row, -16 if row["best"] else 20) for row in said]
    names = [theme.layer([row], {**text, "dy": dy}, x=x, y=y, text=label) for row, dy in places]
    return [theme.layer(said, ring, x=x, y=y, stroke=stroke), *names]


def _said(row: dict[str, Any]) -> str:
    if row["plan"] and row["best"]:
        return "this plan: the best pace"
    return "this plan" if row["plan"] else "best pace"


def _trouble(rows: list[dict[str, Any]], x: dict[str, Any]) -> dict[str, Any]:
    most = 1.1 * max(0.05, *(row[name] for row in rows for name, _ in CHANCES))
    domain = (0.0, min(1.0, most))
    axis = {"tickCount": 5, "labelExpr": "round(100 * datum.value) + ' %'"}
    scale = {"domain": list(domain), "nice": False}
    y = {"field": "p_ruin", "type": "quantitative", "title": None, "scale": scale, "axis": axis}
    lines = [
        theme.layer(
            rows,
            {"type": "line", "color": theme.INK, "strokeWidth": 2, "strokeDash": DASH[name]},
            x=x,
            y={**y, "field": name},
        )
        for name, _ in CHANCES
    ]
    now = [row for row in rows if row["plan"]]
    rule = theme.layer(now, {"type": "rule", "color": theme.GREY, "strokeWidth": 1}, x=x)
    ends = _end_labels(rows, CHANCES, domain, x, y, pct)
    return theme.panel([rule, *lines, ends], "Chance of trouble within the plan", WIDTH, HEIGHT)


def _end_labels(
    rows: list[dict[str, Any]],
    named: tuple[tuple[str, str], ...],
    domain: tuple[float, float],
    x: dict[str, Any],
    y: dict[str, Any],
    write: Any,
) -> dict[str, Any]:
    """Names of the lines at their right end, kept apart."""
    last, per_pixel = rows[-1], (domain[1] - domain[0]) / HEIGHT
    places = theme.apart([last[name] / per_pixel for name, _ in named], 14)
    labels = [
        {"months": last["months"], y["field"]: place * per_pixel, "label": f"{words}: {write(last[name])}"}
        for place, (name, words) in zip(places, named, strict=True)
    ]
    mark = {"type": "text", "align": "left", "dx": 8, "fontSize": 11, "color": theme.INK, "clip": False}
    return theme.layer(labels, mark, x=x, y=y, text={"field": "label", "type": "nominal"})
