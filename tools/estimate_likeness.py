"""Estimate how far a surprise in one market speaks for others: the likeness of markets, from trade.

    python tools/estimate_likeness.py RAW_DIR [OUT_DIR]     # writes likeness.csv and likeness_profile.csv
    python tools/estimate_likeness.py RAW_DIR --check       # computes anew and compares with the shipped tables
    python tools/estimate_likeness.py RAW_DIR --vary        # what other floors, other noise … would change
    python tools/estimate_likeness.py --draw                # the picture in docs/methods, from the shipped profile

Reads the raw files that ``beachhead evidence build`` reads, and the snapshot. About two minutes; the same bytes each
time. Model, figures and limits: ``docs/methods/likeness.md``.

ln flow of an exporter's product to a market = effect of exporter × product + effect of market × product + gravity
terms + what is left. What is left has, within one exporter × product, the covariance

    near² exp(−km ÷ near_km) + income² (1 − 2 |Δ ln GNI| ÷ span) + language² cosine + own² 1{same market} + noise

which is estimated by restricted likelihood: the level of each exporter × product is projected out exactly, so what all
markets have in common is not in these figures. Noise is not estimated with the rest: it is how far the even years
depart from the odd ones. Standard errors count an exporter as one observation (Huber–White, by exporter), and so do
the adjusted likelihoods (Chandler & Bate 2007, Biometrika 94: the fall times naive ÷ robust variance).

``likeness.csv``          model, term, estimate, se, n, unit, data, command
    ``near``, ``income``, ``language``, ``own``: shares of the lasting variance; ``near_km``; ``variance``: all of it,
    of ln flow; ``noise``: mean variance of noise, where known. ``exporters_gain``: mean ln density gained per flow of
    exporters that the fit has not seen, against no correlation. ``markets_gain``: the same for three in ten of their
    markets, foretold from the other seven; ``markets_explained``: the share of the squared error that the kernel
    removes there. For ``exporters``, real firms of three origins, the kernel is that of ``goods``, and groups are the
    unit of the errors; ``…_with_…``: with another term in it.
``likeness_profile.csv``  model, what, value, fall, adjusted
    Fall of the restricted log-likelihood from its maximum. ``near_km``: at that length, all else at its best.
    ``income_gap``: with exp(−gap ÷ value) in place of the straight line. ``without``: with that term left out.
    ``with``: with another term; negative, since it can only add.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.optimize import minimize
from scipy.special import ndtri

from beachhead.evidence import Evidence, load_evidence
from beachhead.evidence.model import Floats
from beachhead.select.likeness import LENGTH, SHARES, measures, mixture, terms
from beachhead.select.tables import read_table

OUT = Path(__file__).resolve().parents[1] / "src" / "beachhead" / "select"
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "methods" / "likeness.svg"
COMMAND = "tools/estimate_likeness.py"
Ints = NDArray[np.intp]
LEAST_MARKETS, LEAST_EXPORTERS = 12, 5  # of an exporter's product; of a product in a market
LEAST_PRODUCTS = 3  # of an exporter in a market, where what they have in common is taken out
GROUPS = 8  # products of one exporter at most, drawn at random: more of one exporter tell little more
NOISE_CLASSES = 10
FOLDS, HIDDEN, REPEATS, SEED = 5, 0.3, 20, 1
START = (0.4, 0.1, 0.1, 0.4)  # shares of own, income, language, near
START_KM = 2500.0
ORDER = ("own", "income", "language", "near")  # of θ; ln of the length is last
NEAR_KM = (500.0, 1000.0, 1500.0, 2000.0, 2500.0, 3000.0, 3500.0, 4000.0, 5000.0, 7000.0, 10000.0)
INCOME = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # ln GNI per head

GOODS = """
    SELECT exporter, importer, sector AS product, 1000 * intermediate_musd AS even, even AS odd
    FROM '{{raw}}/trade/icio_2022/icio2022_intermediate_by_seller_sector_pair.parquet' WHERE {which}"""
EXPORTERS = """
    SELECT c AS exporter, d AS importer, industry AS product, sum(avg_exports * nf) / sum(nf) * {unit} AS even,
           even AS odd
    FROM read_csv('{{raw}}/trade/exporter_dynamics/{file}_microdata_agg_by_d_i.csv')
    WHERE NOT maquiladora GROUP BY ALL"""


@dataclass(frozen=True, slots=True)
class Source:
    """A table of flows: SQL for exporter, importer, product, even and odd (thousand USD a year in even and odd years).

    ``floor``: smaller flows are left out. ``demand``: whether there are exporters enough to take out what each market
    buys of each product; else population and income stand for it.
    """

    sql: str
    data: str
    floor: float
    demand: bool = True


SOURCES = {
    "goods": Source(
        GOODS.format(which="sector[1] = 'C'"),
        "OECD ICIO 2025 edition, 2022, 80 economies, intermediates, 19 branches of manufacturing",
        100.0,
    ),
    "services": Source(
        GOODS.format(which="sector IN ('J58T60', 'J61', 'J62_63', 'K', 'M', 'N')"),
        "OECD ICIO 2025 edition, 2022, 80 economies, intermediates, digital and business services",
        100.0,
    ),
    "customs_products": Source(
        """
    SELECT exporter, importer, hs6 AS product, sum(value_kusd) FILTER (year % 2 = 0) / 3 AS even,
           sum(value_kusd) FILTER (year % 2 = 1) / 3 AS odd
    FROM '{raw}/trade/baci_hs92_raw_materials_1995_2024/baci_hs92_74hs6_1995_2024.parquet'
    WHERE year >= 2019 GROUP BY ALL""",
        "CEPII BACI, 2019-2024, 74 six-digit products (raw materials)",
        10.0,
    ),
    "customs_total": Source(
        """
    SELECT exporter, importer, 'all' AS product, value_kusd AS even, value_kusd AS odd
    FROM '{raw}/trade/bilateral_goods_total_2023/baci_hs22_2023_bilateral_total.parquet'""",
        "CEPII BACI, 2023, all goods together",
        100.0,
    ),
    "exporters": Source(
        EXPORTERS.format(file="bra", unit=0.001) + " UNION ALL " + EXPORTERS.format(file="wbedd", unit=1),
        "Exporter dynamics BRA, MEX, PER: mean sales of an exporter by destination and industry",
        0.0,
        demand=False,
    ),
}


# --- flows and what gravity leaves -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Flows (N,): exporter, product, index of the market, ln flow, half of ln even − ln odd; gravity terms x (N, X)."""

    exporter: NDArray[np.str_]
    product: NDArray[np.str_]
    market: Ints
    ln: Floats
    half: Floats
    x: Floats

    def where(self, mask: NDArray[np.bool_]) -> Flows:
        """Those of the mask."""
        return Flows(*(getattr(self, name)[mask] for name in self.__slots__))

    def seller(self) -> Ints:
        """Number of the exporter × product, (N,)."""
        return np.unique(np.char.add(self.exporter, self.product), return_inverse=True)[1]

    def buyer(self) -> Ints:
        """Number of the market × product, (N,)."""
        return np.unique(np.char.add(self.market.astype(str), self.product), return_inverse=True)[1]

    def pair(self) -> Ints:
        """Number of the exporter × market, (N,)."""
        return np.unique(np.char.add(self.exporter, self.market.astype(str)), return_inverse=True)[1]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """An exporter × product: markets (n,), what gravity leaves of ln flow (n,), variance of its noise (n,)."""

    exporter: str
    at: Ints
    left: Floats
    noise: Floats


