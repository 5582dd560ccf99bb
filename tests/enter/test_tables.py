"""The tables say what the spectrum says, every number has a ground, and nothing is left out."""

from __future__ import annotations

import numpy as np
import pytest

from beachhead.enter import MODES, reach
from beachhead.enter.tables import conditions, levels, likeness, modes, number, read_table

# The spectrum's own words: speed, control, resources.
SPECTRUM = {
    "indirect_export": ("fast", "low", "low"),
    "direct_export": ("moderate", "moderate", "moderate"),
    "ecommerce": ("fast", "moderate", "moderate"),
    "franchising": ("moderate", "moderate", "moderate"),
    "licensing": ("moderate", "moderate", "low"),
    "joint_venture": ("moderate to slow", "shared", "moderate to high"),
    "subsidiary": ("slow", "high", "high"),
}
QUANTITIES = (
    "weeks",
    "setup_usd",
    "fixed_usd_quarter",
    "hours_quarter",
    "margin_kept",
    "reach",
    "exit_usd",
    "learning",
)


def test_the_seven_modes_have_the_levels_of_the_spectrum() -> None:
    assert {m.id: (m.speed, m.control, m.resources) for m in modes()} == SPECTRUM


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_mode_has_every_number_with_its_sd_and_ground(quantity: str) -> None:
    rows = [r for r in read_table("mode_numbers.csv") if r["quantity"] == quantity]
    assert [r["mode"] for r in rows] == list(MODES)
    assert all(r["source"] and r["ground"] and float(r["sd"]) > 0 and r["spread"] in ("log", "abs") for r in rows)


@pytest.mark.parametrize("quantity", ["margin_kept", "reach", "learning"])
def test_shares_are_shares(quantity: str) -> None:
    assert np.all((number(quantity) >= 0) & (number(quantity) <= 1))


def test_faster_modes_sell_sooner_and_dearer_modes_commit_more() -> None:
    """The numbers behind the levels keep the order of the levels."""
    fast, slow = levels("speed") == 1, levels("speed") < 0.5
    assert number("weeks")[fast].max() < number("weeks")[~fast].min()
    assert number("weeks")[slow].min() > number("weeks")[~slow].max()
    light, heavy = levels("resources") < 0.5, levels("resources") > 0.5
    assert number("fixed_usd_quarter")[light].max() < number("fixed_usd_quarter")[~light].min()
    assert number("setup_usd")[heavy].min() > number("setup_usd")[~heavy].max()


def test_every_assumption_states_its_ground() -> None:
    assert all(r["unit"] and r["source"] and r["ground"] for r in read_table("assumptions.csv"))


def test_every_condition_tells_what_is_said_when_it_is_met_and_when_not() -> None:
    for c in conditions():
        assert c.mode in MODES and c.weight > 0 and c.met.format(value=1.0) and c.unmet.format(value=1.0)
        assert c.kind == "want" or c.high > c.low


def test_likeness_is_as_published() -> None:
    """Morales, Sheu & Zahler (2019): geography 25–38 %, language 29–36 %, jointly with income 69–90 %."""
    bounds = {k: (v.low, v.high) for k, v in likeness().items()}
    assert bounds == {"geography": (0.25, 0.38), "language": (0.29, 0.36), "joint": (0.69, 0.90)}


def test_online_sales_reach_more_where_the_sector_sells_online() -> None:
    online = MODES.index("ecommerce")
    assert reach("technology")[online] > reach()[online] > reach("manufacturing")[online]
    assert all(np.all(reach(s) <= 1.0) for s in ("technology", "ecommerce_retail", "services", "manufacturing"))
