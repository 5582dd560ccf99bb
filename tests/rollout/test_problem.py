"""The package's referee against one written anew from the formulas, and what rests on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rollout.referee import can_be_phased, judge
from rollout.small import DIRECT, INDIRECT, One, any_choice, at_random, by_hand, limits, machine

from beachhead.rollout.problem import (
    Choice,
    assess,
    broken,
    likeness_gained,
    phases_of,
    tail_weights,
    worst_mean,
)
from beachhead.rollout.rules import Wish

WISHES = {"pins", "forbids", "leaving"}  # what may be chosen at all, apart from what it takes


def as_choice(taken, bought=()):
    return Choice(np.array(taken, dtype=np.intp), np.array(bought, dtype=np.intp))


@pytest.mark.parametrize("seed", range(25))
def test_the_two_referees_agree_on_worth_and_on_every_limit(seed):
    p, rng = at_random(seed), np.random.default_rng(seed)
    for _ in range(8):
        taken, bought = any_choice(p, rng)
        mine, seen = judge(p, taken, bought), assess(p, as_choice(taken, bought))
        assert seen.objective == pytest.approx(mine.objective, abs=1e-6, rel=1e-9)
        assert seen.shortfall == pytest.approx(mine.shortfall, abs=1e-6, rel=1e-9)
        assert seen.breaks == pytest.approx(mine.below_floor)
        assert set(broken(p, as_choice(taken, bought), seen)) - WISHES == mine.breaks - WISHES


@pytest.mark.parametrize("seed", range(60, 90))
def test_phases_are_found_exactly_where_some_order_of_phases_exists(seed):
    p, rng = at_random(seed, phases=True), np.random.default_rng(seed)
    for _ in range(10):
        taken, _ = any_choice(p, rng)
        found = phases_of(p, np.array(taken, dtype=np.intp))
        assert (found is not None) == can_be_phased(p, taken)


def test_phases_of_a_chain_by_hand():
    """A pilot from 0 that sells from 1 and passes its gate in 2; B near it from 2; the far C once B sells."""
    near = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
    ones = [One(0, 0), One(1, 1), One(1, 2), One(2, 2), One(2, 3)]
    p = by_hand(ones, limits(phases=True, pilots=1), region=near, accessible=np.array([True, False, False]))
    assert phases_of(p, np.array([0, 2, 4])).tolist() == [1, 2, 3]
    assert phases_of(p, np.array([0, 1])) is None  # B before the pilot's gate
    assert phases_of(p, np.array([0, 2, 3])) is None  # C before B sells
    assert phases_of(p, np.array([2])) is None  # B without a pilot


def test_a_running_market_opens_its_region_as_soon_as_its_gate_has_passed_and_not_when_it_is_left():
    near = np.ones((2, 2), dtype=bool)
    stays, leaves = One(0, running=True, tenure=3), One(0, running=True, tenure=3, leaves=True)
    p = by_hand([stays, leaves, One(1, 0)], limits(phases=True), region=near, accessible=np.array([False, False]))
    assert phases_of(p, np.array([0, 2])).tolist() == [0, 2]
    assert phases_of(p, np.array([1, 2])) is None


def test_likeness_counts_each_trait_once_and_only_from_markets_entered_early_enough():
    """C is like A in geography and like B in geography and income; only who started a year before counts."""
    alike = np.zeros((3, 3, 3), dtype=bool)
    alike[2, 0], alike[2, 1] = [True, False, False], [True, False, True]
    ones = [One(0, 0), One(1, 2), One(2, 3, setup=1_000.0)]
    p = by_hand(ones, limits(likeness_lag=2), alike=alike)
    assert likeness_gained(p, np.arange(3))[2].tolist() == [True, False, False]
    assert assess(p, as_choice([0, 1, 2])).value[0] == pytest.approx(0.2 * 1_000.0 * p.discount[3])
    sooner = by_hand([One(0, 0), One(1, 1), ones[2]], limits(likeness_lag=2), alike=alike)
    assert likeness_gained(sooner, np.arange(3))[2].tolist() == [True, False, True]


def test_what_automation_costs_and_saves_by_hand():
    """Bought in 1 for 1,000 and 100 a quarter, it halves 80 mean hours of sales from 2 on."""
    hours = np.array([[100.0, 60.0]] * 4)
    p = by_hand([One(0, 0, hours=hours)], limits(hours=70.0), scenarios=2, automations=(machine(),))
    seen = assess(p, as_choice([0], [1]))
    assert seen.saved_by.tolist() == [[0.0, 0.0, 40.0, 40.0]]
    d = p.discount
    assert seen.value == pytest.approx(-(1_000.0 * d[1] + 100.0 * d[1:].sum()))
    assert (p.rules.cash - seen.cash[:, 0]).tolist() == [0.0, 1_100.0, 1_200.0, 1_300.0]
    assert broken(p, as_choice([0], [1]), seen) == ("hours",)  # the first two quarters still take 100


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12), st.floats(0.05, 1.0))
def test_mean_of_the_worst_is_the_least_of_all_weightings_of_that_size(x, share):
    """CVaR is the least mean under weights of at most 1 / (share × count) each: no other weights do worse."""
    x = np.array(x)
    weight = tail_weights(len(x), share)
    assert weight.sum() == pytest.approx(1.0)
    assert weight.max() == pytest.approx(min(1.0 / (share * len(x)), 1.0))
    rng = np.random.default_rng(0)
    others = [np.sort(x)[rng.permutation(len(x))] @ weight for _ in range(20)]
    assert worst_mean(x, share) <= min(others) + 1e-6
    assert x.min() - 1e-6 <= worst_mean(x, share) <= x.mean() + 1e-6


@pytest.mark.parametrize(
    ("rules", "name"),
    [
        (limits(cash=500.0), "cash"),
        (limits(hours=50.0), "hours"),
        (limits(attention=0.5), "attention"),
        (limits(launches=0), "launches"),
        (limits(most=0), "most"),
        (limits(phases=True, pilots=0), "phases"),
    ],
)
def test_each_limit_is_named_when_it_alone_is_broken(rules, name):
    p = by_hand([One(0, 0, 1_000.0, flow=[-600.0, 0, 0, 0], hours=80.0, attention=1.0)], rules)
    choice = as_choice([0])
    assert broken(p, choice, assess(p, choice)) == (name,)


def test_cash_may_be_short_in_the_share_of_scenarios_that_is_allowed_and_no_more():
    flow = np.array([[-600.0, 10.0, 10.0, 10.0]] + [[0.0] * 4] * 3)
    one = One(0, 0, 1_000.0, flow=flow)
    for risk, fine in ((0.25, True), (0.2, False)):
        p = by_hand([one], limits(cash=500.0, floor_risk=risk), scenarios=4)
        assert (broken(p, as_choice([0]), assess(p, as_choice([0]))) == ()) is fine


def test_hours_kept_back_cannot_be_planned_with():
    p = by_hand([One(0, 0, 1_000.0, hours=80.0)], limits(hours=100.0, hours_kept=0.25))
    assert broken(p, as_choice([0]), assess(p, as_choice([0]))) == ("hours",)


def test_wishes_speak_of_all_that_they_leave_open():
    from beachhead.rollout.programme import forbidden, pinned

    ones = [One(0, 0, mode=DIRECT), One(0, 1, mode=DIRECT), One(0, 1, mode=INDIRECT), One(1, 1, mode=DIRECT)]
    rules = limits(pins=(Wish("A", None, 1),), forbids=(Wish(None, "direct_export", 1), Wish("B", None, None)))
    p = by_hand(ones, rules)
    where = {
        (int(m), int(k), int(s)): j
        for j, (m, k, s) in enumerate(zip(p.courses.market, p.courses.mode, p.courses.start, strict=True))
    }
    assert set(np.flatnonzero(pinned(p)[0])) == {where[0, DIRECT, 1], where[0, INDIRECT, 1]}
    assert set(np.flatnonzero(forbidden(p))) == {where[0, DIRECT, 1], where[1, DIRECT, 1]}