Groups = tuple[Group, ...]


@cache
def gravity_terms(evidence: Evidence, home: str) -> tuple[Mapping[str, int], Floats]:
    """Row by market, and ln km, shared border, common official language, colonial tie (M, 4) from ``home``."""
    rows = evidence.query("pairs_from", home=home)
    ties = [rows[k].astype(float) for k in ("contiguous", "common_official_language", "colonial_tie")]
    x = np.column_stack([np.log(np.maximum(rows["distance"].astype(float), 1.0)), *ties])
    return {market: i for i, market in enumerate(rows["destination"].tolist())}, x


def size_terms(evidence: Evidence) -> Floats:
    """ln population and ln GNI per head, (M, 2)."""
    facts = evidence.facts()
    return np.log(facts.value[:, [facts.indicators.index(k) for k in ("population", "gni_per_capita")]])


def read_flows(source: Source, raw: Path, evidence: Evidence) -> Flows:
    """The flows of a source between markets of the evidence, those below the floor left out, in a fixed order."""
    rows = duckdb.connect().execute(
        f"SELECT * FROM ({source.sql.format(raw=raw)}) WHERE even > 0 AND odd > 0 AND exporter <> importer"
        f" AND sqrt(even * odd) >= {source.floor} ORDER BY exporter, product, importer"
    )
    t = {k: np.asarray(v) for k, v in rows.fetchnumpy().items()}
    place = {market: i for i, market in enumerate(evidence.markets)}
    known = np.array([e in place and i in place for e, i in zip(t["exporter"], t["importer"], strict=True)])
    t = {k: v[known] for k, v in t.items()}
    market = np.array([place[i] for i in t["importer"]])
    x = np.array([pair_terms(evidence, e, i) for e, i in zip(t["exporter"], t["importer"], strict=True)])
    x = x if source.demand else np.hstack([x, size_terms(evidence)[market]])
    even, odd = np.log(t["even"]), np.log(t["odd"])
    return Flows(t["exporter"].astype(str), t["product"].astype(str), market, (even + odd) / 2, (even - odd) / 2, x)


