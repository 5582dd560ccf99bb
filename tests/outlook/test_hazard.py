"""The chance to leave a market is such that simulated exporters leave as real ones did."""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from cases import evidence_for
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from beachhead.outlook.hazard import CLASSES, YEARS, load_hazard, quarterly, read_coefficients

TOOL = Path(__file__).parents[2] / "tools" / "calibrate_exit.py"
LIVED = 200  # simulated years
FITTED = 550  # simulated years over which the shipped coefficients are a mean: 55 steps of 10
ROUNDED = 0.01 / np.sqrt(12) / np.sqrt(3)  # sd of the mean of three figures rounded to hundredths


def tool():
    spec = importlib.util.spec_from_file_location("calibrate_exit", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


calibrate = tool()
hazard = load_hazard()


@pytest.fixture(scope="module")
def published():
    return calibrate.published(evidence_for())


@pytest.fixture(scope="module")
def exporters():
    """A population with another seed than that of the fit."""
    population = calibrate.Exporters(calibrate.Population(), calibrate.OTHER_SEED)
    calibrate.simulated(population, hazard, calibrate.SETTLE)
    return population


@pytest.fixture(scope="module")
def sums(exporters):
    return calibrate.simulated(exporters, hazard, LIVED)


# --- calibration ---------------------------------------------------------------------------------------------------


def test_by_number_and_rank_simulated_firms_leave_as_published(sums, published):
    """Sampling error of a share among the simulated presences, of the fit, and rounding of what is published."""
    p = published.cells
    error = np.sqrt(p * (1 - p) / sums.count * (1 + LIVED / FITTED) + ROUNDED**2)
    assert sums.count.min() > 100_000
    assert (np.abs(sums.tables().cells - p) < 4 * error).all()
    assert np.abs(sums.tables().cells - p).max() < 0.005


def test_by_year_in_the_market_simulated_firms_leave_as_published(sums, published):
    """Sampling error of the published shares, from the number of firms that were seen so long in a market."""
    assert (np.abs(sums.tables().all - published.all) < 3 * published_error(published.all)).all()
    assert np.abs(sums.tables().all - published.all).max() < 0.006


def published_error(p):
    """Sd of a mean over origins of shares of those who were still there: entrants of all cohorts seen long enough."""
    rows = evidence_for().query("entrants_all")
    whole = np.array([industry is None for industry in rows["industry"]])
    variance = defaultdict(list)
    for origin in calibrate.ORIGINS:
        mine = whole & (rows["origin"] == origin)
        last = rows["year"][mine].max()
        for year in range(YEARS):
            cohorts = mine & (rows["year"] <= last - year)
            there = rows["entrants"][cohorts].sum() * np.prod(1 - p[:year])
            variance[year].append(p[year] * (1 - p[year]) / there if there else 0.0)
    variance[YEARS - 1] = variance[YEARS - 1][:1]  # the sixth year is known for Brazil only
    return np.array([np.sqrt(sum(of)) / len(of) for of in variance.values()])


def test_hard_markets_are_left_more_often_by_as_much_as_published(sums, published):
    seen = sums.tables()
    assert (seen.hard - seen.easy).mean() == pytest.approx((published.hard - published.easy).mean(), abs=0.01)
    for ours, theirs in ((seen.hard, published.hard), (seen.easy, published.easy)):
        assert np.abs(ours - theirs).max() < 0.025  # one shift for all years is the model's, not the data's


def test_figures_that_were_not_fitted_lie_between_those_of_the_three_origins(exporters):
    """Exits of first-year and of later presences, and how often each happens, in the aggregates of the same data."""
    ours, theirs = calibrate.moments(exporters, hazard, 20), calibrate.observed(evidence_for()).values()
    for figure in ("exit", "exit_first", "exit_later", "entered", "markets_first"):
        among = [getattr(one, figure) for one in theirs]
        assert min(among) < getattr(ours, figure) < max(among), figure


def test_two_markets_halve_the_chance_to_leave_exporting_and_three_cut_it_by_two_thirds_or_more(exporters):
    """Uruguay: about 50 % and 70 %. Here exits of one firm are independent, in truth a little alike: ours is more."""
    gone = calibrate.leaving_all(exporters, hazard, 50)
    cut = 1 - gone[1:3] / gone[0]
    assert 0.45 < cut[0] < 0.62
    assert 0.65 < cut[1] < 0.88


def test_levels_by_year_are_those_of_a_regression_with_a_column_for_every_firm_and_year():
    who = calibrate.replace(calibrate.Population(), firms=150, entries_median=1.0)
    exporters = calibrate.Exporters(who, 5)
    calibrate.simulated(exporters, hazard, 12)
    lived = [exporters.year(hazard) for _ in range(6)]
    sums = calibrate.Sums(who.firms)
    for year in lived:
        sums.add(year, who.window)
    age, hard, left, group = plain_sample(lived, who.window)
    kind = 2 * age + hard
    x = np.column_stack([kind == k for k in range(1, 12)] + [group == g for g in np.unique(group)]).astype(float)
    slope = np.append(0.0, np.linalg.lstsq(x, left, rcond=None)[0][:11])
    expected = left.mean() - slope[kind].mean() + slope
    assert sums.tables().easy == pytest.approx(expected[::2])
    assert sums.tables().hard == pytest.approx(expected[1::2])
    x = np.column_stack([age == k for k in range(1, 6)] + [hard] + [group == g for g in np.unique(group)]).astype(float)
    slope = np.append(0.0, np.linalg.lstsq(x, left, rcond=None)[0][:5])
    assert sums.tables().all == pytest.approx(left.mean() - slope[age].mean() + slope)


def plain_sample(lived, window):
    """Year class, hard, left and firm × year of presences seen to begin, of firms with more than one, row by row."""
    rows = []
    for t, year in enumerate(lived):
        there = zip(year.there.firm, year.there.age, year.there.hard, year.left, strict=True)
        mine = [(f, min(a, YEARS) - 1, h, x, t) for f, a, h, x in there if a <= window]
        of_firm = [f for f, *_ in mine]
        rows += [row for row in mine if of_firm.count(row[0]) > 1]
    firm, age, hard, left, t = (np.array(column) for column in zip(*rows, strict=True))
    return age, hard.astype(int), left.astype(float), firm * len(lived) + t


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-5, 5, allow_subnormal=False)), unique=True, max_size=30))
def test_the_rank_within_a_firm_counts_its_larger_sales(presences):
    firm, sales = np.array([f for f, _ in presences], dtype=np.int64), np.array([s for _, s in presences])
    found = calibrate.rank_within(firm, sales)
    for f in set(firm.tolist()):
        mine = sorted(range(len(firm)), key=lambda i: (firm[i] != f, -sales[i]))[: int((firm == f).sum())]
        assert [sales[i] for i in mine] == sorted((s for g, s in presences if g == f), reverse=True)
        assert [int(found[i]) for i in mine] == list(range(1, len(mine) + 1))


