"""Knowledge: it adds up in any order, grows and fades as it should, and changes nothing that the firm file tells."""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import pairwise
from math import exp

import numpy as np
import pytest
from cases import evidence_for
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.firm import Capacity, Cash, Contact, Experience, Firm, Offer, Presence, Sales
from beachhead.learn.channels import channel_ids, findings
from beachhead.learn.journal import EMPTY, GROWTH_PATHS, KNOWLEDGE, Entry, Journal, Result
from beachhead.learn.knowledge import effects, level_of, noise_factor, noise_factors, stocks, units_of
from beachhead.learn.needs import gap, has_in, needed, path_of, served
from beachhead.quarters import quarter_name, quarter_number
from beachhead.select.likeness import kernel

MARKETS = ("DEU", "AUT", "NLD", "JPN", "BRA")
AS_OF = "2027-01"
MODES = ("indirect_export", "direct_export", "ecommerce", "franchising", "licensing", "joint_venture", "subsidiary")


def firm(**more) -> Firm:
    """A small firm that knows nobody abroad and has been nowhere, with changes."""
    base = {
        "name": "Small", "home": "IND", "sector": "technology", "sells": (Offer(code="icio:J62_63"),),
        "sales": Sales(home_usd=1e5), "capacity": Capacity(team=5), "cash": Cash(available_usd=1e5),
    }  # fmt: skip
    return Firm(**(base | more))


def entry(channel: str, *markets: str, day: str = "2027-01-15", number: int = 1, **more) -> Entry:
    return Entry(id=number, date=date.fromisoformat(day), channel=channel, markets=markets, finding="as told", **more)


def sold(market: str, first: str, quarters: int, mode: str = "direct_export", **more) -> tuple[Result, ...]:
    """Results of so many quarters from the first on."""
    names = [quarter_name(quarter_number(first) + k) for k in range(quarters)]
    return tuple(Result(market=market, quarter=name, sales_usd=1e3, mode=mode, **more) for name in names)


def held(journal: Journal = EMPTY, who: Firm | None = None, markets=MARKETS, assumed=PACKAGED, as_of: str = AS_OF):
    return stocks(who or firm(), evidence_for(), markets, journal, assumed, as_of)


@st.composite
def journals(draw, most: int = 5) -> Journal:
    """A few entries and results about some markets, within three years."""
    some = st.lists(st.sampled_from(MARKETS), max_size=3, unique=True).map(tuple)
    days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
    entries = [
        Entry(id=k + 1, date=draw(days), channel=draw(st.sampled_from(channel_ids())), markets=draw(some), finding="x")
        for k in range(draw(st.integers(0, most)))
    ]
    begun = draw(st.lists(st.sampled_from(MARKETS), max_size=2, unique=True))
    results = [r for m in begun for r in sold(m, "2027Q2", draw(st.integers(1, 6)), draw(st.sampled_from(MODES)))]
    return Journal(tuple(entries), tuple(results))


# The curve.


@pytest.mark.parametrize("floor", [0.05, 0.5, 1.0])
def test_the_curve_is_the_solution_of_its_equation(floor: float) -> None:
    """Second implementation: L' = (floor + (1 − floor) L)(1 − L), integrated numerically."""
    at = np.linspace(0, 8, 30)
    right = lambda _, level: (floor + (1 - floor) * level) * (1 - level)  # noqa: E731
    solved = solve_ivp(right, (0, 8), [0.0], t_eval=at, rtol=1e-9, atol=1e-12).y[0]
    assert level_of(at, floor) == pytest.approx(solved, abs=1e-7)
    assert units_of(level_of(at, floor), floor) == pytest.approx(at, abs=1e-6)


def test_without_absorptive_capacity_the_curve_is_plain_saturation() -> None:
    assert level_of(np.array([0.3, 1.7]), 1.0) == pytest.approx([1 - exp(-0.3), 1 - exp(-1.7)])