def pair_terms(evidence: Evidence, exporter: str, importer: str) -> Floats:
    """The gravity terms of one pair, (4,)."""
    row, x = gravity_terms(evidence, exporter)
    return np.asarray(x[row[importer]])


def thick(flows: Flows, demand: bool, pairs: bool = False) -> Flows:
    """Without what has too few beside it, until all have enough.

    That is of markets of a seller; if ``demand`` of exporters of a product to a market; if ``pairs`` of products of an
    exporter in a market.
    """
    while True:
        enough = count(flows.seller()) >= LEAST_MARKETS
        enough &= (count(flows.buyer()) >= LEAST_EXPORTERS) | (not demand)
        enough &= (count(flows.pair()) >= LEAST_PRODUCTS) | (not pairs)
        if enough.all():
            return flows
        flows = flows.where(enough)


def count(label: Ints) -> Ints:
    """How many share each one's label, (N,)."""
    return np.bincount(label)[label]


def without_means(values: Floats, labels: Sequence[Ints]) -> Floats:
    """Columns (N, C) less the effects of each label: means taken out in turn until nothing moves."""
    values = values.copy()
    for _ in range(1000):
        before = values.copy()
        for label in labels:
            n = np.bincount(label)
            means = [np.bincount(label, column) / n for column in values.T]
            values -= np.column_stack([mean[label] for mean in means])
        if np.abs(values - before).max() < 1e-9:
            break
    return values


def groups_of(flows: Flows, demand: bool, pairs: bool = False) -> Groups:
    """What gravity leaves, by exporter × product. The noise is that of flows of about the size that gravity expects.

    ``pairs``: take out what is common to all products of an exporter in a market, too.
    """
    flows = thick(flows, demand, pairs)
    seller = flows.seller()
    labels = [seller, *([flows.buyer()] if demand else []), *([flows.pair()] if pairs else [])]
    y, half, *x = without_means(np.column_stack([flows.ln, flows.half, flows.x]), labels).T
    slopes = np.linalg.lstsq(np.column_stack(x), y, rcond=None)[0]
    left = y - np.column_stack(x) @ slopes
    rank = np.argsort(np.argsort(flows.ln - left, kind="stable"), kind="stable")
    size = rank * NOISE_CLASSES // len(rank)
    noise = (np.bincount(size, half**2) / np.bincount(size))[size]
    rows = [np.flatnonzero(seller == g) for g in range(seller.max() + 1)]
    return tuple(Group(str(flows.exporter[r[0]]), flows.market[r], left[r], noise[r]) for r in rows)


def some(groups: Groups, most: int = GROUPS) -> Groups:
    """At most so many groups of each exporter, drawn at random with a fixed seed."""
    rng = np.random.default_rng(SEED)
    mine = by_exporter(groups)
    return tuple(g for own in mine.values() for g in pick(own, most, rng))


def pick(own: Groups, most: int, rng: np.random.Generator) -> Groups:
    """``most`` of them in their order, or all."""
    return tuple(own[i] for i in sorted(rng.permutation(len(own))[:most]))


def by_exporter(groups: Groups) -> dict[str, Groups]:
    """Groups of each exporter."""
    names = dict.fromkeys(g.exporter for g in groups)
    return {name: tuple(g for g in groups if g.exporter == name) for name in names}


