"""Demand: levels, suppliers and home shares from flows made by hand and from the snapshot."""

from dataclasses import replace

import numpy as np
import pytest
from cases import EXAMPLES, evidence_for, example

from beachhead import load_firm
from beachhead.assumptions import PACKAGED
from beachhead.errors import InputError
from beachhead.firm import Offer
from beachhead.select.demand import demand_for
from beachhead.select.flows import Flows, Pairs, _part_flows, chapter_flows, group_flows, line_flows
from beachhead.select.goods import advantage, goods_suppliers


def flows(recent, imports, complete=True, before=None, bound=0.0):
    listed = [np.array(x, float) for x in (recent, recent if before is None else before)]
    pairs = [Pairs(x, x, np.full(x.shape, bound)) for x in listed]
    years = np.arange(2015, 2024)
    series = np.tile(np.array(imports, float), (len(years), 1))
    ones = np.ones(len(imports), bool)
    return Flows("hs6", years, series, series, *pairs, complete, "x", ones, ~ones)


def test_concentration_and_home_share_by_hand():
    found = goods_suppliers(flows([[0, 60, 40], [50, 0, 50], [10, 0, 0]], [100, 100, 10]), home=0, assumed=PACKAGED)
    assert found.hhi.value == pytest.approx([0.52, 0.5, 1.0])
    assert found.home_share.value[1:] == pytest.approx([0.5, 1.0])


def test_unlisted_suppliers_are_bounds_not_zeros():
    """Two listed suppliers of 30 and 20 of 100; the rest lies with ones of at most 20 each, or with many tiny ones."""
    listed = goods_suppliers(flows([[0, 30, 20]] * 3, [100] * 3, complete=False, bound=20), home=0, assumed=PACKAGED)
    low, high = 0.13, 0.13 + 0.5 * 0.2
    assert listed.hhi.value[1] == pytest.approx((low + high) / 2)
    assert listed.hhi.sd[1] == pytest.approx((high - low) / np.sqrt(12) + 0.02)


def test_an_unlisted_home_country_is_within_its_bound_and_held_loosely():
    pairs = [[50, 0, 0], [0, 30, 20], [0, 0, 10]]
    found = goods_suppliers(flows(pairs, [100, 100, 100], complete=False, bound=8), home=0, assumed=PACKAGED)
    assert found.home_share.value == pytest.approx([0.5, 0.02, 0.02])
    assert found.home_share.sd[1] > found.home_share.sd[0]


def test_the_bound_of_an_unlisted_pair_is_the_smaller_of_both_sides_fifth():
    """Portugal's fifth-largest buyer of shoes in 2023 bought 163 million: Spain, not listed that year, bought less."""
    evidence = evidence_for()
    shoes = group_flows(evidence, "64")
    spain, portugal = (evidence.markets.index(m) for m in ("ESP", "PRT"))
    assert shoes.recent.value[spain, portugal] > 90e6  # listed in 2021 with 133 million, not listed since
    assert 100e6 < shoes.recent.bound[spain, portugal] < 200e6


def test_a_market_that_opens_to_more_suppliers_has_a_positive_figure():
    found = goods_suppliers(
        flows([[0, 50, 50], [0, 100, 0], [0, 50, 50]], [100] * 3, before=[[0, 100, 0], [0, 50, 50], [0, 50, 50]]),
        0,
        PACKAGED,
    )
    assert found.growth.value == pytest.approx([np.log(2) / 5, -np.log(2) / 5, 0])


def test_the_parts_of_a_composite_group_add_up_to_the_group():
    """Coffee, tea and spices sit in group 90 (but for heading 0910): part and rest are the whole, market by market."""
    evidence = evidence_for()
    whole = group_flows(evidence, "90")
    hidden, rest = (_part_flows(evidence, "90", hidden=h) for h in (True, False))
    both = hidden.imports[-1] + rest.imports[-1]
    known = ~np.isnan(both)
    assert known.sum() > 200
    assert both[known] == pytest.approx(whole.imports[-1][known], rel=1e-6)


