"""Every figure has a meaning, a unit, a source and a licence, and every market is named."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_files import RAW, needs_raw

import beachhead.evidence.catalogue as catalogue_module
from beachhead.errors import InputError
from beachhead.evidence.catalogue import load_catalogue, read_table
from beachhead.evidence.scale import SCALES, from_scale, sd_natural, sd_scale, to_scale

CATALOGUE = load_catalogue()
SNAPSHOT = Path(catalogue_module.__file__).parent / "snapshot"
SCOPES = {"country", "pair", "product", "firm", "model", "base"}
CRITERIA = {
    "size_growth", "purchasing", "competition", "political_legal",
    "proximity", "logistics", "ease", "resources_partners",
}  # fmt: skip
OTHER_SERIES = {"fx", "languages"}  # tables of the snapshot that indicators are computed from
scored = pytest.mark.parametrize("name", [n for n, i in CATALOGUE.indicators.items() if i.scope != "base"])


@pytest.mark.parametrize("name", list(CATALOGUE.indicators))
def test_every_indicator_is_documented(name: str) -> None:
    about, noise = CATALOGUE.indicators[name], CATALOGUE.noise[name]
    assert about.definition.endswith(".") and len(about.definition) >= 40
    assert about.name and about.unit and about.decimals >= 0
    assert about.scope in SCOPES and about.transform in SCALES and about.direction in (-1, 0, 1)
    assert about.source in CATALOGUE.sources
    assert noise.measurement_sd >= 0 and noise.ground
    assert set(CATALOGUE.derived_from[name]) <= set(CATALOGUE.indicators) | OTHER_SERIES


@scored
def test_every_scored_indicator_has_a_criterion_anchors_and_a_staleness(name: str) -> None:
    about = CATALOGUE.indicators[name]
    assert about.criterion in CRITERIA
    assert 0 <= about.anchor_low_pct < about.anchor_high_pct <= 100
    assert CATALOGUE.noise[name].staleness >= 0


def test_every_criterion_has_indicators() -> None:
    assert {i.criterion for i in CATALOGUE.indicators.values() if i.scope != "base"} == CRITERIA


@pytest.mark.parametrize("source", list(CATALOGUE.sources.values()), ids=lambda s: s.id)
def test_every_source_states_publisher_licence_and_citation(source) -> None:  # type: ignore[no-untyped-def]
    assert source.name and source.publisher and source.licence and source.citation
    if source.id != "user":
        assert source.licence_url.startswith("https://") and source.vintage


def ask(question: str) -> list[tuple[object, ...]]:
    return duckdb.connect().execute(question).fetchall()


@pytest.mark.parametrize("table", ["panel", "resolved", "fx", "vat"])
def test_no_figure_is_without_a_source_and_a_licence(table: str) -> None:
    used = {s for (s,) in ask(f"SELECT DISTINCT source FROM '{SNAPSHOT}/{table}.parquet'")}
    stated = json.loads((SNAPSHOT / "manifest.json").read_text())["tables"][table]["sources"]
    assert used <= set(stated)
    assert all(CATALOGUE.sources[str(s)].licence for s in used)


def test_no_indicator_in_the_snapshot_is_undocumented() -> None:
    country, base = set(CATALOGUE.of_scope("country")), set(CATALOGUE.of_scope("base"))
    assert {n for (n,) in ask(f"SELECT DISTINCT indicator FROM '{SNAPSHOT}/panel.parquet'")} == country | base
    assert {n for (n,) in ask(f"SELECT DISTINCT indicator FROM '{SNAPSHOT}/resolved.parquet'")} == country
    anchored = {n for (n,) in ask(f"SELECT indicator FROM '{SNAPSHOT}/anchors.parquet' WHERE low < high")}
    assert anchored == set(CATALOGUE.indicators) - base - set(CATALOGUE.of_scope("model"))  # those anchor themselves


def test_markets_are_the_economies_of_the_world_bank_and_taiwan() -> None:
    markets = CATALOGUE.markets
    assert len(markets) == 217 and list(markets) == sorted(markets)
    assert {"TWN", "XKX", "PSE", "HKG", "MAC", "PRI", "SSD", "MNE", "ROU", "COD", "TLS"} <= set(markets)
    assert "CHI" not in markets


def test_namibia_is_not_a_missing_value() -> None:
    assert CATALOGUE.countries["NAM"].iso2 == "NA"


@pytest.mark.parametrize("column", ["iso2", "m49", "name"])
def test_no_two_markets_share_a_code_or_a_name(column: str) -> None:
    count = Counter(getattr(c, column) for c in CATALOGUE.countries.values())
    assert count.most_common(1)[0][1] == 1 and "" not in count


@pytest.mark.parametrize("country", list(CATALOGUE.countries.values()), ids=lambda c: c.iso3)
def test_every_market_has_region_money_language_and_clock(country) -> None:  # type: ignore[no-untyped-def]
    assert country.region and country.income_group and country.languages
    assert len(country.currency) == 3 and country.currency.isupper()
    assert ZoneInfo(country.timezone) and -11 <= country.utc_offset <= 13


@pytest.mark.parametrize(
    ("market", "currency", "language", "offset"),
    [("IND", "INR", "hi", 5.5), ("DEU", "EUR", "de", 1), ("TWN", "TWD", "zh-Hant", 8), ("IRL", "EUR", "en", 0),
     ("CHL", "CLP", "es", -4), ("MAR", "MAD", "ar", 1), ("BGR", "EUR", "bg", 2), ("AUS", "AUD", "en", 10)],
)  # fmt: skip
def test_well_known_markets(market: str, currency: str, language: str, offset: float) -> None:
    about = CATALOGUE.countries[market]
    assert (about.currency, about.utc_offset) == (currency, offset)
    assert language in about.languages


@needs_raw
def test_the_list_of_countries_is_reproducible() -> None:
    from beachhead.evidence.build.countries import countries

    assert countries(RAW) == read_table("countries")


def test_a_missing_catalogue_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="indicators"):
        read_table("indicators", tmp_path)


# --- the scale -------------------------------------------------------------------------------------------------------

values = st.floats(1e-6, 1e14)
transforms = pytest.mark.parametrize("transform", sorted(SCALES))


@transforms
@settings(max_examples=50, deadline=None)
@given(value=values)
def test_the_scale_can_be_undone(transform: str, value: float) -> None:
    assert from_scale(to_scale(value, transform), transform) == pytest.approx(value, rel=1e-9)


@transforms
@settings(max_examples=50, deadline=None)
@given(value=st.floats(1e-3, 1e9), sd_t=st.floats(1e-4, 1.0))
def test_standard_deviations_follow_the_slope_of_the_scale(transform: str, value: float, sd_t: float) -> None:
    step = 1e-6 * max(1.0, abs(float(to_scale(value, transform))))
    around = from_scale(np.array([-step, step]) + to_scale(value, transform), transform)
    slope = float(np.diff(around)[0]) / (2 * step)
    assert float(sd_natural(value, sd_t, transform)) == pytest.approx(slope * sd_t, rel=1e-3)
    assert float(sd_scale(value, sd_natural(value, sd_t, transform), transform)) == pytest.approx(sd_t)


def test_an_unknown_scale_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="log"):
        to_scale(1.0, "cubic")
