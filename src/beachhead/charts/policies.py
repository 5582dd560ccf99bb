"""What our policy brought beyond each of the others, with intervals, for every kind of firm."""

from __future__ import annotations

from typing import Any

from beachhead.charts import theme
from beachhead.skill.policies.result import Group, Part

ROW, WIDTH = 26, 300


def gains(part: Part) -> dict[str, Any]:
    """The champion less each rival: a dot with its interval in each row; a panel for all worlds, one for each kind."""
    panels = [_panel(group) for group in (part.whole, *(part.kinds if len(part.kinds) > 1 else ()))]
    return theme.one_above_other(panels)


def _panel(group: Group) -> dict[str, Any]:
    rows = [
        {
            "row": pair.label,
            "low": round(pair.gain_usd.low, 2),
            "mean": round(pair.gain_usd.mean, 2),
            "high": round(pair.gain_usd.high, 2),
        }
        for pair in group.pairs
    ]
    y = {**theme.market_axis([pair.label for pair in group.pairs]), "field": "row"}
    low, high = min([0.0, *(p.gain_usd.low for p in group.pairs)]), max([0.0, *(p.gain_usd.high for p in group.pairs)])
    room = 0.05 * (high - low or 1.0)
    x = theme.money_axis("mean", (low - room, high + room), None)
    zero = theme.layer([{"mean": 0}], {"type": "rule", "color": theme.FAINT, "strokeWidth": 1}, x=x)
    span = {"type": "rule", "color": theme.BLUE, "strokeWidth": 2}
    dot = {"type": "point", "shape": "circle", "size": 60, "fill": theme.BLUE, "stroke": theme.BLUE, "opacity": 1}
    layers = [
        zero,
        theme.layer(rows, span, x={**x, "field": "low"}, x2={"field": "high"}, y=y),
        theme.layer(rows, dot, x=x, y=y),
    ]
    title = f"{group.label}: gain over each, USD a world"
    return theme.panel(layers, title, WIDTH, ROW * max(1, len(rows)))