def test_estimated_coffee_imports_of_the_world_equal_the_exporters_side():
    """Two ways to the same total: imports split by pairs and remainders, exports split by what each sold in 2017."""
    flows = chapter_flows(evidence_for(), "09", PACKAGED)
    imports, exports = (np.nansum(side[-3:]) for side in (flows.imports, flows.exports))
    assert imports == pytest.approx(exports, rel=0.15)
    _, _, s = example("kenya_coffee")
    largest = [s.markets[m] for m in np.argsort(-s.demand.value)[:3]]
    assert (
        largest[0] == "USA" and "DEU" in largest
    )  # the two largest buyers of coffee (International Coffee Organization)


def test_the_level_of_a_line_is_its_mean_where_trade_is_steady_and_large():
    _, evidence, s = example("india_bentonite")
    line = line_flows(evidence, "250810")
    k = evidence.markets.index("DEU")
    mean = np.nanmean(line.imports[-3:, k])
    assert s.demand.value[s.markets.index("DEU")] == pytest.approx(mean, rel=0.1)


def test_revealed_advantage_of_the_world_is_one():
    evidence = evidence_for()
    rca = advantage(chapter_flows(evidence, "64", PACKAGED), evidence, PACKAGED)
    exports = evidence.query("exports_all")
    total = dict(zip(exports["country"], exports["exports_usd"], strict=True))
    weight = np.array([total.get(m) or 0 for m in evidence.markets])
    ok = ~np.isnan(rca)
    assert (rca[ok] @ weight[ok]) / weight.sum() == pytest.approx(1, abs=0.01)
    assert rca[evidence.markets.index("VNM")] > 3  # footwear


def test_a_heading_without_figures_uses_its_chapter_and_says_so():
    firm, _, _ = example("portugal_footwear")
    heading = firm.model_copy(update={"sells": (Offer(code="hs:6403"),)})
    chapter = firm.model_copy(update={"sells": (Offer(code="hs:64"),)})
    plain = evidence_for()
    a, b = demand_for(heading, plain, PACKAGED), demand_for(chapter, plain, PACKAGED)
    assert a.value == pytest.approx(b.value)
    assert np.all(a.sd_log > b.sd_log)
    assert any("6403" in n for n in a.notes)


def test_the_users_figures_stand_and_scale_the_others():
    firm = load_firm(EXAMPLES / "portugal_footwear.toml")
    own, public = (demand_for(firm, evidence_for(files), PACKAGED) for files in (firm.evidence, ()))
    mine = own.source == "user"
    assert 5 < mine.sum() < 60
    ratio = np.log(own.value / public.value)
    assert np.ptp(ratio[~mine]) == pytest.approx(0, abs=1e-9)
    assert ratio[~mine][0] == pytest.approx(np.median(ratio[mine]))
    assert np.all(own.sd_log[~mine] >= public.sd_log[~mine])


def test_several_offers_are_weighed_by_their_share():
    firm, evidence, _ = example("india_bentonite")
    one, two = Offer(code="hs:250810", share=0.7), Offer(code="hs:64", share=0.3)
    both = demand_for(firm.model_copy(update={"sells": (one, two)}), evidence, PACKAGED)
    parts = [demand_for(firm.model_copy(update={"sells": (o,)}), evidence, PACKAGED) for o in (one, two)]
    relative = [p.expenditure / p.home_expenditure for p in parts]
    assert both.expenditure / both.home_expenditure == pytest.approx(0.7 * relative[0] + 0.3 * relative[1])
    assert both.growth.value == pytest.approx(0.7 * parts[0].growth.value + 0.3 * parts[1].growth.value)


def test_an_unknown_chapter_or_sector_is_a_clear_fault():
    firm, evidence, _ = example("india_bentonite")
    for code, words in (
        ("hs:77", "no such HS chapter"),
        ("icio:X99", "no such ICIO sector"),
        ("user:mine", "five markets"),
    ):
        with pytest.raises(InputError, match=words):
            demand_for(firm.model_copy(update={"sells": (Offer(code=code),)}), evidence, PACKAGED)


def test_missing_trade_is_never_zero_demand():
    evidence = evidence_for()
    firm, *_ = example("india_bentonite")
    for code in ("hs:250810", "hs:64", "hs:09", "icio:J62_63"):
        demand = demand_for(firm.model_copy(update={"sells": (Offer(code=code),)}), evidence, PACKAGED)
        assert np.all(demand.value > 0) and np.all(np.isfinite(demand.sd_log)) and np.all(demand.sd_log > 0)
        assert np.all(np.isfinite(demand.expenditure)) and np.all(demand.expenditure > 0)
        assert replace(demand).notes is not None
