"""Fit: a mode that suits the firm and the market better never fits less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from small_world import World, make_firm

from beachhead.assumptions import PACKAGED
from beachhead.enter import MODES
from beachhead.enter.fit import Setting, assess, knowledge, partners, ramp
from beachhead.enter.modes import restrictions, sells_goods

MARKETS = ("AAA", "BBB")
RULE = st.floats(-2.5, 2.5)


def fit_of(world: World, mode: str, **firm: object) -> float:
    """Fit of a mode in the first market."""
    found = assess(Setting(make_firm(**firm), MARKETS, world.facts(), PACKAGED))
    return float(found.value[0, MODES.index(mode)])


@given(RULE, RULE)
def test_licensing_and_franchising_never_fit_less_under_better_law(a: float, b: float) -> None:
    worse, better = (World().with_value("wgi_rule_of_law", x) for x in sorted((a, b)))
    for mode in ("licensing", "franchising"):
        assert fit_of(worse, mode) <= fit_of(better, mode) + 1e-12


def test_licensing_needs_enforceable_rights(world: World) -> None:
    lawless = assess(Setting(make_firm(), MARKETS, world.with_value("wgi_rule_of_law", -2.0).facts(), PACKAGED))
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


def test_a_cautious_owner_is_less_suited_by_heavy_modes(world: World) -> None:
    cautious, bold = ({"attitude": {"risk_appetite": r}} for r in (0.0, 1.0))
    assert fit_of(world, "subsidiary", **cautious) < fit_of(world, "subsidiary", **bold)


@given(st.floats(-3, 3), st.floats(0.1, 10))
def test_ramp_stays_between_0_and_1(x: float, width: float) -> None:
    assert 0 <= ramp(np.array([x]), -1, -1 + width)[0] <= 1


def test_two_contacts_count_for_more_than_one_but_never_above_a_partner(world: World) -> None:
    def near(n: int) -> float:
        firm = make_firm(contacts=[{"country": "AAA", "kind": "client", "count": n}])
        return float(partners(Setting(firm, MARKETS, world.facts(), PACKAGED))[0])

    assert 0 < near(1) < near(2) < near(50) <= 1
    assert partners(Setting(make_firm(), MARKETS, world.facts(), PACKAGED)).tolist() == [0, 0]


def test_years_lived_and_years_sold_in_a_market_are_knowledge(world: World) -> None:
    firm = make_firm(
        experience=[{"country": "AAA", "years": 2}], presence=[{"country": "AAA", "since": "2019", "until": "2020"}]
    )
    assert knowledge(Setting(firm, MARKETS, world.facts(), PACKAGED)).tolist() == [0.8, 0.0]  # 2 + 2 of 5 years


def test_a_finer_code_inherits_what_is_barred_for_its_chapter() -> None:
    bentonite = make_firm(sells=[{"code": "hs:250810"}])
    barred = {m for m, why in zip(MODES, restrictions(bentonite), strict=True) if why}
    assert barred == {"franchising", "ecommerce", "licensing"}
    assert not any(restrictions(make_firm()))


def test_what_is_shipped_is_told_from_what_is_not() -> None:
    code = lambda c, sector="services": sells_goods(make_firm(sells=[{"code": c}], sector=sector))  # noqa: E731
    assert code("hs:64") and code("icio:C13T15") and code("user:shoes", "manufacturing")
    assert not code("icio:J62_63") and not code("user:advice")


def test_rows_of_the_world_are_looked_up_by_market(world: World) -> None:
    """Markets may come in any order: ranks differ from firm to firm."""
    mixed = replace(world, value={m: {**v, "internet_users": float(ord(m[0]))} for m, v in world.value.items()})
    found = Setting(make_firm(), ("DDD", "AAA"), mixed.facts(), PACKAGED).indicator("internet_users")
    assert found.tolist() == [ord("D"), ord("A")]
