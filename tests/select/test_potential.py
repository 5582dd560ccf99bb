"""The potential: closed forms of its parts, and what must follow from them."""

import numpy as np
import pytest
from cases import example
from scipy.stats import norm

from beachhead import select_markets
from beachhead.assumptions import PACKAGED
from beachhead.firm import Contact, Experience, Presence, Sales
from beachhead.select.potential import access_model, entrant_band, model_for


def changed(name="india_bentonite", **update):
    firm, evidence, _ = example(name)
    return select_markets(firm.model_copy(update=update), evidence, draws=50)


def test_the_quantiles_are_those_of_a_log_normal():
    _, _, s = example("india_bentonite")
    p = s.potential
    for quantile, values in ((0.1, p.p10), (0.5, p.p50), (0.9, p.p90)):
        assert values == pytest.approx(np.exp(np.log(p.median_usd) + norm.ppf(quantile) * p.sd_log))


def test_what_can_be_known_is_precision_weighted_and_luck_is_added_to_both_alike():
    firm, _, s = example("india_bentonite")
    p, there, luck = s.potential, {x.country for x in firm.presence}, PACKAGED["firm_market_sd"]
    for m, market in enumerate(s.markets[:40]):
        if market not in there and s.demand.value[m] > 3e6:  # in smaller ones the cap on a newcomer's share binds
            own, new = p.gravity_sd[m] ** 2 - luck**2, p.entrant_sd[m] ** 2 - luck**2
            w = (1 / own) / (1 / own + 1 / new)
            assert p.gravity_weight[m] == pytest.approx(w)
            assert np.log(p.p50[m]) == pytest.approx(w * p.gravity_log[m] + (1 - w) * p.entrant_log[m])
            assert p.sd_log[m] ** 2 == pytest.approx(luck**2 + 1 / (1 / own + 1 / new))


@pytest.mark.parametrize("name", ["india_mobile_app", "india_bentonite", "portugal_footwear", "kenya_coffee"])
def test_intervals_are_as_wide_as_entrants_really_differ_and_no_wider_where_nothing_is_known(name):
    """One firm's sales in one market cannot be told more closely than luck allows; ignorance is bounded by the data."""
    firm, _, s = example(name)
    new = np.array([m not in {p.country for p in firm.presence} for m in s.markets])
    assert np.all(s.potential.sd_log[new] > PACKAGED["firm_market_sd"])
    assert np.all(s.potential.sd_log[new] < 2.2)


def test_a_newcomer_takes_no_more_than_its_share_of_a_tiny_market():
    _, _, s = example("kenya_coffee")
    assert np.all(s.potential.p90 <= PACKAGED["market_share_cap"] * s.demand.value * 1.001)
    assert s.potential.p50[s.markets.index("TUV")] < 2000


def test_access_follows_the_shipped_elasticities():
    _, evidence, s = example("india_bentonite")
    access = access_model(model_for(s.demand.code, evidence), PACKAGED)
    assert access.model == "icio_minerals_metals"
    p, k = s.potential, s.potential.factors.index("distance")
    d = s.raw.value[:, s.raw.indicators.index("distance")]
    inside = float(evidence.query("internal_distance")["distance"][list(evidence.markets).index("IND")])
    assert p.factor_log[:, k] == pytest.approx(access.beta[1] * np.log(d / inside))
    assert np.all(p.factor_log[:, p.factors.index("leaving home (border)")] == access.beta[0])


def test_a_firm_without_sales_starts_from_what_entrants_sell():
    s = changed(sales=Sales(home_usd=0), presence=())
    assert s.potential.factors == ()
    large = s.demand.value > 2e7
    assert np.log(s.potential.p50[large]) == pytest.approx(s.potential.entrant_log[large])
    assert np.all(s.potential.gravity_weight == 0)


def test_twice_the_home_sales_raise_the_potential_but_by_less_than_twice():
    firm, _, _ = example("india_bentonite")
    plain, double = (
        changed(sales=firm.sales.model_copy(update={"home_usd": f * firm.sales.home_usd}), presence=()) for f in (1, 2)
    )
    large = plain.demand.value > 2e7  # in tiny markets their size sets the limit
    ratio = (double.potential.p50 / plain.potential.p50)[large]
    assert np.all(ratio > 1.05) and np.all(ratio < 1.9)
    assert double.markets == plain.markets


def test_contacts_and_experience_raise_the_potential_there_and_nowhere_else():
    before = changed(contacts=(), experience=())
    after = changed(
        contacts=(Contact(country="VNM", kind="partner"),), experience=(Experience(country="VNM", years=8),)
    )
    a = dict(zip(before.markets, before.potential.p50, strict=True))
    b = dict(zip(after.markets, after.potential.p50, strict=True))
    assert b["VNM"] > 1.1 * a["VNM"]
    assert all(b[m] == pytest.approx(a[m]) for m in a if m != "VNM")


def test_sales_where_the_firm_sells_already_speak_for_that_market():
    s = changed(presence=(Presence(country="MYS", since="2022Q1", sales_usd=500_000),), contacts=(), experience=())
    k = s.markets.index("MYS")
    assert 2e5 < s.potential.p50[k] < 6e5
    assert s.potential.sd_log[k] < 0.9
    elsewhere = changed(presence=(), contacts=(), experience=())
    j, i = s.markets.index("THA"), elsewhere.markets.index("THA")
    assert s.potential.p50[j] > elsewhere.potential.p50[i]  # who sells well abroad is likely to sell well elsewhere


def test_entrants_sell_what_mexican_and_peruvian_ones_did():
    """Medians 12.6–13.8 thousand USD of the sample's years, 1.7 times that in today's money; Brazil's are higher."""
    _, _, s = example("india_mobile_app")
    low, mid, high = entrant_band(s.demand)
    assert 12_600 * 1.3 < mid < 24_000 * 1.9
    assert low < mid / 4 < mid * 4 < high
