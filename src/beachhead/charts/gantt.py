"""When each market is entered and in which mode: bars by phase over the quarters, gates, what saves hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beachhead.charts import theme
from beachhead.charts.labels import width_of
from beachhead.charts.lanes import Bar, Lanes, Mark, lanes
from beachhead.quarters import quarter_number
from beachhead.rollout.result import Rollout
from beachhead.rollout.tables import areas

WIDTH, ROW = 600, 38
PHASE_NAMES = {"running": "Runs already", "pilot": "Pilot", "regional": "Region of a pilot", "global": "Further afield"}
COLOURS = dict(zip(PHASE_NAMES, theme.PHASES, strict=True))
LOOK = {"set-up": ([3, 3], 0.08), "sells": ([1, 0], 0.34), "may change": ([7, 4], 0.16)}  # dashes of the edge, fill
SIZE = 11


def gantt(
    rollout: Rollout, ranked: tuple[str, ...], names: Mapping[str, str], mode_names: Mapping[str, str]
) -> dict[str, Any]:
    """Lanes of the plan. ``ranked``: markets of the selection, in its order; ``names``, ``mode_names``: by id."""
    drawn = lanes(rollout, ranked)
    bought = _purchase_rows(rollout)
    rows = [names.get(m, m) for m in drawn.markets] + [row["row"] for row in bought]
    x = theme.quarter_axis(rollout.quarters, "start")
    x["axis"] = {**x["axis"], "orient": "top", "domain": False, "labelPadding": 20}
    y = {**theme.market_axis(rows), "field": "row"}
    layers = [
        _years(rollout.quarters, x),
        *_bars([_bar_row(bar, names, mode_names) for bar in drawn.bars], x, y),
        *_modes(drawn, names, mode_names, x, y),
        *_purchases(bought, x, y),
        _gates([_mark_row(mark, names) for mark in drawn.gates], x, y),
    ]
    return theme.chart({"layer": layers}, WIDTH, ROW * max(1, len(rows)))


def _years(quarters: tuple[str, ...], x: dict[str, Any]) -> dict[str, Any]:
    rows = [{"start": k} for k, q in enumerate(quarters) if q.endswith("Q1") or k == 0]
    return theme.layer(rows, {"type": "rule", "color": theme.LINE, "strokeWidth": 1}, x=x)


def _bar_row(bar: Bar, names: Mapping[str, str], mode_names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": names.get(bar.market, bar.market),
        "start": round(bar.start, 4),
        "end": round(bar.end, 4),
        "phase": PHASE_NAMES[bar.phase],
        "state": bar.state,
        "mode": mode_names.get(bar.mode, bar.mode),
    }


def _bars(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """One layer for each state; the colour is the phase."""
    there = [p for p in PHASE_NAMES.values() if any(row["phase"] == p for row in rows)]
    colours = [COLOURS[phase] for phase, name in PHASE_NAMES.items() if name in there]
    scale = {"domain": there, "range": colours}
    legend = {"title": None, "orient": "bottom", "direction": "horizontal", "symbolType": "square", "symbolOpacity": 1}
    fill = {"field": "phase", "type": "nominal", "scale": scale, "legend": legend}
    return [
        theme.layer(
            [row for row in rows if row["state"] == state],
            {
                "type": "bar",
                "height": 22,
                "fillOpacity": opacity,
                "strokeDash": dash,
                "strokeWidth": 1.5,
                "cornerRadius": 2,
            },
            x=x,
            x2={"field": "end"},
            y=y,
            fill=fill,
            stroke={**fill, "legend": None},
        )
        for state, (dash, opacity) in LOOK.items()
    ]


def _modes(
    drawn: Lanes, names: Mapping[str, str], mode_names: Mapping[str, str], x: dict[str, Any], y: dict[str, Any]
) -> list[dict[str, Any]]:
    """The name of each mode where it begins; a heavier one that hangs on the sales with a question mark."""
    first: dict[tuple[str, str], Bar] = {}
    for bar in drawn.bars:
        first.setdefault((bar.market, bar.mode), bar)
    rows = [_mode_row(bar, drawn.length, names, mode_names) for bar in first.values()]
    return _names(rows, x, y, {})


def _mode_row(bar: Bar, length: int, names: Mapping[str, str], mode_names: Mapping[str, str]) -> dict[str, Any]:
    label = mode_names.get(bar.mode, bar.mode) + ("?" if bar.state == "may change" else "")
    room = (length - bar.start) * WIDTH / length
    return {
        "row": names.get(bar.market, bar.market),
        "start": round(bar.start, 4),
        "end": length,
        "label": label,
        "left": room > width_of(label, SIZE) + 10,
    }


def _mark_row(mark: Mark, names: Mapping[str, str]) -> dict[str, Any]:
    return {"row": names.get(mark.row, mark.row), "start": mark.at, "kind": mark.kind}


def _gates(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    """On the lower edge of the bar. Filled: it opens other markets; hollow: it decides on this one."""
    fill = {"condition": {"test": "datum.kind === 'pilot'", "value": theme.INK}, "value": theme.PAPER}
    mark = {"type": "point", "shape": "diamond", "size": 80, "stroke": theme.INK, "strokeWidth": 1.6, "opacity": 1}
    mark["yOffset"] = 11
    return theme.layer(rows, mark, x=x, y=y, fill=fill)


def _purchase_rows(rollout: Rollout) -> list[dict[str, Any]]:
    """What is bought: the row is named by the area of work that it eases."""
    area_names, first = {area.id: area.name for area in areas()}, quarter_number(rollout.quarters[0])
    length = len(rollout.quarters)
    rows = []
    for one in rollout.automation:
        at = quarter_number(one.quarter) - first + 0.5
        left = (length - at) * WIDTH / length > width_of(one.name, SIZE)
        row = area_names.get(one.area, one.area)
        rows.append({"row": row, "start": at, "end": length, "label": one.name, "left": left})
    return rows


def _purchases(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """A dot where it is bought, a thin line for as long as it is used, its name above."""
    if not rows:
        return []
    line = {"type": "rule", "color": theme.GREY, "strokeWidth": 2, "opacity": 1}
    dot = {"type": "point", "shape": "circle", "size": 60, "fill": theme.GREY, "stroke": theme.GREY, "opacity": 1}
    drawn = [theme.layer(rows, line, x=x, x2={"field": "end"}, y=y), theme.layer(rows, dot, x=x, y=y)]
    return [*drawn, *_names(rows, x, y, {"baseline": "bottom", "dy": -5})]


def _names(
    rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], more: dict[str, Any]
) -> list[dict[str, Any]]:
    """Labels from where a bar begins; those without room there end where the chart does."""
    text = {"field": "label", "type": "nominal"}
    return [
        theme.layer(
            [row for row in rows if row["left"] is left],
            {"type": "text", "align": "left" if left else "right", "dx": 6 if left else -4, "fontSize": SIZE, **more},
            x={**x, "field": "start" if left else "end"},
            y=y,
            text=text,
        )
        for left in (True, False)
        if any(row["left"] is left for row in rows)
    ]
