"""The moves of a plan in words: what to do, when, at what cost, and what to look at before going on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.quarters import quarter_name, quarter_number
from beachhead.report.words import mode_names, name_of, sentence_start, with_article

if TYPE_CHECKING:
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.flow import Plan
    from beachhead.rollout.result import Automated, Gate, Move, Rollout

FIRST = 5  # moves that are told at once
WHY = {"pinned": " (you asked for it)", "committed": " (already decided)"}


@dataclass(frozen=True, slots=True)
class Step:
    """A thing to do in a quarter, as sentences: what, and what to look at later ('' if nothing)."""

    quarter: str
    text: str
    check: str
    spend_usd: float


class Telling:
    """Says the moves of one plan; holds its rollout and the names."""

    def __init__(self, rollout: Rollout, catalogue: Catalogue, markets: tuple[str, ...]) -> None:
        self.rollout, self.catalogue, self.markets = rollout, catalogue, markets

    def where(self, market: str) -> str:
        """A market within a sentence; what is no code of a market stays as it is."""
        return with_article(market, name_of(self.catalogue, market))

    def listed(self, markets: Iterable[str]) -> str:
        """Several markets within a sentence."""
        return n.listed([self.where(market) for market in markets])

    def steps(self) -> list[Step]:
        """What is begun, bought or changed, in order of time; what merely goes on is none."""
        moves = [self.step(move) for move in self.rollout.moves if move.kind != "continue"]
        bought = [self.purchase(one) for one in self.rollout.automation]
        return sorted([*moves, *bought], key=lambda step: quarter_number(step.quarter))

    def step(self, move: Move) -> Step:
        """One move into a market."""
        told = {"switch": self.change, "leave": self.farewell}
        check = self.checks(move.market) if move.kind == "enter" else ""
        return Step(move.quarter, told.get(move.kind, self.entry)(move), check, move.spend_usd)

    def farewell(self, move: Move) -> str:
        """A market where the firm sells, but going on costs more than it brings."""
        return (
            f"Leave {self.where(move.market)}: going on there as now costs more than it brings, by what is known; "
            f"leaving takes about {n.usd(move.spend_usd)}."
        )

    def entry(self, move: Move) -> str:
        """``Enter the United Kingdom by e-commerce as a pilot: about USD 7.2k; first sale 2027Q2.``"""
        how = f"Enter {self.where(move.market)} by {mode_in_text(move.mode)}{self.stage(move)}{WHY.get(move.why, '')}"
        less = f", less for having been in {self.listed(move.cheaper_by)}" if move.cheaper_by else ""
        return f"{how}: about {n.usd(move.spend_usd)}{less}; first sale {move.first_sale}."

    def stage(self, move: Move) -> str:
        """That this is a pilot, or what it waits for."""
        return " as a pilot" if move.phase == "pilot" else self.condition(move)

    def condition(self, move: Move) -> str:
        """``, if Singapore goes well``; '' if it waits for nothing."""
        opener = self.opener(move)
        return f", if {self.where(opener)} goes well" if opener else ""

    def opener(self, move: Move) -> str:
        """The market whose gate opens this one; '' if none does."""
        presences = self.rollout.presences
        for presence in presences:
            if self.markets[presence.row] == move.market and presence.opened_by >= 0:
                opener = presences[presence.opened_by]
                return "" if opener.running else self.markets[opener.row]  # where the firm sells, it has gone well
        return ""

    def change(self, move: Move) -> str:
        """A heavier mode, if the sales are there."""
        enough = f"{self.where(move.market)} sells {n.usd(move.if_sales_usd)} a year or more by then"
        condition = f"If {enough} ({n.chance(move.chance)} likely), change" if move.if_sales_usd > 0 else "Change"
        place = "" if move.if_sales_usd > 0 else f" in {self.where(move.market)}"
        return f"{condition}{place} to {mode_in_text(move.mode)}: about {n.usd(move.spend_usd)}."

    def purchase(self, one: Automated) -> Step:
        """An investment that saves hours."""
        upkeep = f" and {n.usd(one.upkeep_usd_quarter)} a quarter" if one.upkeep_usd_quarter > 0 else ""
        hours = max(one.hours_saved, default=0.0)
        saves = f"; saves up to {n.plain(hours)} hours a quarter" if hours >= 0.5 else ""
        return Step(one.quarter, f"Set up {lowered(one.name)}: {n.usd(one.cost_usd)}{upkeep}{saves}.", "", one.cost_usd)

    def checks(self, market: str) -> str:
        """When to look again at a market, and what means go, wait or leave."""
        gates = [gate for gate in self.rollout.gates if gate.market == market]
        said = [f"in {gate.quarter}: {self.verdict(gate)}" for gate in gates]
        return f"Look again {'; and '.join(said)}." if said else ""

    def verdict(self, gate: Gate) -> str:
        """What the sales seen then would mean; the last part of a sentence."""
        if gate.kind == "review" and gate.go_usd == gate.stop_usd > 0:
            return f"go on if it sells {n.usd(gate.go_usd)} a year or more, else leave"
        said = []
        if np.isfinite(gate.go_usd) and gate.go_usd > 0:
            to = f" to {self.listed(gate.opens)}" if gate.opens else ""
            said.append(f"go on{to} above {n.usd(gate.go_usd)} a year")
        if np.isfinite(gate.stop_usd) and gate.stop_usd > 0:
            said.append(f"leave below {n.usd(gate.stop_usd)}" + ("" if said else " a year"))
        return ", ".join(said) or "go on as long as it sells"

    def goes_on(self) -> str:
        """What runs already and is kept, one sentence; '' if nothing."""
        kept = [
            f"{self.where(move.market)} ({mode_in_text(move.mode)})"
            for move in self.rollout.moves
            if move.kind == "continue"
        ]
        return f"Goes on as now: {n.listed(kept)}." if kept else ""


def telling(plan: Plan) -> Telling | None:
    """The teller of a plan's rollout; None if it has none."""
    return None if plan.rollout is None else Telling(plan.rollout, plan.evidence.catalogue, plan.selection.markets)


