"""Entry is cheaper near what the firm knows, within the published bounds, and forgotten after a year out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import REGIONS, World, make_firm

from beachhead.assumptions import PACKAGED
from beachhead.enter.likeness import Discount, discount, remembered
from beachhead.enter.tables import likeness
from beachhead.quarters import quarter_number

MARKETS = ("AAA", "BBB", "CCC", "DDD", "EEE")


def cut(*presence: dict[str, str], as_of: str = "2026-11") -> Discount:
    """Discounts of a firm with these presences."""
    w = World()
    firm = make_firm(presence=list(presence))
    return discount(firm, MARKETS, w.catalogue.countries, lambda m: w.query("pairs_from", home=m), as_of, PACKAGED)


def test_a_firm_that_has_been_nowhere_gets_no_discount() -> None:
    found = cut()
    assert not found.mean.any() and not found.sd.any() and found.sources == ((),) * 5


def test_each_shared_trait_cuts_by_the_middle_of_its_published_range() -> None:
    """AAA shares all with BBB, its border with CCC, its language and income with DDD, nothing with EEE."""
    found = dict(zip(MARKETS, cut({"country": "AAA", "since": "2020"}).mean, strict=True))
    geography, language, joint = (likeness()[k].mean for k in ("geography", "language", "joint"))
    assert found["BBB"] == pytest.approx(joint) == pytest.approx(0.795)
    assert found["CCC"] == pytest.approx(geography)
    assert found["DDD"] == pytest.approx(joint - geography)  # language and income
    assert found["DDD"] > language
    assert found["EEE"] == 0


@given(st.lists(st.sampled_from(MARKETS), max_size=5, unique=True))
def test_discounts_stay_within_the_published_bounds(been: list[str]) -> None:
    found = cut(*({"country": m, "since": "2020"} for m in been))
    assert np.all((found.mean >= 0) & (found.mean <= likeness()["joint"].high))
    assert all(bool(s) == (d > 0) for s, d in zip(found.sources, found.mean, strict=True))


@given(st.sampled_from(MARKETS), st.sampled_from(MARKETS))
def test_another_market_never_makes_entry_dearer(a: str, b: str) -> None:
    one, two = cut({"country": a, "since": "2020"}), cut(*({"country": m, "since": "2020"} for m in {a, b}))
    assert np.all(two.mean >= one.mean - 1e-12)


@pytest.mark.parametrize(
    ("until", "kept"), [(None, True), ("2026Q1", True), ("2025Q4", True), ("2025Q3", False), ("2024", False)]
)
def test_a_year_out_of_a_market_loses_the_gain(until: str | None, kept: bool) -> None:
    presence = {"country": "AAA", "since": "2020"} | ({"until": until} if until else {})
    assert bool(cut(presence).mean.any()) is kept
    assert remembered(make_firm(presence=[presence]), "2026-11", 4) == (("AAA",) if kept else ())


def test_a_market_to_come_saves_nothing_and_one_to_be_left_still_does() -> None:
    assert not cut({"country": "AAA", "since": "2027Q1"}).mean.any()
    assert cut({"country": "AAA", "since": "2020", "until": "2028"}).mean.any()


def test_the_discount_names_the_market_it_comes_from() -> None:
    found = cut({"country": "AAA", "since": "2020"}, {"country": "EEE", "since": "2021"})
    by = dict(zip(MARKETS, found.sources, strict=True))
    assert by["BBB"] == ("AAA",) and by["EEE"] == ("EEE",)


def test_quarters_are_read_from_quarters_dates_and_years() -> None:
    assert quarter_number("2026Q4") == quarter_number("2026-11-21") == quarter_number("2026") == 4 * 2026 + 3
    assert quarter_number("2027Q1") == quarter_number("2026Q4") + 1
    assert "HOM" in REGIONS
