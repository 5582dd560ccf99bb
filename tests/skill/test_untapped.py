"""Room in each market: predictions add up, the interval holds in eight of ten cases, and bounds are bounds."""

from __future__ import annotations

import numpy as np
import pytest
from cases import EXAMPLES, evidence_for

from beachhead import load_firm
from beachhead.errors import InputError
from beachhead.firm import Firm
from beachhead.skill import untapped as u
from beachhead.skill.gravity import TODAY, elasticities

NAMES = ("india_bentonite", "india_mobile_app", "kenya_coffee", "portugal_footwear")


@pytest.fixture(scope="module")
def found():
    firms = {name: load_firm(EXAMPLES / f"{name}.toml") for name in NAMES}
    return {name: u.untapped(firm, evidence_for(firm.evidence)) for name, firm in firms.items()}


def changed(name: str, **changes) -> Firm:
    firm = load_firm(EXAMPLES / f"{name}.toml").model_dump()
    return Firm.model_validate(firm | {"presence": (), "contacts": (), **changes})


@pytest.mark.parametrize("name", ["india_bentonite", "india_mobile_app"])
def test_over_all_markets_a_country_could_sell_what_it_sells(found, name):
    """The promise of the words "as well as it uses others": gravity only moves sales between markets."""
    one = found[name]
    assert one.gravity.predicted.sum() == pytest.approx(one.actual.sum(), rel=1e-4)
    assert 0.2 < one.epi.predicted.sum() / one.actual.sum() < 5


@pytest.mark.parametrize("name", NAMES)
def test_figures_hang_together(found, name):
    one = found[name]
    assert one.home not in one.markets and len(one.markets) == len(one.actual) > 50
    for view in (one.gravity, one.epi):
        assert (view.low <= view.high).all() and (view.predicted >= 0).all() and np.isfinite(view.high).all()
        assert (one.room(view.low) <= one.room(view.high)).all()
    assert (one.actual <= one.most).all()
    factors = one.epi.factors
    assert one.epi.predicted == pytest.approx(factors["supply"] * factors["ease"] * factors["demand"])


def test_what_is_not_listed_is_a_bound_and_not_a_zero(found):
    """Coffee of Kenya in China is on no list of five: it can be more than nothing, and less than what is listed."""
    one = found["kenya_coffee"]
    open_ends = one.most > one.actual
    assert open_ends.any() and not one.actual[open_ends].any()
    k = one.markets.index("CHN")
    assert open_ends[k] and one.room(one.gravity.predicted)[k] == pytest.approx(one.gravity.predicted[k] - one.most[k])
    assert (found["india_bentonite"].most == found["india_bentonite"].actual).all()


def test_a_line_takes_the_elasticities_of_its_chapter_and_others_those_of_their_sector(found):
    assert found["india_bentonite"].elasticities is elasticities(TODAY)["goods_25"]
    assert found["portugal_footwear"].elasticities.group == "icio_textiles_footwear"
    assert found["india_mobile_app"].elasticities.group == "icio_services_digital"


def test_density_is_told_for_a_chapter_and_kept_back_for_one_that_is_mixed(found):
    shoes = found["portugal_footwear"].around
    assert shoes.group == "64" and shoes.advantage > 3 and shoes.rank < 20 and 0 < shoes.density < 1
    assert found["kenya_coffee"].around is None  # chapter 09 is known only together with others


def test_eight_of_ten_pairs_lie_within_the_interval():
    """On trade made from the predictions with log-normal noise, by every exporter in turn."""
    rng, m = np.random.default_rng(0), 60
    fitted = rng.lognormal(12, 2, (m, m))
    actual = fitted * rng.lognormal(-0.5, 1.0, (m, m))
    np.fill_diagonal(actual, 0)
    trade = u.Trade("line", "", 2020, "", actual, actual, actual.sum(1), actual.sum(0))
    inside = []
    for home in range(m):
        there = np.flatnonzero(np.arange(m) != home)
        low, high = u.interval(fitted, trade, home, there, np.zeros(m - 1))
        inside.append((low <= actual[home, there]) & (actual[home, there] <= high))
    assert np.mean(inside) == pytest.approx(0.8, abs=0.02)


def test_a_prediction_that_is_itself_unsure_has_a_wider_interval():
    rng, m = np.random.default_rng(1), 30
    fitted = rng.lognormal(12, 2, (m, m))
    trade = u.Trade("line", "", 2020, "", fitted, fitted, fitted.sum(1), fitted.sum(0))
    there = np.arange(1, m)
    sure, unsure = (u.interval(fitted, trade, 0, there, np.full(m - 1, sd)) for sd in (0.0, 0.5))
    assert sure[0] == pytest.approx(fitted[0, 1:]) and sure[1] == pytest.approx(fitted[0, 1:])
    assert (unsure[0] < 0.7 * sure[0]).all() and (unsure[1] > 1.4 * sure[1]).all()


@pytest.mark.parametrize(
    ("name", "changes", "told"),
    [
        ("india_mobile_app", {"home": "KEN"}, "80 economies"),
        ("india_bentonite", {"home": "TUV"}, "sells none of"),
        ("portugal_footwear", {"sells": ({"code": "user:hats", "share": 1.0},)}, "add a file of flows"),
    ],
)
def test_where_nothing_can_be_compared_the_message_says_what_to_add(name, changes, told):
    firm = changed(name, **changes)
    with pytest.raises(InputError, match=told):
        u.untapped(firm, evidence_for(firm.evidence))


def test_own_flows_are_enough(tmp_path):
    """Twelve sellers and buyers in a file of the user's: the product needs no code of the world's."""
    codes = ["AUT", "BEL", "CZE", "DEU", "DNK", "ESP", "FRA", "GBR", "ITA", "NLD", "POL", "PRT"]
    lines = [
        f"{e},{i},user:hats,{year},{1000 * (1 + k) * (2 + j)}"
        for year in (2022, 2023)
        for k, e in enumerate(codes)
        for j, i in enumerate(codes)
        if e != i
    ]
    path = tmp_path / "hats.csv"
    path.write_text("exporter,importer,product,year,value_usd\n" + "\n".join(lines) + "\n", encoding="utf-8")
    firm = changed("portugal_footwear", sells=({"code": "user:hats", "share": 1.0},), evidence=(path,))
    one = u.untapped(firm, evidence_for(firm.evidence))
    assert set(one.markets) == set(codes) - {"PRT"} and one.trade.years == "2023"
    assert one.actual[one.markets.index("AUT")] == 1000 * 12 * 2
    assert one.gravity.predicted.sum() == pytest.approx(one.actual.sum(), rel=1e-6)
