"""Published figures that anyone can look up, read from the snapshot that is shipped."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import beachhead.evidence

SNAPSHOT = Path(beachhead.evidence.__file__).parent / "snapshot"

# what, tables and question, published figure, tolerance. The tolerance is half a unit of the last digit that the source
# publishes for a rounded figure; 0 for a grade or a count.
FIGURES = [
    (
        "India's GDP 2015, current USD (World Bank, NY.GDP.MKTP.CD)",
        "SELECT value FROM panel WHERE indicator = 'gdp_usd' AND market = 'IND' AND year = 2015",
        2.10e12,
        0.005e12,
    ),
    (
        "iron ore from Australia to China 2021 (BACI, 260111)",
        "SELECT sum(value_usd) FROM hs6_flows"
        " WHERE hs6 = '260111' AND exporter = 'AUS' AND importer = 'CHN' AND year = 2021",
        103.8e9,
        0.05e9,
    ),
    (
        "lithium carbonate from Chile 2022 (BACI, 283691)",
        "SELECT sum(value_usd) FROM hs6_flows WHERE hs6 = '283691' AND exporter = 'CHL' AND year = 2022",
        8.4e9,
        0.05e9,
    ),
    (
        "computer and business services that India exported in 2010 (WIOD, c30)",
        "SELECT sum(intermediate_usd + final_usd) FROM wiod_flows"
        " WHERE sector = 'c30' AND exporter = 'IND' AND importer <> 'IND' AND year = 2010",
        48e9,
        0.5e9,
    ),
    (
        "computer services from India to the United States 2022 (OECD ICIO, J62_63)",
        "SELECT value_usd FROM icio_flows WHERE sector = 'J62_63' AND exporter = 'IND' AND importer = 'USA'",
        27.3e9,
        0.05e9,
    ),
    (
        "electrical machinery from China to the United States 2023 (BACI, chapter 85)",
        "SELECT value_usd FROM goods_pairs WHERE hs2 = '85' AND exporter = 'CHN' AND importer = 'USA' AND year = 2023",
        119.1e9,
        0.05e9,
    ),
    (
        "world trade in goods 2023 (BACI, all chapters)",
        "SELECT sum(exports_usd) FROM goods_margins WHERE year = 2023",
        22.60e12,
        0.005e12,
    ),
    (
        "India's digitally delivered services 2024 (WTO)",
        "SELECT value_usd FROM services_exports WHERE country = 'IND' AND year = 2024",
        275.743e9,
        0.5e6,
    ),
    (
        "Germany's Logistics Performance Index 2023 (World Bank)",
        "SELECT value FROM resolved WHERE indicator = 'lpi' AND market = 'DEU' AND year = 2023",
        4.1,
        0,
    ),
    (
        "exporters of Brazil that leave a market after their first year (Steinberg)",
        "SELECT hazard FROM exit_hazard WHERE origin = 'BRA' AND market_type = 'all' AND year_in_market = 1",
        0.479,
        0.0005,
    ),
]


@pytest.fixture(scope="module")
def snapshot() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for file in sorted(SNAPSHOT.glob("*.parquet")):
        con.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    return con


@pytest.mark.parametrize(("question", "published", "tolerance"), [f[1:] for f in FIGURES], ids=[f[0] for f in FIGURES])
def test_a_published_figure_is_in_the_snapshot(
    snapshot: duckdb.DuckDBPyConnection, question: str, published: float, tolerance: float
) -> None:
    [(found,)] = snapshot.execute(question).fetchall()
    assert found == pytest.approx(published, abs=tolerance, rel=0)


def test_germany_and_austria_share_a_border_and_an_official_language(snapshot: duckdb.DuckDBPyConnection) -> None:
    flags = "SELECT contiguous, common_official_language FROM pairs WHERE origin = 'DEU' AND destination = 'AUT'"
    assert snapshot.execute(flags).fetchall() == [(1, 1)]


@pytest.mark.parametrize(
    ("year", "in_force"), [(2015, {"eu", "eea"}), (2020, {"eu", "eea"}), (2021, {"eu-uk-tca"}), (2026, {"eu-uk-tca"})]
)
def test_the_united_kingdom_and_germany_share_the_union_until_2020_and_then_only_the_new_agreement(
    snapshot: duckdb.DuckDBPyConnection, year: int, in_force: set[str]
) -> None:
    rows = snapshot.execute(
        "SELECT agreement FROM agreements WHERE origin = 'GBR' AND destination = 'DEU'"
        " AND year_from <= $year AND (year_to IS NULL OR year_to >= $year)",
        {"year": year},
    ).fetchall()
    assert {name for (name,) in rows} == in_force
