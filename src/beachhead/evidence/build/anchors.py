"""Anchors: the values of each indicator that score 0 and 1, taken from the whole world and never from candidates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from beachhead.evidence.build import goods, pairs
from beachhead.evidence.build.panel import SOURCES
from beachhead.evidence.build.resolve import significant, world_of
from beachhead.evidence.build.table import Raw, TableSpec
from beachhead.evidence.model import Floats

LATEST: Final = (2021, 2023)  # years of trade whose mean counts as its present level
BEFORE: Final = (2016, 2018)
SPAN: Final = 5.0  # years between the middles of the two
SMALLEST: Final = 1e6  # USD a year: growth from less is noise
SCHEMA: Final = pa.schema([("indicator", pa.string()), ("low", pa.float64()), ("high", pa.float64())])


def chapter_imports(raw: Raw, years: tuple[int, int]) -> Floats:
    """Mean yearly imports in USD by chapter group and market (H, M) over some years; NaN where none are reported."""
    table = goods.goods_margins(raw)
    chosen = table.filter(pc.and_(pc.greater_equal(table["year"], years[0]), pc.less_equal(table["year"], years[1])))
    total = chosen.group_by(["hs2", "country"]).aggregate([("imports_usd", "mean")]).to_pylist()
    chapters = sorted({row["hs2"] for row in total})
    place = {market: k for k, market in enumerate(raw.catalogue.markets)}
    out = np.full((len(chapters), len(place)), np.nan)
    for row in total:
        if row["country"] in place and row["imports_usd_mean"]:
            out[chapters.index(row["hs2"]), place[row["country"]]] = row["imports_usd_mean"]
    return out


def demand_shares(raw: Raw) -> Floats:
    """Share of each market in the world's imports of each chapter group, pooled."""
    imports = chapter_imports(raw, LATEST)
    return np.asarray(imports / np.nansum(imports, axis=1, keepdims=True)).ravel()


def import_growth(raw: Raw) -> Floats:
    """Yearly growth of imports in log points, pooled over chapter groups and markets with more than a tiny base."""
    before, now = chapter_imports(raw, BEFORE), chapter_imports(raw, LATEST)
    return np.where(before >= SMALLEST, np.log(now / before) / SPAN, np.nan).ravel()


def supplier_shares(raw: Raw) -> pa.Table:
    """Observed suppliers of the latest year with their share in the market's imports of the chapter group."""
    flows, margins = goods.goods_pairs(raw), goods.goods_margins(raw)
    flows = flows.filter(pc.equal(flows["year"], LATEST[1]))
    imports = margins.filter(pc.equal(margins["year"], LATEST[1])).select(["hs2", "country", "imports_usd"])
    joined = flows.join(imports, keys=["hs2", "importer"], right_keys=["hs2", "country"], join_type="inner")
    share = pc.divide(pc.cast(joined["value_usd"], pa.float64()), joined["imports_usd"])
    return joined.append_column("share", pc.min_element_wise(share, 1.0))


def concentrations(raw: Raw) -> Floats:
    """Sum of squared supplier shares, by market and chapter group."""
    table = supplier_shares(raw)
    squared = table.append_column("squared", pc.power(table["share"], 2.0))
    return np.asarray(squared.group_by(["hs2", "importer"]).aggregate([("squared", "sum")])["squared_sum"])


def revealed_advantages(raw: Raw) -> Floats:
    """Balassa's index of every exporter and chapter group in the latest year, where it exports at all."""
    table = goods.goods_margins(raw)
    rows = table.filter(pc.equal(table["year"], LATEST[1]))
    hs2, country = (np.unique(np.asarray(rows[c]), return_inverse=True)[1] for c in ("hs2", "country"))
    exports = np.zeros((hs2.max() + 1, country.max() + 1))
    exports[hs2, country] = np.nan_to_num(np.asarray(rows["exports_usd"], dtype=np.float64))
    share = exports / exports.sum(axis=0)
    index = share / (exports.sum(axis=1) / exports.sum())[:, None]
    return np.asarray(index[index > 0])


def pair_values(raw: Raw, column: str) -> Floats:
    """A variable of all ordered pairs of two different markets."""
    table: pa.Table = raw.share("pairs", pairs.pairs)
    abroad = table.filter(pc.not_equal(table["origin"], table["destination"]))
    return np.asarray(abroad[column], dtype=np.float64)


def world_values(raw: Raw, indicator: str) -> Floats:
    """The values of a country indicator over all markets."""
    world = world_of(raw)
    return world.value[:, world.indicators.index(indicator)]


POOLS: Final[dict[str, Callable[[Raw], Floats]]] = {  # indicators whose world is not one value per market
    "demand": demand_shares,
    "demand_growth": import_growth,
    "supplier_growth": import_growth,
    "supplier_hhi": concentrations,
    "home_share": lambda raw: np.asarray(supplier_shares(raw)["share"]),
    "home_rca": revealed_advantages,
    "distance": lambda raw: pair_values(raw, "distance"),
    "language_overlap": lambda raw: pair_values(raw, "language_overlap"),
    "timezone_gap": lambda raw: pair_values(raw, "timezone_gap"),
    "home_fx_volatility": lambda raw: world_values(raw, "fx_volatility"),  # so that two homes share one scale
}


def anchor(raw: Raw, indicator: str) -> tuple[float, float]:
    """Low and high anchor in the natural unit; for ``demand`` as a share of the world's.

    A yes-or-no and a share that the firm states lie between 0 and 1 as they are.
    """
    about = raw.catalogue.indicators[indicator]
    if about.scope == "country":
        values = world_values(raw, indicator)
    elif indicator in POOLS:
        values = POOLS[indicator](raw)
    else:
        return 0.0, 1.0
    low, high = np.nanpercentile(values, [about.anchor_low_pct, about.anchor_high_pct])
    low, high = significant(np.array([low, high]))
    return float(low), float(high)


def anchors(raw: Raw) -> pa.Table:
    """The anchors of every indicator that can be scored, but for what a model says: it brings its own."""
    names = [n for n, about in raw.catalogue.indicators.items() if about.scope not in ("base", "model")]
    rows = [dict(zip(SCHEMA.names, (n, *anchor(raw, n)), strict=True)) for n in names]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


TABLES: Final = (
    TableSpec(
        "anchors",
        (*SOURCES, "beachhead-imputation", "baci-hs2", "cepii-geodist", "cldr-48", "tzdata-2025b", "beachhead-derived"),
        anchors,
    ),
)
