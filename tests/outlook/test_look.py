"""The outlook of an example firm."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cases import example

from beachhead import choose_modes
from beachhead.errors import InputError
from beachhead.firm import Cash
from beachhead.outlook import look_out
from beachhead.outlook.look import ground_of, schedule_of
from beachhead.outlook.schedule import case
from beachhead.outlook.simulate import simulate
from beachhead.rollout.result import Presence
from beachhead.rollout.rules import rules

STARTS = (0, 1, 4, 6)


@cache
def stages(name="portugal_footwear"):
    firm, evidence, selection = example(name)
    return firm, evidence, selection, choose_modes(firm, evidence, selection)


def moves(starts=STARTS, automation=("crm",), left=()) -> Any:
    """Stands for Rollout: the first markets of the ranking by their best mode, later ones behind the first's gate."""
    firm, evidence, _, modes = stages()
    presences = []
    for i, start in enumerate(starts):
        k = modes.modes.index(modes.best[i])
        wait = modes.weeks[i, k] / 13
        review, gate = int(np.ceil(wait)) + 4, 0 if start >= 4 else -1
        presences.append(Presence(i, k, start, False, start + wait, -1, -1, np.inf, 1, gate, review, 9_000.0, 12_000.0))
    quarters = rules(firm, evidence.vintage).names
    bought = tuple(SimpleNamespace(id=id, quarter=quarters[2]) for id in automation)
    return SimpleNamespace(quarters=quarters, presences=tuple(presences), automation=bought, moves=left)


def look(plan=None, firm=None, **changes):
    own, evidence, selection, modes = stages()
    return look_out(firm or own, evidence, selection, modes, plan or moves(), **({"seed": 1, "paths": 2_000} | changes))


def same(a, b) -> bool:
    """Equal to the last bit, whatever the type."""
    if is_dataclass(a):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, tuple) and not isinstance(a, str):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(np.array_equal(a, b))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    assert same(look(), look())
    assert not same(look(), look(seed=2))


def test_bands_are_ordered_and_chances_are_chances():
    found = look()
    for band in (found.revenue, found.profit, found.cash, found.markets, found.hours):
        assert band.mean.shape == (len(found.quarters),)
        for low, high in (("p5", "p25"), ("p25", "p50"), ("p50", "p75"), ("p75", "p95")):
            assert (getattr(band, low) <= getattr(band, high)).all()
    chances = [found.p_loss, found.p_ruin, found.p_floor, found.p_break_even, *found.p_overstretch.values()]
    assert all(0 <= chance <= 1 for chance in chances)
    assert found.p_ruin <= found.p_floor == found.p_overstretch["cash"]
    causes = [found.p_overstretch[cause] for cause in ("cash", "hours", "attention")]
    assert max(causes) <= found.p_overstretch["any"] <= sum(causes) + 1e-12
    assert found.value_p10 <= found.value_p50 <= found.value_p90


def test_markets_add_up_to_the_plan():
    found = look(moves(automation=()))
    assert sum(m.value_usd for m in found.by_market) == pytest.approx(found.value_mean, rel=1e-4)
    assert sum(m.p_served for m in found.by_market) == pytest.approx(found.markets.mean[-1], rel=1e-5)
    entered = sum(m.p_entered for m in found.by_market)
    assert entered - found.markets.mean[-1] >= 0
    gone = found.exits["stopped"] + found.exits["forced"]
    assert entered - gone == pytest.approx(found.markets.mean[-1], rel=1e-5)
    assert found.survival[-1] == pytest.approx(found.markets.mean[-1] / entered, rel=1e-5)
    assert found.by_market[2].p_entered < found.by_market[0].p_entered == 1.0


def test_more_cash_changes_nothing_but_the_risk():
    firm = stages()[0]
    richer = firm.model_copy(update={"cash": Cash(available_usd=2e6, floor_usd=firm.cash.floor_usd)})
    poor, rich = look(), look(firm=richer)
    assert rich.value_mean == poor.value_mean
    assert rich.p_floor == 0.0 <= poor.p_floor
    np.testing.assert_allclose(rich.cash.mean - poor.cash.mean, 2e6 - firm.cash.available_usd, rtol=1e-4)


def test_a_plan_that_enters_nothing_is_told_plainly():
    found = look(moves(starts=(), automation=()))
    assert found.value_mean == found.p_loss == found.p_ruin == 0.0
    assert found.by_market == found.pace == ()
    np.testing.assert_array_equal(found.cash.p5, np.full(12, stages()[0].cash.available_usd))
    assert found.break_even_quarter is None
    assert found.p_break_even == 0.0


def test_a_market_that_the_plan_leaves_is_paid_for_and_served_no_more():
    firm, evidence, selection, modes = stages()
    gone = SimpleNamespace(kind="leave", market=firm.presence[0].country, spend_usd=1_500.0)
    without, plan = moves(), moves(left=(gone,))
    before, after = (ground_of(firm, evidence, selection, modes, x) for x in (without, plan))
    assert before.elsewhere - after.elsewhere == 1
    seen = [
        simulate(case(replace(before, leaving=usd), schedule_of(firm, plan)), 1, 50) for usd in (0.0, after.leaving)
    ]
    np.testing.assert_allclose(seen[0].cash - seen[1].cash, 1_500.0, atol=0.1)
    np.testing.assert_allclose(seen[0].worth - seen[1].worth, 1_500 * 1.12**-0.125)


def test_hard_markets_are_those_less_accessible_than_the_median_economy():
    firm, evidence, selection, modes = stages()
    plan = moves()
    ground = ground_of(firm, evidence, selection, modes, plan)
    hard = case(ground, schedule_of(firm, plan)).moves.hard[:, 0]
    np.testing.assert_array_equal(hard, selection.accessibility.mean[:4] < selection.middle[1])


def test_markets_that_the_firm_serves_beside_the_plan_count_in_its_breadth():
    """With more markets each is left less often: the hazard falls with their number."""
    firm, evidence, selection, modes = stages()
    ground, schedule = ground_of(firm, evidence, selection, modes, moves()), schedule_of(firm, moves())
    few, many = (simulate(case(replace(ground, elsewhere=n), schedule), 1, 4_000).left[1] for n in (0, 9))
    assert many < few


@pytest.mark.parametrize("paths", [0, -1, 100_001])
def test_a_number_of_paths_out_of_range_is_refused_with_a_remedy(paths):
    with pytest.raises(InputError, match="give a number of paths"):
        look(paths=paths)
