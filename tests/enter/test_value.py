"""Worth and thresholds: checked against a direct sum over years, numerical integration and a root search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import lognorm
from small_world import World, make_firm, make_selection

from beachhead.assumptions import PACKAGED
from beachhead.enter import MODES, reach
from beachhead.enter.choose import Workings, work_out
from beachhead.enter.cost import Cost
from beachhead.enter.stages import chance_above
from beachhead.enter.tables import commitment, number
from beachhead.enter.value import (
    continuation,
    heavier,
    line_after,
    lines,
    mode_value,
    potential_bins,
    price_of_switch,
    supply_cap,
    switched,
    thresholds,
)


@pytest.fixture
def workings(world: World) -> Workings:
    return prepared(world)


def prepared(world: World, median: float = 200_000.0, sd: float = 1.0, **firm: Any) -> Workings:
    """Costs, lines and worth for a firm in the small world."""
    f = make_firm(**firm)
    return work_out(f, world, make_selection(f, median, sd))  # type: ignore[arg-type]


@given(st.floats(1e3, 1e6), st.floats(0.2, 2.5))
def test_bins_keep_the_mean_of_the_log_normal(median: float, sd: float) -> None:
    p = potential_bins(np.array([median]), np.array([sd]), np.inf)
    assert p.mean() == pytest.approx(lognorm(sd, scale=median).mean(), rel=1e-9)
    assert np.all(np.diff(p[0]) > 0)


def test_nothing_is_sold_beyond_what_the_firm_can_deliver() -> None:
    assert potential_bins(np.array([1e6]), np.array([2.0]), 5e5).max() == 5e5


def test_worth_of_staying_equals_the_sum_over_years(workings: Workings) -> None:
    """Second implementation: year by year, in plain Python, for direct export at a potential of 300,000."""
    w, k, p = workings, MODES.index("direct_export"), 300_000.0
    start = w.cost.weeks[0, k] / 52
    income = p * w.fit.value[0, k] * number("reach")[k] * number("margin_kept")[k] * w.firm.sales.gross_margin
    running = 4 * (w.cost.fixed[0, k] + w.cost.staff[0, k])
    path = [PACKAGED["ramp_1"] / (5 / 8)]  # sales in the years since the first one: no partial first year
    path += [(PACKAGED["ramp_2"] - 3 / 8 * path[0]) / (5 / 8)]
    path += [(PACKAGED["ramp_3"] - 3 / 8 * path[1]) / (5 / 8)]
    total = 0.0
    for year in range(1, int(PACKAGED["horizon_years"])):
        part = min(max(PACKAGED["horizon_years"] - start - year, 0.0), 1.0)
        live = (1 - PACKAGED["chance_exit"]) ** year / (1 + PACKAGED["discount_rate"]) ** (start + year) * part
        total += live * (income * path[year] - running)
    assert line_after(w.lines, np.full((5, 1), p))[0, k, 0] == pytest.approx(total)


DIRECT = MODES.index("direct_export")
NOBODY = np.zeros((5, 7, 7), bool)  # no mode may follow
HOUR = 50_000 / 1800  # income a head at home over the hours of a year


def test_cost_of_direct_export_by_hand(world: World) -> None:
    """A market twice as rich as the reference and half-way easy, BBB, for a firm that sells in its twin AAA."""
    there = {**world.value["BBB"], "gni_per_capita": 100_000.0, "doing_business": 62.5}
    cost = prepared(
        replace(world, value={**world.value, "BBB": there}), presence=[{"country": "AAA", "since": "2020"}]
    ).cost
    level, cut = 1 + 0.6 * (2**0.37 - 1), (0.69 + 0.90) / 2
    assert cost.setup[1, DIRECT] == pytest.approx(12_000 * level * (1 - cut))
    spread = np.sqrt((0.38 - 0.25) ** 2 + (0.36 - 0.29) ** 2 + (0.90 - 0.69) ** 2) / np.sqrt(12)
    assert cost.setup_sd_log[1, DIRECT] == pytest.approx(np.hypot(0.6, spread / (1 - cut)))
    assert cost.fixed[1, DIRECT] == pytest.approx(1500 * level)
    assert cost.staff[1, DIRECT] == pytest.approx(110 * HOUR)
    assert cost.leave[1, DIRECT] == pytest.approx(3000 * level)
    assert cost.weeks[1, DIRECT] == pytest.approx(number("weeks")[DIRECT] * 1.25)
    assert cost.hours[1, DIRECT] == 110
    assert cost.switch[1, DIRECT] == pytest.approx(12_000 * level * (1 - cut))
    assert cost.switch[4, DIRECT] == pytest.approx(12_000 * (1 - cut))  # EEE is unlike AAA, but would be known by then


def test_a_web_shop_has_half_the_upkeep_online(world: World) -> None:
    cost, online = prepared(world, sector="ecommerce_retail").cost, MODES.index("ecommerce")
    assert cost.fixed[0, online] == 600 and cost.hours[0, online] == 45
    assert cost.staff[0, online] == pytest.approx(45 * HOUR)


def test_worth_of_a_market_without_buyers_by_hand(workings: Workings) -> None:
    """Direct export where nothing is sold: set up, wait, run for a year, pay the exit. No reference to the code."""
    weeks = float(number("weeks")[DIRECT])
    yearly, start = 4 * (1500 + 110 * HOUR), weeks / 52
    first_year = yearly * 1.12**-start
    leave = 3000 * 0.82 * 1.12 ** -(start + 1)
    nothing = np.zeros((5, 2))
    found = mode_value(workings.lines, workings.cost, nothing, NOBODY, risk_appetite=1.0)[0, DIRECT]
    assert found == pytest.approx(-(12_000 + yearly * weeks / 52 + first_year + leave))


def test_price_of_a_switch_by_hand(workings: Workings) -> None:
    """From direct export to a subsidiary: set up there in a market by then known, leave here, both in a year's time."""
    start = number("weeks")[DIRECT] / 52
    paid = 100_000 * (1 - 0.795) + 3000
    found = price_of_switch(workings.lines, workings.cost)[0, DIRECT, MODES.index("subsidiary")]
    assert found == pytest.approx(paid * 0.82 * 1.12 ** -(start + 1))


