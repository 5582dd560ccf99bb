"""``beachhead evidence``: the stable JSON, exit codes, and results kept apart from messages."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from beachhead.cli import main
from beachhead.evidence import load_evidence
from beachhead.evidence.build.snapshot import Manifest
from beachhead.evidence.engine import package_folder


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs ``beachhead evidence …`` with a home of its own."""
    monkeypatch.setenv("BEACHHEAD_HOME", str(tmp_path / "home"))

    def call(*args):
        return CliRunner().invoke(main, ["evidence", *map(str, args)])

    return call


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("market,indicator,value\nDEU,lpi,3.3\nXXX,lpi,3\n")
    return path


def test_value_has_the_keys_of_the_contract(run):
    done = run("value", "gdp_usd", "IND", "--year", 2015, "--json")
    fact = json.loads(done.stdout)
    assert list(fact) == ["indicator", "market", "year", "value", "unit", "sd", "status", "source", "licence"]
    assert fact["value"] == pytest.approx(2.10e12, rel=0.01)
    assert (fact["status"], fact["unit"], done.exit_code, done.stderr) == ("observed", "USD", 0, "")


def test_value_in_words_names_source_and_licence(run):
    text = " ".join(run("value", "lpi", "deu").stdout.split())
    assert "Logistics performance, Germany, 2023: 4.1 (scale 1 to 5), ± 0.13, observed" in text
    assert "World Bank" in text and "CC BY 4.0" in text


def test_large_errors_are_rounded_and_a_publisher_is_named_once(run):
    text = " ".join(run("value", "gdp_usd", "IND", "--year", 2015).stdout.split())
    assert re.search(r"2,1\d\d,\d{3},\d{3},\d{3} USD \(± \d\dbn, observed\)", text)
    rows = json.loads(run("show", "lpi", "--json").stdout)["values"]
    assert rows["status"]["imputed"], "or another indicator must be taken here"
    facts = load_evidence().facts()
    imputed = facts.markets[list(facts.status[:, facts.indicators.index("lpi")]).index(2)]
    assert run("value", "lpi", imputed).stdout.count("beachhead") == 1


def test_list_as_json_has_numbers_for_numbers(run):
    rows = {row["id"]: row for row in json.loads(run("list", "--json").stdout)}
    lpi = rows["lpi"]
    assert (lpi["direction"], lpi["decimals"], lpi["anchor_low_pct"], lpi["measurement_sd"]) == (1, 1, 5, 0.1)
    assert all(isinstance(row["decimals"], int) for row in rows.values())
    assert rows["gdp_growth_annual"]["anchor_low_pct"] is None