def test_who_knows_a_little_takes_in_more_of_the_next_lesson_than_who_knows_nothing() -> None:
    gains = np.diff(level_of(np.arange(20) * 0.25, PACKAGED["absorb_floor"]))
    assert gains[1] > gains[0] and gains[-1] < gains.max() / 3, "slow, quick, slow"


# Limits.


def test_an_empty_journal_changes_nothing_at_all() -> None:
    well_known = firm(
        experience=(Experience(country="DEU", years=9),),
        contacts=(Contact(country="JPN", kind="partner"),),
        presence=(Presence(country="NLD", since="2020"),),
    )
    found = held(who=well_known)
    change = effects(found, PACKAGED)
    assert np.array_equal(found.level, found.before) and found.before[0, 0] > 0.6
    for factor in (change.entry, change.weeks, change.hazard):
        assert np.all(factor == 1.0), "exactly: what the file tells is at work elsewhere already"


@given(journals())
@settings(max_examples=40)
def test_levels_lie_between_what_the_file_tells_and_one_and_factors_between_the_cut_and_one(journal) -> None:
    found = held(journal, firm(experience=(Experience(country="DEU", years=3),)))
    change = effects(found, PACKAGED)
    assert np.all(found.level >= found.before) and np.all(found.level < 1) and np.all(found.before >= 0)
    for name in ("entry", "weeks", "hazard"):
        factor = getattr(change, name)
        assert np.all(factor <= 1) and np.all(factor > 1 - PACKAGED[f"knowledge_{name}_cut"])
    assert np.all(found.absorb >= found.level.max(axis=0))


@given(journals(), st.sampled_from(channel_ids()), st.sampled_from(MARKETS))
@settings(max_examples=40)
def test_one_more_entry_never_makes_a_firm_know_less(journal, channel, market) -> None:
    more = entry(channel, market, day="2028-12-31", number=99)
    before = held(Journal((*journal.entries, entry("online_research", day="2028-12-31", number=98)), journal.results))
    after = held(
        Journal((*journal.entries, entry("online_research", day="2028-12-31", number=98), more), journal.results)
    )
    assert np.all(after.level >= before.level)
    assert np.all(effects(after, PACKAGED).entry <= effects(before, PACKAGED).entry)
    assert np.all(noise_factors(after, KNOWLEDGE) <= noise_factors(before, KNOWLEDGE))


