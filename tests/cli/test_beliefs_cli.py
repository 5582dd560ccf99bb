"""``beachhead beliefs``: before, now, and what moved it."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import pytest
from cases import EXAMPLES
from cli.test_replan_cli import run, words

from beachhead import load_firm
from beachhead.learn.journal import Entry
from beachhead.store.workspace import open_workspace

FIRM = EXAMPLES / "kenya_coffee.toml"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A workspace with an entry on Germany, one on the cost of entry, and one that nobody should believe."""
    folder = str(tmp_path_factory.mktemp("kept") / "coffee")
    day = date(2026, 10, 1)
    with open_workspace(folder, load_firm(FIRM), create=True) as kept:
        kept.add(
            [
                Entry(date=day, channel="industry_expert", markets=("DEU",), finding="like in Sweden", says="better"),
                Entry(
                    date=day,
                    channel="peers_consulted",
                    markets=("SWE",),
                    finding="customs",
                    about="entry_cost",
                    mode="indirect_export",
                    estimate_usd=9_000.0,
                ),
                Entry(date=day, channel="friends_family", markets=("JPN",), finding="a billion", estimate_usd=1e9),
            ]
        )
    return folder


@cache
def told(place, *args):
    return json.loads(run("beliefs", FIRM, "--workspace", place, "--json", *args).stdout)


def test_names_are_those_of_the_contract_and_all_markets_are_there(place):
    found = told(place)
    assert found["schema"] == "beachhead.beliefs/1"
    row = found["markets"][0]
    assert {"market", "log_potential", "prior", "informed_by"} <= set(row)
    assert set(row["log_potential"]) == set(row["prior"]) == {"mean", "sd"}
    assert len(found["markets"]) > 150


def test_an_entry_informs_its_market_and_only_adds_to_what_is_known(place):
    row = next(one for one in told(place)["markets"] if one["market"] == "DEU")
    assert 1 in row["informed_by"] and row["log_potential"]["mean"] > row["prior"]["mean"]
    for one in told(place)["markets"]:
        assert one["log_potential"]["sd"] <= one["prior"]["sd"] + 1e-6
        assert sum(x["log"] for x in one["because"]) == pytest.approx(
            one["log_potential"]["mean"] - one["prior"]["mean"], abs=1e-5
        )


def test_a_wild_rumour_is_flagged_and_hardly_believed(place):
    found = told(place)
    row = next(one for one in found["markets"] if one["market"] == "JPN")
    flag = next(one for one in found["flags"] if one["entry"] == 3)
    assert flag["trust"] < 0.2 and flag["needed"]
    assert row["now"]["p50"] < 10 * row["before"]["p50"]


def test_the_cost_of_entry_is_a_factor(place):
    cost = told(place, "SWE", "--about", "entry_cost")["markets"][0]
    assert cost["log_entry_cost"]["mean"] != 0 and cost["informed_by"] == [2]
    assert cost["before"]["p50"] == pytest.approx(1.0)


def test_the_terminal_shows_what_moved_and_what_does_not_fit(place):
    said = words(run("beliefs", FIRM, "--workspace", place).stdout)
    assert "Germany" in said and "entry 1 +" in said and "What does not fit" in said
    one = words(run("beliefs", FIRM, "Germany", "--workspace", place).stdout)
    assert "like in Sweden" in one and "All together" in one


def test_the_picture_is_written(place, tmp_path):
    run("beliefs", FIRM, "DEU", "--workspace", place, "--chart", tmp_path / "a.svg", "--json")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text.startswith("<svg") and "Germany" in text


def test_without_a_journal_it_says_how_to_begin(tmp_path):
    said = run("beliefs", tmp_path / "coffee.toml", code=2)
    assert "coffee.toml" in said.stderr
    (tmp_path / "coffee.toml").write_text(FIRM.read_text(encoding="utf-8"), encoding="utf-8")
    assert "learn add" in run("beliefs", tmp_path / "coffee.toml").stdout


def test_a_market_that_is_not_known_or_not_ranked_is_named(place):
    assert "ZZZ" in run("beliefs", FIRM, "ZZZ", "--workspace", place, code=2).stderr
    assert "nothing is believed" in words(run("beliefs", FIRM, "KEN", "--workspace", place, code=2).stderr)
