"""How much a value may have changed since it was observed, learnt from how the indicator has changed in the past."""

from __future__ import annotations

from typing import Final

import numpy as np

from beachhead.evidence.model import Floats

LEAST: Final = 100  # changes needed before we believe their size
COVERED: Final = 0.90
NORMAL_90: Final = 1.6449  # a normal value lies within so many standard deviations of its mean in 90 % of cases


def changes(scaled: Floats, years: int) -> Floats:
    """All changes over ``years`` years of a panel (M, Y) on its scale, without the gaps."""
    change = scaled[:, years:] - scaled[:, :-years]
    return np.asarray(change[np.isfinite(change)])


def size(change: Floats) -> float:
    """Standard deviation of a normal distribution around zero that holds 90 % of the changes, as they do.

    Around zero and not around their mean: a value that is carried forward misses the drift as well.
    """
    return float(np.quantile(np.abs(change), COVERED)) / NORMAL_90


def staleness(scaled: Floats, horizon: int, default: float) -> Floats:
    """Sd on the scale of what happens in 0 … ``horizon`` years (horizon + 1,): zero at 0 and never falling.

    ``scaled``: panel (M, Y) on the indicator's scale. Where the panel has too few changes of that length, the last
    believed sd grows with the root of the years; a panel without history grows so from ``default`` per year.
    """
    out = np.zeros(horizon + 1)
    for years in range(1, horizon + 1):
        grown = out[years - 1] * np.sqrt(years / (years - 1)) if years > 1 else default
        seen = changes(scaled, years) if years < scaled.shape[1] else np.empty(0)
        out[years] = max(out[years - 1], size(seen)) if len(seen) >= LEAST else grown
    return out
