"""The quick worth of the plan is that of the rollout's own courses, and lies between a plan that exists and a bound."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rollout.small import DIRECT, NAMES, limits, three_markets, tiny_ground
from scipy.special import ndtri

from beachhead.learn.worth import (
    FUTURES,
    at_state,
    attained,
    best_plan,
    best_set,
    bound,
    brought,
    grid,
    looked_up,
    perfect,
    tabled,
    ways_of,
    worth_of,
)
from beachhead.rollout.rules import Wish


def small(**rules):
    """Three markets, each open by direct export; hours for two, unless said otherwise."""
    given = {"quarters": 6, "horizon": 12, "downside": 0.4, "hours": 130.0, "review_quarters": 4} | rules
    figures = three_markets(root=np.full((3, 1), 0.6), own_sd=np.full(3, 0.8))
    return tiny_ground(figures, limits(**given), shocks=0.05, discount_rate=0.1)


@pytest.fixture(scope="module")
def worth():
    return worth_of(small())


def test_ways_bring_what_the_rollout_says_they_bring():
    base = small()
    ways = ways_of(base)
    p = base.problem(base.scenarios(FUTURES))
    for w, profile in enumerate(ways.profile):
        course = np.flatnonzero((p.courses.profile == profile) & (p.courses.start == 0))[0]
        assert ways.drawn[w] == pytest.approx(p.courses.value[course], rel=1e-12)


def test_the_tables_are_the_mean_over_a_log_normal_potential_less_what_the_worse_half_lacks():
    """Against a million potentials."""
    base = small(downside=0.0)
    ways, f = ways_of(base), base.figures
    mean, lacking = tabled(ways, np.log(f.potential), f.sd)
    z = ndtri((np.arange(1_000_000) + 0.5) / 1_000_000)
    off, share = grid()
    for x, v in ((50, 10), (55, 7), (40, 3)):
        p = f.potential[0] * np.exp(f.sd[0] * (off[x] + np.sqrt(share[v]) * z))
        brings = np.interp(p, ways.grid[0], ways.mean[0])
        assert mean[0, x, v] == pytest.approx(brings.mean(), rel=2e-3, abs=5.0)
        worse = brings.mean() - brings[: len(z) // 2].mean()
        shocks = np.interp(p, ways.grid[0], ways.lacks[0]).mean()
        assert lacking[0, x, v] == pytest.approx(np.hypot(worse, shocks), rel=5e-3, abs=5.0)


def test_who_knows_the_potential_gets_what_the_courses_bring_at_it():
    base = small(downside=0.0)
    worth = worth_of(base)
    f, futures = base.figures, base.scenarios(FUTURES)
    for x in (45, 50, 60):
        known = np.exp(worth.median + worth.sd * grid()[0][x])
        brings = brought(base, replace(futures, potential=np.repeat(known[:, None], FUTURES, axis=1))).mean(axis=1)
        at = worth.ways.market
        assert worth.known[:, x] == pytest.approx(brings[worth.ways.profile], rel=0.01, abs=100.0)
        assert f.markets == NAMES[:3] and len(at) >= 3


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_the_pool_is_attained_the_bound_is_not_beaten_and_the_best_lies_between(worth, seed):
    """Against every combination of ways that keeps the limits."""
    rng = np.random.default_rng(seed)
    ways = worth.ways
    value = worth.now[:, None] + rng.normal(0, 8_000, size=(len(ways), 6))
    options = [[-1, *np.flatnonzero(ways.market == m)] for m in np.unique(ways.market)]
    every = [[k for k in chosen if k >= 0] for chosen in product(*options)]
    able = [c for c in every if (ways.use[c].sum(axis=0) <= ways.there_is + 1e-6).all()]
    best = np.array([max(value[c, n].sum() for c in able) for n in range(6)])
    found = attained(worth, value)
    assert (found <= best + 1e-6).all() and (best <= bound(worth, value) + 1e-6).all()
    for n in range(6):
        whole = best_plan(ways, value[:, n])
        assert value[whole, n].sum() == pytest.approx(best[n], rel=6e-3, abs=1.0)
        share, price = best_set(ways, value[:, n])
        assert share @ value[:, n] >= best[n] - 1e-6 and (price >= 0).all()


def test_every_plan_of_the_pool_keeps_the_limits_and_enters_a_market_once(worth):
    ways = worth.ways
    assert (worth.pool @ ways.use <= ways.there_is + 1.0).all()
    for m in np.unique(ways.market):
        assert (worth.pool[:, ways.market == m].sum(axis=1) <= 1).all()
    assert worth.value == pytest.approx((worth.pool @ worth.now).max())


def test_at_what_is_believed_now_the_tables_say_what_is_worth_now(worth):
    n = len(worth.sd)
    assert looked_up(worth, np.zeros((n, 1)), np.ones((n, 1)))[:, 0] == pytest.approx(worth.now, rel=1e-9)


@given(off=st.floats(-4, 4), share=st.floats(0, 1), rise=st.floats(0, 0.5))
def test_a_larger_potential_is_never_worth_less_and_tables_are_read_between_their_points(worth, off, share, rise):
    n = len(worth.sd)
    low, high = (looked_up(worth, np.full((n, 1), x), np.full((n, 1), share)) for x in (off, off + rise))
    assert (high >= low - 1e-6).all()


def test_knowing_all_is_worth_at_least_as_much_as_knowing_any_one_market(worth):
    """The bound of one integral for each market, against the mean over one market's potential known, others not."""
    z = ndtri((np.arange(2_000) + 0.5) / 2_000)
    for m in range(len(worth.sd)):
        off, left = np.zeros((len(worth.sd), len(z))), np.ones((len(worth.sd), len(z)))
        off[m], left[m] = z, 0.0
        value = looked_up(worth, off, left)
        gain = (attained(worth, value) - worth.plan @ value).mean()
        assert 0.0 <= gain <= perfect(worth)


def test_risk_that_evens_out_in_the_plan_is_not_counted():
    shy = worth_of(small(downside=1.0))
    assert 0.0 < shy.spread <= 1.0
    alone = worth_of(small(downside=1.0, hours=70.0))
    assert alone.plan.sum() < shy.plan.sum() and alone.spread > shy.spread


def test_what_is_forbidden_is_no_way_and_what_is_pinned_is_in_every_plan():
    poor = NAMES[0]
    pinned = worth_of(small(pins=(Wish(poor, "direct_export", None),), hours=70.0))
    mine = pinned.ways.market == 0
    assert pinned.pool[:, mine].any(axis=1).all()
    without = worth_of(small(forbids=(Wish(poor, None, None),)))
    assert not (without.ways.market == 0).any()
    assert worth_of(small(forbids=(Wish(None, "direct_export", 0),))).ways.mode[0] == DIRECT, "only a quarter is barred"


def test_with_room_for_all_each_market_is_entered_if_it_pays(worth):
    free = worth_of(small(hours=1e6))
    best = np.array([free.now[free.ways.market == m].max(initial=0.0) for m in range(3)])
    assert free.value == pytest.approx(np.maximum(best, 0.0).sum())
    assert (free.prices[:, 0] == 0.0).all() and (worth.prices[:, 0] > 0.0).any()


def test_a_state_of_belief_moves_every_market(worth):
    better = at_state(worth.table, worth.ways, np.full(len(worth.sd), 1.0))
    assert (better > worth.now).all()
