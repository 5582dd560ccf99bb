"""Measures of skill: the same as scikit-learn's and SciPy's, with ties and weights, and exact where they have none."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from beachhead.skill import metrics as m

SIZE = st.integers(2, 40)


@st.composite
def cases(draw):
    """Outcomes 0 or 1, scores with many ties, whole weights, groups; at least one of each outcome has weight."""
    n = draw(SIZE)
    outcome = draw(arrays(float, n, elements=st.sampled_from([0.0, 1.0])))
    score = draw(arrays(float, n, elements=st.integers(-4, 4).map(float)))
    weight = draw(arrays(float, n, elements=st.integers(0, 3).map(float)))
    group = draw(arrays(np.int64, n, elements=st.integers(0, 3)))
    assume(0 < (weight * outcome).sum() < weight.sum())
    return outcome, score, weight, group


@given(cases())
def test_area_and_precision_are_those_of_scikit_learn(given_cases):
    peer = pytest.importorskip("sklearn.metrics")
    outcome, score, weight, _ = given_cases
    assert m.auc(outcome, score, weight) == pytest.approx(peer.roc_auc_score(outcome, score, sample_weight=weight))
    expected = peer.average_precision_score(outcome, score, sample_weight=weight)
    assert m.average_precision(outcome, score, weight) == pytest.approx(expected)


@given(cases())
def test_brier_is_that_of_scikit_learn(given_cases):
    peer = pytest.importorskip("sklearn.metrics")
    outcome, score, weight, _ = given_cases
    chance = (score + 4) / 8
    expected = peer.brier_score_loss(outcome, chance, sample_weight=weight)
    assert m.brier(outcome, chance, weight) == pytest.approx(expected)


@given(cases())
def test_rank_correlation_is_that_of_scipy_on_the_cases_repeated(given_cases):
    outcome, score, weight, group = given_cases
    times = weight.astype(int)
    outcome = outcome + group  # more than two values, with ties
    x, y = np.repeat(outcome, times), np.repeat(score, times)
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    assert m.spearman(outcome, score, weight) == pytest.approx(spearmanr(x, y).statistic, abs=1e-9)


@given(cases())
def test_weights_are_repetitions(given_cases):
    outcome, score, weight, _ = given_cases
    times = weight.astype(int)
    x, y = np.repeat(outcome, times), np.repeat(score, times)
    chance, repeated = (score + 4) / 8, (y + 4) / 8
    for measure in (m.auc, m.average_precision):
        assert measure(outcome, score, weight) == pytest.approx(measure(x, y))
    assert m.ece(outcome, chance, weight) == pytest.approx(m.ece(x, repeated))
    assert m.lift(outcome, score, weight) == pytest.approx(m.lift(x, y))


@given(cases())
def test_no_measure_sees_the_order_in_which_cases_are_written(given_cases):
    outcome, score, weight, group = given_cases
    other = np.random.default_rng(1).permutation(len(outcome))
    chance = (score + 4) / 8
    for measure, given_score, more in (
        (m.auc, score, ()),
        (m.average_precision, score, ()),
        (m.ece, chance, ()),
        (m.recall_at, score, (group, 2)),
        (m.spearman_within, score, (group,)),
    ):
        shuffled = [x[other] if isinstance(x, np.ndarray) else x for x in more]
        before = measure(outcome, given_score, *more, weight=weight)
        after = measure(outcome[other], given_score[other], *shuffled, weight=weight[other])
        assert after == pytest.approx(before, nan_ok=True)


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=6))
def test_recall_is_the_mean_over_all_orders_of_ties(k, listed):
    score = np.array([float(s) for s, _ in listed])
    outcome = np.array([float(hit) for _, hit in listed])
    assume(outcome.sum() > 0)
    orders = [sorted(order, key=lambda i: -score[i]) for order in permutations(range(len(listed)))]
    expected = np.mean([outcome[order[:k]].sum() / outcome.sum() for order in orders])
    assert m.recall_at(outcome, score, np.zeros(len(listed), dtype=np.int64), k) == pytest.approx(expected)


def test_recall_by_hand_pooled_and_by_group():
    """Group 0 finds one of two in its first two, group 1 its only one; pooled 2 of 3, by group ¾."""
    outcome = np.array([1, 0, 1, 1, 0, 0.0])
    score = np.array([9, 8, 7, 5, 5, 1.0])
    group = np.array([0, 0, 0, 1, 1, 1])
    assert m.recall_at(outcome, score, group, 2) == pytest.approx(2 / 3)
    assert m.recall_by_group(outcome, score, group, 2) == pytest.approx(3 / 4)


def test_correlation_within_groups_counts_each_group_of_five_once_and_no_order_as_nothing():
    rising, falling, flat = np.arange(5.0), -np.arange(5.0), np.zeros(5)
    outcome = np.concatenate([rising, rising, rising, rising[:4], flat])
    score = np.concatenate([rising, falling, flat, rising[:4], rising])
    group = np.repeat([7, 3, 5, 1, 2], [5, 5, 5, 4, 5])
    # +1, −1 and 0 (a score without an order); four candidates are too few; equal outcomes tell nothing
    assert m.spearman_within(outcome, score, group) == pytest.approx(0.0)
    assert m.spearman_within(outcome[:5], score[:5], group[:5]) == pytest.approx(1.0)
    assert np.isnan(m.spearman_within(outcome[15:], score[15:], group[15:]))


@given(cases())
def test_lift_runs_from_nothing_to_everything_and_is_half_again_the_area(given_cases):
    """The area under the lift curve is ½·base + (1 − base)·AUC; here on a fine grid, by the trapezium rule."""
    outcome, score, _, _ = given_cases
    assume(0 < outcome.sum() < len(outcome))
    curve = m.lift(outcome, score)
    assert curve[0] == 0 and curve[-1] == pytest.approx(1) and (np.diff(curve) >= -1e-12).all()
    base = outcome.mean()
    exact = 0.5 * base + (1 - base) * m.auc(outcome, score)
    assert np.trapezoid(curve, dx=0.01) == pytest.approx(exact, abs=0.011)


def test_chances_that_hold_are_not_off_and_chances_that_do_not_are():
    chance = np.repeat(np.linspace(0.025, 0.975, 20), 40)
    outcome = np.concatenate([(np.arange(40) < round(40 * p)).astype(float) for p in np.linspace(0.025, 0.975, 20)])
    assert m.ece(outcome, chance) == pytest.approx(0, abs=1e-12)
    assert m.ece(outcome, chance + 0.02) == pytest.approx(0.02)
    bars = m.reliability(outcome, chance)
    assert len(bars) == 20 and sum(bar.count for bar in bars) == len(chance)
    assert [bar.predicted for bar in bars] == pytest.approx([bar.observed for bar in bars])


@given(arrays(float, st.integers(20, 300), elements=st.integers(0, 50).map(float)))
def test_equal_chances_lie_in_one_bar_and_bars_follow_the_order(chance):
    at = m.bin_of(chance)
    assert at.min() >= 0 and at.max() <= m.BINS - 1
    for value in set(chance.tolist()):
        assert len(set(at[chance == value].tolist())) == 1
    order = np.argsort(chance, kind="stable")
    assert (np.diff(at[order]) >= 0).all()


def test_the_best_tenth_is_a_tenth_of_each_group():
    values = np.concatenate([np.arange(20.0), np.arange(100.0)])
    group = np.repeat([4, 2], [20, 100])
    best = m.top_share(values, group)
    assert best[:20].sum() == 2 and best[20:].sum() == 10 and best[18:20].all() and best[-10:].all()


def test_what_has_no_meaning_is_nan():
    ones, score = np.ones(4), np.arange(4.0)
    assert np.isnan(m.auc(ones, score)) and np.isnan(m.auc(0 * ones, score))
    assert np.isnan(m.average_precision(0 * ones, score)) and np.isnan(m.lift(0 * ones, score)).all()
    assert np.isnan(m.spearman(ones, score)) and np.isnan(m.spearman(score, ones))
    assert np.isnan(m.recall_at(0 * ones, score, np.zeros(4, dtype=np.int64)))
