"""Sectors of the world input–output table: who buys how much from home and from abroad; and what sizes predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.select.estimate import predict_missing
from beachhead.select.flows import exporter_names, places

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


def size_covariates(evidence: Evidence) -> Floats:
    """ln GDP and ln income per head of every market, (M, 2): what missing sizes are predicted from."""
    facts = evidence.facts()
    columns = [facts.indicators.index(i) for i in ("gdp_usd", "gni_per_capita")]
    return np.asarray(np.log(facts.value[:, columns]))


@dataclass(frozen=True, slots=True, eq=False)
class SectorTrade:
    """A sector in the world input–output table: purchases (M, E) of each market from each economy, USD."""

    purchases: Floats
    known: NDArray[np.bool_]

    @property
    def total(self) -> Floats:
        """All purchases of each market (M,); nan where unknown."""
        return np.where(self.known, self.purchases.sum(1), np.nan)

    def import_share(self) -> Floats:
        """Share of purchases that comes from abroad (M,)."""
        return 1 - self._domestic() / self.total

    def export_share(self) -> Floats:
        """Share of sales that goes abroad (M,)."""
        m = len(self.known)
        sales = self.purchases.sum(0)[:m]
        return np.where(self.known, 1 - self._domestic() / np.where(sales > 0, sales, np.nan), np.nan)

    def _domestic(self) -> Floats:
        return np.diag(self.purchases[:, : len(self.known)])


def sector_trade(sector: str, evidence: Evidence) -> SectorTrade:
    """Purchases of one ICIO sector's output (2022, as inputs), over the markets."""
    rows = evidence.query("icio_demand", sector=sector)
    exporters = exporter_names(evidence, rows["exporter"])
    i, e = places(evidence.markets, rows["importer"]), places(exporters, rows["exporter"])
    matrix = np.zeros((len(evidence.markets), len(exporters)))
    inside = i >= 0
    np.add.at(matrix, (i[inside], e[inside]), rows["value_usd"][inside].astype(np.float64))
    return SectorTrade(matrix, matrix.sum(1) > 0)


def icio_sector(hs2: str, evidence: Evidence) -> str:
    """The input–output sector that makes a chapter's goods."""
    rows = evidence.query("hs_icio_all")
    return str(dict(zip(rows["hs2"].tolist(), rows["icio"].tolist(), strict=True))[hs2])


def filled_share(share: Floats, evidence: Evidence) -> Floats:
    """A share in (0, 1) for every market: unknown ones from size, on the logit scale."""
    s = np.clip(share, 0.02, 0.98)
    logit, _ = predict_missing(np.log(s / (1 - s)), size_covariates(evidence))
    return np.asarray(1 / (1 + np.exp(-logit)))


def log_or_nan(x: Floats) -> Floats:
    """Natural logarithm, nan where x is not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan)
