"""Exact and nearly exact learning about a joint normal: many observations at once, in any order.

Unknowns are standard normal scores z (D,). Observation i speaks of the number g_i = a_i · z through one of two
likelihoods: a figure, normal around g_i, which with a small chance is a wild rumour and then says nothing; or a
range in which g_i plus noise lies (better, alike, worse; no sales). With no chance of a rumour a figure is exact. The
others are found by expectation propagation (Minka 2001, Expectation propagation for approximate Bayesian inference):
each becomes a normal with the right mean and variance in the light of all others. All are renewed at the same time from
the prior on, so neither the order of the observations nor the way they came in matters. The prior of z is the identity,
so its precision in the end is I + AᵀTA, all eigenvalues of which are at least one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import csr_array
from scipy.special import erfcx, expit, log_ndtr

from beachhead.evidence.model import Floats

ROUNDS = 60
DAMPING = 0.8  # of each renewal: with it, rounds do not overshoot
CALM = 15  # rounds after which renewals get smaller, so that what swings to and fro comes to rest
FINEST = 1e-3  # noise, in ln: less is taken as this, so that no precision swamps the digits of the others
CLOSE = 1e-5  # largest change of a mean or sd, in units of ln, at which the rounds end
JITTER = 1e-12  # of the mean variance, added to each, so that quantities that are one and the same do no harm
LEAST = 1e-9  # precision: an observation that says nothing
HALF_LOG_2PI = 0.9189385332046727


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """n observations. They speak of P quantities, which are ``basis`` (P, D) @ z; each names few of them.

    ``h`` (n, P), sparse: g = h @ basis @ z. ``low``, ``high`` (n,): the range of g, both equal for a figure; ``noise``
    (n,): sd; ``rumour`` (n,): chance that it is one; ``width`` (n,): over which rumours are spread evenly.
    """

    h: csr_array
    basis: Floats
    low: Floats
    high: Floats
    noise: Floats
    rumour: Floats
    width: Floats

    @property
    def a(self) -> Floats:
        """By how much each observation moves with each score, (n, D)."""
        return np.asarray(self.h @ self.basis)

    @property
    def figure(self) -> NDArray[np.bool_]:
        """Which observations are figures, (n,)."""
        return np.asarray(self.low == self.high)

    def __len__(self) -> int:
        return len(self.low)


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Where the rounds are. ``precision`` and ``shift`` (n,): the normal that each observation is for now; ``mean``
    (n,) of g with all of them; ``left_mean`` and ``left_var`` (n,): g in the light of all *others*; ``trust`` (n,)."""

    precision: Floats
    shift: Floats
    mean: Floats
    left_mean: Floats
    left_var: Floats
    trust: Floats

    @property
    def sd(self) -> Floats:
        """Of g with all of them, (n,)."""
        return np.asarray(np.sqrt(self.left_var / (1.0 + self.left_var * self.precision)))


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is known of z after n observations. ``mean`` (D,); ``root`` (D, D): symmetric root C of its covariance, so
    what was basis @ z is now basis @ (mean + C z).

    ``precision`` and ``shift`` (n,): the normal that each observation became; ``adds`` (D, n): what each adds to the
    mean; ``trust`` (n,): chance that it is not a rumour; ``left_mean`` and ``left_var`` (n,): g in the light of all
    *other* observations; ``noise`` (n,): sd of each, as it was learnt; ``rounds`` until it stood.
    """

    mean: Floats
    root: Floats
    precision: Floats
    shift: Floats
    adds: Floats
    trust: Floats
    left_mean: Floats
    left_var: Floats
    noise: Floats
    rounds: int


def learn_from(sites: Sites, adapt: Callable[[Sites, Round], Floats] | None = None) -> Posterior:
    """The posterior of z, by rounds over all observations until nothing moves.

    ``adapt``: what the noise of each is now thought to be, (n,), learnt in the same rounds. Rounds go by the quantities
    spoken of, which is quick; the end result is worked out in the scores, which is safe.
    """
    exact = sites.figure & (sites.rumour == 0.0)
    sites = replace(sites, noise=np.maximum(sites.noise, FINEST))
    prior = prior_precision(sites.basis)
    now = begun(sites, prior, exact)
    rounds = 0
    while rounds < ROUNDS:
        rounds += 1
        if adapt is not None:
            sites = replace(sites, noise=adapt(sites, now))
        before, now = now, renewed(sites, prior, now, exact, DAMPING * min(1.0, CALM / rounds))
        if max(np.abs(now.mean - before.mean).max(initial=0.0), np.abs(now.sd - before.sd).max(initial=0.0)) < CLOSE:
            break
    return finished(sites, now, rounds)


def prior_precision(basis: Floats) -> Floats:
    """Inverse of the covariance of the quantities before, (P, P)."""
    cov = basis @ basis.T
    jitter = JITTER * max(float(np.trace(cov)) / max(len(cov), 1), 1e-300)
    return inverse(cov + jitter * np.eye(len(cov)))


def inverse(x: Floats) -> Floats:
    """Of a symmetric positive definite matrix, by its Cholesky factor."""
    if not len(x):
        return x
    factor, failed = dpotrf(x, lower=True)
    whole, wrong = dpotri(factor, lower=True)
    if failed or wrong:
        raise np.linalg.LinAlgError("the precision of what is spoken of is not positive definite")
    return np.asarray(np.tril(whole) + np.tril(whole, -1).T)


def begun(sites: Sites, prior: Floats, exact: NDArray[np.bool_]) -> Round:
    """Before the first round only what is exact says anything."""
    precision, shift = as_normals(sites, exact, np.full(len(sites), LEAST), np.zeros(len(sites)))
    return seen(sites, prior, precision, shift, np.ones(len(sites)))


def seen(sites: Sites, prior: Floats, precision: Floats, shift: Floats, trust: Floats) -> Round:
    """Every g with these normals, and without its own."""
    h = sites.h
    told = (h.T @ (h * precision[:, None])).toarray()
    cov = inverse(prior + told)
    mean = h @ (cov @ (h.T @ shift))
    var = np.maximum(np.asarray((h * (h @ cov)).sum(axis=1)).ravel(), 1e-300)
    left = 1.0 / np.maximum(1.0 / var - precision, 1e-12)
    return Round(precision, shift, mean, left * (mean / var - shift), left, trust)


def finished(sites: Sites, now: Round, rounds: int) -> Posterior:
    """The posterior of the scores once the observations are known as normals: precision I + AᵀTA."""
    a = sites.a
    value, vector = np.linalg.eigh(np.eye(a.shape[1]) + (a.T * now.precision) @ a)
    root = (vector / np.sqrt(value)) @ vector.T
    adds = root @ (root @ (a.T * now.shift))
    return Posterior(
        adds.sum(axis=1), root, now.precision, now.shift, adds, now.trust, now.left_mean, now.left_var, sites.noise,
        rounds,
    )  # fmt: skip


def as_normals(sites: Sites, exact: NDArray[np.bool_], precision: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """Precision and shift of every observation: of an exact figure its own, of the others those given."""
    own = 1.0 / sites.noise**2
    return np.where(exact, own, precision), np.where(exact, np.where(exact, sites.low, 0.0) * own, shift)


def renewed(sites: Sites, prior: Floats, now: Round, exact: NDArray[np.bool_], damping: float) -> Round:
    """Every observation anew in the light of the others, a share ``damping`` of the way, and how far it is trusted."""
    m, v = now.left_mean, now.left_var
    mean, var, trust = (np.empty(len(sites)) for _ in range(3))
    for which, moments in ((sites.figure, figure_moments), (~sites.figure, range_moments)):
        mean[which], var[which], trust[which] = moments(some(sites, which), m[which], v[which])
    precision = np.maximum(1.0 / np.maximum(var, 1e-300) - 1.0 / v, LEAST)
    shift = mean * (precision + 1.0 / v) - m / v
    precision, shift = (
        (1.0 - damping) * now.precision + damping * precision,
        (1.0 - damping) * now.shift + damping * shift,
    )
    return seen(sites, prior, *as_normals(sites, exact, precision, shift), trust)


def some(sites: Sites, which: NDArray[np.bool_]) -> Sites:
    """Some of the observations."""
    return replace(
        sites, low=sites.low[which], high=sites.high[which], noise=sites.noise[which], rumour=sites.rumour[which],
        width=sites.width[which],
    )  # fmt: skip


def figure_moments(sites: Sites, m: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean and variance of g given a figure and all else, and the chance that it is no rumour."""
    total, off = v + sites.noise**2, sites.low - m
    with np.errstate(divide="ignore"):  # without a chance of a rumour the odds are infinite
        odds = np.log1p(-sites.rumour) - np.log(sites.rumour)
    trust = expit(odds - 0.5 * off**2 / total - 0.5 * np.log(total) - HALF_LOG_2PI + np.log(sites.width))
    step = v / total * off
    left = v * sites.noise**2 / total
    return m + trust * step, trust * (left + (1.0 - trust) * step**2) + (1.0 - trust) * v, trust


