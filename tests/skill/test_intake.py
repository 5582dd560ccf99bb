"""The user's own flows: every format gives the same panel, totals and mirrors count once, bad files are named."""

from __future__ import annotations

import csv
import gzip
from io import StringIO

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from skill import made_up

from beachhead.errors import InputError
from beachhead.skill import scores
from beachhead.skill.backtest import backtest
from beachhead.skill.intake import panel_of_files, sizes

NUMERIC = {"AUT": "40", "BRA": "76", "CHL": "152", "DEU": "276", "IND": "699", "KEN": "404", "ARG": "32", "CAN": "124",
           "EGY": "818", "FRA": "251", "GBR": "826", "IDN": "360", "JPN": "392", "MEX": "484", "NGA": "566",
           "POL": "616", "THA": "764", "USA": "842"}  # fmt: skip


@pytest.fixture(scope="module")
def rows():
    columns = made_up.rows(years=range(2012, 2022))
    columns["usd"] = [round(x) * 1.0 for x in columns["usd"]]
    return columns


@pytest.fixture(autouse=True)
def _ways(monkeypatch):
    monkeypatch.setattr(scores, "SCORES", made_up.SCORES)


def write(path, header, lines):
    text = StringIO(newline="")
    csv.writer(text).writerows([header, *lines])
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def lines(columns):
    return list(zip(*(columns[name] for name in ("product", "exporter", "importer", "year", "usd")), strict=True))


def own(path, columns):
    """The documented table as CSV."""
    header = ("exporter", "importer", "product", "year", "value_usd")
    return write(path, header, [(x, m, f"hs:{p}", t, usd) for p, x, m, t, usd in lines(columns)])


def as_parquet(path, columns):
    table = {"exporter": columns["exporter"], "importer": columns["importer"], "year": columns["year"],
             "product": [f"hs:{p}" for p in columns["product"]], "value_usd": columns["usd"]}  # fmt: skip
    parquet.write_table(pa.table(table), path)
    return path


def baci(folder, columns):
    """BACI year files: numeric codes, thousands of dollars, codes of products without their leading zero."""
    folder.mkdir()
    for year in sorted(set(columns["year"])):
        chosen = [(t, NUMERIC[x], NUMERIC[m], p.lstrip("0"), usd / 1000, 1.0)
                  for p, x, m, t, usd in lines(columns) if t == year]  # fmt: skip
        write(folder / f"BACI_HS17_Y{year}_V202501.csv", ("t", "i", "j", "k", "v", "q"), chosen)
    return folder


def comtrade(path, columns):
    """Both partners report, the exporter nine tenths of it; there are totals of the world and of chapters."""
    header = ("refYear", "reporterISO", "flowCode", "partnerISO", "cmdCode", "primaryValue")
    found = []
    for p, x, m, t, usd in lines(columns):
        found += [(t, m, "M", x, p, usd), (t, x, "X", m, p, 0.9 * usd)]
        found += [(t, m, "M", "W00", p, 7 * usd), (t, m, "M", x, p[:2], 3 * usd)]
    return write(path, header, found)


def table(panel):
    """The flows of a panel as they are kept."""
    return panel.run("SELECT product, exporter, importer, year, usd FROM flows ORDER BY ALL")


def same(panel, columns):
    found = table(panel)
    expected = sorted(lines(columns))
    for k, name in enumerate(("product", "exporter", "importer", "year")):
        assert found[name].tolist() == [one[k] for one in expected], name
    assert found["usd"] == pytest.approx([one[4] for one in expected], rel=1e-6)