# --- the model -----------------------------------------------------------------------------------------------------


def test_the_chance_falls_with_years_and_markets_and_rises_with_rank_and_difficulty():
    table = hazard.table
    assert (np.diff(table, axis=0) < 0).all()
    assert (table[..., 1] > table[..., 0]).all()
    for n in range(1, 6):
        assert (np.diff(table[:, n, : n + 1], axis=1) > 0).all()
        assert (table[:, n, :n] < table[:, n - 1, :n]).all()


numbers = arrays(np.int64, 25, elements=st.integers(-3, 60))


@given(numbers, numbers, numbers, arrays(bool, 25))
def test_the_lookup_is_the_formula_one_by_one(tenure, breadth, rank, hard):
    coefficients = read_coefficients()
    found = hazard.yearly(tenure, breadth, rank, hard)
    for i in range(len(found)):
        n, k = max(1, breadth[i]), max(1, min(rank[i], max(1, breadth[i])))
        logit = coefficients["year", str(min(max(tenure[i], 1), 6))]
        logit += coefficients["standing", f"{written(n)}:{written(k)}"] + hard[i] * coefficients["hard", "hard"]
        assert found[i] == pytest.approx(1 / (1 + np.exp(-logit)))


def written(number):
    return str(number) if number < 5 else "5-9" if number < 10 else "10+"


def test_numbers_beyond_the_tables_count_as_the_nearest():
    assert hazard.yearly(40, 3, 2, True) == hazard.yearly(6, 3, 2, True)
    assert hazard.yearly(0, 3, 2, True) == hazard.yearly(1, 3, 2, True)
    assert hazard.yearly(2, 500, 400, False) == hazard.yearly(2, 10, 10, False)
    assert hazard.yearly(2, 2, 9, False) == hazard.yearly(2, 2, 2, False)


def test_shapes_broadcast_and_the_forced_chance_is_that_of_the_longest_there():
    breadth, rank = np.arange(1, 13)[:, None], np.arange(1, 13)
    assert hazard.yearly(6, breadth, rank, False).shape == (12, 12)
    assert np.array_equal(hazard.forced(breadth, rank, True), hazard.yearly(6, breadth, rank, True))


@given(arrays(float, 10, elements=st.floats(0, 1)))
def test_four_quarters_make_a_year(rate):
    assert 1 - (1 - quarterly(rate)) ** 4 == pytest.approx(rate, abs=1e-12)
    assert (quarterly(rate) <= rate + 1e-15).all()


def test_the_shipped_table_holds_each_coefficient_once():
    found = read_coefficients()
    cells = [("standing", f"{n}:{k}") for i, n in enumerate(CLASSES) for k in CLASSES[: i + 1]]
    assert list(found) == [("year", str(y + 1)) for y in range(YEARS)] + cells + [("hard", "hard")]
    assert found["year", "1"] == 0


def test_the_fit_is_the_same_each_time_and_does_not_depend_on_its_seed_by_much(published):
    who = calibrate.replace(calibrate.Population(), firms=1_500)
    one, same, other = (calibrate.fitted(who, published, seed) for seed in (1, 1, 2))
    assert one.named() == same.named()
    shipped = read_coefficients()
    for found in (one, other):
        assert max(abs(found.named()[key] - shipped[key]) for key in shipped) < 0.3
