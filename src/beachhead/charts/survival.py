"""How many markets are still served: the share of those entered, and their number with its range."""

from __future__ import annotations

from typing import Any

import numpy as np

from beachhead.charts import theme
from beachhead.charts.numbers import pct, plain
from beachhead.outlook.result import Outlook

WIDTH, HEIGHT = 250, 170


def survival(outlook: Outlook) -> dict[str, Any]:
    """Two panels over the quarters."""
    return theme.side_by_side([_share(outlook), _number(outlook)])


def _share(outlook: Outlook) -> dict[str, Any]:
    rows = [{"at": k + 0.5, "share": round(float(s), 6)} for k, s in enumerate(outlook.survival) if np.isfinite(s)]
    axis = {"tickCount": 5, "labelExpr": "round(100 * datum.value) + ' %'"}
    scale = {"domain": [0, 1], "nice": False}
    y = {"field": "share", "type": "quantitative", "title": None, "scale": scale, "axis": axis}
    x = _sparse(outlook.quarters)
    line = theme.layer(rows, {"type": "line", "color": theme.BLUE, "strokeWidth": 2.5}, x=x, y=y)
    end = [{**row, "label": pct(row["share"])} for row in rows[-1:]]
    return theme.panel([line, *_end(end, x, y)], "Of the markets entered, still served", WIDTH, HEIGHT)


def _number(outlook: Outlook) -> dict[str, Any]:
    band = outlook.markets
    rows = [
        {"at": k + 0.5, **{p: round(float(getattr(band, p)[k]), 3) for p in ("p5", "p95", "mean")}}
        for k in range(len(outlook.quarters))
    ]
    scale = {"domain": [0, max(1.0, float(np.max(band.p95)))], "nice": True}
    y = {"field": "mean", "type": "quantitative", "title": None, "scale": scale, "axis": {"tickMinStep": 1}}
    x = _sparse(outlook.quarters)
    area = {"type": "area", "color": theme.BLUE, "opacity": 0.2, "line": False, "interpolate": "step"}
    end = [{**row, "label": plain(row["mean"], 1)} for row in rows[-1:]]
    layers = [
        theme.layer(rows, area, x=x, y={**y, "field": "p5"}, y2={"field": "p95"}),
        theme.layer(rows, {"type": "line", "color": theme.BLUE, "strokeWidth": 2.5}, x=x, y=y),
        *_end(end, x, y),
    ]
    return theme.panel(layers, "Markets served: mean, and nine times in ten", WIDTH, HEIGHT)


def _sparse(quarters: tuple[str, ...]) -> dict[str, Any]:
    """The axis of quarters with the years only: the panels are small."""
    x = theme.quarter_axis(quarters)
    first = [k for k, q in enumerate(quarters) if k == 0 or q.endswith("Q1")]
    labels = [q[:4] if k in first else "" for k, q in enumerate(quarters)]
    return {
        **x,
        "axis": {**x["axis"], "values": [k + 0.5 for k in first], "labelExpr": f"{labels}[floor(datum.value)]"},
    }


def _end(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    mark = {"type": "text", "align": "left", "dx": 6, "fontWeight": "bold", "color": theme.INK, "clip": False}
    return [theme.layer(rows, mark, x=x, y=y, text={"field": "label", "type": "nominal"})]
