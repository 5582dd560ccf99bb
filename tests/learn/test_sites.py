"""Learning is exact where it says so, near the truth where it is not, and safe at any input."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from learn.firms import sites
from scipy.integrate import quad
from scipy.stats import norm

from beachhead.learn.sites import FINEST, ROUNDS, Posterior, Sites, learn_from

INF = np.inf


def one_by_one(a, y, noise, order):
    """Second implementation: the Kalman update in Joseph form with a dense covariance, one figure after the other."""
    d = a.shape[1]
    mean, cov = np.zeros(d), np.eye(d)
    for i in order:
        gain = cov @ a[i] / (a[i] @ cov @ a[i] + noise[i] ** 2)
        mean = mean + gain * (y[i] - a[i] @ mean)
        left = np.eye(d) - np.outer(gain, a[i])
        cov = left @ cov @ left.T + noise[i] ** 2 * np.outer(gain, gain)
    return mean, cov


@st.composite
def figures(draw):
    """A few figures on a few scores, some of them twice, and some scores spoken of by none."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n, d = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    a = rng.normal(size=(n, d)) * (rng.random((n, d)) < 0.6)
    a[-1] = a[0]
    return a, rng.normal(size=n) * 3, rng.choice([0.05, 0.5, 2.0], n), rng.permutation(n)


@given(figures())
@settings(max_examples=60)
def test_figures_without_rumours_are_exact_whatever_their_order_and_all_at_once_or_not(case):
    a, y, noise, order = case
    found = learn_from(sites(a, y, y, noise))
    mean, cov = one_by_one(a, y, noise, order)
    assert found.mean == pytest.approx(mean, abs=1e-8)
    assert found.root @ found.root.T == pytest.approx(cov, abs=1e-8)
    shuffled = learn_from(sites(a[order], y[order], y[order], noise[order]))
    assert shuffled.mean == pytest.approx(found.mean, abs=1e-8)
    assert found.adds.sum(axis=1) == pytest.approx(found.mean, abs=1e-10)
    assert np.linalg.eigvalsh(found.root @ found.root.T).max() <= 1 + 1e-7


def test_the_textbook_case():
    """Prior N(0, 2²), one figure 3 with noise 1: mean 3 · 4/5, variance 4/5; without it, the prior."""
    found = learn_from(sites([[2.0]], 3.0, 3.0, 1.0))
    assert 2.0 * found.mean[0] == pytest.approx(3.0 * 4 / 5)
    assert (2.0 * found.root[0, 0]) ** 2 == pytest.approx(4 / 5)
    assert found.left_mean[0] == pytest.approx(0.0) and found.left_var[0] == pytest.approx(4.0)


def likelihood(g, low, high, noise, rumour, width):
    """What one observation says of g, as docs/methods/beliefs.md writes it."""
    if low == high:
        return (1 - rumour) * norm.pdf(low, g, noise) + rumour / width
    return (1 - rumour) * (norm.cdf((high - g) / noise) - norm.cdf((low - g) / noise)) + rumour / 3


@pytest.mark.parametrize(
    ("low", "high", "noise", "rumour"),
    [
        (1.2, 1.2, 0.5, 0.0),  # a figure
        (2.5, 2.5, 0.5, 0.05),  # perhaps a rumour
        (4.0, 4.0, 0.5, 0.2),  # half believed
        (9.0, 9.0, 0.5, 0.05),  # surely one
        (0.3, INF, 0.8, 0.0),  # better
        (-INF, -2.0, 0.3, 0.05),  # much worse
        (-0.2, 0.2, 0.4, 0.05),  # alike
        (2.0, 2.1, 0.05, 0.0),  # a narrow range
        (-INF, -3.0, 0.2, 0.0),  # no sales
    ],
)
def test_one_observation_has_the_mean_and_variance_of_quadrature(low, high, noise, rumour):
    """Of each kind, on a prior N(0, 1.5²). The sd is exact too, but where a rumour would make it larger than before."""
    sd, width = 1.5, 10.0
    found = learn_from(sites([[sd]], low, high, noise, rumour, width))

    def moment(k):
        def weighed(g):
            return g**k * norm.pdf(g, 0, sd) * likelihood(g, low, high, noise, rumour, width)

        cuts = [c + k * noise for c in (low, high, 0.0) for k in (-4, -1, 0, 1, 4) if np.isfinite(c) and abs(c) < 11]
        return quad(weighed, -14, 14, points=sorted(set(cuts)), epsabs=1e-12, epsrel=1e-9, limit=400)[0]

    mass, mean, square = (moment(k) for k in range(3))
    assert sd * found.mean[0] == pytest.approx(mean / mass, abs=1e-5)
    variance = square / mass - (mean / mass) ** 2
    assert sd * found.root[0, 0] == pytest.approx(min(variance**0.5, sd), abs=1e-5)


def on_a_grid(s: Sites, half=7.0, points=281):
    """Mean and sd of two scores by brute force."""
    x = np.linspace(-half, half, points)
    z = np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1).reshape(-1, 2)
    log = -0.5 * (z**2).sum(axis=1)
    for row, low, high, noise, rumour, width in zip(s.a, s.low, s.high, s.noise, s.rumour, s.width, strict=True):
        log += np.log(np.maximum(likelihood(z @ row, low, high, noise, rumour, width), 1e-300))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    mean = weight @ z
    return mean, np.sqrt(weight @ (z - mean) ** 2)


