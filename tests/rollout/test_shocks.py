"""What happens to all markets at once is drawn from their joint history as it was."""

from __future__ import annotations

import csv
from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pytest
from cases import evidence_for
from hypothesis import given
from hypothesis import strategies as st

from beachhead import load_evidence
from beachhead.assumptions import Assumptions
from beachhead.errors import InputError
from beachhead.rollout.shocks import begin_with, block_years, covered_years, episode, factors, filled, history, panel

#: The twenty largest economies with figures for every year.
BIG = (
    *("USA", "CHN", "JPN", "DEU", "IND", "GBR", "FRA", "ITA", "BRA", "CAN"),
    *("RUS", "KOR", "AUS", "ESP", "MEX", "IDN", "NLD", "TUR", "SAU", "CHE"),
)
PATHS, AHEAD, BLOCK = 10_000, 6, 2
#: Draws in blocks of mean length b are worth fewer: at worst by (2 − p) / p, p = 1/b, if all years of one are alike.
WORTH = PATHS * AHEAD / (2 * BLOCK - 1)


@pytest.fixture(scope="module")
def big():
    return history(evidence_for(), BIG, "USA")


@pytest.fixture(scope="module")
def world():
    evidence = evidence_for()
    return history(evidence, evidence.markets, "USA")


@pytest.fixture(scope="module")
def picks(big):
    return block_years(np.random.default_rng(1), len(big.years), PATHS, AHEAD, BLOCK)


# --- the history ---------------------------------------------------------------------------------------------------


def invented(growth, price, regions, first=1995):
    """Evidence of a world of markets A, B, …; (Y, M) arrays with nan where nothing is known."""
    names = tuple("ABCDEFGH"[: len(regions)])
    year, market = np.nonzero(np.isfinite(growth))
    rows = {
        "market": np.array(names, dtype=object)[market],
        "year": first + year,
        "growth": growth[year, market],
        "price": price[year, market],
    }
    countries = {name: SimpleNamespace(region=region) for name, region in zip(names, regions, strict=True)}
    catalogue = SimpleNamespace(countries=countries)
    return SimpleNamespace(markets=names, catalogue=catalogue, query=lambda name, first_year: rows)


def test_a_small_world_by_hand():
    nan = np.nan
    growth = np.array([[0.01, 0.02, 0.05, nan], [0.03, nan, 0.01, nan], [0.05, 0.06, 0.03, nan]])
    price = np.array([[0.10, 0.00, 0.20, nan], [0.00, nan, -0.30, nan], [-0.10, 0.40, 0.10, nan]])
    found = history(invented(growth, price, ["near", "near", "near", "far"]), ("A", "B", "D"), "C")
    assert found.years.tolist() == [1995, 1996, 1997]
    # B misses 1996: the median of A (0) and C (−.02), less the column's new mean −.01 / 3
    assert found.growth[:, 1] == pytest.approx([-0.02 + 0.01 / 3, -0.01 + 0.01 / 3, 0.02 + 0.01 / 3])
    # D has nothing and is alone: the world's median of each year, −.02, −.01, .02, less its mean −.01 / 3
    assert found.growth[:, 2] == pytest.approx(found.growth[:, 1], abs=1e-12)
    # fx of A: its price less that of C, each less its mean (0 and 0)
    assert found.fx[:, 0] == pytest.approx([-0.10, 0.30, -0.20])
    assert found.observed.tolist() == [[True, True, False], [True, False, False], [True, True, False]]


def test_changes_that_no_customer_would_follow_are_cut_off():
    growth, price = np.zeros((2, 3, 2))
    growth[1, 0], price[0, 0] = 0.8, -5.0
    found = history(invented(growth, price, ["x", "x"]), ("A",), "B")
    assert found.growth[:, 0] == pytest.approx([-0.25 / 3, 0.25 - 0.25 / 3, -0.25 / 3])
    assert found.fx[:, 0] == pytest.approx([-1 + 1 / 3, 1 / 3, 1 / 3])


def test_what_is_cut_off_is_rare():
    _, growth, price = panel(evidence_for(), evidence_for().markets)
    assert np.isfinite(growth).sum() == 6068  # of 30 years × 217 markets
    assert (np.abs(growth) > 0.25).sum() == 48
    assert (np.abs(price) > 1).sum() == 6


def test_a_last_year_that_few_have_is_left_out_and_one_within_is_kept():
    figures = np.repeat([1995, 1996, 1997, 1998], [9, 2, 8, 5])
    assert covered_years(figures, 9).tolist() == [1995, 1996, 1997]


