"""The rivals do what their descriptions say: order, pace, what they leave, and the plan with its gates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from skill.policies.small_lands import CALM, small_land

from beachhead.rollout.result import PHASES, Presence
from beachhead.skill.policies.game import play
from beachhead.skill.policies.policy import Enter, Leave
from beachhead.skill.policies.rivals import FixedPlan, in_order
from beachhead.skill.policies.world import variants

GIVEN = {"own": CALM, "sd": 0.0, "exits": False}


class Watched:
    """A policy whose actions are kept with their quarter."""

    def __init__(self, policy):
        self.policy, self.done = policy, []

    def decide(self, view):
        actions = self.policy.decide(view)
        self.done += [(view.quarter, action) for action in actions]
        return actions


def played(policy, land, **true):
    truth = replace(variants()[0].draw(land, np.random.default_rng(1)), **true)
    watched = Watched(policy)
    play(watched, land, truth, np.random.default_rng(1))
    return watched.done


def test_waterfall_enters_the_nearest_first_and_one_a_year():
    land = replace(small_land(4, **GIVEN, rules={"launches": 4}), distance=np.array([40.0, 10.0, 30.0, 20.0]))
    assert played(in_order("waterfall"), land) == [(0, Enter(1, 0)), (4, Enter(3, 0))]


@pytest.mark.parametrize(("name", "first"), [("greedy", [2, 0, 1]), ("size_first", [1, 2, 0])])
def test_rules_of_thumb_enter_in_their_order_as_fast_as_launches_allow(name, first):
    land = small_land(3, **GIVEN, rules={"launches": 1, "quarters": 12})
    land = replace(land, score=np.array([2.0, 1.0, 3.0]), size=np.array([1.0, 3.0, 2.0]))
    entries = [(q, action.market) for q, action in played(in_order(name), land)]
    assert [m for _, m in entries] == first
    assert [q for q, _ in entries] == [0, 1, 2]  # each launch lasts a quarter


def test_sprinkler_enters_all_at_once_in_the_lightest_mode():
    entry = np.tile([5_000.0, 9_000.0, 4_000.0, 1.0, 1.0, 1.0, 1.0], (3, 1))
    land = small_land(3, **GIVEN, entry=entry, rules={"launches": 3})
    assert played(in_order("sprinkler"), land) == [(0, Enter(m, 2)) for m in range(3)]


def test_potential_first_leaves_alone_what_does_not_pay():
    land = replace(small_land(3, **GIVEN, rules={"launches": 3}), worth=np.array([5.0, -1.0, 9.0]))
    assert played(in_order("potential_first"), land) == [(0, Enter(2, 0)), (0, Enter(0, 0))]


def test_rules_of_thumb_leave_after_a_year_that_did_not_pay_and_not_before():
    """Running costs are 6,000 a year; 0.4 of sales stays, so less than about 23,000 of potential does not pay."""
    land = small_land(2, **GIVEN, rules={"launches": 2, "quarters": 10})
    done = played(in_order("greedy"), land, potential=np.array([5_000.0, 90_000.0]))
    assert [(q, a) for q, a in done if isinstance(a, Leave)] == [(5, Leave(0))]


def presence(row, start, **more):
    plain = {
        "mode": 0, "running": False, "first_sale": start + 1.0, "then": -1, "switch": -1, "if_potential": 0.0,
        "phase": PHASES.index("pilot"), "opened_by": -1, "review": 5, "stop_below": 0.0, "go_above": 0.0,
    }  # fmt: skip
    return Presence(row=row, start=start, **{**plain, **more})


@pytest.mark.parametrize(("sells", "opened"), [(90_000.0, True), (20_000.0, False)])
def test_the_fixed_plan_waits_for_its_gate_and_stops_below_its_threshold(sells, opened):
    """The pilot's gate asks for sales of 30,000 a year over two quarters; it is stopped below 20,000 a year."""
    pilot = presence(0, 0, go_above=30_000.0, stop_below=20_000.0)
    land = replace(small_land(2, **GIVEN, rules={"launches": 2}), plan=(pilot, presence(1, 2, opened_by=0)))
    done = played(FixedPlan(), land, potential=np.array([sells, 50_000.0]))
    want = [(0, Enter(0, 0))] + ([(3, Enter(1, 0))] if opened else [(5, Leave(0))])
    assert done == want


def test_the_fixed_plan_changes_mode_if_sales_tell_of_enough():
    staged = presence(0, 0, then=1, switch=5, if_potential=80_000.0)
    land = replace(small_land(1, **GIVEN), plan=(staged,))
    for sells, turns in ((90_000.0, [(0, Enter(0, 0)), (5, Enter(0, 1))]), (70_000.0, [(0, Enter(0, 0))])):
        assert played(FixedPlan(), land, potential=np.array([sells])) == turns
