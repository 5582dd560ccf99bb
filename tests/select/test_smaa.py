"""Acceptability analysis: closed forms, brute force, and properties that hold for any input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from beachhead.select import smaa

DRAWS = 20_000
NAMES = tuple(f"M{k:02d}" for k in range(40))


def scores(centre, spread, weights, split=1, names=None, seed=7):
    centre, spread = np.atleast_2d(centre), np.atleast_2d(spread)
    return smaa.draw_scores(centre, spread, weights, split, names or NAMES[: len(centre)], seed)


def flat(draws, k, seed=3):
    return np.random.default_rng(seed).dirichlet(np.ones(k), draws)


def error(p, n=DRAWS):
    """Four standard errors of a share."""
    return 4 * np.sqrt(p * (1 - p) / n) + 1e-9


@pytest.mark.parametrize(("a", "b", "s", "t"), [(0.55, 0.5, 0.05, 0.05), (0.4, 0.6, 0.02, 0.1), (0.5, 0.5, 0.05, 0.1)])
def test_two_markets_and_one_criterion_win_as_the_normal_distribution_says(a, b, s, t):
    draws = scores([[a], [b]], [[s], [t]], np.ones((DRAWS, 1)))
    wins = smaa.pairwise_winning(draws.total, smaa.ranks(draws.total))[0, 1]
    exact = norm.cdf((a - b) / np.hypot(s, t))
    assert wins == pytest.approx(exact, abs=error(exact))


@pytest.mark.parametrize("x", [0.2, 0.5, 0.9])
def test_two_criteria_with_flat_weights_split_where_the_scores_cross(x):
    """A = (1, 0), B = (0, x): A wins when w1 > x (1 − w1), that is with probability 1 / (1 + x)."""
    draws = scores([[1.0, 0.0], [0.0, x]], np.zeros((2, 2)), flat(DRAWS, 2))
    exact = 1 / (1 + x)
    share = smaa.rank_acceptability(smaa.ranks(draws.total))[0, 0]
    assert share == pytest.approx(exact, abs=error(exact))


def test_central_weights_of_that_case_are_the_mean_of_the_part_of_the_simplex():
    """A wins for w1 uniform on (x/(1+x), 1): its central weight is the middle of that interval."""
    x, weights = 0.5, flat(DRAWS, 2)
    rank = smaa.ranks(scores([[1.0, 0.0], [0.0, x]], np.zeros((2, 2)), weights).total)
    central = smaa.central_weights(rank, weights)
    assert central[0, 0] == pytest.approx((x / (1 + x) + 1) / 2, abs=0.01)
    assert central.sum(axis=1) == pytest.approx([1, 1])


def test_mean_and_variance_of_a_certain_score_are_the_dirichlet_moments():
    alpha, v = np.array([2.0, 3.0, 5.0]), np.array([0.9, 0.4, 0.1])
    weights = np.random.default_rng(1).dirichlet(alpha, 200_000)
    total = scores(v, np.zeros(3), weights).total[0]
    p, a0 = alpha / alpha.sum(), alpha.sum()
    covariance = (np.diag(p) - np.outer(p, p)) / (a0 + 1)
    assert total.mean() == pytest.approx(100 * v @ p, abs=0.2)
    assert total.var() == pytest.approx(1e4 * v @ covariance @ v, rel=0.02)


def test_agrees_with_a_plain_loop_over_draws():
    rng = np.random.default_rng(5)
    centre, spread, weights = rng.uniform(0.2, 0.8, (6, 5)), rng.uniform(0, 0.3, (6, 5)), flat(4000, 5)
    spread[:, 2] = 0
    draws = scores(centre, spread, weights, split=2)
    noise = rng.standard_normal((4000, 6, 5))
    brute = 100 * np.einsum("dmk,dk->md", np.clip(centre + spread * noise, 0, 1), weights)
    assert draws.total.mean(1) == pytest.approx(brute.mean(1), abs=1.0)
    assert draws.total.std(1) == pytest.approx(brute.std(1), rel=0.08)
    found, plain = (smaa.rank_acceptability(smaa.ranks(t.astype(np.float32))) for t in (draws.total, brute))
    assert found == pytest.approx(plain, abs=0.04)


def test_ranks_and_winning_indices_equal_a_plain_count():
    total = np.random.default_rng(2).normal(size=(7, 300)).astype(np.float32)
    total[1], total[2, :50] = total[0], total[3, :50]  # ties
    rank = smaa.ranks(total)
    assert np.all(np.sort(rank, axis=0) == np.arange(7)[:, None])
    ordinal = rankdata(-total, axis=0, method="ordinal") - 1
    assert np.array_equal(rank, ordinal)
    plain = (total[:, None] > total[None]).mean(2) + 0.5 * (total[:, None] == total[None]).mean(2)
    assert smaa.pairwise_winning(total, rank) == pytest.approx(plain)
    untied = np.random.default_rng(4).normal(size=(7, 300)).astype(np.float32)
    plain = (untied[:, None] > untied[None]).mean(2) + 0.5 * np.eye(7)
    assert smaa.pairwise_winning(untied, smaa.ranks(untied)) == pytest.approx(plain)


unit = st.floats(0, 1)


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 8), st.integers(1, 5), st.integers(0, 2**31))
def test_acceptabilities_sum_to_one_by_rank_and_by_market(m, k, seed):
    rng = np.random.default_rng(seed)
    draws = scores(rng.random((m, k)), rng.random((m, k)) * 0.3, flat(500, k), seed=seed)
    acceptability = smaa.rank_acceptability(smaa.ranks(draws.total))
    assert acceptability.sum(0) == pytest.approx(np.ones(m))
    assert acceptability.sum(1) == pytest.approx(np.ones(m))
    wins = smaa.pairwise_winning(draws.total, smaa.ranks(draws.total))
    assert wins + wins.T == pytest.approx(np.ones((m, m)))


@settings(deadline=None, max_examples=25)
@given(st.integers(3, 12), st.integers(0, 2**31), st.data())
def test_adding_or_removing_markets_changes_no_other_markets_draws(m, seed, data):
    rng = np.random.default_rng(seed)
    centre, spread, weights = rng.random((m, 4)), rng.random((m, 4)) * 0.2, flat(200, 4)
    kept = sorted(data.draw(st.sets(st.integers(0, m - 1), min_size=1)))
    whole = scores(centre, spread, weights, seed=seed)
    part = scores(centre[kept], spread[kept], weights, names=tuple(NAMES[i] for i in kept), seed=seed)
    assert np.array_equal(whole.total[kept], part.total)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_draws_and_another_seed_others(seed):
    rng = np.random.default_rng(seed)
    centre, spread, weights = rng.random((5, 3)), np.full((5, 3), 0.1), flat(200, 3)
    first, again = (scores(centre, spread, weights, seed=seed).total for _ in range(2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != scores(centre, spread, weights, seed=seed + 1).total.tobytes()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31))
def test_a_market_worse_on_every_indicator_and_equally_well_known_ranks_behind(seed):
    """Up to the sampling error of two expected ranks; with certain figures there is none."""
    rng = np.random.default_rng(seed)
    centre, spread = rng.uniform(0.1, 0.9, (8, 5)), rng.random((8, 5)) * 0.2
    centre[1], spread[1] = centre[0] - rng.uniform(0.001, 0.2, 5), spread[0]
    rank = smaa.ranks(scores(centre, spread, flat(4000, 5), seed=seed).total).astype(float)
    gap = rank[1] - rank[0]
    assert gap.mean() >= -4 * gap.std() / np.sqrt(4000)
    certain = smaa.ranks(scores(centre, np.zeros((8, 5)), flat(1000, 5)).total).astype(float)
    assert np.all(certain[1] > certain[0])


def test_confidence_is_one_for_a_market_that_leads_under_its_own_weights_for_sure():
    centre = np.array([[1.0, 0.0], [0.0, 0.9], [0.1, 0.1]])
    weights = flat(2000, 2)
    rank = smaa.ranks(scores(centre, np.zeros((3, 2)), weights).total)
    trials = smaa.trial_values(centre, np.zeros((3, 2)), NAMES[:3], 1, 50)
    confidence = smaa.confidence_factors(trials, smaa.central_weights(rank, weights))
    assert confidence.tolist() == [1.0, 1.0, 0.0]
