"""Series computed from other series: each formula is an entry of ``DERIVED``, and the catalogue says it in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from beachhead.evidence.build.grid import (
    Grid,
    Observation,
    carry,
    combine,
    fill_markets,
    fill_years,
    from_rows,
    rolling,
)
from beachhead.evidence.build.table import Raw
from beachhead.evidence.model import Floats

Grids = dict[str, Grid]

SHARE_CARRIED: Final = 8  # years for which the household share of GDP stands: the Penn World Table ends in 2019
ICIO_YEAR: Final = 2022
MILLION: Final = 1e6


def value_added(raw: Raw) -> list[Observation]:
    """Value added of each economy in the OECD's tables: its GDP without taxes on products, a few per cent less."""
    import pyarrow.parquet as pq

    nodes = pq.read_table(raw / "trade/icio_2022/icio2022_nodes.parquet")
    total = nodes.group_by("country").aggregate([("gross_output_musd", "sum"), ("intermediate_inputs_musd", "sum")])
    return [
        (row["country"], ICIO_YEAR, MILLION * (row["gross_output_musd_sum"] - row["intermediate_inputs_musd_sum"]),
         None, "oecd-icio")
        for row in total.to_pylist()
    ]  # fmt: skip


def change_percent(level: Floats) -> Floats:
    """Yearly growth (M, Y) in per cent of a level (M, Y); NaN in the first year."""
    growth = np.full_like(level, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth[:, 1:] = 100.0 * (level[:, 1:] / level[:, :-1] - 1.0)
    return growth


def log_change_percent(level: Floats) -> Floats:
    """Yearly growth (M, Y) in log per cent, as the World Bank states the growth of population."""
    return 100.0 * np.log1p(change_percent(level) / 100.0)


def gdp_usd(grids: Grids, raw: Raw) -> Grid:
    """World Bank; where it is silent (Taiwan), dollars of the Penn World Table and then the OECD's value added."""
    output, price = grids["output_pwt"], grids["price_level_pwt"]
    pwt = combine(MILLION * output.value * price.value, output)
    icio = from_rows(value_added(raw), raw.catalogue.markets)
    return fill_markets(grids["gdp_usd"], fill_years(pwt, icio))


def gdp_growth_annual(grids: Grids, raw: Raw) -> Grid:
    """World Bank; newer years from GDP at constant prices.

    The Penn World Table's output-side GDP moves with the terms of trade and is no substitute: Taiwan stays unknown.
    """
    constant = grids["gdp_constant_usd"]
    return fill_years(grids["gdp_growth_annual"], combine(change_percent(constant.value), constant))


def population_growth(grids: Grids, raw: Raw) -> Grid:
    """World Bank; for its smaller economies and Taiwan, from the population itself."""
    people = grids["population"]
    return fill_years(grids["population_growth"], combine(log_change_percent(people.value), people))


def trade_openness(grids: Grids, raw: Raw) -> Grid:
    """World Bank; newer years from the shares of exports and imports."""
    imports, exports = grids["imports_share"], grids["exports_share"]
    return fill_years(grids["trade_openness"], combine(imports.value + exports.value, imports, exports))


def imports_usd(grids: Grids, raw: Raw) -> Grid:
    """Imports as a share of GDP, times GDP."""
    share, gdp = grids["imports_share"], grids["gdp_usd"]
    return combine(share.value / 100.0 * gdp.value, share, gdp)


def consumption_per_capita(grids: Grids, raw: Raw) -> Grid:
    """Household share of GDP, carried on from 2019, times GDP per head of the year."""
    share, gdp, people = carry(grids["household_share"], SHARE_CARRIED), grids["gdp_usd"], grids["population"]
    return combine(share.value * gdp.value / people.value, share, gdp, people)


def mean_of(series: str, take: int, least: int) -> Callable[[Grids, Raw], Grid]:
    """Rolling mean of another series."""
    return lambda grids, raw: rolling(grids[series], take, least, "mean")


def sd_of(series: str, take: int, least: int) -> Callable[[Grids, Raw], Grid]:
    """Rolling standard deviation of another series."""
    return lambda grids, raw: rolling(grids[series], take, least, "sd")


DERIVED: Final[dict[str, Callable[[Grids, Raw], Grid]]] = {  # in this order: later ones use earlier ones
    "gdp_usd": gdp_usd,
    "gdp_growth_annual": gdp_growth_annual,
    "gdp_growth": mean_of("gdp_growth_annual", take=5, least=3),
    "population_growth": population_growth,
    "trade_openness": trade_openness,
    "imports_usd": imports_usd,
    "consumption_per_capita": consumption_per_capita,
    "inflation": mean_of("inflation_annual", take=3, least=2),
    "inflation_volatility": sd_of("inflation_annual", take=10, least=5),
    "fdi_inflow": mean_of("fdi_inflow_annual", take=3, least=2),
}


def derive(grids: Grids, raw: Raw) -> Grids:
    """All grids with the derived ones added or completed."""
    done = dict(grids)
    for name, formula in DERIVED.items():
        done[name] = formula(done, raw)
    return done
