"""What the choice of mode found. M = ranked markets in the selection's order; 7 modes in ``modes`` order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Change
from beachhead.evidence.model import Floats


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a staged entry. The first has no threshold; the next waits for its evidence.

    ``sales_usd``: sales in the first full year of the mode before, at which this mode is worth as much as staying.
    ``quarters``: how long they must have been seen. ``chance``: probability that the market is that large, 0–1.
    """

    mode: str
    when: str
    sales_usd: float
    quarters: int
    chance: float


@dataclass(frozen=True, slots=True, eq=False)
class ModeChoice:
    """How to enter each market.

    All (M, 7): ``fit`` 0–1; ``potential_usd`` a year at maturity (median); ``cost_usd`` median set-up cost after the
    likeness discount and ``cost_sd_log``, the sd of its logarithm; ``entry_usd`` the same before the discount;
    ``fixed_usd_quarter``; ``hours_quarter`` and ``staff_usd_quarter``, their worth; ``exit_usd`` to leave;
    ``switch_usd`` to change to the mode in a market where the firm is; ``switch_at_usd`` (M, 7 from, 7 to), the
    potential from which that pays, infinite if never; ``weeks`` to the first sale; ``value_usd`` over the horizon,
    discounted and adjusted for risk; ``open``: modes that make sense and whose musts are met; ``feasible``: what the
    firm can afford too, and in ``obstacles`` why not, else ''.
    By market: ``best`` is always a mode, the cheapest sensible one if none is feasible;
    ``discount`` (M,) 0–1 is what likeness to the markets in ``discount_from`` cuts; ``path`` starts with the best mode.
    """

    modes: tuple[str, ...]
    fit: Floats
    potential_usd: Floats
    cost_usd: Floats
    cost_sd_log: Floats
    entry_usd: Floats
    fixed_usd_quarter: Floats
    hours_quarter: Floats
    staff_usd_quarter: Floats
    exit_usd: Floats
    switch_usd: Floats
    switch_at_usd: Floats
    weeks: Floats
    value_usd: Floats
    open: NDArray[np.bool_]
    feasible: NDArray[np.bool_]
    obstacles: tuple[tuple[str, ...], ...]
    best: tuple[str, ...]
    reasons: tuple[tuple[str, ...], ...]
    why_not: tuple[str, ...]
    path: tuple[tuple[Stage, ...], ...]
    discount: Floats
    discount_sd: Floats
    discount_from: tuple[tuple[str, ...], ...]
    assumptions: tuple[Change, ...] = ()  # that the firm has changed

    @property
    def best_value(self) -> Floats:
        """What the best mode of each market is worth, USD, (M,); below zero where even that one is likely to lose."""
        return self.value_usd[np.arange(len(self.best)), [self.mode_row(mode) for mode in self.best]]

    def mode_row(self, mode: str) -> int:
        """Column of a mode in the arrays; KeyError if there is no such mode."""
        try:
            return self.modes.index(mode)
        except ValueError:
            raise KeyError(mode) from None