def mode_in_text(mode: str) -> str:
    """Name of a mode within a sentence."""
    return lowered(mode_names().get(mode, mode))


def lowered(name: str) -> str:
    """A name as it stands within a sentence; one that begins with capitals, such as USD, stays."""
    return name if name[:2].isalpha() and name[:2].isupper() else name[:1].lower() + name[1:]


def spent(rollout: Rollout) -> float:
    """Set-up and purchases of the whole plan if all of it comes about, without the switches that hang on sales."""
    return sum(m.spend_usd for m in rollout.moves if m.kind != "switch") + sum(a.cost_usd for a in rollout.automation)


def spans(quarters: Sequence[str]) -> str:
    """Quarters with runs drawn together: ``2027Q1–2027Q3 and 2028Q4``."""
    runs: list[list[int]] = []
    for number in sorted(quarter_number(q) for q in quarters):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return n.listed([_run(first, last) for first, last in runs])


def _run(first: int, last: int) -> str:
    return quarter_name(first) if first == last else f"{quarter_name(first)}–{quarter_name(last)}"


def idle_line(rollout: Rollout) -> str:
    """That nothing is entered, and why as far as it is known."""
    why = f": {lowered(rollout.idle.rstrip('.'))}" if rollout.idle else ""
    return f"Nothing new is entered from {rollout.quarters[0]} to {rollout.quarters[-1]}{why}."


def held_back(rollout: Rollout) -> str:
    """The limits that hold the plan back, each with its quarters; '' if none does."""
    bound = [f"{lowered(limit.name)} in {spans(limit.binds)}" for limit in rollout.limits if limit.binds]
    return f"What holds it back: {'; '.join(bound)}." if bound else ""


def more_lines(rollout: Rollout) -> list[str]:
    """What a little more of each limited thing buys."""
    return [f"{sentence_start(more.name)} {_worth(more.gain_usd)}{_changes(more.changes)}" for more in rollout.more]


def _worth(gain: float) -> str:
    if not np.isfinite(gain):
        return "was not tried"
    return f"would be worth {n.usd(gain)}" if gain >= 0.5 else "would bring nothing"


def _changes(changes: tuple[str, ...]) -> str:
    return f": {'; '.join(changes)}" if changes else ""
