"""Few scenarios, but with the right averages: in closed form, and the same for every plan compared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rollout.small import calm, figures_of, three_markets

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.rollout.scenarios import (
    centred,
    class_means,
    draw,
    lifetimes,
    lognormal_classes,
    matched_normals,
    mean_scenario,
    only,
    overruns,
    strata,
)

COUNTS = st.integers(1, 200)


def drawn(count=40, seed=1, figures=None, shocks=0.05, assumed=PACKAGED, years=6):
    figures = figures or three_markets()
    past = calm(figures.markets, sd=shocks)
    return draw(figures, past, assumed, count=count, years=years, rng=np.random.default_rng(seed))


@given(st.floats(0.01, 2.5), COUNTS)
def test_the_classes_of_a_lognormal_have_its_mean_exactly(sd, count):
    """E exp(sd z) = exp(sd² / 2), whatever the number of classes; they are in order, lowest first."""
    means = lognormal_classes(np.array(sd), count)
    assert means.mean() == pytest.approx(np.exp(sd**2 / 2), rel=1e-9)
    assert (np.diff(means) > 0).all()


def test_two_classes_by_hand():
    """Mean of a standard log-normal below its median: 2 exp(1/2) Φ(−1) = 0.52314…; above: the rest."""
    assert lognormal_classes(np.array(1.0), 2) == pytest.approx([0.52316, 2.77429], rel=1e-4)


@pytest.mark.parametrize("count", [5, 30, 100])
def test_expected_potential_is_that_of_the_distribution_in_every_market(count):
    f = three_markets()
    mean = drawn(count).potential.mean(axis=1)
    assert mean == pytest.approx(f.potential * np.exp((f.sd**2) / 2), rel=1e-9)


def test_no_potential_is_above_what_the_firm_can_deliver():
    potential = drawn(30, figures=three_markets(cap=120_000.0)).potential
    assert potential.max() == 120_000.0 and (potential < 120_000.0).any()


def test_every_class_of_every_market_is_drawn_once():
    f = three_markets()
    classes = lognormal_classes(f.sd, 25) * f.potential[:, None]
    assert np.allclose(np.sort(drawn(25).potential, axis=1), classes)


def test_classes_go_to_the_scenarios_by_rank():
    rank = np.array([[2], [0], [1]])
    assert class_means(np.array([10.0]), np.array([0.5]), np.inf, rank)[0].argsort().tolist() == [1, 2, 0]


@given(st.integers(3, 12), st.integers(0, 100))
def test_normal_scores_have_the_moments_that_they_should_have(columns, seed):
    count = 3 * columns
    x = matched_normals(np.random.default_rng(seed), count, columns)
    assert np.allclose(x.mean(axis=0), 0.0, atol=1e-9)
    assert np.allclose(x.T @ x / count, np.eye(columns), atol=1e-8)


def test_with_more_columns_than_rows_at_least_mean_and_spread_are_right():
    x = matched_normals(np.random.default_rng(0), 5, 12)
    assert np.allclose(x.mean(axis=0), 0.0, atol=1e-12) and np.allclose(x.std(axis=0), 1.0)


def test_potentials_of_markets_go_together_as_far_as_they_share_what_is_not_known():
    """Correlation of ln potentials: common sd × common sd / (sd × sd)."""
    f = three_markets(root=np.array([[0.6], [0.6], [0.3]]), own_sd=np.array([0.3, 0.8, 0.6]))
    seen = np.corrcoef(np.log(drawn(2_000, figures=f).potential))
    sd = f.sd
    expected = f.root @ f.root.T / (sd[:, None] * sd)
    off = ~np.eye(3, dtype=bool)
    assert np.allclose(seen[off], expected[off], atol=0.02)  # scores are matched; ranks bend them a little


@given(st.floats(0.01, 0.95), st.integers(20, 400))
def test_as_many_presences_end_within_a_year_as_the_yearly_rate_says(yearly, count):
    ends = lifetimes(yearly, (np.arange(count) + 0.5) / count)
    for years in (1, 2, 3):
        expected = 1.0 - (1.0 - yearly) ** years
        assert (ends <= 4.0 * years).mean() == pytest.approx(expected, abs=0.5 / count + 1e-9)


def test_who_never_ends_never_ends():
    assert np.isinf(lifetimes(0.0, np.array([0.1, 0.9]))).all()


@given(st.integers(1, 60), st.integers(1, 5))
def test_strata_hold_every_class_once(count, columns):
    found = strata(np.random.default_rng(count), count, columns)
    assert (np.sort(found, axis=0) == np.arange(count)[:, None]).all()


def test_shocks_leave_the_middle_where_it_is_and_stay_between_markets_and_years():
    rng = np.random.default_rng(3)
    raw = np.exp(0.2 * rng.standard_normal((50, 4, 3)))  # scenarios, years, markets
    factor = centred(raw)
    assert factor.shape == (3, 4, 50)
    assert np.allclose(np.log(factor).mean(axis=2), 0.0, atol=1e-12)
    ratio = factor / raw.transpose(2, 1, 0)
    assert np.allclose(ratio, ratio[:, :, :1])  # one factor for all scenarios: nothing else is changed


def test_scenarios_of_a_year_are_centred_as_drawn():
    found = drawn(30, shocks=0.1)
    for factor in (found.demand, found.fx):
        assert factor.shape == (3, 6, 30) and factor.std() > 0.01
        assert np.allclose(np.log(factor).mean(axis=2), 0.0, atol=1e-7)


def test_delays_have_the_median_planned_and_the_spread_stated():
    late = np.log(drawn(101).late)
    assert np.allclose(np.median(late, axis=1), 0.0, atol=1e-12)
    assert np.allclose(late.std(axis=1), PACKAGED["delay_sd"], rtol=0.03)


def test_overruns_have_the_mean_of_their_estimate_and_the_bias():
    f = figures_of(2, entry_sd_log=np.full((2, 7), 0.4))
    rank = strata(np.random.default_rng(0), 20, 2)
    found = overruns(f, Assumptions({"overrun_bias": 0.2}), rank)
    assert found.mean(axis=1) == pytest.approx(np.exp(0.2 + 0.4**2 / 2))


def test_the_same_seed_gives_the_same_futures_and_another_seed_others():
    a, b, c = drawn(seed=1), drawn(seed=1), drawn(seed=2)
    for name in type(a).__slots__:
        assert getattr(a, name).tobytes() == getattr(b, name).tobytes() != getattr(c, name).tobytes()


def test_the_futures_do_not_depend_on_what_is_planned():
    """Common random numbers: other limits, pins or modes are judged in the same futures."""
    from rollout.small import limits, tiny_ground

    first = tiny_ground(three_markets(), limits(quarters=6, horizon=12)).scenarios(10)
    other = tiny_ground(three_markets(), limits(quarters=6, horizon=12, cash=5.0, launches=1)).scenarios(10)
    assert first.potential.tobytes() == other.potential.tobytes() and first.demand.tobytes() == other.demand.tobytes()


def test_the_average_scenario_holds_the_averages():
    found, f = drawn(30), three_markets()
    mean = mean_scenario(found, f, PACKAGED)
    assert mean.count == 1 and (mean.late == 1.0).all()
    assert mean.potential[:, 0] == pytest.approx(found.potential.mean(axis=1))
    assert mean.overrun[:, 0] == pytest.approx(found.overrun.mean(axis=1))
    yearly = 1.0 - np.exp(-4.0 / mean.ends[0, 0])  # a life of that mean length ends at this yearly rate
    assert yearly == pytest.approx(PACKAGED["chance_exit"])


def test_one_scenario_of_many_is_that_scenario():
    found = drawn(7)
    one = only(found, 4)
    assert one.count == 1
    assert all(np.array_equal(getattr(one, n)[..., 0], getattr(found, n)[..., 4]) for n in type(found).__slots__)
