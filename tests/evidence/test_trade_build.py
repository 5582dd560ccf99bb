"""Trade, ties and codes: what the snapshot promises about them, and what their builders do with awkward raw files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import beachhead.evidence
from beachhead.errors import InputError
from beachhead.evidence.build import agreements, dynamics, goods, services
from beachhead.evidence.build.codes import catalogue_rows
from beachhead.evidence.build.geography import great_circle, hours_apart, internal_distance
from beachhead.evidence.build.language_ties import overlap
from beachhead.evidence.build.table import Raw
from beachhead.evidence.catalogue import load_catalogue, split

SNAPSHOT = Path(beachhead.evidence.__file__).parent / "snapshot"
MARKETS = load_catalogue().markets
Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def ask() -> Ask:
    con = duckdb.connect()
    for file in sorted(SNAPSHOT.glob("*.parquet")):
        con.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    return lambda question: con.execute(question).fetchall()


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())


# --- pairs -----------------------------------------------------------------------------------------------------------


def test_every_market_stands_with_every_market_and_nothing_is_missing(ask: Ask) -> None:
    [(rows, pairs)] = ask("SELECT count(*), count(DISTINCT origin || destination) FROM pairs")
    assert rows == pairs == len(MARKETS) ** 2
    [counts] = ask("SELECT count(COLUMNS(*)) FROM pairs")
    assert set(counts) == {rows}


def test_ties_are_the_same_both_ways(ask: Ask) -> None:
    differ = ask("""
        SELECT a.origin, a.destination FROM pairs AS a JOIN pairs AS b
        ON a.origin = b.destination AND a.destination = b.origin
        WHERE a.distance <> b.distance OR a.contiguous <> b.contiguous OR a.colonial_tie <> b.colonial_tie
        OR a.common_official_language <> b.common_official_language OR a.same_legal_origin <> b.same_legal_origin
        OR abs(a.language_overlap - b.language_overlap) > 1e-6 OR a.timezone_gap <> b.timezone_gap""")
    assert differ == []


@pytest.mark.parametrize(
    ("one", "other", "km"),
    # air distances between the main cities, from an atlas; 3 % covers which point of the city is meant
    [("MNE", "ALB", 129), ("XKX", "SRB", 240), ("LIE", "AUT", 527), ("MCO", "FRA", 687), ("SSD", "KEN", 918)],
)
def test_economies_that_geodist_lacks_are_as_far_as_an_atlas_says(ask: Ask, one: str, other: str, km: float) -> None:
    [(distance,)] = ask(f"SELECT distance FROM pairs WHERE origin = '{one}' AND destination = '{other}'")
    assert distance == pytest.approx(km, rel=0.03)


def test_our_own_distances_follow_the_definitions_of_geodist(ask: Ask) -> None:
    """The rows that we compute must be comparable with those that we take: same formulas, same answers."""
    paris_new_york = great_circle(np.array([48.86666, 40.75]), np.array([2.333333, -73.98333]))[0, 1]
    [(published,)] = ask("SELECT distance FROM pairs WHERE origin = 'FRA' AND destination = 'USA'")
    assert paris_new_york == pytest.approx(published, rel=2e-3)
    [(inside,)] = ask("SELECT distance FROM pairs WHERE origin = 'FRA' AND destination = 'FRA'")
    assert internal_distance(547026) == pytest.approx(inside, rel=1e-4)  # GeoDist's own area of France


@pytest.mark.parametrize(
    ("one", "other", "border"),
    [("SRB", "ALB", 0), ("SRB", "XKX", 1), ("MNE", "SRB", 1), ("SDN", "KEN", 0), ("SSD", "KEN", 1), ("SDN", "SSD", 1)],
)
def test_borders_are_those_of_today(ask: Ask, one: str, other: str, border: int) -> None:
    assert ask(f"SELECT contiguous FROM pairs WHERE origin = '{one}' AND destination = '{other}'") == [(border,)]


def test_land_neighbours_are_near(ask: Ask) -> None:
    """A wrong code would make neighbours of far economies; France touches Brazil and Suriname only through Guiana."""
    far = ask("SELECT origin, destination FROM pairs WHERE contiguous = 1 AND distance > 7000 AND origin < destination")
    assert set(far) <= {("BRA", "FRA"), ("FRA", "SUR"), ("PRK", "RUS"), ("CHN", "TJK")}


@given(hnp.arrays(float, st.tuples(st.integers(2, 4), st.integers(1, 5)), elements=st.floats(0, 1)))
def test_shared_language_lies_between_the_best_single_language_and_the_sum(share: np.ndarray) -> None:
    products = share[:, None, :] * share[None, :, :]
    found = overlap(share)
    assert np.all(found >= products.max(axis=2) - 1e-12)
    assert np.all(found <= np.minimum(products.sum(axis=2), 1) + 1e-12)


def test_shared_language_equals_a_count_over_people() -> None:
    """Brute force: everyone of two small peoples meets everyone of the other."""
    rng = np.random.default_rng(3)
    share = np.array([[0.9, 0.2, 0.5], [0.1, 0.6, 0.3]])
    speaks = rng.random((2, 4000, 3)) < share[:, None, :]
    meetings = (speaks[0].astype(int) @ speaks[1].astype(int).T) > 0
    assert overlap(share)[0, 1] == pytest.approx(meetings.mean(), abs=0.015)  # 3 standard errors of the shares


@given(hnp.arrays(float, 5, elements=st.floats(-11, 14)))
def test_clocks_are_never_more_than_half_a_day_apart(offsets: np.ndarray) -> None:
    gap = hours_apart(offsets)
    assert np.all((gap >= 0) & (gap <= 12))
    assert np.allclose(gap, gap.T)
    on_the_clock = np.exp(2j * np.pi * offsets / 24)
    assert np.allclose(np.cos(2 * np.pi * gap / 24), (on_the_clock[:, None] * on_the_clock.conj()).real, atol=1e-6)


# --- agreements ------------------------------------------------------------------------------------------------------


def test_agreements_hold_both_ways_and_say_where_they_are_written(ask: Ask) -> None:
    one_way = ask("""
        SELECT origin, destination, agreement, year_from, year_to FROM agreements
        EXCEPT SELECT destination, origin, agreement, year_from, year_to FROM agreements""")
    assert one_way == []
    assert ask("SELECT * FROM agreements WHERE citation IS NULL OR citation = '' OR source IS NULL") == []
    assert ask("SELECT * FROM agreements WHERE year_to < year_from OR origin = destination") == []


@pytest.mark.parametrize(
    ("year", "members"),
    [(1960, 6), (1980, 9), (1985, 10), (1990, 12), (2000, 15), (2005, 25), (2010, 27), (2020, 28), (2026, 27)],
)
def test_the_union_has_as_many_members_as_it_had(ask: Ask, year: int, members: int) -> None:
    [(pairs,)] = ask(f"""
        SELECT count(*) FROM agreements
        WHERE agreement = 'eu' AND year_from <= {year} AND coalesce(year_to, 9999) >= {year}
        AND origin NOT IN ('MCO', 'IMN', 'MAF') AND destination NOT IN ('MCO', 'IMN', 'MAF')""")
    assert pairs == members * (members - 1)


def test_no_agreement_of_the_union_binds_the_united_kingdom_any_more(ask: Ask) -> None:
    assert (
        ask("""
        SELECT agreement, destination FROM agreements WHERE origin = 'GBR' AND year_to IS NULL
        AND (agreement LIKE 'eu%' OR agreement LIKE 'dta-eu%') AND agreement <> 'eu-uk-tca'""")
        == []
    )


@pytest.mark.parametrize(
    ("one", "other", "agreement", "since"),
    [
        ("DEU", "CAN", "ceta", 2017),
        ("JPN", "CAN", "cptpp", 2018),
        ("CHL", "VNM", "cptpp", 2023),
        ("ESP", "JPN", "eu-jpn", 2019),
        ("PRT", "SGP", "eu-sgp", 2019),
        ("MEX", "USA", "usmca", 2020),
        ("ITA", "VNM", "eu-vnm", 2020),
        ("GBR", "AUS", "uk-aus", 2023),
        ("GBR", "JPN", "uk-jpn", 2021),
        ("KEN", "GHA", "afcfta", 2021),
        ("CHN", "JPN", "rcep", 2022),
        ("JPN", "IDN", "rcep", 2023),
        ("IND", "ARE", "ind-are", 2022),
        ("IND", "AUS", "ind-aus", 2022),
        ("FRA", "NZL", "eu-nzl", 2024),
        ("KEN", "DEU", "eu-ken", 2024),
        ("CHE", "IND", "efta-ind", 2025),
        ("LIE", "IND", "efta-ind", 2025),
        ("MCO", "JPN", "eu-jpn", 2019),
        ("COL", "PER", "andean", 1997),
    ],
)
def test_later_agreements_are_there_from_the_year_they_came_into_force(
    ask: Ask, one: str, other: str, agreement: str, since: int
) -> None:
    rows = ask(f"""SELECT year_from, year_to FROM agreements
        WHERE origin = '{one}' AND destination = '{other}' AND agreement = '{agreement}'""")
    assert rows == [(since, None)]


def test_pairs_that_no_longer_apply_an_agreement_do_not_have_it(ask: Ask) -> None:
    rows = ask("""SELECT max(year_to), count(*) - count(year_to) FROM agreements
        WHERE origin = 'IND' AND destination = 'PAK' AND NOT partial""")
    assert rows == [(2019, 0)]


@pytest.mark.parametrize(("partner", "last"), [("SLV", 2022), ("HND", 2023), ("NIC", 2021), ("GTM", None)])
def test_who_broke_with_taiwan_ended_its_agreement(ask: Ask, partner: str, last: int | None) -> None:
    rows = ask(f"SELECT year_to FROM agreements WHERE origin = '{partner}' AND destination = 'TWN'")
    assert rows == [(last,)]


@pytest.mark.parametrize("partner", ["GBR", "OMN"])
def test_a_signature_is_not_an_entry_into_force(ask: Ask, partner: str) -> None:
    query = f"SELECT agreement FROM agreements WHERE origin = 'IND' AND destination = '{partner}' AND NOT partial"
    assert ask(query) == []


def test_thin_agreements_are_marked_and_the_thinnest_left_out(ask: Ask) -> None:
    assert ask("SELECT * FROM agreements WHERE name LIKE '%GSTP%' OR name LIKE 'Global System%'") == []
    assert ask("SELECT DISTINCT partial FROM agreements WHERE agreement IN ('afcfta', 'jpn-usa', 'chn-twn')") == [
        (True,)
    ]
    free = ask("SELECT * FROM agreements WHERE NOT partial AND origin = 'IND' AND destination IN ('CHN', 'BRA', 'USA')")
    assert free == []


def test_hand_made_tables_name_only_known_parties_and_true_dates() -> None:
    groups = {row["group"] for row in catalogue_rows("agreement_members.csv")}
    assert not groups & set(MARKETS)  # CAN is Canada, not the Andean Community
    known = groups | set(MARKETS)
    for table in agreements.OWN_TABLES:
        rows = catalogue_rows(table)
        assert len({row["id"] for row in rows}) == len(rows)
        for row in rows:
            assert set(split(row["side_a"]) + split(row["side_b"])) <= known, row["id"]
            assert np.datetime64(row["in_force"]) <= np.datetime64("2026-11-22"), row["id"]
            assert row["citation"] and row["url"].startswith("https://"), row["id"]


PAIR_YEARS = """exp,imp,time,id,agreement
GBR,TUN,2000,1,EU - Tunisia
GBR,TUN,2016,1,EU - Tunisia
BLX,TUN,2004,1,EU - Tunisia
IND,BRA,2016,2,Global System of Trade Preferences among Developing Countries (GSTP)
ROM,MNT,2008,3,EU - Montenegro
TUR,SYR,2008,4,Turkey - Syria
FRA,DEU,1964,5,EC/EU
"""


def test_the_file_of_agreements_is_read_with_all_its_traps(tmp_path: Path) -> None:
    write(tmp_path, "country/rta/agreements_by_pair_year.csv.gz", PAIR_YEARS)
    table = agreements.agreements(Raw(tmp_path))
    found = {
        (r["origin"], r["destination"]): (r["year_from"], r["year_to"])
        for r in table.to_pylist()
        if r["source"] == "dta"
    }
    assert found[("TUN", "GBR")] == found[("GBR", "TUN")] == (2000, 2020)  # both ways; the United Kingdom left
    assert found[("BEL", "TUN")] == found[("LUX", "TUN")] == (2004, None)  # Belgium-Luxembourg is two economies
    assert found[("ROU", "MNE")] == (2008, None)  # old and home-made codes
    assert found[("TUR", "SYR")] == (2008, 2011)  # suspended
    assert not {("IND", "BRA"), ("FRA", "DEU")} & found.keys()  # too thin; restated by treaty


# --- goods and services ----------------------------------------------------------------------------------------------


def test_an_unlisted_pair_is_never_a_zero(ask: Ask) -> None:
    for table, column in (("goods_pairs", "value_usd"), ("hs6_flows", "value_usd"), ("goods_totals_2023", "value_usd")):
        assert ask(f"SELECT count(*) FROM {table} WHERE {column} IS NULL OR {column} <= 0") == [(0,)]


def test_a_side_that_is_not_reported_stays_empty(tmp_path: Path, ask: Ask) -> None:
    assert ask("SELECT count(*) > 0 FROM goods_margins WHERE exports_usd IS NULL") == [(True,)]
    path = tmp_path / "trade/baci_hs2_1995_2023/margins_country_hs2_year.parquet"
    path.parent.mkdir(parents=True)
    rows = {"year": [2023, 2023], "hs2": ["64", "64"], "country": ["S19", "NAM"]}
    pq.write_table(pa.table({**rows, "imports_usd": [5e6, 1e4], "exports_usd": [None, 2e4]}), path)
    assert goods.goods_margins(Raw(tmp_path)).to_pylist() == [
        {"year": 2023, "hs2": "64", "country": "TWN", "imports_usd": 5e6, "exports_usd": None},
        {"year": 2023, "hs2": "64", "country": "NAM", "imports_usd": 1e4, "exports_usd": 2e4},
    ]


@pytest.mark.parametrize(
    ("side", "mine", "rest"), [("exporter", "exports", "other_exports"), ("importer", "imports", "other_imports")]
)
def test_observed_partners_and_the_remainder_add_up_to_the_total(ask: Ask, side: str, mine: str, rest: str) -> None:
    """Since 2012, to the rounding of the source (10,000 USD a cell, at most six cells)."""
    [(cells, worst)] = ask(f"""
        WITH listed AS (
            SELECT year, hs2, {side} AS country, sum(value_usd) AS value FROM goods_pairs
            WHERE seen_in IN ('both', '{side}_top5') GROUP BY ALL)
        SELECT count(*), max(abs({mine}_usd - {rest} - coalesce(value, 0)))
        FROM goods_margins JOIN goods_residual USING (year, hs2, country) LEFT JOIN listed USING (year, hs2, country)
        WHERE year >= 2012 AND {mine}_usd IS NOT NULL""")
    assert cells > 200_000
    assert worst <= 60_000


def test_every_chapter_can_be_found_if_only_inside_another(ask: Ask) -> None:
    groups = {hs2 for (hs2,) in ask("SELECT hs2 FROM hs2_groups")}
    hidden = ask("SELECT hidden_chapter, hs2, contaminant_share FROM hs2_groups WHERE status = 'composite'")
    chapters = {code[3:] for (code,) in ask("SELECT code FROM products WHERE level = 'chapter'")}
    assert len(hidden) == 15
    assert chapters == groups | {chapter for chapter, _, _ in hidden}
    assert all(0 < share < 1 for _, _, share in hidden)


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("02 (0201-0209)", ("0201", "0209")),
        ("0410", ("0410", "0410")),
        ("01 (all)", ("0101", "0199")),
        ("", (None, None)),
    ],
)
def test_notes_on_hidden_chapters_are_read(text: str, headings: tuple[str | None, str | None]) -> None:
    assert goods.hidden_headings(text) == headings


def test_every_product_has_its_parent_and_every_chapter_its_sector(ask: Ask) -> None:
    orphans = ask("SELECT code FROM products WHERE parent IS NOT NULL AND parent NOT IN (SELECT code FROM products)")
    assert orphans == []
    lost = ask("""
        SELECT code FROM products WHERE level = 'chapter' AND substr(code, 4) NOT IN
        (SELECT hs2 FROM hs_icio WHERE 'icio:' || icio IN (SELECT code FROM products WHERE level = 'sector'))""")
    assert lost == []


def test_what_the_matrix_of_inputs_sells_is_not_more_than_it_makes(ask: Ask) -> None:
    over = ask("""
        SELECT exporter, sector, sum(value_usd) AS sold, any_value(gross_output_usd) AS made
        FROM icio_flows JOIN icio_nodes USING (sector) WHERE country = exporter
        GROUP BY exporter, sector HAVING sold > 1.1 * made + 1e7""")
    assert over == []


def test_a_name_that_nobody_knows_is_an_error_that_says_where_to_put_it(tmp_path: Path) -> None:
    header = "country,year,exports_digital_services_usd_million\n"
    write(tmp_path, "trade/services/wto_dds_exports_clean.csv", header + "Atlantis,2020,1.0\n")
    with pytest.raises(InputError, match=r"Atlantis.*economy_names\.csv"):
        services.services_exports(Raw(tmp_path))


def test_groups_of_economies_are_not_counted_as_one(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM services_exports WHERE length(country) <> 3") == [(0,)]
    [(largest,)] = ask("SELECT country FROM services_exports WHERE year = 2024 ORDER BY value_usd DESC LIMIT 1")
    assert largest == "USA"


# --- exporters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "median"), [("MEX", 13_784), ("PER", 12_566), ("BRA", 23_587)])
def test_entrants_sell_what_customs_records_say(ask: Ask, origin: str, median: float) -> None:
    """Median over destinations and years of the median first-year sale, USD."""
    found = ask(f"SELECT median(median_first_year_usd) FROM entrants WHERE origin = '{origin}' AND industry IS NULL")
    assert found[0][0] == pytest.approx(median, abs=1)


def test_first_year_sales_are_skewed_and_percentiles_in_order(ask: Ask) -> None:
    assert ask("""
        SELECT count(*) FROM entrants WHERE p05_first_year_usd > p25_first_year_usd
        OR p25_first_year_usd > median_first_year_usd OR median_first_year_usd > p75_first_year_usd
        OR p75_first_year_usd > p95_first_year_usd OR entrants > exporters""") == [(0,)]
    [(skewed,)] = ask(
        "SELECT avg((mean_first_year_usd > median_first_year_usd)::int) FROM entrants WHERE entrants >= 20"
    )
    assert skewed > 0.99


BRAZIL = (
    "c,d,y,nf,avg_exports,p50_norm_exports,exit_rate,nf_entrant,avg_exports_entrant,avg_nd_entrant,exit_rate_entrant,"
    + ",".join(f"p{p}_norm_exports_entrant" for p in ("05", "10", "25", "50", "75", "90", "95"))
)
MEXICO = (
    "c,d,y,nf,avg_exports,med_exports,exit_rate,nf_entrant,avg_exports_entrant,med_exports_entrant,"
    "avg_nd_entrant,exit_rate_entrant"
)


def test_the_three_records_become_one_unit(tmp_path: Path) -> None:
    """Brazil: multiples of the cell's own mean. Mexico and Peru: means in thousand USD, medians in USD."""
    brazil = "BRA,DEU,2000,100,50000,.5,.3,20,40000,3,.5,.01,.02,.1,.25,1,2,4"
    mexico = "MEX,DEU,2004,900,120,20000,.4,300,60,11000,4,.6"
    for name, text in (("bra", f"{BRAZIL}\n{brazil}\n"), ("wbedd", f"{MEXICO}\n{mexico}\n")):
        write(tmp_path, f"trade/exporter_dynamics/{name}_microdata_agg_by_d.csv", text)
        empty = text.split("\n")[0] + ",industry,maquiladora\n"
        write(tmp_path, f"trade/exporter_dynamics/{name}_microdata_agg_by_d_i.csv", empty)
    columns = ("mean_usd", "median_usd", "mean_first_year_usd", "median_first_year_usd", "p95_first_year_usd")
    rows = {r["origin"]: tuple(r[c] for c in columns) for r in dynamics.entrants(Raw(tmp_path)).to_pylist()}
    assert rows["BRA"] == pytest.approx((50_000, 25_000, 40_000, 10_000, 160_000))
    assert rows["MEX"] == (120_000, 20_000, 60_000, 11_000, None)


# --- map -------------------------------------------------------------------------------------------------------------


def test_every_market_is_drawn_or_has_a_point(ask: Ask) -> None:
    topology = json.loads((SNAPSHOT / "world.json").read_text(encoding="utf-8"))
    shapes = topology["objects"]["countries"]["geometries"]
    drawn = {shape["properties"]["name"]: shape["properties"]["iso3"] for shape in shapes}
    assert drawn["Kosovo"] == "XKX" and drawn["Namibia"] == "NAM" and drawn["Taiwan"] == "TWN"
    assert {name for name, iso3 in drawn.items() if iso3 is None} <= {
        "Antarctica",
        "Fr. S. Antarctic Lands",
        "Falkland Is.",
        "W. Sahara",
    }
    points = {market: (lon, lat) for market, lon, lat in ask("SELECT market, lon, lat FROM places")}
    assert set(points) == set(MARKETS)
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points.values())


def test_the_whole_snapshot_fits_in_the_package() -> None:
    assert sum(file.stat().st_size for file in SNAPSHOT.iterdir()) <= 45e6
