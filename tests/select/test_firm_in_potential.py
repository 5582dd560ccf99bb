"""What the potential takes from the firm file: sales by country, where it sells by now, and its main offer."""

import numpy as np
import pytest
from cases import example

from beachhead import select_markets
from beachhead.assumptions import PACKAGED
from beachhead.firm import Offer, Presence
from beachhead.select.potential import access_model


def potential(*presence, name="india_bentonite", **update):
    """Median potential by market of an example with these spells abroad."""
    firm, evidence, _ = example(name)
    s = select_markets(firm.model_copy(update={"presence": presence} | update), evidence, draws=20)
    return dict(zip(s.markets, s.potential.p50, strict=True)), s


def sold(usd, mode="direct_export", country="MYS", since="2022Q1", until=None):
    return Presence(country=country, mode=mode, since=since, until=until, sales_usd=usd)


def test_sales_in_one_country_by_two_ways_are_one_measurement():
    one, _ = potential(sold(100_000))
    two, s = potential(sold(60_000), sold(40_000, "ecommerce"))
    assert two == pytest.approx(one)
    assert s.potential.notes == ("Scale of the firm: sales in MYS.",)


@pytest.mark.parametrize(
    ("spell", "counts"),
    [
        (sold(100_000, since="2031Q1"), False),
        (sold(100_000, until="2023Q4"), False),
        (sold(100_000, until="2031Q1"), True),
    ],
)
def test_only_sales_that_run_by_now_speak(spell, counts):
    none, now = potential()[0], potential(sold(100_000))[0]
    assert potential(spell)[0] == pytest.approx(now if counts else none)


@pytest.mark.parametrize("main_first", [True, False])
def test_access_is_that_of_the_offer_that_sells_most_whatever_the_order(main_first):
    offers = (Offer(code="hs:250810", share=0.7), Offer(code="icio:J62_63", share=0.3))
    _, s = potential(sells=offers if main_first else offers[::-1])
    border = s.potential.factor_log[:, s.potential.factors.index("leaving home (border)")]
    assert np.all(border == access_model("icio_minerals_metals", PACKAGED).beta[0])
    assert np.ptp(s.potential.factor_log[:, s.potential.factors.index("tariff")]) > 0


@pytest.mark.parametrize(("code", "pays"), [("icio:C13T15", True), ("icio:J62_63", False)])
def test_a_tariff_counts_for_things_and_not_for_services(code, pays):
    _, s = potential(sells=(Offer(code=code),))
    assert bool(np.ptp(s.potential.factor_log[:, s.potential.factors.index("tariff")]) > 0) is pays


def test_entrants_are_those_of_the_main_offers_industry():
    shoes, software = Offer(code="hs:64", share=0.7), Offer(code="icio:J62_63", share=0.3)
    alone, mixed = (potential(sells=x, name="portugal_footwear")[1] for x in ((shoes,), (software, shoes)))
    a, b = (dict(zip(s.markets, s.potential.entrant_log, strict=True)) for s in (alone, mixed))
    assert b == pytest.approx(a)
