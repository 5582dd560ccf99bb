"""From figures to scores: every figure on its scale, its value between the anchors, and the parts of the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import STATUSES, Facts, Floats, Indicator, Status
from beachhead.evidence.scale import sd_natural, to_scale
from beachhead.select.result import Demand
from beachhead.select.tables import AXES, criteria, indicator_weights
from beachhead.select.value import expected_value, line

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The decision table over all markets: scored indicators (K) grouped by axis, attractiveness first.

    ``centre``, ``spread`` (M, K): unclipped value at the mean figure and its sd; ``mean`` (M, K): expected value 0–1.
    """

    indicators: tuple[str, ...]
    criterion_of: tuple[str, ...]
    split: int
    centre: Floats
    spread: Floats
    mean: Floats
    raw: Facts


def scored_indicators(evidence: Evidence) -> tuple[str, ...]:
    """Indicators with a direction and a weight, in the order of the criteria tree (axes, then criteria)."""
    order = {c: k for k, c in enumerate(sorted(criteria(), key=lambda c: AXES.index(criteria()[c].axis)))}
    known = evidence.catalogue.indicators
    usable = [i for i in indicator_weights() if i in known and known[i].direction]
    return tuple(sorted(usable, key=lambda i: order[known[i].criterion]))


def product_columns(demand: Demand) -> dict[str, tuple[Floats, Floats]]:
    """Value and sd on the scale, (M,) each, of the indicators that depend on the product.

    Demand is scored as the market's share of the world's, so that large and small products share one yardstick.
    """
    return {
        "demand": (demand.value, demand.sd_log),
        "demand_growth": (demand.growth, demand.growth_sd),
        "supplier_hhi": (demand.suppliers.hhi, demand.suppliers.hhi_sd),
        "supplier_growth": (demand.suppliers.growth, demand.suppliers.growth_sd),
        "home_share": (demand.suppliers.home_share, demand.suppliers.home_share_sd),
    }


def gather(evidence: Evidence, demand: Demand, figures: dict[str, Floats], names: tuple[str, ...]) -> Facts:
    """All figures (M, K) behind the scores, whatever their scope, each with year, status and source."""
    facts, product = evidence.facts(), product_columns(demand)
    columns = [_column(name, facts, demand, product, figures, evidence) for name in names]
    value, sd_t, year, status, source = (np.column_stack(c) for c in zip(*columns, strict=True))
    transform = [evidence.catalogue.indicators[n].transform for n in names]
    sd = np.column_stack([sd_natural(value[:, k], sd_t[:, k], t) for k, t in enumerate(transform)])
    return Facts(
        evidence.markets, names, value.astype(np.float64), sd, sd_t.astype(np.float64), year.astype(np.int16),
        status.astype(np.int8), source.astype(object),
    )  # fmt: skip


Column = tuple[NDArray[Any], ...]  # value, sd on the scale, year, status, source; (M,) each


def _column(
    name: str, facts: Facts, demand: Demand, product: dict[str, tuple[Floats, Floats]],
    figures: dict[str, Floats], evidence: Evidence,
) -> Column:  # fmt: skip
    if name in facts.indicators:
        k = facts.indicators.index(name)
        return figures[name], facts.sd_t[:, k], facts.year[:, k], facts.status[:, k], facts.source[:, k]
    m = len(evidence.markets)
    if name in product:
        value, sd_t = product[name]
        return value, sd_t, demand.year, demand.status, demand.source
    indicator = evidence.catalogue.indicators[name]
    value, unknown = _filled(figures[name])
    status = np.where(unknown, STATUSES.index(Status.IMPUTED), STATUSES.index(_status_of(indicator)))
    sd_t = np.where(unknown, np.nanstd(value), 0.0)
    return value, sd_t, np.full(m, int(evidence.vintage[:4])), status, np.full(m, indicator.source, object)


def _status_of(indicator: Indicator) -> Status:
    return Status.USER if indicator.scope == "firm" else Status.OBSERVED


def _filled(x: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Unknown pair figures take the median, flagged."""
    unknown = np.isnan(x)
    return np.where(unknown, np.nanmedian(x), x), unknown


def scale_column(name: str, value: Floats, demand: Demand, transform: str) -> Floats:
    """A column on the scale on which it is scored."""
    if name == "demand":
        return to_scale(value / demand.value.sum(), transform)
    return to_scale(value, transform)


def decision_table(evidence: Evidence, demand: Demand, figures: dict[str, Floats]) -> Table:
    """Values of every market on every scored indicator, with their uncertainty."""
    names = scored_indicators(evidence)
    known = evidence.catalogue.indicators
    raw, anchors = gather(evidence, demand, figures, names), evidence.anchors()
    transform = [known[n].transform for n in names]
    x = np.column_stack([scale_column(n, raw.value[:, k], demand, transform[k]) for k, n in enumerate(names)])
    ends = np.array([[float(to_scale(a, t)) for a in anchors[n]] for n, t in zip(names, transform, strict=True)])
    direction = np.array([float(known[n].direction) for n in names])
    intercept, slope = line(ends[:, 0], ends[:, 1], direction)
    centre, spread = intercept + slope * x, np.abs(slope) * raw.sd_t
    criterion_of = tuple(known[n].criterion for n in names)
    split = sum(criteria()[c].axis == AXES[0] for c in criterion_of)
    return Table(names, criterion_of, split, centre, spread, expected_value(centre, spread), raw)
