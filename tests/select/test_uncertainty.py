"""Uncertainty of the data is not decoration: it is what the figures say, and it moves the answer."""

from dataclasses import replace

import numpy as np
import pytest
from cases import example, with_facts

from beachhead import select_markets
from beachhead.assumptions import Assumptions
from beachhead.evidence.scale import to_scale
from beachhead.firm import Presence
from beachhead.select import smaa
from beachhead.select.demand import demand_for
from beachhead.select.levers import WEIGHTS, find_levers
from beachhead.select.market import market_columns
from beachhead.select.matrix import CELLS
from beachhead.select.prospect import INDICATOR, prospect_for, scale
from beachhead.select.scores import decision_table
from beachhead.select.weights import draw_weights, state_weights


@pytest.fixture(scope="module")
def table():
    firm, evidence, _ = example("india_bentonite")
    assumed = Assumptions({})
    columns, demand = market_columns(firm, evidence, assumed), demand_for(firm, evidence, assumed)
    return decision_table(evidence, demand, columns | {INDICATOR: prospect_for(firm, evidence, demand)})


def test_the_spread_of_a_value_is_the_sd_of_its_figure_between_the_anchors(table):
    _, evidence, _ = example("india_bentonite")
    anchors = evidence.anchors() | {INDICATOR: (scale().low, scale().high)}
    for k, name in enumerate(table.indicators):
        low, high = (float(to_scale(a, evidence.catalogue.indicators[name].transform)) for a in anchors[name])
        assert table.spread[:, k] == pytest.approx(table.raw.sd_t[:, k] / (high - low))
    assert np.mean(table.spread > 0) > 0.6


def test_a_leader_less_well_known_leads_less_often():
    firm, evidence, before = example("india_mobile_app")
    facts = evidence.facts()
    sd = facts.sd_t.copy()
    sd[facts.markets.index("USA")] *= 8
    after = select_markets(firm, with_facts(evidence, replace(facts, sd_t=sd)), draws=4000)
    a, b = before.markets.index("USA"), after.markets.index("USA")
    assert after.p_top[1][b] < before.p_top[1][a] - 0.03
    assert after.attractiveness.sd[b] > 1.1 * before.attractiveness.sd[a]


def test_errors_come_in_pairs_that_cancel():
    """Away from the clips the mean over antithetic draws is the centre itself, not the centre up to sampling noise."""
    centre, spread = np.full((2, 3), 0.5), np.full((2, 3), 0.05)
    weights = np.full((1000, 3), 1 / 3)
    total = smaa.draw_scores(centre, spread, weights, 1, ("A", "B"), 1).total
    assert total.mean(axis=1) == pytest.approx([50, 50], abs=1e-3)
    assert total.std(axis=1) == pytest.approx(100 * 0.05 / np.sqrt(3), rel=0.1)


def test_the_axes_have_the_mean_sd_and_covariance_of_their_draws(table):
    firm, evidence, s = example("india_bentonite")
    weights = state_weights(firm, table.indicators, table.criterion_of, Assumptions({}))
    drawn = draw_weights(weights, s.draws, np.random.Generator(np.random.PCG64([s.seed, 0])))
    order = [evidence.markets.index(m) for m in s.markets[:5]]
    scores = smaa.draw_scores(table.centre[order], table.spread[order], drawn, table.split, s.markets[:5], s.seed)
    share = drawn[:, : table.split].sum(axis=1)
    for m in range(5):
        both = np.cov(scores.first[m] / share, scores.second[m] / (1 - share), ddof=0)
        assert s.attractiveness.sd[m] == pytest.approx(np.sqrt(both[0, 0]), rel=1e-3)
        assert s.accessibility.sd[m] == pytest.approx(np.sqrt(both[1, 1]), rel=1e-3)
        assert s.axis_cov[m] == pytest.approx(both[0, 1], abs=0.02)


@pytest.mark.parametrize("name", ["india_mobile_app", "kenya_coffee"])
def test_cells_follow_the_axes(name):
    _, _, s = example(name)
    split = sum(c in ("size_growth", "purchasing", "competition", "political_legal") for c in s.criterion_of)
    w = s.weights
    attractive = 100 * s.values[:, :split] @ w[:split] / w[:split].sum()
    accessible = 100 * s.values[:, split:] @ w[split:] / w[split:].sum()
    for m, cell in enumerate(s.cell):
        high, near = attractive[m] >= s.middle[0], accessible[m] >= s.middle[1]
        assert cell == CELLS[{(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[high, near]]
    assert len(set(s.cell)) >= 3


def test_only_the_indicator_that_is_unsure_is_a_lever():
    """Two markets apart by 0.1 on a sure indicator; on the other they are level, one ± 0.3: it often decides."""
    centre, spread = np.array([[0.6, 0.5], [0.5, 0.5], [0.1, 0.1]]), np.array([[0, 0.3], [0, 0], [0, 0]])
    trials = smaa.trial_values(centre, spread, ("A", "B", "C"), 1)
    weights = np.array([0.5, 0.5])
    names = (("sure", "sure"), ("unsure", "unsure"))
    levers = {x.indicator: x for x in find_levers(trials, centre, weights, np.tile(weights, (1000, 1)), names, 1)}
    assert levers["sure"].changes == 0 and levers[WEIGHTS].changes == 0
    assert levers["unsure"].changes == pytest.approx(0.37, abs=0.05)  # P(ε < −0.1 / 0.3)
    assert levers["unsure"].p_first == levers["unsure"].changes


def test_a_market_where_the_firm_sells_ranks_higher_for_it_and_not_after_a_year_out():
    firm, evidence, _ = example("india_mobile_app")

    def score(*presence):
        s = select_markets(firm.model_copy(update={"presence": presence}), evidence, draws=50)
        return s.score[s.markets.index("NLD")]

    now = score(Presence(country="NLD", since="2023Q1"))
    left = score(Presence(country="NLD", since="2020Q1", until="2025Q1"))
    assert now > left + 0.5
    assert left == pytest.approx(score())
