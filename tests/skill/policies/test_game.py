"""The referee: budgets hold whatever a policy wants, nobody sees what is true, money and exits come out as stated."""

from __future__ import annotations

import gc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skill.policies.small_lands import CALM, AtRandom, Silent, small_land

from beachhead.rollout.sales import ramped
from beachhead.skill.policies import game
from beachhead.skill.policies.policy import Ask, Enter, Leave
from beachhead.skill.policies.world import Truth, variants

BELIEVED = variants()[0]


def truth_of(land, number=1):
    return BELIEVED.draw(land, np.random.default_rng([3, number]))


class Doing:
    """Does in each quarter what a table says."""

    def __init__(self, **by_quarter):
        self.by_quarter, self.seen = by_quarter, []

    def decide(self, view):
        self.seen.append(view)
        return self.by_quarter.get(f"q{view.quarter}", ())


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000), cash=st.floats(2_000, 60_000), launches=st.integers(1, 3), hours=st.floats(60, 400),
    attention=st.floats(1.0, 4.0), most=st.integers(0, 4),
)  # fmt: skip
def test_whatever_a_policy_wants_no_budget_is_broken(seed, cash, launches, hours, attention, most):
    limits = {
        "cash": cash,
        "floor": 1_000.0,
        "launches": launches,
        "hours": hours,
        "attention": attention,
        "most": most,
    }
    land = small_land(5, rules=limits)
    state = game.begin(land, truth_of(land, seed), np.random.default_rng(seed))
    policy = AtRandom()
    for q in range(land.quarters):
        game.force_out(state, q)
        before = state.mode.copy()
        game.act(state, policy.decide(game.view_of(state, q)), q)
        new = (state.mode >= 0) & (before < 0)
        waiting = (state.mode >= 0) & (state.first > q)
        running = (state.mode >= 0) & ~waiting
        there, k = np.flatnonzero(state.mode >= 0), state.mode[state.mode >= 0]
        if new.any():
            assert waiting.sum() <= launches
            assert (state.begun >= 0).sum() <= most
            assert (land.hours[there, k] * (1 + waiting[there])).sum() <= hours + 1e-9
            assert waiting.sum() + 0.25 * running.sum() <= attention + 1e-9
        game.trade(state, q)


@pytest.mark.parametrize(
    ("limits", "broken"),
    [
        ({"cash": 5_500.0, "floor": 1_000.0}, "cash"),
        ({"launches": 0}, "launches"),
        ({"hours": 50.0}, "hours"),
        ({"attention": 0.5}, "attention"),
        ({"most": 0}, "markets"),
    ],
)
def test_an_entry_that_breaks_a_limit_is_refused_and_counted(limits, broken):
    land = small_land(2, rules={"hours": 1e5, **limits})
    run = game.play(Doing(q0=(Enter(0, 0),)), land, truth_of(land), np.random.default_rng(1))
    assert (run.entered, run.refused, run.value_usd) == (0, 1, 0.0)
    state = game.begin(land, truth_of(land), np.random.default_rng(1))
    assert game.Budget.of(game.view_of(state, 0)).refusal(Enter(0, 0)) == broken


def test_what_cannot_be_is_refused_closed_modes_markets_left_and_a_third_mode():
    land = small_land(2, own=CALM, exits=False)
    moves = {
        "q0": (Enter(0, 5), Enter(0, 0)),
        "q3": (Enter(0, 1),),
        "q5": (Enter(0, 2), Leave(0)),
        "q6": (Enter(0, 0),),
    }
    run = game.play(Doing(**moves), land, truth_of(land), np.random.default_rng(1))
    assert (run.entered, run.refused) == (1, 3)


def test_staying_at_home_brings_nothing():
    land = small_land(3)
    run = game.play(Silent(), land, truth_of(land), np.random.default_rng(1))
    assert (run.value_usd, run.cash_usd, run.ruined, run.entered) == (0.0, land.rules.cash, False, 0)


def test_one_market_without_luck_brings_what_can_be_reckoned_by_hand():
    """Potential 100,000, of which all is sold; 0.4 of it stays; set-up 5,000; 500 and 1,000 a quarter; first sale after
    one quarter; worth counts for 12 quarters from the start, 8 of them played."""
    land = small_land(1, own=CALM, sd=0.0, exits=False, entry_sd_log=np.zeros((1, 7)))
    truth = replace(truth_of(land), noise=np.ones((6, 1)))
    run = game.play(Doing(q0=(Enter(0, 0),)), land, truth, np.random.default_rng(1))
    quarter = np.arange(12.0)
    made = ramped(land.knots, quarter) - ramped(land.knots, quarter - 1.0)
    flow = 25_000 * made * 0.4 - 1_500
    assert run.value_usd == pytest.approx(float(flow @ land.discount[:12]) - 5_000 * land.discount[0])


