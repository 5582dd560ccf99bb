"""Small estimators that the demand figures share: least squares with predictive sd, shrinkage, combination."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats


def predict_missing(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Fill nan of ``y`` (M,) from ``x`` (M, P); returns y and the predictive sd (0 where it was known)."""
    known = ~np.isnan(y)
    if known.all():
        return y.copy(), np.zeros(len(y))
    fitted, sd = predict(y, x)
    return np.where(known, y, fitted), np.where(known, 0.0, sd)


def predict(y: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Least-squares prediction of ``y`` (M,) from ``x`` (M, P) and its sd, fitted where y is known.

    The sd is the predictive one: s √(1 + x'(X'X)⁻¹x).
    """
    known = ~np.isnan(y)
    design = np.column_stack([np.ones(len(x)), x])
    if known.sum() <= design.shape[1] + 1:
        raise ValueError("too few known values to predict from")
    inverse = np.linalg.pinv(design[known].T @ design[known])
    beta = inverse @ design[known].T @ y[known]
    residual = y[known] - design[known] @ beta
    s2 = residual @ residual / (known.sum() - design.shape[1])
    sd = np.sqrt(s2 * (1 + np.einsum("mp,pq,mq->m", design, inverse, design)))
    return np.asarray(design @ beta), sd


def shrink(estimate: Floats, se: Floats) -> tuple[Floats, Floats]:
    """Empirical-Bayes shrinkage of noisy estimates (M,) to their common mean: posterior mean and sd.

    Between-variance by the method of moments (DerSimonian & Laird 1986); nan estimates become the mean.
    """
    ok = ~np.isnan(estimate) & ~np.isnan(se)
    if not ok.any():
        raise ValueError("nothing to shrink: every estimate is unknown")
    w = np.where(ok, 1 / np.maximum(np.where(ok, se, 1.0), 1e-6) ** 2, 0.0)
    x = np.where(ok, estimate, 0.0)
    centre = w @ x / w.sum()
    q = w @ (x - centre) ** 2
    told = w.sum() - (w @ w) / w.sum()  # 0 where one estimate alone is known: nothing tells how far others lie
    spread = max((q - (ok.sum() - 1)) / told, 0.0) if told > 0 else 0.0
    weight = 1 / (1 / np.maximum(w, 1e-12) + spread)
    mean = (weight * ok) @ x / (weight * ok).sum()
    precision = w + 1 / max(spread, 1e-8)
    posterior = (w * x + mean / max(spread, 1e-8)) / precision
    return posterior, np.sqrt(1 / precision)


def slopes(log_values: Floats, years: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Least-squares slope a year of each column of (Y, M) and its standard error; nan with fewer than four figures."""
    known = ~np.isnan(log_values)
    n = known.sum(axis=0)
    t = np.where(known, years[:, None].astype(float), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        dt = np.nan_to_num(t - np.nansum(t, 0) / n)
        dy = np.nan_to_num(log_values - np.nansum(log_values, 0) / n)
        sxx = (dt**2).sum(0)
        slope = (dt * dy).sum(0) / sxx
        rss = ((dy - slope * dt) ** 2 * known).sum(0)
        se = np.sqrt(rss / (n - 2) / sxx)
    few = n < 4
    return np.where(few, np.nan, slope), np.where(few, np.nan, np.maximum(se, 0.01))


def combine(means: Floats, sds: Floats) -> tuple[Floats, Floats]:
    """Precision-weighted mean over the first axis of independent estimates (N, M) and its sd; nan rows drop out.

    Where estimates disagree by more than their sds allow, the sd grows by the Birge ratio (Birge 1932).
    """
    ok = ~np.isnan(means) & ~np.isnan(sds)
    w = np.where(ok, 1 / np.where(ok, sds, 1.0) ** 2, 0.0)
    x = np.where(ok, means, 0.0)
    total = w.sum(0)
    mean = (w * x).sum(0) / total
    chi2 = (w * (x - mean) ** 2).sum(0)
    birge = np.sqrt(np.maximum(chi2 / np.maximum(ok.sum(0) - 1, 1), 1.0))
    return mean, birge / np.sqrt(total)
