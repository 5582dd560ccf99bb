"""A small panel of flows made by structural gravity, over real countries, and its candidates."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
from cases import evidence_for

from beachhead.skill.gravity import BACK_TEST, elasticities, group_of, kernel, pair_terms
from beachhead.skill.panel import Panel, panel_of
from beachhead.skill.result import Cases

COUNTRIES = ("AUT", "BRA", "CHN", "DEU", "FRA", "GHA", "IND", "KEN", "MEX", "NGA", "PRT", "USA")
PRODUCTS = ("250810", "250830", "270111", "280461")
BASE = 2010


def rows(*, after: float = 1.0, seed: int = 5) -> dict[str, np.ndarray]:
    """Flows of 2006–2013 with holes; those after ``BASE`` are multiplied by ``after`` and dealt anew."""
    rng = np.random.default_rng(seed)
    terms = pair_terms(evidence_for(), COUNTRIES, BASE)
    table: list[tuple[str, str, str, int, float]] = []
    for product in PRODUCTS:
        k = kernel(terms, elasticities(BACK_TEST)[group_of(product)].beta)
        size = rng.lognormal(8, 1.5, (2, len(COUNTRIES)))
        there = rng.random(k.shape) < 0.6
        for year in range(2006, 2014):
            flow = size[0][:, None] * k * size[1] * there * rng.lognormal(0, 0.7, k.shape)
            flow = flow if year <= BASE else after * rng.permutation(flow.ravel()).reshape(flow.shape)
            table += [
                (product, COUNTRIES[e], COUNTRIES[i], year, float(flow[e, i]))
                for e, i in zip(*np.nonzero(flow), strict=True)
                if e != i
            ]
    names = ("product", "exporter", "importer", "year", "usd")
    return {name: np.array(column) for name, column in zip(names, zip(*table, strict=True), strict=True)}


@cache
def small_panel(after: float = 1.0) -> Panel:
    """The flows as a panel."""
    return panel_of("baci74", "made", pa.table(rows(after=after)), evidence_for())


def everyone(panel: Panel) -> Cases:
    """Every product, exporter and other importer as a candidate whose outcome nobody knows."""
    c = len(panel.countries)
    p, e, i = (x.ravel() for x in np.indices((len(panel.products), c, c)))
    kept = e != i
    outcome = np.full(int(kept.sum()), np.nan)
    return Cases("entry", panel.data, BASE, panel.products, panel.countries, p[kept], e[kept], i[kept], outcome)
