"""What each mode costs and how long it takes in each market, from ``mode_numbers.csv``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.enter.fit import Fit, Setting, ramp
from beachhead.enter.likeness import Discount
from beachhead.enter.modes import MODE_NAMES, MODES, restrictions, sector_factor
from beachhead.enter.tables import commitment, number, number_sd
from beachhead.evidence.model import Floats
from beachhead.firm import running
from beachhead.select.result import Factors

WEEKS_A_YEAR = 52.0
WEEKS_A_QUARTER = 13.0
EASE = (45.0, 80.0)  # Doing Business scores between which a market goes from slow to quick


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """Medians, all (M, 7), USD unless named otherwise: ``setup`` once, ``setup_sd_log``, ``entry`` what it would be
    without likeness; ``fixed`` and ``staff`` a quarter; ``leave`` once; ``weeks`` to the first sale; ``hours`` a
    quarter; ``switch`` once, to change to the mode in a market where the firm already is."""

    setup: Floats
    setup_sd_log: Floats
    entry: Floats
    fixed: Floats
    staff: Floats
    leave: Floats
    weeks: Floats
    hours: Floats
    switch: Floats


def price_level(income: Floats, assumed: Assumptions) -> Floats:
    """Price of entry against that at the reference income, by GNI per head: a part is paid locally, the rest is not."""
    local = (income / assumed["reference_income"]) ** assumed["price_elasticity"]
    return 1.0 + assumed["local_share"] * (local - 1.0)


def costs(setting: Setting, cut: Discount, own_market_cut: float, home_income: float, learnt: Factors) -> Cost:
    """Cost of every mode in every market; likeness cuts the set-up, and all of it in a mode the firm is already in.

    ``learnt``: what the firm has found out of the cost of entry and the weeks it takes.
    """
    assumed = setting.assumed
    level = price_level(setting.indicator("gni_per_capita"), assumed)[:, None]
    entry = learnt.entry[:, None] * level * number("setup_usd", assumed)
    sure = np.where(np.isnan(learnt.entry_sd)[:, None], number_sd("setup_usd"), learnt.entry_sd[:, None])
    slower = 1.0 + assumed["weeks_slowdown"] * (1.0 - ramp(setting.indicator("doing_business"), *EASE))
    kept = (1.0 - cut.mean)[:, None]
    there = modes_running(setting)
    upkeep = sector_factor("upkeep_factor", setting.firm.sector)
    hours = np.broadcast_to(upkeep * number("hours_quarter", assumed), entry.shape)
    hour_value = home_income / assumed["hours_a_year"]
    return Cost(
        setup=np.where(there, 0.0, entry * kept),
        setup_sd_log=np.hypot(sure, cut.sd[:, None] / kept),
        entry=entry,
        fixed=level * upkeep * number("fixed_usd_quarter", assumed),
        staff=hours * hour_value,
        leave=level * number("exit_usd", assumed),
        weeks=np.where(there, 0.0, (learnt.weeks * slower)[:, None] * number("weeks", assumed)),
        hours=hours,
        switch=entry * (1.0 - own_market_cut),
    )


def modes_running(setting: Setting) -> NDArray[np.bool_]:
    """Where the firm is now and in which modes, (M, 7)."""
    now = {(p.country, p.mode) for p in running(setting.firm, setting.as_of)}
    there = np.array([[(m, k) in now for k in MODES] for m in setting.markets], dtype=bool)
    return there.reshape(len(setting.markets), len(MODES))


def cash_needed(cost: Cost, months: float) -> Floats:
    """Cash that a mode ties up before it can pay for itself: set-up and the first months' fixed cost, (M, 7)."""
    return cost.setup + cost.fixed * (months / 3.0)


def obstacles(setting: Setting, fit: Fit, cost: Cost) -> tuple[tuple[str, ...], ...]:
    """Why each mode cannot be used in each market now, (M, 7); empty where it can. The first reason found is given."""
    firm = setting.firm
    spare = firm.cash.available_usd - firm.cash.floor_usd
    hours = firm.capacity.export_hours_per_week * WEEKS_A_QUARTER
    months = setting.assumed["budget_months"]
    need, barred = cash_needed(cost, months), unmet_must(fit)
    senseless = restrictions(firm)
    further = further_in(modes_running(setting))

    def why(m: int, k: int) -> str:
        tied, time = over("cash", need[m, k], spare, months), over("hours", cost.hours[m, k], hours)
        return senseless[k] or further[m][k] or barred[m][k] or tied or time

    return tuple(tuple(why(m, k) for k in range(len(MODES))) for m in range(len(setting.markets)))


def further_in(there: NDArray[np.bool_]) -> list[list[str]]:
    """For modes that commit less than the heaviest the firm has in a market, (M, 7): it would be a step back.

    ``there`` (M, 7): the modes that run now.
    """
    weight = commitment()
    has = np.where(there, weight, -np.inf)
    heaviest, most = has.argmax(axis=1), has.max(axis=1, keepdims=True)
    told = [f"would be a step back from {MODE_NAMES[k].lower()}, which you already have there" for k in MODES]
    return [[told[h] if less else "" for less in row] for h, row in zip(heaviest, weight < most, strict=True)]


LIMITS = {
    "cash": "needs USD {need:,.0f} for set-up and the first {span}; USD {have:,.0f} is above your cash floor",
    "hours": "needs {need:,.0f} staff hours a quarter; you have {have:,.0f} for exports",
}


SPANS = {3.0: "quarter", 6.0: "half-year", 12.0: "year"}


def over(limit: str, need: float, have: float, months: float = 0.0) -> str:
    """What is said when a need, for so many months, is beyond a limit; empty if it is not."""
    span = SPANS.get(months, f"{months:g} months")
    return LIMITS[limit].format(need=need, have=max(have, 0.0), span=span) if need > have else ""


def unmet_must(fit: Fit) -> list[list[str]]:
    """Text of the must that a mode fails in a market, (M, 7)."""
    text = [[""] * len(MODES) for _ in range(len(fit.barred))]
    for m, c in np.argwhere(fit.barred)[::-1]:  # backwards, so that the first condition of the table is the one told
        condition = fit.conditions[c]
        text[m][MODES.index(condition.mode)] = condition.unmet.format(value=fit.values[m, c])
    return text
