"""``beachhead channels``, ``knowledge`` and ``propositions`` on the command line, with and without a journal."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cli.small_firm import small_firm
from click.testing import CliRunner, Result

from beachhead import load_firm
from beachhead.cli import main
from beachhead.cli.knowledge import cells
from beachhead.learn.channels import channel_ids, findings, numbers
from beachhead.learn.journal import KNOWLEDGE, Entry
from beachhead.learn.journal import Result as Booked
from beachhead.store.workspace import open_workspace, workspace_of

PLAN = {"schema": "beachhead.plan/1", "firm": {}, "rollout": {"moves": []}}
MOVES = [
    {"market": "SWE", "mode": "direct_export", "quarter": "2027Q1", "kind": "enter"},
    {"market": "SWE", "mode": "subsidiary", "quarter": "2028Q1", "kind": "switch"},
    {"market": "DEU", "mode": "ecommerce", "quarter": "2027Q3", "kind": "enter"},
    {"market": "ESP", "mode": "ecommerce", "quarter": "2027Q2", "kind": "leave"},
]


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, args)])


def as_json(*args: str | Path) -> dict[str, Any]:
    said = run(*args, "--json")
    assert said.exit_code == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    return small_firm(tmp_path)


@pytest.fixture
def with_journal(firm: Path) -> Path:
    """Two fairs, a talk about cost, and results of Sweden."""
    fair = {"channel": "trade_fair", "growth_path": "geographic_diversification", "finding": "they ask for it"}
    talk = {"channel": "peers_consulted", "finding": "two gave up within a year"}
    with open_workspace(workspace_of(firm, None), load_firm(firm), create=True) as workspace:
        workspace.add(
            [
                Entry(date=date(2026, 12, 1), markets=("SWE", "DEU"), **fair),
                Entry(date=date(2027, 1, 9), markets=("SWE",), **fair),
                Entry(date=date(2027, 1, 9), markets=("DEU",), about="hazard", chance=0.3, **talk),
            ]
        )  # fmt: skip
        workspace.add_results([Booked(market="SWE", quarter=f"2027Q{k}", sales_usd=4e3) for k in (1, 2)])
        workspace.save_plan(PLAN | {"rollout": {"moves": MOVES}}, "2026-12")
    return firm


# channels


def test_channels_are_listed_with_all_that_is_known_of_them() -> None:
    found = as_json("channels")
    assert found["schema"] == "beachhead.channels/1" and "CC BY 4.0" in found["study"]
    assert [one["id"] for one in found["channels"]] == list(channel_ids())
    assert sum(len(one["findings"]) for one in found["channels"]) == len(findings())
    fair = found["channels"][3]
    assert fair["numbers"]["cost_usd"] == numbers("trade_fair").cost_usd
    assert fair["not_found"] == ["market_penetration", "product_development"]
    shown = run("channels").stdout
    assert all(one in shown for one in channel_ids())


def test_channels_show_what_a_firm_has_changed_and_only_what_is_asked_for(tmp_path: Path) -> None:
    own = small_firm(tmp_path, assumptions={"trade_fair.cost_usd": 2_750})
    (fair,) = as_json("channels", own, "--channel", "trade_fair")["channels"]
    assert fair["numbers"]["cost_usd"] == 2_750
    assert "2750" in run("channels", own, "--channel", "trade_fair").stdout
    path = [one["id"] for one in as_json("channels", "--growth-path", "product_development")["channels"]]
    assert path == ["foreign_partner", "industry_expert", "prior_experience", "research_development"]


def test_a_channel_of_another_name_is_answered_with_the_nearest() -> None:
    said = run("channels", "--channel", "trade-fair")
    assert said.exit_code == 2 and "did you mean trade_fair" in said.stderr and not said.stdout


def test_the_picture_is_written_and_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    target = tmp_path / "learning.svg"
    assert run("channels", "--picture", target).exit_code == 0
    assert "Geographic diversification" in " ".join(ElementTree.parse(target).getroot().itertext())
    said = run("channels", "--picture", tmp_path / "nowhere" / "learning.svg")
    assert said.exit_code == 2 and "--picture" in said.stderr and not said.stdout


# knowledge


def test_without_a_plan_the_first_of_the_ranking_are_shown_with_all_three_ways(firm: Path) -> None:
    found = as_json("knowledge", firm)
    assert found["schema"] == "beachhead.knowledge/1" and found["plan"] == "ranking" and len(found["markets"]) == 5
    for market in found["markets"]:
        assert market["held"] == market["before"] and set(market["factors"].values()) == {1.0}
        for way in market["growth_paths"].values():
            for kind in KNOWLEDGE:
                lacks = max(way["needed"][kind] - market["held"][kind], 0.0)
                assert way["missing"][kind] == pytest.approx(lacks, abs=2e-6)


def test_the_plan_in_the_workspace_says_which_markets_and_the_journal_what_is_held(with_journal: Path) -> None:
    found = as_json("knowledge", with_journal)
    assert found["plan"] == "workspace"
    assert [(one["market"], one["mode"]) for one in found["markets"]] == [
        ("SWE", "direct_export"),
        ("DEU", "ecommerce"),
    ]
    sweden, germany = found["markets"]
    assert (sweden["growth_path"], germany["growth_path"]) == ("market_penetration", "geographic_diversification")
    assert sweden["held"]["market"] > germany["held"]["market"] > germany["before"]["market"]
    assert sweden["factors"]["entry"] < germany["factors"]["entry"] < 1
    assert not (with_journal.parent / "firm.plan").exists(), "nothing is written"


def test_the_plan_in_its_folder_counts_where_the_workspace_has_none(firm: Path) -> None:
    folder = firm.parent / "firm.plan"
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps(PLAN | {"rollout": {"moves": MOVES[2:]}}))
    found = as_json("knowledge", firm)
    assert (found["plan"], [one["market"] for one in found["markets"]]) == ("folder", ["DEU"])
    assert [one["market"] for one in as_json("knowledge", firm, "bra", "Germany")["markets"]] == ["BRA", "DEU"]


def test_held_needed_and_whom_to_ask_can_be_read_on_a_terminal(with_journal: Path) -> None:
    shown = run("knowledge", with_journal, "--growth-path", "all").stdout
    assert "Sweden · new product · direct export" in shown and "▓" in shown and "░" in shown
    assert "Ask: " in shown and "closes 0." in shown and "entry cost −" in shown


@pytest.mark.parametrize("levels", [(0, 0, 0), (0.2, 0.5, 0.9), (0.5, 0.5, 0.3), (1, 1, 1), (0.3, 0.99, 1.0)])
def test_a_bar_is_as_long_as_its_scale_and_each_part_as_long_as_its_level(levels: tuple[float, ...]) -> None:
    before, held, need = levels
    bar = cells(before, held, need, 40)
    assert len(bar) == 40
    assert bar.count("█") == round(40 * before) and bar.count("█") + bar.count("▓") == round(40 * held)
    assert bar.count("░") == max(round(40 * need) - round(40 * held), 0)


def test_a_market_that_there_is_not_is_a_fault(firm: Path) -> None:
    said = run("knowledge", firm, "XQZ")
    assert said.exit_code == 2 and "market" in said.stderr and not said.stdout


# propositions


def test_without_a_journal_every_proposition_says_what_it_would_take(firm: Path) -> None:
    found = as_json("propositions", firm)
    assert found["schema"] == "beachhead.propositions/1" and (found["entries"], found["results"]) == (0, 0)
    assert {one["verdict"] for one in found["propositions"]} == {"too little"}
    assert [one["more"] for one in found["propositions"]][:2] == [6, 6] and found["propositions"][10]["more"] is None
    assert all(one["share"] is None for one in found["propositions"])


def test_a_journal_is_counted_and_its_results_are_held_against_what_was_believed(with_journal: Path) -> None:
    found = {one["id"]: one for one in as_json("propositions", with_journal)["propositions"]}
    assert (found["P5"]["for"], found["P5"]["against"]) == (2, 0)
    assert (found["P7"]["for"], found["P7"]["against"]) == (1, 0)
    assert found["P2"]["for"] + found["P2"]["against"] == 1, "Sweden has results"
    shown = run("propositions", with_journal, "--why").stdout
    assert "2 of 2 entries agree: 100 % (22 to 100 %); by chance 50 %." in shown
    assert "6 more needed" in shown and "Beyond one firm: " in shown


def test_a_firm_file_that_is_not_there_is_a_fault_and_not_an_empty_journal(tmp_path: Path) -> None:
    for command in ("propositions", "knowledge"):
        said = run(command, tmp_path / "none.toml")
        assert said.exit_code == 2 and "none.toml" in said.stderr and not said.stdout