def test_an_answer_comes_when_its_channel_says_and_tells_the_truth_with_its_bias_and_error():
    land = small_land(3, own=CALM, exits=False)
    truth = truth_of(land)
    policy = Doing(q1=(Ask(1, (0, 2)),))
    run = game.play(policy, land, truth, np.random.default_rng(1))
    assert [len(v.answers) for v in policy.seen] == [0, 0, 0, *[1] * 5]
    told = truth.seen[1, [0, 2]].mean() + truth.bias[1] + 0.3 * truth.error[1, 0, 0]
    assert policy.seen[-1].answers[0].value == pytest.approx(float(told))
    assert run.cash_usd == pytest.approx(land.rules.cash - 900)


def test_who_needs_more_hours_than_there_are_sells_less_and_by_as_much_as_is_missing():
    land = small_land(1, own=CALM, sd=0.0, exits=False, rules={"hours": 150.0})
    calm, busy = (replace(truth_of(land), hours=np.array([x])) for x in (1.0, 4.5))
    seen = []
    for truth in (calm, busy):
        policy = Doing(q0=(Enter(0, 0),))
        run = game.play(policy, land, truth, np.random.default_rng(1))
        seen.append((policy.seen[-1].sales[4, 0], run.strained))
    needed = 4.5 * land.hours[0, 0]
    assert seen[0][1] == 0 and seen[1][1] > 0
    assert seen[1][0] == pytest.approx(seen[0][0] * min(150.0 / needed, 1.0))


def test_whoever_falls_below_zero_has_to_close_everything():
    land = small_land(1, own=CALM, sd=0.0, exits=False, fixed=np.full((1, 7), 4_000.0), rules={"cash": 6_000.0})
    truth = replace(truth_of(land), potential=np.array([10.0]))
    run = game.play(Doing(q0=(Enter(0, 0),), q4=(Enter(0, 1),)), land, truth, np.random.default_rng(1))
    assert run.ruined and run.below_floor and run.served == 0 and run.lowest_usd < 0.0


def reachable(thing, depth=12):
    """Everything that can be got at from an object through its fields."""
    seen, front = {}, [thing]
    for _ in range(depth):
        front = [
            x
            for one in front
            for x in gc.get_referents(one)
            if not isinstance(x, type) and not callable(x) and id(x) not in seen and not hasattr(x, "__spec__")
        ]
        seen |= {id(x): x for x in front}
    return list(seen.values())


def test_what_a_policy_is_shown_holds_nothing_of_what_is_true():
    land = small_land(4)
    truth = truth_of(land)
    state = game.begin(land, truth, np.random.default_rng(1))
    game.act(state, (Enter(0, 0), Ask(0, (1,))), 0)
    view = game.view_of(state, 0)
    secret = [getattr(truth, name) for name in Truth.__dataclass_fields__ if name != "published"]
    secret += [state.first, state.patience]
    for found in reachable(view):
        assert not isinstance(found, (Truth, game.Game))
        if isinstance(found, np.ndarray):
            assert not any(np.shares_memory(found, x) for x in secret)
            assert not any(np.array_equal(found, x) for x in secret if x.size > 1 and x.min() < x.max())
    assert np.isnan(view.first[0])  # when the first sale comes is not known before


@pytest.mark.parametrize("published", [True, False])
def test_presences_end_as_often_as_the_calibrated_hazards_say(published):
    """Four markets that all begin to sell now, ranked by their potential, for a year, many times over."""
    count, times = 4, 700
    land = small_land(
        count, own=CALM, sd=0.0, potential=1e6 * 0.5 ** np.arange(count), mode_now=np.zeros(count, dtype=int),
        rules={"quarters": 8, "horizon": 8},
    )  # fmt: skip
    gone = np.zeros(count)
    for number in range(times):
        truth = replace(truth_of(land, number), published=published, noise=np.ones((6, count)))
        state = game.begin(land, truth, np.random.default_rng(1))
        for q in range(4):
            game.force_out(state, q)
            game.trade(state, q)
        gone += state.patience < 0.0
    year = 1 if published else 6
    told = np.array([land.hazard[year - 1, 3, rank, 0] for rank in range(count)])
    # at the owner's own reviews presences end between quarters, so the clock begins half a quarter ahead
    want = told if published else 1.0 - (1.0 - told) ** 1.125
    assert (np.abs(gone / times - want) < 4.0 * np.sqrt(want * (1.0 - want) / times)).all()