# --- likelihood ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A covariance over markets (M, M): variances θ of ``fixed`` correlations, and if ``km`` of exp(−km ÷ length).

    θ: the variance of each fixed correlation, own first; then that of nearness and ln of its length.
    """

    fixed: tuple[Floats, ...]
    km: Floats | None = None

    def at(self, theta: Floats) -> tuple[Floats, list[Floats]]:
        """The covariance and its derivatives."""
        cov = np.asarray(sum(v * part for v, part in zip(theta, self.fixed, strict=False)))
        if self.km is None:
            return cov, list(self.fixed)
        ratio = self.km / np.exp(theta[-1])
        near = np.exp(-ratio)
        return cov + theta[-2] * near, [*self.fixed, near, theta[-2] * near * ratio]

    def bounds(self) -> list[tuple[float, float]]:
        """Own stays above 0; a length lies between 50 and 20,000 km."""
        tail = [(0.0, 50.0), (np.log(50.0), np.log(20_000.0))] if self.km is not None else []
        return [(1e-3, 50.0), *[(0.0, 50.0)] * (len(self.fixed) - 1), *tail]


def restricted(cov: Floats, left: Floats) -> tuple[float, Floats]:
    """Restricted log-likelihood of ``left`` (n,) with its mean unknown, and the derivative by the covariance (n, n)."""
    factor, _ = lapack.dpotrf(cov, lower=1)
    inverse, _ = lapack.dpotri(factor, lower=1)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    weight = inverse.sum(axis=1)
    total = weight.sum()
    free = inverse - np.outer(weight, weight) / total
    pull = free @ left
    n = len(left)
    value = -np.log(np.diag(factor)).sum() - 0.5 * (np.log(total / n) + left @ pull + (n - 1) * np.log(2 * np.pi))
    return float(value), 0.5 * (np.outer(pull, pull) - free)


def log_likelihood(form: Form, theta: Floats, groups: Groups) -> tuple[float, Floats]:
    """Of all groups, and its gradient."""
    cov, parts = form.at(theta)
    total, weight = 0.0, np.zeros_like(cov)
    for g in groups:
        square = np.ix_(g.at, g.at)
        value, derivative = restricted(cov[square] + np.diag(g.noise), g.left)
        total += value
        weight[square] += derivative
    return total, np.array([(weight * part).sum() for part in parts])


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The maximum: form, θ (P,), log-likelihood, and the groups that it was found on."""

    form: Form
    theta: Floats
    value: float
    groups: Groups


def fit(form: Form, groups: Groups, start: Floats, held: int | None = None) -> Fit:
    """Maximise the likelihood from ``start``; ``held``: the θ that stays where it is."""

    def fall(theta: Floats) -> tuple[float, Floats]:
        value, gradient = log_likelihood(form, theta, groups)
        return -value / len(groups), -gradient / len(groups)

    bounds = [(start[k], start[k]) if k == held else bound for k, bound in enumerate(form.bounds())]
    found = minimize(fall, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-11, "maxiter": 200})
    return Fit(form, found.x, -found.fun * len(groups), groups)


def covariances(found: Fit) -> tuple[Floats, Floats]:
    """Of θ, (P, P): naive, as if groups were independent, and robust, with exporters independent."""
    theta, p = found.theta, len(found.theta)
    step = 1e-4
    shifted = [
        log_likelihood(found.form, theta + s * step * np.eye(p)[k], found.groups)[1] for k in range(p) for s in (1, -1)
    ]
    bend = -np.array([(shifted[2 * k] - shifted[2 * k + 1]) / (2 * step) for k in range(p)])
    naive = np.linalg.inv((bend + bend.T) / 2)
    scores = np.array([log_likelihood(found.form, theta, own)[1] for own in by_exporter(found.groups).values()])
    scores -= scores.mean(axis=0)
    return naive, naive @ (scores.T @ scores * len(scores) / (len(scores) - 1)) @ naive


def shrink(found: Fit, which: Sequence[int]) -> float:
    """What a fall of the likelihood over the ``which`` θ is worth when exporters, not groups, are independent, 0–1."""
    naive, robust = (c[np.ix_(which, which)] for c in covariances(found))
    return float(len(which) / np.trace(np.linalg.solve(naive, robust)))


# --- estimates -------------------------------------------------------------------------------------------

