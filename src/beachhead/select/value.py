"""Anchored value functions: from a figure to 0–1 between two fixed world percentiles.

The anchors belong to the catalogue, never to the candidates, so a market's value does not move when another market is
added or removed. Between the anchors the function is linear on the indicator's scale (log, asinh or linear).
"""

from __future__ import annotations

import numpy as np

from beachhead.evidence.model import Floats


def line(low: Floats, high: Floats, direction: Floats) -> tuple[Floats, Floats]:
    """Intercept and slope (K,) of value against the scaled figure, before clipping.

    ``low`` and ``high`` (K,) are the scaled anchors, low < high; ``direction`` (K,) is +1 or −1.
    """
    span = high - low
    if np.any(span <= 0):
        raise ValueError("anchors must be increasing")
    slope = direction / span
    intercept = np.where(direction > 0, -low / span, high / span)
    return intercept, slope


def value(x: Floats, intercept: Floats, slope: Floats) -> Floats:
    """Value (…, K) of scaled figures ``x`` (…, K): 0 at the worse anchor and below, 1 at the better one and above."""
    out: Floats = np.clip(intercept + slope * x, 0.0, 1.0)
    return out


def expected_value(centre: Floats, spread: Floats) -> Floats:
    """E[clip(centre + spread·ε, 0, 1)] for ε ~ N(0, 1), elementwise and exact.

    ``centre`` is the unclipped value at the mean figure, ``spread`` ≥ 0 its sd in value units. With a = (0 − c)/s and
    b = (1 − c)/s the mean is c[Φ(b) − Φ(a)] + s[φ(a) − φ(b)] + 1 − Φ(b).
    """
    from scipy.special import ndtr

    unsure = spread > 1e-9  # below, the clipped centre is exact to machine precision
    s = np.where(unsure, spread, 1.0)
    a, b = np.clip(-centre / s, -40, 40), np.clip((1 - centre) / s, -40, 40)
    density_gap = (np.exp(-a * a / 2) - np.exp(-b * b / 2)) / np.sqrt(2 * np.pi)
    mean = centre * (ndtr(b) - ndtr(a)) + s * density_gap + 1 - ndtr(b)
    out: Floats = np.clip(np.where(unsure, mean, np.clip(centre, 0, 1)), 0.0, 1.0)
    return out
