"""Missing values: a mean and an honest predictive sd from what is known of the same market and of markets like it.

Two predictors compete on each indicator: ridge regression (Hoerl & Kennard 1970) on region, income group, size and
the other indicators, and the distance-weighted mean of the nearest markets in the space of the same columns. Penalty,
number of neighbours and the blend of the two are those with the smallest leave-one-out error. The predictive sd grows
for small and unusual markets, and is scaled so that 90 % of the left-out values fall inside their 90 % intervals
(the jackknife of Barber, Candès, Ramdas & Tibshirani 2021). That factor is fitted to the errors it is judged by, so
the honest measure is another: with ten folds hidden from every choice, the intervals hold 90 % of the hidden values
and 89 % in the smallest quarter of economies; with whole economies hidden but for trade and people, 89 and 88 %.

Everything is on the scale of each indicator's transform. M markets, K columns, P predictors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats

Mask = NDArray[np.bool_]

PENALTIES: Final = np.geomspace(0.3, 3000.0, 17)  # on standardised predictors; 0.3 hardly shrinks
NEIGHBOURS: Final = (4, 6, 9, 14, 20)
BLENDS: Final = np.linspace(0.0, 1.0, 5)  # weight of ridge against the neighbours
COVERED: Final = 0.90
NORMAL_90: Final = 1.6449
KNOWN_SHARE: Final = 0.6  # a column known for fewer markets is no predictor
KNOWN_WHERE_NEEDED: Final = 0.5  # nor is one that is mostly missing exactly where the target is missing


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """Ridge regression with free intercept. ``weights`` (P,), ``mean`` (P,) of the predictors, ``level`` of the target.

    ``loo`` (n,): prediction of each row by the fit without it. ``right``, ``shrink``: for the leverage of new rows.
    """

    weights: Floats
    mean: Floats
    level: float
    loo: Floats
    right: Floats
    shrink: Floats

    def predict(self, x: Floats) -> Floats:
        """Predictions (m,) for rows ``x`` (m, P)."""
        return np.asarray(self.level + (x - self.mean) @ self.weights)

    def leverage(self, x: Floats) -> Floats:
        """How far rows ``x`` (m, P) lie outside what the fit has seen: their variance in units of the noise's."""
        return np.asarray(1.0 / len(self.loo) + ((x - self.mean) @ self.right.T) ** 2 @ self.shrink)


def ridge(x: Floats, y: Floats, penalties: Sequence[float] | Floats = PENALTIES) -> Ridge:
    """The ridge fit of y (n,) on x (n, P) whose leave-one-out error is smallest among ``penalties``.

    Leave-one-out is exact without refitting: the residual divided by one minus the row's leverage (Allen 1974).
    """
    mean, level = x.mean(axis=0), float(y.mean())
    left, singular, right = np.linalg.svd(x - mean, full_matrices=False)
    kept = singular**2 / (singular**2 + np.asarray(penalties)[:, None])  # (L, r)
    hat = 1.0 / len(y) + kept @ (left**2).T  # (L, n)
    fitted = level + (kept * (left.T @ (y - level))) @ left.T
    loo = y - (y - fitted) / (1.0 - hat)
    best = int(np.argmin(np.abs(y - loo).mean(axis=1)))
    penalty = float(np.asarray(penalties)[best])
    weights = right.T @ (singular / (singular**2 + penalty) * (left.T @ (y - level)))
    return Ridge(weights, mean, level, loo[best], right, 1.0 / (singular**2 + penalty))


def distances(a: Floats, b: Floats) -> Floats:
    """Squared Euclidean distances (n, m) between the rows of a (n, P) and b (m, P)."""
    cross = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2.0 * a @ b.T
    return np.asarray(np.maximum(cross, 0.0))


def nearest_mean(distance: Floats, y: Floats, count: int) -> Floats:
    """Mean (n,) of y (m,) over the ``count`` nearest columns of distance (n, m), weighted by inverse distance."""
    near = np.argpartition(distance, count - 1, axis=1)[:, :count]
    weight = 1.0 / (np.take_along_axis(distance, near, axis=1) + 1e-9)
    return np.asarray((weight * y[near]).sum(axis=1) / weight.sum(axis=1))


def nearest(x: Floats, y: Floats, new: Floats) -> tuple[Floats, Floats]:
    """Predictions of y (n,) without each row, and (m,) for ``new`` (m, P), by the best number of neighbours."""
    apart = distances(x, x)
    np.fill_diagonal(apart, np.inf)
    counts = [c for c in NEIGHBOURS if c < len(y)]
    loo = np.array([nearest_mean(apart, y, c) for c in counts])
    best = int(np.argmin(np.abs(loo - y).mean(axis=1)))
    return loo[best], nearest_mean(distances(new, x), y, counts[best])


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """``mean``, ``sd`` (M,) of one column; where it is known they are what one would say without knowing it."""

    mean: Floats
    sd: Floats


def spread(error: Floats, about: Floats, new: Floats) -> tuple[Floats, Floats]:
    """How the size of errors (n,) depends on ``about`` (n, Q): relative spread of these and of ``new`` rows (m, Q).

    A ridge fit of the log of the error; with a strong penalty, so that it says "all alike" unless the data insist.
    """
    size = np.log(np.abs(error) + 0.1 * np.median(np.abs(error)) + 1e-12)
    fit = ridge(about, size, (30.0, 100.0, 300.0, 1000.0, 1e4))
    level = size.mean()
    return np.exp(fit.predict(about) - level), np.exp(np.clip(fit.predict(new) - level, -1.0, 1.5))