def range_moments(sites: Sites, m: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean and variance of g given that g plus noise lies within a range, and the chance that this is no rumour.

    A rumour names any of three answers alike.
    """
    sd = np.sqrt(v + sites.noise**2)
    low, high = (sites.low - m) / sd, (sites.high - m) / sd
    flip = low + np.where(np.isinf(high), 0.0, high) > 0  # the side on which tails are safe
    flip |= np.isinf(high) & (high > 0)
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    first, second, log_mass = truncated(low, high)
    step = np.where(flip, -first, first) * v / sd
    var = v - v**2 / sd**2 * second
    with np.errstate(divide="ignore"):  # as above
        trust = expit(np.log1p(-sites.rumour) + log_mass - np.log(sites.rumour / 3.0))
    mean = m + trust * step
    return mean, trust * (var + (1.0 - trust) * step**2) + (1.0 - trust) * v, trust


def truncated(low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean of a standard normal between ``low`` and ``high``, what its variance loses (0–1), and ln of the mass there.

    ``low`` + ``high`` must not be above 0. All is kept relative to the density at ``high``, so neither a far tail
    nor a narrow range cancels out.
    """
    top = log_ndtr(high)
    mass = -np.expm1(np.minimum(log_ndtr(low) - top, -1e-300))  # of that below ``high``
    at_high = np.sqrt(2.0 / np.pi) / erfcx(-high / np.sqrt(2.0)) / mass
    open_end = np.isinf(low)
    width = np.where(open_end, 0.0, finite(high) - finite(low))
    falls = np.where(open_end, -1.0, np.expm1(0.5 * width * (finite(high) + finite(low))))  # density at low, less 1
    first = at_high * falls
    bent = np.where(open_end, finite(high), width - finite(low) * falls)
    return first, np.clip(first**2 + at_high * bent, 0.0, 1.0), np.asarray(top + np.log(mass))


def finite(x: Floats) -> Floats:
    """x, and 0 where it is infinite."""
    return np.where(np.isinf(x), 0.0, x)
