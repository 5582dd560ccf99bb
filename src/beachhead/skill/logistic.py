"""Logistic regression by Newton's method, for small models whose coefficients can be read."""

from __future__ import annotations

import numpy as np

from beachhead.evidence.model import Floats

ROUNDS = 30
LEAST_CURVATURE = 1e-9  # keeps a term that never varies from stopping the others


def logistic(x: Floats, y: Floats) -> Floats:
    """Coefficients (K,) that make outcomes ``y`` (N,) of 0 and 1 most likely, given terms ``x`` (N, K)."""
    from scipy.special import expit

    beta = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = expit(x @ beta)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + LEAST_CURVATURE * np.eye(len(beta))
        beta += np.linalg.solve(curvature, x.T @ (y - p))
    return beta
