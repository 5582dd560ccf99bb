"""What the chosen modes are worth, where the firm sells already, and which markets to start with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, Presence, running, sales_abroad

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.flow import Plan

STARTS = 3  # markets that the answer names to start with
STEPS = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)  # times the potential, tried until a market pays


@dataclass(frozen=True, slots=True)
class Pays:
    """What would have to be so for the first market to pay: ``times`` the potential, ``sales_usd`` a year."""

    m: int
    mode: str
    times: float
    sales_usd: float


def chosen(modes: ModeChoice, table: Floats) -> Floats:
    """The column of the chosen mode of an (M, 7) table, (M,)."""
    columns = [modes.mode_row(mode) for mode in modes.best]
    return np.asarray(table[np.arange(len(columns)), columns])


def horizon(firm: Firm) -> float:
    """Years over which worth is reckoned."""
    return Assumptions(firm.assumptions)["horizon_years"]


def years(count: float) -> str:
    """``1 year``, ``3 years``."""
    return f"{count:g} year{'' if count == 1 else 's'}"


def present(plan: Plan) -> dict[str, Presence]:
    """How the firm sells at the time of the evidence, by market; of several ways there the one that sells most."""
    now = sorted(running(plan.firm, plan.evidence.vintage), key=lambda p: p.sales_usd or 0.0)
    total = sales_abroad(plan.firm, plan.evidence.vintage)
    return {p.country: p.model_copy(update={"sales_usd": total.get(p.country, p.sales_usd)}) for p in now}


def starts(plan: Plan, count: int = STARTS) -> list[int]:
    """Rows of the first new markets that the rollout enters, in order of time.

    Without a rollout: those of the shortlist whose worth is positive, in rank order.
    """
    if plan.rollout is not None:
        return [plan.selection.row(market) for market in plan.rollout.entered[:count]]
    return [m for m in _paying(plan) if plan.selection.markets[m] not in present(plan)][:count]


def grows(plan: Plan) -> list[int]:
    """Rows of the markets where the firm sells already and the rollout goes on, in its order.

    Without a rollout: those of the shortlist where going on is worth it, in rank order.
    """
    if plan.rollout is not None:
        return [plan.selection.row(move.market) for move in plan.rollout.moves if move.kind == "continue"]
    return [m for m in _paying(plan) if plan.selection.markets[m] in present(plan)]


def _paying(plan: Plan) -> list[int]:
    value = plan.modes.best_value
    return [m for m in range(min(plan.top, len(value))) if value[m] > 0]


def would_pay(plan: Plan) -> Pays | None:
    """The market of the shortlist that would pay first if all sold more, by the choice of modes itself; None if none
    does at ten times the potential."""
    from beachhead.enter import choose_modes

    s = plan.selection
    for times in STEPS:
        p = replace(s.potential, median_usd=times * s.potential.median_usd)
        modes = choose_modes(plan.firm, plan.evidence, replace(s, potential=p))
        value = modes.best_value[: plan.top]
        if value.max() > 0:
            m = int(value.argmax())
            return Pays(m, modes.best[m], times, float(chosen(modes, modes.potential_usd)[m]))
    return None
