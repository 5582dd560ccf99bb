"""A pilot's gate decides right as often as is said: closed form, Monte Carlo with real orders, and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cases import example
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from beachhead import choose_modes
from beachhead.learn.pilot import LONGEST, MANY, by_orders, cut, design, p_right, percent


@given(st.floats(-3, 3), st.floats(0.05, 20))
def test_owens_function_is_the_chance_that_both_fall_on_the_same_side(away, noise):
    """1 − Φ(h) − Φ(k) + 2 Φ₂(h, k; ρ), with h = away, k = h / ρ and ρ the correlation of truth and what is seen."""
    rho = 1 / np.hypot(1, noise)
    k = away / rho
    both = multivariate_normal([0, 0], [[1, rho], [rho, 1]], allow_singular=True).cdf([away, k])
    assert p_right(away, noise) == pytest.approx(1 - norm.cdf(away) - norm.cdf(k) + 2 * both, abs=2e-5)


@pytest.mark.parametrize(("away", "noise"), [(0.0, 0.5), (-0.6, 0.8), (1.2, 2.0)])
def test_monte_carlo_and_no_other_gate_is_better(away, noise):
    rng = np.random.default_rng(1)
    truth = rng.normal(size=1_000_000)
    seen = truth + noise * rng.normal(size=len(truth))
    gate = float(cut(away, noise))
    right = ((seen > gate) == (truth > away)).mean()
    assert right == pytest.approx(float(p_right(away, noise)), abs=2e-3)
    assert all(((seen > gate + d) == (truth > away)).mean() <= right + 1e-3 for d in (-0.3, 0.3))


@given(st.floats(-3, 3))
def test_without_noise_it_is_sure_with_endless_noise_as_good_as_deciding_now(away):
    assert p_right(away, 0.0) == pytest.approx(1.0)
    assert p_right(away, 1e9) == pytest.approx(norm.cdf(abs(away)), abs=1e-6)


@given(st.floats(-3, 3), st.floats(0.05, 5), st.floats(0.05, 5))
def test_less_noise_never_decides_worse(away, a, b):
    low, high = sorted((a, b))
    assert p_right(away, low) >= p_right(away, high) - 1e-12


@pytest.mark.parametrize(
    ("away", "noise", "orders"), [(0.2, 0.5, 0.7), (-0.5, 0.4, 3.0), (0.0, 0.7, 12.0), (0.8, 0.3, 60.0)]
)
def test_counted_orders_against_monte_carlo(away, noise, orders):
    sd, rng = 1.4, np.random.default_rng(2)
    truth = sd * rng.normal(size=1_000_000)
    rate = orders * np.exp(np.minimum(truth + noise * rng.normal(size=len(truth)) - away * sd, 25))
    seen = rng.poisson(rate)
    right, gate = by_orders(away, sd, noise, orders)
    assert ((seen >= gate) == (truth > away * sd)).mean() == pytest.approx(right, abs=3e-3)
    other = max(((seen >= g) == (truth > away * sd)).mean() for g in range(max(gate - 3, 0), gate + 4))
    assert other <= right + 3e-3


@pytest.mark.parametrize("away", [-0.7, 0.0, 0.9])
def test_many_orders_are_as_good_as_normal(away):
    few, many = by_orders(away, 1.3, 0.4, MANY), by_orders(away, 1.3, 0.4, MANY * 1.0001)
    assert few[0] == pytest.approx(many[0], abs=2e-3)


@settings(max_examples=25)
@given(st.floats(-1.5, 1.5), st.floats(0.3, 2.0), st.floats(0.1, 1.0), st.floats(0.1, 90))
def test_more_orders_never_decide_worse(away, sd, noise, orders):
    assert by_orders(away, sd, noise, 1.5 * orders)[0] >= by_orders(away, sd, noise, orders)[0] - 2e-3


# Of a real firm.


@pytest.fixture(scope="module")
def portugal():
    firm, evidence, selection = example("portugal_footwear")
    return firm, evidence, selection, choose_modes(firm, evidence, selection)


def test_the_shortest_and_the_cheapest_are_sure_enough_and_fit_into_cash_and_two_years(portugal):
    firm, spare = portugal[0], portugal[0].cash.available_usd - portugal[0].cash.floor_usd
    found = design(*portugal, "DEU", sure=0.85)
    for one in (found.shortest, found.cheapest, found.surest):
        assert one.p_right >= 0.85 and one.length <= LONGEST and one.spend_usd <= spare
        assert one.go_usd == pytest.approx(one.orders * firm.sales.unit_value_usd)
    assert found.shortest.length <= found.cheapest.length and found.cheapest.spend_usd <= found.shortest.spend_usd
    assert found.surest.p_right >= max(found.shortest.p_right, found.cheapest.p_right)


def test_to_be_surer_takes_longer_or_costs_more(portugal):
    easy, hard = (design(*portugal, "DEU", sure=sure) for sure in (0.8, 0.93))
    assert hard.cheapest.spend_usd > easy.cheapest.spend_usd and hard.shortest.length >= easy.shortest.length


def test_where_none_is_sure_enough_the_best_possible_and_why_are_told(portugal):
    found = design(*portugal, "DEU", sure=0.999)
    assert found.shortest is None and found.cheapest is None and found.surest.p_right < 0.999
    assert percent(found.surest.p_right) in found.why and "because" in found.why


def test_where_orders_are_few_that_is_the_reason(portugal):
    firm, evidence, selection, modes = portugal
    dear = firm.model_copy(update={"sales": firm.sales.model_copy(update={"unit_value_usd": 200_000.0})})
    found = design(dear, evidence, selection, modes, "DEU", sure=0.9)
    assert found.shortest is None and "too few orders" in found.why


def test_without_a_price_of_an_order_the_assumption_stands_in(portugal):
    firm, evidence, selection, modes = portugal
    without = firm.model_copy(update={"sales": firm.sales.model_copy(update={"unit_value_usd": None})})
    given = without.model_copy(update={"assumptions": {"pilot_order_usd": firm.sales.unit_value_usd}})
    assert design(given, evidence, selection, modes, "DEU") == design(firm, evidence, selection, modes, "DEU")


def test_where_it_is_clear_already_no_pilot_is_needed(portugal):
    firm, evidence, selection, modes = portugal
    p = selection.potential
    rich = replace(selection, potential=replace(p, median_usd=p.median_usd * 1e3))
    assert "No pilot is needed" in design(firm, evidence, rich, modes, "DEU").why


def test_at_the_threshold_entering_is_worth_nothing(portugal):
    """By the stage before: worth of the mode where the potential is known to be the threshold."""
    from beachhead.enter.choose import work_out
    from beachhead.enter.value import mode_value

    firm, evidence, selection, modes = portugal
    found, w = design(*portugal, "DEU"), work_out(firm, evidence, selection)
    at = np.full((len(selection.markets), 2), found.threshold_usd)
    worth = mode_value(w.lines, w.cost, at, w.follow, 1.0)[selection.row("DEU"), modes.mode_row(found.mode)]
    assert worth == pytest.approx(0.0, abs=0.01 * w.cost.setup[selection.row("DEU"), modes.mode_row(found.mode)])
