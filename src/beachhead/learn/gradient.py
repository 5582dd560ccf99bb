"""The knowledge gradient: what an answer is worth to who will choose the best of several alternatives.

An answer moves what is expected of every alternative along one line: a + b Z, with a standard normal Z that is not
known before. What it is worth is E[max(a + b Z)] − max a. The upper envelope of the lines gives it exactly (Frazier,
Powell & Dayanik 2009, The knowledge-gradient policy for correlated normal beliefs, INFORMS Journal on Computing 21).
The same envelope serves where alternatives are worth exp(a + b Z).

B = problems solved at once, N = alternatives of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, logsumexp, ndtr

from beachhead.evidence.model import Floats

HALF_LOG_2PI = 0.9189385332046727
HALF_PI_ROOT = np.sqrt(np.pi / 2.0)
FAR = 30.0  # sds from which on a series is more exact than the difference


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """Which lines are highest where, from left to right. ``line`` (B, N): their columns, the first ``count`` (B,) of a
    row; ``cut`` (B, N + 1): the line at place i is highest from cut i to cut i + 1, −inf first, inf from the last
    on."""

    line: NDArray[np.intp]
    cut: Floats
    count: NDArray[np.intp]


def envelope(a: Floats, b: Floats) -> Envelope:
    """The upper envelope of the lines a + b z; ``a`` and ``b`` broadcast to (B, N).

    Lines are taken up in the order of their slope; each takes the place of those before it that are nowhere highest.
    All problems are worked on at the same time.
    """
    a, b = (np.ascontiguousarray(x, dtype=float) for x in np.broadcast_arrays(np.atleast_2d(a), np.atleast_2d(b)))
    rows, n = a.shape
    order = np.lexsort((a, b), axis=-1)
    a, b = np.take_along_axis(a, order, 1), np.take_along_axis(b, order, 1)
    stack, cut = np.zeros((rows, n), dtype=np.intp), np.full((rows, n + 1), np.inf)
    top = np.full(rows, -1, dtype=np.intp)
    for j in range(n):
        begins = np.full(rows, -np.inf)
        left = np.flatnonzero(top >= 0)
        while len(left):
            meets = crossing(a[left, j], b[left, j], a[left, stack[left, top[left]]], b[left, stack[left, top[left]]])
            hidden = meets <= cut[left, top[left]]
            begins[left[~hidden]] = meets[~hidden]
            top[left[hidden]] -= 1
            left = left[hidden]
            left = left[top[left] >= 0]
        top += 1
        stack[np.arange(rows), top], cut[np.arange(rows), top] = j, begins
    cut = np.where(np.arange(n + 1) > top[:, None], np.inf, cut)
    return Envelope(np.take_along_axis(order, stack, 1), cut, top + 1)


def crossing(a: Floats, b: Floats, a_before: Floats, b_before: Floats) -> Floats:
    """Where a steeper line overtakes the one before; −inf if they are parallel: the later one is never lower."""
    rise = b - b_before
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        at = (a_before - a) / rise
    return np.where(rise > 0.0, at, -np.inf)


def gains(a: Floats, b: Floats) -> Floats:
    """E[max(a + b Z)] − max a, (B,). ``a`` and ``b`` broadcast to (B, N). Never negative; 0 where all ``b`` are
    equal."""
    return np.asarray(np.exp(log_gains(a, b)))


def gain(a: Floats, b: Floats) -> float:
    """The same for one problem, (N,) each."""
    return float(gains(a, b)[0])


def log_gains(a: Floats, b: Floats) -> Floats:
    """Logarithm of :func:`gains`, (B,): finite however unlikely it is that the answer changes anything.

    The sum over the corners c of the envelope of (rise of the slope) × f(−|c|), f(x) = φ(x) + x Φ(x): no term is
    negative and none cancels.
    """
    e = envelope(a, b)
    slope = np.take_along_axis(np.broadcast_to(np.atleast_2d(b), e.line.shape), e.line, 1)
    corner = np.arange(1, e.line.shape[1]) < e.count[:, None]
    with np.errstate(divide="ignore"):
        log_rise = np.log(np.where(corner, np.diff(slope, axis=1), 0.0))
    terms = log_rise + log_f(np.where(corner, np.abs(e.cut[:, 1:-1]), 0.0))
    return np.asarray(logsumexp(terms, axis=1)) if terms.shape[1] else np.full(len(slope), -np.inf)


def log_f(distance: Floats) -> Floats:
    """ln(φ(x) − x Φ(−x)) for x ≥ 0: how much of a unit of slope is gained at a corner so many sds away."""
    x = np.minimum(distance, 1e150)
    near = np.minimum(x, FAR)
    far = np.maximum(x, FAR)
    close = np.log1p(-near * HALF_PI_ROOT * erfcx(near / np.sqrt(2.0)))
    u = far**-2.0
    series = -2.0 * np.log(far) + np.log1p(u * (-3.0 + u * (15.0 - 105.0 * u)))
    return np.asarray(
        np.where(distance == np.inf, -np.inf, np.where(x < FAR, close, series) - x * x / 2 - HALF_LOG_2PI)
    )


def lognormal_gains(a: Floats, b: Floats) -> Floats:
    """E[max exp(a + b Z)] − max E[exp(a + b Z)], (B,): alternatives that are worth exp of a line.

    Over each piece of the envelope its line is weighed against the one that would be chosen without the answer, so no
    term is negative. In the unit of exp(a).
    """
    e = envelope(a, b)
    a, b = (np.broadcast_to(np.atleast_2d(x), e.line.shape) for x in (a, b))
    level = a + b * b / 2.0
    best = level.argmax(axis=1)[:, None]
    most = np.take_along_axis(level, best, 1)
    slope, height = (np.take_along_axis(x, e.line, 1) for x in (b, level))
    inside = np.arange(e.line.shape[1]) < e.count[:, None]
    low, high = e.cut[:, :-1], e.cut[:, 1:]
    own = np.exp(np.minimum(height - most, 0.0)) * chance_between(low - slope, high - slope)
    chosen = np.take_along_axis(b, best, 1)
    other = chance_between(low - chosen, high - chosen)
    pieces = np.where(inside, np.maximum(own - other, 0.0), 0.0)
    with np.errstate(over="ignore"):
        return np.asarray(pieces.sum(axis=1) * np.exp(most[:, 0]))


def chance_between(low: Floats, high: Floats) -> Floats:
    """Chance that a standard normal lies between two numbers, exact in both tails."""
    flip = low > 0.0
    return np.asarray(np.where(flip, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low)))
