"""Wishes on the command line: laid over the firm file, checked as it is, and told under the name of their option."""

from __future__ import annotations

import pytest
from cases import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st

from beachhead import load_firm
from beachhead.cli.wishes import Wishes, laid_over
from beachhead.errors import InputError
from beachhead.firm import Firm, Forbid, Pin

FIRM = load_firm(EXAMPLES / "portugal_footwear.toml")


def with_wishes(**parts) -> Firm:
    return Firm.model_validate(FIRM.model_dump() | parts)


def faults(firm, wishes):
    with pytest.raises(InputError) as caught:
        laid_over(firm, wishes)
    return {(fault.field, fault.value): fault.remedy for fault in caught.value.faults}


def test_no_wishes_change_nothing():
    assert laid_over(FIRM, Wishes()) == FIRM


def test_wishes_replace_the_pace_and_the_pins_of_their_market_only():
    own = with_wishes(
        pace={"quarters": 10, "pilots": 1},
        pin=[{"market": "DEU"}, {"market": "NLD", "quarter": "2027Q2"}],
        forbid=[{"mode": "subsidiary"}],
    )
    got = laid_over(own, Wishes({"quarters": 8, "phases": False}, ("deu:ECOMMERCE:2027q3",), ("::2027Q1",)))
    assert (got.pace.quarters, got.pace.pilots, got.pace.phases) == (8, 1, False)
    assert set(got.pin) == {
        Pin(market="DEU", mode="ecommerce", quarter="2027Q3"),
        Pin(market="NLD", quarter="2027Q2"),
    }
    assert got.forbid == (Forbid(mode="subsidiary"), Forbid(quarter="2027Q1"))
    assert got.model_dump(exclude={"pace", "pin", "forbid"}) == own.model_dump(exclude={"pace", "pin", "forbid"})


@given(
    st.sampled_from(["DEU", "Germany", "germany", " deu "]),
    st.sampled_from(["", "ecommerce", "direct_export"]),
    st.sampled_from(["", "2027Q3", "2028q1"]),
)
def test_a_start_may_leave_parts_empty_and_name_the_market_by_name(market, mode, quarter):
    (pin,) = laid_over(FIRM, Wishes(pins=(f"{market}:{mode}:{quarter}",))).pin
    assert (pin.market, pin.mode or "", pin.quarter or "") == ("DEU", mode, quarter.upper())


@pytest.mark.parametrize(
    ("wishes", "field", "value", "words"),
    [
        (Wishes(pins=("",)), "--pin", "", "MARKET:MODE:QUARTER"),
        (Wishes(pins=(":ecommerce",)), "--pin", ":ecommerce", "MARKET:MODE:QUARTER"),
        (Wishes(forbids=("::",)), "--forbid", "::", "::2027Q1"),
        (Wishes(pins=("DEU:a:b:c",)), "--pin", "DEU:a:b:c", "MARKET:MODE:QUARTER"),
        (Wishes(pins=("Germny",)), "--pin", "Germny", "DEU"),
        (Wishes(pins=("DEU:e-shop",)), "--pin", "DEU:e-shop", "ecommerce"),
        (Wishes(pins=("DEU::soon",)), "--pin", "DEU::soon", "2027Q"),
        (Wishes(pins=("PRT",)), "--pin", "PRT", "home country"),
        (Wishes(pins=("DEU",), forbids=("DEU",)), "--pin", "DEU", "--forbid DEU"),
        (Wishes(pins=("RUS",)), "--pin", "RUS", "screen.exclude"),
        (Wishes({"launches_at_once": 1}, ("DEU::2027Q2", "NLD::2027Q2")), "--launches", "1", "2027Q2"),
    ],
)
def test_a_fault_bears_the_name_of_its_option(wishes, field, value, words):
    found = faults(FIRM, wishes)
    assert (field, value) in found, found
    assert words in found[field, value] and "pin[" not in found[field, value]


def test_a_pin_against_what_an_earlier_plan_is_committed_to_names_both():
    kept = ({"market": "DEU", "mode": "ecommerce", "quarter": "2027Q1"},)
    found = faults(FIRM, Wishes(pins=("DEU::2027Q3",), committed=kept, since="may.plan"))
    assert "--from may.plan, committed to DEU:ecommerce:2027Q1" in found["--pin", "DEU::2027Q3"]


def test_what_an_earlier_plan_is_committed_to_is_kept():
    kept = ({"market": "DEU", "mode": "ecommerce", "quarter": "2027Q1"},)
    assert [one.market for one in laid_over(FIRM, Wishes(committed=kept)).committed] == ["DEU"]
