"""Intervals draw whole clusters, the quick way gives what the slow one gives, and they hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beachhead.skill import bootstrap as b
from beachhead.skill import metrics as m


def made(seed, clusters=8, size=240, nested=True):
    """A sample of clusters with a score that knows something; groups lie within clusters, or across."""
    rng = np.random.default_rng(seed)
    cluster = np.sort(rng.integers(0, clusters, size))
    lean = rng.normal(size=clusters)[cluster]
    score = np.round(rng.normal(size=size) + lean, 1)
    outcome = (rng.random(size) < 1 / (1 + np.exp(2 - score))).astype(float)
    group = cluster * 3 + rng.integers(0, 3, size) if nested else rng.integers(0, 5, size)
    return b.Sample(outcome, outcome, b.numbered(group), b.numbered(cluster)), score


PLAIN = {
    "auc": lambda s, score, w: m.auc(s.outcome, score, w),
    "ap": lambda s, score, w: m.average_precision(s.outcome, score, w),
    "recall_at_10": lambda s, score, w: m.recall_by_group(s.outcome, score, s.group, weight=w),
    "recall_pooled": lambda s, score, w: m.recall_at(s.outcome, score, s.group, weight=w),
    "lift_at_10": lambda s, score, w: m.lift(s.outcome, score, w)[10] / 0.1,
    "spearman": lambda s, score, w: m.spearman(s.outcome, score, w),
    "within": lambda s, score, w: m.spearman_within(s.outcome, score, s.group, w),
    "brier": lambda s, score, w: m.brier(s.outcome, score, w),
}


@given(st.integers(0, 10_000), st.booleans())
def test_each_draw_is_the_plain_measure_with_the_cluster_repeated(seed, nested):
    sample, score = made(seed, nested=nested)
    taken = b.draw(sample.clusters, 4, (seed,))
    found = b.judged(b.seen(sample, score), tuple(PLAIN), taken)
    for name, measure in PLAIN.items():
        for k, times in enumerate(taken.T):
            expected = measure(sample, score, times[sample.cluster])
            assert found[name][k] == pytest.approx(expected, nan_ok=True), (name, k)


def test_the_calibration_error_itself_is_the_plain_one():
    sample, score = made(3)
    chance = 1 / (1 + np.exp(-score))
    taken = b.draw(sample.clusters, 0, (1,))
    assert b.judged(b.seen(sample, chance), ("ece",), taken)["ece"][0] == pytest.approx(m.ece(sample.outcome, chance))


def test_draws_take_as_many_clusters_as_there_are_and_repeat_with_the_seed():
    taken = b.draw(30, 100, (7, 2015))
    assert taken.shape == (30, 101) and (taken[:, 0] == 1).all() and (taken.sum(0) == 30).all()
    assert np.array_equal(taken, b.draw(30, 100, (7, 2015)))
    assert not np.array_equal(taken, b.draw(30, 100, (8, 2015)))


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Clusters with a lean of their own: the mean of all is 0; an interval by cases would hold it far less often."""
    held = by_case = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(40), 25)
        outcome = rng.normal(size=40)[cluster] + rng.normal(size=1000)
        sample = b.Sample(outcome, outcome, cluster, cluster)
        mean = b._share(sample.total(outcome), sample.total(np.ones(1000)))
        low, high = b.interval(b.evaluate(mean, b.draw(40, 200, (seed,)))[1:])
        held += low <= 0 <= high
        se = outcome.std() / np.sqrt(1000)
        by_case += abs(outcome.mean()) <= 1.96 * se
    assert 0.88 <= held / 120 <= 0.99
    assert by_case / 120 < 0.7


def test_a_score_gains_nothing_over_itself_and_clearly_over_one_that_knows_less():
    sample, score = made(5, clusters=30, size=3000)
    taken = b.draw(sample.clusters, 200, (1,))
    noise = score + 4 * np.random.default_rng(2).normal(size=len(score))
    ours, worse = (b.judged(b.seen(sample, s), ("auc",), taken)["auc"] for s in (score, noise))
    assert b.paired(ours, ours) == (0, 0, 0)
    gain, low, high = b.paired(ours, worse)
    assert 0 < low < gain < high
    alone = b.interval(ours[1:])
    assert high - low < 2 * (alone[1] - alone[0])


def test_more_draws_than_fit_at_once_give_the_same():
    sample, score = made(9)
    taken = b.draw(sample.clusters, 3 * b.BLOCK + 7, (1,))
    whole = b.MEASURES["auc"](b.seen(sample, score))(taken)
    assert np.array_equal(b.judged(b.seen(sample, score), ("auc",), taken)["auc"], whole)


def test_lists_that_are_apart_do_not_see_each_other():
    """A group whose scores are all higher has no advantage: places are taken within the group."""
    sample, score = made(11, nested=False)
    apart = b.Sample(sample.outcome, sample.found, sample.group, sample.cluster, apart=True)
    taken = b.draw(sample.clusters, 3, (1,))
    moved = score + 100 * sample.group
    first, second = (b.judged(b.seen(apart, s), ("lift_at_10",), taken)["lift_at_10"] for s in (score, moved))
    assert first == pytest.approx(second)
