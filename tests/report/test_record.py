"""The record stands wherever the ranking does: terminal, page and data, in the same words."""

import html
import io
import json
import re

import pytest
from report.plans import real_plan
from rich.console import Console

from beachhead.report.bundle import bundle
from beachhead.report.contract import markets_dict, plan_dict
from beachhead.report.record import record_of
from beachhead.report.terminal import show_plan

EXAMPLES = {
    "india_bentonite": "product",
    "kenya_coffee": "class",
    "portugal_footwear": "class",
    "india_mobile_app": "none",
}


def plain(text):
    return re.sub(r"\s+", " ", html.unescape(text).replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.parametrize(("name", "kind"), EXAMPLES.items())
def test_data_have_it_with_the_ranking_and_with_the_plan(name, kind):
    plan = real_plan(name)
    skill = plan_dict(plan)["skill"]
    assert skill == markets_dict(plan)["skill"] == json.loads(json.dumps(skill))
    assert skill["kind"] == kind and skill["sentence"].endswith(".")
    share = plan_dict(plan)["shortlist"][0]["contributions"].get("prospect")
    assert (skill["share"] > 0) == (share is not None) == (kind == "product")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_terminal_says_it_below_the_ranking(name):
    plan, out = real_plan(name), io.StringIO()
    show_plan(plan, Console(file=out, width=100), None)
    assert record_of(plan).sentence in plain(out.getvalue().replace("· ", ""))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_says_it_near_the_ranking_and_where_trust_is_told(name):
    plan = real_plan(name)
    page = plain(bundle(plan)["report.html"])
    assert page.count(record_of(plan).sentence) == 2
    ranking, sure = (page.index(f'id="{x}"') for x in ("shortlist", "record"))
    assert ranking < page.index(record_of(plan).sentence) < sure
    assert 'href="#record"' in page


def test_the_page_sets_it_beside_simpler_ways():
    plan = real_plan("india_bentonite")
    page = plain(bundle(plan)["report.html"])
    for way in ("This ranking", "Its criteria alone", "The best other way", "Names drawn by lot"):
        assert way in page
    assert f"{record_of(plan).figures['criteria_per_ten']:.2f}" in page
    assert "not single firms" in page
