"""The whole selection on the real snapshot: promises that hold for any firm, and sense for the four examples."""

from dataclasses import replace

import numpy as np
import pytest
from cases import example, with_facts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beachhead import select_markets
from beachhead.errors import InfeasibleError, InputError
from beachhead.firm import Experience, Screen, WeightChoice
from beachhead.select.potential import entrant_band
from beachhead.select.result import Selection
from beachhead.select.tables import criteria

NAMES = ("india_mobile_app", "india_bentonite", "portugal_footwear", "kenya_coffee")
few = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def rows(selection: Selection, markets) -> list[int]:
    return [selection.markets.index(m) for m in markets]


@pytest.mark.parametrize("name", NAMES)
def test_contributions_add_up_to_the_score_and_scores_fall(name):
    _, _, s = example(name)
    assert s.contributions.sum(1) == pytest.approx(s.score)
    assert np.all(np.diff(s.score) <= 1e-9) and s.score.min() >= 0 and s.score.max() <= 100
    assert np.all(s.contributions >= 0) and np.all(s.contributions <= 100 * s.weights + 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_acceptabilities_sum_to_one_by_rank_and_by_market(name):
    _, _, s = example(name)
    assert s.acceptability.sum(0) == pytest.approx(np.ones(len(s.markets)))
    assert s.acceptability.sum(1) == pytest.approx(np.ones(len(s.markets)))
    assert s.p_top[5].sum() == pytest.approx(5)


@few
@given(data=st.data())
def test_removing_markets_changes_no_other_score_and_no_other_draw(data):
    firm, evidence, whole = example("india_mobile_app")
    gone = data.draw(st.sets(st.sampled_from(whole.markets), max_size=150))
    part = select_markets(firm.model_copy(update={"screen": Screen(exclude=tuple(gone))}), evidence)
    at = rows(whole, part.markets)
    assert set(part.markets) == set(whole.markets) - gone
    for field in ("score", "contributions", "values"):
        assert np.array_equal(getattr(part, field), getattr(whole, field)[at])
    assert np.array_equal(part.attractiveness.mean, whole.attractiveness.mean[at])
    assert np.array_equal(part.pairwise, whole.pairwise[np.ix_(at, at)])
    assert {x.market for x in part.excluded} == gone | {"IND"}
    assert all(x.reason for x in part.excluded)


@few
@given(st.floats(0.01, 100))
def test_scaling_all_weights_changes_nothing(factor):
    firm, evidence, _ = example("india_mobile_app")
    points = {c: float(k + 1) for k, c in enumerate(criteria())}
    stated = [WeightChoice(method="points", points={c: f * p for c, p in points.items()}) for f in (1.0, factor)]
    one, other = (select_markets(firm.model_copy(update={"weights": w}), evidence, draws=300) for w in stated)
    assert one.score == pytest.approx(other.score, rel=1e-9)
    assert set(one.markets[:20]) == set(other.markets[:20])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_the_same_scores():
    firm, evidence, s = example("india_bentonite")
    again, other = select_markets(firm, evidence), select_markets(firm, evidence, seed=s.seed + 1)
    assert again.acceptability.tobytes() == s.acceptability.tobytes()
    assert again.pairwise.tobytes() == s.pairwise.tobytes()
    assert other.markets == s.markets and other.score.tobytes() == s.score.tobytes()
    assert np.abs(other.p_top[5] - s.p_top[5]).max() < 0.03


@few
@given(data=st.data())
def test_a_better_figure_never_lowers_a_score(data):
    """Raise one country figure of one market in its good direction: its score does not fall, the others' stand."""
    firm, evidence, before = example("india_mobile_app")
    facts = evidence.facts()
    k = data.draw(st.integers(0, len(facts.indicators) - 1))
    m = data.draw(st.integers(0, len(facts.markets) - 1).filter(lambda i: facts.markets[i] != "IND"))
    indicator = evidence.catalogue.indicators[facts.indicators[k]]
    if indicator.id in ("gdp_usd", "gni_per_capita") or not indicator.direction:
        return  # sizes also predict missing demand elsewhere
    value = facts.value.copy()
    value[m, k] += indicator.direction * abs(value[m, k]) * 0.2
    if indicator.transform == "log" and value[m, k] <= 0:
        return
    better = with_facts(evidence, replace(facts, value=value))
    after = select_markets(firm, better, draws=50)
    for market in before.markets:
        rise = after.score[after.markets.index(market)] - before.score[before.markets.index(market)]
        assert rise >= -1e-9 if market == facts.markets[m] else abs(rise) < 1e-9


def test_no_market_left_is_a_clear_fault():
    firm, evidence, _ = example("india_mobile_app")
    rules = Screen(min_gdp_usd=1e12, max_distance_km=3000)
    with pytest.raises(
        InfeasibleError, match=r"no market is left of 216: screen.min_gdp_usd alone removes \d+; screen.max"
    ):
        select_markets(firm.model_copy(update={"screen": rules}), evidence)


def test_screening_gives_the_reason_with_both_figures():
    firm, evidence, _ = example("india_mobile_app")
    s = select_markets(
        firm.model_copy(update={"screen": Screen(max_distance_km=3000, min_gdp_usd=1e10)}), evidence, draws=50
    )
    reasons = {x.market: x.reason for x in s.excluded}
    assert "km away is beyond your 3,000 km" in reasons["USA"]
    assert "under your 10,000,000,000" in reasons["BTN"]


# --- sense ----------------------------------------------------------------------------------------------------------


def test_the_united_states_are_among_the_first_ten_for_the_app_firm():
    _, _, s = example("india_mobile_app")
    assert s.markets.index("USA") < 10


@pytest.mark.parametrize("name", NAMES)
def test_no_economy_under_two_billion_dollars_is_among_the_first_thirty(name):
    _, _, s = example(name)
    assert s.raw.value[:30, s.raw.indicators.index("gdp_usd")].min() >= 2e9


def test_ten_years_in_sweden_raise_sweden_by_a_stated_amount():
    """The lift in points is the contribution of the founders' experience, and the rank follows."""
    firm, evidence, _ = example("india_mobile_app")
    plain = firm.model_copy(update={"experience": tuple(e for e in firm.experience if e.country != "SWE")})
    lived = plain.model_copy(update={"experience": (*plain.experience, Experience(country="SWE", years=10))})
    without, with_it = (select_markets(f, evidence, draws=200) for f in (plain, lived))
    a, b = without.markets.index("SWE"), with_it.markets.index("SWE")
    lift = with_it.score[b] - without.score[a]
    k = with_it.indicators.index("founder_experience")
    assert b < a
    assert lift == pytest.approx(with_it.contributions[b, k] - without.contributions[a, k])
    assert lift == pytest.approx(100 * with_it.weights[k] * (1 - 0.5 ** (10 / 4)), rel=1e-6)
    assert with_it.potential.p50[b] > without.potential.p50[a]


def test_importers_with_real_trade_lead_for_bentonite():
    """Each of the first ten buys at least 3 million USD a year; together they buy a quarter of the world's trade."""
    firm, evidence, s = example("india_bentonite")
    alone = select_markets(firm.model_copy(update={"assumptions": {"prospect_weight": 0.0}}), evidence, draws=50)
    for found in (s, alone):
        assert found.demand.value[:10].min() > 3e6
        assert found.demand.value[:10].sum() > 0.25 * found.demand.value.sum()
    assert {"DEU", "NLD"} <= set(alone.markets[:8])  # the largest that the criteria lead to


@pytest.mark.parametrize("name", NAMES)
def test_no_median_potential_exceeds_what_the_firms_kind_sells(name):
    """Where the firm does not sell yet, the median stays under the mature sales of the best tenth of real entrants."""
    firm, _, s = example(name)
    there = {p.country for p in firm.presence}
    new = np.array([m not in there for m in s.markets])
    mature = entrant_band(s.demand)[2] * np.exp(1.82 - 0.94)
    assert s.potential.p50[new].max() < mature
    assert np.median(s.potential.p50[new]) < 5 * entrant_band(s.demand)[1]


@pytest.mark.parametrize("name", NAMES)
def test_the_factors_of_the_potential_multiply_to_the_gravity_estimate(name):
    _, _, s = example(name)
    p = s.potential
    assert p.factor_log.sum(1) == pytest.approx(p.gravity_log)
    assert np.all(p.p10 < p.p50) and np.all(p.p50 < p.p90)
    border = p.factor_log[:, p.factors.index("leaving home (border)")]
    assert np.all(border < -2)


def test_coffee_is_said_to_sit_in_a_composite_group_and_is_held_loosely():
    _, _, s = example("kenya_coffee")
    assert s.demand.kind == "composite"
    assert any("composite" in n for n in s.demand.notes)
    assert s.demand.sd_log.min() > 0.5
    assert s.demand.value[s.markets.index("DEU")] == pytest.approx(5.3e9, rel=0.5)


def test_what_is_imputed_says_so():
    _, _, s = example("india_mobile_app")
    k = s.raw.indicators.index("demand")
    kenya = s.markets.index("KEN")
    assert s.raw.status[kenya, k] == 2 and s.demand.sd_log[kenya] > 0.4
    assert s.raw.source[kenya, k] == "beachhead-imputation"


@pytest.mark.parametrize("draws", [0, -1, 1_000_000])
def test_a_number_of_draws_that_makes_no_sense_is_a_clear_fault(draws):
    firm, evidence, _ = example("india_mobile_app")
    with pytest.raises(InputError, match="give a number of draws"):
        select_markets(firm, evidence, draws=draws)
