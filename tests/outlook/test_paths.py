"""Paths of a plan: against a second implementation, by hand, and in the limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outlook.cases import (
    CALM,
    EARNED,
    FIXED,
    FLAT,
    GOODS,
    STAFF,
    calm,
    make_figures,
    make_ground,
    plan_of,
    presence,
    rich,
)
from outlook.plain import Plain, follow_plainly, lines

from beachhead.assumptions import PACKAGED
from beachhead.outlook.draws import draw
from beachhead.outlook.hazard import Hazard, load_hazard, quarterly
from beachhead.outlook.paths import follow
from beachhead.outlook.schedule import case
from beachhead.outlook.simulate import simulate
from beachhead.outlook.state import FORCED, STOPPED

NAMES = ("revenue", "profit", "cash", "hours", "attention", "markets", "begun")


# --- A second implementation --------------------------------------------------------------------------------------


@pytest.mark.parametrize("recourse", [True, False])
@pytest.mark.parametrize(("seed", "count", "rules"), [(3, 8, {}), (4, 3, {"likeness_lag": 0}), (5, 12, {"horizon": 8})])
def test_path_by_path_the_same_as_one_market_after_another_in_plain_python(seed, count, rules, recourse):
    """Same draws, other code: differences are the rounding of single precision."""
    plan = rich(count, seed=seed, **rules)
    drawn = draw(plan.case(recourse=recourse), seed, 0, 150)
    fast = follow(plan.case(recourse=recourse), drawn)
    slow = follow_plainly(Plain(plan.ground, plan.schedule, recourse), drawn, 150)
    for name in NAMES:
        np.testing.assert_allclose(getattr(fast, name), lines(slow, name), rtol=2e-5, atol=2.0, err_msg=name)
    np.testing.assert_allclose(fast.worth, [path.worth for path in slow], rtol=2e-5, atol=5.0)
    assert round(fast.left[STOPPED] * 150) == sum(path.stopped for path in slow)
    assert round(fast.left[FORCED] * 150) == sum(path.forced for path in slow)


def test_that_comparison_covers_stops_ends_switches_and_gates_that_wait_or_never_open():
    plan = rich(8, seed=3)
    plain = Plain(plan.ground, plan.schedule)
    drawn = draw(plan.case(), 3, 0, 150)
    seen = [plain.path(drawn, i) for i in range(150)]
    planned = sorted(p.start for p in plan.schedule.presences)
    begun = lines(seen, "begun")
    on_time = [sum(start <= q for start in planned) for q in range(12)]
    assert sum(path.stopped for path in seen) > 20
    assert sum(path.forced for path in seen) > 20
    assert (begun[-1] < 8).any()
    assert ((begun[-1] == 8) & (begun < np.array(on_time)[:, None]).any(axis=0)).any()
    heavier = [replace(p, then=-1) for p in plan.schedule.presences]
    without = Plain(plan.ground, plan_of(*heavier, bought=plan.schedule.bought))
    assert any(without.path(drawn, i).worth != path.worth for i, path in enumerate(seen))


# --- By hand ------------------------------------------------------------------------------------------------------


def test_cash_of_one_market_by_hand():
    """From quarter 1: set-up 8,000 once; each quarter 11,250 received, 7,500 paid for goods, 500 fixed; no staff."""
    cash = calm(presence(0, 1)).cash[:, 0]
    quarter = EARNED - GOODS - FIXED
    np.testing.assert_allclose(cash, [1e6, *(1e6 - 8_000 + quarter * n for n in range(1, 12))])


def test_worth_of_one_market_by_hand():
    """Twelve quarters of its own from the start in quarter 5, staff counted, each discounted to today at its middle."""
    worth = calm(presence(0, 5)).worth[0]
    today = 1.12 ** (-(np.arange(5, 17) + 0.5) / 4)
    assert worth == pytest.approx((EARNED - GOODS - FIXED - STAFF) * today.sum() - 8_000 * today[0], rel=1e-5)


def test_a_running_market_pays_no_set_up_and_sells_as_one_of_its_age():
    seen = calm(presence(0, 0, running=True, first_sale=-9.0), own=CALM)
    year = [PACKAGED[f"ramp_{n}"] for n in range(1, 7)]
    rate = [year[0] / 0.625]
    for calendar in year[1:]:
        rate.append((calendar - 0.375 * rate[-1]) / 0.625)
    # The third year since the first sale began in quarter −1.
    ramp = [rate[2]] * 3 + [rate[3]] * 4 + [rate[4]] * 4 + [rate[5]]
    np.testing.assert_allclose(seen.revenue[:, 0], EARNED * np.array(ramp), rtol=1e-5)
    assert seen.cash[0, 0] == pytest.approx(1e6 + (EARNED - GOODS) * rate[2] - FIXED)


def test_survivors_sell_by_calendar_year_as_published():
    """Entrants of all four quarters alike: their calendar years are the published path, partial first year and all."""
    entrants = [presence(i, i) for i in range(4)]
    seen = calm(*entrants, own=CALM, quarters=28, horizon=30)
    by_year = seen.revenue[:, 0].reshape(7, 4).sum(axis=1) / (4 * 4 * EARNED)
    np.testing.assert_allclose(by_year[:6], [PACKAGED[f"ramp_{n}"] for n in range(1, 7)], rtol=1e-5)


def test_without_moves_cash_stays():
    seen = calm(figures=make_figures(0))
    np.testing.assert_array_equal(seen.cash, np.full((12, 1), 1e6))
    assert seen.worth[0] == 0.0


def test_who_comes_late_finds_less_left():
    seen = calm(presence(0, 0), presence(1, 8), closing=0.1)
    assert seen.revenue[-1, 0] == pytest.approx(EARNED * (1 + 0.9**2), rel=1e-5)


def test_what_the_firm_can_deliver_caps_sales():
    seen = calm(presence(0, 0), figures=make_figures(1, cap=40_000.0))
    assert seen.revenue[-1, 0] == pytest.approx(0.9 * 40_000 * 0.5 / 4, rel=1e-5)


def test_a_market_like_one_entered_a_year_before_is_cheaper_to_enter():
    """Language (0.3) and income (0.2) are shared, and geography is held from before (0.3); a quarter sooner, they do
    not count yet."""
    alike = np.zeros((2, 2, 3), dtype=bool)
    alike[1, 0, 1:] = True
    held = np.array([[False] * 3, [True, False, False]])
    figures = make_figures(2, alike=alike, held=held)
    for start, kept in ((4, 0.2), (3, 0.7)):
        cash = calm(presence(0, 0), presence(1, start), figures=figures).cash[:, 0]
        spent = 2 * (EARNED - GOODS - FIXED) - (cash[start] - cash[start - 1])
        assert spent == pytest.approx(8_000 * kept, abs=0.5)


def test_a_market_that_the_firm_is_in_already_teaches_nothing_new():
    """What its past saves is in ``held``; only markets that the plan enters count as entered."""
    alike = np.ones((2, 2, 3), dtype=bool)
    old = presence(0, 0, running=True, first_sale=-8.0)
    cash = calm(old, presence(1, 6), figures=make_figures(2, alike=alike)).cash[:, 0]
    assert cash[5] + 2 * (EARNED - GOODS - FIXED) - cash[6] == pytest.approx(8_000, abs=0.5)


# --- Exits --------------------------------------------------------------------------------------------------------


def alone(paths, *, recourse):
    """How many firms of one market are there in each of 28 quarters."""
    ground = make_ground(make_figures(1), load_hazard(), own=FLAT, horizon=4)
    plan = case(ground, plan_of(presence(0, 0, first_sale=0.4), quarters=28), recourse=recourse)
    return simulate(plan, 1, paths).markets.sum(axis=1)


def test_without_recourse_markets_are_left_by_year_at_the_published_chances():
    """The first sale comes at 0.4, so a year of tenure ends at 0.4 of a quarter: its last part falls into the next."""
    paths = 40_000
    there = alone(paths, recourse=False)
    hazard = load_hazard().yearly(np.arange(1, 8), 1, 1, False)
    edge = np.append(0.0, np.cumsum(-np.log1p(-hazard)))
    for year in range(6):
        quarter = 4 * year + 4  # presences in quarter q have lasted through quarter q − 1: tenure q − 0.4
        tenure = (quarter - 0.4) / 4
        expected = np.exp(-np.interp(tenure, np.arange(8), edge))
        spread = np.sqrt(expected * (1 - expected) / paths)
        assert abs(there[quarter] / paths - expected) < 4 * spread, year


def test_with_recourse_only_what_ends_a_market_of_long_standing_ends_it():
    """The owner's own stopping is not counted twice: the hazard is that of the longest tenure from the first day. An
    end is rounded to the nearest quarter: there in quarter q is who lasts until q − 1/2, sold from 0.4 on."""
    paths = 40_000
    there = alone(paths, recourse=True)
    hazard = load_hazard().forced(1, 1, False)
    for quarter in (4, 8, 16, 24):
        expected = (1 - hazard) ** ((quarter - 0.4 + 0.5) / 4)
        assert abs(there[quarter] / paths - expected) < 4 * np.sqrt(expected * (1 - expected) / paths)


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 11])
def test_markets_are_left_by_their_number_and_rank_at_the_published_chances(count, hard):
    """In the first quarter nobody has left yet, so number and rank are known; the largest market is rank 1."""
    paths = 30_000
    potential = 1e5 * 1.2 ** np.random.default_rng(count).permutation(count)
    figures = make_figures(count, potential=potential, accessible=np.full(count, not hard))
    ground = make_ground(figures, load_hazard(), own=FLAT)
    plan = case(ground, plan_of(*(presence(i, 0) for i in range(count)), quarters=2), recourse=False)
    seen = simulate(plan, 2, paths)
    rank = 1 + (potential[:, None] < potential).sum(axis=1)
    expected = quarterly(load_hazard().yearly(1, count, rank, hard))
    worst = np.abs(1 - seen.served - expected) / np.sqrt(expected * (1 - expected) / paths)
    assert worst.max() < 4.5


def test_a_market_left_counts_for_a_year_of_sales_and_then_the_firm_is_smaller():
    """Of two, the second-ranked goes at once (quarter 1). Its one quarter of sales counts until quarter 3; from then on
    the first is alone, and alone it goes at once too: at the end of quarter 4."""
    table = np.zeros((6, 6, 6, 2))
    table[:, 1, 1] = table[:, 0, 0] = 1.0 - 1e-12
    figures = make_figures(2, potential=np.array([2e5, 1e5]))
    seen = calm(presence(0, 0), presence(1, 0), figures=figures, hazard=Hazard(table))
    np.testing.assert_array_equal(seen.markets[:, 0], [2, 1, 1, 1, 1, *[0] * 7])
    assert seen.left[FORCED] == 2


# --- Chance and limits --------------------------------------------------------------------------------------------


@given(cash=st.floats(0, 200_000), more=st.floats(0, 100_000))
@settings(max_examples=15)
def test_more_cash_never_means_more_ruin(cash, more):
    """The paths are the same, so not a single one is ruined that was not before."""
    poor, rich_one = (simulate(rich(5, cash=money).case(), 1, 400) for money in (cash, cash + more))
    assert not (((rich_one.cash < 0).any(axis=0)) & ~(poor.cash < 0).any(axis=0)).any()


def test_gross_of_luck_the_mean_is_that_of_calm():
    """Noise of the year and luck leave expected sales as they are (mean of the log-normal); delays aside."""
    figures = make_figures(1, own_sd=np.array([0.8]))
    own = FLAT | {"sales_noise_sd": 0.35}
    seen = simulate(case(make_ground(figures, own=own), plan_of(presence(0, 0))), 1, 40_000)
    expected = EARNED * np.exp(0.8**2 / 2)
    spread = EARNED * np.exp(0.32) * np.sqrt(np.exp(0.8**2 + 0.35**2) - 1) / np.sqrt(40_000)
    np.testing.assert_allclose(seen.revenue.mean(axis=1), expected, atol=4 * spread)
