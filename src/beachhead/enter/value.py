"""What a mode is worth: income × fit less cost over the horizon, with the right to stop or switch after a year.

The potential P of a market is log-normal. A year of sales tells what it is; then the firm stops, stays or switches to a
heavier mode, whichever is worth most. Income and cost are straight lines in P, so thresholds have a closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from beachhead.assumptions import Assumptions
from beachhead.enter.cost import WEEKS_A_YEAR, Cost
from beachhead.enter.ramp import yearly_ramp
from beachhead.enter.tables import commitment, number
from beachhead.evidence.model import Floats
from beachhead.firm import Firm

BINS = 32  # equal shares of probability into which the potential is cut; the first half is the worse half


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """A mode's worth as lines in the potential P, all (M, 7).

    ``share``: income a year at maturity per USD of P; ``yearly``: running cost; ``sold``: sales in the twelve months
    after the first one per USD of P. Discounted sums: ``ramp_1`` and ``year_1`` weigh income and running cost of those
    twelve months, ``ramp_on`` and ``year_on`` of the rest, ``ramp_anew`` of the rest if sales start again from nothing;
    ``later`` discounts what is paid after them. ``wait`` is running cost paid before the first sale.
    ``learning`` (7,): the part of the ramp-up that carries over into another mode.
    """

    share: Floats
    yearly: Floats
    sold: Floats
    ramp_1: Floats
    year_1: Floats
    ramp_on: Floats
    ramp_anew: Floats
    year_on: Floats
    later: Floats
    wait: Floats
    learning: Floats


def lines(
    firm: Firm, cost: Cost, reach: Floats, fit: Floats, assumed: Assumptions, hazard: Floats | float = 1.0
) -> Lines:
    """The lines of every mode in every market. ``reach`` (7,), ``fit`` (M, 7), ``hazard`` (M,) times the usual one."""
    worth, weight = calendar(cost.weeks, assumed, hazard)
    ramp = yearly_ramp(assumed, worth.shape[-1])
    live = worth * weight
    yearly = 4.0 * (cost.fixed + cost.staff)
    return Lines(
        share=reach * fit * number("margin_kept", assumed) * firm.sales.gross_margin,
        yearly=yearly,
        sold=reach * fit * ramp[0],
        ramp_1=live[..., 0] * ramp[0],
        year_1=live[..., 0],
        ramp_on=(live[..., 1:] * ramp[1:]).sum(axis=-1),
        ramp_anew=(live[..., 1:] * ramp[:-1]).sum(axis=-1),
        year_on=live[..., 1:].sum(axis=-1),
        later=worth[..., 1] if worth.shape[-1] > 1 else np.zeros_like(yearly),
        wait=yearly * cost.weeks / WEEKS_A_YEAR,
        learning=number("learning", assumed),
    )


def calendar(weeks: Floats, assumed: Assumptions, hazard: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """Worth today of a dollar in each year after the first sale, if the presence lasts, and the part of that year that
    lies within the horizon; both (M, 7, years)."""
    horizon, rate, chance = (assumed[name] for name in ("horizon_years", "discount_rate", "chance_exit"))
    year = np.arange(int(np.ceil(horizon)))
    start = weeks[..., None] / WEEKS_A_YEAR
    within = np.clip(horizon - start - year, 0.0, 1.0)
    stays = (1.0 - chance) ** np.reshape(hazard, (-1, 1, 1))
    return (1.0 + rate) ** -(start + year) * stays**year, within


def potential_bins(median: Floats, sd_log: Floats, cap: float) -> Floats:
    """Mean of a log-normal potential in each of ``BINS`` equally likely classes, lowest first, (M, BINS)."""
    edge = ndtri(np.linspace(0.0, 1.0, BINS + 1))
    mean = median * np.exp(sd_log**2 / 2)
    mass = np.diff(ndtr(edge - sd_log[:, None]), axis=1)
    capped: Floats = np.minimum(mean[:, None] * mass * BINS, cap)
    return capped


def supply_cap(firm: Firm, assumed: Assumptions) -> float:
    """The most that the firm could deliver to one new market, USD a year; no limit if it sells nothing at home."""
    return assumed["supply_cap"] * firm.sales.home_usd or np.inf


def heavier(open_modes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which mode may follow which, (M, 7 from, 7 to): only one that commits more, and that the market allows."""
    return (commitment()[None, :] > commitment()[:, None])[None] & open_modes[:, None, :]


def continuation(x: Lines, cost: Cost, p: Floats, may_follow: NDArray[np.bool_]) -> Floats:
    """Worth, from the second year on, of the best of stop, stay and switch, (M, 7, N) for potentials ``p`` (M, N)."""
    stay = line_after(x, p)
    stop = -(x.later * cost.leave)[..., None]
    switch = switched(x, cost, p)
    switch = np.where(may_follow[..., None], switch, -np.inf).max(axis=2)
    best: Floats = np.maximum(np.maximum(stay, stop), switch)
    return best


def line_after(x: Lines, p: Floats) -> Floats:
    """Worth of staying in a mode from the second year on, (M, 7, N)."""
    return (x.share * x.ramp_on)[..., None] * p[:, None, :] - (x.yearly * x.year_on)[..., None]


def switched(x: Lines, cost: Cost, p: Floats) -> Floats:
    """Worth of having switched after a year, (M, 7 from, 7 to, N)."""
    gain = ramp_after_switch(x)[:, :, None] * x.share[:, None, :]
    running = x.year_on[:, :, None] * x.yearly[:, None, :]
    return gain[..., None] * p[:, None, None, :] - (running + price_of_switch(x, cost))[..., None]


def ramp_after_switch(x: Lines) -> Floats:
    """Ramp-up after a switch, (M, 7): what was learnt by doing carries over, the rest starts again.

    Who sold through an intermediary has not met the customers.
    """
    ramp: Floats = x.learning * x.ramp_on + (1.0 - x.learning) * x.ramp_anew
    return ramp


def price_of_switch(x: Lines, cost: Cost) -> Floats:
    """Worth today of setting up the new mode and leaving the old, (M, 7 from, 7 to)."""
    return x.later[:, :, None] * (cost.switch[:, None, :] + cost.leave[:, :, None])


def mode_value(x: Lines, cost: Cost, p: Floats, may_follow: NDArray[np.bool_], risk_appetite: float) -> Floats:
    """Worth of entering by each mode, USD, (M, 7): the mean over ``p``, drawn towards that of the worse half as the
    owner shuns risk."""
    first = (x.share * x.ramp_1)[..., None] * p[:, None, :] - (x.yearly * x.year_1 + x.wait + cost.setup)[..., None]
    worth = first + continuation(x, cost, p, may_follow)
    half = worth.shape[-1] // 2
    blend: Floats = risk_appetite * worth.mean(axis=-1) + (1.0 - risk_appetite) * worth[..., :half].mean(axis=-1)
    return blend


def thresholds(x: Lines, cost: Cost) -> Floats:
    """Potential at which switching is worth as much as staying, (M, 7 from, 7 to); infinite if it never is."""
    stay = (x.ramp_on * x.share)[:, :, None]
    gain = ramp_after_switch(x)[:, :, None] * x.share[:, None, :] - stay
    running = x.year_on[:, :, None] * (x.yearly[:, None, :] - x.yearly[:, :, None])
    price = running + price_of_switch(x, cost)
    at: Floats = np.where(gain > 0, np.maximum(price, 0.0) / np.where(gain > 0, gain, 1.0), np.inf)
    return at
