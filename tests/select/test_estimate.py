"""The small estimators against closed forms and independent code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import linregress

from beachhead.select.estimate import combine, predict_missing, shrink, slopes


def test_missing_figures_are_predicted_as_least_squares_would():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 2))
    truth = 3 + x @ [1.5, -0.5] + 0.2 * rng.normal(size=60)
    y = truth.copy()
    y[50:] = np.nan
    filled, sd = predict_missing(y, x)
    design = np.column_stack([np.ones(60), x])
    beta, rss, *_ = np.linalg.lstsq(design[:50], truth[:50], rcond=None)
    assert filled[50:] == pytest.approx(design[50:] @ beta)
    assert np.array_equal(filled[:50], truth[:50]) and np.all(sd[:50] == 0)
    s = np.sqrt(rss[0] / 47)
    leverage = np.einsum("ij,jk,ik->i", design[50:], np.linalg.inv(design[:50].T @ design[:50]), design[50:])
    assert sd[50:] == pytest.approx(s * np.sqrt(1 + leverage))


def test_predictive_intervals_cover_what_was_left_out():
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(60):
        x = rng.normal(size=(80, 2))
        truth = x @ [1.0, 2.0] + rng.normal(size=80)
        y = np.where(np.arange(80) < 60, truth, np.nan)
        filled, sd = predict_missing(y, x)
        hits.append(np.abs(filled - truth)[60:] < 1.645 * sd[60:])
    assert np.mean(hits) == pytest.approx(0.90, abs=0.03)


@settings(deadline=None)
@given(st.integers(0, 2**31))
def test_slopes_equal_those_of_scipy(seed):
    rng = np.random.default_rng(seed)
    years = np.arange(2018, 2024)
    y = rng.normal(size=(6, 3)) * 5
    y[0, 1] = np.nan
    slope, se = slopes(y, years)
    for k in range(3):
        ok = ~np.isnan(y[:, k])
        reference = linregress(years[ok], y[ok, k])
        assert slope[k] == pytest.approx(reference.slope, rel=1e-6, abs=1e-9)
        assert se[k] == pytest.approx(max(reference.stderr, 0.01), rel=1e-6)


def test_too_few_years_give_no_slope():
    y = np.full((6, 1), np.nan)
    y[:3] = 1.0
    slope, se = slopes(y, np.arange(6))
    assert np.isnan(slope[0]) and np.isnan(se[0])


def test_shrinkage_keeps_sure_estimates_and_pulls_noisy_ones_to_the_mean():
    rng = np.random.default_rng(3)
    truth = rng.normal(0.05, 0.1, 2000)
    se = np.where(np.arange(2000) % 2, 0.01, 0.3)
    estimate = truth + se * rng.normal(size=2000)
    mean, sd = shrink(estimate, se)
    assert np.mean((mean - truth) ** 2) < 0.5 * np.mean((estimate - truth) ** 2)
    assert np.corrcoef(mean[1::2], estimate[1::2])[0, 1] > 0.999
    assert np.mean(np.abs(mean - truth) < 1.645 * sd) == pytest.approx(0.90, abs=0.03)
    optimal = (estimate / se**2 + 0.05 / 0.1**2) / (1 / se**2 + 1 / 0.1**2)
    assert mean == pytest.approx(optimal, abs=0.02)


def test_an_unknown_estimate_becomes_the_mean():
    mean, _ = shrink(np.array([0.1, 0.12, np.nan]), np.array([0.01, 0.01, np.nan]))
    assert mean[2] == pytest.approx(0.11, abs=0.005)


@given(st.floats(-3, 3), st.floats(0.1, 3), st.floats(0.1, 3))
def test_two_views_that_agree_combine_like_independent_measurements(x, s, t):
    mean, sd = combine(np.array([[x], [x]]), np.array([[s], [t]]))
    assert mean[0] == pytest.approx(x)
    assert sd[0] == pytest.approx(1 / np.sqrt(1 / s**2 + 1 / t**2))


def test_views_that_contradict_each_other_widen_the_sd():
    """Birge: 0 ± 1 and 6 ± 1 have chi² = 18 on one degree of freedom."""
    mean, sd = combine(np.array([[0.0], [6.0]]), np.array([[1.0], [1.0]]))
    assert mean[0] == pytest.approx(3)
    assert sd[0] == pytest.approx(np.sqrt(18) / np.sqrt(2))


def test_a_missing_view_drops_out():
    mean, sd = combine(np.array([[np.nan], [2.0]]), np.array([[1.0], [0.5]]))
    assert (mean[0], sd[0]) == (2.0, 0.5)
