"""The candidates of a plan as plain numbers: what the programme and the simulation both reckon with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.likeness import cuts, remembered, traits
from beachhead.enter.modes import MODES, reach
from beachhead.enter.result import ModeChoice
from beachhead.enter.tables import number
from beachhead.enter.value import supply_cap
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, running, sales_abroad
from beachhead.rollout.result import Bools, Ints
from beachhead.rollout.tables import AREAS, Area, areas, by_mode
from beachhead.select.result import Selection

WEEKS_A_QUARTER = 13.0
DAYS_A_QUARTER = 91.25


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """N candidate markets × 7 modes; USD, a quarter where a flow; hours a quarter.

    ``rows`` (N,) in the selection. ``potential`` (N,) median USD a year; its logarithm is uncertain by ``root`` @ z +
    ``own_sd`` × w with standard normal z (K,), which markets share, and w (N,); ``cap``: the most the firm can deliver
    to one.
    ``sold`` (N, 7): mature sales per USD of potential. Of a dollar of sales ``kept`` (7,) is income, and ``goods`` (7,)
    is what the firm pays for the goods itself; ``delay`` (7,): quarters until a customer pays.
    ``entry`` (N, 7): set-up before likeness; ``held`` (N, 3): cuts (geography, language, income) that markets of the
    firm's past give already; ``cut`` (3,) their sizes; ``alike`` (N, N, 3): whether having been in the column's market
    gives the row's market that cut. ``hours`` (N, 7, 5) by operational area, ``hour_usd`` what one costs at home.
    ``mode_now`` (N,): heaviest mode that runs, −1 none; ``tenure`` (N,): quarters it has run. ``region`` (N, N): same
    region or alike; ``accessible`` (N,). ``hazard`` (N,): how much more often than usual a presence ends there.
    """

    markets: tuple[str, ...]
    rows: Ints
    potential: Floats
    root: Floats
    own_sd: Floats
    cap: float
    sold: Floats
    kept: Floats
    goods: Floats
    delay: Floats
    entry: Floats
    entry_sd_log: Floats
    held: Bools
    cut: Floats
    alike: Bools
    fixed: Floats
    staff: Floats
    leave: Floats
    switch: Floats
    switch_at: Floats
    weeks: Floats
    hours: Floats
    hour_usd: float
    open: Bools
    mode_now: Ints
    tenure: Ints
    region: Bools
    accessible: Bools
    hazard: Floats

    @property
    def cov(self) -> Floats:
        """Of ln potential, (N, N)."""
        return np.asarray(self.root @ self.root.T + np.diag(self.own_sd**2))

    @property
    def sd(self) -> Floats:
        """Of ln potential, (N,)."""
        return np.asarray(np.hypot(np.linalg.norm(self.root, axis=1), self.own_sd))


def figures(
    firm: Firm, evidence: Evidence, selection: Selection, modes: ModeChoice, markets: tuple[str, ...]
) -> Figures:
    """Gather what the stages to the left found about ``markets``."""
    assumed = Assumptions(firm.assumptions)
    rows = np.array([selection.row(m) for m in markets], dtype=np.intp)
    margin = firm.sales.gross_margin
    hours = hours_by_area(selection, modes, rows, assumed)
    hour_usd = float(np.median(modes.staff_usd_quarter / modes.hours_quarter))
    alike = likeness_between(evidence, markets, markets, assumed)
    been = remembered(firm, evidence.vintage, assumed["out_quarters"])
    now, tenure = running_modes(firm, evidence.vintage, markets)
    region = np.array([evidence.catalogue.countries[m].region for m in markets])
    sold = reach(firm.sector, assumed) * modes.fit[rows]
    return Figures(
        markets=markets,
        rows=rows,
        potential=known_potential(firm, evidence.vintage, markets, selection.potential.median_usd[rows], sold, now),
        root=selection.potential.root[rows],
        own_sd=selection.potential.own_sd[rows],
        cap=supply_cap(firm, assumed),
        sold=sold,
        kept=number("margin_kept", assumed) * margin,
        goods=by_mode("own_goods", assumed) * (1.0 - margin),
        delay=by_mode("receivable_days", assumed) / DAYS_A_QUARTER,
        entry=modes.entry_usd[rows],
        entry_sd_log=modes.cost_sd_log[rows],
        held=np.asarray(likeness_between(evidence, markets, been, assumed).any(axis=1)),
        cut=cuts()[0],
        alike=alike,
        fixed=modes.fixed_usd_quarter[rows],
        staff=hour_usd * hours.sum(axis=2),
        leave=modes.exit_usd[rows],
        switch=modes.switch_usd[rows],
        switch_at=modes.switch_at_usd[rows],
        weeks=modes.weeks[rows],
        hours=hours,
        hour_usd=hour_usd,
        open=modes.open[rows],
        mode_now=now,
        tenure=tenure,
        region=(region[:, None] == region[None, :]) | alike[..., :2].any(axis=2),
        accessible=selection.accessibility.mean[rows] >= selection.middle[1],
        hazard=selection.factors.hazard[rows],
    )


def known_potential(
    firm: Firm, as_of: str, markets: tuple[str, ...], median: Floats, sold: Floats, now: Ints
) -> Floats:
    """Median potential (N,) of which the mode that runs sells what the firm says it sells.

    Where sales are known the median speaks of them, not of all that the market could hold: the mode's share is undone.
    """
    known = sales_abroad(firm, as_of)
    seen = np.array([m in known for m in markets], dtype=bool) & (now >= 0)
    part = sold[np.arange(len(markets)), np.maximum(now, 0)]
    return np.where(seen, median / np.maximum(part, 1e-9), median)


def likeness_between(
    evidence: Evidence, markets: tuple[str, ...], been: tuple[str, ...], assumed: Assumptions
) -> Bools:
    """Which traits (geography, language, income) each of ``markets`` shares with each of ``been``, (N, B, 3).

    Nothing is shared with itself: the cut for a market where the firm is comes as the price of a switch.
    """
    countries, near = evidence.catalogue.countries, assumed["near_km"]
    shared = [
        traits(b, markets, countries, evidence.query("pairs_from", home=b), near) & (np.array(markets) != b)[:, None]
        for b in been
    ]
    return np.stack(shared, axis=1) if shared else np.zeros((len(markets), 0, 3), dtype=bool)


def running_modes(firm: Firm, as_of: str, markets: tuple[str, ...]) -> tuple[Ints, Ints]:
    """The heaviest mode in which the firm sells in each market now, −1 for none, and quarters since its first sale."""
    from beachhead.enter.tables import commitment

    mode, tenure = np.full(len(markets), -1), np.zeros(len(markets), dtype=np.intp)
    for p in running(firm, as_of):
        if p.country in markets:
            i, k = markets.index(p.country), MODES.index(p.mode)
            mode[i] = k if mode[i] < 0 or commitment()[k] > commitment()[mode[i]] else mode[i]
            tenure[i] = max(tenure[i], len(p.quarters(as_of)))
    return mode, tenure


def hours_by_area(selection: Selection, modes: ModeChoice, rows: Ints, assumed: Assumptions) -> Floats:
    """Staff hours a quarter, (N, 7, 5): the mode's hours by area, more where languages and clocks are apart.

    hours × share of the area × (1 + language load × share who speak none of the firm's languages + time-zone load ×
    hours of clock between).
    """
    raw = selection.raw
    language, clock = (raw.value[rows, raw.indicators.index(name)] for name in ("firm_languages", "timezone_gap"))
    share = np.stack([by_mode(f"load_{area}", assumed) for area in AREAS], axis=1)
    extra = extra_load(areas(), language, clock, assumed)
    return np.asarray(modes.hours_quarter[rows][..., None] * share[None] * extra[:, None])


def extra_load(table: tuple[Area, ...], language: Floats, clock: Floats, assumed: Assumptions) -> Floats:
    """What distance in language and clock adds to the hours of each area, as a factor, (N, 5).

    ``language`` (N,): share of the market that speaks a language the firm sells in; ``clock`` (N,): hours between.
    """
    tongue = np.array([assumed[f"language_load_{a.id}"] for a in table])
    zone = np.array([assumed[f"clock_load_{a.id}"] for a in table])
    return np.asarray(1.0 + tongue * (1.0 - language[:, None]) + zone * np.abs(clock)[:, None])
