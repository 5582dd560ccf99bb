"""When no plan is possible: the smallest set of limits that conflict, and what would free each, in the owner's words.

Deletion filter (Chinneck & Dravnieks 1991, Locating minimal infeasible constraint sets in linear programs, ORSA Journal
on Computing 3): a limit is left out; if nothing is possible even so, it was no part of the conflict.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from beachhead.enter.cost import WEEKS_A_QUARTER
from beachhead.enter.modes import MODE_NAMES
from beachhead.errors import InfeasibleError
from beachhead.rollout.problem import Problem
from beachhead.rollout.programme import pinned
from beachhead.rollout.rules import Rules, Wish
from beachhead.rollout.solve import begin, least, possible

LARGE = 1e9


@dataclass(frozen=True, slots=True)
class Part:
    """A limit that may be part of a conflict: its words, and the rules without it."""

    words: str
    without: Callable[[Rules], Rules]
    limit: str  # cash | hours | launches | attention | phases | most | forbid | pin


def parts(rules: Rules) -> list[Part]:
    """Everything that could be loosened; what is committed is not, and stands last among the pins."""
    found = [
        Part(f"cash of USD {rules.cash:,.0f} and a floor of USD {rules.floor:,.0f}", _free("cash"), "cash"),
        Part(f"{rules.hours:,.0f} staff hours a quarter", _free("hours"), "hours"),
        Part(f"{rules.launches} launches at once", _free("launches"), "launches"),
        Part(f"the management's {rules.attention:.3g} points of attention", _free("attention"), "attention"),
        Part("pilots first, then the region, then the world", lambda r: replace(r, phases=False), "phases"),
        Part(f"{rules.most} new markets at most", _free("most"), "most"),
    ]
    found += [Part(f"never {said(w, rules)}", _without("forbids", w), "forbid") for w in rules.forbids]
    found += [Part(f"{said(w, rules)}", _without("pins", w), "pin") for w in rules.pins]
    return found


def _free(limit: str) -> Callable[[Rules], Rules]:
    return lambda rules: replace(rules, **{limit: 10_000 if limit in ("launches", "most") else LARGE})  # type: ignore[arg-type]


def _without(kind: str, wish: Wish) -> Callable[[Rules], Rules]:
    return lambda rules: replace(rules, **{kind: tuple(w for w in getattr(rules, kind) if w != wish)})  # type: ignore[arg-type]


def said(wish: Wish, rules: Rules) -> str:
    """``direct export to USA in 2027Q3``."""
    mode = MODE_NAMES[wish.mode].lower() if wish.mode else "an entry"
    market = f" into {wish.market}" if wish.market else ""
    quarter = f" in {rules.name(wish.quarter)}" if wish.quarter is not None else ""
    return f"{mode}{market}{quarter}" + (" (committed)" if wish.committed else "")


def conflict(p: Problem) -> list[Part]:
    """A smallest set of limits that cannot all hold: without any one of them a plan is possible."""
    left = parts(p.rules)
    rules = p.rules
    for part in list(left):
        looser = part.without(rules)
        if not possible(replace(p, rules=looser)):
            rules = looser
            left.remove(part)
    return left


def missing(p: Problem, limit: str) -> float | None:
    """How much more cash (USD), hours (a quarter) or launches would make a plan possible; None if no amount would."""
    slot = {"cash": 0, "hours": 1, "launches": 2}[limit]
    search = begin(p)
    v, solver = search.columns, search.solver
    at = np.arange(v.count, dtype=np.int32)
    cost = np.zeros(v.count)
    cost[v.at("slack", slot)] = 1.0
    solver.changeColsCost(v.count, at, cost)
    solver.changeColBounds(int(v.at("slack", slot)), 0.0, LARGE)
    return least(search, int(v.at("slack", slot)))


def explain(p: Problem) -> InfeasibleError:
    """The error that names the conflict and the ways out of it."""
    found = conflict(p)
    wishes = [part for part in found if part.limit == "pin"]
    limits = [part for part in found if part.limit != "pin"]
    wanted = " and ".join(part.words for part in wishes) or "going on where you sell"
    against = " with ".join([", ".join(part.words for part in limits)] if limits else ["each other"])
    ways = [way for part in found if (way := way_out(p, part)) is not None]
    return InfeasibleError(f"No plan is possible: {wanted} cannot go together with {against}. " + _list(ways))


def _list(ways: list[str]) -> str:
    return f"Any one of these would help: {'; '.join(ways)}." if ways else ""


def way_out(p: Problem, part: Part) -> str | None:
    """What to do about one limit of the conflict."""
    if part.limit in ("cash", "hours", "launches"):
        amount = missing(p, part.limit)
        if amount is None:
            return None
        week = amount / (1.0 - p.rules.hours_kept) / WEEKS_A_QUARTER
        return {
            "cash": f"raise cash.available_usd by USD {round_up(amount, 100):,.0f}",
            "hours": f"free {round_up(week, 1):,.0f} more hours a week for exports",
            "launches": f"allow {p.rules.launches + int(np.ceil(amount - 1e-6))} launches at once",
        }[part.limit]
    words = {
        "attention": "raise the assumption attention_base",
        "phases": "set pace.phases = false",
        "most": "raise pace.most_markets",
        "forbid": f"drop the forbid “{part.words}”",
        "pin": earliest(p, part),
    }
    return words[part.limit]


def round_up(amount: float, unit: float) -> float:
    """The amount as a whole multiple of a unit, upwards."""
    return float(np.ceil(amount / unit - 1e-9) * unit)


def earliest(p: Problem, part: Part) -> str:
    """When a pinned start would be possible, or that it must go."""
    wish = next((w for w in p.rules.pins if said(w, p.rules) == part.words), None)
    if wish is None or wish.committed or wish.quarter is None:
        return f"drop the pin “{part.words}”"
    for quarter in range(wish.quarter + 1, p.rules.quarters):
        other = replace(wish, quarter=quarter)
        pins = tuple(other if w == wish else w for w in p.rules.pins)
        moved = replace(p, rules=replace(p.rules, pins=pins))
        if any(fits.any() for fits in pinned(moved)) and possible(moved):
            return f"put {said(wish, p.rules)} off to {p.rules.name(quarter)}"
    return f"drop the pin “{part.words}”"