@pytest.mark.parametrize("column", ["setup", "fixed", "staff", "leave", "weeks", "switch"])
def test_whatever_is_dearer_or_slower_is_worth_less(workings: Workings, column: str) -> None:
    """Every column of cost, twice as high: no mode gains, and those that bear it lose."""
    w = workings
    dearer = worth(w, replace(w.cost, **{column: 2 * getattr(w.cost, column)}))
    assert np.all(dearer <= worth(w, w.cost) + 1e-9)
    bear = {"leave": DIRECT, "switch": DIRECT}.get(column, slice(None))
    assert np.all(dearer[:, bear] < worth(w, w.cost)[:, bear])


def worth(w: Workings, cost: Cost) -> np.ndarray:
    """Worth of every mode in every market at other costs, fit held still; the potential spans small and large."""
    x = lines(w.firm, cost, reach(w.firm.sector), w.fit.value, w.assumed)
    return mode_value(x, cost, potential_bins(np.full(5, 200_000.0), np.full(5, 2.0), np.inf), w.follow, 0.5)


@pytest.mark.parametrize("name", ["setup_usd", "fixed_usd_quarter", "hours_quarter", "exit_usd", "weeks"])
def test_a_firm_that_states_a_higher_cost_gets_a_lower_worth(world: World, name: str) -> None:
    own = {f"direct_export.{name}": 2 * number(name)[DIRECT]}
    before, after = prepared(world).value, prepared(world, assumptions=own).value
    assert np.all(after[:, DIRECT] < before[:, DIRECT])


