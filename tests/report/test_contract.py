"""The machine-readable contract: what other programs rely on."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from report.plans import real_plan
from report.synthetic import synthetic_plan
from report.synthetic_rollout import outlook, planned, rollout, stays

import beachhead.report
from beachhead.report.bundle import bundle, rows_csv
from beachhead.report.contract import markets_dict, plan_dict
from beachhead.report.document import MarketsDocument, PlanDocument, schema_text
from beachhead.rollout.result import Automated, Gate, Limit, More, Move, Presence, Rollout, Stability

SCHEMA = Path(beachhead.report.__file__).parent / "schema"
EXAMPLES = ("india_mobile_app", "india_bentonite", "portugal_footwear", "kenya_coffee")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_fits_the_published_schema(name):
    text = json.dumps(plan_dict(real_plan(name)), allow_nan=False)
    PlanDocument.model_validate_json(text)
    MarketsDocument.model_validate_json(json.dumps(markets_dict(real_plan(name)), allow_nan=False))


@pytest.mark.parametrize(("file", "document"), [("plan-1.json", PlanDocument), ("markets-1.json", MarketsDocument)])
def test_shipped_schema_is_the_one_results_are_checked_against(file, document):
    assert (SCHEMA / file).read_text(encoding="utf-8") == schema_text(document)


def test_keys_of_a_row_are_those_of_the_design():
    row = plan_dict(real_plan())["shortlist"][0]
    named = "market name rank score attractiveness accessibility cell p_top potential_usd mode contributions"
    assert {*named.split(), "reasons", "warnings"} <= set(row)
    assert {"worth_usd", "weeks", "set_up_usd", "presence"} <= set(row)
    assert set(row["p_top"]) >= {"1", "5", "10"} and set(row["potential_usd"]) == {"p10", "p50", "p90"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_contributions_add_up_to_the_score_and_quantiles_are_in_order(name):
    for row in markets_dict(real_plan(name))["markets"]:
        assert sum(row["contributions"].values()) == pytest.approx(row["score"], abs=1e-6)
        usd, p = row["potential_usd"], row["p_top"]
        assert usd["p10"] <= usd["p50"] <= usd["p90"]
        assert p["1"] <= p["3"] <= p["5"] <= p["10"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_worth_weeks_and_cost_are_those_of_the_chosen_mode(name):
    plan = real_plan(name)
    for m, row in enumerate(markets_dict(plan)["markets"]):
        j = plan.modes.modes.index(row["mode"])
        assert row["worth_usd"] == pytest.approx(plan.modes.value_usd[m, j], abs=0.01)
        assert row["set_up_usd"] == pytest.approx(plan.modes.cost_usd[m, j], abs=0.01)
        assert row["weeks"] == pytest.approx(plan.modes.weeks[m, j], abs=0.1)


def test_presence_is_that_of_the_firm_file_while_it_runs():
    rows = {row["market"]: row["presence"] for row in markets_dict(real_plan("portugal_footwear"))["markets"]}
    assert rows["ESP"] == {"since": "2021Q1", "mode": "ecommerce", "sales_usd": 130_000}
    assert rows["DEU"] is None and rows["BRA"] is None


def test_stages_that_a_plan_has_not_gone_through_have_no_key():
    assert not {"rollout", "outlook", "learning"} & set(plan_dict(real_plan()))
    assert "outlook" not in plan_dict(replace(planned(real_plan()), outlook=None))


def test_shortlist_is_the_head_of_the_ranking():
    plan = real_plan(top=4)
    assert plan_dict(plan)["shortlist"] == markets_dict(plan)["markets"][:4]
    assert len(plan_dict(synthetic_plan(markets=3, top=10))["shortlist"]) == 3


def test_no_path_of_the_machine_gets_into_the_result():
    text = json.dumps(plan_dict(real_plan("portugal_footwear")))
    assert "portugal_footwear_demand.csv" in text and "/portugal" not in text


def test_the_same_plan_gives_the_same_files():
    plan = real_plan("kenya_coffee")
    assert bundle(plan) == bundle(plan)


def test_csv_holds_each_market_once_with_plain_figures():
    lines = rows_csv(plan_dict(real_plan(top=3))["shortlist"]).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("market,name,rank,score")
    assert {"potential_usd_p50", "worth_usd", "set_up_usd", "presence_since"} <= set(lines[0].split(","))


# --- rollout and outlook --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole():
    """A plan with rollout and outlook, and what is written of it."""
    plan = planned(real_plan())
    return plan, json.loads(json.dumps(plan_dict(plan), allow_nan=False))


@pytest.mark.parametrize("make", [planned, stays])
@pytest.mark.parametrize("quarters", [8, 12, 16])
def test_every_plan_with_moves_fits_the_published_schema(make, quarters):
    plan = make(real_plan(), quarters) if make is planned else make(real_plan())
    PlanDocument.model_validate_json(json.dumps(plan_dict(plan), allow_nan=False))


def test_keys_of_rollout_and_outlook_are_those_of_the_design(whole):
    _, found = whole
    named = "quarters moves automation objective_usd gap status cash hours gates vss_usd evpi_usd"
    assert set(named.split()) <= set(found["rollout"])
    assert {"market", "mode", "quarter", "phase", "kind"} <= set(found["rollout"]["moves"][0])
    assert set(found["rollout"]["cash"]) == {"p5", "p50", "p95", "mean", "floor_usd", "break_share"}
    assert {"quarter", "used", "capacity", "saved"} <= set(found["rollout"]["hours"][0])
    named = "p_ruin p_overstretch resilience break_even_quarter stress pace survival"
    assert set(named.split()) <= set(found["outlook"])
    assert set(found["outlook"]["value_usd"]) == {"p10", "p50", "p90", "mean"}


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("moves", Move),
        ("automation", Automated),
        ("presences", Presence),
        ("gates", Gate),
        ("limits", Limit),
        ("more", More),
    ],
)
def test_every_field_of_every_entry_is_written_and_reads_back(whole, key, kind):
    plan, found = whole
    for entry, result in zip(found["rollout"][key], getattr(plan.rollout, key), strict=True):
        for field in fields(kind):
            value = getattr(result, field.name)
            read = tuple(entry[field.name]) if isinstance(value, tuple) else entry[field.name]
            assert read == (None if value == float("inf") else pytest.approx(value, abs=0.005) if value else value)


def test_no_field_of_a_result_is_left_out(whole):
    plan, found = whole
    kept = set(found["rollout"]) | set(found["rollout"]["cash"])
    assert {field.name for field in fields(Rollout)} <= kept
    assert {field.name for field in fields(Stability)} == set(found["rollout"]["stability"])
    renamed = {"value_p10", "value_p50", "value_p90", "value_mean", "floor_usd"}
    assert {field.name for field in fields(plan.outlook)} - renamed <= set(found["outlook"])


def test_a_presence_names_its_market(whole):
    plan, found = whole
    assert [p["market"] for p in found["rollout"]["presences"]] == [
        plan.selection.markets[p.row] for p in plan.rollout.presences
    ]


def test_hours_of_a_quarter_add_up(whole):
    plan, found = whole
    for k, row in enumerate(found["rollout"]["hours"]):
        assert row["quarter"] == plan.rollout.quarters[k]
        assert sum(row["by_area"].values()) - row["saved"] == pytest.approx(row["used"], abs=1e-6)


def test_resilience_is_the_variance_saved(whole):
    plan, found = whole
    assert found["outlook"]["resilience"] == pytest.approx(1 - plan.outlook.resilience.variance_ratio)
    assert found["outlook"]["resilience_detail"]["variance_ratio"] == plan.outlook.resilience.variance_ratio


def test_what_is_not_known_is_null_not_a_word():
    plan = real_plan()
    of = rollout(plan)
    blank = replace(of, vss_usd=float("nan"), gates=(replace(of.gates[0], go_usd=float("inf")),))
    seen = outlook(plan, of)
    unknown = replace(seen, survival=np.full(12, np.nan), resilience=replace(seen.resilience, variance_ratio=np.nan))
    text = json.dumps(plan_dict(replace(plan, rollout=blank, outlook=unknown)), allow_nan=False)
    PlanDocument.model_validate_json(text)
    found = json.loads(text)
    assert found["rollout"]["vss_usd"] is None and found["rollout"]["gates"][0]["go_usd"] is None
    assert found["outlook"]["survival"] == [None] * 12 and found["outlook"]["resilience"] is None


def test_folder_holds_the_moves_and_their_charts(whole):
    plan, found = whole
    files = bundle(plan)
    rows = list(csv.DictReader(io.StringIO(files["rollout.csv"])))
    assert [(row["market"], row["quarter"]) for row in rows] == [
        (move["market"], move["quarter"]) for move in found["rollout"]["moves"]
    ]
    assert float(rows[1]["spend_usd"]) == plan.rollout.moves[1].spend_usd
    charts = {name for name in files if name.startswith("charts/")}
    assert {f"charts/{name}.svg" for name in ("gantt", "cash", "hours", "loads", "flows", "pace", "stress")} <= charts
    assert "rollout.csv" not in bundle(real_plan())
    assert bundle(plan) == files
