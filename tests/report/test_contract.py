"""The machine-readable contract: what other programs rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from report.plans import real_plan
from report.synthetic import synthetic_plan

import beachhead.report
from beachhead.report.bundle import bundle, rows_csv
from beachhead.report.contract import markets_dict, plan_dict
from beachhead.report.document import MarketsDocument, PlanDocument, schema_text

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


def test_stages_that_are_not_built_have_no_key():
    assert not {"rollout", "outlook", "skill"} & set(plan_dict(real_plan()))


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
