"""What the owner decides on the way: reviews, gates and switches, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from outlook.cases import CALM, EARNED, FIXED, FLAT, GOODS, calm, make_figures, make_ground, plan_of, presence, started

from beachhead.assumptions import PACKAGED
from beachhead.outlook.draws import draw
from beachhead.outlook.paths import follow
from beachhead.outlook.schedule import case
from beachhead.outlook.state import STOPPED


def test_at_its_review_a_market_below_the_mark_is_left_and_its_exit_paid():
    """50,000 a year are seen: 49,999 let it stay, 50,001 end it in quarter 4, at 1,000."""
    stays, goes = (calm(presence(0, 0, stop_below=mark)) for mark in (49_999.0, 50_001.0))
    assert stays.markets[-1, 0] == 1
    np.testing.assert_array_equal(goes.markets[:, 0], [1] * 4 + [0] * 8)
    assert goes.cash[4, 0] - goes.cash[3, 0] == pytest.approx(-1_000)
    assert goes.left[STOPPED] == 1


def test_a_first_sale_that_comes_late_moves_the_review():
    """A year of sales is seen whenever it began: 1.5 quarters late, the review is two quarters later."""
    own = FLAT | {"delay_sd": 1.0}
    ground = make_ground(make_figures(1), own=own)
    plan = case(ground, plan_of(presence(0, 0, first_sale=1.0, review=5, stop_below=1e9)))
    drawn = draw(plan, 1, 0, 4)
    late = replace(drawn, late=np.array([[0.5, 1.0, 1.5, 2.5]], dtype=np.float32))
    ends = follow(plan, late).markets.sum(axis=0)
    np.testing.assert_array_equal(ends, [5, 5, 6, 7])


def test_a_gate_opens_on_time_if_it_sells_enough_and_never_if_it_does_not():
    for mark, begun in ((49_999.0, {1: 0, 2: 3}), (50_001.0, {1: 0})):
        seen = calm(presence(0, 0, go_above=mark), presence(1, 3, opened_by=0))
        assert started(seen) == begun


def test_a_gate_needs_its_quarters_of_sales():
    """Two quarters after a first sale in quarter 2.5: not before quarter 5."""
    seen = calm(presence(0, 0, first_sale=2.5, go_above=1.0), presence(1, 1, opened_by=0))
    assert started(seen) == {1: 0, 2: 5}


def test_a_regional_market_opens_the_next_as_soon_as_it_sells():
    seen = calm(presence(0, 0, first_sale=2.5, phase=2), presence(1, 1, opened_by=0, phase=3))
    assert started(seen) == {1: 0, 2: 3}


def test_between_stop_and_go_what_is_behind_the_gate_waits_until_sales_reach_it():
    """The second year sells more than the first by the published path: seen over quarters 4 and 5, so it opens in 6."""
    first, second = 0.415 / 0.625, (0.691 - 0.375 * 0.415 / 0.625) / 0.625
    mark = 50_000 * (0.1 * first + 0.9 * second)
    seen = calm(presence(0, 0, go_above=mark), presence(1, 3, opened_by=0), own=CALM)
    assert started(seen) == {1: 0, 2: 6}


def test_a_gate_once_passed_stays_open_though_its_market_is_left_later():
    pilot = presence(0, 0, go_above=1.0, stop_below=1e9, review=4)
    assert started(calm(pilot, presence(1, 3, opened_by=0))) == {1: 0, 2: 3}
    assert started(calm(pilot, presence(1, 4, opened_by=0))) == {1: 0, 2: 4}


def test_what_waits_beyond_the_end_of_the_plan_is_never_made():
    seen = calm(presence(0, 0, first_sale=10.5, go_above=1.0), presence(1, 3, opened_by=0))
    assert started(seen) == {1: 0}
    np.testing.assert_array_equal(seen.entered, [1.0, 0.0])


def test_a_switch_is_made_from_the_potential_that_sales_tell_of():
    """To the seventh mode, which sells twice as much; learning 0.7 carries over, the rest starts anew, here at once.
    It costs 5,000 and leaving the old mode 1,000, and the market stays one market."""
    switching = {"then": 6, "switch": 4}
    stays = calm(presence(0, 0, if_potential=100_100.0, **switching))
    turns = calm(presence(0, 0, if_potential=99_900.0, **switching))
    np.testing.assert_allclose(stays.revenue[:, 0], EARNED, rtol=1e-5)
    np.testing.assert_allclose(turns.revenue[:, 0], [EARNED] * 4 + [2 * EARNED] * 8, rtol=1e-5)
    assert turns.cash[4, 0] - turns.cash[3, 0] == pytest.approx(2 * (EARNED - GOODS) - FIXED - 6_000)
    np.testing.assert_array_equal(turns.markets, np.ones((12, 1)))
    assert turns.left.sum() == 0


def test_after_a_switch_what_was_learnt_goes_on_and_the_rest_starts_again():
    """Direct export carries 0.7 over: in the fifth quarter 0.7 of the second year's rate and 0.3 of the first's."""
    first, second = 0.415 / 0.625, (0.691 - 0.375 * 0.415 / 0.625) / 0.625
    seen = calm(presence(0, 0, then=6, switch=4, if_potential=0.0), own=CALM)
    kept = PACKAGED["direct_export.learning"]
    assert seen.revenue[4, 0] == pytest.approx(2 * EARNED * (kept * second + (1 - kept) * first), rel=1e-5)


def test_a_market_that_has_switched_still_opens_its_gate():
    pilot = presence(0, 0, then=6, switch=4, if_potential=0.0, go_above=90_000.0)
    assert started(calm(pilot, presence(1, 3, opened_by=0))) == {1: 0, 2: 6}
