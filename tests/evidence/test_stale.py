"""A value that grows old is known less and less well, as fast as its indicator has changed in the past."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import beachhead.evidence.catalogue as catalogue_module
from beachhead.evidence.catalogue import load_catalogue
from beachhead.evidence.scale import to_scale
from beachhead.evidence.stale import LEAST, TOGETHER, changes, drift, staleness

SNAPSHOT = Path(catalogue_module.__file__).parent / "snapshot"
CATALOGUE = load_catalogue()


def walks(sd: float, drift: float, markets: int = 400, years: int = 30) -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.cumsum(rng.normal(drift, sd, (markets, years)), axis=1)


def test_the_sd_of_a_random_walk_is_recovered_and_grows_with_the_root_of_the_years() -> None:
    found = staleness(walks(sd=0.2, drift=0.0), horizon=9, default=9.9)
    assert found[1] == pytest.approx(0.2, rel=0.03)
    assert found[9] == pytest.approx(0.6, rel=0.06)


def test_what_all_markets_share_is_no_uncertainty_about_any_of_them() -> None:
    still, drifting = (staleness(walks(sd=0.1, drift=d), horizon=5, default=0.1) for d in (0.0, 0.2))
    assert drifting == pytest.approx(still, rel=1e-9)


def test_a_value_behind_the_others_has_missed_what_they_went_through() -> None:
    still, drifting = (drift(walks(sd=0.1, drift=d), horizon=40) for d in (0.0, 0.2))
    assert drifting[5] == pytest.approx(5 * 0.2, rel=0.05)
    assert drifting[40] == pytest.approx(40 * 0.2, rel=0.05)  # beyond the thirty years of history
    assert still[5] < 0.05
    assert drift(np.full((217, 37), np.nan), horizon=9).tolist() == [0.0] * 10


def test_a_year_known_for_a_few_markets_does_not_say_what_all_had_in_common() -> None:
    panel = walks(sd=0.1, drift=0.0, markets=TOGETHER - 1, years=3)
    own, common = changes(panel, 1)
    assert not len(own) and not len(common)


@settings(max_examples=30, deadline=None)
@given(
    scaled=hnp.arrays(np.float64, (30, 12), elements=st.floats(-1e3, 1e3) | st.just(np.nan)),
    default=st.floats(0.001, 10.0),
)
def test_nothing_is_added_to_a_fresh_value_and_age_never_helps(scaled: np.ndarray, default: float) -> None:
    found = staleness(scaled, horizon=15, default=default)
    common = drift(scaled, horizon=15)
    for sds in (found, common):
        assert sds[0] == 0.0 and np.isfinite(sds).all()
        assert (np.diff(sds) >= 0).all()


def test_without_history_the_documented_default_grows_with_the_root_of_the_years() -> None:
    found = staleness(np.full((217, 37), np.nan), horizon=16, default=0.5)
    assert found == pytest.approx(0.5 * np.sqrt(np.arange(17)))


def panel_of(indicator: str) -> np.ndarray:
    rows = duckdb.connect().execute(
        f"SELECT market, year - 1990, value FROM '{SNAPSHOT}/panel.parquet' WHERE indicator = ?", [indicator]
    )
    grid = np.full((len(CATALOGUE.markets), 37), np.nan)
    for market, year, value in rows.fetchall():
        grid[CATALOGUE.markets.index(market), year] = value
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = to_scale(grid, CATALOGUE.indicators[indicator].transform)
    return np.where(np.isfinite(scaled), scaled, np.nan)


@pytest.mark.parametrize("indicator", CATALOGUE.of_scope("country"))
def test_the_shipped_staleness_holds_nine_in_ten_of_the_real_changes_of_a_market_of_its_own(indicator: str) -> None:
    shipped = dict(
        duckdb.connect()
        .execute(f"SELECT years, sd_t FROM '{SNAPSHOT}/staleness.parquet' WHERE indicator = ?", [indicator])
        .fetchall()
    )
    scaled = panel_of(indicator)
    for years in (1, 2, 5):
        seen, _ = changes(scaled, years)
        if len(seen) >= LEAST:
            assert (np.abs(seen) <= 1.645 * shipped[years]).mean() >= 0.899
        else:
            assert shipped[years] > 0


def test_a_one_year_old_gdp_is_known_to_about_a_tenth() -> None:
    """The dollar's own swings move all economies alike; what is left is each currency's and each economy's own."""
    [(sd,)] = (
        duckdb.connect()
        .execute(f"SELECT sd_t FROM '{SNAPSHOT}/staleness.parquet' WHERE indicator = 'gdp_usd' AND years = 1")
        .fetchall()
    )
    assert 0.05 <= sd <= 0.11
