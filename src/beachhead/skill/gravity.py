"""Structural gravity: what a pair of countries should trade of a product, given what each sells and buys of it in all.

Trade of a product from i to j is exp(x_ij b) × supply of i × demand of j (Anderson & van Wincoop 2003; Poisson
pseudo-maximum likelihood, Santos Silva & Tenreyro 2006). The elasticities b are estimated once and shipped
(``gravity.csv``, by ``tools/estimate_gravity.py``). Given b, the first-order conditions of the exporter's and the
importer's effects say that fitted flows add up to what each country sold and bought (Fally 2015), so that the effects
are found by scaling rows and columns in turn (:func:`balance`): known totals are all it takes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.select.flows import places
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases, Ints

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

TERMS = ("ln_distance", "contiguous", "common_official_language", "colonial_tie", "agreement")
BACK_TEST, TODAY = "until_2010", "all"  # which years the elasticities have seen
WINDOW = 3  # years of trade whose sum is the state of a product
TIES = ("contiguous", "common_official_language", "colonial_tie")
STAND_INS = {"ANT": "CUW", "SCG": "SRB", "PUS": "USA", "ZA1": "ZAF"}  # codes of trade data that are no market
FAINT = 1e-4  # weight of a country's buying of everything in its demand for one product: orders those that bought none
ROUNDS, CLOSE = 2000, 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Elasticities:
    """Estimated elasticities of one group of products in the order of ``TERMS``: ``beta`` (T,) and ``cov`` (T, T).

    ``years``: those whose trade they rest on; ``n``: observations; ``spread``: robust sd of ln(flow ÷ fitted) over
    pairs that trade.
    """

    group: str
    beta: Floats
    cov: Floats
    n: int
    years: str
    spread: float


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table of this package."""
    text = files("beachhead.skill").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def elasticities(seen: str) -> dict[str, Elasticities]:
    """The shipped elasticities by group. ``seen``: ``BACK_TEST`` (trade up to 2010) or ``TODAY`` (all years)."""
    rows: dict[str, dict[str, dict[str, str]]] = {}
    for r in read_table("gravity.csv"):
        if r["seen"] == seen:
            rows.setdefault(r["group"], {})[r["term"]] = r
    cells = {
        (r["group"], r["term_a"], r["term_b"]): float(r["cov"])
        for r in read_table("gravity_cov.csv")
        if r["seen"] == seen
    }
    return {group: _elasticities(group, found, cells) for group, found in rows.items() if TERMS[0] in found}


def _elasticities(
    group: str, rows: dict[str, dict[str, str]], cells: dict[tuple[str, str, str], float]
) -> Elasticities:
    beta = np.array([float(rows[t]["estimate"]) for t in TERMS])
    cov = np.array([[cells[group, a, b] for b in TERMS] for a in TERMS])
    one = rows[TERMS[0]]
    return Elasticities(group, beta, cov, int(one["n"]), one["years"], float(rows["residual_sd"]["estimate"]))


def group_of(product: str, seen: str = TODAY) -> str:
    """The group of elasticities that suits a product: a WIOD sector's, an HS chapter's, else that of all goods."""
    sectors = {r["sector"]: r["group"] for r in read_table("gravity_sectors.csv")}
    if product in sectors:
        return sectors[product]
    chapter = f"goods_{product.removeprefix('hs:')[:2]}"
    return chapter if chapter in elasticities(seen) else "goods"


def pair_terms(evidence: Evidence, countries: tuple[str, ...], year: int) -> Floats:
    """What lies between every exporter and importer in ``year``, (C, C, T) in the order of ``TERMS``.

    A country that the facts do not know is as far from each other one as countries are on average, and has no ties.
    """
    rows = evidence.query("skill_gravity_pairs")
    x = np.zeros((len(countries), len(countries), len(TERMS)))
    x[:, :, 0] = _filled(_square(countries, rows["origin"], rows["destination"], np.log(rows["distance"])))
    for name in TIES:
        known = _square(countries, rows["origin"], rows["destination"], rows[name].astype(np.float64))
        x[:, :, TERMS.index(name)] = np.nan_to_num(known)
    signed = evidence.query("skill_gravity_agreements", year=year)
    ones = np.ones(len(signed["origin"]))
    x[:, :, -1] = np.nan_to_num(_square(countries, signed["origin"], signed["destination"], ones))
    return x


