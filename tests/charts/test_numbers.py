"""Figures as people read them: rounding never lies about the order of magnitude, the sign, or certainty."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beachhead.charts import numbers as n
from beachhead.evidence.catalogue import load_catalogue

SCALE = {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (0.3, "<1"),
        (840, "840"),
        (999.6, "1.0k"),
        (1_000, "1.0k"),
        (1_340, "1.3k"),
        (12_345, "12k"),
        (999_499, "999k"),
        (999_600, "1.0m"),
        (1_300_000, "1.3m"),
        (2.1e12, "2.1tn"),
        (-7_100, "−7.1k"),
        (-0.2, "0"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_money_in_two_or_three_figures(x, text):
    assert n.short(x) == text


@given(st.floats(1, 9e14))
def test_short_stays_within_five_percent(x):
    text = n.short(x)
    letters = text.lstrip("0123456789.")
    assert float(text.removesuffix(letters)) * SCALE[letters] == pytest.approx(x, rel=0.051, abs=0.51)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.004, "<1 %"), (0.814, "81 %"), (0.996, ">99 %"), (1, "100 %"), (-0.0, "0 %"), (math.nan, "–")],
)
def test_chances_near_certainty_are_not_rounded_to_it(share, text):
    assert n.pct(share) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_nothing_uncertain_reads_as_certain(share):
    assert n.pct(share) not in ("0 %", "100 %")


@pytest.mark.parametrize(
    ("log", "text"),
    [(0.0, "×1.0"), (math.log(0.12), "×0.12"), (math.log(120), "×120"), (-20, "×<0.001"), (-5.4, "×0.0045")],
)
def test_factors_keep_two_figures(log, text):
    assert n.times(log) == text


@given(st.floats(-1e9, 1e9))
def test_no_negative_zero(x):
    assert n.plain(x, 1) not in ("−0.0", "-0.0")
    assert "-" not in n.plain(x, 1)


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_ordinals(number, text):
    assert n.ordinal(number) == text


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(words, text):
    assert n.listed(words) == text


def test_a_value_on_a_scale_names_its_ends():
    indicators = load_catalogue().indicators
    assert n.quantity(4.1, indicators["lpi"]) == "4.1 (scale 1 to 5)"
    assert n.quantity(79.64, indicators["doing_business"]) == "79.6 (scale 0 to 100)"


@pytest.mark.parametrize(("x", "text"), [(12_000, "USD 12k"), (-3_000, "−USD 3.0k"), (-0.2, "USD 0")])
def test_losses_stand_behind_a_true_minus(x, text):
    assert n.usd_signed(x) == text


@pytest.mark.parametrize(
    ("x", "text"), [(0.031, "+3 %"), (-0.12, "−12 %"), (0.0, "0 %"), (-0.001, "0 %"), (0.007, "+1 %"), (1.5, "+150 %")]
)
def test_a_change_has_its_sign(x, text):
    assert n.change(x) == text


def test_what_never_came_up_in_a_simulation_is_unlikely_not_impossible():
    assert n.odds(0.0) == "less than 1 %" and n.odds(0.04) == "4 %" and n.odds(0.999) == "more than 99 %"
