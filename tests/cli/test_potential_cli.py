"""``beachhead potential`` on the command line: text, JSON, picture, and what it says where it knows nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cases import EXAMPLES
from cli.small_firm import small_firm
from click.testing import CliRunner, Result

from beachhead.cli import COMMANDS, main
from beachhead.cli.potential import potential

BENTONITE, COFFEE, SHOES = (EXAMPLES / f"{x}.toml" for x in ("india_bentonite", "kenya_coffee", "portugal_footwear"))


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, ["potential", *map(str, args)], env={"COLUMNS": "110"})


def as_json(*args: str | Path) -> dict[str, Any]:
    said = run(*args, "--json")
    assert said.exit_code == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


@pytest.mark.parametrize("view", ["gravity", "epi"])
def test_json_holds_every_market_with_most_room_first(view):
    found = as_json(BENTONITE, "--view", view)
    assert found["schema"] == "beachhead.potential/1" and found["view"] == view
    assert (found["home"], found["product"], found["data"]["kind"]) == ("IND", "hs:250810", "line")
    room = [row[view]["untapped_usd"]["mean"] for row in found["markets"]]
    assert len(room) > 150 and room == sorted(room, reverse=True) and min(room) == 0


def test_room_is_what_could_be_sold_less_what_is():
    for row in as_json(BENTONITE)["markets"]:
        for view in (row["gravity"], row["epi"]):
            for end in ("low", "mean", "high"):
                wanted = max(0.0, view["predicted_usd"][end] - row["at_most_usd"])
                assert view["untapped_usd"][end] == pytest.approx(wanted, abs=0.01)
        epi = row["epi"]
        assert epi["predicted_usd"]["mean"] == pytest.approx(
            epi["supply_share"] * epi["ease"] * epi["demand_usd"], rel=1e-6
        )


def test_what_a_chapter_does_not_list_is_told_as_a_bound():
    rows = as_json(COFFEE)["markets"]
    open_ends = [row for row in rows if row["actual_usd"] is None]
    assert open_ends and all(row["at_most_usd"] >= 0 for row in open_ends)
    text = run(COFFEE).stdout
    assert "≤" in text and "≥" in text and "only the most" in " ".join(text.split())


def test_text_says_what_it_is_and_what_it_is_not():
    text = " ".join(run(BENTONITE, "--top", "3").stdout.split())
    assert "India as a country" in text and "It is not what your firm would sell: see `beachhead markets`" in text
    assert "density" in text and "Could sell" in text


def test_top_counts_markets_and_the_rest_is_told():
    said = run(BENTONITE, "--top", "4")
    first = [row["name"] for row in as_json(BENTONITE)["markets"]]
    assert all(name in said.stdout for name in first[:4]) and first[5] not in said.stdout
    assert f"4 of {len(first)} markets" in said.stderr


def test_the_indicator_shows_its_three_factors():
    text = run(SHOES, "--view", "epi", "--top", "3").stdout
    assert all(word in text for word in ("Share of supply", "Ease", "Demand"))


def test_the_picture_is_written_beside_the_result(tmp_path):
    target = tmp_path / "room.svg"
    said = run(SHOES, "--chart", target, "--top", "5", "--json")
    names = [row["name"] for row in json.loads(said.stdout)["markets"]]
    words = "".join(ElementTree.parse(target).getroot().itertext())
    assert all(name in words for name in names[:5]) and names[6] not in words
    assert "Written" in said.stderr


def test_a_picture_that_cannot_be_written_is_told(tmp_path):
    said = run(SHOES, "--chart", tmp_path / "no" / "room.svg")
    assert said.exit_code == 2 and "cannot be written" in said.stderr


def test_the_same_question_has_the_same_answer_to_the_byte():
    assert run(COFFEE, "--json").stdout == run(COFFEE, "--json").stdout


def test_a_product_that_nobody_knows_is_refused_with_a_remedy(tmp_path):
    firm = small_firm(tmp_path, sells=({"code": "user:hats", "name": "Hats", "share": 1.0},))
    said = run(firm)
    assert (
        said.exit_code == 2 and "sells.code" in said.stderr and "add a file of flows" in said.stderr.replace("\n", " ")
    )
    assert not said.stdout


def test_the_list_of_commands_tells_the_same():
    assert COMMANDS["potential"].short_help == potential.get_short_help_str(limit=100)
