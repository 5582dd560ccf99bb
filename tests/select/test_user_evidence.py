"""What the user adds: it counts where it speaks, says whose it is, and never turns silence into nothing."""

import numpy as np
import pytest
from cases import evidence_for, example

from beachhead import select_markets
from beachhead.assumptions import PACKAGED
from beachhead.evidence.model import STATUSES, Status
from beachhead.firm import Offer
from beachhead.select.demand import demand_for

WITS = "Selected Nomen,Native Nomen,Reporter,Reporter Name,Product,Product Name,Partner,Partner Name,Tariff Year,"
WITS += "Trade Year,Trade Source,DutyType,Simple Average,Weighted Average,Standard Deviation,Minimum Rate,Maximum Rate,"
WITS += "Nbr of Total Lines,Nbr of Domestic Peaks,Nbr of International Peaks,Imports Value in 1000 USD,Binding Coverage"
USER = STATUSES.index(Status.USER)


def flows_file(folder, years, importers=("DEU", "USA", "FRA"), value=9e6):
    path = folder / "flows.csv"
    rows = [f"{e},{m},hs:610910,{y},{value}" for y in years for m in importers for e in ("BGD", "IND") if e != m]
    path.write_text("exporter,importer,product,year,value_usd\n" + "\n".join(rows) + "\n")
    return path


def shirts(folder, **choice):
    """The bentonite firm, selling T-shirts, with the flows of a user's file."""
    firm, _, _ = example("india_bentonite")
    firm = firm.model_copy(update={"sells": (Offer(code="hs:610910"),)})
    return firm, evidence_for((flows_file(folder, **choice),))


@pytest.mark.parametrize("years", [[2023], [2022, 2023], range(2021, 2024), range(2015, 2024)])
def test_a_line_of_few_years_and_few_importers_ranks_every_market_on_figures(tmp_path, years):
    firm, evidence = shirts(tmp_path, years=years)
    s = select_markets(firm, evidence, draws=200)
    assert np.all(np.isfinite(s.score)) and np.ptp(s.score) > 20
    assert np.all(np.isfinite(s.potential.p50))


def test_markets_that_a_partial_file_does_not_name_are_unknown_not_empty(tmp_path):
    firm, evidence = shirts(tmp_path, years=range(2021, 2024))
    demand = dict(zip(evidence.markets, demand_for(firm, evidence, PACKAGED).value, strict=True))
    assert demand["DEU"] == pytest.approx(1.8e7, rel=0.2)
    assert demand["GBR"] > 0.1 * demand["DEU"] and demand["NLD"] > 0.05 * demand["DEU"]


def test_the_users_flows_are_credited_to_the_user_and_nothing_else_is(tmp_path):
    firm, evidence = shirts(tmp_path, years=range(2021, 2024))
    s = select_markets(firm, evidence, draws=50)
    k = s.raw.indicators.index("demand")
    named = [m in ("DEU", "USA", "FRA") for m in s.markets]
    assert (s.raw.status[:, k] == USER).tolist() == named
    assert set(s.raw.source[named, k]) == {"user"}
    assert set(s.raw.source[np.logical_not(named), k]) == {"beachhead-imputation"}


def test_one_tiny_flow_leaves_the_chapter_to_speak(tmp_path):
    firm, evidence = shirts(tmp_path, years=[2023], importers=("DEU",), value=50)
    demand = demand_for(firm, evidence, PACKAGED)
    chapter = demand_for(firm.model_copy(update={"sells": (Offer(code="hs:61"),)}), evidence, PACKAGED)
    assert demand.value == pytest.approx(chapter.value)


def test_a_demand_file_makes_demand_the_users_and_leaves_the_rest_observed():
    _, _, s = example("portugal_footwear")
    for name in ("demand_growth", "supplier_hhi", "supplier_growth", "home_share"):
        k = s.raw.indicators.index(name)
        assert USER not in s.raw.status[:, k]
        if name != "home_share":  # an unlisted pair is an estimate within its bound
            assert np.mean(s.raw.status[:, k] == 0) > 0.6
    k = s.raw.indicators.index("demand")
    assert 5 < (s.raw.status[:, k] == USER).sum() < 60
    assert s.raw.status[s.markets.index("SGP"), k] == 0  # BACI's own figure, scaled


