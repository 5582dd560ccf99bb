"""The money of a presence over time: what it sells, when it is paid, what it costs. One model for plan and outlook.

Time is in quarters. A presence that starts at t has its first sale at t + weeks / 13; sales grow with tenure along the
path of survivors (:mod:`beachhead.enter.ramp`), and end with the presence.
"""

from __future__ import annotations

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.ramp import quarterly_ramp
from beachhead.evidence.model import Floats


def cumulative_ramp(assumed: Assumptions, quarters: int) -> Floats:
    """R(0), R(1) … R(quarters): quarters of mature sales made by the time of so much tenure, (quarters + 1,)."""
    return np.concatenate([[0.0], np.cumsum(quarterly_ramp(assumed, quarters))])


def ramped(knots: Floats, tenure: Floats) -> Floats:
    """R at any tenure in quarters, any shape; 0 before the first sale. ``knots`` from :func:`cumulative_ramp`."""
    x = np.clip(tenure, 0.0, len(knots) - 1.0)
    below = np.minimum(x.astype(np.intp), len(knots) - 2)
    start = knots[below]
    there: Floats = start + (x - below) * (knots[below + 1] - start)
    return there


def discounting(assumed: Assumptions, quarters: int) -> Floats:
    """Worth today of a dollar in the middle of each quarter, (quarters,)."""
    rate: float = assumed["discount_rate"]
    return np.asarray((1.0 + rate) ** (-(np.arange(quarters) + 0.5) / 4.0))


def paid(receipts: Floats, delay: Floats) -> Floats:
    """Receipts of each quarter as they arrive: put off by ``delay`` quarters, a part of one as a share.

    ``receipts`` (…, Q); ``delay`` broadcasts against (…). What is still owed at the end is left out.
    """
    whole = np.floor(delay).astype(np.intp)
    part = np.asarray(delay - whole)[..., None]
    first, later = shifted(receipts, whole), shifted(receipts, whole + 1)
    arrived: Floats = (1.0 - part) * first + part * later
    return arrived


def shifted(x: Floats, by: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> Floats:
    """``x`` (…, Q) moved later by whole quarters (…), zeros before."""
    quarters = x.shape[-1]
    at = np.arange(quarters) - np.asarray(by)[..., None]
    moved = np.take_along_axis(x, np.broadcast_to(np.maximum(at, 0), x.shape), axis=-1)
    return np.where(at >= 0, moved, 0.0)