def test_growth_and_real_rate_are_those_of_the_panel():
    """From the figures as one would look them up: Germany's GDP in dollars and growth of 2014 and 2015."""
    evidence = evidence_for()
    years, growth, price = panel(evidence, evidence.markets)
    row, column = 2015 - years[0], evidence.markets.index("DEU")
    real = evidence.fact("gdp_growth_annual", "DEU", 2015).value / 100
    dollars = evidence.fact("gdp_usd", "DEU", 2015).value / evidence.fact("gdp_usd", "DEU", 2014).value
    assert growth[row, column] == pytest.approx(np.log(1 + real))
    assert np.exp(price[row, column]) == pytest.approx(dollars / (1 + real))
    assert price[row, column] < -0.1  # the euro fell from 1.33 to 1.11 dollars


def test_the_user_s_own_figures_stand_before_the_snapshot(tmp_path):
    before = evidence_for()
    gdp = before.fact("gdp_usd", "DEU", 2010).value
    own = tmp_path / "own.csv"
    own.write_text(f"market,indicator,value,year\nDEU,gdp_usd,{2 * gdp},2010\n", encoding="utf-8")
    after = load_evidence(user=(own,), home_dir=tmp_path)
    (years, was, old), (_, is_, new) = panel(before, before.markets), panel(after, after.markets)
    moved = {(int(years[r]), before.markets[c]): (new - old)[r, c] for r, c in np.argwhere(np.abs(new - old) > 1e-12)}
    assert moved == pytest.approx({(2010, "DEU"): np.log(2), (2011, "DEU"): -np.log(2)})
    assert np.array_equal(was, is_, equal_nan=True)


@given(st.sampled_from(BIG), st.sampled_from(BIG))
def test_what_one_currency_gains_the_other_loses(one, other):
    here, there = history(evidence_for(), (one, other), one), history(evidence_for(), (one, other), other)
    assert here.fx[:, 1] == pytest.approx(-there.fx[:, 0], abs=1e-12)
    assert not here.fx[:, 0].any()


def test_deviations_have_mean_zero_and_no_gaps(world):
    for x in (world.growth, world.fx):
        assert np.isfinite(x).all()
        assert np.abs(x.mean(axis=0)).max() < 1e-12
    assert world.observed.mean() > 0.93
    assert not world.observed[:, world.markets.index("PRK")].any()


@given(st.integers(0, 2**32 - 1))
def test_filling_leaves_what_is_known_apart_from_the_mean(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(12, 6))
    gaps = np.where(rng.random(x.shape) < 0.3, np.nan, x)
    gaps[0] = x[0]
    region = np.array(["a", "a", "a", "b", "b", "b"])
    difference = filled(gaps, region) - gaps
    for column in difference.T:
        assert np.ptp(column[np.isfinite(column)]) < 1e-12


# --- known facts ---------------------------------------------------------------------------------------------------


def at(found, year, *markets):
    columns = [found.markets.index(m) for m in markets]
    return found.growth[year - found.years[0], columns], found.fx[year - found.years[0], columns]


def share_down(x, found, year):
    row = year - found.years[0]
    return float((x[row][found.observed[row]] < 0).mean())


def test_the_asian_crisis_is_there(world):
    first, second = (at(world, year, "IDN", "KOR", "MYS", "THA", "PHL") for year in (1997, 1998))
    lost = 1 - np.exp(first[1] + second[1])
    assert ((lost > 0.25) & (lost < 0.6)).all()  # as episodes.csv says
    assert lost[0] == max(lost)  # Indonesia
    assert (second[0] < -0.05).all()


def test_argentina_s_peso_of_2002_is_not_cut_off(world):
    assert at(world, 2002, "ARG")[1] < -0.8


def test_2009_and_2020_hit_nearly_all_and_2022_the_currencies(world):
    assert np.median(world.growth[2009 - 1995]) < -0.03
    assert share_down(world.growth, world, 2009) > 0.75
    assert np.median(world.growth[2020 - 1995]) < -0.06
    assert share_down(world.growth, world, 2020) > 0.95
    assert share_down(world.fx, world, 2022) > 0.7


def test_money_shared_is_money_that_does_not_move_apart(world):
    euro = 1999 - 1995
    apart = at_all(world, "DEU")[euro:] - at_all(world, "FRA")[euro:]
    assert apart.std() < 0.02 < 0.06 < at_all(world, "DEU")[euro:].std()


def at_all(found, market):
    return found.fx[:, found.markets.index(market)]


# --- the bootstrap -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("series", ["growth", "fx"])
def test_drawn_futures_keep_the_panel_s_correlations(big, picks, series):
    past = getattr(big, series)[:, 1:]  # the dollar does not move against itself
    z = past / past.std(axis=0)
    drawn = z[picks].reshape(-1, z.shape[1])
    pairs = np.triu_indices(z.shape[1], 1)
    theirs, ours = np.corrcoef(past.T)[pairs], np.corrcoef(drawn.T)[pairs]
    products = (z[:, :, None] * z[:, None, :])[:, *pairs]
    error = np.sqrt((products.var(axis=0) + theirs**2) / WORTH)  # of a mean of products, and of the spreads it is over
    assert (np.abs(ours - theirs) < 4.5 * error).all()
    assert np.abs(ours - theirs).max() < 0.02
    assert np.abs(ours - theirs).mean() < 0.005
    assert theirs.mean() > 0.3  # there is something to keep


