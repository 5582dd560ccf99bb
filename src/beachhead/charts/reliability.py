"""Reliability: when a score says one in a hundred, is it one in a hundred?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from beachhead.charts import theme
from beachhead.charts.lift import OTHERS, Look, key
from beachhead.skill.result import Bin, Score

WIDTH, HEIGHT = 340, 270
LEAST = 1e-4  # nothing rarer is drawn


def reliability(scores: Sequence[Score], named: dict[str, Look]) -> dict[str, Any]:
    """What came by what was said, both on a log scale, for every score with bars. ``named``: looks by name.

    Bars of chances below ``LEAST`` are left out. A hollow mark at the foot stands for a bar in which less came than the
    axis shows, or nothing.
    """
    told = [score for score in scores if score.reliability]
    low = floor_of([one for score in told for one in score.reliability])
    colours = {score.name: named.get(score.name, OTHERS).colour for score in told}
    layers = [_diagonal(low)]
    for score in told:
        layers += _curve(score, colours[score.name], low)
    names = [
        (f"{score.label}: off by {100 * score.ece:.2g} points on average", Look(colours[score.name])) for score in told
    ]
    return theme.chart({"layer": [*layers, *key(names)]}, WIDTH, HEIGHT)


def floor_of(bars: Sequence[Bin]) -> float:
    """The foot of both axes: the power of ten below all that is drawn."""
    seen = [x for one in bars for x in (one.predicted, one.observed) if x > 0]
    return float(10 ** math.floor(math.log10(max(min(seen, default=0.01), LEAST))))


def _axis(field: str, title: str, low: float) -> dict[str, Any]:
    ticks = [10.0**k for k in range(round(math.log10(low)), 1)]
    axis = {"values": ticks, "labelExpr": "format(100 * datum.value, '~g') + ' %'"}
    scale = {"type": "log", "domain": [low, 1], "nice": False}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _xy(low: float) -> dict[str, Any]:
    return {"x": _axis("said", "Chance that was stated", low), "y": _axis("came", "Share that opened", low)}


def _diagonal(low: float) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [{"said": low, "came": low}, {"said": 1.0, "came": 1.0}]
    return theme.layer(rows, {"type": "line", "color": theme.FAINT, "strokeWidth": 1, "strokeDash": [4, 4]}, **_xy(low))


def _curve(score: Score, colour: str, low: float) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"said": one.predicted, "came": max(one.observed, low), "less": one.observed < low}
        for one in score.reliability
        if one.predicted >= low
    ]
    filled = [row for row in rows if not row["less"]]
    hollow = [row for row in rows if row["less"]]
    point = {"type": "point", "shape": "circle", "size": 46, "opacity": 1, "stroke": colour, "clip": False}
    layers = [
        theme.layer(filled, {"type": "line", "color": colour, "strokeWidth": 1.6}, **_xy(low)),
        theme.layer(filled, {**point, "fill": colour}, **_xy(low)),
    ]
    return [*layers, *([theme.layer(hollow, {**point, "fill": theme.PAPER}, **_xy(low))] if hollow else [])]
