"""The choice as the user meets it: feasible, explained, staged, and stable under more means."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import World, make_firm, make_selection

from beachhead.assumptions import PACKAGED
from beachhead.enter import MODES, ModeChoice, choose_modes, reach
from beachhead.enter.choose import best_modes, work_out
from beachhead.enter.cost import price_level
from beachhead.enter.tables import commitment, number
from beachhead.select.result import no_factors

USD = st.floats(0, 400_000)


def choose(world: World | None = None, median: float = 200_000.0, **firm: Any) -> ModeChoice:
    """The choice of a firm in the small world."""
    f = make_firm(**firm)
    return choose_modes(f, world or World(), make_selection(f, median))  # type: ignore[arg-type]


def cash(available: float) -> dict[str, float]:
    return {"available_usd": available, "floor_usd": 0.0}


@given(USD, USD)
@settings(max_examples=25)
def test_more_cash_never_makes_a_feasible_mode_infeasible(a: float, b: float) -> None:
    poor, rich = (choose(cash=cash(x)).feasible for x in sorted((a, b)))
    assert not np.any(poor & ~rich)


@given(st.floats(0, 168), st.floats(0, 168))
@settings(max_examples=25)
def test_more_hours_never_make_a_feasible_mode_infeasible(a: float, b: float) -> None:
    few, many = (choose(capacity={"team": 30, "export_hours_per_week": x}).feasible for x in sorted((a, b)))
    assert not np.any(few & ~many)


def test_the_best_mode_is_the_feasible_one_worth_most() -> None:
    found = choose()
    for m, best in enumerate(found.best):
        k = found.mode_row(best)
        assert found.feasible[m, k]
        assert found.value_usd[m, k] == found.value_usd[m][found.feasible[m]].max()


def test_where_nothing_is_affordable_the_cheapest_mode_is_named_with_the_reason() -> None:
    found = choose(cash=cash(0.0))
    assert not found.feasible.any()
    assert set(found.best) == {"indirect_export"}
    assert "USD 0 is above your cash floor" in found.reasons[0][0]


def test_who_has_an_hour_a_week_has_no_time_for_any_mode() -> None:
    found = choose(cash=cash(5e6), capacity={"team": 30, "export_hours_per_week": 1})
    assert not found.feasible.any()
    assert found.obstacles[0][0] == "needs 30 staff hours a quarter; you have 13 for exports"
    assert choose(cash=cash(5e6), capacity={"team": 30, "export_hours_per_week": 2.5}).feasible[:, 0].all()


def test_a_market_that_pays_in_no_mode_is_said_to_lose() -> None:
    found = choose(median=500.0)
    assert np.all(found.value_usd < 0) and np.all(found.best_value < 0)
    for first, *_ in found.reasons:
        assert first.startswith("on its own the market does not pay under these figures: likely to lose USD")
    assert all(found.feasible[m, found.mode_row(best)] for m, best in enumerate(found.best))
    assert np.array_equal(found.best_value, np.where(found.feasible, found.value_usd, -np.inf).max(axis=1))


def test_a_market_that_pays_is_not_said_to_lose() -> None:
    found = choose(median=1e6)
    assert np.all(found.best_value > 0) and not any("does not pay" in r[0] for r in found.reasons)
    broke = choose(median=1e6, cash=cash(0.0))  # worth it, if only there were money
    assert not any("does not pay" in r[0] for r in broke.reasons)
    assert all("does not pay" in r[0] for r in choose(median=500.0, cash=cash(0.0)).reasons)


def test_what_could_only_pay_in_a_mode_that_makes_no_sense_does_not_pay() -> None:
    """A mode that is barred for the product may look profitable on paper; that is no reason to say the market pays."""
    w = work_out(make_firm(), World(), make_selection(make_firm(), 500.0))  # type: ignore[arg-type]
    barred = replace(w, open=w.open & (np.arange(7) != 2), value=np.where(np.arange(7) == 2, 1e6, w.value))
    assert not barred.pays.any() and replace(barred, open=w.open).pays.all()


def test_of_equals_the_lighter_mode_is_best() -> None:
    same = np.zeros((1, 7))
    assert MODES[best_modes(same, same == 0, same, sensible=same[0] == 0)[0]] == "indirect_export"


def test_what_makes_no_sense_for_the_product_is_never_chosen_nor_staged() -> None:
    found = choose(sells=[{"code": "hs:250810"}], median=5e6)
    barred = [MODES.index(k) for k in ("franchising", "licensing", "ecommerce")]
    assert not found.feasible[:, barred].any()
    staged = {s.mode for path in found.path for s in path}
    assert not staged & {"franchising", "licensing", "ecommerce"}
    assert all("parcels" in row[MODES.index("ecommerce")] for row in found.obstacles)


def test_every_market_is_explained() -> None:
    found = choose()
    assert all(1 <= len(r) <= 3 and all(r) for r in found.reasons)
    assert all(found.why_not)
    for row, feasible in zip(found.obstacles, found.feasible, strict=True):
        assert [not text for text in row] == feasible.tolist()


def test_stages_start_now_with_the_best_mode_and_only_commit_more() -> None:
    weight = dict(zip(MODES, commitment(), strict=True))
    found = choose(median=100_000.0)
    assert any(len(path) > 1 for path in found.path)
    for path, best in zip(found.path, found.best, strict=True):
        assert path[0].mode == best and path[0].when == "now" and path[0].chance == 1
        for a, b in pairwise(path):
            assert weight[b.mode] > weight[a.mode] and b.chance <= a.chance and b.sales_usd > 0
            assert "4 quarters" in b.when


def test_likeness_makes_entry_cheaper_and_says_from_where() -> None:
    stranger, known = choose(), choose(presence=[{"country": "AAA", "since": "2020"}])
    b = 1  # BBB shares everything with AAA
    assert known.cost_usd[b] == pytest.approx(stranger.cost_usd[b] * (1 - 0.795))
    assert known.discount_from[b] == ("AAA",)
    assert any("you have sold in Land AAA" in text for text in known.reasons[b])
    assert known.cost_usd[4] == pytest.approx(stranger.cost_usd[4])  # EEE shares nothing


def test_a_mode_that_is_already_running_needs_no_set_up_and_there_is_no_way_back() -> None:
    found = choose(presence=[{"country": "AAA", "mode": "direct_export", "since": "2020"}])
    direct, indirect = MODES.index("direct_export"), MODES.index("indirect_export")
    assert found.cost_usd[0, direct] == 0 and found.weeks[0, direct] == 0
    assert not found.feasible[0, indirect] and "step back" in found.obstacles[0][indirect]
    assert found.feasible[1, indirect]


def test_what_starts_later_does_not_run_yet_and_what_ends_later_still_does() -> None:
    direct = MODES.index("direct_export")
    later = choose(presence=[{"country": "AAA", "since": "2027Q1"}])
    assert later.cost_usd[0, direct] == choose().cost_usd[0, direct] > 0
    ending = choose(presence=[{"country": "AAA", "since": "2020", "until": "2027Q4"}])
    assert ending.cost_usd[0, direct] == 0


def test_of_two_modes_in_one_market_the_heavier_bars_the_way_back_whatever_the_order() -> None:
    rows = [{"country": "AAA", "mode": mode, "since": "2020"} for mode in ("subsidiary", "indirect_export")]
    one, other = choose(presence=rows), choose(presence=rows[::-1])
    assert one.obstacles == other.obstacles and one.best == other.best
    assert all(
        "step back from subsidiary" in one.obstacles[0][k] for k in range(len(MODES)) if MODES[k] != "subsidiary"
    )
    assert "subsidiary" in one.best[0]


def test_entry_is_dearer_in_rich_markets_but_less_than_in_proportion() -> None:
    level = price_level(np.array([500.0, 50_000.0, 100_000.0]), PACKAGED)
    assert level[0] < level[1] == 1.0 < level[2] < 2.0
    assert level[0] > 0.4  # what is not paid locally costs the same everywhere


def test_the_first_sale_takes_longer_where_business_is_hard() -> None:
    easy, hard = choose(World().with_value("doing_business", 80.0)), choose(World().with_value("doing_business", 40.0))
    assert easy.weeks[0] == pytest.approx(number("weeks"))
    assert hard.weeks[0] == pytest.approx(1.5 * number("weeks"))


def test_a_mode_reaches_its_share_of_the_potential() -> None:
    found = choose(median=200_000.0)
    assert found.potential_usd[0] == pytest.approx(200_000.0 * reach("manufacturing"))


def test_same_input_same_choice() -> None:
    a, b = choose(), choose()
    assert a.best == b.best and a.reasons == b.reasons and np.array_equal(a.value_usd, b.value_usd)


def test_the_choice_of_one_market_does_not_depend_on_the_others() -> None:
    firm, world = make_firm(), World()
    all_ = make_selection(firm)
    one = make_selection(firm)
    one.markets, one.potential.median_usd, one.potential.sd_log = ("DDD",), np.array([200_000.0]), np.ones(1)
    one.factors = no_factors(1)
    d = all_.markets.index("DDD")
    whole, alone = (choose_modes(firm, world, s) for s in (all_, one))  # type: ignore[arg-type]
    assert whole.best[d] == alone.best[0]
    assert whole.value_usd[d] == pytest.approx(alone.value_usd[0])


def test_an_unsafe_market_rules_out_a_subsidiary_and_says_why() -> None:
    world = World()
    unsafe = replace(world, value={m: {**v, "wgi_political_stability": -2.0} for m, v in world.value.items()})
    found = choose(unsafe, cash=cash(5e6))
    k = MODES.index("subsidiary")
    assert not found.feasible[:, k].any()
    assert found.obstacles[0][k] == "the country is too unsettled (stability -2.0)"
