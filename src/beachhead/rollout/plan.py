"""When and how fast: the whole stage, from what is known to the plan."""

from __future__ import annotations

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.modes import MODES
from beachhead.enter.result import ModeChoice
from beachhead.evidence import Evidence
from beachhead.firm import Firm
from beachhead.quarters import quarter_number
from beachhead.rollout import gather, worth
from beachhead.rollout.conflict import explain
from beachhead.rollout.ground import SCENARIOS, Ground, ground
from beachhead.rollout.improve import first_choice
from beachhead.rollout.problem import Choice, Problem, assess
from beachhead.rollout.programme import pinned
from beachhead.rollout.result import Move, Rollout, Stability, fan
from beachhead.rollout.solve import EFFORT, Solved, Watch, solve
from beachhead.select.result import Selection


def roll_out(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    *,
    seed: int,
    previous: tuple[Move, ...] = (),
    watch: Watch | None = None,
    time_limit: float = 60.0,
    effort: int = EFFORT,
    scenarios: int = SCENARIOS,
) -> Rollout:
    """The plan that is worth most under the owner's limits, over ``scenarios`` drawn futures.

    ``previous``: moves of an earlier plan to begin from; ``watch`` is told of progress and may stop the search with the
    best so far; ``effort`` and ``time_limit`` bound it (:func:`beachhead.rollout.solve.solve`). Raises InputError if a
    wish cannot be understood, InfeasibleError naming the limits that conflict.
    Method: ``docs/methods/rollout.md``.
    """
    base = ground(firm, evidence, selection, modes, seed)
    p = base.problem(base.scenarios(scenarios))
    found = best_of(p, start_from(p, previous), watch, time_limit, effort)
    return gathered(firm, base, p, found, watch)


def best_of(p: Problem, start: Choice | None, watch: Watch | None, time_limit: float, effort: int) -> Solved:
    """The best plan; an InfeasibleError that explains if there is none."""
    able = all(fits.any() for fits in pinned(p))
    found = solve(p, start=start, watch=watch, time_limit=time_limit, effort=effort) if able else None
    if found is None:
        raise explain(p)
    return found


def start_from(p: Problem, previous: tuple[Move, ...]) -> Choice | None:
    """The choice that an earlier plan's moves stand for, as far as they are possible still."""
    if not previous:
        return None
    c = p.courses
    taken = [int(j) for move in previous if (j := _course(p, move)) is not None]
    have = set(c.market[taken].tolist())
    go_on = np.flatnonzero(c.running & ~c.of.leaves[c.profile] & (c.of.then[c.profile] < 0))
    taken += [int(j) for j in go_on if int(c.market[j]) not in have]
    ordered = np.array(sorted(taken, key=lambda j: int(c.market[j])), dtype=np.intp)
    return Choice(ordered, np.full(len(p.automations), -1, dtype=np.intp))


def _course(p: Problem, move: Move) -> int | None:
    c = p.courses
    if move.kind != "enter" or move.market not in p.figures.markets:
        return None
    at = (c.market == p.figures.markets.index(move.market)) & (c.mode == MODES.index(move.mode)) & ~c.running
    at &= (c.start == quarter_number(move.quarter) - p.rules.first) & (c.of.then[c.profile] < 0)
    return int(np.flatnonzero(at)[0]) if at.any() else None


def gathered(firm: Firm, base: Ground, p: Problem, found: Solved, watch: Watch | None) -> Rollout:
    """The result, with what it needs, how sure it is, and when to think again."""
    choice, seen = found.choice, found.seen
    there, taken = gather.presences(base, p, choice)
    steps = gather.moves(base, p, choice, seen, there, taken)
    buys = worth.more(base, p, found, found.relaxed_bound, watch)
    vss, breaks = worth.vss(base, p, found, watch)
    attention, launches = gather.uses(p, seen)
    return Rollout(
        quarters=p.rules.names,
        candidates=p.figures.markets,
        moves=steps,
        automation=gather.bought(p, choice, seen),
        presences=there,
        objective_usd=seen.objective,
        stay_usd=assess(p, first_choice(p)).objective,
        expected_usd=seen.expected,
        downside_usd=seen.downside,
        cvar_shortfall_usd=max(seen.shortfall, 0.0),
        downside_weight=p.rules.downside,
        shortfall_price=p.rules.price,
        gap=found.gap,
        status=found.status,
        scenarios=p.scenarios.count,
        cash=fan(seen.cash[: p.rules.quarters].T),
        floor_usd=p.rules.floor,
        break_share=seen.breaks,
        hours=gather.hours(p, seen),
        attention=attention,
        launches=launches,
        limits=gather.limits(p, seen, buys),
        more=buys,
        gates=gather.gates(base, p, seen, choice, there, taken),
        vss_usd=vss,
        mean_plan_breaks=breaks,
        evpi_usd=worth.evpi(base, p, found),
        stability=worth.stability(base, p, choice, seen),
        idle=idle(p, steps),
        assumptions=Assumptions(firm.assumptions).changed("rollout"),
    )


def idle(p: Problem, steps: tuple[Move, ...]) -> str:
    """Why nothing new is entered; '' if something is."""
    if any(move.kind == "enter" for move in steps):
        return ""
    c, rules = p.courses, p.rules
    new = np.flatnonzero(~c.running)
    if not len(new):
        return "no candidate market has a mode that makes sense there"
    hopeful = (1.0 - rules.downside) * c.value[new].mean(axis=1) + rules.downside * np.sort(c.value[new], axis=1)[
        :, : max(1, c.value.shape[1] // 2)
    ].mean(axis=1)
    if hopeful.max() <= 0.0:
        return "no entry is expected to earn its cost under these figures"
    least = float((rules.cash + c.cash[new].min(axis=(1, 2))).max())
    if least < rules.floor:
        return (
            f"the entries that pay would take cash below the floor of USD {rules.floor:,.0f}; "
            f"with about USD {rules.floor - least:,.0f} more the first would be possible"
        )
    return "the entries that pay do not fit into the hours, attention and launches at hand"


def stability_table(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    *,
    seed: int,
    counts: tuple[int, ...] = (10, 20, 30, 60, 100),
) -> tuple[Stability, ...]:
    """Plans made with so many scenarios each, tried on the same new ones."""
    return worth.stability_of(ground(firm, evidence, selection, modes, seed), counts)
