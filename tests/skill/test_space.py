"""Product space: a world of four countries worked by hand, a second implementation, and the two analogues."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skill.small_panel import BASE, everyone, small_panel

from beachhead.skill import gravity, space

# Four countries; what they have an advantage in (Hidalgo et al. 2007, the definitions worked by hand):
#            shoes  shirts  pumps
HAS = np.array([[1, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]], bool)
FLAGS = arrays(np.bool_, (7, 5))


def test_advantage_by_hand():
    """Balassa (1965): A's shoes are 3/4 of its exports and 4/8 of the world's."""
    found = space.advantage(np.array([[3.0, 1.0], [1.0, 3.0], [0.0, 0.0]]))
    assert found == pytest.approx(np.array([[1.5, 0.5], [0.5, 1.5], [0, 0]]))


def test_proximity_by_hand():
    """Three have shoes, two have shirts, both of them shoes: min(2/3, 2/2). Shoes and pumps: min(1/3, 1/2)."""
    near = space.proximity(HAS)
    assert near == pytest.approx(np.array([[0, 2 / 3, 1 / 3], [2 / 3, 0, 0], [1 / 3, 0, 0]]))


def test_density_by_hand():
    """Around shoes there is 2/3 + 1/3; who has shirts only, has 2/3 of it. Around shirts there are only shoes."""
    found = space.density(HAS, space.proximity(HAS))
    assert found[0] == pytest.approx([2 / 3, 1, 1]) and found[3] == pytest.approx([1 / 3, 0, 0])


@given(FLAGS)
def test_proximity_is_the_smaller_conditional_chance(has):
    """Second implementation: counts, pair by pair."""
    near = space.proximity(has)
    for p in range(5):
        for q in range(5):
            both, one, other = ((has[:, p] & has[:, q]).sum(), has[:, p].sum(), has[:, q].sum())
            wanted = 0 if p == q or not one or not other else min(both / one, both / other)
            assert near[p, q] == pytest.approx(wanted)


@given(FLAGS)
def test_density_is_a_share_and_grows_with_what_one_has(has):
    near = space.proximity(has)
    less, more = space.density(has, near), space.density(np.ones_like(has), near)
    assert (less >= 0).all() and (less <= more + 1e-12).all()
    assert more[:, near.sum(0) > 0] == pytest.approx(1)


@given(arrays(np.float64, (6, 4), elements=st.floats(0.1, 1e5)), st.floats(0.01, 100))
def test_advantage_does_not_hang_on_the_unit_and_has_a_weighted_mean_of_one(exports, unit):
    found = space.advantage(exports)
    assert space.advantage(unit * exports) == pytest.approx(found)
    weight = exports.sum(1) / exports.sum()
    assert weight @ found == pytest.approx(np.ones(4))


def test_density_says_what_to_sell_and_not_where():
    known = small_panel().until(BASE)
    cases = everyone(known)
    score = space.density_score(known, cases)
    for group in np.unique(cases.group):
        assert np.ptp(score[cases.group == group]) == 0


@pytest.mark.parametrize("by", ["link", "market"])
def test_the_analogues_that_order_markets_are_density_over_links_and_over_markets(by):
    """Second implementation, candidate by candidate."""
    known = small_panel().until(BASE)
    cases = everyone(known)
    sold = gravity.volumes(known, BASE) > 0
    table = sold if by == "link" else sold.transpose(0, 2, 1)
    near = space.proximity(table.reshape(-1, table.shape[2]))
    score = (space.link_density_score if by == "link" else space.market_density_score)(known, cases)
    for n in range(0, len(cases), 41):
        p, e, i = cases.product[n], cases.exporter[n], cases.importer[n]
        there, at = (sold[e, i], p) if by == "link" else (sold[e, :, p], i)
        assert score[n] == pytest.approx(near[at][there].sum() / near[at].sum())
    assert len(np.unique(score)) > 20
