"""What chance brings: the same luck for the same market wherever it stands, and as much of it as stated."""

from __future__ import annotations

import numpy as np
import pytest
from outlook.cases import make_figures, make_ground, plan_of, presence, rich

from beachhead.outlook.draws import draw
from beachhead.outlook.schedule import case

FIELDS = ("potential", "late", "setup", "hours", "patience")


def drawn(*markets, quarters=12, seed=1, paths=50, own=None, **changes):
    figures = make_figures(len(markets), markets=markets, **({"own_sd": np.full(len(markets), 0.9)} | changes))
    ground = make_ground(figures, own={} if own is None else own)
    plan = plan_of(*(presence(i, 0) for i in range(len(markets))), quarters=quarters)
    return draw(case(ground, plan), seed, 0, paths)


def test_a_market_has_the_same_luck_in_another_plan_and_place():
    one, other = drawn("DEU", "FRA", "KEN"), drawn("USA", "FRA")
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(one, name)[1], getattr(other, name)[1], err_msg=name)


def test_a_longer_plan_begins_with_the_same_luck_and_the_same_years_of_history():
    short, long = drawn("DEU", "FRA"), drawn("DEU", "FRA", quarters=36)
    years = len(short.demand)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(short, name), getattr(long, name), err_msg=name)
    np.testing.assert_array_equal(short.demand, long.demand[:years])
    np.testing.assert_array_equal(short.fx, long.fx[:years])
    assert len(long.demand) > years


def test_markets_seeds_and_chunks_differ():
    one = drawn("DEU", "FRA")
    assert abs(np.corrcoef(one.late)[0, 1]) < 0.5
    assert (one.late != drawn("DEU", "FRA", seed=2).late).all()
    plan = rich(3).case()
    assert (draw(plan, 1, 0, 9).late != draw(plan, 1, 1, 9).late).all()


def test_luck_is_as_large_and_as_common_as_stated():
    """Sampling error of 20,000 draws: sd/√n for means, about sd/√2n for sds."""
    n = 20_000
    common, own = np.array([0.5, 0.5]), np.array([1.0, 0.8])
    own_terms = {"delay_sd": 0.4, "overrun_bias": 0.1, "sales_noise_sd": 0.35, "demand_gdp_elasticity": 0.0}
    sds = {"root": common[:, None], "own_sd": own, "entry_sd_log": np.full((2, 7), 0.6)}
    found = drawn("DEU", "FRA", paths=n, own=own_terms, **sds)
    log = np.log(found.potential / 100_000)
    sd = np.hypot(common, own)
    np.testing.assert_allclose(log.mean(axis=1), 0.0, atol=4 * sd.max() / np.sqrt(n))
    np.testing.assert_allclose(log.std(axis=1), sd, rtol=4 / np.sqrt(2 * n))
    assert np.corrcoef(log)[0, 1] == pytest.approx(0.25 / sd.prod(), abs=4 / np.sqrt(n))
    for name, mean, spread in (("late", 0.0, 0.4), ("setup", 0.1, 0.6), ("hours", 0.0, 0.5)):
        log = np.log(getattr(found, name))
        np.testing.assert_allclose(log.mean(axis=1), mean, atol=4 * spread / np.sqrt(n), err_msg=name)
        np.testing.assert_allclose(log.std(axis=1), spread, rtol=4 / np.sqrt(2 * n), err_msg=name)
    np.testing.assert_allclose(found.demand.mean(axis=2), 1.0, atol=4 * 0.361 / np.sqrt(n))
    np.testing.assert_allclose(found.patience.mean(axis=1), 1.0, atol=4 / np.sqrt(n))


def test_no_potential_is_above_what_the_firm_can_deliver():
    found = drawn("DEU", paths=500, cap=120_000.0)
    assert found.potential.max() == 120_000.0
    assert (found.potential < 120_000.0).any()


def test_an_episode_replaces_the_first_years_and_leaves_all_other_luck():
    plan = rich(3).case()
    own, replayed = draw(plan, 1, 0, 40), draw(plan, 1, 0, 40, np.array([7, 8]))
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(own, name), getattr(replayed, name), err_msg=name)
    rates = 0.5 * plan.ground.history.fx
    expected = np.exp(np.cumsum(rates[[7, 8]], axis=0))
    np.testing.assert_allclose(replayed.fx[:2], np.broadcast_to(expected[..., None], (2, 3, 40)), rtol=1e-5)
    np.testing.assert_allclose(replayed.fx[2:] / replayed.fx[1], own.fx[2:] / own.fx[1], rtol=1e-5)
