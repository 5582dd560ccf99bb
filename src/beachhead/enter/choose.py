"""How to enter: the mode of each market, with its fit, cost, worth and the stages that may follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.enter.cost import Cost, costs, obstacles
from beachhead.enter.fit import Fit, Setting, assess
from beachhead.enter.likeness import Discount, discount
from beachhead.enter.modes import MODES, reach, restrictions
from beachhead.enter.reasons import first_reason, money_reason, reasons, why_not
from beachhead.enter.result import ModeChoice, Stage
from beachhead.enter.stages import path
from beachhead.enter.tables import commitment, likeness
from beachhead.enter.value import Lines, heavier, lines, mode_value, potential_bins, supply_cap, thresholds
from beachhead.evidence.model import Floats
from beachhead.firm import Firm

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.select.result import Potential, Selection


@dataclass(frozen=True, slots=True, eq=False)
class Workings:
    """All that the choice rests on. ``names`` of countries by code; ``value`` (M, 7) USD; ``obstacles`` (M, 7) texts;
    ``open`` (M, 7): modes that make sense and whose musts are met; ``follow`` (M, 7, 7)."""

    firm: Firm
    assumed: Assumptions
    names: Mapping[str, str]
    potential: Potential
    cut: Discount
    fit: Fit
    cost: Cost
    lines: Lines
    open: NDArray[np.bool_]
    follow: NDArray[np.bool_]
    value: Floats
    obstacles: tuple[tuple[str, ...], ...]

    @property
    def feasible(self) -> NDArray[np.bool_]:
        """Modes without an obstacle, (M, 7)."""
        return np.array([[not why for why in row] for row in self.obstacles], dtype=bool)

    @property
    def pays(self) -> NDArray[np.bool_]:
        """Markets where at least one open mode is expected to earn its cost, affordable or not, (M,)."""
        earns: NDArray[np.bool_] = np.any(self.open & (self.value >= 0.0), axis=1)
        return earns


def choose_modes(firm: Firm, evidence: Evidence, selection: Selection) -> ModeChoice:
    """The best mode of entry for every ranked market.

    Of the modes that are feasible – they make sense for the product, their musts are met, cash and hours suffice – the
    one that is worth most: margin kept × reach × potential × fit, less cost, over the horizon, discounted, with the
    right to stop or to go on to a heavier mode after a year, and drawn towards the worse half as the owner shuns risk.
    Method: ``docs/methods/enter.md``.
    """
    w = work_out(firm, evidence, selection)
    best = best_modes(w.value, w.feasible, w.cost.setup, sensible=sensible_modes(firm))
    return gather(w, best, all_paths(w, best))


def work_out(firm: Firm, evidence: Evidence, selection: Selection) -> Workings:
    """Fit, cost and worth of every mode in every market."""
    assumed = Assumptions(firm.assumptions)
    setting = Setting(firm, selection.markets, evidence.facts(), assumed, evidence.vintage)
    pairs_from = partial(pairs_of, evidence)
    cut = discount(firm, selection.markets, evidence.catalogue.countries, pairs_from, evidence.vintage, assumed)
    fit = assess(setting)
    home_income = evidence.fact("gni_per_capita", firm.home).value
    cost = costs(setting, cut, likeness()["joint"].mean, home_income, selection.factors)
    x = lines(firm, cost, reach(firm.sector, assumed), fit.value, assumed, selection.factors.hazard)
    opened = open_modes(firm, fit)
    follow = heavier(opened)
    p = potential_bins(selection.potential.median_usd, selection.potential.sd_log, supply_cap(firm, assumed))
    value = mode_value(x, cost, p, follow, firm.attitude.risk_appetite)
    names = {code: country.name for code, country in evidence.catalogue.countries.items()}
    why = obstacles(setting, fit, cost)
    return Workings(firm, assumed, names, selection.potential, cut, fit, cost, x, opened, follow, value, why)


def pairs_of(evidence: Evidence, market: str) -> dict[str, NDArray[np.generic]]:
    """What lies between one market and all others."""
    return evidence.query("pairs_from", home=market)


def sensible_modes(firm: Firm) -> NDArray[np.bool_]:
    """Modes that make sense for what the firm sells, (7,)."""
    return np.array([not why for why in restrictions(firm)])


def open_modes(firm: Firm, fit: Fit) -> NDArray[np.bool_]:
    """Modes that make sense and whose musts are met, whatever the firm can afford today, (M, 7)."""
    of_mode = np.array([[c.mode == k for k in MODES] for c in fit.conditions])
    met: NDArray[np.bool_] = fit.barred.astype(float) @ of_mode == 0
    return met & sensible_modes(firm)


def best_modes(
    value: Floats, feasible: NDArray[np.bool_], setup: Floats, *, sensible: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """Column of the best mode by market, (M,): worth most among the feasible, the lighter of equals.

    Where nothing is feasible, the cheapest to set up of those that make sense.
    """
    order = np.argsort(commitment(), kind="stable")
    worth = np.where(feasible, value, -np.inf)[:, order]
    cheapest = np.where(sensible, setup, np.inf).argmin(axis=1)
    best: NDArray[np.intp] = np.where(feasible.any(axis=1), order[worth.argmax(axis=1)], cheapest)
    return best


def all_paths(w: Workings, best: NDArray[np.intp]) -> tuple[tuple[Stage, ...], ...]:
    """The staged path of every market."""
    at, cap = thresholds(w.lines, w.cost), supply_cap(w.firm, w.assumed)
    quarters = int(w.assumed["tenure_quarters"])
    median, sd = w.potential.median_usd, w.potential.sd_log
    return tuple(
        path(int(b), at[m], w.lines.sold[m], w.follow[m], float(median[m]), float(sd[m]), cap, quarters)
        for m, b in enumerate(best)
    )


def gaps(w: Workings, m: int, best: int) -> Floats:
    """How far each mode is behind the best one in market ``m``, as logarithms, (7, 4).

    By cause: set-up cost, running cost, share of sales reached and kept, fit.
    """
    fit = np.maximum(w.fit.value[m], 1e-9)
    kept = np.maximum(w.lines.share[m] / fit, 1e-9)
    behind = np.log(np.column_stack([w.cost.setup[m] + 1.0, w.lines.yearly[m] + 1.0, 1.0 / kept, 1.0 / fit]))
    gap: Floats = behind - behind[best]
    return gap


def sentences(w: Workings, m: int, best: int) -> tuple[tuple[str, ...], str]:
    """The reasons for the best mode of a market, and why not the next best."""
    known = tuple(w.names[code] for code in w.cut.sources[m])
    money = money_reason(w.value[m, best], w.cost.setup[m, best], w.cut.mean[m], known, w.assumed["horizon_years"])
    blocked = w.obstacles[m]
    first = first_reason(blocked[best], money, bool(w.pays[m]))
    return reasons(w.fit, m, best, first), why_not(best, w.value[m], blocked, gaps(w, m, best))


def gather(w: Workings, best: NDArray[np.intp], stages: tuple[tuple[Stage, ...], ...]) -> ModeChoice:
    """The result, with its sentences."""
    told = [sentences(w, m, int(b)) for m, b in enumerate(best)]
    return ModeChoice(
        modes=MODES,
        fit=w.fit.value,
        potential_usd=w.potential.median_usd[:, None] * reach(w.firm.sector, w.assumed),
        cost_usd=w.cost.setup,
        cost_sd_log=w.cost.setup_sd_log,
        entry_usd=w.cost.entry,
        fixed_usd_quarter=w.cost.fixed,
        hours_quarter=w.cost.hours,
        staff_usd_quarter=w.cost.staff,
        exit_usd=w.cost.leave,
        switch_usd=w.cost.switch,
        switch_at_usd=np.where(w.follow, thresholds(w.lines, w.cost), np.inf),
        weeks=w.cost.weeks,
        value_usd=w.value,
        open=w.open,
        feasible=w.feasible,
        obstacles=w.obstacles,
        best=tuple(MODES[b] for b in best),
        reasons=tuple(why for why, _ in told),
        why_not=tuple(other for _, other in told),
        path=stages,
        discount=w.cut.mean,
        discount_sd=w.cut.sd,
        discount_from=w.cut.sources,
        assumptions=w.assumed.changed("enter"),
    )
