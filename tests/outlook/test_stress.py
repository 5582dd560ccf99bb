"""Real episodes on a plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from outlook.cases import CALM, NO_EXITS, flat_ramp, make_figures, make_ground, plan_of, presence

from beachhead.outlook.schedule import case
from beachhead.outlook.simulate import simulate
from beachhead.outlook.stress import episodes, stress
from beachhead.rollout.shocks import History


def history_with(markets, growth):
    """1997 to 2022, nothing ever happens but in the years given: {year: growth by market}."""
    years = np.arange(1997, 2023)
    found = np.zeros((len(years), len(markets)))
    for year, by_market in growth.items():
        found[years == year] = by_market
    return History(years, markets, found, np.zeros_like(found), np.ones_like(found, dtype=bool))


def plan_with(growth, elasticity, quarters=8):
    figures = make_figures(2)
    own = CALM | flat_ramp() | {"demand_gdp_elasticity": elasticity}
    ground = make_ground(figures, NO_EXITS, own=own, cash=30_000.0, floor=29_000.0)
    ground = replace(ground, history=history_with(figures.markets, growth))
    return case(ground, plan_of(presence(0, 0), presence(1, 0), quarters=quarters))


def test_the_episodes_are_those_of_the_issue():
    assert [one.years for one in episodes()] == [(1997, 1998), (2008, 2009), (2020,), (2022,)]


def test_an_episode_by_hand():
    """2020 takes a tenth off the GDP of the second market: at elasticity 2 a fifth of ln sales, for the whole plan.
    The same year is drawn on a few paths anyway, then or later, and counts twice there: hence the tolerance."""
    plan = plan_with({2020: [0.0, -0.1]}, 2.0)
    seen = simulate(plan, 1, 300)
    found = {one.id: one for one in stress(plan, seen, 1, 300)}
    pandemic = found["pandemic"]
    left = np.exp(-0.2)
    assert pandemic.worst_market == "M01"
    share = seen.earned[1] / (8 * 11_250)  # of calm sales, on the plan's own paths
    assert pandemic.worst_change == pytest.approx(left / share - 1, abs=0.02)
    assert pandemic.value_change_usd < 0
    assert found["asia"].sales_change > pandemic.sales_change


def test_without_exposure_no_episode_changes_anything():
    plan = plan_with({2008: [-0.3, -0.3], 2009: [-0.3, -0.3]}, 0.0)
    seen = simulate(plan, 1, 100)
    for one in stress(plan, seen, 1, 100):
        assert (one.value_change_usd, one.sales_change, one.worst_change) == (0.0, 0.0, 0.0)
        assert one.lowest_cash_usd == pytest.approx(float(np.median(seen.cash.min(axis=0))))


def test_a_crash_eats_the_cash():
    """Sales fall to a twentieth and no longer pay the running cost: the floor is broken on every path."""
    plan = plan_with({2008: [-1.5, -1.5]}, 2.0)
    found = {one.id: one for one in stress(plan, simulate(plan, 1, 100), 1, 100)}
    assert found["financial"].p_floor == 1.0
    assert found["financial"].lowest_cash_usd < found["pandemic"].lowest_cash_usd


def test_a_plan_without_markets_has_nothing_to_lose():
    ground = replace(make_ground(make_figures(0)), history=history_with((), {}))
    plan = case(ground, plan_of())
    for one in stress(plan, simulate(plan, 1, 10), 1, 10):
        assert (one.worst_market, one.sales_change, one.value_usd) == ("", 0.0, 0.0)
