"""The export potential indicator: a case worked by hand, a second implementation, and what it must keep."""

from __future__ import annotations

import numpy as np
import pytest
from cases import evidence_for
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skill.small_panel import BASE, everyone, small_panel

from beachhead.skill import epi, gravity

SIX_BY_THREE = arrays(np.float64, (6, 3), elements=st.floats(0.1, 1e3))

# Three countries A, B, C and two products, in USD. Rows sell to columns.
#   shoes: A→B 30, A→C 10, B→C 20     coffee: B→A 40, C→A 40, C→B 20
SHOES = np.array([[0.0, 30, 10], [0, 0, 20], [0, 0, 0]])
COFFEE = np.array([[0.0, 0, 0], [40, 0, 0], [40, 20, 0]])
SOLD = np.column_stack([SHOES.sum(1), COFFEE.sum(1)])
BOUGHT = np.column_stack([SHOES.sum(0), COFFEE.sum(0)])


def test_ease_by_hand():
    """A has 40/60 of the world's shoes, and C buys 30 of them: 20 are due, 10 are sold, so trade is half as easy.

    B has 20/60 of the shoes and 40/100 of the coffee; A buys 80 of coffee: 32 are due, 40 are sold.
    """
    found = epi.ease(SHOES + COFFEE, SOLD, BOUGHT)
    assert found[0, 2] == pytest.approx(10 / (40 / 60 * 30))
    assert found[1, 0] == pytest.approx(40 / (40 / 100 * 80))
    assert found[2, 1] == pytest.approx(20 / (60 / 100 * 20))  # C sells coffee only


def test_supply_by_hand():
    """A and B share the shoes 2 : 1; A doubles and B does not: 4 : 1."""
    found = epi.projected_share(SOLD, np.array([2.0, 1.0, 5.0]))
    assert found[:, 0] == pytest.approx([0.8, 0.2, 0.0])


def test_demand_by_hand():
    """People + 10 %, income per head + 21 % with half of it spent on more imports: 1.1 × 1.1."""
    found = epi.projected_imports(BOUGHT, np.array([1.1, 1, 1]), np.array([1.21, 1, 1]), 0.5)
    assert found[0] == pytest.approx([0, 80 * 1.21]) and found[1:] == pytest.approx(BOUGHT[1:])


def test_indicator_by_hand():
    """Without growth: A's shoes in C are worth 2/3 × 0.5 × 30 = 10, what is sold; shoes alone make up their trade."""
    share = epi.projected_share(SOLD, np.ones(3))
    found = epi.Factors(share, epi.ease(SHOES + COFFEE, SOLD, BOUGHT), BOUGHT)
    zero = np.zeros(1, np.int64)
    assert found.at(zero, zero, zero + 2) == pytest.approx([10])


@given(SIX_BY_THREE, SIX_BY_THREE)
def test_without_growth_the_indicator_spreads_a_pairs_trade_over_its_products(sold, bought):
    """Over all products it adds up to what the pair trades: ease is the factor that makes it so."""
    bought = bought * sold.sum(0) / bought.sum(0)
    trade = np.random.default_rng(0).uniform(0, 10, (6, 6))
    every = epi.Factors(epi.projected_share(sold, np.ones(6)), epi.ease(trade, sold, bought), bought)
    e, i, p = (x.ravel() for x in np.indices((6, 6, 3)))
    total = np.bincount(e * 6 + i, every.at(p, e, i)).reshape(6, 6)
    assert total == pytest.approx(trade, abs=1e-9)


@given(SIX_BY_THREE, arrays(np.float64, 6, elements=st.floats(0.5, 2)))
def test_projected_shares_sum_to_one(sold, growth):
    assert epi.projected_share(sold, growth).sum(0) == pytest.approx(1)


def test_score_is_the_product_written_out_by_hand():
    """A second implementation, flow by flow."""
    known = small_panel().until(BASE)
    cases = everyone(known)
    flow = gravity.volumes(known, BASE)
    people, per_head = epi.growth(known.evidence, known.countries, BASE)
    score = epi.epi_score(known, cases)
    for n in range(0, len(cases), 37):
        p, e, i = cases.product[n], cases.exporter[n], cases.importer[n]
        grown = [flow[c, :, p].sum() * people[c] * per_head[c] for c in range(len(people))]
        due = sum(flow[e, :, k].sum() / flow[:, :, k].sum() * flow[:, i, k].sum() for k in range(flow.shape[2]))
        demand = flow[:, i, p].sum() * people[i] * per_head[i] ** epi.elasticity()
        assert score[n] == pytest.approx(grown[e] / sum(grown) * flow[e, i].sum() / due * demand, rel=1e-9)


def test_growth_is_what_was_known_at_the_time():
    """China's five-year mean was above 10 % in 2010 and below 8 % in 2017; a country without figures is like most."""
    evidence = evidence_for()
    boom, later = (np.prod([g[0] for g in epi.growth(evidence, ("CHN",), year)]) for year in (2010, 2017))
    assert boom > 1.10**epi.AHEAD > 1.08**epi.AHEAD > later
    people, per_head = epi.growth(evidence, ("XXX", "DEU"), 2010)
    assert 1.0 < people[0] < 1.2 and 1.0 < per_head[0] < 1.3
