"""``beachhead learn``: what is told is in the journal; what cannot be is said, and nothing is written."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from math import exp
from pathlib import Path

import pytest
from cli.small_firm import small_firm
from click.testing import CliRunner

from beachhead import flow, load_firm
from beachhead.cli import learn_add, main
from beachhead.cli.workspace import journal_of
from beachhead.learn.channels import channel_ids
from beachhead.learn.journal import EMPTY

PEERS = ("--channel", "peers_consulted", "--markets", "Germany;NLD", "--estimate", "120k", "--cost", "300")


@pytest.fixture
def firm(tmp_path):
    return small_firm(tmp_path)


def run(*args, code=0, **more):
    result = CliRunner().invoke(main, ["learn", *(str(a) for a in args)], env={"COLUMNS": "140"}, **more)
    assert result.exit_code == code, result.output
    return result


def said(result):
    return json.loads(result.stdout)


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_an_entry_is_added_with_its_number_and_what_to_do_next(firm):
    result = run("add", firm, *PEERS, "--finding", "They sell that", "--as-of", "2026-06-01")
    assert result.stdout == "Entry 1 is written.\n"
    assert f"Next: beachhead beliefs {firm}" in result.stderr
    (entry,) = journal_of(firm).entries
    assert (entry.markets, entry.estimate_usd, entry.cost_usd) == (("DEU", "NLD"), 120_000.0, 300.0)
    assert (entry.finding, entry.date.isoformat(), entry.id) == ("They sell that", "2026-06-01", 1)


def test_json_of_an_entry_is_the_entry(firm):
    found = said(run("add", firm, *PEERS, "--finding", "x", "--who", "Ada", "--json"))
    assert (found["schema"], found["id"]) == ("beachhead.entry/1", 1)
    assert found["entry"] == journal_of(firm).entries[0].model_dump(mode="json")


def test_faults_are_told_all_at_once_and_nothing_is_written(firm, tmp_path):
    before = files(tmp_path)
    result = run(
        "add", firm, "--channel", "trade_fare", "--markets", "XXX", "--estimate", "many", "--mode", "boat", code=2
    )
    for part in ("5 faults", "trade_fair", "XXX", "many", "boat", "finding"):
        assert part in result.stderr
    assert result.stdout == "" and files(tmp_path) == before


def test_better_than_expected_takes_down_what_is_expected_now(firm, monkeypatch):
    """The middle of what is believed of both markets, by what was learnt before."""
    monkeypatch.setattr(learn_add, "_believed", lambda path, place, entry: {"DEU": 1e4, "NLD": 1e6})
    found = said(
        run(
            "add",
            firm,
            "--channel",
            "trade_fair",
            "--markets",
            "DEU;NLD",
            "--says",
            "better",
            "--finding",
            "x",
            "--json",
        )
    )
    assert found["entry"]["expected_usd"] == pytest.approx(1e5)


def test_what_is_expected_now_is_what_beliefs_say(firm):
    run("add", firm, *PEERS, "--finding", "x")
    loaded = load_firm(firm)
    evidence = flow.load_evidence(user=loaded.evidence)
    learnt = flow.learn_from(loaded, evidence, flow.select_markets(loaded, evidence), journal_of(firm))
    middle = dict(zip(learnt.potential.markets, learnt.potential.mean, strict=True))
    found = said(
        run("add", firm, "--channel", "trade_fair", "--markets", "DEU", "--says", "worse", "--finding", "y", "--json")
    )
    assert found["entry"]["expected_usd"] == pytest.approx(exp(middle["DEU"]))


def test_a_correction_keeps_what_it_does_not_name(firm):
    run("add", firm, *PEERS, "--finding", "They sell that", "--date", "2026-01-02")
    run("supersede", firm, 1, "--estimate", "90k")
    run("supersede", firm, 2, "--estimate", "", "--says", "alike", "--than", "AUT")
    (entry,) = journal_of(firm).entries
    assert (entry.id, entry.supersedes, entry.estimate_usd, entry.says, entry.than) == (3, 2, None, "alike", "AUT")
    assert (entry.finding, entry.cost_usd, entry.date.isoformat()) == ("They sell that", 300.0, "2026-01-02")
    assert "superseded already, by entry 2" in run("supersede", firm, 1, "--cost", 5, code=2).stderr
    assert "no entry of this firm has that number" in run("supersede", firm, 9, "--cost", 5, code=2).stderr
    run("supersede", firm, 3, code=2)
    shown = run("show", firm, 1).stdout
    parts = [
        "Entry 1: superseded by entry 2",
        "Entry 2: corrects entry 1, superseded by entry 3",
        "Entry 3: corrects entry 2",
    ]
    assert [shown.index(part) for part in parts] == sorted(shown.index(part) for part in parts)
    assert [one["id"] for one in said(run("show", firm, 2, "--json"))["entries"]] == [1, 2, 3]


def test_the_list_is_what_stands_and_can_be_narrowed(firm):
    run("add", firm, *PEERS, "--finding", "first", "--date", "2026-01-02")
    run("supersede", firm, 1, "--estimate", "90k")
    run("add", firm, "--channel", "trade_fair", "--markets", "AUT", "--finding", "second", "--date", "2026-03-04")

    def ids(*options):
        return [one["id"] for one in said(run("list", firm, "--json", *options))["entries"]]

    assert ids() == [2, 3] and ids("--all") == [1, 2, 3]
    assert ids("--channel", "trade_fair") == [3] and ids("--market", "Germany", "--all") == [1, 2]
    assert ids("--since", "2026-02-01") == [3] and ids("--market", "FRA") == []
    text = run("list", firm).stdout
    assert "USD 90,000 a year" in text and "second" in text and "120,000" not in text
    assert "trade_fair" in run("list", firm, "--channel", "trade_fare", code=2).stderr


def test_a_file_is_taken_in_once(firm, tmp_path):
    path = tmp_path / "j.csv"
    path.write_text(
        "date,channel,markets,knowledge,growth_path,finding,estimate_usd,sd_log,cost_usd\n"
        "2026-01-02,trade_fair,DEU,market,,one,,,0\n2026-01-02,trade_fair,DEU,market,,two,5k,0.3,10\n",
        encoding="utf-8",
    )
    before = files(tmp_path)
    assert "2 would be added" in run("import", firm, path, "--dry-run").stdout
    assert files(tmp_path) == before
    assert "2 added (numbers 1 to 2); 0 were there already" in run("import", firm, path).stdout
    assert said(run("import", firm, path, "--json")) == {
        "schema": "beachhead.import/1",
        "added": 0,
        "first": 0,
        "last": 0,
        "already": 2,
        "dry_run": False,
    }
    path.write_text(
        path.read_text(encoding="utf-8") + "2026-01-02,trade_fair,DEU,market,,three,,,0\n", encoding="utf-8"
    )
    assert "1 would be added (number 3); 2 were" in run("import", firm, path, "--dry-run").stdout
    assert len(journal_of(firm).entries) == 2
    path.write_text(path.read_text(encoding="utf-8") + "2026-01-02,trade_fare,DEU,market,,four,,,0\n", encoding="utf-8")
    assert "line 5, channel = trade_fare" in run("import", firm, path, code=2).stderr
    assert len(journal_of(firm).entries) == 2


def test_results_come_by_options_or_by_file_and_the_later_stands(firm, tmp_path):
    one = ("--market", "Germany", "--quarter", "2026q2", "--mode", "ecommerce")
    run("results", firm, *one, "--sales", "18.4k", "--cost", "6200", "--as-of", "2026-07-01")
    assert (
        "0 added; 1 was there"
        in run("results", firm, *one, "--sales", "18400", "--cost", 6200, "--as-of", "2026-07-01").stdout
    )
    path = tmp_path / "r.csv"
    path.write_text(
        "market,quarter,sales_usd,cost_usd,left\nDEU,2026Q2,17000,6200,\nDEU,2026Q3,9000,100,yes\n", encoding="utf-8"
    )
    run("results", firm, path, "--as-of", "2026-10-01")
    found = journal_of(firm).results
    assert [(r.id, r.quarter, r.sales_usd, r.left) for r in found] == [
        (2, "2026Q2", 17000.0, False),
        (3, "2026Q3", 9000.0, True),
    ]
    assert [r["id"] for r in said(run("list", firm, "--results", "--all", "--json"))["results"]] == [1, 2, 3]
    assert "17,000" in run("list", firm, "--results").stdout
    assert "lies in the future" in run("results", firm, *one, "--sales", 1, "--as-of", "2026-03-31", code=2).stderr
    for wrong in ((path, *one), ()):
        assert "Give either a FILE" in run("results", firm, *wrong, code=2).stderr


def test_an_export_is_the_journal_of_another_workspace(firm, tmp_path):
    run("add", firm, *PEERS, "--finding", "first\nsecond line")
    run("supersede", firm, 1, "--estimate", "90k")
    run("export", firm, "--out", tmp_path / "j.csv")
    run("import", firm, tmp_path / "j.csv", "--workspace", tmp_path / "other")
    assert run("export", firm, "--workspace", tmp_path / "other").stdout == run("export", firm).stdout
    assert journal_of(firm, str(tmp_path / "other")) == journal_of(firm)
    assert "--force" in run("export", firm, "--out", tmp_path / "j.csv", code=2).stderr
    linked = json.loads(run("export", firm, "--format", "jsonld").stdout)
    assert [one["finding"] for one in linked["entries"]] == ["first\nsecond line"] * 2


def test_check_says_whether_all_is_whole_and_mends_it(firm):
    run("add", firm, *PEERS, "--finding", "x")
    run("check", firm, "--backup")
    found = said(run("check", firm, "--json"))
    assert (found["ok"], found["entries"], found["results"], found["troubles"]) == (True, 1, 0, [])
    file, copy = Path(found["place"]), Path(found["backups"][0])
    assert file.is_file() and copy.is_file()
    file.write_bytes(file.read_bytes()[:9000])
    for command in (["check", firm], ["list", firm], ["add", firm, *PEERS, "--finding", "y"]):
        told = run(*command, code=2).stderr
        assert str(file) in told and str(copy) in told and "--restore" in told
    mended = run("check", firm, "--restore")
    assert (
        "1 entry, 0 results, with those superseded" in mended.stdout
        and "after that copy was made is not in it" in mended.stderr
    )
    assert journal_of(firm).entries[0].finding == "x"


def test_without_a_workspace_there_is_nothing_and_nothing_is_made(firm, tmp_path):
    before = files(tmp_path)
    assert journal_of(firm) == EMPTY
    for command in ("export", "check"):
        assert "'beachhead learn add FIRM' begins one" in run(command, firm, code=2).stderr
    assert files(tmp_path) == before


def test_a_journal_not_begun_is_an_empty_list_and_one_that_was_named_must_be_there(firm, tmp_path):
    before = files(tmp_path)
    assert (
        said(run("list", firm, "--json"))["entries"] == [] == said(run("list", firm, "--results", "--json"))["results"]
    )
    told = run("list", firm)
    assert told.stdout == "" and f"Begin with: beachhead learn add {firm}" in told.stderr
    run("list", firm, "--workspace", tmp_path / "elsewhere", code=2)
    assert files(tmp_path) == before


def test_what_to_type_next_can_be_typed_where_names_have_spaces(tmp_path):
    folder = tmp_path / "my firm é"
    folder.mkdir()
    result = run("add", small_firm(folder), *PEERS, "--finding", "x")
    assert shlex.split(result.stderr.partition("Next: ")[2]) == ["beachhead", "beliefs", str(folder / "firm.toml")]


def test_a_list_in_which_nothing_is_says_so(firm):
    run("add", firm, *PEERS, "--finding", "x")
    assert "No entry is like that" in run("list", firm, "--market", "FRA").stderr
    assert "No result" in run("list", firm, "--results").stderr


def test_sales_of_a_quarter_that_still_runs_are_warned_of(firm, tmp_path):
    one = ("--market", "DEU", "--quarter", "2026Q2", "--sales", 900)
    assert "2026Q2 is not over" in run("results", firm, *one, "--as-of", "2026-06-30").stderr
    path = tmp_path / "r.csv"
    path.write_text("market,quarter,sales_usd,cost_usd\nDEU,2026Q1,1,0\nDEU,2026Q2,2,0\n", encoding="utf-8")
    assert "2026Q2 is not over" in run("results", firm, path, "--as-of", "2026-06-30").stderr
    assert "not over" not in run("results", firm, path, "--as-of", "2026-07-01").stderr


def test_commands_without_a_journal_load_no_database(firm):
    code = (
        "import sys; from pathlib import Path; from beachhead.cli.workspace import journal_of\n"
        f"assert not journal_of(Path({str(firm)!r}))\n"
        "import beachhead.cli.learn\n"
        "assert not {'sqlalchemy', 'alembic', 'psycopg'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- asked step by step ---------------------------------------------------------------------------------------------


def answers(monkeypatch, firm, *lines):
    """Answer the questions as a person at a terminal would."""
    monkeypatch.setattr("beachhead.cli.learn_add.at_terminal", lambda: True)
    result = run("add", firm, input="".join(f"{line}\n" for line in lines))
    return result, journal_of(firm).entries[-1]


def test_questions_lead_to_an_entry_with_a_figure(firm, monkeypatch):
    result, entry = answers(monkeypatch, firm, "4", "Germany; NLD", "Two want samples", "120k", "35", "300")
    assert (entry.channel, entry.markets, entry.finding) == (channel_ids()[3], ("DEU", "NLD"), "Two want samples")
    assert (entry.estimate_usd, entry.sd_log, entry.cost_usd) == (120_000.0, pytest.approx(0.3001), 300.0)
    assert all(one.replace("_", " ")[:5] in result.stderr.casefold() for one in channel_ids()[:2])


def test_an_answer_that_cannot_be_used_is_asked_for_again(firm, monkeypatch):
    lines = ["99", "trade_fair", "Germny", "DEU", "", "Busy", "lots", "better", "DEU", "AUT", "-3", ""]
    result, entry = answers(monkeypatch, firm, *lines)
    assert (entry.channel, entry.markets, entry.says, entry.than) == ("trade_fair", ("DEU",), "better", "AUT")
    assert (entry.finding, entry.estimate_usd, entry.cost_usd) == ("Busy", None, 0.0)
    for told in ('write "DEU" for Germany', "cannot be compared with itself", "This is needed"):
        assert told in result.stderr


def test_without_a_terminal_nothing_is_asked(firm):
    assert "channel" in run("add", firm, "--finding", "x", code=2, input="4\n").stderr


# --- at once --------------------------------------------------------------------------------------------------------


def test_two_commands_at_once_both_write(firm):
    """As processes, as two people would: each confirms its own number, and both are there."""
    command = [
        sys.executable,
        "-c",
        "from beachhead.cli import main; main()",
        "learn",
        "add",
        str(firm),
        *PEERS,
        "--finding",
    ]
    told = []

    def one(name):
        told.append(subprocess.run([*command, name], capture_output=True, text=True, check=True).stdout)

    threads = [threading.Thread(target=one, args=(name,)) for name in ("left", "right")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["Entry 1 is written.\n", "Entry 2 is written.\n"]
    assert {entry.finding for entry in journal_of(firm).entries} == {"left", "right"}
