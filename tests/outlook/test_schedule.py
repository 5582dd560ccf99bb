"""What is simulated, as numbers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook.cases import CALM, make_figures, make_ground, plan_of, presence, rich

from beachhead.enter.ramp import quarterly_ramp
from beachhead.outlook.schedule import case, entry, share_saved
from beachhead.rollout.tables import AREAS, Automation


@given(
    cut=st.lists(st.floats(0, 0.33), min_size=3, max_size=3), traits=st.sampled_from(list(product((0, 1), repeat=3)))
)
def test_set_up_keeps_what_no_shared_trait_cuts(cut, traits):
    """The firm's past shares some traits; the table of all eight sets gives one less the cuts of those shared."""
    figures = make_figures(1, cut=np.array(cut), held=np.array([traits], dtype=bool))
    found = entry(figures, (presence(0, 0),))
    assert found.kept[found.held[0]] == pytest.approx(1 - np.dot(cut, traits), abs=1e-6)


def test_two_machines_in_one_area_save_together_and_never_more_than_all():
    def machine(saves, build):
        return Automation("x", "X", "sales", "", 0.0, 0.0, saves, build)

    share = share_saved(plan_of(bought=((machine(0.7, 0), 1), (machine(0.6, 2), 1)), quarters=5))
    np.testing.assert_allclose(share[:, AREAS.index("sales")], [0, 0.7, 0.7, 1.0, 1.0])
    assert share.sum() == share[:, AREAS.index("sales")].sum()


def test_without_recourse_nothing_is_decided():
    plan = rich(6)
    free, bound = plan.case(recourse=True), plan.case(recourse=False)
    assert len(free.turns.parent) > 0
    assert len(bound.turns.parent) == 0
    assert (bound.moves.opened_by == -1).all()
    assert (bound.moves.stop_below == -np.inf).all()


def test_a_presence_is_followed_until_its_own_horizon_is_over():
    """One that starts in the last of 12 quarters and is judged over 8 is followed through quarter 18."""
    ground = make_ground(make_figures(1), own=CALM, horizon=8)
    plan = case(ground, plan_of(presence(0, 11)))
    assert plan.end == 19
    assert plan.years == 5


def test_the_ramp_reaches_as_far_as_the_oldest_presence_gets():
    """It has sold for 30 quarters, and is followed for 23 more; before the first sale there is nothing."""
    plan = case(make_ground(make_figures(1), own=CALM), plan_of(presence(0, 0, running=True, first_sale=-30.0)))
    assert plan.ramp[0] == 0.0
    np.testing.assert_allclose(plan.ramp[1:55], quarterly_ramp(plan.ground.assumed, 54), rtol=1e-6)
