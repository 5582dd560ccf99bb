"""``beachhead outlook``: what follows from a plan as made, as edited by its owner, and of files that are no plan."""

from __future__ import annotations

import json
import shutil

import pytest
from cli.small_firm import DEMAND, small_firm
from click.testing import CliRunner

from beachhead.cli import main
from beachhead.report.document_stages import OutlookPart


def run(*args, code=0, columns=100):
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": str(columns)})
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A plan in its folder, beside the firm file and its evidence."""
    firm = small_firm(tmp_path_factory.mktemp("firm"))
    run("plan", firm, "--top", 3)
    return firm.with_suffix(".plan")


def followed(*args):
    return json.loads(run("outlook", *args, "--json").stdout)


def edited(folder, change):
    """The plan with ``change`` made to its rollout, in a file beside the old one."""
    document = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    change(document["rollout"])
    path = folder / "edited.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def same_outlook(one, other):
    """Equal but for the digits that the file does not keep of the first sale's date."""
    for name in ("value_usd", "p_overstretch", "resilience_detail"):
        assert one[name] == pytest.approx(other[name], rel=1e-4, abs=1e-4)
    assert one["cash"]["p50"] == pytest.approx(other["cash"]["p50"], rel=1e-4, abs=1.0)
    assert one["p_ruin"] == pytest.approx(other["p_ruin"], abs=1e-3)


def test_a_saved_plan_has_the_outlook_that_it_was_written_with(folder):
    written = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    again = followed(folder)
    OutlookPart.model_validate(again["outlook"])
    assert again["moves"] == written["rollout"]["moves"]
    same_outlook(again["outlook"], written["outlook"])
    assert again["schema"] == "beachhead.outlook/1" and again["paths_seed"] == written["seed"]


def test_a_firm_file_is_planned_first_to_the_same_end(folder):
    same_outlook(followed(folder.with_suffix(".toml"))["outlook"], followed(folder)["outlook"])


def test_another_seed_draws_other_futures_of_the_same_plan(folder):
    one, other = followed(folder, "--paths", 2000), followed(folder, "--paths", 2000, "--seed", 77)
    assert one["moves"] == other["moves"] and one["outlook"]["paths"] == 2000
    assert one["outlook"]["value_usd"] != other["outlook"]["value_usd"] and other["paths_seed"] == 77


def test_without_its_entries_a_plan_neither_earns_nor_risks_by_them(folder):
    def stay(found):
        found["moves"] = [m for m in found["moves"] if m["kind"] == "continue"]
        found["automation"] = []

    home, plan = followed(edited(folder, stay))["outlook"], followed(folder)["outlook"]
    assert home["cash"]["p5"][0] >= plan["cash"]["p5"][0], "nothing is spent on set-up"
    assert {m["market"] for m in home["by_market"]} < {m["market"] for m in plan["by_market"]}


def test_a_blind_plan_decides_nothing_on_the_way(folder):
    blind = followed(folder, "--no-recourse")["outlook"]
    assert blind["exits"]["stopped"] == 0.0
    assert all(market["p_entered"] == 1.0 for market in blind["by_market"]), "no gate holds anything back"
    assert followed(folder)["outlook"]["exits"]["stopped"] > 0.0


def test_text_says_what_may_come_of_it(folder):
    for columns in (80, 100):
        said = run("outlook", folder, columns=columns).stdout
        assert max(map(len, said.splitlines())) <= columns and "\x1b" not in said
    assert "USD" in said and "%" in said


def test_an_edit_that_frees_a_market_of_its_gate_is_said(folder):
    def hurry(found):
        pilot, waits = [k for k, p in enumerate(found["presences"]) if not p["running"]][:2]
        found["presences"][waits]["opened_by"] = pilot
        market = found["presences"][waits]["market"]
        move = next(m for m in found["moves"] if m["market"] == market and m["kind"] == "enter")
        move["quarter"] = found["quarters"][0]

    assert "no longer comes after the gate" in run("outlook", edited(folder, hurry), "--json").stderr


def test_a_plan_far_from_its_evidence_names_what_is_missing(folder, tmp_path):
    shutil.copy(folder / "result.json", tmp_path / "result.json")
    said = " ".join(run("outlook", tmp_path / "result.json", code=2).stderr.split())
    assert DEMAND in said and "copy it there" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not JSON"),
        ('{"schema": "beachhead.plan/9", "firm": {}}', "this version reads beachhead.plan/1"),
        ('{"dependencies": {}}', "this is not a plan"),
    ],
)
def test_what_is_no_plan_is_one_message(content, words, tmp_path):
    (tmp_path / "result.json").write_text(content, encoding="utf-8")
    result = run("outlook", tmp_path, code=2)
    assert words in " ".join(result.stderr.split()) and result.stdout == ""


def test_a_plan_that_only_ranks_has_no_outlook(folder, tmp_path):
    run("plan", folder.with_suffix(".toml"), "--no-rollout", "--out", tmp_path / "ranked")
    shutil.copy(folder.parent / DEMAND, tmp_path)
    assert "has no moves" in " ".join(run("outlook", tmp_path / "ranked", code=2).stderr.split())
