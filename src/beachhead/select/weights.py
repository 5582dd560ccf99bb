"""Weights of criteria and indicators: stated by a sector profile, points, a ranking or pairwise comparison; and drawn.

Criteria are drawn first, then indicators within each criterion. When criteria are Dirichlet with total c, the
indicators of a criterion are Dirichlet with total c × the criterion's weight: together that is one flat Dirichlet over
all indicators (its aggregation property), so the tree changes nothing but who may state what.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, WeightChoice
from beachhead.select.ahp import comparison_matrix, eigenvector_weights
from beachhead.select.prospect import INDICATOR
from beachhead.select.tables import criteria, indicator_weights


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Stated weights. ``criteria`` (C,) and ``indicators`` (K,) each sum to 1; ``criterion`` (K,) indexes criteria.

    ``concentration`` is the Dirichlet total; ``ordinal`` (C,) lists criteria from most to least important when only a
    ranking was given, else it is None; ``consistency`` is the AHP ratio, else None; ``ground`` says where they come
    from. ``apart``: column and weight of the model's chance, which is taken off before the criteria share the rest, so
    that what the owner states of them holds among themselves; None where there is none.
    """

    criteria: Floats
    indicators: Floats
    criterion: np.ndarray[tuple[int], np.dtype[np.int64]]
    names: tuple[str, ...]
    concentration: float
    ordinal: tuple[int, ...] | None
    consistency: float | None
    ground: str
    apart: tuple[int, float] | None = None


def rank_order_centroid(n: int) -> Floats:
    """Mean of the uniform distribution over w1 ≥ w2 ≥ … ≥ wn, Σw = 1 (Barron & Barrett 1996).

    wj = (1/n) Σ_{i ≥ j} 1/i.
    """
    return np.asarray(np.cumsum(1 / np.arange(n, 0, -1))[::-1] / n)


def _points(choice: WeightChoice, names: tuple[str, ...]) -> Floats:
    unknown = sorted(set(choice.points) - set(names))
    if unknown:
        raise bad("weights.points", ", ".join(unknown), f"give points to: {', '.join(names)}")
    points = np.array([choice.points.get(n, 0.0) for n in names])
    if not points.sum() > 0:
        raise bad("weights.points", "all zero", "give at least one criterion a positive number of points")
    return np.asarray(points / points.sum())


def _ranking(choice: WeightChoice, names: tuple[str, ...]) -> tuple[int, ...]:
    if sorted(choice.ranking) != sorted(names):
        raise bad("weights.ranking", ", ".join(choice.ranking), f"rank each of these once: {', '.join(names)}")
    return tuple(names.index(n) for n in choice.ranking)


def _stated(firm: Firm, names: tuple[str, ...]) -> tuple[Floats, tuple[int, ...] | None, float | None, str]:
    choice = firm.weights
    if choice.method == "points":
        return _points(choice, names), None, None, "points given by the owner"
    if choice.method == "ranking":
        order = _ranking(choice, names)
        weights = np.empty(len(names))
        weights[list(order)] = rank_order_centroid(len(names))
        return weights, order, None, "ranking given by the owner"
    if choice.method == "pairwise":
        found = eigenvector_weights(comparison_matrix(names, choice.pairwise))
        return found.weights, None, found.consistency_ratio, "pairwise comparison by the owner"
    profile = np.array([criteria()[n].profile[firm.sector] for n in names])
    return profile / profile.sum(), None, None, f"sector profile '{firm.sector}'"


def state_weights(
    firm: Firm, indicators: tuple[str, ...], criterion_of: tuple[str, ...], assumed: Assumptions
) -> Weights:
    """The weights a firm states, over K indicators that belong to the criteria named in ``criterion_of`` (K,)."""
    if INDICATOR in indicators:
        k = indicators.index(INDICATOR)
        rest = state_weights(firm, _less(indicators, k), _less(criterion_of, k), assumed)
        return _set_apart(rest, k, criterion_of[k], assumed["prospect_weight"])
    names = tuple(criteria())
    top, ordinal, consistency, ground = _stated(firm, names)
    group = np.array([names.index(c) for c in criterion_of])
    within = np.array([indicator_weights()[i][firm.sector] for i in indicators])
    total = np.bincount(group, within, minlength=len(names))
    leaf = top[group] * within / total[group]
    concentration = assumed[f"weight_concentration_{firm.weights.confidence}"]
    return Weights(top, leaf, group, names, concentration, ordinal, consistency, ground)


def _less(names: tuple[str, ...], k: int) -> tuple[str, ...]:
    return names[:k] + names[k + 1 :]


def _set_apart(rest: Weights, k: int, criterion: str, share: float) -> Weights:
    """Weights with the model's chance in column ``k``, which takes ``share`` of the whole."""
    c = rest.names.index(criterion)
    criteria_now = (1 - share) * rest.criteria
    criteria_now[c] += share
    return replace(
        rest,
        criteria=criteria_now,
        indicators=np.insert((1 - share) * rest.indicators, k, share),
        criterion=np.insert(rest.criterion, k, c),
        ground=f"{rest.ground}, after {100 * share:.0f} % for the chance to get in",
        apart=(k, share),
    )


def _criteria_alone(weights: Weights) -> Weights:
    """The weights as stated, without the column that is set apart."""
    k, share = weights.apart or (0, 0.0)
    stated = weights.criteria.copy()
    stated[weights.criterion[k]] -= share
    scale = 1 - share if share < 1 else 1.0
    return replace(
        weights,
        criteria=stated / scale,
        indicators=np.delete(weights.indicators, k) / scale,
        criterion=np.delete(weights.criterion, k),
        apart=None,
    )


def _draw_criteria(weights: Weights, draws: int, rng: np.random.Generator) -> Floats:
    if weights.ordinal is not None:  # uniform over the ordered part of the simplex: sort a flat Dirichlet
        flat = np.sort(rng.dirichlet(np.ones(len(weights.criteria)), draws), axis=1)[:, ::-1]
        out = np.empty_like(flat)
        out[:, list(weights.ordinal)] = flat
        return out
    return _dirichlet(weights.concentration * weights.criteria, draws, rng)


def _dirichlet(alpha: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Dirichlet draws (draws, n); zero parameters stay exactly zero."""
    gammas = rng.standard_gamma(alpha, (draws, len(alpha)))
    total = gammas.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, gammas / np.where(total > 0, total, 1), alpha / alpha.sum()))


def draw_weights(weights: Weights, draws: int, rng: np.random.Generator) -> Floats:
    """Random weights (draws, K) around the stated ones; each row sums to 1.

    What is set apart is Beta around its weight: with criteria that are Dirichlet, as much as saying that all are.
    """
    if weights.apart is not None:
        k, share = weights.apart
        rest = draw_weights(_criteria_alone(weights), draws, rng)
        own = rng.beta(weights.concentration * share, weights.concentration * (1 - share), draws)
        return np.insert(rest * (1 - own)[:, None], k, own, axis=1)
    top = _draw_criteria(weights, draws, rng)
    out = np.zeros((draws, len(weights.indicators)))
    for c in range(len(weights.criteria)):
        members = np.flatnonzero(weights.criterion == c)
        stated = weights.indicators[members]
        if stated.sum() > 0:
            alpha = weights.concentration * stated
            out[:, members] = top[:, [c]] * _dirichlet(alpha, draws, rng)
    return np.asarray(out / out.sum(axis=1, keepdims=True))
