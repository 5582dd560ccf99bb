"""Where a market stands on each indicator among the ranked ones: what the texts and the dossiers say with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.select.prospect import INDICATOR as PROSPECT
from beachhead.select.result import IMPUTED, Selection

GOOD, POOR = 0.7, 0.3  # values between the anchors of the world from which one is a strength, below which a weakness


def places(values: Floats) -> NDArray[np.int64]:
    """Place (M, K) of each market on each indicator, 1 = best value; equal values share the better place."""
    ordered = np.sort(-values, axis=0)
    columns = [1 + np.searchsorted(ordered[:, k], -values[:, k]) for k in range(values.shape[1])]
    return np.stack(columns, axis=1).astype(np.int64)


def lead(selection: Selection, share: float = 1.0) -> Floats:
    """Points (M, K) by which a market's contribution exceeds the median's among the best ``share`` of the ranking."""
    rivals = selection.contributions[: max(1, round(share * len(selection.markets)))]
    return np.asarray(selection.contributions - np.median(rivals, axis=0))


def against_world(selection: Selection) -> Floats:
    """Points (M, K) by which a market is better or worse than the middle between the world's anchors.

    Zero where the value is neither a strength nor a weakness before all economies.
    """
    points = 100 * selection.weights * (selection.values - 0.5)
    plain = (selection.values < GOOD) & (selection.values > POOR)
    return np.where(plain, 0.0, points)


def imputed_share(selection: Selection) -> Floats:
    """Share (M,) of the weight that rests on imputed figures; the model of entry predicts for all, and is no gap."""
    raw = selection.raw
    at = [raw.indicators.index(i) for i in selection.indicators]
    gap = (raw.status[:, at] == IMPUTED) & (np.array(selection.indicators) != PROSPECT)
    return np.asarray(gap @ selection.weights / selection.weights.sum())


def percentile(values: Floats, value: float, direction: int) -> float:
    """Share of the world's economies that do worse than ``value`` (half of the equal ones count).

    Nan if the value is unknown, or all are alike.
    """
    known = values[np.isfinite(values)]
    if not len(known) or not np.isfinite(value) or known.min() == known.max():
        return float("nan")
    share = ((known < value).mean() + (known <= value).mean()) / 2
    return float(1 - share if direction < 0 else share)
