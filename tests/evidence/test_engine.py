"""What the evidence promises: true figures with source and licence, safe to share, in queries that Spark runs too."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from beachhead.errors import InputError
from beachhead.evidence import load_evidence
from beachhead.evidence.engine import Engine, columns_of, for_duckdb, package_folder, parquet, sql, stacked
from beachhead.evidence.facts import assemble
from beachhead.evidence.model import STATUSES, Status
from beachhead.skill.panel import open_panel

QUERIES = sorted(path.stem for path in package_folder("sql").glob("*.sql"))
PARAMS = {
    "first_year": 1995,
    "home": "IND",
    "year": 2010,
    "hs2": "64",
    "hs6": "250810",
    "sector": "c30",
    "product": "user:shoes",
    "indicator": "lpi",
    "market": "DEU",
    "t": 2010,
    "from_year": 2008,
    "to_year": 2010,
    "first": 2008,
    "last": 2010,
    "age": 6,
    "memory": 0.85,
    "permille": 1000,
    "runs": 50_000,
    "sells": 100_000,
}
OF_A_PANEL = re.compile(r"\b(FROM|JOIN) flows\b")  # asked of flows that a panel holds, not of the snapshot
STAGED = ("load_", "keep_", "skill_intake_")  # asked of a file that is being read


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The snapshot alone."""
    return load_evidence(home_dir=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def panel(plain):
    return open_panel("baci74", plain)


def test_every_market_has_every_country_indicator(plain):
    facts = plain.facts()
    assert facts.markets == plain.markets == tuple(sorted(plain.markets))
    assert len(facts.markets) >= 210
    assert np.isfinite(facts.value).all()
    assert (facts.sd_t >= 0).all()
    assert set(np.unique(facts.source)) <= set(plain.catalogue.sources)
    assert all(plain.catalogue.indicators[name].scope == "country" for name in facts.indicators)


@pytest.mark.parametrize(
    ("indicator", "market", "year", "expected", "tolerance"),
    [
        ("gdp_usd", "IND", 2015, 2.10e12, 0.01),  # World Bank
        ("lpi", "DEU", 2023, 4.1, 1e-9),  # World Bank, Connecting to Compete 2023
        ("population", "CHN", 2020, 1.411e9, 0.005),  # census of 2020
    ],
)
def test_published_figures(plain, indicator, market, year, expected, tolerance):
    fact = plain.fact(indicator, market, year)
    assert fact.value == pytest.approx(expected, rel=tolerance)
    assert (fact.year, fact.status) == (year, Status.OBSERVED)
    assert fact.source in plain.catalogue.sources
    assert fact.licence == plain.catalogue.sources[fact.source].licence


@pytest.mark.parametrize(
    ("query", "params", "pair", "expected"),
    [  # USD; CEPII BACI, OECD ICIO, WIOD
        ("hs6_suppliers", {"hs6": "260111"}, {"exporter": "AUS", "importer": "CHN", "year": 2021}, 103.8e9),
        ("hs2_suppliers", {"hs2": "85"}, {"exporter": "CHN", "importer": "USA", "year": 2023}, 119.1e9),
        ("icio_demand", {"sector": "J62_63"}, {"exporter": "IND", "importer": "USA"}, 27.3e9),
    ],
)
def test_published_flows(plain, query, params, pair, expected):
    rows = plain.query(query, **params)
    hit = np.logical_and.reduce([rows[name] == value for name, value in pair.items()])
    assert rows["value_usd"][hit].sum() == pytest.approx(expected, rel=0.005)


def test_an_indian_service_export_in_wiod(plain):
    rows = plain.query("wiod_pairs", sector="c30", year=2010)
    abroad = (rows["exporter"] == "IND") & (rows["importer"] != "IND")
    total = (rows["intermediate_usd"] + rows["final_usd"])[abroad].sum()
    assert total == pytest.approx(48e9, rel=0.02)


def test_the_kingdom_leaves_the_union(plain):
    def with_germany(year):
        rows = plain.query("agreements_from", home="GBR", year=year)
        return set(rows["name"][rows["destination"] == "DEU"])

    assert "European Union" in with_germany(2020)
    assert len(with_germany(2021)) == 1
    assert "Trade and Cooperation" in with_germany(2021).pop()


def test_an_unknown_year_names_the_years_there_are(plain):
    with pytest.raises(InputError, match=r"observed in 1990–20\d\d"):
        plain.fact("gdp_usd", "IND", 1950)
    with pytest.raises(InputError, match="did you mean gdp_usd"):
        plain.fact("gpd_usd", "IND")
    with pytest.raises(InputError, match="ISO 3166-1 alpha-3"):
        plain.fact("gdp_usd", "GERMANY")
    with pytest.raises(InputError, match="no single value per market"):
        plain.fact("distance", "DEU")


def test_a_series_is_in_order_and_agrees_with_its_facts(plain):
    series = plain.series("wgi_rule_of_law", "IND")
    assert [fact.year for fact in series] == sorted({fact.year for fact in series})
    assert plain.fact("wgi_rule_of_law", "IND", series[3].year) == series[3]
    assert all(0 < fact.sd < 1 for fact in series)  # the published standard errors


def test_anchors_run_from_low_to_high(plain):
    anchors = plain.anchors()
    assert set(plain.facts().indicators) <= set(anchors)
    assert all(low < high for low, high in anchors.values())


@pytest.mark.parametrize("name", [name for name in QUERIES if not name.startswith(STAGED)])
def test_every_query_runs_with_its_parameters(plain, panel, name):
    wanted = set(re.findall(r"\$(\w+)", sql(name)))
    asked = panel if name.startswith("skill_") and OF_A_PANEL.search(sql(name)) else plain
    rows = asked.query(name, **{param: PARAMS[param] for param in wanted})
    assert len({len(column) for column in rows.values()}) == 1


# Words of DuckDB that Spark SQL lacks: casts by ::, FROM first, list and struct literals, star modifiers, …
NOT_SHARED = {
    "cast by colons": r"::",
    "FROM first": r"(?i)^\s*FROM\b",
    "QUALIFY": r"(?i)\bQUALIFY\b",
    "star modifiers": r"(?i)\*\s*(EXCLUDE|REPLACE|RENAME)\b",
    "list literal": r"\[[^\]']*\]\s*(?![^']*')",
    "ILIKE ANY, GLOB": r"(?i)\b(GLOB|SIMILAR TO|ANTI JOIN|ASOF|POSITIONAL JOIN)\b",
    "GROUP BY ALL": r"(?i)\b(GROUP|ORDER) BY ALL\b",
    "read functions": r"(?i)\bread_(csv|parquet)\b",
    "dollar parameter": r"\$\w",
}


def _code(name):
    """A query without its comments and its strings."""
    text = (package_folder("sql") / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"'[^']*'", "''", re.sub(r"--.*", "", text))


@pytest.mark.parametrize("name", QUERIES)
def test_queries_stay_in_the_sql_that_spark_shares(name):
    found = [what for what, pattern in NOT_SHARED.items() if re.search(pattern, _code(name))]
    assert not found


@pytest.mark.parametrize("name", QUERIES)
def test_queries_name_every_subquery(name):
    """Spark accepts a subquery without a name, other engines that speak its SQL do not."""
    assert not re.search(r"(?i)FROM\s*\([^()]*\)\s*(WHERE|GROUP|ORDER|\)|$)", _code(name))


def test_an_unknown_query_lists_the_known_and_cannot_leave_the_folder():
    with pytest.raises(InputError, match="pairs_from"):
        sql("pears_from")
    with pytest.raises(InputError):
        sql("../catalogue")


def test_parameters_are_rewritten_and_strings_are_not():
    assert for_duckdb("SELECT 'hs:25', ':x' WHERE a = :home AND b=:home") == (
        "SELECT 'hs:25', ':x' WHERE a = $home AND b=$home"
    )


def test_a_parameter_is_data_not_sql(plain):
    assert len(plain.query("hs2_demand", hs2="64' OR '1'='1")["year"]) == 0


def test_missing_values_become_nan_and_none():
    masked = {
        "year": np.ma.array([1, 2], mask=[False, True], dtype=np.int16),
        "name": np.ma.array(["a", "b"], mask=[False, True], dtype=object),
        "whole": np.ma.array([1, 2], dtype=np.int16),
    }
    plain = columns_of(masked)
    assert plain["year"][0] == 1 and np.isnan(plain["year"][1])
    assert plain["name"].tolist() == ["a", None]
    assert plain["whole"].dtype == np.int16
    assert not any(isinstance(column, np.ma.MaskedArray) for column in plain.values())


def test_a_file_name_with_signs_of_a_pattern_is_read_as_it_is(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet as pq

    path = tmp_path / "it's [all] *.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    pq.write_table(pa.table({"a": [2]}), tmp_path / "it's a other.parquet")
    assert Engine({}).run(f"SELECT a FROM {parquet(path)}")["a"].tolist() == [1]


def test_later_layers_have_the_higher_priority():
    schema = {"a": "INTEGER"}
    rows = Engine({}).run(stacked(["(VALUES (7)) AS t(a)", "(VALUES (8)) AS t(a)"], schema))
    assert dict(zip(rows["a"], rows["priority"], strict=True)) == {7: 1, 8: 2}
    assert len(Engine({}).run(stacked([], schema))["a"]) == 0


def test_threads_may_share_the_evidence(plain):
    codes = ["64", "85", "87", "90"] * 5
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda code: np.nansum(plain.query("hs2_demand", hs2=code)["imports_usd"]), codes))
    assert len(set(results)) == 4
    assert results[:4] == results[4:8]


