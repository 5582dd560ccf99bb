"""``beachhead replan`` and what it does to assumptions: a firm that plans, finds out, sells, and plans again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from cli.small_firm import small_firm
from click.testing import CliRunner

from beachhead import load_firm
from beachhead.cli import main
from beachhead.learn.journal import Entry, Result
from beachhead.report.document import PlanDocument
from beachhead.store.workspace import open_workspace


def run(*args, code=0):
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": "100"})
    assert result.exit_code == code, result.output
    return result


def words(text):
    return " ".join(text.split())


def write_down(place, *records):
    """What the command line would not take, since it lies in the future of the day on which this runs."""
    with open_workspace(str(place / "firm.beachhead"), load_firm(place / "firm.toml"), create=True) as kept:
        entries = [one for one in records if isinstance(one, Entry)]
        return kept.add(entries) if entries else kept.add_results(records)


def said(market, usd):
    given = {"date": date(2026, 11, 2), "channel": "international_client", "finding": "a firm offer"}
    return Entry(markets=(market,), estimate_usd=usd, cost_usd=400.0, **given)


def sold(market, quarter, usd, cost, **more):
    return Result(market=market, quarter=quarter, sales_usd=usd, cost_usd=cost, **more)


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """Plan; find out that the first new market is worth ten times less, and plan again; sell for two quarters, and plan
    again, with a report; then again with nothing new. The place, the market entered, the plan, and what was told."""
    place = tmp_path_factory.mktemp("life")
    firm = small_firm(place)
    plan = json.loads(run("plan", firm, "--json").stdout)
    (place / "first.json").write_text(json.dumps(plan), encoding="utf-8")
    entered = next(move["market"] for move in plan["rollout"]["moves"] if move["kind"] == "enter")
    usd = {row["market"]: row["potential_usd"]["p50"] for row in plan["shortlist"]}
    write_down(place, said(entered, usd[entered] / 10))
    told = [json.loads(run("replan", firm, "--json", "--from", place / "first.json").stdout)]
    going = next(move["market"] for move in told[0]["plan"]["rollout"]["moves"] if move["kind"] == "enter")
    write_down(place, sold(going, "2027Q1", 9e3, 5e3), sold(going, "2027Q2", 1.5e4, 2e3))
    told += [json.loads(run("replan", firm, "--json", *more).stdout) for more in (("--out", place / "again"), ())]
    return place, entered, going, plan, told


def test_the_entry_that_speaks_of_a_market_is_named_where_its_entry_changed(life):
    _, entered, _, _, (first, *_) = life
    step = next(one for one in first["moves"] if one["id"] == entered and one["what"] == "entry")
    assert [cause["entry"] for cause in step["because"]] == [1] and not step["not_because_of_an_entry"]
    assert first["news"] == ["entry 1"]


def test_what_is_told_adds_up(life):
    for told in life[-1]:
        for one in [*told["worth"], told["plan_worth"]]:
            parts = sum(c["usd"] for c in one["because"]) + one["together_usd"]
            assert one["before_usd"] + parts == pytest.approx(one["after_usd"], abs=0.01)


def test_a_market_with_sales_runs_in_the_next_plan_which_begins_after_them(life):
    _, _, going, _, (_, second, _) = life
    assert second["as_of"] == "2027Q3" and second["plan"]["rollout"]["quarters"][0] == "2027Q3"
    moves = {m["market"]: m["kind"] for m in second["plan"]["rollout"]["moves"] if m["kind"] != "switch"}
    assert moves[going] == "continue" and going in [m["market"] for m in second["made"]]
    assert second["plan"]["evidence"]["vintage"] == "2027-06"


def test_cash_is_what_was_left(life):
    cash = life[-1][1]["cash"]
    left = cash["before_usd"] + cash["income_usd"] - cash["spent_usd"] - cash["learning_usd"]
    assert cash["now_usd"] == pytest.approx(left, abs=0.02) and cash["spent_usd"] == 7_000.0
    assert life[-1][1]["plan"]["firm"]["cash"]["available_usd"] == pytest.approx(left + cash["booked_usd"], abs=0.02)


def test_with_nothing_new_nothing_moves(life):
    *_, (_, second, third) = life
    assert third["nothing"] and not third["moves"] and third["news"] == []
    assert third["plan"]["rollout"]["moves"] == second["plan"]["rollout"]["moves"]
    assert third["plan"]["learning"] == second["plan"]["learning"]


def test_plans_are_of_the_published_form(life):
    _, _, _, plan, told = life
    for one in told:
        PlanDocument.model_validate(one["plan"])
    assert "replan" not in plan and "learning" not in plan


def test_plans_and_revisions_are_kept(life):
    place, *_, told = life
    with open_workspace(str(place / "firm.beachhead"), load_firm(place / "firm.toml")) as kept:
        assert [as_of for _, as_of in kept.plans()] == ["2027Q1", "2027Q3", "2027Q3"]
        assert kept.plan(1) == told[0]["plan"]
        known = [one.id for _, one in kept.revisions()]
    assert known == [one["id"] for x in told for one in x["revisions"]]


def test_the_folder_says_what_has_changed(life):
    place, *_ = life
    text = (place / "again" / "changes.md").read_text(encoding="utf-8")
    assert text.startswith("# Planned again from 2027Q3") and "Done:" in text and "## What moved" in text
    assert "our results in" in text
    page = (place / "again" / "report.html").read_text(encoding="utf-8")
    assert 'id="learnt"' in page and "seen from 2027-06" in page


def test_what_follows_from_a_plan_made_with_a_journal_is_reckoned_with_it(life):
    place, *_ = life
    seen = json.loads(run("outlook", place / "again", "--workspace", place / "firm.beachhead", "--json").stdout)
    kept = json.loads((place / "again" / "result.json").read_text(encoding="utf-8"))
    assert seen["outlook"]["value_usd"] == kept["outlook"]["value_usd"]


def test_an_assumption_can_be_kept_as_it_was_and_given_back(life):
    place, *_, told = life
    name = told[1]["revisions"][0]["id"]
    kept = json.loads(run("assumptions", place / "firm.toml", "--revert", name, "--json").stdout)
    assert kept["held"] == [name] and all(r["held"] for r in kept["revisions"] if r["id"] == name)
    back = json.loads(run("assumptions", place / "firm.toml", "--restore", name, "--json").stdout)
    assert back["held"] == [] and not any(r["held"] for r in back["revisions"])
    assert name in run("assumptions", place / "firm.toml", "--revisions").stdout


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("replan", "--as-of", "2027-3"), "--as-of"),
        (("replan", "--as-of", "2026Q1"), "before the last plan"),
        (("replan", "--cash", "10"), "floor"),
        (("replan", "--from", "nowhere.json"), "nowhere.json"),
        (("assumptions", "--revert", "ramp_22"), "ramp_2"),
    ],
)
def test_bad_input_is_named_and_nothing_is_kept(life, args, named):
    place, *_ = life
    with open_workspace(str(place / "firm.beachhead"), load_firm(place / "firm.toml")) as kept:
        before = kept.plans(), kept.revisions()
    assert named in words(run(args[0], place / "firm.toml", *args[1:], code=2).stderr)
    with open_workspace(str(place / "firm.beachhead"), load_firm(place / "firm.toml")) as kept:
        assert (kept.plans(), kept.revisions()) == before


def test_without_a_workspace_there_is_nothing_to_plan_again_from(tmp_path):
    assert "learn add" in words(run("replan", small_firm(tmp_path), code=2).stderr)