def test_growth_and_money_keep_moving_together_as_they_did(big, picks):
    past = np.hstack([big.growth, big.fx[:, 1:]])
    ours = np.corrcoef(past[picks].reshape(-1, past.shape[1]).T)
    assert np.abs(ours - np.corrcoef(past.T)).max() < 0.02


@pytest.mark.parametrize("series", ["growth", "fx"])
@pytest.mark.parametrize("block", [1, 2, 5])
def test_years_that_follow_each_other_do_so_within_blocks(big, series, block):
    """Politis & Romano (1994): the drawn autocovariance is 1 − 1/block of the circular one of the data."""
    past = getattr(big, series)[:, 1:]
    z = past / past.std(axis=0)
    drawn = z[block_years(np.random.default_rng(block), len(z), PATHS, AHEAD, block)]
    ours = (drawn[:, 1:] * drawn[:, :-1]).mean(axis=(0, 1))
    circular = (z * np.roll(z, -1, axis=0)).mean(axis=0)
    assert np.abs(ours - (1 - 1 / block) * circular).max() < 0.03


def test_drawn_years_have_mean_zero(big, picks):
    for x in (big.growth, big.fx[:, 1:]):
        assert (np.abs(x[picks].mean(axis=(0, 1))) < 4.5 * x.std(axis=0) / np.sqrt(WORTH)).all()


@pytest.mark.parametrize("block", [1, 2, 10])
def test_every_year_is_drawn_as_often(block):
    years = 30
    drawn = block_years(np.random.default_rng(3), years, PATHS, AHEAD, block)
    assert drawn.min() == 0
    assert drawn.max() == years - 1
    for step in drawn.T:  # the steps of one path hang together, the paths do not
        often = np.bincount(step, minlength=years)
        assert np.abs(often - PATHS / years).max() < 4.5 * np.sqrt(PATHS / years)


@given(st.integers(1, 40), st.integers(2, 12), st.integers(1, 8))
def test_a_year_is_followed_by_the_next_or_by_any(years, ahead, block):
    drawn = block_years(np.random.default_rng(0), years, 200, ahead, block)
    assert drawn.shape == (200, ahead)
    assert ((drawn >= 0) & (drawn < years)).all()
    follows = drawn[:, 1:] == (drawn[:, :-1] + 1) % years
    expected = 1 - 1 / block + 1 / block / years
    assert abs(follows.mean() - expected) < 4.5 * np.sqrt(0.25 / follows.size)


def test_the_same_seed_draws_the_same():
    one, same, other = (block_years(np.random.default_rng(seed), 30, 50, 6, 2) for seed in (7, 7, 8))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


# --- factors and episodes ------------------------------------------------------------------------------------------


def test_factors_are_those_of_a_plain_loop(big, picks):
    assumed = Assumptions({"demand_gdp_elasticity": 2.5, "fx_exposure": 0.25})
    few = picks[:20]
    found = factors(big, few, assumed)
    for path, drawn in enumerate(few):
        growth = fx = np.zeros(len(BIG))
        for step, year in enumerate(drawn):
            growth, fx = growth + big.growth[year], fx + big.fx[year]
            assert found.demand[path, step] == pytest.approx(np.exp(2.5 * growth), rel=1e-5)
            assert found.fx[path, step] == pytest.approx(np.exp(0.25 * fx), rel=1e-5)


def test_who_is_not_exposed_sees_no_change(big, picks):
    found = factors(big, picks, Assumptions({"demand_gdp_elasticity": 0.0, "fx_exposure": 0.0}))
    assert (found.demand == 1).all()
    assert (found.fx == 1).all()


def episodes():
    text = files("beachhead.outlook").joinpath("episodes.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize("row", episodes(), ids=lambda row: row["id"])
def test_an_episode_plays_its_years_first_on_every_path(big, picks, row):
    years = tuple(range(int(row["first_year"]), int(row["last_year"]) + 1))
    rows = episode(big, years)
    assert tuple(big.years[rows]) == years
    replayed = begin_with(picks, rows)
    assert (replayed[:, : len(years)] == rows).all()
    assert np.array_equal(replayed[:, len(years) :], picks[:, len(years) :])
    assert replayed is not picks
    assert begin_with(picks[:, :1], rows).shape == (PATHS, 1)
    assert row["name"] and row["description"]


def test_a_year_beyond_the_history_is_refused(big):
    with pytest.raises(InputError, match=r"1929.*1995 to 2024"):
        episode(big, (1929, 1930))
