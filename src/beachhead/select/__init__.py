"""Where: criteria, demand, proximity, scoring, acceptability, matrix, potential."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.errors import InfeasibleError
from beachhead.evidence.model import Facts, Floats
from beachhead.firm import Firm
from beachhead.select import smaa
from beachhead.select.demand import demand_for
from beachhead.select.levers import find_levers
from beachhead.select.market import market_columns
from beachhead.select.matrix import name_cells, pareto_front
from beachhead.select.potential import model_for, potential_for
from beachhead.select.prospect import INDICATOR, prospect_for
from beachhead.select.result import Axis, Column, Demand, Excluded, Potential, Selection, Suppliers
from beachhead.select.scores import Table, decision_table
from beachhead.select.screen import conflict, screen
from beachhead.select.tables import criteria
from beachhead.select.weights import Weights, draw_weights, state_weights

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

TOPS = (1, 3, 5, 10)
LEVER_TOP = 10
Rows = NDArray[np.int64]


def select(firm: Firm, evidence: Evidence, *, seed: int, draws: int = 10_000) -> Selection:
    """Rank the markets for a firm, with weights and data both uncertain.

    Returns a frozen :class:`Selection` in rank order of expected score. Raises InfeasibleError if no market is left.
    """
    assumed = Assumptions(firm.assumptions)
    columns = market_columns(firm, evidence, assumed)
    figures = {name: one.value for name, one in columns.items()}
    demand = demand_for(firm, evidence, assumed)
    prospect = prospect_for(firm, evidence, demand) if assumed["prospect_weight"] > 0 else None
    columns |= {} if prospect is None else {INDICATOR: prospect}
    table = decision_table(evidence, demand, columns)
    weights = state_weights(firm, table.indicators, table.criterion_of, assumed)
    excluded = screen(firm, evidence, figures)
    if len(excluded) == len(evidence.markets):
        raise InfeasibleError(conflict(firm, evidence, figures))
    order = ranked(table, weights, excluded, evidence.markets)
    potential = potential_for(firm, demand, figures, evidence, assumed)
    found = _assemble(firm, evidence, table, weights, order, demand, potential, excluded, seed, draws)
    return replace(found, assumptions=assumed.changed("select", model_for(demand.code, evidence)))


def ranked(table: Table, weights: Weights, excluded: tuple[Excluded, ...], markets: tuple[str, ...]) -> Rows:
    """Rows of the markets that are left, best expected score first; ties in alphabetical order."""
    out = {x.market for x in excluded}
    left = np.array([m for m, market in enumerate(markets) if market not in out], np.int64)
    score = table.mean[left] @ weights.indicators
    return left[np.argsort(-score, kind="stable")]


def _assemble(
    firm: Firm, evidence: Evidence, table: Table, weights: Weights, order: Rows, demand: Demand,
    potential: Potential, excluded: tuple[Excluded, ...], seed: int, draws: int,
) -> Selection:  # fmt: skip
    markets = tuple(evidence.markets[m] for m in order)
    names = tuple(evidence.catalogue.countries[m].name for m in markets)
    mean, w = table.mean[order], weights.indicators
    contributions = 100 * mean * w
    uncertain = _acceptability(table, weights, order, markets, seed, draws)
    expected = _axis_means(table, weights)
    middle = tuple(float(np.median(np.delete(a, evidence.markets.index(firm.home)))) for a in expected)
    attractive, accessible = (a[order] for a in expected)
    levers = find_levers(
        uncertain.pop("trials"), mean, w, uncertain.pop("drawn"),
        tuple((i, evidence.catalogue.indicators[i].name) for i in table.indicators), LEVER_TOP,
    )  # fmt: skip
    return Selection(
        firm=firm,
        home=firm.home,
        markets=markets,
        names=names,
        seed=seed,
        draws=draws,
        criteria=tuple(criteria()),
        indicators=table.indicators,
        criterion_of=table.criterion_of,
        weights=w,
        values=mean,
        contributions=contributions,
        score=contributions.sum(axis=1),
        cell=name_cells(attractive, accessible, (middle[0], middle[1])),
        middle=(middle[0], middle[1]),
        pareto=pareto_front(attractive, accessible),
        levers=levers,
        excluded=excluded,
        raw=_facts_rows(table.raw, order),
        demand=_rows(demand, order, len(evidence.markets)),
        potential=_rows(potential, order, len(evidence.markets)),
        weight_ground=weights.ground,
        consistency_ratio=weights.consistency,
        **uncertain,
    )


def _axis_means(table: Table, weights: Weights) -> tuple[Floats, Floats]:
    """Expected attractiveness and accessibility of all markets, 0–100, each (M,)."""
    w, s = weights.indicators, table.split
    parts = ((table.mean[:, :s], w[:s]), (table.mean[:, s:], w[s:]))
    first, second = (100 * values @ part / max(part.sum(), 1e-12) for values, part in parts)
    return first, second


def _acceptability(
    table: Table, weights: Weights, order: Rows, markets: tuple[str, ...], seed: int, draws: int
) -> dict[str, Any]:
    """All that needs draws: acceptabilities, winning indices, central weights, axes with sd, and what levers need."""
    rng = np.random.Generator(np.random.PCG64([seed, 0]))
    drawn = draw_weights(weights, draws, rng)
    centre, spread = table.centre[order], table.spread[order]
    scores = smaa.draw_scores(centre, spread, drawn, table.split, markets, seed)
    rank = smaa.ranks(scores.total)
    acceptability = smaa.rank_acceptability(rank)
    central = smaa.central_weights(rank, drawn)
    trials = smaa.trial_values(centre, spread, markets, seed)
    first, second, cov = _axes(scores, drawn, table.split)
    return {
        "acceptability": acceptability,
        "expected_rank": acceptability @ np.arange(1, len(markets) + 1),
        "p_top": {n: acceptability[:, :n].sum(axis=1) for n in TOPS},
        "pairwise": smaa.pairwise_winning(scores.total, rank),
        "central_weights": central,
        "confidence": smaa.confidence_factors(trials, central),
        "attractiveness": first,
        "accessibility": second,
        "axis_cov": cov,
        "trials": trials,
        "drawn": drawn,
    }


def _axes(scores: smaa.Draws, drawn: Floats, split: int) -> tuple[Axis, Axis, Floats]:
    """Both axes over the draws: each part of the score over its own weight, so that each runs 0–100."""
    share = drawn[:, :split].sum(axis=1).astype(np.float32)
    first = scores.first / np.maximum(share, 1e-6)
    second = scores.second / np.maximum(1 - share, 1e-6)
    a, b = (Axis(x.mean(axis=1, dtype=np.float64), x.std(axis=1, dtype=np.float64)) for x in (first, second))
    both = np.einsum("md,md->m", first, second, dtype=np.float64) / first.shape[1]
    return a, b, both - a.mean * b.mean


T = TypeVar("T", Demand, Potential, Suppliers, Column)


def _rows(result: T, order: Rows, markets: int) -> T:
    """A result over all markets, and any result within it, cut to the ranked ones."""

    def cut(x: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim and len(x) == markets:
            return x[order]
        if isinstance(x, Suppliers):
            return _rows(x, order, markets)
        return _rows(x, order, markets) if isinstance(x, Column) else x

    parts: dict[str, Any] = {f.name: cut(getattr(result, f.name)) for f in fields(result)}
    return replace(result, **parts)


def _facts_rows(facts: Facts, order: Rows) -> Facts:
    return replace(
        facts,
        markets=tuple(facts.markets[m] for m in order),
        **{f: getattr(facts, f)[order] for f in ("value", "sd", "sd_t", "year", "status", "source")},
    )