def test_a_cautious_owner_is_told_less_than_the_mean(world: World) -> None:
    """The attitude of the firm file reaches the worth."""
    for appetite in (0.0, 0.5):
        w = prepared(world, attitude={"risk_appetite": appetite})
        p = potential_bins(np.full(5, 200_000.0), np.ones(5), supply_cap(w.firm, w.assumed))
        assert np.all(w.value < mode_value(w.lines, w.cost, p, w.follow, 1.0))
        assert w.value == pytest.approx(mode_value(w.lines, w.cost, p, w.follow, appetite))


def test_at_the_threshold_staying_and_switching_are_worth_the_same(workings: Workings) -> None:
    """Closed form against a root search on the two worths, for every pair of modes with a finite threshold."""
    w = workings
    at = thresholds(w.lines, w.cost)[0]
    pairs = [(a, b) for a in range(7) for b in range(7) if np.isfinite(at[a, b]) and at[a, b] > 0]
    assert len(pairs) > 5
    for a, b in pairs:

        def gain(p: float, a: int = a, b: int = b) -> float:
            grid = np.full((5, 1), p)
            return float(switched(w.lines, w.cost, grid)[0, a, b, 0] - line_after(w.lines, grid)[0, a, 0])

        assert brentq(gain, 0.0, 10 * at[a, b], xtol=1e-6) == pytest.approx(at[a, b], rel=1e-6)


def test_worth_of_a_mode_agrees_with_simulation(workings: Workings) -> None:
    """Monte Carlo over the potential, deciding path by path after the first year."""
    w, rng = workings, np.random.default_rng(7)
    p = np.exp(np.log(200_000.0) + rng.standard_normal((1, 200_000)))
    p = np.broadcast_to(p, (5, p.shape[1]))
    first = (w.lines.share * w.lines.ramp_1)[..., None] * p[:, None, :]
    first = first - (w.lines.yearly * w.lines.year_1 + w.lines.wait + w.cost.setup)[..., None]
    simulated = (first + continuation(w.lines, w.cost, p, w.follow)).mean(axis=-1)[0]
    bins = potential_bins(np.full(5, 200_000.0), np.ones(5), np.inf)
    computed = mode_value(w.lines, w.cost, bins, w.follow, risk_appetite=1.0)[0]
    assert computed == pytest.approx(simulated, abs=0.02 * np.abs(simulated).max())


def test_the_right_to_stop_or_switch_never_costs(workings: Workings) -> None:
    w = workings
    p = potential_bins(np.full(5, 200_000.0), np.ones(5), np.inf)
    assert np.all(continuation(w.lines, w.cost, p, w.follow) >= line_after(w.lines, p))


@given(st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=20)
def test_a_bolder_owner_never_values_a_mode_less(a: float, b: float) -> None:
    low, high = (mode_value_at(World(), x) for x in sorted((a, b)))
    assert np.all(high >= low - 1e-9)


def mode_value_at(world: World, appetite: float) -> np.ndarray:
    """Worth with fit held still, so that only the taste for risk moves."""
    w = prepared(world)
    p = potential_bins(np.full(5, 200_000.0), np.ones(5), np.inf)
    return mode_value(w.lines, w.cost, p, w.follow, appetite)


@given(st.floats(1e4, 1e6), st.floats(1.0, 5.0))
@settings(max_examples=20)
def test_a_larger_market_is_never_worth_less(median: float, factor: float) -> None:
    world = World()
    assert np.all(prepared(world, median * factor).value >= prepared(world, median).value - 1e-6)


def test_one_may_only_go_on_to_what_commits_more(workings: Workings) -> None:
    follow = heavier(np.ones((5, 7), bool))
    for m, a, b in np.argwhere(follow):
        assert m < 5 and commitment()[b] > commitment()[a]
    assert not follow[:, MODES.index("subsidiary"), :].any()
    assert workings.follow.shape == (5, 7, 7)


def test_chance_of_a_threshold_is_that_of_the_log_normal() -> None:
    assert chance_above(300_000, 200_000, 0.8) == pytest.approx(lognorm(0.8, scale=200_000).sf(300_000))
    assert chance_above(np.inf, 200_000, 0.8) == 0 and chance_above(0, 200_000, 0.8) == 1
