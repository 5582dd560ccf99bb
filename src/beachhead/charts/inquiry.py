"""What could be asked: the expected gain of each, with what of it goes on cost and waiting, and what is left."""

from __future__ import annotations

from typing import Any

from beachhead.charts import theme
from beachhead.charts.figure import Figure
from beachhead.charts.numbers import short, usd
from beachhead.learn.result import Inquiries, Inquiry

ROW, WIDTH, MOST = 34, 420, 12
PARTS = ("Cost", "Waiting", "Net gain")
COLOURS = (theme.BAND, theme.GREY, theme.BLUE)


def inquiry_figure(found: Inquiries, names: dict[str, str]) -> Figure:
    """The chart with its words. ``names`` of markets by code."""
    best = found.inquiries[0]
    says = (
        f"{min(len(found.inquiries), MOST)} inquiries. The best, {label(best, names)}, is expected to gain "
        f"{usd(best.gain_usd)} and costs {usd(best.cost_usd + best.delay_usd)} with waiting."
    )
    caption = (
        "The tick is the expected gain and the thin line how far it may be off. Up to the tick a bar is what the "
        "answer costs, what waiting for it costs, and what is left; a bar that goes beyond it does not pay."
    )
    return Figure("inquiry", "What is worth finding out", says, caption, inquiry(found, names))


def label(one: Inquiry, names: dict[str, str]) -> str:
    """``Peers consulted: Germany, Netherlands``."""
    from beachhead.learn.channels import channel

    return f"{channel(one.channel).name}: {', '.join(names[m] for m in one.markets)}"


def inquiry(found: Inquiries, names: dict[str, str]) -> dict[str, Any]:
    """A bar for each inquiry, best first: cost, waiting and what is left of the gain, with the gain and its spread."""
    shown = found.inquiries[:MOST]
    rows = [_row(one, label(one, names)) for one in shown]
    axis = theme.market_axis([row["market"] for row in rows])
    y = {**axis, "axis": {**axis["axis"], "labelLimit": 320}}
    most = 1.12 * max(max(row["high"], row["cost"] + row["delay"]) for row in rows)
    x = theme.money_axis("to", (0.0, max(most, 1.0)), "USD")
    layers = [*_bars(rows, x, y), *_gain(rows, x, y)]
    return theme.chart({"layer": layers}, WIDTH, ROW * len(rows))


def _row(one: Inquiry, name: str) -> dict[str, Any]:
    spent = one.cost_usd + one.delay_usd
    return {
        "market": name,
        "cost": round(one.cost_usd, 2),
        "delay": round(one.delay_usd, 2),
        "spent": round(spent, 2),
        "gain": round(one.gain_usd, 2),
        "low": round(max(one.gain_usd - one.gain_sd, 0.0), 2),
        "high": round(one.gain_usd + one.gain_sd, 2),
        "said": short(one.net_usd),
    }


def _bars(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    pieces = [
        {"market": row["market"], "part": part, "from": begin, "to": end}
        for row in rows
        for part, begin, end in (
            ("Cost", 0.0, row["cost"]),
            ("Waiting", row["cost"], row["spent"]),
            ("Net gain", row["spent"], max(row["gain"], row["spent"])),
        )
        if end > begin
    ]
    colour = {
        "field": "part",
        "type": "nominal",
        "sort": list(PARTS),
        "scale": {"domain": list(PARTS), "range": list(COLOURS)},
        "legend": {"title": None, "orient": "bottom", "symbolType": "square"},
    }
    bar = {"type": "bar", "height": {"band": 0.55}, "stroke": theme.PAPER, "strokeWidth": 1}
    return [theme.layer(pieces, bar, x={**x, "field": "from"}, x2={"field": "to"}, y=y, color=colour)]


def _gain(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    line = {"type": "rule", "color": theme.INK, "strokeWidth": 1}
    tick = {"type": "tick", "color": theme.INK, "thickness": 2, "height": {"band": 0.7}}
    text = {"type": "text", "align": "left", "dx": 6, "color": theme.INK}
    return [
        theme.layer(rows, line, x={**x, "field": "low"}, x2={"field": "high"}, y=y),
        theme.layer(rows, tick, x={**x, "field": "gain"}, y=y),
        theme.layer(rows, text, x={**x, "field": "high"}, y=y, text={"field": "said", "type": "nominal"}),
    ]