def test_list_has_every_column_of_the_catalogue(run):
    rows = json.loads(run("list", "--json").stdout)
    with (package_folder("catalogue") / "indicators.csv").open(newline="", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [row["id"] for row in written]
    assert all(set(row) <= set(mine) for row, mine in zip(written, rows, strict=True))
    assert all(row["licence"] for row in rows)


def test_show_tells_who_is_high_and_who_is_low(run):
    about = json.loads(run("show", "population", "--json").stdout)
    values = about["values"]
    assert {one["market"] for one in values["highest"][:2]} == {"CHN", "IND"}
    percentiles = list(values["percentiles"].values())
    assert percentiles == sorted(percentiles)
    assert sum(values["status"].values()) >= 210
    assert about["anchors"]["low"] < about["anchors"]["high"]
    assert about["coverage"][0]["year"] < about["coverage"][-1]["year"]


@pytest.mark.parametrize("indicator", ["demand", "distance", "founder_experience", "inflation_annual"])
def test_show_works_for_every_scope(run, indicator):
    assert json.loads(run("show", indicator, "--json").stdout)["values"] is None
    assert run("show", indicator).exit_code == 0


def test_sources_have_licence_and_citation(run):
    assert all(one["licence"] and one["citation"] for one in json.loads(run("sources", "--json").stdout))


def test_add_status_and_remove(run, mine):
    added = run("add", mine)
    assert added.exit_code == 0 and added.stdout == ""
    assert (
        "1 row kept" in added.stderr
        and "1 line of mine.csv" in added.stderr
        and "line 3: unknown market “XXX”" in added.stderr
    )
    assert json.loads(run("value", "lpi", "DEU", "--json").stdout)["status"] == "user"
    status = json.loads(run("status", "--json").stdout)
    assert [one["name"] for one in status["added"]] == ["mine.csv"]
    assert {"schema", "snapshot", "vintage", "tables", "home", "refreshed"} <= set(status)
    assert {"table", "sha256", "rows", "bytes", "years", "sources", "licences"} <= set(status["tables"][0])
    assert "nothing changed" in run("add", mine).stderr
    assert json.loads(run("remove", "mine.csv", "--json").stdout)[0]["name"] == "mine.csv"
    assert json.loads(run("added", "--json").stdout) == []
    assert json.loads(run("value", "lpi", "DEU", "--json").stdout)["value"] == 4.1


def test_add_as_json_lists_the_rejected(run, mine):
    [report] = json.loads(run("add", mine, "--json").stdout)
    assert (report["accepted"], report["rejected_count"], report["kind"]) == (1, 1, "indicators")
    assert report["rejected"][0]["line"] == 3
    [again] = json.loads(run("add", mine, "--json").stdout)
    assert again == report | {"already": True}


def test_building_into_an_installed_package_is_asked_for(run, tmp_path, monkeypatch):
    built = []
    installed = tmp_path / "site-packages" / "beachhead" / "evidence"
    monkeypatch.setattr("beachhead.evidence.engine.package_folder", lambda name: installed / name)
    monkeypatch.setattr(
        "beachhead.evidence.build.build_snapshot", lambda raw, out, **_: built.append(out) or Manifest("", "", "", {})
    )
    refused = run("build", tmp_path)
    assert refused.exit_code != 0 and "Replace the snapshot" in refused.stderr and not built
    assert run("build", tmp_path, "--yes").exit_code == 0
    assert run("build", tmp_path, "--out", tmp_path / "mine").exit_code == 0
    checkout = tmp_path / "checkout"
    (checkout / "src").mkdir(parents=True)
    (checkout / "pyproject.toml").touch()
    monkeypatch.setattr("beachhead.evidence.engine.package_folder", lambda name: checkout / "src" / "beachhead" / name)
    assert run("build", tmp_path).exit_code == 0
    assert built == [installed / "snapshot", tmp_path / "mine", checkout / "src" / "beachhead" / "snapshot"]


def test_one_bad_file_among_several_and_nothing_is_added(run, mine, tmp_path):
    done = run("add", mine, tmp_path / "none.csv")
    assert done.exit_code == 2 and "none.csv" in done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("value", "gpd_usd", "IND"), "did you mean gdp_usd"),
        (("value", "gdp_usd", "Indai"), "did you mean IND"),
        (("value", "gdp_usd", "IND", "--year", "1900"), "observed in"),
        (("show", "nothing_at_all"), "beachhead evidence list"),
        (("remove", "nothing.csv"), "was never added"),
        (("add", "/nowhere/at/all.csv"), "no such file"),
        (("build", "/nowhere/at/all"), "is not a folder"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(run, args, says):
    done = run(*args)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())
    assert done.stdout == "" and "Traceback" not in done.stderr


def test_no_network_is_exit_code_4(run, monkeypatch):
    monkeypatch.setenv("BEACHHEAD_ECB_URL", "http://127.0.0.1:9")
    done = run("refresh", "--source", "ecb")
    assert done.exit_code == 4
    assert "cannot be reached. Nothing was changed" in " ".join(done.stderr.split()) and done.stdout == ""
    assert "Error:" in done.stderr and "ConnectionError" not in done.stderr


def test_every_command_has_a_help_text(run):
    for name in main.get_command(None, "evidence").commands:
        done = run(name, "--help")
        assert done.exit_code == 0 and len(done.stdout) > 150


def test_asking_for_help_imports_nothing_heavy():
    code = (
        "import sys; from beachhead.cli import main; main.get_command(None, 'evidence');"
        "print([m for m in ('numpy', 'duckdb', 'pyarrow', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
