"""The panel: every observed value of every country indicator and base series, by market and year."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from beachhead.evidence.build.derive import Grids, derive
from beachhead.evidence.build.grid import YEARS, Grid
from beachhead.evidence.build.money import vat_grid
from beachhead.evidence.build.series import european_tariff, read_inform, read_lpi, read_series, read_wgi
from beachhead.evidence.build.table import Raw, TableSpec
from beachhead.evidence.build.volatility import fx_volatility

SOURCES: Final = (
    "wdi", "wdi-2025-10", "wdi-gdp", "gapminder-sg", "wgi-2024", "lpi-2023", "wdi-tariff", "doing-business-2020",
    "inform-2025", "pwt-10.01", "hmrc-fx", "oecd-icio", "eu-vat-rates", "node-sales-tax", "known-sales-tax",
)  # fmt: skip


def read_grids(raw: Raw) -> Grids:
    """Every series we hold, derived ones included."""
    grids = read_series(raw) | read_wgi(raw) | read_lpi(raw) | read_inform(raw)
    grids["fx_volatility"] = fx_volatility(raw)
    grids["vat_rate"] = vat_grid(raw)
    grids["applied_tariff"] = european_tariff(grids["applied_tariff"], raw)
    return derive(grids, raw)


def grids_of(raw: Raw) -> Grids:
    """The grids of this build, read once."""
    grids: Grids = raw.share("grids", read_grids)
    return grids


def _rows(indicator: str, grid: Grid, markets: tuple[str, ...]) -> pa.Table:
    i, j = np.nonzero(grid.known)
    sd = grid.sd[i, j]
    return pa.table(
        {
            "indicator": pa.array([indicator] * len(i), pa.string()),
            "market": pa.array([markets[k] for k in i], pa.string()),
            "year": pa.array(YEARS[j], pa.int16()),
            "value": pa.array(grid.value[i, j]),
            "sd": pa.array(sd, mask=np.isnan(sd)),
            "source": pa.array(grid.source[i, j], pa.string()),
        }
    )


def panel(raw: Raw) -> pa.Table:
    """One row per indicator, market and year that a source gives. ``sd``: the standard error it publishes, or null."""
    catalogue, grids = raw.catalogue, grids_of(raw)
    names = (*catalogue.of_scope("country"), *catalogue.of_scope("base"))
    return pa.concat_tables(_rows(name, grids[name], catalogue.markets) for name in names)


TABLES: Final = (TableSpec("panel", SOURCES, panel),)
