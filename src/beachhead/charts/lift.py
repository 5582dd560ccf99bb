"""Lift: how much of what there was to find stands in the first part of each list."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

from beachhead.charts import theme
from beachhead.charts.numbers import pct
from beachhead.skill.result import Score

WIDTH, HEIGHT = 340, 270
TICKS = (0, 1, 5, 10, 20, 40, 60, 100)
BY_LOT = "random"  # drawn as the dashed line
ROW = 18  # pixels from one name of the key to the next
TOLD_AT = 10  # per cent of the list of which the key gives the figure


class Look(NamedTuple):
    """How the line of a score is drawn: its colour, and dashes if it has any."""

    colour: str
    dash: tuple[int, ...] = (1, 0)


OTHERS = Look(theme.GREY)


def lift(scores: Sequence[Score], named: dict[str, Look]) -> dict[str, Any]:
    """Share found by share of the list looked at. ``named``: looks by name of the scores that stand out; the rest is
    grey. The axis is drawn out at its beginning, since nobody looks at the whole list."""
    known = [score for score in scores if score.name != BY_LOT and score.lift and isfinite(score.lift[-1])]
    grey = [_line(score, OTHERS, 1.2, 0.75) for score in known if score.name not in named]
    drawn = [_line(score, named[score.name], 2.6, 1.0) for score in known if score.name in named]
    ordered = sorted((s for s in known if s.name in named), key=lambda s: -s.lift[TOLD_AT])
    names = [(f"{s.label}: {pct(s.lift[TOLD_AT])} in the first {TOLD_AT} %", named[s.name]) for s in ordered]
    layers = [_chance(), *grey, *drawn, *key(names)]
    return theme.chart({"layer": layers}, WIDTH, HEIGHT)


def _x() -> dict[str, Any]:
    axis = {"values": list(TICKS), "labelExpr": "datum.value + ' %'", "grid": True}
    scale = {"type": "sqrt", "domain": [0, 100], "nice": False}
    return {
        "field": "looked",
        "type": "quantitative",
        "title": "Share of the list looked at",
        "scale": scale,
        "axis": axis,
    }


def _y() -> dict[str, Any]:
    axis = {"tickCount": 5, "labelExpr": "round(100 * datum.value) + ' %'"}
    scale = {"domain": [0, 1], "nice": False}
    return {"field": "found", "type": "quantitative", "title": "Share found", "scale": scale, "axis": axis}


def _line(score: Score, look: Look, width: float, opacity: float) -> dict[str, Any]:
    rows = [{"looked": k, "found": round(share, 5)} for k, share in enumerate(score.lift)]
    mark = {
        "type": "line",
        "color": look.colour,
        "strokeWidth": width,
        "opacity": opacity,
        "strokeDash": list(look.dash),
    }
    return theme.layer(rows, mark, x=_x(), y=_y())


def _chance() -> dict[str, Any]:
    rows = [{"looked": k, "found": k / 100} for k in range(101)]
    return theme.layer(
        rows, {"type": "line", "color": theme.FAINT, "strokeWidth": 1, "strokeDash": [4, 4]}, x=_x(), y=_y()
    )


def key(names: Sequence[tuple[str, Look]]) -> list[dict[str, Any]]:
    """Names with a piece of their line, above the picture, where they cover nothing."""
    layers = []
    for k, (name, look) in enumerate(names):
        y = {"value": ROW * (k - len(names))}
        line = {"type": "rule", "color": look.colour, "strokeWidth": 2.5, "strokeDash": list(look.dash)}
        text = {"type": "text", "align": "left", "fontSize": 12, "color": theme.INK}
        row = [{"label": name}]
        layers.append(theme.layer(row, line, x={"value": 0}, x2={"value": 18}, y=y))
        layers.append(theme.layer(row, text, x={"value": 24}, y=y, text={"field": "label", "type": "nominal"}))
    return layers
