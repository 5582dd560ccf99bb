"""A made-up plan with the shape of a real one: 60 economies, every scored indicator, figures from one seed.

For tests of how results are shown. The figures mean nothing; the sums (contributions, acceptabilities) hold.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from beachhead.enter.result import ModeChoice, Stage
from beachhead.evidence.catalogue import load_catalogue
from beachhead.evidence.model import Facts
from beachhead.firm import Capacity, Cash, Contact, Experience, Firm, Offer, Sales
from beachhead.flow import Plan
from beachhead.select.columns import column
from beachhead.select.matrix import name_cells, pareto_front
from beachhead.select.result import Axis, Column, Demand, Excluded, Lever, Potential, Selection, Suppliers
from beachhead.select.tables import criteria

MARKETS = [
    "USA",
    "DEU",
    "GBR",
    "CHN",
    "JPN",
    "FRA",
    "CAN",
    "AUS",
    "NLD",
    "SWE",
    "SGP",
    "ARE",
    "CHE",
    "BRA",
    "KOR",
    "IDN",
    "CIV",
    "NPL",
    "BTN",
    "LKA",
    "BGD",
    "ZAF",
    "KEN",
    "NGA",
    "MEX",
    "ESP",
    "ITA",
    "POL",
    "AUT",
    "BEL",
    "DNK",
    "NOR",
    "FIN",
    "IRL",
    "PRT",
    "GRC",
    "CZE",
    "HUN",
    "ROU",
    "BGR",
    "TUR",
    "ISR",
    "SAU",
    "QAT",
    "EGY",
    "MAR",
    "VNM",
    "THA",
    "MYS",
    "PHL",
    "NZL",
    "CHL",
    "PER",
    "COL",
    "ARG",
    "HKG",
    "TWN",
    "XKX",
    "MUS",
    "MDV",
]
FACTORS = (
    "home sales",
    "demand ratio",
    "leaving home (border)",
    "distance",
    "language",
    "agreement",
    "tariff",
    "contacts",
)
MODES = (
    "indirect_export",
    "direct_export",
    "ecommerce",
    "franchising",
    "licensing",
    "joint_venture",
    "subsidiary",
)


def synthetic_firm(name: str = "Kite & Lantern Apps") -> Firm:
    return Firm(
        name=name,
        home="IND",
        sector="technology",
        sells=(Offer(code="icio:J62_63", name="mobile apps"),),
        sales=Sales(home_usd=400_000, growth=0.2, gross_margin=0.6),
        capacity=Capacity(team=14),
        cash=Cash(available_usd=120_000, floor_usd=40_000),
        languages=("en", "hi"),
        experience=(Experience(country="SWE", years=10),),
        contacts=(Contact(country="DEU", kind="client", count=2),),
        seed=7,
    )


def synthetic_plan(markets: int = 60, top: int = 10, seed: int = 7, name: str = "Kite & Lantern Apps") -> Plan:
    """The plan; same arguments, same figures."""
    rng = np.random.default_rng(seed)
    firm = synthetic_firm(name)
    catalogue = load_catalogue()
    selection = _selection(firm, catalogue, tuple(MARKETS[:markets]), rng)
    evidence: Any = SimpleNamespace(
        snapshot="0123456789abcdef",
        vintage="2026-11",
        made="2026-11",
        catalogue=catalogue,
        markets=catalogue.markets,
    )
    return Plan(firm, evidence, firm.seed, top, selection, _modes(selection, rng))


def _selection(firm: Firm, catalogue: Any, markets: tuple[str, ...], rng: np.random.Generator) -> Selection:
    order = tuple(criteria())
    chosen = [i for i in catalogue.indicators.values() if i.direction and i.criterion and i.scope != "model"]
    chosen.sort(key=lambda i: order.index(i.criterion))
    ids, of = tuple(i.id for i in chosen), tuple(i.criterion for i in chosen)
    m, k = len(markets), len(ids)
    points = np.array([criteria()[c].profile["technology"] for c in of])
    weights = rng.dirichlet(points / 2)
    quality = np.linspace(0.9, -0.9, m)[:, None]
    values = 1 / (1 + np.exp(-(quality + rng.normal(0, 1.2, (m, k)))))
    values = values[np.argsort(-(values @ weights))]
    score = 100 * values @ weights
    attractive, accessible = (_axis(values, weights, of, axis, rng) for axis in ("attractiveness", "accessibility"))
    acceptability, pairwise = _ranks(score, rng)
    cumulative = acceptability.cumsum(axis=1)
    return Selection(
        firm=firm,
        home=firm.home,
        markets=markets,
        names=tuple(catalogue.countries[c].name for c in markets),
        seed=firm.seed,
        draws=10_000,
        criteria=order,
        indicators=ids,
        criterion_of=of,
        weights=weights,
        values=values,
        contributions=100 * values * weights,
        score=score,
        attractiveness=attractive,
        accessibility=accessible,
        axis_cov=0.3 * attractive.sd * accessible.sd,
        cell=name_cells(attractive.mean, accessible.mean, (50.0, 50.0)),
        middle=(50.0, 50.0),
        pareto=pareto_front(attractive.mean, accessible.mean),
        acceptability=acceptability,
        expected_rank=acceptability @ np.arange(1, m + 1),
        p_top={n: cumulative[:, min(n, m) - 1].clip(0, 1) for n in (1, 3, 5, 10)},
        pairwise=pairwise,
        central_weights=np.tile(weights, (m, 1)),
        confidence=acceptability[:, 0],
        levers=(
            Lever("weights", "how you weigh the criteria", 2.1, 0.31),
            Lever("demand", "Demand for the product", 1.4, 0.22),
            Lever("wgi_rule_of_law", "Rule of law", 0.2, 0.03),
        ),
        excluded=(Excluded("AFG", "excluded by the firm"), Excluded("PRK", "no trade agreement with India")),
        raw=_facts(markets, chosen, rng),
        demand=_demand(m, rng),
        potential=_potential(m, rng),
        weight_ground="sector profile 'technology'",
        consistency_ratio=None,
    )


def _axis(values: Any, weights: Any, of: tuple[str, ...], axis: str, rng: np.random.Generator) -> Axis:
    on = np.array([criteria()[c].axis == axis for c in of])
    return Axis(100 * values[:, on] @ weights[on] / weights[on].sum(), rng.uniform(1.5, 5, len(values)))


def _ranks(score: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    drawn = score + rng.normal(0, 3, (4000, len(score)))
    rank = np.argsort(np.argsort(-drawn, axis=1), axis=1)
    acceptability = np.stack([(rank == r).mean(axis=0) for r in range(len(score))], axis=1)
    pairwise = (drawn[:, :, None] > drawn[:, None, :]).mean(axis=0)
    np.fill_diagonal(pairwise, 0.5)
    return acceptability, pairwise


def _facts(markets: tuple[str, ...], chosen: list[Any], rng: np.random.Generator) -> Facts:
    shape = (len(markets), len(chosen))
    value = rng.uniform(0.1, 5, shape)
    for k, indicator in enumerate(chosen):
        if "USD" in indicator.unit or indicator.unit in ("people", "km"):
            value[:, k] = np.exp(rng.normal(10, 2, shape[0]))
        elif indicator.unit in ("0 or 1", "0-1"):
            value[:, k] = rng.uniform(0, 1, shape[0]).round(0 if indicator.unit == "0 or 1" else 3)
    return Facts(
        markets,
        tuple(i.id for i in chosen),
        value,
        sd=0.1 * value,
        sd_t=np.full(shape, 0.1),
        year=rng.integers(2018, 2025, shape).astype(np.int16),
        status=rng.choice(4, shape, p=[0.7, 0.15, 0.1, 0.05]).astype(np.int8),
        source=np.tile(np.array([i.source for i in chosen], dtype=object), (shape[0], 1)),
    )


def _demand(m: int, rng: np.random.Generator) -> Demand:
    value = np.exp(np.linspace(24, 16, m) + rng.normal(0, 1, m))

    def known() -> Column:
        return column(rng.uniform(0, 0.4, m), 0.1, 2022, 0, "oecd-icio")

    return Demand(
        kind="services",
        label="IT and information services",
        code="icio:J62_63",
        value=value,
        sd_log=np.full(m, 0.3),
        year=np.full(m, 2022, np.int16),
        status=rng.choice([0, 0, 0, 2], m).astype(np.int8),
        source=np.full(m, "oecd-icio", dtype=object),
        expenditure=value * 4,
        expenditure_sd=np.full(m, 0.4),
        home_expenditure=8e10,
        home_expenditure_sd=0.3,
        home_rca=2.4,
        notes=(
            "The OECD splits services between partners with a model.",
            "What households buy is not in the figure.",
        ),
        growth=known(),
        suppliers=Suppliers(known(), known(), known()),
    )


def _potential(m: int, rng: np.random.Generator) -> Potential:
    factor = rng.normal(0, 0.8, (m, len(FACTORS)))
    factor[:, 0], factor[:, 2] = np.log(400_000), -3.2
    gravity, entrant = factor.sum(axis=1), np.full(m, np.log(13_000.0)) + rng.normal(0, 0.2, m)
    log, sd = (gravity + entrant) / 2, rng.uniform(1.0, 1.6, m)
    p10, p50, p90 = (np.exp(log + z * sd) for z in (-1.2816, 0.0, 1.2816))
    return Potential(
        median_usd=p50,
        sd_log=sd,
        p10=p10,
        p50=p50,
        p90=p90,
        factors=FACTORS,
        factor_log=factor,
        factor_sd=np.full((m, len(FACTORS)), 0.2),
        gravity_log=gravity,
        gravity_sd=np.full(m, 1.7),
        entrant_log=entrant,
        entrant_sd=np.full(m, 1.4),
        gravity_weight=np.full(m, 0.45),
        root=sd[:, None] * np.eye(m),
        own_sd=np.zeros(m),
        heard=sd[:, None] * np.eye(m),
        notes=("Sales at maturity, about the fifth year.",),
    )


def _modes(selection: Selection, rng: np.random.Generator) -> Any:
    m = len(selection.markets)
    fit = rng.uniform(0.1, 0.95, (m, 7))
    feasible = rng.uniform(0, 1, (m, 7)) > 0.2
    feasible[:, 1] = True
    best = tuple(MODES[int(j)] for j in np.argmax(np.where(feasible, fit, -1), axis=1))
    cost, fixed, hours = (
        np.exp(rng.normal(9, 0.8, (m, 7))),
        rng.uniform(500, 5000, (m, 7)),
        rng.uniform(20, 300, (m, 7)),
    )
    discount, heavier = np.where(np.arange(m) % 3 == 0, 0.25, 0.0), np.triu(np.ones((7, 7), bool), 1)
    return ModeChoice(
        modes=MODES,
        fit=fit,
        potential_usd=selection.potential.p50[:, None] * np.array([0.5, 1.0, 0.7, 0.9, 0.6, 1.1, 1.4]),
        cost_usd=cost,
        cost_sd_log=np.full((m, 7), 0.5),
        entry_usd=cost / (1.0 - discount[:, None]),
        fixed_usd_quarter=fixed,
        hours_quarter=hours,
        staff_usd_quarter=25.0 * hours,
        exit_usd=cost / 4.0,
        switch_usd=cost,
        switch_at_usd=np.where(heavier, 2.0 * selection.potential.p50[:, None, None], np.inf),
        weeks=rng.uniform(3, 60, (m, 7)).round(),
        value_usd=rng.normal(20_000, 20_000, (m, 7)),
        open=np.ones((m, 7), bool),
        feasible=feasible,
        obstacles=tuple(tuple("" if ok else "needs more cash than there is" for ok in row) for row in feasible),
        best=best,
        reasons=tuple(("fast", "keeps your hands free", "needs little cash") for _ in range(m)),
        why_not=tuple("Direct export comes next: it needs more hours." for _ in range(m)),
        path=tuple(_path(mode) for mode in best),
        discount=discount,
        discount_sd=np.where(np.arange(m) % 3 == 0, 0.05, 0.0),
        discount_from=tuple(("DEU",) if i % 3 == 0 else () for i in range(m)),
    )


def _path(mode: str) -> tuple[Stage, ...]:
    when = "sales of USD 40k a year, seen for 2 quarters"
    return (Stage(mode, "now", 0.0, 0, 1.0), Stage("subsidiary", when, 40_000.0, 2, 0.2))


def renamed(plan: Plan, **changes: Any) -> Plan:
    """The same plan with other fields."""
    return replace(plan, **changes)
