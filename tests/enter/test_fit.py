"""Fit: a mode that suits the firm and the market better never fits less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import World, make_firm

from beachhead.assumptions import PACKAGED
from beachhead.enter import MODES
from beachhead.enter.fit import Setting, assess, knowledge, partners, ramp
from beachhead.enter.modes import restrictions

MARKETS = ("AAA", "BBB")
RULE = st.floats(-2.5, 2.5)


def setting(world: World, markets: tuple[str, ...] = MARKETS, **firm: object) -> Setting:
    """A firm of the small world before some markets, late in 2026."""
    return Setting(make_firm(**firm), markets, world.facts(), PACKAGED, "2026-11")


def fit_of(world: World, mode: str, **firm: object) -> float:
    """Fit of a mode in the first market."""
    found = assess(setting(world, **firm))
    return float(found.value[0, MODES.index(mode)])


@given(RULE, RULE)
def test_licensing_and_franchising_never_fit_less_under_better_law(a: float, b: float) -> None:
    worse, better = (World().with_value("wgi_rule_of_law", x) for x in sorted((a, b)))
    for mode in ("licensing", "franchising"):
        assert fit_of(worse, mode) <= fit_of(better, mode) + 1e-12


def test_licensing_needs_enforceable_rights(world: World) -> None:
    lawless = assess(setting(world.with_value("wgi_rule_of_law", -2.0)))
    ruled_out = {lawless.conditions[c].mode for c in np.flatnonzero(lawless.barred[0])}
    assert {"licensing", "franchising"} <= ruled_out
    assert "indirect_export" not in ruled_out


def test_what_needs_protection_fits_less_where_it_could_be_copied(world: World) -> None:
    weak = world.with_value("wgi_rule_of_law", 0.0)
    open_, guarded = ({"attitude": {"protection": p}} for p in (0.0, 1.0))
    assert fit_of(weak, "licensing", **guarded) < fit_of(weak, "licensing", **open_)
    assert fit_of(world, "licensing", **guarded) == fit_of(world, "licensing", **open_)


def test_who_wants_control_is_less_suited_by_modes_that_give_none(world: World) -> None:
    lax, keen = ({"attitude": {"control": c}} for c in (0.0, 1.0))
    assert fit_of(world, "indirect_export", **keen) < fit_of(world, "indirect_export", **lax)
    assert fit_of(world, "subsidiary", **keen) >= fit_of(world, "subsidiary", **lax)


def test_who_is_in_a_hurry_is_less_suited_by_slow_modes(world: World) -> None:
    patient, hasty = ({"attitude": {"speed": s}} for s in (0.0, 1.0))
    assert fit_of(world, "subsidiary", **hasty) < fit_of(world, "subsidiary", **patient)
    assert fit_of(world, "indirect_export", **hasty) >= fit_of(world, "indirect_export", **patient)


def test_a_want_counts_for_as_much_as_the_owner_minds(world: World) -> None:
    """By hand: the firm's side of indirect export is speed, control, risk and rights; it is fast, safe, out of hand.

    Weights are twice what the owner minds (1 for rights): 2·1 + 2·0 + 1·1 + 1·1 of 6, and without any mind 1·1 of 1.
    """

    def side(**attitude: float) -> float:
        found = assess(setting(world, attitude=attitude))
        return float(found.firm[0, MODES.index("indirect_export")])

    assert side(speed=1.0, control=1.0, risk_appetite=0.5) == pytest.approx(4 / 6)
    assert side(speed=1.0, control=0.25, risk_appetite=0.5) == pytest.approx((2 + 0.5 * 0.75 + 1 + 1) / 4.5)
    assert side(speed=0.0, control=0.0, risk_appetite=1.0) == pytest.approx(1.0)


def test_a_cautious_owner_is_less_suited_by_heavy_modes(world: World) -> None:
    cautious, bold = ({"attitude": {"risk_appetite": r}} for r in (0.0, 1.0))
    assert fit_of(world, "subsidiary", **cautious) < fit_of(world, "subsidiary", **bold)


@given(st.floats(-3, 3), st.floats(0.1, 10))
def test_ramp_stays_between_0_and_1(x: float, width: float) -> None:
    assert 0 <= ramp(np.array([x]), -1, -1 + width)[0] <= 1


def test_two_contacts_count_for_more_than_one_but_never_above_a_partner(world: World) -> None:
    def near(n: int) -> float:
        return float(partners(setting(world, contacts=[{"country": "AAA", "kind": "client", "count": n}]))[0])

    assert 0 < near(1) < near(2) < near(50) <= 1
    assert partners(setting(world)).tolist() == [0, 0]


def test_years_lived_and_years_sold_in_a_market_are_knowledge(world: World) -> None:
    sold = known(world, {"since": "2019", "until": "2020"}, experience=[{"country": "AAA", "years": 2}])
    assert sold == 0.8  # 2 + 2 of 5 years
    assert knowledge(setting(world)).tolist() == [0.0, 0.0]


def known(world: World, *presence: dict[str, str], **firm: object) -> float:
    """Knowledge of AAA from selling there in these spells."""
    return float(knowledge(setting(world, presence=[{"country": "AAA", **p} for p in presence], **firm))[0])


def test_a_market_is_known_for_as_long_as_the_firm_has_sold_there_by_now(world: World) -> None:
    """Quarters up to 2026Q4 of the 20 that make full knowledge."""
    assert known(world, {"since": "2026Q3"}) == 2 / 20
    assert known(world, {"since": "2026Q3", "until": "2030Q1"}) == 2 / 20  # what is to come teaches nothing yet
    assert known(world, {"since": "2026"}) == 4 / 20
    assert known(world, {"since": "2027Q1"}) == 0
    assert known(world, {"since": "2010"}) == 1


def test_a_quarter_sold_in_two_ways_is_lived_through_once(world: World) -> None:
    one, same = {"since": "2024", "until": "2025"}, {"since": "2024", "until": "2025", "mode": "ecommerce"}
    assert known(world, one, same) == known(world, one) == 8 / 20
    assert known(world, one, {"since": "2025Q3", "until": "2026Q1", "mode": "ecommerce"}) == 9 / 20
    assert known(world, one, {"since": "2020", "until": "2020"}) == 12 / 20


def test_a_finer_code_inherits_what_is_barred_for_its_chapter() -> None:
    bentonite = make_firm(sells=[{"code": "hs:250810"}])
    barred = {m for m, why in zip(MODES, restrictions(bentonite), strict=True) if why}
    assert barred == {"franchising", "ecommerce", "licensing"}
    assert not any(restrictions(make_firm()))


def test_rows_of_the_world_are_looked_up_by_market(world: World) -> None:
    """Markets may come in any order: ranks differ from firm to firm."""
    mixed = replace(world, value={m: {**v, "internet_users": float(ord(m[0]))} for m, v in world.value.items()})
    found = setting(mixed, ("DDD", "AAA")).indicator("internet_users")
    assert found.tolist() == [ord("D"), ord("A")]
