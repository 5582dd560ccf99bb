"""The charts of the rollout and the outlook: specification, title, text alternative, caption."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.fans import cash, flows
from beachhead.charts.figure import Figure
from beachhead.charts.gantt import gantt
from beachhead.charts.hours import hours, loads
from beachhead.charts.pace import pace
from beachhead.charts.stress import stress
from beachhead.charts.survival import survival
from beachhead.report.moves import Telling
from beachhead.report.risk import cash_line
from beachhead.report.words import mode_names

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.outlook.result import Outlook
    from beachhead.rollout.result import Rollout


def plan_figures(plan: Plan) -> list[Figure]:
    """Every chart of the rollout and the outlook that has something to show, in the order of the report."""
    found: list[Figure | None] = []
    if plan.rollout is not None and plan.rollout.moves:
        found += [make(plan, plan.rollout) for make in OF_ROLLOUT]
    if plan.outlook is not None and plan.rollout is not None and plan.rollout.moves:
        found += [make(plan, plan.outlook) for make in OF_OUTLOOK]
    return [figure for figure in found if figure is not None]


def _gantt(plan: Plan, rollout: Rollout) -> Figure:
    names = {market: country.name for market, country in plan.evidence.catalogue.countries.items()}
    steps = Telling(rollout, plan.evidence.catalogue, plan.selection.markets).steps()
    return Figure(
        "gantt",
        "Markets and modes by quarter",
        " ".join(f"{step.quarter}: {step.text}" for step in steps) or "Nothing new is begun.",
        "Dotted edge: setting up. Full edge: selling. Dashed edge and question mark: a heavier mode, if the sales are "
        "there. Diamonds: look again; a filled one opens other markets, a hollow one decides on its own. Grey lines: "
        "what saves hours from then on.",
        gantt(rollout, plan.selection.markets, names, mode_names()),
    )


def _cash(plan: Plan, rollout: Rollout) -> Figure:
    wide = rollout.cash if plan.outlook is None else plan.outlook.cash
    inner = "" if plan.outlook is None else " The darker band holds the middle half."
    futures = rollout.scenarios if plan.outlook is None else plan.outlook.paths
    return Figure(
        "cash",
        "Cash by quarter",
        cash_line(plan),
        f"Cash in {futures:,} futures: nine times in ten within the band.{inner} Dashed: what must stay in the bank. "
        "An arrow marks an end that lies above the picture.",
        cash(rollout.quarters, wide, rollout.floor_usd),
    )


def _hours(plan: Plan, rollout: Rollout) -> Figure:
    h = rollout.hours
    most = int(np.argmax(h.used))
    saved = float(h.saved.max())
    less = f" Automation saves up to {n.plain(saved)} hours a quarter." if saved > 0 else ""
    return Figure(
        "hours",
        "Staff hours by area",
        f"Most hours are needed in {rollout.quarters[most]}: {n.plain(float(h.used[most]))}, where there are "
        f"{n.plain(float(h.capacity[most]))}.{less}",
        "Bars: work by area before automation. Heavy line: what is left to do after it. Dashed: the hours there are.",
        hours(rollout),
    )


def _loads(plan: Plan, rollout: Rollout) -> Figure:
    full = [
        q
        for q, used, most in zip(rollout.quarters, rollout.launches.used, rollout.launches.capacity, strict=True)
        if used >= most
    ]
    said = (
        f"All launches that may run at once do so in {n.listed(full)}." if full else "Launches never reach their limit."
    )
    return Figure(
        "loads",
        "How full the limits are",
        said,
        "Share of each limit that the plan uses. Attention is what the owners can push at a time: a launch takes one "
        "point, a running market a quarter of one.",
        loads(rollout),
    )


def _flows(plan: Plan, outlook: Outlook) -> Figure:
    last = {name: float(band.p50[-1]) for name, band in (("sales", outlook.revenue), ("profit", outlook.profit))}
    sells, earns = n.usd(last["sales"]), n.usd_signed(last["profit"])
    said = f"In {outlook.quarters[-1]} the middle case sells {sells} and earns {earns}"
    return Figure(
        "flows",
        "Sales and profit by quarter",
        f"{said} in the quarter.",
        f"{outlook.paths:,} futures: nine times in ten within the pale band, every second time within the dark one. "
        "USD a quarter, all markets abroad together.",
        flows(outlook.quarters, {"Sales a quarter": outlook.revenue, "Profit a quarter": outlook.profit}),
    )


def _survival(plan: Plan, outlook: Outlook) -> Figure | None:
    known = outlook.survival[np.isfinite(outlook.survival)]
    if not len(known):
        return None
    return Figure(
        "survival",
        "Markets still served",
        f"At the end {n.pct(float(known[-1]))} of the markets entered are still served, "
        f"{n.plain(float(outlook.markets.mean[-1]), 1)} on average.",
        "Left: of the markets entered by then, the share still served. Right: how many that are; nine times in ten "
        "within the band.",
        survival(outlook),
    )


def _stress(plan: Plan, outlook: Outlook) -> Figure | None:
    if not outlook.stress or plan.rollout is None:
        return None
    said = "; ".join(f"{one.name}: sales {n.change(one.sales_change)}" for one in outlook.stress)
    return Figure(
        "stress",
        "Real crises replayed",
        f"{said}.",
        "What the plan would go through if such years came with its first quarter. Dashed: what must stay in the bank.",
        stress(outlook.stress, plan.rollout.floor_usd),
    )


def _pace(plan: Plan, outlook: Outlook) -> Figure | None:
    if len({round(point.months, 6) for point in outlook.pace}) < 2:
        return None
    best = next((point for point in outlook.pace if point.best), None)
    said = "" if best is None else f"The best pace without a cross takes {n.plain(best.months)} months."
    return Figure(
        "pace",
        "The pace: worth and chance of trouble",
        f"From the first entry to the last. {said}".strip(),
        "The same moves pushed together (left) or drawn out (right). Worth after risk counts bad outcomes and missing "
        "cash as you would. A cross marks a pace that would break one of your limits, or do so more often than the "
        "plan; of the others the one worth most is marked as the best.",
        pace(outlook.pace),
    )


OF_ROLLOUT: tuple[Callable[[Plan, Rollout], Figure | None], ...] = (_gantt, _cash, _hours, _loads)
OF_OUTLOOK: tuple[Callable[[Plan, Outlook], Figure | None], ...] = (_flows, _survival, _stress, _pace)
