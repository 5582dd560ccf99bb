"""From figures to scores: every figure on its scale, its value between the anchors, and the parts of the score."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from beachhead.errors import BeachheadError
from beachhead.evidence.model import Facts, Floats
from beachhead.evidence.scale import sd_natural, to_scale
from beachhead.select.prospect import INDICATOR, scale
from beachhead.select.result import Column, Demand
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


def with_prospect(names: tuple[str, ...], evidence: Evidence, columns: dict[str, Column]) -> tuple[str, ...]:
    """The indicators with the model's chance at the end of its criterion, where there is one."""
    if INDICATOR not in columns:
        return names
    known = evidence.catalogue.indicators
    same = [k for k, n in enumerate(names) if known[n].criterion == known[INDICATOR].criterion]
    return (*names[: same[-1] + 1], INDICATOR, *names[same[-1] + 1 :])


def product_columns(demand: Demand) -> dict[str, Column]:
    """The indicators that depend on the product.

    Demand is scored as the market's share of the world's, so that large and small products share one yardstick.
    """
    return {
        "demand": Column(demand.value, demand.sd_log, demand.year, demand.status, demand.source),
        "demand_growth": demand.growth,
        "supplier_hhi": demand.suppliers.hhi,
        "supplier_growth": demand.suppliers.growth,
        "home_share": demand.suppliers.home_share,
    }


def gather(evidence: Evidence, columns: dict[str, Column], names: tuple[str, ...]) -> Facts:
    """All figures (M, K) behind the scores, whatever their scope, each with year, status and source."""
    chosen = [columns[n] for n in names]
    value, sd_t, year, status, source = (np.column_stack([getattr(c, f.name) for c in chosen]) for f in fields(Column))
    transform = [evidence.catalogue.indicators[n].transform for n in names]
    sd = np.column_stack([sd_natural(value[:, k], sd_t[:, k], t) for k, t in enumerate(transform)])
    return Facts(evidence.markets, names, value, sd, sd_t, year, status, source)


def scale_column(name: str, value: Floats, demand: Demand, transform: str) -> Floats:
    """A column on the scale on which it is scored."""
    if name == "demand":
        return to_scale(value / demand.value.sum(), transform)
    return to_scale(value, transform)


def decision_table(evidence: Evidence, demand: Demand, columns: dict[str, Column]) -> Table:
    """Values of every market on every scored indicator, with their uncertainty."""
    names = with_prospect(scored_indicators(evidence), evidence, columns)
    known = evidence.catalogue.indicators
    raw = gather(evidence, columns | product_columns(demand), names)
    anchors = evidence.anchors() | {INDICATOR: (scale().low, scale().high)}
    transform = [known[n].transform for n in names]
    x = np.column_stack([scale_column(n, raw.value[:, k], demand, transform[k]) for k, n in enumerate(names)])
    ends = np.array([[float(to_scale(a, t)) for a in anchors[n]] for n, t in zip(names, transform, strict=True)])
    direction = np.array([float(known[n].direction) for n in names])
    intercept, slope = line(ends[:, 0], ends[:, 1], direction)
    centre, spread = intercept + slope * x, np.abs(slope) * raw.sd_t
    _check_finite(centre + spread, names)
    criterion_of = tuple(known[n].criterion for n in names)
    split = sum(criteria()[c].axis == AXES[0] for c in criterion_of)
    return Table(names, criterion_of, split, centre, spread, expected_value(centre, spread), raw)


def _check_finite(table: Floats, names: tuple[str, ...]) -> None:
    """A figure that is no number would rank markets by the alphabet: stop instead, and name it."""
    broken = [n for k, n in enumerate(names) if not np.all(np.isfinite(table[:, k]))]
    if broken:
        raise BeachheadError(f"figures of {', '.join(broken)} cannot be used: some are no number; check your own files")
