"""The export potential indicator after the International Trade Centre: supply × ease × demand.

Decreux & Spies (2016), *Export Potential Assessments: A methodology to identify export opportunities for developing
countries*. For exporter i, market j and product k:

    supply_ik = share of i in world exports of k, carried on with the growth of the exporters' economies
    demand_jk = imports of k by j, carried on with its population and its income per head
    ease_ij   = trade of i with j in all products ÷ what it would be if i had its world share of each product in j
    EPI_ijk   = supply_ik × ease_ij × demand_jk, USD

What ours leaves out, and why, stands in ``docs/methods/gravity.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.select.flows import places
from beachhead.skill.gravity import BACK_TEST, STAND_INS, read_table, totals, volumes
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases, Ints

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

AHEAD = 5  # years over which supply and demand are carried on, as by the ITC
FRESH = 5  # years that a figure of growth may be old


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """The three factors for C countries and P products.

    ``supply`` (C, P): projected shares of the world's exports, summing to one. ``ease`` (C, C), exporter by importer: 1
    where two countries trade as much as their trade with the world suggests. ``demand`` (C, P): projected imports, USD.
    """

    supply: Floats
    ease: Floats
    demand: Floats

    def at(self, product: Ints, exporter: Ints, importer: Ints) -> Floats:
        """The indicator (N,) for products between countries, USD over the window that demand is of."""
        of, to = self.supply[exporter, product], self.demand[importer, product]
        return np.asarray(of * self.ease[exporter, importer] * to)


def projected_share(exports: Floats, growth: Floats) -> Floats:
    """Shares (C, P) of the world's exports when every exporter (C,) grows by ``growth`` times; 0 without any."""
    grown = exports * growth[:, None]
    total = grown.sum(0, keepdims=True)
    return np.asarray(np.divide(grown, total, out=np.zeros_like(grown), where=total > 0))


def projected_imports(imports: Floats, people: Floats, per_head: Floats, elasticity: float) -> Floats:
    """Imports (C, P) when population grows by ``people`` times and income per head by ``per_head`` times, both (C,)."""
    return np.asarray(imports * (people * per_head**elasticity)[:, None])


def ease(trade: Floats, exports: Floats, imports: Floats) -> Floats:
    """Trade (C, C) in all products ÷ the sum over products of share of world exports × imports; 0 if none is due."""
    due = projected_share(exports, np.ones(len(exports))) @ imports.T
    return np.divide(trade, due, out=np.zeros_like(trade), where=due > 0)


def growth(evidence: Evidence, countries: tuple[str, ...], year: int) -> tuple[Floats, Floats]:
    """How many times population and income per head (both (C,)) grow in ``AHEAD`` years if they go on as of late.

    The economy's mean growth of five years and the population's last, as known at the end of ``year``. A country
    without figures grows as the median one.
    """
    total, people = (_rate(evidence, countries, name, year) for name in ("gdp_growth", "population_growth"))
    return (1 + people) ** AHEAD, ((1 + total) / (1 + people)) ** AHEAD


def _rate(evidence: Evidence, countries: tuple[str, ...], indicator: str, year: int) -> Floats:
    """Newest figure up to ``year`` (C,), as a share a year."""
    rows = evidence.query("skill_newest", indicator=indicator, from_year=year - FRESH + 1, to_year=year)
    at = places(tuple(rows["market"].tolist()), np.array([STAND_INS.get(c, c) for c in countries], object))
    usual = float(np.median(rows["value"])) if len(rows["value"]) else 0.0
    return np.append(rows["value"], usual)[at] / 100  # -1, the last place, holds the median


def elasticity(seen: str = BACK_TEST) -> float:
    """How imports grow with income per head: estimated with ``tools/estimate_gravity.py``."""
    rows = read_table("gravity.csv")
    [found] = [r["estimate"] for r in rows if (r["seen"], r["group"], r["term"]) == (seen, "imports", "income")]
    return float(found)


def factors(known: Panel, year: int, seen: str = BACK_TEST) -> Factors:
    """Supply, ease and demand from the trade of the three years up to ``year`` and growth as known then."""
    sold, bought = totals(known, year)
    people, per_head = growth(known.evidence, known.countries, year)
    demand = projected_imports(bought, people, per_head, elasticity(seen))
    trade = volumes(known, year).sum(2)
    return Factors(projected_share(sold, people * per_head), ease(trade, sold, bought), demand)


def epi_score(known: Panel, cases: Cases) -> Floats:
    """The indicator of each candidate (N,), USD over three years; 0 where exporter and market trade nothing at all."""
    return factors(known, cases.base_year).at(cases.product, cases.exporter, cases.importer)
