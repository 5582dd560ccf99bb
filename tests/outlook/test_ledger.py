"""What is written down: hours, attention, and whose cash it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outlook.cases import EARNED, calm, make_figures, make_ground, plan_of, presence

from beachhead.outlook.draws import draw
from beachhead.outlook.schedule import case
from beachhead.rollout.tables import Automation


@given(delay=st.floats(0.0, 5.0))
@settings(max_examples=20)
def test_customers_who_pay_late_move_cash_and_nothing_else(delay):
    """What is missing at the end is what they still owe: a quarter's receipts for every quarter of delay."""
    prompt = calm(presence(0, 0))
    late = calm(presence(0, 0), figures=make_figures(1, delay=np.full(7, delay)))
    assert late.worth[0] == prompt.worth[0]
    np.testing.assert_array_equal(late.profit, prompt.profit)
    np.testing.assert_array_equal(late.revenue, prompt.revenue)
    assert prompt.cash[-1, 0] - late.cash[-1, 0] == pytest.approx(delay * EARNED, abs=1.0)


def test_customers_of_a_running_market_pay_for_what_they_bought_before():
    """So money comes in from the first quarter on, as much as is earned."""
    runs = presence(0, 0, running=True, first_sale=-40.0)
    prompt, late = (calm(runs, figures=make_figures(1, delay=np.full(7, delay))) for delay in (0.0, 1.5))
    np.testing.assert_array_equal(prompt.cash, late.cash)


def test_what_is_ventured_is_the_cash_of_entries_and_machines_not_of_what_runs():
    machine = Automation("crm", "CRM", "sales", "", 1_000.0, 50.0, 0.5, 2)
    runs = presence(0, 0, running=True, first_sale=-9.0, stop_below=1e9)
    both = calm(runs, presence(1, 2), bought=((machine, 1),))
    alone = calm(runs)
    np.testing.assert_allclose(both.ventured, both.cash - alone.cash, atol=0.2)
    np.testing.assert_array_equal(alone.ventured, np.zeros((12, 1)))


def test_hours_and_attention_by_hand():
    """100 hours a quarter, twice that until the first sale; a launch takes 1 point, a running market 0.25."""
    seen = calm(presence(0, 0), presence(1, 2, first_sale=3.5))
    drawn = draw(case(make_ground(make_figures(2)), plan_of(presence(0, 0), presence(1, 2))), 1, 0, 1).hours[:, 0]
    first, second = 100 * drawn
    np.testing.assert_allclose(seen.hours[:5, 0], [first, first, *[first + 2 * second] * 2, first + second], rtol=1e-5)
    np.testing.assert_allclose(seen.attention[:5, 0], [0.25, 0.25, 1.25, 1.25, 0.5])


def test_automation_saves_hours_of_its_area_from_when_it_is_built_and_costs_from_when_it_is_bought():
    """Half of 20 of 100 hours, from quarter 3; saved hours are worth 3 each; 1,000 once and 50 a quarter."""
    machine = Automation("crm", "CRM", "sales", "", 1_000.0, 50.0, 0.5, 2)
    plain, helped = (calm(presence(0, 0), bought=bought) for bought in ((), ((machine, 1),)))
    ratio = helped.hours[:, 0] / plain.hours[:, 0]
    np.testing.assert_allclose(ratio, [1.0] * 3 + [0.9] * 9, rtol=1e-5)
    spent = plain.cash[:, 0] - helped.cash[:, 0]
    np.testing.assert_allclose(spent, [0, *(1_000 + 50 * n for n in range(1, 12))], atol=0.2)
    today = 1.12 ** (-(np.arange(12) + 0.5) / 4)
    gain = 30 * today[3:].sum() - 1_000 * today[1] - 50 * today[1:].sum()
    assert helped.worth[0] - plain.worth[0] == pytest.approx(gain, abs=0.5)
