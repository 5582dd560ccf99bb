"""What scenarios, foresight and a little more are worth: signs, closed cases, and by trying everything."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from rollout.referee import best_of_all, judge
from rollout.small import limits, three_markets, tiny_ground

from beachhead.rollout import worth
from beachhead.rollout.problem import assess, worst_mean
from beachhead.rollout.scenarios import mean_scenario, only
from beachhead.rollout.solve import LEAST, solve

EXACT = 1e-6


def solved(seed=1, count=8, **changes):
    given = {"quarters": 6, "horizon": 12, "cash": 22_000.0, "floor": 8_000.0, "downside": 0.5, "price": 1.0}
    rules = limits(**{**given, "attention": 3.0, "launches": 1, **changes})
    ground = tiny_ground(three_markets(), rules, shocks=0.05, seed=seed)
    p = ground.problem(ground.scenarios(count))
    return ground, p, solve(p, gap=EXACT)


def best_without_machines(p, **changes):
    """The best of all plans where hours are in plenty, so that nothing is bought to save any."""
    return best_of_all(replace(p, automations=(), rules=replace(p.rules, **changes)))


@pytest.fixture(scope="module")
def one():
    return solved()


@pytest.fixture
def exact(monkeypatch):
    """Search to the end wherever a plan is made anew: then the figures can be held against trying everything."""
    to_the_end = functools.partial(solve, gap=EXACT)
    monkeypatch.setattr(worth, "solve", lambda p, **given: to_the_end(p, start=given.get("start")))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planning_with_scenarios_is_worth_what_trying_everything_says(seed, exact):
    """VSS: the best plan less the plan for the average put into the scenarios, both found by trying everything."""
    ground, p, found = solved(seed)
    average = ground.problem(mean_scenario(p.scenarios, ground.figures, ground.assumed))
    best, plain = best_without_machines(p), best_without_machines(average)
    told, breaks = worth.vss(ground, p, found)
    seen = judge(replace(p, automations=()), plain.taken, ())
    assert told == pytest.approx(max(best.objective - seen.objective, 0.0), abs=1.0)
    assert breaks == pytest.approx(seen.below_floor)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planning_with_scenarios_never_loses(seed):
    told, breaks = worth.vss(*solved(seed))
    assert told >= 0.0 and 0.0 <= breaks <= 1.0


def test_a_plan_for_the_average_that_is_short_of_cash_costs_what_it_is_short_of(exact):
    """A dear shortfall: the plan for the average runs into it, the plan over scenarios does not."""
    ground, p, found = solved(price=20.0, floor_risk=1.0)
    told, breaks = worth.vss(ground, p, found)
    assert told > 1_000.0 and breaks > 0.0 and found.seen.shortfall < 100.0


def foreseen(ground, p):
    """Worth of the best plan in each scenario, for who knows that it comes, by trying everything."""
    each = [ground.problem(only(p.scenarios, s)) for s in range(p.scenarios.count)]
    return np.array([best_without_machines(one, downside=0.0).objective for one in each])


@pytest.mark.parametrize("seed", [1, 2])
def test_knowing_the_future_is_worth_at_least_the_best_plan_of_each_scenario(seed):
    """An upper bound for any inquiry: never below what foresight brings, found by trying everything."""
    ground, p, found = solved(seed)
    best = foreseen(ground, p)
    wise = 0.5 * best.mean() + 0.5 * worst_mean(best, 0.5)
    told = worth.evpi(ground, p, found)
    assert told >= wise - found.seen.objective - 1.0 and told >= 0.0


def test_where_only_one_future_is_possible_knowing_it_is_worth_nothing():
    """Up to what whole decisions lose against divided ones: the bound is that of the relaxed programme."""
    ground, p, found = solved(count=1, attention=1e3, launches=99, cash=1e6)
    assert worth.evpi(ground, p, found) == pytest.approx(0.0, abs=1.0)


def test_more_never_loses_and_gains_no_more_than_can_be(one):
    ground, p, found = one
    buys = worth.more(ground, p, found, found.relaxed_bound)
    assert [more.id for more in buys] == ["cash", "hours", "launches", "attention"]
    for more in buys:
        assert more.gain_usd >= 0.0 and more.shadow_usd >= 0.0
        assert (more.changes == ()) or more.gain_usd > 0.0


def test_what_more_cash_buys_is_what_solving_again_says(exact):
    """With 1,000 above the floor nothing can be entered; with 10,000 more the first market can."""
    ground, p, found = solved(cash=9_000.0)
    assert found.choice.taken.tolist() == []
    cash = worth.more(ground, p, found, found.relaxed_bound)[0]
    richer = best_without_machines(p, cash=19_000.0)
    assert cash.gain_usd == pytest.approx(richer.objective - found.seen.objective, rel=0.01)
    assert richer.taken and len(cash.changes) == len(richer.taken)
    assert all("direct export in 2027Q" in change or "direct export in 2028Q" in change for change in cash.changes)


def test_what_is_there_in_plenty_is_worth_nothing_more():
    ground, p, found = solved(cash=1e7, attention=1e3, launches=99, price=0.0)
    assert all(more.gain_usd == 0.0 == more.shadow_usd for more in worth.more(ground, p, found, found.relaxed_bound))


def test_a_plan_replayed_in_its_own_futures_is_the_same_plan(one):
    """Replaying must not change the decisions: in the same futures it brings the same to the last cent."""
    ground, p, found = one
    fresh, seen, again = worth.replayed(ground, p, found.choice, 50)
    c, d = p.courses, fresh.courses
    for j, k in zip(found.choice.taken, again.taken, strict=True):
        assert (c.market[j], c.mode[j], c.start[j]) == (d.market[k], d.mode[k], d.start[k])
    assert seen.value.shape == (50,)


def test_stability_compares_the_plan_with_itself_on_many_new_futures(one):
    ground, p, found = one
    told = worth.stability(ground, p, found.choice, found.seen)
    assert told.in_sample_usd == found.seen.objective and told.scenarios == 8
    seen = worth.replayed(ground, p, found.choice, told.out_of_sample)[1]
    assert told.out_of_sample_usd == pytest.approx(seen.objective) and told.break_share == seen.breaks
    gap = abs(told.out_of_sample_usd - told.in_sample_usd)
    assert told.stable == (gap <= told.tolerance * max(abs(told.in_sample_usd), LEAST))
    assert told.out_of_sample_se == pytest.approx(seen.value.std() / np.sqrt(1_000))


def test_expected_worth_does_not_depend_on_how_many_scenarios_are_drawn():
    """Class means are exact: a plan's mean worth agrees between few futures and many, sampling of the rest apart."""
    ground, p, found = solved(count=40)
    out = worth.replayed(ground, p, found.choice, 1_000)[1]
    assert assess(p, found.choice).expected == pytest.approx(out.expected, rel=0.1)
