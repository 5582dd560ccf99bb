"""``beachhead rollout``: wishes that are kept, limits that are named, and plans that go on from earlier ones."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from cli.small_firm import DEMAND, small_firm
from click.testing import CliRunner

from beachhead.charts.numbers import usd_signed
from beachhead.cli import main
from beachhead.report.document_stages import RolloutPart


def run(*args, code=0, columns=100):
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": str(columns)})
    assert result.exit_code == code, result.output
    return result


def planned(*args):
    return json.loads(run("rollout", *args, "--json").stdout)


def entries(document):
    return {m["market"]: m for m in document["rollout"]["moves"] if m["kind"] == "enter"}


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    """The firm file."""
    return small_firm(tmp_path_factory.mktemp("firm"))


@pytest.fixture(scope="module")
def plain(firm):
    """The plan for the firm file as it is."""
    return planned(firm)


def test_json_is_the_published_rollout_with_what_it_was_made_from(plain):
    RolloutPart.model_validate(plain["rollout"])
    assert plain["schema"] == "beachhead.rollout/1" and plain["firm"]["name"] and plain["evidence"]["vintage"]
    assert len(plain["rollout"]["quarters"]) == 8 and len(entries(plain)) >= 2


def test_the_same_file_gives_the_same_bytes(plain, firm):
    assert run("rollout", firm, "--json").stdout == json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


def test_wishes_are_kept(plain, firm):
    chosen = list(entries(plain))
    quarter = plain["rollout"]["quarters"][4]
    wishes = (
        "--forbid",
        chosen[0],
        "--pin",
        f"{chosen[1]}::{quarter}",
        "--quarters",
        9,
        "--launches",
        1,
        "--no-phases",
    )
    asked = planned(firm, *wishes)
    assert chosen[0] not in entries(asked)
    assert entries(asked)[chosen[1]]["quarter"] == quarter and entries(asked)[chosen[1]]["why"] == "pinned"
    assert len(asked["rollout"]["quarters"]) == 9
    assert all(row["used"] <= 1 for row in asked["rollout"]["launches"])
    assert asked["firm"]["pace"]["phases"] is False and asked["firm"]["pin"][0]["market"] == chosen[1]


def test_a_market_far_down_the_ranking_is_entered_if_it_is_pinned(plain, firm):
    assert "NZL" not in plain["rollout"]["candidates"]
    assert entries(planned(firm, "--pin", "NZL"))["NZL"]["why"] == "pinned"


@pytest.mark.parametrize("columns", [80, 100])
def test_text_names_every_entry_and_fits_the_screen(plain, firm, columns):
    from beachhead.report.diff_words import market_name

    said = run("rollout", firm, columns=columns).stdout
    assert max(map(len, said.splitlines())) <= columns and "\x1b" not in said
    assert all(market_name(market)[:12] in said for market in entries(plain))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("--pin", "Germny"), "did you mean DEU"),
        (("--pin", "DEU:shop"), "--pin = DEU:shop"),
        (("--forbid", "::"), "--forbid"),
        (("--quarters", 20), "8<=x<=16"),
        (("--launches", 0), "--launches"),
        (("--time-limit", 0), "--time-limit"),
        (("--pin", "DEU::2020Q1"), "2020Q1"),
        (("--from", "nowhere.plan"), "no such file"),
    ],
)
def test_bad_wishes_are_one_message_and_exit_code_2(typed, words, firm):
    result = run("rollout", firm, *typed, code=2)
    assert words in " ".join(result.stderr.split()) and result.stdout == ""


@pytest.mark.parametrize("command", ["rollout", "plan", "outlook"])
def test_what_cannot_be_is_named_and_exits_with_3_and_nothing_is_written(command, tmp_path):
    pin = ({"market": "USA", "mode": "subsidiary", "quarter": "2027Q1"},)
    poor = small_firm(tmp_path, cash={"available_usd": 9_000.0, "floor_usd": 8_000.0}, pin=pin)
    result = run(command, poor, code=3)
    assert result.stderr.startswith("Error: No plan is possible") and "subsidiary into USA" in result.stderr
    assert result.stdout == "" and {p.name for p in tmp_path.iterdir()} == {poor.name, DEMAND}


@pytest.mark.parametrize("command", ["rollout", "outlook"])
def test_where_no_market_is_left_there_is_nothing_to_plan(command, tmp_path):
    nowhere = small_firm(tmp_path, screen={"min_gdp_usd": 1e15}, presence=())
    assert "no market is left" in run(command, nowhere, code=3).stderr


def test_an_earlier_plan_changes_where_the_search_begins_not_what_is_allowed(plain, firm, tmp_path):
    (tmp_path / "before.json").write_text(json.dumps(plain), encoding="utf-8")
    again = planned(firm, "--from", tmp_path / "before.json")
    worth = [x["rollout"]["objective_usd"] for x in (plain, again)]
    assert worth[1] == pytest.approx(worth[0], rel=0.02), "both within the gap of the best plan"


def test_what_the_earlier_plan_is_committed_to_is_kept(plain, firm, tmp_path):
    before = deepcopy(plain)
    market, move = next(iter(entries(before).items()))
    move |= {"why": "committed", "quarter": plain["rollout"]["quarters"][3]}
    (tmp_path / "before.json").write_text(json.dumps(before), encoding="utf-8")
    kept = entries(planned(firm, "--from", tmp_path / "before.json"))[market]
    assert (kept["quarter"], kept["mode"], kept["why"]) == (move["quarter"], move["mode"], "committed")


def test_stability_says_how_many_scenarios_are_enough(firm):
    found = json.loads(run("rollout", firm, "--stability", "--json").stdout)["stability"]
    assert [row["scenarios"] for row in found] == [10, 20, 30, 60, 100]
    assert all(row["out_of_sample"] > row["scenarios"] for row in found)
    said = run("rollout", firm, "--stability").stdout
    assert all(heading in said for heading in ("Scenarios", "On new ones", "Difference", "Enough"))
    last = found[-1]
    line = next(x for x in said.splitlines() if x.strip().startswith("100 "))
    assert usd_signed(last["out_of_sample_usd"] - last["in_sample_usd"]) in line
