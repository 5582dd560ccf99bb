"""The knowledge gradient is exact, safe at any scale, and behaves as published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from beachhead.learn.gradient import gain, gains, log_gains, lognormal_gains


def f(x):
    return norm.pdf(x) + x * norm.cdf(x)


def expected_best(a, b, *, exponent=False):
    """Second implementation: every line's stretch from all pairs, and the normal's moments over it."""
    total = 0.0
    for i in range(len(a)):
        cuts = [(b[j] < b[i], (a[j] - a[i]) / (b[i] - b[j])) for j in range(len(a)) if b[j] != b[i]]
        low = max([c for flatter, c in cuts if flatter], default=-np.inf)
        high = min([c for flatter, c in cuts if not flatter], default=np.inf)
        twin = any(b[j] == b[i] and (a[j] > a[i] or (a[j] == a[i] and j < i)) for j in range(len(a)))
        if low >= high or twin:
            continue
        if exponent:
            total += np.exp(a[i] + b[i] ** 2 / 2) * (norm.cdf(high - b[i]) - norm.cdf(low - b[i]))
        else:
            total += a[i] * (norm.cdf(high) - norm.cdf(low)) + b[i] * (norm.pdf(low) - norm.pdf(high))
    return total


lines = st.integers(1, 8).flatmap(
    lambda n: st.tuples(*(arrays(float, n, elements=st.integers(-40, 40).map(lambda k: k / 8)) for _ in "ab"))
)


@given(lines)
def test_it_agrees_with_an_envelope_by_brute_force(case):
    a, b = case
    assert gain(a, b) == pytest.approx(expected_best(a, b) - a.max(), abs=1e-9)


@given(lines)
def test_so_does_the_form_for_alternatives_worth_the_exponential(case):
    a, b = case[0] / 4, case[1] / 4
    found = lognormal_gains(a, b)[0]
    assert found == pytest.approx(expected_best(a, b, exponent=True) - np.exp(a + b**2 / 2).max(), abs=1e-8)
    assert found >= 0


def test_monte_carlo_to_three_digits():
    rng = np.random.default_rng(1)
    z = norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    for n in (2, 5, 40):
        a, b = rng.normal(size=n), rng.normal(size=n)
        best = np.max([x + y * z for x, y in zip(a, b, strict=True)], axis=0).mean()
        assert gain(a, b) == pytest.approx(best - a.max(), rel=1e-3)
        worth = np.max([np.exp(x + y * z) for x, y in zip(a / 3, b / 3, strict=True)], axis=0).mean()
        assert lognormal_gains(a / 3, b / 3)[0] == pytest.approx(worth - np.exp(a / 3 + b**2 / 18).max(), rel=1e-3)


@given(st.floats(-5, 5), st.floats(0.01, 5))
def test_two_alternatives_have_the_formula_of_independent_beliefs(difference, moves):
    """Frazier, Powell & Dayanik (2008): σ̃ f(−|difference| / σ̃), one known and one measured."""
    assert gain([0.0, difference], [0.0, moves]) == pytest.approx(
        moves * f(-abs(difference) / moves), rel=1e-9, abs=1e-15
    )


@given(lines, st.floats(-3, 3), st.floats(0.1, 10))
def test_it_is_never_negative_and_knows_no_unit_and_no_common_news(case, shift, scale):
    a, b = case
    base = gain(a, b)
    assert base >= 0
    assert gain(scale * a + shift, scale * b + shift) == pytest.approx(scale * base, rel=1e-7, abs=1e-12)


@given(lines)
def test_what_tells_nothing_is_worth_nothing(case):
    a, b = case
    assert gain(a, np.zeros_like(b)) == 0.0 == gain(a, np.full_like(b, 2.0))


@given(lines, lines)
def test_one_more_alternative_never_lowers_what_the_best_is_expected_to_be(case, other):
    a, b = case
    more_a, more_b = np.concatenate([a, other[0]]), np.concatenate([b, other[1]])
    assert gain(more_a, more_b) + more_a.max() >= gain(a, b) + a.max() - 1e-9


def test_news_far_in_the_tail_has_a_finite_logarithm():
    """ln f(−x) → −x²/2 − ln √(2π) − 2 ln x, where the number itself is 0."""
    for x in (5.0, 29.9, 30.1, 200.0, 1e6):
        expected = -x * x / 2 - np.log(np.sqrt(2 * np.pi)) - 2 * np.log(x)
        assert log_gains([0.0, -x], [0.0, 1.0])[0] == pytest.approx(expected, rel=1e-2 if x < 10 else 1e-5)
    below, above = (log_gains([0.0, -x], [0.0, 1.0])[0] for x in (30.0 - 1e-9, 30.0 + 1e-9))
    assert below == pytest.approx(above, rel=1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_huge_and_tiny_spreads_parallel_lines_and_ties(scale):
    a = np.array([0.0, 1.0, 1.0, 1.0, -3.0, 1.0])
    b = np.array([0.0, 0.5, 0.5, -0.5, 0.5, 0.5 + 1e-16])
    assert gain(a * scale, b * scale) / scale == pytest.approx(1.0 * f(0.0), rel=1e-9)
    assert np.isfinite(gain([0.0, 1e300, -1e300], [1e-300, 0.0, 1e300]))


def test_many_problems_at_once_are_the_same_as_one_by_one():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=30), np.round(rng.normal(size=(50, 30)), 1)
    assert gains(a, b) == pytest.approx([gain(a, row) for row in b], rel=1e-12)


def test_one_alternative_leaves_nothing_to_choose():
    assert gain([3.0], [2.0]) == 0.0
    assert lognormal_gains([3.0], [2.0])[0] == 0.0


def test_asking_once_may_be_worth_nothing_and_asking_often_much():
    """The value of repetitions is S-shaped where one answer is too noisy to change the choice (Frazier & Powell 2010,
    Paradoxes in learning and the marginal value of information)."""
    count = np.arange(1, 200)
    moves = np.sqrt(1.0 / (1.0 + 100.0 / count))  # prior sd 1, noise sd 10
    worth = gains([0.0, -1.0], np.column_stack([np.zeros(199), moves]))
    steps = np.diff(worth)
    assert steps[5] > 10 * worth[0], "the second differences are positive at first"
    assert (np.diff(steps) > 0)[:5].all() and (np.diff(steps) < 0)[-20:].all()


# The paper's kind of problem: a smooth unknown function with many alternatives, and few measurements.


def policy_cost(seed, *, correlated, n=60, steps=12, noise=0.3):
    """What the choice after ``steps`` measurements falls short of the best of a function drawn from a Gaussian process.

    Who does not reckon with likeness takes every alternative on its own, in asking and in learning.
    """
    rng = np.random.default_rng(seed)
    x = np.arange(n)
    prior = np.exp(-((x[:, None] - x) ** 2) / (2 * 5.0**2))
    truth = np.linalg.cholesky(prior + 1e-9 * np.eye(n)) @ rng.normal(size=n)
    mean, cov = np.zeros(n), prior if correlated else np.eye(n)
    for _ in range(steps):
        moves = cov / np.sqrt(np.diag(cov) + noise**2)[:, None]
        at = int(np.argmax(log_gains(mean, moves)))
        seen = truth[at] + noise * rng.normal()
        k = cov[at] / (cov[at, at] + noise**2)
        mean, cov = mean + k * (seen - mean[at]), cov - np.outer(k, cov[at])
    return truth.max() - truth[mean.argmax()]


def test_who_reckons_with_likeness_finds_the_best_sooner():
    """Frazier, Powell & Dayanik (2009), section 5: the correlated policy against the independent one."""
    loss = np.array([[policy_cost(s, correlated=c) for c in (True, False)] for s in range(16)])
    better = loss[:, 1] - loss[:, 0]
    assert loss[:, 0].mean() < 0.5 * loss[:, 1].mean()
    assert better.mean() > 3 * better.std() / np.sqrt(len(better))
