"""How good the plan is, and what would make it better: scenarios against averages, foresight, stability, a little more.

VSS and EVPI: Birge & Louveaux (2011), Introduction to Stochastic Programming, ch. 4.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from beachhead.rollout.courses import Profiles
from beachhead.rollout.ground import Ground
from beachhead.rollout.improve import first_choice
from beachhead.rollout.problem import Assessed, Choice, Problem, assess, worst_mean
from beachhead.rollout.result import More, Stability
from beachhead.rollout.rules import Rules
from beachhead.rollout.scenarios import mean_scenario, only
from beachhead.rollout.solve import LEAST, Solved, Watch, begin, linear, solve

TOLERANCE = 0.25  # in-sample and out-of-sample objective may differ by this share of what the plan adds
CHECKED, CHECKED_SEED = 1_000, 20_011  # new scenarios on which a plan is tried
SMALL, SMALL_EFFORT = 200, 150  # courses up to which a comparison is searched further than rounding and exchanges
MORE_CASH = 10_000.0  # USD
MORE_HOURS = 40.0 * 13.0  # a quarter of one person


def vss(ground: Ground, p: Problem, found: Solved, watch: Watch | None = None) -> tuple[float, float]:
    """Value of planning with scenarios, USD, and the share of them in which the plan for the average breaks the floor.

    The plan for the average scenario is put into the scenarios, its shortfall counted at its price.
    """
    average = ground.problem(mean_scenario(p.scenarios, ground.figures, ground.assumed))
    plain = solve(average, effort=quickly(average), watch=watch, step="Planning for the average")
    if plain is None:
        return 0.0, 0.0
    seen = assess(p, plain.choice)
    return max(found.seen.objective - seen.objective, 0.0), seen.breaks


def quickly(p: Problem) -> int:
    """Effort of a search that only serves to compare."""
    return SMALL_EFFORT if len(p.courses) <= SMALL else 0


def evpi(ground: Ground, p: Problem, found: Solved) -> float:
    """At most this would knowing the future be worth, USD: the mean over scenarios of the best that could be done in
    each (its relaxed programme, so an upper bound), by the objective's own weights, less the plan's objective."""
    best = np.array([_foreseen(ground, p, s) for s in range(p.scenarios.count)])
    downside = ground.rules.downside
    wise = (1.0 - downside) * best.mean() + downside * worst_mean(best, 0.5)
    return max(float(wise) - found.seen.objective, 0.0)


def _foreseen(ground: Ground, p: Problem, s: int) -> float:
    """Bound on the worth that can be had in scenario ``s`` by who knows it."""
    limits = replace(p.rules, downside=0.0, hours_kept=0.0, floor_risk=1.0)
    search = begin(ground.problem(only(p.scenarios, s), limits))
    return search.bound if linear(search) else 0.0


def stability(ground: Ground, p: Problem, choice: Choice, seen: Assessed) -> Stability:
    """The plan's objective on many new scenarios beside that on its own."""
    out = replayed(ground, p, choice, CHECKED)[1]
    gap = abs(out.objective - seen.objective)
    at_stake = max(abs(seen.objective - assess(p, first_choice(p)).objective), LEAST)
    return Stability(
        scenarios=p.scenarios.count,
        in_sample_usd=seen.objective,
        out_of_sample=CHECKED,
        out_of_sample_usd=out.objective,
        out_of_sample_se=float(out.value.std() / np.sqrt(CHECKED)),
        break_share=out.breaks,
        tolerance=TOLERANCE,
        stable=gap <= TOLERANCE * at_stake,
    )


def replayed(ground: Ground, p: Problem, choice: Choice, count: int) -> tuple[Problem, Assessed, Choice]:
    """The same decisions in ``count`` new scenarios: their problem, reckoning, and the choice in its terms."""
    c = p.courses
    used = np.unique(c.profile[choice.taken])
    few = Profiles(*(getattr(c.of, name)[used] for name in Profiles.__slots__))
    fresh = ground.problem(ground.scenarios(count, CHECKED_SEED), p.rules, few)
    wanted = np.searchsorted(used, c.profile[choice.taken])
    taken = np.array(
        [
            np.flatnonzero((fresh.courses.profile == w) & (fresh.courses.start == t))[0]
            for w, t in zip(wanted, c.start[choice.taken], strict=True)
        ],
        dtype=np.intp,
    )
    again = Choice(taken, choice.bought)
    return fresh, assess(fresh, again), again


def stability_of(ground: Ground, counts: tuple[int, ...]) -> tuple[Stability, ...]:
    """Plans made with different numbers of scenarios, each tried on the same new ones: how many are enough."""
    found = []
    for count in counts:
        p = ground.problem(ground.scenarios(count))
        best = solve(p)
        if best is not None:
            found.append(stability(ground, p, best.choice, best.seen))
    return tuple(found)


def more(ground: Ground, p: Problem, found: Solved, bound: float, watch: Watch | None = None) -> tuple[More, ...]:
    """What a little more of each limited thing buys: by the relaxed programme, and by solving again from the plan."""
    rules = p.rules
    kinds = (
        ("cash", f"USD {MORE_CASH:,.0f} more cash", replace(rules, cash=rules.cash + MORE_CASH)),
        (
            "hours",
            "one more person for exports",
            replace(rules, hours=rules.hours + MORE_HOURS),
        ),
        ("launches", "one more launch at once", replace(rules, launches=rules.launches + 1)),
        ("attention", "one more thing the management can push", replace(rules, attention=rules.attention + 1.0)),
    )
    return tuple(_more(ground, p, found, bound, *kind, watch) for kind in kinds)


def _more(
    ground: Ground, p: Problem, found: Solved, bound: float, id: str, name: str, limits: Rules, watch: Watch | None
) -> More:
    eased = replace(p, rules=limits)
    search = begin(eased)
    shadow = max(search.bound - bound, 0.0) if linear(search) else 0.0
    if shadow < LEAST / 10.0:
        return More(id, name, 0.0, shadow, ())
    again = solve(eased, effort=quickly(eased), start=found.choice, watch=watch, step=f"Trying {name}")
    best = found if again is None or again.seen.objective < found.seen.objective else again
    return More(
        id,
        name,
        best.seen.objective - found.seen.objective,
        shadow,
        changes(p, ground.names, found.choice, best.choice),
    )


def changes(p: Problem, names: tuple[str, ...], old: Choice, new: Choice) -> tuple[str, ...]:
    """What is different in ``new``, in words. ``names`` (N,): of the markets."""
    from beachhead.enter.modes import MODE_NAMES, MODES

    c = p.courses

    def entries(choice: Choice) -> dict[str, tuple[str, str]]:
        new_ones = choice.taken[~c.running[choice.taken]]
        return {
            names[c.market[j]]: (MODE_NAMES[MODES[c.mode[j]]].lower(), p.rules.name(int(c.start[j]))) for j in new_ones
        }

    was, now = entries(old), entries(new)
    added = [f"{m} by {how} in {when}" for m, (how, when) in now.items() if m not in was]
    dropped = [f"{m} is dropped" for m in was if m not in now]
    moved = [f"{m} in {now[m][1]} instead of {was[m][1]}" for m in was if m in now and now[m][1] != was[m][1]]
    other = [f"{m} by {now[m][0]}" for m in was if m in now and now[m][0] != was[m][0]]
    return tuple(added + dropped + other + moved)
