"""Demand for services and inputs: what economies buy of a sector of the OECD's input–output table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.firm import Firm
from beachhead.select.columns import PREDICTED, column, known_or_predicted
from beachhead.select.estimate import predict_missing
from beachhead.select.result import IMPUTED, OBSERVED, SHARE_FLOOR, Column, Demand, Suppliers
from beachhead.select.sectors import SectorTrade, log_or_nan, sector_trade, size_covariates

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

YEAR, SOURCE = 2022, "oecd-icio"  # of the world input–output table


def services_demand(firm: Firm, code: str, evidence: Evidence, assumed: Assumptions) -> Demand:
    """Purchases of an ICIO sector over all markets: 2022 where the table has them, else predicted from size."""
    trade = sector_trade(code, evidence)
    if not trade.known.any():
        raise bad("sells.code", f"icio:{code}", "no such ICIO sector; `beachhead products search WORDS` finds the code")
    home = evidence.markets.index(firm.home)
    spend, extra = predict_missing(log_or_nan(trade.total), size_covariates(evidence))
    sd = np.where(trade.known, assumed["services_model_sd"], extra)
    return Demand(
        kind="services",
        label=f"ICIO {code}",
        code=f"icio:{code}",
        value=np.exp(spend),
        sd_log=sd,
        year=np.full(len(sd), YEAR, np.int16),
        status=np.where(trade.known, OBSERVED, IMPUTED).astype(np.int8),
        source=np.where(trade.known, SOURCE, PREDICTED).astype(object),
        expenditure=np.exp(spend),
        expenditure_sd=sd,
        home_expenditure=float(np.exp(spend[home])),
        home_expenditure_sd=float(sd[home]),
        growth=_services_growth(evidence, assumed["services_growth_sd"]),
        suppliers=_services_suppliers(trade, home),
        home_rca=_services_advantage(code, evidence, home),
        notes=_services_notes(trade),
    )


def _services_notes(trade: SectorTrade) -> tuple[str, ...]:
    return (
        f"Purchases by firms and governments of {int(trade.known.sum())} economies in 2022; who bought from whom "
        "is modelled by the OECD, and purchases by households are not split by seller.",
        "Elsewhere demand is predicted from GDP and income, and marked as imputed.",
        "No yearly series of purchases exists: growth of demand is the economy's own, held with a wide uncertainty.",
    )


def _services_suppliers(trade: SectorTrade, home: int) -> Suppliers:
    foreign = trade.purchases.copy()
    foreign[np.arange(len(foreign)), np.arange(len(foreign))] = 0
    total = foreign.sum(1)
    known = trade.known & (total > 0)
    share = np.divide(foreign, total[:, None], out=np.zeros_like(foreign), where=total[:, None] > 0)
    hhi = (share**2).sum(1)
    fill = np.median(share[known, home]) if known.any() else SHARE_FLOOR
    home_share = np.clip(np.where(known, share[:, home], fill), SHARE_FLOOR, 1)
    spread = float(np.std(np.log(home_share[known]))) if known.sum() > 1 else 1.0
    middle, width = np.median(hhi[known]), np.std(hhi[known])
    return Suppliers(
        known_or_predicted(np.where(known, hhi, middle), np.where(known, 0.05, width), YEAR, known, SOURCE),
        column(np.zeros(len(hhi)), 0.05, YEAR, IMPUTED, PREDICTED),  # one year tells no change
        known_or_predicted(home_share, np.where(known, 0.5, spread), YEAR, known, SOURCE),
    )


def _services_growth(evidence: Evidence, sd: float) -> Column:
    """Growth of the economy in place of growth of the purchases: log points a year, and a wide sd."""
    facts = evidence.facts()
    k = facts.indicators.index("gdp_growth")
    growth = np.log1p(np.maximum(facts.value[:, k], -50) / 100)
    return column(growth, np.hypot(facts.sd_t[:, k] / 100, sd), facts.year[:, k], IMPUTED, facts.source[:, k])


def _services_advantage(code: str, evidence: Evidence, home: int) -> float:
    rows = evidence.query("icio_exports_all")
    exporter, sector, value = (rows[c] for c in ("exporter", "sector", "value_usd"))
    mine, this = exporter == evidence.markets[home], sector == code
    if not mine.any():
        return float("nan")
    v = value.astype(np.float64)
    return float(v[mine & this].sum() / v[this].sum() / (v[mine].sum() / v.sum()))