def conformal_scale(standardised: Floats) -> float:
    """The factor that makes normal 90 % intervals hold 90 % of the standardised errors (n,)."""
    rank = min(len(standardised), int(np.ceil(COVERED * (len(standardised) + 1))))
    return float(np.sort(np.abs(standardised))[rank - 1]) / NORMAL_90


def predict(target: Floats, x: Floats, x_sd: Floats, about: Floats) -> Prediction:
    """Predict a column (M,) with gaps from complete predictors x (M, P), whose own sd is ``x_sd``, 0 where known.

    ``about`` (M, Q): what the spread may depend on. Means stay within the range of the known values.
    """
    known = np.isfinite(target)
    y, seen = target[known], x[known]
    fit = ridge(seen, y)
    loo_near, near = nearest(seen, y, x)
    blends = BLENDS[:, None] * fit.loo + (1.0 - BLENDS[:, None]) * loo_near
    best = int(np.argmin(np.abs(blends - y).mean(axis=1)))
    share = float(BLENDS[best])
    mean = share * fit.predict(x) + (1.0 - share) * near
    mean[known] = blends[best]
    sd = _predictive_sd(y - blends[best], fit, x, known, about)
    inherited = (x_sd**2 @ fit.weights**2) * ~known
    return Prediction(np.clip(mean, y.min(), y.max()), np.sqrt(sd**2 + inherited))


def _predictive_sd(error: Floats, fit: Ridge, x: Floats, known: Mask, about: Floats) -> Floats:
    leverage = fit.leverage(x)
    leverage[known] = leverage[known] / np.maximum(1.0 - leverage[known], 0.05)  # what it would be when left out
    width = np.sqrt(1.0 + leverage)
    relative_seen, relative = spread(error / width[known], about[known], about)
    relative[known] = relative_seen
    return np.asarray(conformal_scale(error / (width * relative)[known]) * width * relative)


def standardise(x: Floats) -> Floats:
    """Columns (M, P) with mean 0 and sd 1 over what is known; a constant column becomes 0."""
    sd = np.nanstd(x, axis=0)
    return np.asarray((x - np.nanmean(x, axis=0)) / np.where(sd > 0, sd, 1.0))


def fill(columns: Floats, base: Floats, about: Floats) -> tuple[Floats, Floats]:
    """Columns (M, K) completed from ``base`` (M, P) alone, and the sd of what was filled in (0 where known)."""
    value, sd = columns.copy(), np.zeros_like(columns)
    for k in np.flatnonzero(np.isnan(columns).any(axis=0)):
        gap = np.isnan(columns[:, k])
        guess = predict(columns[:, k], base, np.zeros_like(base), about)
        value[gap, k], sd[gap, k] = guess.mean[gap], guess.sd[gap]
    return value, sd


def useful(columns: Floats, target: int) -> NDArray[np.intp]:
    """Columns that may predict ``target``: widely known, and known for most markets for which the target is not.

    Parts of one survey are missing together, so the second rule keeps them from predicting each other: leave-one-out
    would praise them, and they would be absent when needed.
    """
    known, gap = np.isfinite(columns), np.isnan(columns[:, target])
    good = known.mean(axis=0) >= KNOWN_SHARE
    if gap.any():
        good &= known[gap].mean(axis=0) >= KNOWN_WHERE_NEEDED
    good[target] = False
    return np.flatnonzero(good)


@dataclass(frozen=True, slots=True, eq=False)
class Imputation:
    """``mean``, ``sd`` (M, K) on the scale of the transforms for every cell; a known one as if it were left out."""

    mean: Floats
    sd: Floats


def complete_core(core: Floats, base: Floats, about: Floats) -> tuple[Floats, Floats, Imputation]:
    """Complete the core columns (M, C), standardised, one after the other: each from ``base`` and the ones before.

    Returns the predictors (M, P + C) that every market now has, their sd, and what is predicted for the core itself.
    """
    x, x_sd = base, np.zeros_like(base)
    means, sds = [], []
    for column in core.T:
        guess = predict(column, x, x_sd, about)
        gap = np.isnan(column)
        x = np.column_stack([x, np.where(gap, guess.mean, column)])
        x_sd = np.column_stack([x_sd, np.where(gap, guess.sd, 0.0)])
        means.append(guess.mean)
        sds.append(guess.sd)
    return x, x_sd, Imputation(np.column_stack(means), np.column_stack(sds))


def impute(columns: Floats, core: Sequence[int], base: Floats, about: Floats) -> Imputation:
    """Predict every cell of ``columns`` (M, K) from the other columns of its market and from like markets.

    ``core``: columns completed first, in this order, from ``base`` (M, P) alone: sizes that all else depends on.
    ``about`` (M, Q): what the spread may depend on. No prediction of a cell uses that cell.
    """
    centre, width = np.nanmean(columns, axis=0), np.nanstd(columns, axis=0)
    scaled = (columns - centre) / width
    x, x_sd, of_core = complete_core(scaled[:, list(core)], base, about)
    filled, filled_sd = fill(scaled, x, about)
    mean, sd = np.empty_like(scaled), np.empty_like(scaled)
    mean[:, list(core)], sd[:, list(core)] = of_core.mean, of_core.sd
    for k in (k for k in range(columns.shape[1]) if k not in core):
        others = np.setdiff1d(useful(scaled, k), core)
        predictors = np.hstack([x, filled[:, others]])
        guess = predict(scaled[:, k], predictors, np.hstack([x_sd, filled_sd[:, others]]), about)
        mean[:, k], sd[:, k] = guess.mean, guess.sd
    return Imputation(mean * width + centre, sd * width)