def test_one_row_of_demand_does_not_rescale_the_world(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("market,product,value_usd\nSGP,hs:250810,2000000000\n")
    firm, public, _ = example("india_bentonite")
    own = evidence_for((path,))
    with_it, without = demand_for(firm, own, PACKAGED), demand_for(firm, public, PACKAGED)
    k = own.markets.index("SGP")
    assert with_it.value[k] == pytest.approx(2e9)
    assert np.delete(with_it.value, k) == pytest.approx(np.delete(without.value, k))
    assert any("too few" in n for n in with_it.notes)


def test_services_say_what_nobody_observed():
    _, _, s = example("india_mobile_app")
    for name in ("demand_growth", "supplier_growth"):
        assert np.all(s.raw.status[:, s.raw.indicators.index(name)] == STATUSES.index(Status.IMPUTED))


def test_a_tariff_that_the_user_adds_counts_for_the_product(tmp_path):
    path = tmp_path / "DataJobID-1.csv"
    path.write_text(WITS + "\nHS 2022,,276,,250810,,000,,2024,,,MFN,80,80,,,,,,,,\n")
    firm, public, before = example("india_bentonite")
    after = select_markets(firm, evidence_for((path,)), draws=50)
    k = after.raw.indicators.index("applied_tariff")
    a, b = before.markets.index("DEU"), after.markets.index("DEU")
    assert after.raw.value[b, k] == pytest.approx(80)
    assert after.raw.status[b, k] == USER
    assert after.score[b] < before.score[a] and after.potential.p50[b] < before.potential.p50[a]
    assert public.markets == evidence_for((path,)).markets


def test_a_full_agreement_leaves_no_tariff():
    _, evidence, s = example("portugal_footwear")
    k = s.raw.indicators.index("applied_tariff")
    assert s.raw.value[s.markets.index("ESP"), k] == 0
    assert s.raw.value[s.markets.index("USA"), k] == evidence.fact("applied_tariff", "USA").value


@pytest.mark.parametrize("years", [[2023], [2022, 2023], range(2019, 2024)])
def test_shares_and_concentration_do_not_depend_on_how_many_years_a_file_has(tmp_path, years):
    """Two suppliers of 9 million each, India one of them: half, and a concentration of a half."""
    firm, evidence = shirts(tmp_path, years=years)
    found, k = demand_for(firm, evidence, PACKAGED).suppliers, evidence.markets.index("DEU")
    assert found.home_share.value[k] == pytest.approx(0.5)
    assert found.hhi.value[k] == pytest.approx(0.5)


def test_a_newer_year_of_some_importers_leaves_the_others_as_they_were(tmp_path):
    """A file with the line's 2025 imports of three markets says nothing of the other two hundred."""
    path = tmp_path / "newer.csv"
    path.write_text(
        "exporter,importer,product,year,value_usd\nIND,DEU,hs:250810,2025,5e8\nIND,FRA,hs:250810,2025,1e7\n"
    )
    firm, public, _ = example("india_bentonite")
    own = evidence_for((path,))
    after, before = demand_for(firm, own, PACKAGED), demand_for(firm, public, PACKAGED)
    for market in ("JPN", "NLD", "MYS"):
        k = own.markets.index(market)
        assert after.value[k] == pytest.approx(before.value[k], rel=0.15)
        assert after.status[k] == 0
    k = own.markets.index("MYS")  # where India sells every year: a mean of two years instead of three
    assert after.suppliers.home_share.value[k] == pytest.approx(before.suppliers.home_share.value[k], rel=0.2)
    k = own.markets.index("DEU")
    assert after.value[k] > 1.5 * before.value[k] and after.status[k] == USER
