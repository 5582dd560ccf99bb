"""Country tables: known facts stand, codes of split countries are mapped, newer pulls win, and bytes never change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_files import RAW, needs_raw

import beachhead.evidence.catalogue as catalogue_module
from beachhead.errors import InputError
from beachhead.evidence.build import build_snapshot, licences
from beachhead.evidence.build.grid import YEARS, carry, empty, fill_markets, fill_years, from_rows, rolling
from beachhead.evidence.build.money import without_slips
from beachhead.evidence.build.people import shares
from beachhead.evidence.build.resolve import newest_vintage
from beachhead.evidence.build.snapshot import sort_rows, write_parquet, write_snapshot
from beachhead.evidence.build.table import HERE, Raw, TableSpec
from beachhead.evidence.build.volatility import FX_FLOOR, annual_percent, with_unquoted, yearly_volatility
from beachhead.evidence.catalogue import load_catalogue, read_table

SNAPSHOT = Path(catalogue_module.__file__).parent / "snapshot"
CATALOGUE = load_catalogue()
COUNTRY_TABLES = ("panel", "resolved", "staleness", "fx", "vat", "languages")
Ask = Callable[..., list[tuple]]  # type: ignore[type-arg]


@pytest.fixture(scope="module")
def ask() -> Ask:
    con = duckdb.connect()
    for file in sorted(SNAPSHOT.glob("*.parquet")):
        con.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM read_parquet('{file}')")
    return lambda question, *values: con.execute(question, list(values)).fetchall()


def manifest() -> dict:  # type: ignore[type-arg]
    return json.loads((SNAPSHOT / "manifest.json").read_text())


# --- the snapshot as a whole -----------------------------------------------------------------------------------------


def test_the_manifest_states_exactly_the_files_that_are_there() -> None:
    files = {f.name: f for f in SNAPSHOT.iterdir() if f.name != "manifest.json"}
    stated = {n if "." in n else f"{n}.parquet": entry for n, entry in manifest()["tables"].items()}
    assert stated.keys() == files.keys()
    for name, entry in stated.items():
        assert entry["sha256"] == hashlib.sha256(files[name].read_bytes()).hexdigest(), name
        assert entry["bytes"] == files[name].stat().st_size
        assert entry["licences"] and set(entry["sources"]) <= set(CATALOGUE.sources)


def test_the_snapshot_fits_into_the_package() -> None:
    assert sum(f.stat().st_size for f in SNAPSHOT.iterdir()) <= 45e6


def test_the_licence_page_has_a_section_for_every_file_and_every_source() -> None:
    page = licences.page(manifest(), CATALOGUE)
    for name, entry in manifest()["tables"].items():
        assert f"### {name}" in page
        for source in entry["sources"]:
            assert f'<a id="{source}"></a>' in page
            assert CATALOGUE.sources[source].licence in page
    assert "UNICODE LICENSE V3" in page


@needs_raw
def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (build_snapshot(RAW, tmp_path / n, only=COUNTRY_TABLES) for n in ("a", "b"))
    assert first == second
    for name in COUNTRY_TABLES:
        pair = [(tmp_path / n / f"{name}.parquet").read_bytes() for n in ("a", "b")]
        assert pair[0] == pair[1], name


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_in_which_a_builder_finds_rows_leaves_no_trace(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    table = pa.table({"a": rng.integers(0, 5, 40), "b": rng.normal(size=40)})
    shuffled = table.take(pa.array(rng.permutation(40)))
    assert sort_rows(shuffled, ("b",)).equals(sort_rows(table, ("b",)))
    folder = tmp_path_factory.mktemp("sorted")
    write_parquet(table, folder / "one")
    write_parquet(shuffled, folder / "two")
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()


def test_a_missing_raw_file_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    with pytest.raises(InputError, match=r"country/exchange_rates/hmrc_monthly_gbp\.csv\.gz"):
        build_snapshot(tmp_path / "raw", tmp_path / "out", only=["fx"])
    assert not any((tmp_path / "out").iterdir())


def test_an_unknown_table_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="panel"):
        build_snapshot(RAW, Path("never-made"), only=["gpd"])


def test_a_table_without_a_stated_source_is_refused(tmp_path: Path) -> None:
    spec = TableSpec("new", ("no-such-source",), lambda raw: pa.table({"a": [1]}))
    with pytest.raises(InputError, match="no-such-source"):
        write_snapshot([spec], Raw(tmp_path), tmp_path / "out")


def test_a_table_built_alone_leaves_the_others_in_the_manifest(tmp_path: Path) -> None:
    specs = [TableSpec(n, ("wdi",), lambda raw: pa.table({"year": [2001, 1999]})) for n in ("one", "two")]
    before = write_snapshot(specs, Raw(tmp_path), tmp_path)
    after = write_snapshot(specs, Raw(tmp_path), tmp_path, only=["two"])
    assert set(after.tables) == {"one", "two"} and after.snapshot == before.snapshot
    assert after.tables["one"].years == (1999, 2001)


# --- facts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "market", "year", "value", "tolerance"),
    [
        ("gdp_usd", "IND", 2015, 2.10e12, 0.005),
        ("gdp_usd", "USA", 2019, 21.5e12, 0.01),
        ("population", "IND", 2023, 1.438e9, 0.002),
        ("lpi", "DEU", 2023, 4.1, 0),
        ("lpi", "TUR", 2023, 3.4, 0),
        ("doing_business", "NZL", 2019, 86.8, 0.001),
        ("vat_rate", "DEU", 2026, 19.0, 0),
        ("vat_rate", "IND", 2025, 18.0, 0),
        ("vat_rate", "PAK", 2026, 18.0, 0),
        ("vat_rate", "LKA", 2026, 18.0, 0),
        ("vat_rate", "THA", 2026, 7.0, 0),
        ("vat_rate", "KAZ", 2026, 16.0, 0),
        ("vat_rate", "BHR", 2026, 10.0, 0),
        ("vat_rate", "QAT", 2026, 0.0, 0),
        ("gdp_growth_annual", "USA", 2009, -2.58, 0.02),
        ("inflation_annual", "DEU", 2022, 6.87, 0.01),
        ("gdp_usd", "TWN", 2019, 0.611e12, 0.01),
    ],
)
def test_published_figures(ask: Ask, indicator: str, market: str, year: int, value: float, tolerance: float) -> None:
    question = "SELECT value FROM panel WHERE indicator = ? AND market = ? AND year = ?"
    [(found,)] = ask(question, indicator, market, year)
    assert found == pytest.approx(value, rel=tolerance or 1e-9)


@pytest.mark.parametrize(
    ("indicator", "market", "source"),
    [
        ("gdp_usd", "IND", "wdi-2025-10"),
        ("gdp_usd", "PRK", "beachhead-imputation"),
        ("wgi_rule_of_law", "ROU", "wgi-2024"),
        ("wgi_rule_of_law", "COD", "wgi-2024"),
        ("wgi_rule_of_law", "TLS", "wgi-2024"),
        ("wgi_rule_of_law", "XKX", "wgi-2024"),
        ("wgi_rule_of_law", "PSE", "wgi-2024"),
        ("wgi_rule_of_law", "AND", "wgi-2024"),
        ("wgi_rule_of_law", "TWN", "wgi-2024"),
        ("internet_users", "SSD", "wdi-2025-10"),
        ("inflation", "NAM", "wdi-2025-10"),
        ("gni_per_capita", "MNE", "wdi-2025-10"),
        ("urban_share", "XKX", "gapminder-sg"),
        ("lpi", "TWN", "lpi-2023"),
        ("applied_tariff", "LUX", "wdi-tariff"),
        ("gdp_usd", "TWN", "oecd-icio"),
    ],
)
def test_split_renamed_and_forgotten_countries_have_their_source(
    ask: Ask, indicator: str, market: str, source: str
) -> None:
    assert ask("SELECT source FROM resolved WHERE indicator = ? AND market = ?", indicator, market) == [(source,)]


def test_every_market_has_every_indicator_exactly_once(ask: Ask) -> None:
    [(rows, distinct)] = ask("SELECT count(*), count(DISTINCT indicator || market) FROM resolved")
    assert rows == distinct == 217 * len(CATALOGUE.of_scope("country"))
    bad = "NOT isfinite(value) OR NOT isfinite(sd_t) OR sd_t <= 0 OR sd <= 0 OR source = '' OR year < 1990"
    assert ask(f"SELECT count(*) FROM resolved WHERE {bad} OR value IS NULL OR sd_t IS NULL") == [(0,)]
    assert {s for (s,) in ask("SELECT DISTINCT status FROM resolved")} == {"observed", "carried forward", "imputed"}


def test_a_value_is_imputed_exactly_when_no_source_stands_behind_it(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM resolved WHERE (status = 'imputed') <> (source = 'beachhead-imputation')") == [
        (0,)
    ]


def test_what_stands_today_is_the_newest_of_the_panel(ask: Ask) -> None:
    differ = ask("""
        SELECT r.indicator, r.market FROM resolved AS r JOIN
        (SELECT indicator, market, max(year) AS year, arg_max(value, year) AS value FROM panel GROUP BY ALL) AS p
        ON r.indicator = p.indicator AND r.market = p.market
        WHERE r.status <> 'imputed' AND (r.value <> p.value OR r.year <> p.year)""")
    assert differ == []


def test_published_standard_errors_are_used(ask: Ask) -> None:
    rows = ask("""SELECT r.sd, p.sd FROM resolved AS r JOIN panel AS p USING (indicator, market, year)
        WHERE r.indicator = 'wgi_control_of_corruption'""")
    assert len(rows) == 206 and all(0 < published <= total < published + 0.3 for total, published in rows)


def test_older_values_are_known_less_well(ask: Ask) -> None:
    [(fresh, carried)] = ask("""SELECT median(sd_t) FILTER (status = 'observed'),
        median(sd_t) FILTER (status = 'carried forward') FROM resolved WHERE indicator = 'domestic_credit'""")
    assert carried > 1.5 * fresh


def test_growth_is_the_mean_of_the_last_five_years_of_growth(ask: Ask) -> None:
    [(stated, recomputed)] = ask("""SELECT
        (SELECT value FROM panel WHERE indicator = 'gdp_growth' AND market = 'IND' AND year = 2024),
        (SELECT avg(value) FROM panel WHERE indicator = 'gdp_growth_annual' AND market = 'IND' AND year >= 2020)""")
    assert stated == pytest.approx(recomputed)


def test_imports_are_their_share_times_gdp(ask: Ask) -> None:
    rows = ask("""SELECT i.value, s.value / 100 * g.value FROM panel AS i
        JOIN panel AS s ON s.indicator = 'imports_share' AND s.market = i.market AND s.year = i.year
        JOIN panel AS g ON g.indicator = 'gdp_usd' AND g.market = i.market AND g.year = i.year
        WHERE i.indicator = 'imports_usd'""")
    assert len(rows) > 4000
    assert np.allclose(*np.array(rows).T)


# --- money and people ------------------------------------------------------------------------------------------------


def test_two_publishers_agree_on_the_dollar_rate(ask: Ask) -> None:
    rows = ask("""SELECT h.currency, median(abs(ln(h.per_usd / e.per_usd))) FROM fx AS h
        JOIN fx AS e USING (currency, month)
        WHERE h.source = 'hmrc-fx' AND e.source = 'ecb-fx' AND month >= '2016' GROUP BY 1""")
    assert len(rows) >= 30 and max(gap for _, gap in rows) < 0.03


def test_a_dollar_is_a_dollar(ask: Ask) -> None:
    assert ask("SELECT DISTINCT round(per_usd, 12) FROM fx WHERE currency = 'USD'") == [(1.0,)]


@pytest.mark.parametrize(
    ("market", "low", "high"), [("ARE", 0.5, 0.5), ("PAN", 0.5, 0.5), ("JPN", 4, 20), ("ARG", 25, 99)]
)
def test_pegs_count_as_half_a_percent_and_floaters_as_they_float(
    ask: Ask, market: str, low: float, high: float
) -> None:
    [(value,)] = ask("SELECT value FROM resolved WHERE indicator = 'fx_volatility' AND market = ?", market)
    assert low <= value <= high


def test_volatility_against_home_is_that_of_the_cross_rate(ask: Ask) -> None:
    """A second implementation, from the published table of dollar rates."""
    cross = ask("""
        WITH months AS (SELECT DISTINCT month FROM fx WHERE source = 'hmrc-fx' ORDER BY month DESC LIMIT 37),
        ratio AS (SELECT h.currency AS home, f.currency AS away, month, ln(f.per_usd / h.per_usd) AS x FROM fx AS h
            JOIN fx AS f USING (month, source) JOIN months USING (month) WHERE source = 'hmrc-fx'),
        change AS (SELECT home, away, x - lag(x) OVER (PARTITION BY home, away ORDER BY month) AS d FROM ratio)
        SELECT home, away, greatest(0.5, 100 * sqrt(12) * stddev_samp(d)) FROM change
        WHERE home IN ('INR', 'EUR', 'USD', 'BRL') AND away IN ('JPY', 'TRY', 'AED', 'NGN', 'XOF', 'BTN')
        GROUP BY 1, 2""")
    money = {c.currency: c.iso3 for c in CATALOGUE.countries.values()}
    assert len(cross) == 24
    for home, away, expected in cross:
        pair = "SELECT home_fx_volatility FROM pairs WHERE origin = ? AND destination = ?"
        assert ask(pair, money[home], money[away]) == [(pytest.approx(expected, rel=1e-5),)]


def test_no_volatility_is_missing_and_one_currency_is_calm(ask: Ask) -> None:
    bad = "home_fx_volatility IS NULL OR NOT isfinite(home_fx_volatility) OR home_fx_volatility < 0.5"
    assert ask(f"SELECT count(*) FROM pairs WHERE {bad}") == [(0,)]
    pairs = {(o, d): v for o, d, v in ask("SELECT origin, destination, home_fx_volatility FROM pairs")}
    money = {m: c.currency for m, c in CATALOGUE.countries.items()}
    assert {v for (o, d), v in pairs.items() if money[o] == money[d]} == {FX_FLOOR}
    assert all(pairs[d, o] == v for (o, d), v in pairs.items())
    assert pairs["FRA", "SEN"] == pairs["SAU", "ARE"] == pairs["IND", "BTN"] == FX_FLOOR  # pegs


@pytest.mark.parametrize("market", ["AFG", "IRN", "PRK", "SSD", "SYR", "TJK", "VEN", "ZWE"])
def test_a_currency_that_nobody_quotes_is_not_calm(ask: Ask, market: str) -> None:
    """It counts as wilder than nine in ten of the others, for the dollar and for every home, and with a wide margin."""
    [(value, sd_t, status)] = ask(
        "SELECT value, sd_t, status FROM resolved WHERE indicator = 'fx_volatility' AND market = ?", market
    )
    assert status == "imputed" and value > 15 and sd_t > 0.5
    for home in ("IND", "DEU", "USA", "BRA"):
        [(rank,)] = ask(
            """SELECT avg((b.home_fx_volatility < a.home_fx_volatility)::INT) FROM pairs AS a JOIN pairs AS b
            USING (origin) WHERE origin = ? AND a.destination = ?""",
            home,
            market,
        )
        assert rank >= 0.88


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), quoted=st.integers(1, 8))
def test_gaps_of_volatility_are_filled_and_what_is_known_stays(seed: int, quoted: int) -> None:
    rng = np.random.default_rng(seed)
    change = rng.normal(0, 0.03, (10, 36))
    change[quoted:] = np.nan
    known = annual_percent(change[:, None] - change)
    full = with_unquoted(known, dollar=0)
    assert np.isfinite(full).all() and full == pytest.approx(full.T)
    off = np.isfinite(known) & ~np.eye(10, dtype=bool)
    assert (full[off] == known[off]).all()
    assert full[0, -1] == pytest.approx(np.percentile(known[0, :quoted], 95))


def test_a_slip_of_the_pen_is_left_out_and_a_crash_is_not() -> None:
    names = [f"2020-{m:02d}" for m in range(1, 13)]
    slip = dict(zip(names, [45.0, 45.1, 45.2, 21.9, 45.3, *[45.4] * 7], strict=True))
    crash = dict(zip(names, [45.0, 45.1, 45.2, *[95.0] * 9], strict=True))
    assert slip.keys() - without_slips(slip).keys() == {"2020-04"}
    assert without_slips(crash) == crash


def test_the_liberian_dollar_is_not_the_american_one(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM fx WHERE currency = 'LRD' AND per_usd < 50") == [(0,)]
    [(value,)] = ask("SELECT value FROM resolved WHERE indicator = 'fx_volatility' AND market = 'LBR'")
    assert 3 < value < 30


def test_lists_of_mixed_age_say_that_they_are_unsure(ask: Ask) -> None:
    rows = ask("""SELECT source, min(sd), max(sd) FROM resolved WHERE indicator = 'vat_rate' AND status <> 'imputed'
        GROUP BY 1""")
    sds = {source: (low, high) for source, low, high in rows}
    assert 1.5 <= sds["node-sales-tax"][0] <= sds["node-sales-tax"][1] < 1.6
    assert max(sds["eu-vat-rates"][1], sds["known-sales-tax"][1]) < 0.5


def test_rates_looked_up_by_hand_have_a_ground_and_stand() -> None:
    rows = read_table("sales_tax_known", HERE)
    assert all(row["ground"] and 0 <= float(row["rate"]) < 30 for row in rows)
    assert all(row["since"] for row in rows if float(row["rate"]) > 0)
    assert len({row["iso3"] for row in rows}) == len(rows)


def test_growth_is_not_made_from_a_series_that_moves_with_the_terms_of_trade(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM panel WHERE indicator LIKE 'gdp_growth%' AND source = 'pwt-10.01'") == [(0,)]
    assert ask("SELECT status FROM resolved WHERE indicator = 'gdp_growth' AND market = 'TWN'") == [("imputed",)]


def test_a_value_far_behind_the_others_is_less_sure_than_its_own_changes_say(ask: Ask) -> None:
    """The imputation stands for Venezuela's GDP: a dollar figure of 2014 has missed ten years of everybody's growth."""
    assert ask("SELECT status FROM resolved WHERE indicator = 'gdp_usd' AND market = 'VEN'") == [("imputed",)]


def test_a_new_unit_of_account_is_not_a_crash() -> None:
    rng = np.random.default_rng(0)
    names = [f"{2018 + k // 12}-{k % 12 + 1:02d}" for k in range(60)]
    path = np.exp(np.cumsum(rng.normal(0, 0.02, 60)))
    plain = dict(zip(names, path, strict=True))
    renamed = {m: x / (1000.0 if m >= "2021" else 1.0) for m, x in plain.items()}
    one, other = dict(yearly_volatility(plain)), dict(yearly_volatility(renamed))
    assert other[2022] == pytest.approx(one[2022], rel=0.1)
    assert one[2022] == pytest.approx(float(annual_percent(np.diff(np.log(path))[-36:])))


def test_the_shares_of_languages_are_shares(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM languages WHERE share < 0 OR share > 1") == [(0,)]
    assert ask("SELECT count(DISTINCT market) FROM languages WHERE official") == [(217,)]
    [(german,)] = ask("SELECT share FROM languages WHERE market = 'AUT' AND language = 'de'")
    assert german > 0.9


def test_the_scripts_of_a_language_are_one_language() -> None:
    spoken = {
        "sr": {"_populationPercent": "90", "_officialStatus": "official"},
        "sr_Latn": {"_populationPercent": "40"},
        "en": {"_populationPercent": "120"},
    }
    assert shares(spoken) == {"sr": (0.9, True), "en": (1.0, False)}


# --- grids -----------------------------------------------------------------------------------------------------------

MARKETS = ("AAA", "BBB")


def grid(*rows: tuple[str, int, float], source: str = "wdi"):  # type: ignore[no-untyped-def]
    return from_rows(((m, y, v, None, source) for m, y, v in rows), MARKETS)


def at(year: int) -> int:
    return int(np.flatnonzero(year == YEARS)[0])


def test_filling_years_keeps_what_the_better_source_has() -> None:
    done = fill_years(grid(("AAA", 2000, 1.0)), grid(("AAA", 2000, 9.0), ("AAA", 2001, 2.0), source="other"))
    assert done.value[0, at(2000)] == 1.0 and done.source[0, at(2000)] == "wdi"
    assert done.value[0, at(2001)] == 2.0 and done.source[0, at(2001)] == "other"


def test_filling_markets_never_mixes_two_definitions_in_one_market() -> None:
    done = fill_markets(grid(("AAA", 2000, 1.0)), grid(("AAA", 2001, 2.0), ("BBB", 2001, 3.0)))
    assert np.isnan(done.value[0, at(2001)]) and done.value[1, at(2001)] == 3.0


def test_a_rolling_mean_takes_known_years_only_and_says_nothing_without_enough() -> None:
    series = grid(*(("AAA", y, float(y)) for y in (2000, 2001, 2003, 2004)))
    done = rolling(series, take=3, least=3, statistic="mean")
    assert done.value[0, at(2004)] == pytest.approx((2001 + 2003 + 2004) / 3)
    assert np.isnan(done.value[0, at(2001)]) and np.isnan(done.value[0, at(2002)])


def test_what_is_carried_on_says_for_how_long() -> None:
    done = carry(grid(("AAA", 2019, 0.6)), years=3)
    assert done.value[0, at(2022)] == 0.6 and done.lag[0, at(2022)] == 3
    assert np.isnan(done.value[0, at(2023)])


def test_observations_of_no_market_or_no_year_of_ours_are_left_out() -> None:
    assert not from_rows([("ZZZ", 2000, 1.0, None, "wdi"), ("AAA", 1789, 1.0, None, "wdi")], MARKETS).known.any()
    assert not empty(2).known.any()


def test_a_handful_of_early_reporters_do_not_make_a_vintage() -> None:
    assert newest_vintage(np.array([2025] * 2 + [2023] * 180 + [0] * 35)) == 2023
