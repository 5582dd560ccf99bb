"""From what the stages to the left found to a planning problem: candidates, scenarios, courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.result import ModeChoice
from beachhead.errors import Fault, InputError
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, running
from beachhead.rollout.courses import Profiles, profiles, take_on
from beachhead.rollout.figures import Figures, figures
from beachhead.rollout.problem import Problem, problem
from beachhead.rollout.rules import Rules, Wish, rules
from beachhead.rollout.sales import discounting
from beachhead.rollout.scenarios import Scenarios, draw
from beachhead.rollout.shocks import History, history
from beachhead.rollout.tables import automations
from beachhead.select.result import Selection

SCENARIOS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What every scenario set and every limit tried shares. ``names``: of the markets."""

    figures: Figures
    rules: Rules
    history: History
    profiles: Profiles
    assumed: Assumptions
    seed: int
    names: tuple[str, ...]

    @property
    def years(self) -> int:
        """Years that scenarios must cover: the last start is judged over its whole horizon."""
        return -(-(self.rules.quarters + self.rules.horizon) // 4)

    def scenarios(self, count: int, seed: int | None = None) -> Scenarios:
        """A set of scenarios; the same seed gives the same set."""
        rng = np.random.default_rng([self.seed if seed is None else seed, count])
        return draw(self.figures, self.history, self.assumed, count=count, years=self.years, rng=rng)

    def problem(self, scenarios: Scenarios, limits: Rules | None = None, found: Profiles | None = None) -> Problem:
        """The problem under some scenarios; other ``limits`` or fewer profiles if given."""
        limits, found = limits or self.rules, found or self.profiles
        courses = take_on(self.figures, scenarios, limits, found, self.assumed)
        discount = discounting(self.assumed, limits.window)
        return problem(self.figures, limits, scenarios, courses, automations(self.assumed), discount)


def ground(firm: Firm, evidence: Evidence, selection: Selection, modes: ModeChoice, seed: int) -> Ground:
    """Everything that is the same whatever is chosen. Raises InputError if a wish can never be met."""
    limits = rules(firm, evidence.vintage)
    markets = candidates(firm, evidence, selection, modes)
    check_wishes(limits, selection, modes)
    found = figures(firm, evidence, selection, modes, markets)
    worth = wanted(modes.value_usd[found.rows], found, limits)
    ways = profiles(found, worth, limits)
    past = history(evidence, markets, firm.home)
    names = tuple(evidence.catalogue.countries[m].name for m in markets)
    return Ground(found, limits, past, ways, Assumptions(firm.assumptions), seed, names)


def candidates(firm: Firm, evidence: Evidence, selection: Selection, modes: ModeChoice) -> tuple[str, ...]:
    """Markets to plan with: the first of the ranking, those where the firm sells, pins or is committed, and those that
    something was found out about and that are expected to pay."""
    named = [p.country for p in running(firm, evidence.vintage)]
    named += [c.market for c in firm.committed] + [p.market for p in firm.pin]
    named += [selection.markets[m] for m in np.flatnonzero(selection.factors.told & (modes.best_value > 0.0))]
    first = selection.markets[: firm.pace.candidates]
    return tuple(dict.fromkeys([*first, *(m for m in named if m in selection.markets)]))


def wanted(worth: Floats, found: Figures, limits: Rules) -> Floats:
    """Worth of each mode (N, 7), infinite where the owner pins it: what is wanted is always planned with."""
    from beachhead.enter.modes import MODES

    worth = worth.copy()
    for wish in limits.pins:
        if wish.market in found.markets and wish.mode is not None:
            worth[found.markets.index(wish.market), MODES.index(wish.mode)] = np.inf
    return worth


def check_wishes(limits: Rules, selection: Selection, modes: ModeChoice) -> None:
    """Raise InputError naming every pin that no plan could meet, with the reason."""
    faults = [fault for wish in limits.pins if (fault := _fault(wish, limits, selection, modes)) is not None]
    faults += [
        Fault("forbid.quarter", limits.name(wish.quarter), _outside(limits))
        for wish in limits.forbids
        if wish.quarter is not None and not 0 <= wish.quarter < limits.quarters
    ]
    if faults:
        raise InputError(faults)


def _outside(limits: Rules) -> str:
    return f"is outside the plan, which runs from {limits.names[0]} to {limits.names[-1]}"


def _fault(wish: Wish, limits: Rules, selection: Selection, modes: ModeChoice) -> Fault | None:
    field = "committed" if wish.committed else "pin"
    market = wish.market or ""
    if market not in selection.markets:
        gone = [x.reason for x in selection.excluded if x.market == market]
        return Fault(
            f"{field}.market", market, f"was left out: {gone[0]}" if gone else "is not among the ranked markets"
        )
    if wish.quarter is not None and not 0 <= wish.quarter < limits.quarters:
        return Fault(f"{field}.quarter", limits.name(wish.quarter), _outside(limits))
    if wish.mode is None:
        return None
    row, column = selection.row(market), modes.mode_row(wish.mode)
    why = modes.obstacles[row][column] or "it makes no sense there"
    return None if modes.open[row, column] else Fault(f"{field}.mode", f"{market} {wish.mode}", why)