Row = list[Any]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Measures between the markets of the evidence, (M, M) each, and further correlations that were tried."""

    measured: Mapping[str, Floats]
    tried: Mapping[str, Floats]

    def form(self, *more: Floats, leave_out: str = "", income: float | None = None) -> Form:
        """The form that ships, with more terms, without one, or with income fading as exp(−gap ÷ ``income``)."""
        parts = terms(self.measured, START_KM)
        if income is not None:
            parts["income"] = np.exp(-self.measured["income"] / income)
        kept = tuple(parts[t] for t in ORDER[:3] if t != leave_out)
        return Form((*kept, *more), None if leave_out == "near" else self.measured["km"])

    def nothing(self) -> Form:
        """No correlation between markets."""
        return Form((terms(self.measured, START_KM)["own"],))


def world(evidence: Evidence) -> World:
    """Measures, and what else might make markets alike."""
    countries = evidence.catalogue.countries
    regions = np.array([countries[m].region for m in evidence.markets])
    legal = np.array([legal_row(evidence, m) for m in evidence.markets])
    size = np.abs(np.subtract.outer(*[size_terms(evidence)[:, 0]] * 2))
    tried = {
        "region": (regions[:, None] == regions).astype(float),
        "legal_origin": np.maximum(legal, np.eye(len(legal))),
        "size": 1.0 - 2.0 * size / size.max(),
    }
    return World(measures(evidence), tried)


def legal_row(evidence: Evidence, market: str) -> Floats:
    """1 where the law has the same origin as in ``market``, (M,)."""
    rows = evidence.query("pairs_from", home=market)
    same = dict(zip(rows["destination"].tolist(), rows["same_legal_origin"].astype(float), strict=True))
    return np.array([same.get(m, 0.0) for m in evidence.markets])


def start_of(form: Form, groups: Groups) -> Floats:
    """Where the search begins: the lasting variance of the groups, in equal parts but for own and near."""
    total = max(0.1, float(np.mean(np.concatenate([g.left**2 - g.noise for g in groups]))))
    tail = [0.4 * total, np.log(START_KM)] if form.km is not None else []
    return np.array([0.4 * total, *[0.1 * total] * (len(form.fixed) - 1), *tail])


def best(form: Form, groups: Groups) -> Fit:
    """The maximum of the likelihood."""
    return fit(form, groups, start_of(form, groups))


def shares(found: Fit) -> tuple[Floats, Floats]:
    """Shares of the four variances in ``ORDER``, near_km and all variance, (6,), with robust standard errors."""
    v, km = found.theta[:4], float(np.exp(found.theta[4]))
    total = v.sum()
    slope = np.zeros((6, 5))
    slope[:4, :4] = np.eye(4) / total - np.outer(v, np.ones(4)) / total**2
    slope[4, 4], slope[5, :4] = km, 1.0
    return np.array([*(v / total), km, total]), np.sqrt(np.diag(slope @ covariances(found)[1] @ slope.T))


def estimate_rows(name: str, found: Fit) -> Iterator[Row]:
    """Rows of ``likeness.csv``: shares, length, variance, noise."""
    value, se = shares(found)
    n = sum(len(g.at) for g in found.groups)
    units = dict.fromkeys(ORDER, "share") | {LENGTH: "km", "variance": "ln flow, squared"}
    known = {term: (value[k], se[k]) for k, term in enumerate(units)}
    for term in (*SHARES, LENGTH, "variance"):
        yield [name, term, *known[term], n, units[term], SOURCES[name].data, COMMAND]
    noise = float(np.mean(np.concatenate([g.noise for g in found.groups])))  # 0 where the years are not told apart
    yield [name, "noise", noise or None, None, n, "ln flow, squared", SOURCES[name].data, COMMAND]


# --- exporters and markets that the fit has not seen -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unseen:
    """Of one exporter: flows and gain in ln density; hidden markets, gain there, squared errors without and with."""

    flows: int = 0
    gain: float = 0.0
    hidden: int = 0
    gain_hidden: float = 0.0
    error_plain: float = 0.0
    error_kernel: float = 0.0

    def __add__(self, other: Unseen) -> Unseen:
        return Unseen(*(getattr(self, k) + getattr(other, k) for k in self.__slots__))


def foretold(cov: Floats, left: Floats, hidden: NDArray[np.bool_], lasting: Floats) -> tuple[float, float]:
    """ln density of each hidden one given the seen, summed, and the sum of squared errors; the level is unknown.

    ``cov`` (n, n) with noise; ``lasting``: the same without noise, by which a seen market tells of a hidden one.
    """
    seen = ~hidden
    inverse = np.linalg.inv(cov[np.ix_(seen, seen)])
    weight = inverse.sum(axis=1)
    level = weight @ left[seen] / weight.sum()
    across = lasting[np.ix_(hidden, seen)] @ inverse
    mean = level + across @ (left[seen] - level)
    unsure = (1.0 - across.sum(axis=1)) ** 2 / weight.sum()
    var = np.diag(cov)[hidden] - (across * lasting[np.ix_(hidden, seen)]).sum(axis=1) + unsure
    error = (left[hidden] - mean) ** 2
    return float(-0.5 * (np.log(2 * np.pi * var) + error / var).sum()), float(error.sum())


def unseen_of(group: Group, plain: Floats, kernel: Floats, rng: np.random.Generator) -> Unseen:
    """What a group that no fit has seen says of two covariances (M, M), its hidden markets drawn at random."""
    square, noise = np.ix_(group.at, group.at), np.diag(group.noise)
    hidden = rng.permutation(len(group.at)) < round(HIDDEN * len(group.at))
    a, b = (restricted(cov[square] + noise, group.left)[0] for cov in (plain, kernel))
    (c, error_plain), (d, error_kernel) = (
        foretold(cov[square] + noise, group.left, hidden, cov[square]) for cov in (plain, kernel)
    )
    return Unseen(len(hidden), b - a, int(hidden.sum()), d - c, error_plain, error_kernel)


def unseen_rows(name: str, by: Sequence[Unseen], tail: str = "") -> Iterator[Row]:
    """Rows of ``likeness.csv`` from what each exporter, or group, says; each is one observation of the errors."""
    measured: dict[str, tuple[str, Callable[[Unseen], tuple[float, float]]]] = {
        "exporters_gain": ("ln density per flow", lambda u: (u.gain, u.flows)),
        "markets_gain": ("ln density per flow", lambda u: (u.gain_hidden, u.hidden)),
        "markets_explained": ("share of squared error", lambda u: (u.error_plain - u.error_kernel, u.error_plain)),
    }
    for term, (unit, parts) in measured.items():
        top, bottom = np.array([parts(u) for u in by]).T
        ratio = top.sum() / bottom.sum()
        se = np.sqrt(((top - ratio * bottom) ** 2).sum() * len(by) / (len(by) - 1)) / bottom.sum()
        yield [name, term + tail, ratio, se, sum(u.flows for u in by), unit, SOURCES[name].data, COMMAND]


def cross_validated(w: World, groups: Groups) -> list[Unseen]:
    """By exporter: each fifth of them judged by a fit to the others."""
    mine, rng = by_exporter(groups), np.random.default_rng(SEED)
    fold = dict(zip(mine, (rng.permutation(len(mine)) % FOLDS).tolist(), strict=True))
    by = []
    for k in range(FOLDS):
        others = tuple(g for g in groups if fold[g.exporter] != k)
        plain, kernel = (f.form.at(f.theta)[0] for f in (best(w.nothing(), others), best(w.form(), others)))
        by += [total(unseen_of(g, plain, kernel, rng) for g in own) for name, own in mine.items() if fold[name] == k]
    return by


def total(parts: Iterator[Unseen]) -> Unseen:
    """The sum."""
    return sum(parts, start=Unseen())


def real_exporters(w: World, groups: Groups, shape: Fit) -> list[Unseen]:
    """By group: real exporters' mean sales with the likeness of ``shape``; only the variance is fitted anew."""
    cov = shape.form.at(shape.theta)[0]
    plain, kernel = (f.form.at(f.theta)[0] for f in (best(w.nothing(), groups), best(Form((cov / cov[0, 0],)), groups)))
    rng = np.random.default_rng(SEED)
    many = [total(unseen_of(g, plain, kernel, rng) for _ in range(REPEATS)) for g in groups]
    return [replace(u, flows=u.flows // REPEATS, gain=u.gain / REPEATS) for u in many]


# --- profile of the likelihood ---------------------------------------------------------------------------


def profile_rows(name: str, w: World, found: Fit) -> Iterator[Row]:
    """Rows of ``likeness_profile.csv`` of one model."""
    near = shrink(found, [4])
    for km in NEAR_KM:
        other = fit(found.form, found.groups, np.append(found.theta[:4], np.log(km)), held=4)
        yield fallen(name, LENGTH, km, found, other, near)
    for gap in INCOME:
        yield fallen(name, "income_gap", gap, found, best(w.form(income=gap), found.groups), shrink(found, [1]))
    for k, term in enumerate(ORDER):
        if term != "own":
            which = [3, 4] if term == "near" else [k]
            other = best(w.form(leave_out=term), found.groups)
            yield fallen(name, "without", term, found, other, shrink(found, which))
    yield fallen(name, "without", "all", found, best(w.nothing(), found.groups), shrink(found, [1, 2, 3, 4]))
    for term, part in w.tried.items():
        other = best(w.form(part), found.groups)
        yield fallen(name, "with", term, found, other, shrink(other, [3]))


def fallen(name: str, what: str, value: float | str, found: Fit, other: Fit, scale: float) -> Row:
    """One row: by how much ``other`` falls behind, as it is and for exporters as the unit."""
    fall = found.value - other.value
    return [name, what, value, fall, fall * scale]


# --- all of it -------------------------------------------------------------------------------------------


def tables(raw: Path) -> dict[str, str]:
    """The two tables as text."""
    evidence = load_evidence()
    w = world(evidence)
    groups = {name: groups_of(read_flows(s, raw, evidence), s.demand) for name, s in SOURCES.items()}
    found = {name: best(w.form(), some(groups[name])) for name, s in SOURCES.items() if s.demand}
    rows = [row for name, one in found.items() for row in estimate_rows(name, one)]
    for name, one in found.items():
        rows += unseen_rows(name, cross_validated(w, one.groups))
    rows += unseen_rows("exporters", real_exporters(w, groups["exporters"], found["goods"]))
    for term, part in w.tried.items():
        more = best(w.form(part), found["goods"].groups)
        rows += unseen_rows("exporters", real_exporters(w, groups["exporters"], more), f"_with_{term}")
    profile = [row for name in ("goods", "services") for row in profile_rows(name, w, found[name])]
    return {
        "likeness.csv": text(("model", "term", "estimate", "se", "n", "unit", "data", "command"), rows),
        "likeness_profile.csv": text(("model", "what", "value", "fall", "adjusted"), profile),
    }


def tidy(cell: Any) -> Any:
    """Three significant digits, which the order of a sum does not touch; blank what is missing."""
    if cell is None:
        return ""
    return f"{cell + 0.0:.3g}" if isinstance(cell, float) else cell


def text(header: Sequence[str], rows: Sequence[Row]) -> str:
    """A table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([tidy(c) for c in row] for row in rows)
    return out.getvalue()


def varied(source: Source, raw: Path, evidence: Evidence, shipped: Mapping[str, float]) -> Iterator[tuple[str, Groups]]:
    """The groups under other choices than ours, and last those of flows that were made with the ``shipped`` figures."""
    for factor in (0.1, 10.0):
        other = replace(source, floor=source.floor * factor)
        yield f"floor {other.floor:g} thousand USD", groups_of(read_flows(other, raw, evidence), True)
    flows = read_flows(source, raw, evidence)
    ours = groups_of(flows, True)
    yield "ours", ours
    yield "other products of each exporter", ours[::-1]
    yield "noise counted as lasting", tuple(replace(g, noise=0.0 * g.noise) for g in ours)
    yield "extremes drawn in (normal scores)", normal_scores(ours)
    yield "what is common to an exporter's products taken out", groups_of(flows, True, pairs=True)
    cov = shipped["variance"] * mixture(measures(evidence), shipped)
    yield "flows made with the shipped figures", groups_of(made(flows, cov), True)


def made(flows: Flows, cov: Floats) -> Flows:
    """The same sellers in the same markets, ln flows drawn from a covariance (M, M), with the noise of the data."""
    rng, seller = np.random.default_rng(SEED), flows.seller()
    lasting = rng.standard_normal((seller.max() + 1, len(cov))) @ np.linalg.cholesky(cov).T
    noise = flows.half * rng.choice([-1.0, 1.0], len(seller))
    return replace(flows, ln=lasting[seller, flows.market] + noise)


def normal_scores(groups: Groups) -> Groups:
    """What is left replaced by the normal quantile of its rank, with the same variance."""
    left = np.concatenate([g.left for g in groups])
    score = left.std() * ndtri((np.argsort(np.argsort(left)) + 0.5) / len(left))
    parts = np.split(score, np.cumsum([len(g.left) for g in groups])[:-1])
    return tuple(replace(g, left=part) for g, part in zip(groups, parts, strict=True))


def shipped_figures(name: str) -> dict[str, float]:
    """The estimates of a model of ``likeness.csv`` by term, those with an error."""
    return {r["term"]: float(r["estimate"]) for r in read_table("likeness.csv") if r["model"] == name and r["se"]}


def vary(raw: Path) -> None:
    """Print the estimates under other choices."""
    evidence = load_evidence()
    w = World(measures(evidence), {})
    for name in ("goods", "services", "customs_products"):
        for words, groups in varied(SOURCES[name], raw, evidence, shipped_figures(name)):
            near, income, language, own, km = (shares(best(w.form(), some(groups)))[0])[[3, 1, 2, 0, 4]]
            print(f"{name} | {words} | {near:.2f} | {income:.2f} | {language:.2f} | {own:.2f} | {km:.0f}")


# --- the picture -----------------------------------------------------------------------------------------

WIDE, HIGH, LEFT, FOOT, DEEP = 560, 260, 46, 40, 12.0  # pixels, and the deepest fall that is drawn
TICKS = (1000, 2000, 3000, 5000, 10_000)  # km
COLOURS = {"goods": "#00796b", "services": "#c75b00"}
SAFE = 1.92  # the fall at the ends of a 95 % interval: half the 95 % point of chi-squared


def picture(profile: Sequence[Mapping[str, str]]) -> str:
    """The profile of near_km as SVG: adjusted fall of the log-likelihood against km on a logarithmic scale."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="12">',
        "<title>How far the log-likelihood falls when nearness reaches less or more far</title>",
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>',
    ]
    for depth, words in ((0.0, "0"), (SAFE, "−1.92"), (DEEP, f"−{DEEP:g}")):
        parts.append(f'<path d="M{LEFT} {y_at(depth)}H{WIDE - 10}" stroke="#999" stroke-dasharray="3 3"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{y_at(depth) + 4:.1f}" text-anchor="end">{words}</text>')
    for km in TICKS:
        parts += [f'<text x="{x_at(km)}" y="{HIGH - 22}" text-anchor="middle">{km:,}</text>']
    parts.append(f'<text x="{WIDE / 2:g}" y="{HIGH - 6}" text-anchor="middle">length of nearness, km</text>')
    parts += [curve(model, profile) for model in COLOURS]
    return "\n".join([*parts, "</svg>", ""])


def x_at(km: float) -> float:
    """Pixel of a length, from 800 to 10,000 km."""
    return round(LEFT + (WIDE - LEFT - 30) * float(np.log(km / 800) / np.log(10_000 / 800)), 1)


def y_at(fall: float) -> float:
    """Pixel of a fall."""
    return round(14 + (HIGH - FOOT - 24) * fall / DEEP, 1)


def curve(model: str, profile: Sequence[Mapping[str, str]]) -> str:
    """The profile of one model, each point marked, its name at the left end."""
    points = [
        (x_at(float(r["value"])), y_at(float(r["adjusted"])))
        for r in profile
        if (r["model"], r["what"]) == (model, LENGTH) and float(r["adjusted"]) <= DEEP
    ]
    line = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in points)
    x, y = points[0]
    name = f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{model}</text>'
    return (
        f'<g fill="{COLOURS[model]}"><polyline points="{line}" fill="none" stroke="{COLOURS[model]}"/>{dots}{name}</g>'
    )


def draw() -> None:
    """Write the picture of the shipped profile."""
    PICTURE.write_text(picture(read_table("likeness_profile.csv")), encoding="utf-8")


def main(raw: Path, out: Path = OUT, *, check: bool = False) -> int:
    """Write the tables, or compare them with those that are there; 1 if they differ."""
    made = tables(raw)
    if not check:
        for name, content in made.items():
            (out / name).write_text(content, encoding="utf-8")
        return 0
    same = {name: (out / name).read_text(encoding="utf-8") == content for name, content in made.items()}
    for name, equal in same.items():
        print(f"{name}: {'as shipped' if equal else 'DIFFERS from what is shipped'}")
    return 0 if all(same.values()) else 1


if __name__ == "__main__":
    given = [Path(a) for a in sys.argv[1:] if not a.startswith("--")]
    if "--draw" in sys.argv:
        draw()
    elif "--vary" in sys.argv:
        vary(*given)
    else:
        sys.exit(main(*given, check="--check" in sys.argv))
