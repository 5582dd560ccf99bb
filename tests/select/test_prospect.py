"""The chance to get in as a part of the score: what it adds, to whom, and that nobody else is touched."""

from dataclasses import replace

import numpy as np
import pytest
from cases import example
from hypothesis import given, settings
from hypothesis import strategies as st

import beachhead.select.prospect as module
from beachhead import select_markets
from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.firm import Screen
from beachhead.select.prospect import INDICATOR, Scale, scale
from beachhead.select.weights import draw_weights, state_weights

SHARE = PACKAGED["prospect_weight"]


@pytest.fixture(scope="module")
def clay():
    return example("india_bentonite")


def with_share(firm, share):
    return firm.model_copy(update={"assumptions": {**firm.assumptions, "prospect_weight": share}})


def column(selection, name=INDICATOR):
    return selection.indicators.index(name)


def test_it_takes_its_share_of_the_score_and_points_still_add_up(clay):
    _, _, s = clay
    k = column(s)
    assert s.weights[k] == pytest.approx(SHARE) and s.weights.sum() == pytest.approx(1)
    assert s.contributions[:, k] == pytest.approx(100 * SHARE * s.values[:, k])
    assert s.contributions.sum(1) == pytest.approx(s.score)
    assert s.criterion_of[k] == "size_growth"


def test_what_the_owner_says_of_the_criteria_holds_among_themselves(clay):
    firm, evidence, s = clay
    alone = select_markets(with_share(firm, 0.0), evidence, draws=50)
    rest = np.delete(s.weights, column(s))
    assert rest / rest.sum() == pytest.approx(alone.weights)
    assert INDICATOR not in alone.indicators
    at = [s.markets.index(m) for m in alone.markets]
    criteria = s.score - s.contributions[:, column(s)]
    assert criteria[at] == pytest.approx((1 - SHARE) * alone.score)


def test_removing_a_market_moves_no_other_score(clay):
    firm, evidence, s = clay
    gone = s.markets[:40:2]
    part = select_markets(firm.model_copy(update={"screen": Screen(exclude=gone)}), evidence, draws=50)
    whole = select_markets(firm.model_copy(update={"screen": Screen()}), evidence, draws=50)
    at = [whole.markets.index(m) for m in part.markets]
    assert np.array_equal(part.score, whole.score[at])


def test_a_better_chance_raises_that_market_alone(clay, monkeypatch):
    firm, evidence, s = clay
    plain = module.prospect_for
    lucky = s.markets[60]

    def better(*given):
        found = plain(*given)
        value = found.value.copy()
        value[evidence.markets.index(lucky)] = 0.9
        return replace(found, value=value)

    monkeypatch.setattr("beachhead.select.prospect_for", better)
    after = select_markets(firm, evidence, draws=50)
    moved = {m: after.score[after.markets.index(m)] - s.score[s.markets.index(m)] for m in s.markets}
    assert moved.pop(lucky) > 0
    assert max(abs(x) for x in moved.values()) < 1e-12


@pytest.mark.parametrize("name", ["india_mobile_app", "kenya_coffee", "portugal_footwear"])
def test_without_trade_in_the_product_the_model_is_not_asked(name, monkeypatch):
    firm, evidence, s = example(name)
    assert INDICATOR not in s.indicators and INDICATOR not in s.raw.indicators
    found = select_markets(with_share(firm, 0.9), evidence, draws=50)
    assert np.array_equal(found.score, s.score) and "chance" not in found.weight_ground


def test_the_weight_is_drawn_around_its_share_and_the_criteria_as_before(clay):
    firm, _, s = clay
    weights = state_weights(firm, s.indicators, s.criterion_of, Assumptions(firm.assumptions))
    draws = draw_weights(weights, 40_000, np.random.default_rng(1))
    own = draws[:, column(s)]
    c = weights.concentration
    assert draws.sum(1) == pytest.approx(np.ones(len(draws)))
    assert own.mean() == pytest.approx(SHARE, abs=0.002)
    assert own.var() == pytest.approx(SHARE * (1 - SHARE) / (c + 1), rel=0.05)
    rest = np.delete(draws, column(s), axis=1) / (1 - own)[:, None]
    stated = np.delete(weights.indicators, column(s)) / (1 - SHARE)
    assert rest.mean(0) == pytest.approx(stated, abs=0.003)


chances = st.floats(1e-7, 0.999)


@settings(deadline=None)
@given(a=chances, b=chances)
def test_a_greater_chance_is_never_worth_less(a, b):
    low, high = sorted((a, b))
    x, y = scale().value(np.array([low, high]))
    assert 0 <= x <= y <= 1


def test_a_sure_chance_is_worth_its_place_between_the_two_ends():
    sure = Scale(0.001, 0.1, 0.0)
    assert sure.value(np.array([1e-5, 0.001, 0.01, 0.1, 0.9])) == pytest.approx([0, 0, 0.5, 1, 1])


def test_the_chance_is_a_prediction_and_says_so(clay):
    _, _, s = clay
    k = s.raw.indicators.index(INDICATOR)
    assert set(s.raw.status[:, k]) == {2} and set(s.raw.source[:, k]) == {"beachhead-model"}
    assert s.raw.value[:, k].min() > 0 and s.raw.value[:, k].max() <= 1
