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
from beachhead.evidence.stale import LEAST, changes, staleness

SNAPSHOT = Path(catalogue_module.__file__).parent / "snapshot"
CATALOGUE = load_catalogue()


def walks(sd: float, drift: float, markets: int = 400, years: int = 30) -> np.ndarray:
    rng = np.random.default_rng(7)
    return np.cumsum(rng.normal(drift, sd, (markets, years)), axis=1)


def test_the_sd_of_a_random_walk_is_recovered_and_grows_with_the_root_of_the_years() -> None:
    found = staleness(walks(sd=0.2, drift=0.0), horizon=9, default=9.9)
    assert found[1] == pytest.approx(0.2, rel=0.03)
    assert found[9] == pytest.approx(0.6, rel=0.06)


def test_a_drift_makes_a_carried_value_worse() -> None:
    still, drifting = (staleness(walks(sd=0.1, drift=d), horizon=5, default=0.1) for d in (0.0, 0.2))
    assert (drifting[1:] > still[1:]).all()
    assert drifting[5] >= 5 * 0.2 / 1.6449


@settings(max_examples=30, deadline=None)
@given(
    scaled=hnp.arrays(np.float64, (30, 12), elements=st.floats(-1e3, 1e3) | st.just(np.nan)),
    default=st.floats(0.001, 10.0),
)
def test_nothing_is_added_to_a_fresh_value_and_age_never_helps(scaled: np.ndarray, default: float) -> None:
    found = staleness(scaled, horizon=15, default=default)
    assert found[0] == 0.0 and np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()


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
def test_the_shipped_staleness_holds_nine_in_ten_of_the_real_changes(indicator: str) -> None:
    shipped = dict(
        duckdb.connect()
        .execute(f"SELECT years, sd_t FROM '{SNAPSHOT}/staleness.parquet' WHERE indicator = ?", [indicator])
        .fetchall()
    )
    scaled = panel_of(indicator)
    for years in (1, 2, 5):
        seen = changes(scaled, years)
        if len(seen) >= LEAST:
            assert (np.abs(seen) <= 1.645 * shipped[years]).mean() >= 0.899
        else:
            assert shipped[years] > 0