def _square(countries: tuple[str, ...], origin: Ints, destination: Ints, values: Floats) -> Floats:
    """Values by pair as (C, C); nan where there is none."""
    names = tuple(STAND_INS.get(c, c) for c in countries)
    every = tuple(sorted(set(origin.tolist()) | set(destination.tolist())))
    table = np.full((len(every) + 1, len(every) + 1), np.nan)
    table[places(every, origin), places(every, destination)] = values
    at = places(every, np.array(names, object))  # -1, the last row and column, holds nothing
    return np.asarray(table[np.ix_(at, at)])


def _filled(distance: Floats) -> Floats:
    """Unknown distances as the mean of the exporter's, the importer's or, knowing neither, all."""
    known = np.where(np.isnan(distance), 0.0, 1.0)
    total = np.nan_to_num(distance)
    rows, columns = (total.sum(a) / np.maximum(known.sum(a), 1) for a in (1, 0))
    middle = total.sum() / max(known.sum(), 1)
    typical = np.where(rows > 0, rows, middle)[:, None] + np.where(columns > 0, columns, middle)[None, :] - middle
    return np.where(known > 0, distance, typical)


def kernel(terms: Floats, beta: Floats) -> Floats:
    """exp(x b) for every pair, (C, C), scaled to a mean of one over pairs; nothing is sold to oneself."""
    log = terms @ beta
    k = np.exp(log - log.max())
    np.fill_diagonal(k, 0.0)
    return np.asarray(k / max(k.mean(), 1e-300))


def balance(
    k: Floats, sold: Floats, bought: Floats, rounds: int = ROUNDS, close: float = CLOSE
) -> tuple[Floats, Floats]:
    """Supply ``u`` and demand ``v``, both (C, P), such that u_ip k_ij v_jp adds up to what was sold and bought.

    ``k`` (C, C); ``sold`` and ``bought`` (C, P): totals with the same sum for every product. These are the exporter's
    and importer's effects of PPML given its elasticities (Fally 2015), found by scaling rows and columns in turn
    (Deming & Stephan 1940). Ends when all rows add up to within ``close`` of the product's total, or after ``rounds``.
    """
    u, v = (sold > 0).astype(np.float64), (bought > 0).astype(np.float64)
    scale = np.maximum(sold.sum(0), 1e-300)
    for n in range(rounds):
        reach = k @ v
        if n % 10 == 9 and float(np.max(np.abs(u * reach - sold) / scale, initial=0.0)) < close:
            break
        u = np.divide(sold, reach, out=np.zeros_like(u), where=reach > 0)
        pull = k.T @ u
        v = np.divide(bought, pull, out=np.zeros_like(v), where=pull > 0)
    return u, v