def test_several_at_once_come_near_the_truth():
    """Figures, ranges and rumours on two scores, against a grid: typical error of a mean 1 %, of an sd 2 % of the
    prior sd; at worst, where two stories are about as likely, an eighth and a quarter."""
    rng = np.random.default_rng(5)
    mean_off, sd_off = [], []
    for _ in range(20):
        n = int(rng.integers(3, 9))
        a, truth = rng.normal(size=(n, 2)), rng.standard_normal(2)
        noise = rng.choice([0.4, 0.8], n)
        y = a @ truth + noise * rng.standard_normal(n) + (rng.random(n) < 0.1) * rng.uniform(-5, 5, n)
        figure = rng.random(n) < 0.6
        s = sites(a, np.where(figure | (y > 0), y, -INF), np.where(figure | (y < 0), y, INF), noise, 0.05)
        found, (mean, sd) = learn_from(s), on_a_grid(s)
        mean_off.append(np.abs(found.mean - mean).max())
        sd_off.append(np.abs(np.linalg.norm(found.root, axis=1) - sd).max())
    assert np.median(mean_off) < 0.01 and np.median(sd_off) < 0.02
    assert np.max(mean_off) < 0.2 and np.max(sd_off) < 0.3


EXTREME = {
    "a figure far off": (40.0, 40.0, 0.1),
    "a range far off": (40.0, INF, 0.1),
    "a narrow range far off": (-40.1, -40.0, 0.01),
    "beyond all reckoning": (-INF, -1e9, 0.1),
    "hardly any noise": (1.0, 1.0, 1e-12),
    "hardly any range": (1.0, 1.0 + 1e-9, 1e-3),
    "nothing said": (-INF, INF, 1.0),
}


@pytest.mark.parametrize("copies", [1, 1000])
@pytest.mark.parametrize("rumour", [0.0, 0.05])
@pytest.mark.parametrize("said", EXTREME)
def test_no_input_makes_it_fall_over(said, rumour, copies):
    """Not a warning, not a value that is none, and never less sure than before."""
    low, high, noise = EXTREME[said]
    a = np.tile([[1.0, 0.5]], (copies, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = learn_from(sites(a, low, high, noise, rumour))
    for name in Posterior.__slots__:
        assert np.isfinite(getattr(found, name)).all(), name
    assert np.linalg.eigvalsh(found.root @ found.root.T).max() <= 1 + 1e-7
    assert found.adds.sum(axis=1) == pytest.approx(found.mean, rel=1e-6, abs=1e-9)


def test_far_tails_are_worked_out_and_not_given_up():
    """No sales where a hundred sds more were expected: g given g + noise below −x is about −x v / (v + noise²)."""
    for x in (40.0, 400.0, 4000.0):
        found = learn_from(sites([[1.0]], -INF, -x, 0.5))
        ratio = 1.0 / x * 1.25**0.5 * (1 - 1.25 / x**2)  # mean beyond −x of N(0, 1.25), over its sd: Mills's series
        assert found.mean[0] == pytest.approx(-(x / 1.25**0.5 + ratio) / 1.25**0.5, rel=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_rounds_come_to_rest(seed):
    """Hundreds of contradictory figures and ranges, one in five of them wild, on a few markets that share much."""
    rng = np.random.default_rng(seed)
    m, n = int(rng.integers(2, 20)), 300
    basis = np.linalg.cholesky(0.4 + 0.6 * np.eye(m))
    h = np.eye(m)[rng.integers(0, m, n)]
    noise = rng.choice([0.2, 0.8, 1.2], n)
    y = h @ basis @ rng.standard_normal(m) + noise * rng.standard_normal(n)
    y = np.where(rng.random(n) < 0.2, rng.uniform(-5, 5, n), y)
    figure = rng.random(n) < 0.6
    low, high = np.where(figure | (y > 0), y, -INF), np.where(figure | (y < 0), y, INF)
    found = learn_from(sites(h, low, high, noise, 0.05, basis=basis))
    assert found.rounds < ROUNDS
    order = rng.permutation(n)
    other = learn_from(sites(h[order], low[order], high[order], noise[order], 0.05, basis=basis))
    assert basis @ other.mean == pytest.approx(basis @ found.mean, abs=1e-6)


def test_what_swings_comes_to_rest_too():
    """Nonsense: half say one thing, half the opposite, each nearly free of noise. The last round moves little."""
    y = np.where(np.arange(200) % 2, 3.0, -2.0)
    mean = []
    for rounds in (ROUNDS, ROUNDS + 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("beachhead.learn.sites.ROUNDS", rounds)
            mean.append(learn_from(sites(np.ones((200, 1)), y, y, 0.05, 0.05)).mean[0])
    assert abs(mean[1] - mean[0]) < 0.3
    assert all(-2.1 < m < 3.1 for m in mean)


def test_no_noise_at_all_is_a_very_small_one():
    found = learn_from(sites([[1.0]], 2.0, 2.0, 0.0))
    assert found.mean[0] == pytest.approx(2.0) and found.root[0, 0] == pytest.approx(FINEST)
