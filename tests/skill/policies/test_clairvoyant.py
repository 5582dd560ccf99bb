"""The bound: nobody is above it in any world, and where one can reckon it is what it should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skill.policies.small_lands import CALM, AtRandom, small_land

from beachhead.skill.policies.clairvoyant import bound
from beachhead.skill.policies.game import play
from beachhead.skill.policies.ours import PlanAndLearn
from beachhead.skill.policies.policy import Enter
from beachhead.skill.policies.rivals import StayHome, in_order, rival_rows
from beachhead.skill.policies.world import variants

MAKERS = [AtRandom, StayHome, PlanAndLearn, *(lambda name=row["id"]: in_order(name) for row in rival_rows())]


@settings(max_examples=15)
@given(
    seed=st.integers(0, 10**6), cash=st.floats(3_000, 80_000), launches=st.integers(1, 3), hours=st.floats(60, 500),
    most=st.integers(1, 5), running=st.booleans(), world=st.sampled_from(variants()), alike=st.booleans(),
)  # fmt: skip
def test_no_policy_is_ever_above_the_bound(seed, cash, launches, hours, most, running, world, alike):
    rng = np.random.default_rng(seed)
    land = small_land(
        5,
        rules={"cash": cash, "floor": 2_000.0, "launches": launches, "hours": hours, "most": most, "closing": 0.07},
        potential=rng.lognormal(10.5, 0.8, 5),
        mode_now=np.array([0 if running else -1, -1, -1, -1, -1]),
        tenure=np.array([6 if running else 0, 0, 0, 0, 0]),
        delay=np.full(7, 0.66),
        weeks=rng.uniform(6.0, 30.0, (5, 7)),
        sold=rng.uniform(0.3, 1.0, (5, 7)),
        alike=np.full((5, 5, 3), alike) & ~np.eye(5, dtype=bool)[..., None],
        own_sd=np.full(5, 1.4),
    )
    truth = world.draw(land, np.random.default_rng([seed, 1]))
    most_usd = bound(land, truth)
    for make in MAKERS:
        run = play(make(), land, truth, np.random.default_rng([seed, 2]))
        assert run.value_usd <= most_usd + 1e-6 * max(abs(most_usd), 1.0)


def test_without_luck_and_limits_the_bound_is_what_entering_all_that_pays_brings():
    land = small_land(3, own=CALM, sd=0.0, exits=False, open_modes=(0,), potential=np.array([100e3, 50e3, 1e3]))
    truth = variants()[0].draw(land, np.random.default_rng(1))

    class EnterTwo:
        def decide(self, view):
            return (Enter(0, 0), Enter(1, 0)) if view.quarter == 0 else ()

    assert bound(land, truth) == pytest.approx(play(EnterTwo(), land, truth, np.random.default_rng(1)).value_usd)


def test_where_only_one_entry_can_be_paid_the_bound_knows_it():
    """Cash for one set-up, and no sales before the last quarter: the second market is out of reach."""
    given = {"own": CALM, "sd": 0.0, "exits": False, "open_modes": (0,), "potential": np.array([2e6, 1e6])}
    slow = {"weeks": np.full((2, 7), 13.0 * 7.5)}
    rich, poor = (small_land(2, **given, **slow, rules={"cash": cash}) for cash in (1e6, 9_000.0))
    truth = variants()[0].draw(rich, np.random.default_rng(1))
    alone = small_land(2, **given, **slow, rules={"cash": 1e6, "most": 1})
    assert bound(poor, truth) < bound(rich, truth)
    assert bound(poor, truth) >= bound(alone, truth) - 1e-6
