"""What the paths say, on paths made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlook.cases import make_rules, rich

from beachhead.outlook import measures
from beachhead.outlook.ledger import Ledger
from beachhead.outlook.simulate import simulate

RULES = make_rules(cash=100.0, floor=10.0, hours=50.0, attention=3.0, downside=0.5, price=2.0, tail=0.5)


def ledger(**changes):
    """Two quarters, four paths, two markets; ``changes`` replace whole arrays."""
    quiet = {name: np.zeros((2, 4)) for name in ("revenue", "profit", "hours", "attention", "markets", "begun")}
    by_market = {name: np.zeros(2) for name in ("entered", "served", "worth_of", "sales_last", "earned", "left")}
    rest = {
        "cash": np.full((2, 4), 100.0),
        "ventured": np.zeros((2, 4)),
        "worth": np.zeros(4),
        "worth_new": np.zeros(4),
        "last_year": np.zeros((2, 4)),
    }
    return Ledger(**(quiet | by_market | rest | {name: np.array(x, dtype=float) for name, x in changes.items()}))


def test_overstretch_is_told_by_cause_and_any_counts_a_path_once():
    """Path 0 is short of cash in quarter 1; path 1 of hours and attention; path 2 is at all limits, not beyond."""
    seen = ledger(
        cash=[[100, 100, 10, 100], [9, 100, 10, 100]],
        hours=[[0, 51, 50, 0], [0, 0, 50, 0]],
        attention=[[0, 0, 3, 0], [0, 3.25, 3, 0]],
    )
    found = measures.p_overstretch(measures.overstretched(RULES, seen))
    assert found == {"cash": 0.25, "hours": 0.25, "attention": 0.25, "any": 0.5}
    assert measures.p_floor(RULES, seen) == 0.25
    assert measures.p_ruin(seen) == 0.0
    assert measures.p_ruin(ledger(cash=[[100, 100, 100, 100], [-1, -1, 0, 50]])) == 0.5


def test_the_objective_is_that_of_the_rollout():
    """Mean 25, worse half −5: blend 10. Shortfalls 0, 5, 0, 20, worst half 12.5 at 2 each: 25 off."""
    seen = ledger(worth=[-10, 0, 40, 70], cash=[[10, 5, 100, -10], [10, 100, 100, 0]])
    assert measures.adjusted(RULES, seen) == pytest.approx(10 - 25)


def test_break_even_is_when_the_median_of_what_was_ventured_is_back():
    back = ledger(ventured=[[-10, -10, -10, 0], [-20, 1, 10, 0]])
    assert measures.break_even(back) == 1
    assert measures.p_break_even(back) == 0.5
    assert measures.break_even(ledger(ventured=[[-10] * 4, [-5] * 4])) is None
    assert measures.break_even(ledger(ventured=[[0] * 4, [-10] * 4])) is None
    assert measures.break_even(ledger()) is None
    assert measures.p_break_even(ledger()) == 0.0


def test_survival_is_the_share_of_the_entered_that_is_still_served():
    seen = ledger(begun=[[0, 0, 0, 0], [2, 2, 1, 1]], markets=[[0, 0, 0, 0], [2, 1, 0, 0]])
    np.testing.assert_array_equal(measures.survival(seen), [1.0, 0.5])


@given(count=st.integers(2, 9), spread=st.floats(0.05, 1.0))
def test_equal_unrelated_markets_are_as_many_as_they_are(count, spread):
    """Every combination of high and low in each market, so that correlations are exactly 0: variance falls by 1/n."""
    signs = 2 * (np.arange(2**count)[None, :] >> np.arange(count)[:, None] & 1) - 1
    found = measures.resilience(ledger(last_year=100 * (1 + spread * signs)))
    assert found.variance_ratio == pytest.approx(1 / count)
    assert found.effective_markets == pytest.approx(count)
    assert found.correlation == pytest.approx(0.0, abs=1e-9)


@given(shares=st.lists(st.floats(0.1, 10), min_size=1, max_size=6))
def test_markets_that_move_as_one_are_one(shares):
    together = np.array([0.5, 1.0, 1.5, 2.0])
    found = measures.resilience(ledger(last_year=np.array(shares)[:, None] * together))
    assert found.variance_ratio == pytest.approx(1.0)
    assert found.effective_markets == pytest.approx(1.0)
    assert found.correlation == pytest.approx(1.0)


def test_a_small_steady_market_beside_a_large_one_is_weighed_by_what_it_brings():
    """CV² of the plan 0.16 (sd 40 of 100); alone 0.8 × 0.25 + 0.2 × 0: ratio 0.8."""
    found = measures.resilience(ledger(last_year=[[40, 120, 40, 120], [20, 20, 20, 20]]))
    assert found.variance_ratio == pytest.approx(0.16 / (0.8 * 0.25))


def test_who_sells_nothing_has_no_resilience_to_speak_of():
    found = measures.resilience(ledger())
    assert (found.variance_ratio, found.effective_markets, found.correlation) == (1.0, 0.0, 1.0)


def test_resilience_grows_with_the_markets_and_less_so_where_luck_is_common():
    """The firm's own uncertainty is in every market; spreading cannot take it away."""

    def ratio(count, common):
        plan = rich(count)
        figures = replace(plan.ground.figures, root=np.full((count, 1), common))
        ground = replace(plan.ground, figures=figures)
        ungated = [replace(p, opened_by=-1, stop_below=0.0) for p in plan.schedule.presences]
        schedule = replace(plan.schedule, presences=tuple(ungated))
        return measures.resilience(
            simulate(replace(plan, ground=ground, schedule=schedule).case(), 1, 4_000)
        ).variance_ratio

    assert ratio(12, 0.0) < ratio(4, 0.0) < 1.0
    assert ratio(12, 0.0) < ratio(12, 1.0)
