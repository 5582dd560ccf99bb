"""What the page shows of the rollout and the outlook, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.report import tables_plan as tables
from beachhead.report.moves import FIRST, Step, Telling, held_back, idle_line, more_lines, telling
from beachhead.report.risk import cash_line, exits_line, lowest, pace_line, steadiness, stretch_line
from beachhead.report.tables import Table
from beachhead.report.trust import Fact, facts
from beachhead.report.words import sentence
from beachhead.report.worth import horizon, years

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.outlook.result import Outlook
    from beachhead.rollout.result import Rollout


@dataclass(frozen=True, slots=True)
class When:
    """When and how fast. ``steps`` are the first moves; ``tables`` by name, some without rows."""

    heading: str
    steps: tuple[Step, ...]
    idle: str
    goes_on: str
    cash: str
    held: str
    more: tuple[str, ...]
    sure: tuple[Fact, ...]
    tables: dict[str, Table]


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that stands out: what it is, its value, what to know about it."""

    name: str
    value: str
    note: str
    poor: bool = False


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows: figures, sentences, tables by name."""

    tiles: tuple[Tile, ...]
    stretch: str
    exits: str
    resilience: tuple[str, ...]
    pace: str
    tables: dict[str, Table]


def when(plan: Plan) -> When | None:
    """The section on time; None if the plan has no rollout."""
    rollout, teller = plan.rollout, telling(plan)
    if rollout is None or teller is None:
        return None
    steps = teller.steps()
    return When(
        heading=first_heading(min(FIRST, len(steps))),
        steps=tuple(steps[:FIRST]),
        idle="" if rollout.entered else idle_line(rollout),
        goes_on=teller.goes_on(),
        cash=cash_line(plan) if rollout.moves else "",
        held=held_back(rollout),
        more=tuple(sentence(line) for line in more_lines(rollout)),
        sure=facts(rollout),
        tables=_when_tables(plan, rollout, teller),
    )


def first_heading(count: int) -> str:
    """``The first five moves``."""
    words = ("", "", "two ", "three ", "four ", "five ")
    return f"The first {words[count]}move{'' if count == 1 else 's'}"


def _when_tables(plan: Plan, rollout: Rollout, teller: Telling) -> dict[str, Table]:
    return {
        "moves": tables.moves(rollout, teller),
        "purchases": tables.purchases(rollout),
        "gates": tables.gates(rollout, teller),
        "cash": tables.cash(rollout, plan.outlook),
        "hours": tables.hours(rollout),
    }


def follows(plan: Plan) -> Follows | None:
    """The section on consequences; None if the plan has no outlook."""
    outlook = plan.outlook
    if outlook is None or plan.rollout is None:
        return None
    catalogue = plan.evidence.catalogue
    return Follows(
        tiles=tuple(tiles(plan, outlook)),
        stretch=stretch_line(plan),
        exits=exits_line(plan),
        resilience=tuple(steadiness(outlook.resilience)),
        pace=pace_line(plan),
        tables={
            "flows": tables.flows(outlook),
            "by_market": tables.by_market(outlook, catalogue),
            "stress": tables.stress(outlook, catalogue),
            "pace": tables.pace(outlook),
        },
    )


def tiles(plan: Plan, outlook: Outlook) -> list[Tile]:
    """Worth and risk at a glance."""
    return [*_worth(plan, outlook), *_risk(plan, outlook)]


def _worth(plan: Plan, outlook: Outlook) -> list[Tile]:
    low, middle, high = (n.usd_signed(x) for x in (outlook.value_p10, outlook.value_p50, outlook.value_p90))
    span = f"eight times in ten {low} to {high}; each market over {years(horizon(plan.firm))}"
    back = outlook.break_even_quarter or "not within the plan"
    chance = f"in the middle case; within the plan in {n.chance(outlook.p_break_even)}"
    mean = f"mean worth {n.usd_signed(outlook.value_mean)}"
    new = outlook.added
    loss = outlook.p_loss if new is None else new.p_loss
    adds = mean if new is None else f"the new markets alone; they add {n.usd_signed(new.p50)} in the middle case"
    return [
        Tile("Worth, middle case", middle, span, outlook.value_p50 < 0),
        Tile("Chance to lose money", n.pct(loss), adds, loss > 0.5),
        Tile("Money spent is back", back, chance),
    ]


def _risk(plan: Plan, outlook: Outlook) -> list[Tile]:
    bottom, over = lowest(plan), outlook.p_overstretch.get("any", np.nan)
    low = n.pct(max(outlook.p_floor, 1e-9))  # what never came up may still happen
    stays = f"in {bottom.quarter}; {n.usd(bottom.floor_usd)} must stay"
    return [
        Tile("Lowest cash, middle case", n.usd_signed(bottom.middle_usd), stays),
        Tile("Chance to fall below that", low, f"to run out of cash {n.odds(outlook.p_ruin)}"),
        Tile("Asks for more than there is", n.pct(over), "of cash, hours or attention, at some time"),
    ]
