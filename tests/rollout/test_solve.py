"""The plan found is the best one: by trying everything, at the limits, and as limits change."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rollout.referee import best_of_all, judge, worth_leaving
from rollout.small import NAMES, One, at_random, by_hand, limits, machine, same, three_markets, tiny_ground

from beachhead.enter.modes import MODES
from beachhead.rollout.plan import idle
from beachhead.rollout.problem import Choice, Problem
from beachhead.rollout.rules import Wish
from beachhead.rollout.solve import Progress, possible, solve

EXACT = 1e-6
SEEDS = st.integers(0, 400)
few = settings(max_examples=8)
PRICES = (0.0, 1.0, 5.0)


def best(p: Problem):
    return solve(p, gap=EXACT, effort=10_000)


def with_a_plan(seed, **changes):
    """A random problem in which going on as now is possible at least."""
    p = at_random(seed, pins=(), **changes)
    assume(possible(p))
    return p


def with_rules(p, **changes):
    return replace(p, rules=replace(p.rules, **changes))


def free(p, **changes):
    """The problem without any limit but the courses themselves."""
    loose = {"cash": 1e9, "hours": 1e9, "attention": 1e9, "launches": 1_000, "most": 1_000, "phases": False}
    return with_rules(p, **{**loose, "pins": (), "forbids": (), **changes})


# --- the best of all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(50))
def test_the_optimum_is_that_of_trying_everything(seed):
    p = at_random(seed)
    tried, found = best_of_all(p), best(p)
    assert (tried is None) == (found is None)
    if tried is not None:
        assert found.seen.objective == pytest.approx(tried.objective, rel=1e-6, abs=1e-3)
        assert not judge(p, tuple(found.choice.taken), tuple(found.choice.bought)).breaks
        assert found.bound >= found.seen.objective - 1e-3


def test_the_fifty_instances_hold_every_kind_of_limit():
    """So that agreement on them says something: without any one limit the best plan of some is another."""
    loosened = {
        "phases": {"phases": False},
        "likeness": {"likeness_lag": 100},
        "floor": {"floor_risk": 1.0},
        "pins": {"pins": ()},
        "forbids": {"forbids": ()},
        "downside": {"downside": 0.0},
        "price": {"price": 0.0},
        "hours": {"hours": 1e9},
        "attention": {"attention": 1e9},
        "launches": {"launches": 99},
        "most": {"most": 99},
    }
    fifty = [at_random(seed) for seed in range(50)]
    before = [best_of_all(p) for p in fifty]
    for name in loosened:
        pairs = zip(fifty, before, strict=True)
        assert any(choice(best_of_all(with_rules(p, **loosened[name]))) != choice(one) for p, one in pairs), name
    assert {p.rules.beyond for p in fifty} == {0, 2} and {len(p.automations) for p in fifty} == {0, 1, 2}
    assert any(max(one.bought, default=-1) >= 0 for one in before if one is not None)


def choice(found):
    return found and (found.taken, found.bought)


@pytest.mark.parametrize("seed", range(10))
def test_the_gap_reported_is_true(seed):
    """However rough the search, no plan lies above the bound, and the gap is the distance to it."""
    p = at_random(seed, pins=())
    tried, found = best_of_all(p), solve(p, gap=0.3, effort=1)
    assert (tried is None) == (found is None)
    if found is not None:
        assert tried.objective <= found.bound + 1e-3
        assert found.seen.objective <= tried.objective + 1e-3
        assert found.status in ("optimal", "within_gap", "stopped")
        assert found.gap == pytest.approx(
            max(found.bound - found.seen.objective, 0.0) / max(abs(found.seen.objective), 1_000.0)
        )
        assert (found.status == "stopped") == (found.gap > 0.3 * 1.001)


def test_a_watcher_is_told_of_the_best_so_far_and_can_stop_with_it():
    p, told = at_random(22), []

    def stop(progress: Progress) -> bool:
        told.append(progress)
        return len(told) < 2

    found = solve(p, gap=EXACT, watch=stop, step="Trying")
    assert {one.step for one in told} == {"Trying"} and len(told) <= 4  # it ends with the step it is in
    assert not judge(p, tuple(found.choice.taken), tuple(found.choice.bought)).breaks
    assert best_of_all(p).objective <= found.bound + 1e-3


def may_be(p, j):
    """A market where the firm sells is left only if that is worth more than to go on as now."""
    return not p.courses.of.leaves[p.courses.profile[j]] or worth_leaving(p, int(j))


# --- at the limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_with_everything_at_hand_every_market_is_entered_whose_best_course_pays(seed):
    """Without limits and likeness markets do not touch each other: each has its own best, or stays out."""
    p = free(at_random(seed), price=0.0, downside=0.0, likeness_lag=100)
    found = best(p)
    c, worth = p.courses, p.courses.value.mean(axis=1)
    expected = set()
    for i in range(len(p.figures.markets)):
        ways = np.array([j for j in np.flatnonzero(c.market == i) if may_be(p, j)])
        top = ways[np.argmax(worth[ways])]
        if c.running[top] or worth[top] > 0:
            expected.add(int(top))
    assert set(found.choice.taken.tolist()) == expected
    assert (found.choice.bought < 0).all()  # hours in plenty: nothing to save


def test_without_a_dollar_above_the_floor_the_firm_stays_at_home_and_is_told_why():
    p = by_hand(
        [One(0, 0, 5_000.0, [-2_500.0, 0, 0, 4_000.0]), One(1, 0, 4_000.0, [-3_000.0, 0, 0, 4_000.0])],
        limits(cash=10_000.0, floor=10_000.0),
    )
    assert best(p).choice.taken.tolist() == []
    assert idle(p, ()).startswith("the entries that pay would take cash below the floor of USD 10,000")
    assert "USD 2,500 more" in idle(p, ())
    assert best(with_rules(p, cash=12_500.0)).choice.taken.tolist() == [0]  # as much as it says, and no less
    assert best(with_rules(p, cash=12_490.0)).choice.taken.tolist() == []


def test_where_nothing_pays_the_firm_is_told_that():
    p = by_hand([One(0, 0, -5.0)], limits())
    assert best(p).choice.taken.tolist() == []
    assert idle(p, ()) == "no entry is expected to earn its cost under these figures"


def test_where_hours_do_not_reach_the_firm_is_told_that():
    p = by_hand([One(0, 0, 5_000.0, hours=80.0)], limits(hours=10.0))
    assert best(p).choice.taken.tolist() == []
    assert idle(p, ()) == "the entries that pay do not fit into the hours, attention and launches at hand"


@pytest.mark.parametrize("seed", range(8))
def test_with_one_scenario_the_plan_is_the_deterministic_optimum(seed):
    """Nothing is uncertain: the weight of the worse half and the share of futures below the floor say nothing."""
    from beachhead.rollout.scenarios import only

    p = at_random(seed)
    c = p.courses
    cut = {name: getattr(c, name)[..., :1] for name in ("value", "cash", "setup", "hours", "attention")}
    one = replace(p, courses=replace(c, **cut), scenarios=only(p.scenarios, 0), saving=p.saving[..., :1])
    results = [best(with_rules(one, downside=d, floor_risk=r, pins=())) for d in (0.0, 0.9) for r in (0.0, 0.4)]
    assert len({tuple(found.choice.taken) for found in results}) == 1
    assert results[0].seen.objective == pytest.approx(
        results[0].seen.value[0] - p.rules.price * results[0].seen.shortfall
    )


# --- risk ----------------------------------------------------------------------------------------------------------


@few
@given(SEEDS)
def test_the_dearer_a_shortfall_the_smaller_it_is(seed):
    p = with_a_plan(seed, floor_risk=1.0)
    found = [best(with_rules(p, price=price)) for price in PRICES]
    short = [one.seen.shortfall for one in found]
    assert all(later <= sooner + 1.0 for sooner, later in pairwise(short))
    worth = [one.seen.objective + price * one.seen.shortfall for one, price in zip(found, PRICES, strict=True)]
    assert all(later <= sooner + 1.0 for sooner, later in pairwise(worth))


@few
@given(SEEDS)
def test_who_shuns_risk_more_gets_a_better_worse_half_and_a_smaller_mean(seed):
    p = with_a_plan(seed, price=0.0)
    assume(not p.courses.running.any())  # whether a market may be left depends on the same weights
    found = [best(with_rules(p, downside=downside)) for downside in (0.0, 0.4, 0.9)]
    worse, mean = [one.seen.downside for one in found], [one.seen.expected for one in found]
    assert all(later >= sooner - 1.0 for sooner, later in pairwise(worse))
    assert all(later <= sooner + 1.0 for sooner, later in pairwise(mean))


# --- limits and wishes ---------------------------------------------------------------------------------------------

LOOSER = [
    {"cash": 2.0},
    {"hours": 2.0},
    {"attention": 2.0},
    {"launches": 2},
    {"most": 2},
    {"pilots": 2},
    {"floor": 0.5},
]


@few
@given(SEEDS, st.sampled_from(LOOSER))
def test_a_looser_limit_never_makes_the_plan_worse(seed, factor):
    ((name, by),) = factor.items()
    p = with_a_plan(seed)
    looser = with_rules(p, **{name: getattr(p.rules, name) * by})
    assert best(looser).seen.objective >= best(p).seen.objective - 1e-3


@few
@given(SEEDS, st.sampled_from([{"floor_risk": 0.6}, {"phases": False}, {"hours_kept": 0.0}, {"forbids": ()}]))
def test_a_limit_dropped_never_makes_the_plan_worse(seed, change):
    p = with_a_plan(seed)
    assert best(with_rules(p, **change)).seen.objective >= best(p).seen.objective - 1e-3


def wish_of(p, j):
    """The pin that names course j: market, mode and quarter."""
    c = p.courses
    quarter = None if c.running[j] else int(c.start[j])
    return Wish(p.figures.markets[c.market[j]], MODES[c.mode[j]], quarter)


@few
@given(SEEDS)
def test_pinning_what_the_plan_does_anyway_changes_nothing(seed):
    p = with_a_plan(seed)
    found = best(p)
    stays = [j for j in found.choice.taken if not p.courses.of.leaves[p.courses.profile[j]]]
    pinned = best(with_rules(p, pins=tuple(wish_of(p, j) for j in stays)))
    assert pinned.seen.objective == pytest.approx(found.seen.objective, rel=1e-6, abs=1e-3)


@few
@given(SEEDS, st.integers(0, 5))
def test_a_wish_never_raises_the_objective_and_is_met(seed, at):
    """Pinning or forbidding any start at most keeps the worth; taken back, the plan is what it was."""
    p = with_a_plan(seed, forbids=())
    found = best(p)
    new = np.flatnonzero(~p.courses.running)
    assume(len(new))
    wish = wish_of(p, new[at % len(new)])
    for kind, limit in (("pins", "pins"), ("forbids", "forbids")):
        other = best(with_rules(p, **{kind: (wish,)}))
        if other is not None:
            assert other.seen.objective <= found.seen.objective + 1e-3
            judged = judge(with_rules(p, **{kind: (wish,)}), tuple(other.choice.taken), tuple(other.choice.bought))
            assert limit not in judged.breaks
    again = best(with_rules(with_rules(p, pins=(wish,)), pins=()))
    assert again.choice.taken.tolist() == found.choice.taken.tolist()


def test_a_pin_of_a_market_that_loses_is_met_and_not_answered_with_staying_at_home():
    p = by_hand([One(0, 0, -5_000.0), One(0, 1, -4_000.0), One(1, 0, -10.0)], limits(pins=(Wish("A", None, None),)))
    assert best(p).choice.taken.tolist() == [1]


def test_an_earlier_plan_to_begin_from_that_the_wishes_rule_out_is_not_kept():
    p = by_hand([One(0, 0, 5_000.0), One(1, 0, 4_000.0)], limits(most=1, forbids=(Wish("A", None, None),)))
    before = Choice(np.array([0], dtype=np.intp), np.empty(0, dtype=np.intp))
    assert solve(p, gap=EXACT, start=before).choice.taken.tolist() == [1]


def test_what_cannot_be_gives_no_plan():
    p = by_hand([One(0, 0, 5_000.0, [-700.0, 0, 0, 0])], limits(cash=100.0, pins=(Wish("A", None, None),)))
    assert best(p) is None and not possible(p)
    assert possible(with_rules(p, cash=700.0))


@pytest.mark.parametrize("seed", range(60, 90))
def test_a_plan_is_possible_exactly_where_trying_everything_finds_one(seed):
    p = at_random(seed, most=2, pins=(Wish(NAMES[0], None, None), Wish(NAMES[1], None, 2)))
    assert possible(p) == (best_of_all(p) is not None) == (best(p) is not None)


def test_an_investment_is_made_where_it_pays_for_itself():
    ones = [One(i, 0, 5_000.0, hours=80.0) for i in range(2)]
    dear, cheap = machine(cost_usd=6_000.0, build_quarters=0), machine(cost_usd=2_000.0, build_quarters=0)
    bought = [
        best(by_hand(ones, limits(hours=100.0), automations=(one,))).choice.bought.tolist() for one in (dear, cheap)
    ]
    assert bought == [[-1], [0]]


# --- what holds in every plan --------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.integers(1_000, 3_000))
def test_what_every_plan_found_promises(seed):
    p = with_a_plan(seed)
    found = best(p)
    c, rules, seen = p.courses, p.rules, found.seen
    taken = found.choice.taken
    assert (seen.cash.min(axis=0) < rules.floor - 0.5).mean() <= rules.floor_risk
    hours = c.hours[taken].sum(axis=0) - seen.saved_by.sum(axis=0)[:, None]
    assert (hours <= rules.hours + 0.5).all()
    assert (hours.mean(axis=1) <= rules.hours * (1.0 - rules.hours_kept) + 0.5).all()
    assert (c.attention[taken].sum(axis=0) <= rules.attention + 1e-6).all()
    assert (c.launch[taken].sum(axis=0) <= rules.launches).all()
    assert len(set(c.market[taken].tolist())) == len(taken)
    assert found.gap >= 0.0 and found.bound >= seen.objective - 1e-3
    assert found.relaxed_bound >= seen.objective - 1e-3
    assert judge(p, tuple(taken), tuple(found.choice.bought)).breaks == set()


# --- the same again ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [3, 17, 22])
def test_the_same_problem_gives_the_same_plan_to_the_last_bit(seed):
    assert same(best(at_random(seed)), best(at_random(seed)))


def test_the_same_seed_gives_the_same_problem_and_another_seed_another():
    first, again, other = (
        tiny_ground(three_markets(), limits(quarters=6, horizon=12), shocks=0.05, seed=seed) for seed in (1, 1, 2)
    )
    a, b, c = (ground.problem(ground.scenarios(8)).courses.value for ground in (first, again, other))
    assert a.tobytes() == b.tobytes() != c.tobytes()