@pytest.mark.parametrize("form", ["csv", "gzip", "parquet", "baci", "comtrade", "in two files"])
def test_every_format_gives_the_same_flows(evidence, rows, tmp_path, form):
    early = np.array(rows["year"]) < 2017
    halves = [
        {k: [x for x, keep in zip(v, mask, strict=True) if keep] for k, v in rows.items()} for mask in (early, ~early)
    ]
    made = {
        "csv": lambda: [own(tmp_path / "flows.csv", rows)],
        "gzip": lambda: [own(tmp_path / "flows.csv.gz", rows)],
        "parquet": lambda: [as_parquet(tmp_path / "flows.parquet", rows)],
        "baci": lambda: [baci(tmp_path / "baci", rows)],
        "comtrade": lambda: [comtrade(tmp_path / "comtrade.csv", rows)],
        "in two files": lambda: [own(tmp_path / "a.csv", halves[0]), as_parquet(tmp_path / "b.parquet", halves[1])],
    }
    taken = panel_of_files(made[form](), evidence)
    same(taken.panel, rows)
    assert taken.rejected == 0 and taken.panel.data == "files"


def test_a_panel_of_files_is_judged_as_any_other(evidence, rows, tmp_path):
    taken = panel_of_files([own(tmp_path / "flows.csv", rows)], evidence)
    [found] = backtest(taken.panel, tasks=["entry"], base_years=[2016], replicates=20).tasks
    [expected] = backtest(made_up.panel(evidence), tasks=["entry"], base_years=[2016], replicates=20).tasks
    assert (found.candidates, found.positives) == (expected.candidates, expected.positives)
    assert found.score("market_size").auc == pytest.approx(expected.score("market_size").auc, abs=0.01)


def test_lines_that_cannot_be_used_are_left_out_and_told(evidence, rows, tmp_path):
    path = own(tmp_path / "flows.csv", rows)
    with path.open("a") as file:
        file.write("DEU,XX1,hs:100100,2015,5\nDEU,USA,hs:100100,2015,plenty\nDEU,WLD,hs:100100,2015,9e9\n")
    taken = panel_of_files([path], evidence)
    same(taken.panel, rows)
    assert taken.rejected == 2 and any("XX1" in note and "plenty" in note for note in taken.notes)


def test_one_reporter_is_told_what_its_flows_cannot_tell(evidence, tmp_path):
    taken = panel_of_files([own(tmp_path / "deu.csv", made_up.rows(sellers=("DEU",)))], evidence)
    assert any("one exporter only" in note for note in taken.notes)


def test_all_files_that_are_none_of_flows_are_named_at_once(tmp_path):
    good = write(tmp_path / "gdp.csv", ("market", "indicator", "value"), [("DEU", "gdp_usd", 1)])
    empty, odd = tmp_path / "empty.csv", write(tmp_path / "odd.csv", ("a", "b"), [(1, 2)])
    empty.touch()
    with pytest.raises(InputError) as caught:
        sizes([good, empty, odd, tmp_path / "gone.csv"])
    told = [str(fault) for fault in caught.value.faults]
    assert [text.split(":")[0].split(" ")[0] for text in told] == ["gdp.csv", "empty.csv", "odd.csv", "gone.csv"]
    assert "not of flows" in told[0] and "empty" in told[1] and "no such file" in told[3]


def test_a_file_without_a_usable_row_says_why(evidence, tmp_path):
    path = write(
        tmp_path / "flows.csv", ("exporter", "importer", "product", "year", "value_usd"), [("X", "Y", "z", "w", "v")]
    )
    with pytest.raises(InputError, match="no row can be used"):
        panel_of_files([path], evidence)


def test_nothing_is_left_behind(evidence, rows, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    panel_of_files([own(tmp_path / "flows.csv", rows)], evidence)
    assert not [one for one in scratch.iterdir() if one.name.startswith("beachhead-")]


@pytest.mark.parametrize("row", [("DEU", "DEU", 200_000), ("DEU", "FRA", 0)])
def test_a_file_without_a_flow_between_two_countries_is_refused(tmp_path, evidence, row):
    exporter, importer, usd = row
    flow = {"product": ["640399"], "exporter": [exporter], "importer": [importer], "usd": [usd]}
    path = own(tmp_path / "home.csv", {name: 10 * one for name, one in flow.items()} | {"year": range(2010, 2020)})
    with pytest.raises(InputError, match="holds no flow above zero"):
        panel_of_files([path], evidence)
