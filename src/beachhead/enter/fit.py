"""Fit of the modes: needs of the firm × conditions of the market, each a weighted mean of scores from 0 to 1."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.enter.modes import MODES
from beachhead.enter.tables import Condition, conditions, levels
from beachhead.evidence.model import Facts, Floats
from beachhead.firm import Firm, sells_goods

QUARTERS_A_YEAR = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """The firm before M markets: what the conditions of ``mode_conditions.csv`` are measured on."""

    firm: Firm
    markets: tuple[str, ...]
    facts: Facts  # of the world; rows are looked up by market
    assumed: Assumptions
    as_of: str  # vintage of the facts, e.g. 2026-11: where the firm is now is meant at that date

    def indicator(self, name: str) -> Floats:
        """Values of a country-wide indicator in the markets, (M,)."""
        rows = [self.facts.markets.index(m) for m in self.markets]
        return self.facts.value[rows, self.facts.indicators.index(name)]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """``value`` (M, 7) = ``firm`` × ``market``; ``scores`` (M, C) by condition, ``values`` (M, C) what was measured;
    ``barred`` (M, C) where a must is not met; ``weights`` (C,)."""

    value: Floats
    firm: Floats
    market: Floats
    conditions: tuple[Condition, ...]
    scores: Floats
    values: Floats
    barred: NDArray[np.bool_]
    weights: Floats


def ramp(x: Floats, low: float, high: float) -> Floats:
    """0 at ``low`` and below, 1 at ``high`` and above, straight between."""
    return np.clip((x - low) / (high - low), 0.0, 1.0)


def knowledge(setting: Setting) -> Floats:
    """How well somebody in the firm knows each market, 0–1: years lived or sold there over the years it takes.

    A quarter in which the firm sold there in two ways counts once.
    """
    years = dict.fromkeys(setting.markets, 0.0)
    for e in setting.firm.experience:
        years[e.country] = years.get(e.country, 0.0) + e.years
    sold: dict[str, set[int]] = {}
    for p in setting.firm.presence:
        sold.setdefault(p.country, set()).update(p.quarters(setting.as_of))
    known = [years[m] + len(sold.get(m, ())) / QUARTERS_A_YEAR for m in setting.markets]
    return ramp(np.array(known), 0.0, setting.assumed["full_knowledge_years"])


def partners(setting: Setting) -> Floats:
    """How near the firm is to a partner in each market, 0–1: the chance that one of its contacts becomes one."""
    miss = dict.fromkeys(setting.markets, 1.0)
    for c in setting.firm.contacts:
        chance = setting.assumed[f"partner_from_{c.kind}"]
        miss[c.country] = miss.get(c.country, 1.0) * (1.0 - chance) ** c.count
    return 1.0 - np.array([miss[m] for m in setting.markets])


def _everywhere(setting: Setting, x: float) -> Floats:
    return np.full(len(setting.markets), x)


FIRM_SUBJECTS: dict[str, Callable[[Setting], Floats]] = {
    "knowledge": knowledge,
    "partners": partners,
    "codifiability": lambda s: _everywhere(s, s.firm.attitude.codifiability),
    "team": lambda s: _everywhere(s, s.firm.capacity.team),
}


def wanted(firm: Firm, subject: str) -> Floats:
    """How far each mode meets what the owner wants, (7,): 1 less what is missing (or, for risk, too much)."""
    missing = {
        "speed": firm.attitude.speed - levels("speed"),
        "control": firm.attitude.control - levels("control"),
        "risk": levels("resources") - firm.attitude.risk_appetite,
    }[subject]
    return 1.0 - np.maximum(missing, 0.0)


def care(firm: Firm, subject: str) -> float:
    """How much the owner minds, 0–2: 1 at the middle of the scale; who does not mind risk cares little for it."""
    a = firm.attitude
    return 2.0 * {"speed": a.speed, "control": a.control, "risk": 1.0 - a.risk_appetite}[subject]


def score(setting: Setting, c: Condition) -> tuple[Floats, Floats]:
    """Score of one condition in each market, and what was measured there; both (M,)."""
    if c.kind == "want":
        met = _everywhere(setting, float(wanted(setting.firm, c.subject)[MODES.index(c.mode)]))
        return met, met
    if c.kind == "firm":
        measured = FIRM_SUBJECTS[c.subject](setting)
        return ramp(measured, c.low, c.high), measured
    measured = setting.indicator(c.subject)
    met = ramp(measured, c.low, c.high)
    if c.kind == "rights":
        met = 1.0 - c.exposure * setting.firm.attitude.protection * (1.0 - met)
    return met, measured


def assess(setting: Setting) -> Fit:
    """Fit of every mode in every market.

    The firm's side weighs what the owner wants, what the firm can do and how safe its rights are; the market's side
    weighs the conditions there. The two sides multiply: a mode that one of them defeats does not fit.
    """
    offer = "goods" if sells_goods(setting.firm) else "services"
    used = tuple(c for c in conditions() if c.offer in ("any", offer))
    pairs = [score(setting, c) for c in used]
    scores, values = (np.column_stack([p[i] for p in pairs]) for i in (0, 1))
    weight = np.array([c.weight * (care(setting.firm, c.subject) if c.kind == "want" else 1.0) for c in used])
    own = np.array([c.kind != "market" for c in used])
    firm, market = weighted(scores, used, weight * own), weighted(scores, used, weight * ~own)
    barred = np.array([c.must for c in used]) & (scores <= 0.0)
    return Fit(firm * market, firm, market, used, scores, values, barred, weight)


def weighted(scores: Floats, used: tuple[Condition, ...], weights: Floats) -> Floats:
    """Weighted mean of the conditions by mode, (M, 7), for ``weights`` (C,); 1 where a mode has none."""
    of_mode = np.array([[c.mode == m for m in MODES] for c in used])
    weight = of_mode * weights[:, None]
    total = weight.sum(axis=0)
    mean: Floats = np.where(total > 0, scores @ weight / np.where(total > 0, total, 1.0), 1.0)
    return mean