def within(x: Floats, weight: Floats) -> Floats:
    """What is left of ``x`` (E, I, T) after weighted projection on row and column effects; ``weight`` (E, I).

    Every row and column needs some weight. With fitted flows as weights: by how much ln of a fitted flow moves when an
    elasticity does and totals stay.
    """
    rows, columns = weight.sum(1), weight.sum(0)
    by_row, by_column = np.einsum("ei,eit->et", weight, x), np.einsum("ei,eit->it", weight, x)
    share = weight / columns
    normal = np.diag(rows) - share @ weight.T
    normal[np.diag_indices_from(normal)] += 1e-12 * rows  # one row effect is free: hold it
    a = np.linalg.solve(normal, by_row - share @ by_column)
    b = (by_column - weight.T @ a) / columns[:, None]
    return np.asarray(x - a[:, None, :] - b[None, :, :])


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Fitted trade of P products among C countries: u_i,p × k_ij × v_j,p with the kernel of the product's group.

    ``supply``, ``demand`` (C, P); ``kernels`` (G, C, C); ``group`` (P,) indexes ``kernels``. USD over the window.
    """

    supply: Floats
    demand: Floats
    kernels: Floats
    group: Ints

    def at(self, product: Ints, exporter: Ints, importer: Ints) -> Floats:
        """Fitted flows (N,) of products between countries."""
        resistance = self.kernels[self.group[product], exporter, importer]
        return np.asarray(self.supply[exporter, product] * resistance * self.demand[importer, product])


def totals(known: Panel, year: int) -> tuple[Floats, Floats]:
    """What each country sold and bought of each product over the ``WINDOW`` years up to ``year``, both (C, P), USD."""
    rows = known.query("skill_gravity_margins", first=year - WINDOW + 1, last=year)
    c, p = places(known.countries, rows["country"]), places(known.products, rows["product"])
    sides = np.zeros((2, len(known.countries), len(known.products)))
    sides[0, c, p], sides[1, c, p] = rows["sold"], rows["bought"]
    return sides[0], sides[1]


def volumes(known: Panel, year: int) -> Floats:
    """What exporter sold to importer of product over the ``WINDOW`` years up to ``year``, (C, C, P), USD."""
    rows = known.query("skill_gravity_flows", first=year - WINDOW + 1, last=year)
    e, i = places(known.countries, rows["exporter"]), places(known.countries, rows["importer"])
    sold = np.zeros((len(known.countries), len(known.countries), len(known.products)))
    sold[e, i, places(known.products, rows["product"])] = rows["usd"]
    return sold


def fit(known: Panel, year: int, seen: str = BACK_TEST) -> Fitted:
    """Gravity on the trade of the ``WINDOW`` years up to ``year``, with agreements as of that year."""
    sold, bought = totals(known, year)
    groups = [group_of(p, seen) for p in known.products]
    names = tuple(sorted(set(groups)))
    at = places(names, np.array(groups, object))
    terms = pair_terms(known.evidence, known.countries, year)
    kernels = np.stack([kernel(terms, elasticities(seen)[g].beta) for g in names])
    u, v = np.zeros_like(sold), np.zeros_like(bought)
    for g in range(len(names)):
        u[:, at == g], v[:, at == g] = balance(kernels[g], sold[:, at == g], bought[:, at == g])
    return Fitted(u, v, kernels, at)


def gravity_score(known: Panel, cases: Cases) -> Floats:
    """Fitted flow of each candidate (N,), USD over three years, with elasticities that saw trade up to 2010 only.

    For base years before 2010 these have seen a few years more than the base year; nothing else has. A country that
    bought none of the product is put after all that did, in the order of what it should take of everything.
    """
    fitted = fit(known, cases.base_year)
    flow = fitted.at(cases.product, cases.exporter, cases.importer)
    _, bought = totals(known, cases.base_year)
    size = bought.sum(1) / max(bought.sum(), 1.0)
    pull = size[cases.importer] * fitted.kernels[fitted.group[cases.product], cases.exporter, cases.importer]
    return np.asarray(flow + FAINT * pull)


def room_score(known: Panel, cases: Cases) -> Floats:
    """ln of fitted ÷ actual flow (N,): how far a pair trades below what gravity says; no trade counts as 1 USD.

    Meant for pairs that trade (*growth*): does room foretell growth?
    """
    fitted = fit(known, cases.base_year).at(cases.product, cases.exporter, cases.importer)
    actual = volumes(known, cases.base_year)[cases.exporter, cases.importer, cases.product]
    return np.asarray(np.log(np.maximum(fitted, 1.0)) - np.log(np.maximum(actual, 1.0)))