@given(journals(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_writing_does_not_matter_nor_which_markets_are_looked_at(journal, random) -> None:
    entries, results = list(journal.entries), list(journal.results)
    random.shuffle(entries)
    random.shuffle(results)
    found = held(journal)
    assert held(Journal(tuple(entries), tuple(results))).level == pytest.approx(found.level, abs=1e-12)
    fewer = held(journal, markets=("NLD", "DEU"))
    assert fewer.level == pytest.approx(found.level[[2, 0]], abs=1e-12)
    assert fewer.absorb == pytest.approx(found.absorb, abs=1e-12)


# What grows and what fades.


def test_experience_beyond_two_years_adds_little() -> None:
    """Carrère & Strauss-Kahn (2017): more than two years of experience confer nothing more."""
    levels = [
        held(Journal(results=sold("DEU", "2027Q1", n, "subsidiary")), as_of="2027Q1").level[0, 0] for n in (4, 8, 16)
    ]
    assert levels[1] > 0.85 and levels[2] - levels[1] < 0.12 < levels[1] - levels[0]


def test_a_year_out_of_a_market_loses_what_selling_there_taught() -> None:
    """Morales, Sheu & Zahler (2019). What else the journal holds lets time pass."""
    journal, own = sold("DEU", "2027Q1", 6), Assumptions({"knowledge_spill": 0.0})
    elsewhere = sold("BRA", "2027Q1", 11, "indirect_export")
    after = [held(Journal(results=journal + elsewhere[: 6 + out]), assumed=own).level[0, 0] for out in range(6)]
    assert after[0] == after[1] > 0.6, "a quarter without figures is not yet one out"
    assert all(a > b for a, b in pairwise(after[1:])) and after[4] < 0.15 and after[5] == 0.0


def test_knowing_a_market_for_ever_teaches_no_more_of_its_neighbour_than_knowing_it_well() -> None:
    levels = [held(Journal(results=sold("DEU", "2027Q1", n, "subsidiary"))).level[1, 0] for n in (4, 12, 60)]
    assert levels[2] - levels[1] < 0.01 < levels[1] - levels[0] and levels[2] < 0.35


def test_closer_modes_teach_more_of_a_market() -> None:
    level = {mode: held(Journal(results=sold("DEU", "2027Q1", 4, mode))).level[0, 0] for mode in MODES}
    assert level["subsidiary"] > level["joint_venture"] > level["direct_export"] > level["ecommerce"]
    assert level["ecommerce"] > level["indirect_export"] == level["licensing"]


def test_what_was_told_fades_by_its_half_life_and_is_worth_less_when_thinly_spread() -> None:
    lesson, alone = PACKAGED["trade_mission.lesson"], Assumptions({"knowledge_spill": 0.0})

    def units(one: Entry) -> float:
        return float(units_of(held(Journal((one,)), assumed=alone).level[4, 0], PACKAGED["absorb_floor"]))

    assert units(entry("trade_mission", "BRA")) == pytest.approx(lesson)
    old = entry("trade_mission", "BRA", day="2025-01-15")
    assert units(old) == pytest.approx(lesson / 2 ** (8 / PACKAGED["knowledge_told_half_life"]))
    thin = entry("trade_mission", "BRA", "USA", "FRA", "ESP")
    assert units(thin) == pytest.approx(lesson * PACKAGED["trade_mission.reach"] / 4)


def test_market_knowledge_carries_over_by_likeness_and_the_other_kinds_everywhere() -> None:
    journal = Journal((entry("trade_fair", "DEU", knowledge=("market", "international")),))
    found, before = held(journal), held()
    floor, evidence = PACKAGED["absorb_floor"], evidence_for()
    units = units_of(found.level, floor) - units_of(before.level, floor)
    alike = kernel(evidence, PACKAGED, goods=False)[
        evidence.markets.index("DEU"), [evidence.markets.index(m) for m in MARKETS]
    ]
    lesson = PACKAGED["trade_fair.lesson"]
    assert units[0, 0] == pytest.approx(lesson)
    assert units[1:, 0] == pytest.approx(level_of(np.array(lesson), floor) * PACKAGED["knowledge_spill"] * alike[1:])
    assert units[:, 1] == pytest.approx(lesson) and units[:, 2] == pytest.approx(0, abs=1e-12)


def test_a_kind_that_a_source_was_not_found_to_bring_counts_by_half() -> None:
    floor = PACKAGED["absorb_floor"]
    told = units_of(held(Journal((entry("trade_fair", knowledge=("product",)),))).level, floor) - units_of(
        held().level, floor
    )
    assert told[0, 2] == pytest.approx(PACKAGED["trade_fair.lesson"] * PACKAGED["lesson_unlisted"])


def test_quarters_that_the_firm_file_counts_are_not_counted_again() -> None:
    there = firm(presence=(Presence(country="DEU", since="2026Q1"),))
    known = held(who=there, as_of="2026-12")
    again = held(Journal(results=sold("DEU", "2026Q1", 4)), there, as_of="2026-12")
    assert np.array_equal(known.level, again.level)
    on = held(Journal(results=sold("DEU", "2026Q1", 6)), there, as_of="2026-12")
    assert on.level[0, 0] > known.level[0, 0]


def test_a_market_that_is_not_ranked_still_teaches_how_business_abroad_is_done() -> None:
    elsewhere = held(Journal(results=sold("FRA", "2027Q1", 4)), markets=("JPN",))
    assert elsewhere.level[0, 1] > held(markets=("JPN",)).level[0, 1]


# Noise.


def test_who_knows_nothing_hears_the_usual_noise_and_who_knows_all_the_least() -> None:
    ignorant = firm(sales=Sales(home_usd=0))
    nothing = held(who=ignorant)
    assert all(noise_factor(nothing, KNOWLEDGE, row) == 1.0 for row in range(len(MARKETS)))
    many = tuple(entry("trial_and_error", *MARKETS, number=k + 1, knowledge=KNOWLEDGE) for k in range(200))
    all_known = held(Journal(many), ignorant)
    assert noise_factor(all_known, KNOWLEDGE, 0) == pytest.approx(PACKAGED["knowledge_noise_floor"], abs=1e-6)
    assert noise_factor(all_known, (), 0) == noise_factor(all_known, ("market",), 0)


# Needs.


@cache
def germany():
    return held()


def test_needs_grow_with_the_mode_and_are_carried_by_the_kinds_that_the_study_names() -> None:
    for path in GROWTH_PATHS:
        light, heavy = needed(path, "indirect_export"), needed(path, "subsidiary")
        assert np.all(heavy[:2] > light[:2]) and heavy[2] == light[2]
    assert (
        needed("geographic_diversification", "ecommerce")[2] == needed("geographic_diversification", "ecommerce").min()
    )
    assert needed("market_penetration", "ecommerce")[1] == needed("market_penetration", "ecommerce").min()
    assert needed("product_development", "ecommerce")[2] == needed("product_development", "ecommerce").max()


@pytest.mark.parametrize("path", GROWTH_PATHS)
def test_one_is_sent_to_channels_found_on_that_path_and_doing_so_closes_what_was_promised(path) -> None:
    """Asking the channel, as an entry of the journal, closes the gap by exactly what the advice said."""
    found = gap(germany(), 4, path, "ecommerce")
    on_path = {one.channel for one in findings() if one.growth_path == path}
    assert found.lessons and {one.channel for one in found.lessons} <= on_path
    for lesson in found.lessons:
        after = gap(held(Journal((entry(lesson.channel, "BRA", growth_path=path),))), 4, path, "ecommerce")
        assert found.missing.sum() - after.missing.sum() == pytest.approx(lesson.closes, abs=1e-9)


def test_the_best_for_its_money_and_time_comes_first_and_who_is_not_there_comes_last() -> None:
    found = gap(germany(), 0, "geographic_diversification", "ecommerce")
    ready = [one.worth for one in found.lessons if one.at_hand]
    assert ready == sorted(ready, reverse=True)
    assert [one.at_hand for one in found.lessons] == sorted((one.at_hand for one in found.lessons), reverse=True)
    assert {one.channel for one in found.lessons if not one.at_hand} == {
        "prior_experience",
        "first_client",
        "friends_family",
    }
    known = firm(contacts=(Contact(country="DEU", kind="client"),), experience=(Experience(country="AUT", years=2),))
    assert has_in(known, "DEU", ()) == {"client"} and has_in(known, "AUT", ["AUT"]) == {"experience", "presence"}


def test_where_nothing_is_missing_nobody_is_to_be_asked() -> None:
    many = tuple(entry("trial_and_error", "DEU", number=k + 1, knowledge=KNOWLEDGE) for k in range(60))
    full = gap(held(Journal(many)), 0, "product_development", "subsidiary")
    assert full.missing.sum() == 0 and full.lessons == ()


def test_a_market_with_results_is_one_where_the_firm_sells_until_it_is_left() -> None:
    there = firm(presence=(Presence(country="JPN", since="2025"),))
    results = sold("DEU", "2027Q1", 2)
    assert served(there, Journal(results=results), AS_OF) == {"JPN", "DEU"}
    gone = (*results, Result(market="DEU", quarter="2027Q3", sales_usd=0, left=True))
    assert served(there, Journal(results=gone), AS_OF) == {"JPN"}
    assert path_of("DEU", {"DEU"}) == "market_penetration" and path_of("AUT", {"DEU"}) == "geographic_diversification"
