"""Weights: four ways to state them, and what the draws around them must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beachhead.assumptions import PACKAGED
from beachhead.errors import InputError
from beachhead.firm import Firm, WeightChoice
from beachhead.select.tables import SECTORS, criteria, indicator_weights
from beachhead.select.weights import draw_weights, rank_order_centroid, state_weights

NAMES = tuple(criteria())
INDICATORS = (
    "gdp_usd",
    "demand",
    "inflation",
    "home_share",
    "wgi_rule_of_law",
    "distance",
    "lpi",
    "domestic_credit",
    "mobile",
)
GROUPS = (
    *("size_growth", "size_growth", "purchasing", "competition", "political_legal"),
    *("proximity", "logistics", "ease", "resources_partners"),
)


def stated(sector="technology", **choice):
    firm = Firm.model_construct(
        sector=sector, weights=WeightChoice.model_construct(**choice)
    )  # past the firm file's own checks
    return state_weights(firm, INDICATORS, GROUPS, PACKAGED)


def test_profiles_are_complete_and_sum_to_one_hundred():
    for sector in SECTORS:
        assert sum(c.profile[sector] for c in criteria().values()) == pytest.approx(100)
        assert all(weights[sector] >= 0 for weights in indicator_weights().values())


def test_rank_order_centroids_are_those_of_barron_and_barrett():
    assert rank_order_centroid(3) == pytest.approx([0.6111, 0.2778, 0.1111], abs=1e-4)
    assert rank_order_centroid(4) == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=1e-4)


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(0.1, 50), min_size=1), st.floats(0.01, 100))
def test_scaling_all_points_changes_nothing(points, factor):
    one = stated(method="points", points=points)
    other = stated(method="points", points={k: v * factor for k, v in points.items()})
    assert one.indicators == pytest.approx(other.indicators, rel=1e-9)
    assert one.indicators.sum() == pytest.approx(1)


def test_a_criterion_without_points_never_weighs():
    weights = stated(method="points", points={"size_growth": 3, "proximity": 1})
    draws = draw_weights(weights, 500, np.random.default_rng(1))
    silent = [g not in ("size_growth", "proximity") for g in GROUPS]
    assert np.all(draws[:, silent] == 0)


@pytest.mark.parametrize(("confidence", "total"), [("low", 15), ("medium", 60), ("high", 240)])
def test_draws_have_the_moments_of_one_flat_dirichlet(confidence, total):
    """Drawing criteria, then indicators, is the same as one Dirichlet over all indicators (aggregation property)."""
    weights = stated(confidence=confidence)
    draws = draw_weights(weights, 60_000, np.random.default_rng(2))
    w = weights.indicators
    assert draws.mean(0) == pytest.approx(w, abs=0.003)
    assert np.cov(draws.T) == pytest.approx((np.diag(w) - np.outer(w, w)) / (total + 1), abs=4e-4)


@settings(deadline=None, max_examples=20)
@given(st.permutations(NAMES))
def test_a_ranking_is_kept_in_every_draw_and_its_mean_is_the_centroid(order):
    weights = stated(method="ranking", ranking=tuple(order))
    draws = draw_weights(weights, 4000, np.random.default_rng(3))
    top = np.zeros((4000, len(NAMES)))
    np.add.at(top.T, weights.criterion, draws.T)
    ordered = top[:, [NAMES.index(n) for n in order]]
    assert np.all(np.diff(ordered, axis=1) <= 1e-12)
    assert ordered.mean(0) == pytest.approx(rank_order_centroid(8), abs=0.012)


def test_pairwise_answers_give_weights_and_a_consistency_ratio():
    points = {n: 8.0 - k for k, n in enumerate(NAMES)}
    answers = {f"{a}/{b}": points[a] / points[b] for i, a in enumerate(NAMES) for b in NAMES[i + 1 :]}
    pairwise, plain = stated(method="pairwise", pairwise=answers), stated(method="points", points=points)
    assert pairwise.criteria == pytest.approx(plain.criteria, abs=1e-9)
    assert pairwise.consistency == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("choice", "named"),
    [
        ({"method": "points", "points": {"size": 1}}, "size"),
        ({"method": "points", "points": {"ease": 0}}, "all zero"),
        ({"method": "ranking", "ranking": NAMES[:-1]}, "rank each of these once"),
        ({"method": "pairwise", "pairwise": {"ease/logistics": 2}}, "compare also"),
    ],
)
def test_a_wrong_statement_is_named(choice, named):
    with pytest.raises(InputError, match=named):
        stated(**choice)
