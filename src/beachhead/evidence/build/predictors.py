"""What a missing value may be predicted from besides the other indicators: region, income group, size and trade."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beachhead.evidence.build.panel import grids_of
from beachhead.evidence.build.series import codes_of
from beachhead.evidence.build.table import Raw
from beachhead.evidence.impute import standardise
from beachhead.evidence.model import Floats

TRADE_YEAR: Final = 2023
GIVEN: Final = ("population",)  # known everywhere, and a predictor of all else
CORE: Final = ("goods_imports", "goods_exports", "gdp_usd")  # completed in this order before all else


SMALLEST_GROUP: Final = 3  # a group of fewer (Venezuela, "Not classified") says nothing that its own row would not


def _dummies(labels: list[str]) -> Floats:
    groups = sorted(g for g in set(labels) if labels.count(g) >= SMALLEST_GROUP)
    return np.array([[label == group for group in groups] for label in labels], dtype=np.float64)


def log_population(raw: Raw) -> Floats:
    """Logarithm of the latest population (M,); every market has one."""
    grid = grids_of(raw)["population"]
    last = grid.value.shape[1] - 1 - np.argmax(grid.known[:, ::-1], axis=1)
    return np.asarray(np.log(grid.value[np.arange(len(last)), last]))


def base(raw: Raw) -> Floats:
    """Predictors (M, P) that every market has: region, income group, log population, whether it is tiny."""
    about_each = [raw.catalogue.countries[m] for m in raw.catalogue.markets]
    size = log_population(raw)
    columns = [
        _dummies([c.region for c in about_each]),
        _dummies([c.income_group for c in about_each]),
        np.column_stack([size, np.maximum(0.0, np.log(1e6) - size)]),
    ]
    return standardise(np.hstack(columns))


def about(raw: Raw) -> Floats:
    """What the spread of a prediction may depend on (M, 2): size, and smallness below a million people."""
    size = log_population(raw)
    return standardise(np.column_stack([size, np.maximum(0.0, np.log(1e6) - size)]))


def goods_trade(raw: Raw, column: str) -> Floats:
    """Log of all goods imported or exported in 2023 in dollars (M,), from BACI; NaN where it lists nothing."""
    table = pq.read_table(raw / "trade/baci_hs2_1995_2023/margins_country_hs2_year.parquet")
    table = table.filter(pc.equal(table["year"], TRADE_YEAR))
    total = table.group_by("country").aggregate([(column, "sum")]).to_pydict()
    code = codes_of(raw, "baci-hs2")
    by_market = {code(c): v for c, v in zip(total["country"], total[f"{column}_sum"], strict=True) if v}
    return np.array([np.log(by_market[m]) if m in by_market else np.nan for m in raw.catalogue.markets])


def auxiliary(raw: Raw) -> dict[str, Floats]:
    """Columns (M,) that predict but are not indicators themselves."""
    return {
        "goods_imports": goods_trade(raw, "imports_usd"),
        "goods_exports": goods_trade(raw, "exports_usd"),
    }
