"""Why: how many points each criterion adds to the score of each shortlisted market."""

from __future__ import annotations

from typing import Any

import numpy as np

from beachhead.charts import theme
from beachhead.evidence.model import Floats
from beachhead.select.result import Selection
from beachhead.select.tables import criteria


def by_criterion(selection: Selection, table: Floats) -> Floats:
    """Sum the columns of an (M, K) table by criterion: (M, C)."""
    of = np.array(selection.criterion_of)
    return np.stack([table[:, of == c].sum(axis=1) for c in selection.criteria], axis=1)


def contributions(selection: Selection, top: int) -> dict[str, Any]:
    """Stacked bars that add up to the score; attractiveness in blues, accessibility in oranges."""
    listed = theme.top_rows(top, len(selection.markets))
    y = theme.market_axis([selection.names[m] for m in listed])
    most = 1.08 * max(float(s) for s in selection.score[: len(listed)])
    return theme.chart(
        {"layer": [_bars(selection, listed, y, most), _totals(selection, listed, y)]}, 540, 30 * len(listed)
    )


def _bars(selection: Selection, listed: range, y: dict[str, Any], most: float) -> dict[str, Any]:
    points = by_criterion(selection, selection.contributions)
    names = [criteria()[c].name for c in selection.criteria]
    rows = [
        {"market": selection.names[m], "criterion": name, "order": c, "points": round(float(points[m, c]), 4)}
        for m in listed
        for c, name in enumerate(names)
    ]
    scale = {"domain": [0, most], "nice": False}
    x = {"field": "points", "type": "quantitative", "stack": "zero", "title": "Points of 100", "scale": scale}
    return {
        "data": theme.values(rows),
        "mark": {"type": "bar", "stroke": theme.PAPER, "strokeWidth": 1, "height": {"band": 0.7}},
        "encoding": {
            "y": y,
            "x": {**x, "axis": {"tickCount": 6}},
            "color": _colours(names),
            "order": {"field": "order"},
        },
    }


def _colours(names: list[str]) -> dict[str, Any]:
    return {
        "field": "criterion",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": list(theme.CRITERIA[: len(names)])},
        "legend": {"title": None, "orient": "bottom", "columns": 2, "symbolType": "square", "rowPadding": 4},
    }


def _totals(selection: Selection, listed: range, y: dict[str, Any]) -> dict[str, Any]:
    rows = [{"market": selection.names[m], "score": round(float(selection.score[m]), 3)} for m in listed]
    x = {"field": "score", "type": "quantitative"}
    return {
        "data": theme.values(rows),
        "mark": {"type": "text", "align": "left", "dx": 6, "color": theme.INK, "fontWeight": "bold"},
        "encoding": {"y": y, "x": x, "text": {"field": "score", "format": ".0f"}},
    }
