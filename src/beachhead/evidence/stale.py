"""How much a value may have moved among the others since it was observed, learnt from how it has moved in the past."""

from __future__ import annotations

from typing import Final

import numpy as np

from beachhead.evidence.model import Floats

LEAST: Final = 100  # changes needed before we believe their size
COVERED: Final = 0.90
TOGETHER: Final = 20  # markets needed in a year before their median counts as what all had in common
NORMAL_90: Final = 1.6449  # a normal value lies within so many standard deviations of its mean in 90 % of cases


def changes(scaled: Floats, years: int) -> tuple[Floats, Floats]:
    """Changes over ``years`` years of a panel (M, Y) on its scale: those of each market, and those of all (T,).

    What all markets have in common from one year to another (world inflation, the price of the dollar, the spread of
    the internet) is the median change; each market's own change is the rest, listed without gaps. Years with fewer
    than ``TOGETHER`` markets are left out: their median says little about the others.
    """
    change = scaled[:, years:] - scaled[:, :-years]
    change = change[:, np.isfinite(change).sum(axis=0) >= TOGETHER]
    common = np.nanmedian(change, axis=0)
    own = change - common
    return np.asarray(own[np.isfinite(own)]), np.asarray(common)


def size(change: Floats) -> float:
    """Standard deviation of a normal distribution around zero that holds 90 % of the changes, as they do."""
    return float(np.quantile(np.abs(change), COVERED)) / NORMAL_90


def staleness(scaled: Floats, horizon: int, default: float) -> Floats:
    """Sd on the scale of a market's own changes in 0 … ``horizon`` years (horizon + 1,): zero at 0 and never falling.

    What all markets have in common is not in it: it cannot reorder values of one year. ``scaled``: panel (M, Y) on the
    indicator's scale. Where the panel has too few changes of that length, the last believed sd grows with the root of
    the years; a panel without history grows so from ``default`` per year.
    """
    out = np.zeros(horizon + 1)
    for years in range(1, horizon + 1):
        grown = out[years - 1] * np.sqrt(years / (years - 1)) if years > 1 else default
        seen = changes(scaled, years)[0] if years < scaled.shape[1] else np.empty(0)
        out[years] = max(out[years - 1], size(seen)) if len(seen) >= LEAST else grown
    return out


def drift(scaled: Floats, horizon: int) -> Floats:
    """How far all markets moved together in 0 … ``horizon`` years (horizon + 1,): root mean square, never falling.

    A value that is older than those it stands beside has missed this. Without history nothing is known to be missed;
    beyond the history the last known drift grows with the years.
    """
    out = np.zeros(horizon + 1)
    for years in range(1, horizon + 1):
        grown = out[years - 1] * years / (years - 1) if years > 1 else 0.0
        common = changes(scaled, years)[1] if years < scaled.shape[1] else np.empty(0)
        out[years] = max(out[years - 1], float(np.sqrt((common**2).mean()))) if len(common) else grown
    return out