def test_a_snapshot_with_a_hole_is_refused(plain):
    from beachhead.errors import BeachheadError

    rows = plain.query("resolved_all")
    broken = {name: column[1:] for name, column in rows.items()}
    indicators = plain.facts().indicators
    assert assemble(rows, plain.markets, indicators).value.shape == (len(plain.markets), len(indicators))
    with pytest.raises(BeachheadError, match="build it again"):
        assemble(broken, plain.markets, indicators)


def test_computed_indicators_agree_with_the_build(plain):
    """The SQL that recomputes indicators after a refresh is a second implementation of the build's formulas."""
    text = (package_folder("sql") / "derived_newest.sql").read_text(encoding="utf-8")
    everything = text.replace("WHERE layer > 0", "").replace("d.layer > 0 AND", "")
    assert everything != text
    rows = plain.engine.run(for_duckdb(everything))
    facts = plain.facts()
    compared = 0
    for indicator, market, year, value in zip(
        rows["indicator"], rows["market"], rows["year"], rows["value"], strict=True
    ):
        i, j = facts.markets.index(market), facts.indicators.index(indicator)
        if STATUSES[facts.status[i, j]] is not Status.IMPUTED and facts.year[i, j] == year:
            assert value == pytest.approx(facts.value[i, j], rel=1e-6, abs=1e-9), (indicator, market)
            compared += 1
    assert compared > 1000


def test_start_up_takes_no_heavy_package():
    code = (
        "import sys; from beachhead.evidence import load_evidence; load_evidence().facts();"
        "print([m for m in ('pandas', 'pyarrow', 'scipy', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
