"""The report of a whole plan: when and how fast, what follows; complete, escaped, readable by all."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from report.plans import real_plan
from report.synthetic import synthetic_plan
from report.synthetic_rollout import planned, stays
from report.test_html import EVIL, Outline

from beachhead.assumptions import packaged
from beachhead.report.figures import draw
from beachhead.report.html import report_html
from beachhead.report.notebook import plan_html
from beachhead.report.view import SECTIONS
from beachhead.report.view_plan import follows, when


@pytest.fixture(scope="module")
def plan():
    return planned(real_plan())


@pytest.fixture(scope="module")
def page(plan):
    return report_html(plan, draw(plan))


def words(page):
    """The text of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("\u00a0", " ").split())


def test_every_section_is_there_and_linked(page):
    found = Outline(page)
    assert [name for name, _ in SECTIONS if name != "learnt"] == [i for i in found.ids if i in dict(SECTIONS)]
    assert set(found.targets) <= set(found.ids) and len(found.ids) == len(set(found.ids))


def test_headings_go_down_one_step_at_a_time(page):
    headings = Outline(page).headings
    assert headings.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(headings))


def test_tables_have_captions_and_scoped_heads(page):
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert "<caption>" in table and "<th>" not in table and 'scope="col"' in table


def test_page_needs_nothing_else_and_is_small(page):
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert Outline(page).scripts == 1 and len(page.encode()) < 3_000_000


def test_moves_gates_and_figures_stand_in_words(page, plan):
    said = words(page)
    for part in (
        "The first five moves",
        "2027Q1 Enter Singapore by e-commerce as a pilot: about USD 7.2k; first sale 2027Q2.",
        "Goes on as now: Canada (direct export).",
        "Look again, then go on, wait or leave",
        "USD 10,000 more cash would be worth USD 3.1k",
        "Distance from the best plan: at most 0.4 %",
        "lived through 10,000 times",
        "Chance to lose money 29 %",
        "Spread over several markets, sales swing 34 % less",
        "Real crises replayed",
    ):
        assert part in said


def test_terms_of_the_method_are_kept_to_the_method(page):
    """An owner need not know them; who does finds them at the end."""
    before, method = words(page).split("Method and limits", 2)[-2:]
    for term in ("CVaR", "VSS", "EVPI", "stochastic", "shadow price", "mixed-integer"):
        assert term not in before
    for term in ("VSS", "EVPI", "conditional value at risk", "HiGHS", "bootstrap"):
        assert term in method


def test_all_moves_and_gates_are_in_tables(plan):
    tables = when(plan).tables
    assert [row[0].text for row in tables["moves"].rows] == [
        "Canada",
        "Singapore",
        "United Kingdom",
        "Australia",
        "Singapore",
        "United States",
    ]
    assert len(tables["gates"].rows) == len(plan.rollout.gates)
    assert [cell.text for cell in tables["gates"].rows[0][2:5]] == ["31k", "9.0k", "Australia and the United States"]
    assert [row[1].text for row in follows(plan).tables["stress"].rows] == ["−12 %", "−19 %", "−14 %", "−4 %"]


def test_hours_of_the_table_are_those_of_the_plan(plan):
    h = plan.rollout.hours
    row = when(plan).tables["hours"].rows[-1]
    assert [cell.text for cell in row[6:9]] == [f"{x[-1]:.0f}" for x in (h.saved, h.used, h.capacity)]


def test_assumptions_of_the_plan_are_listed_and_the_firms_own_counted(page, plan):
    rollout = [one for one in packaged().values() if one.table.startswith("rollout/")]
    assert rollout and all(f"{one.id}</th>" in page for one in rollout)
    assert f"You changed {len(plan.rollout.assumptions)};" in words(page)


def test_a_plan_that_enters_nothing_says_why_and_shows_no_empty_parts():
    plan = stays(real_plan())
    page = report_html(plan, draw(plan))
    said = words(page)
    assert "from 2027Q1 to 2029Q4: no market of the candidates is expected to bring more than it costs." in said
    for heading in ("The first", "Look again, then", "Rapid, but not too rapid", "What holds it back"):
        assert heading not in said
    assert not re.search(r"<tbody>\s*</tbody>", page)


def test_a_plan_without_rollout_has_neither_section(plan):
    bare = real_plan()
    page = report_html(bare, draw(bare))
    assert 'id="when"' not in page and 'id="follows"' not in page and "#when" not in page.split("</style>")[1]
    only = replace(plan, outlook=None)
    page = report_html(only, draw(only))
    assert 'id="when"' in page and 'id="follows"' not in page


def test_hostile_names_stay_text():
    plan = planned(replace(synthetic_plan(name=EVIL), evidence=real_plan().evidence))
    rollout = plan.rollout
    evil = replace(
        rollout,
        idle=EVIL,
        automation=tuple(replace(one, name=EVIL) for one in rollout.automation),
        more=tuple(replace(one, name=EVIL, changes=(EVIL,)) for one in rollout.more),
    )
    page = report_html(replace(plan, rollout=evil), draw(replace(plan, rollout=evil)))
    found = Outline(page)
    assert found.scripts == 1 and not any(tag == "img" for tag, _ in found.tags)
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)


def test_notebook_shows_the_chart_of_moves_and_cash(plan):
    shown = plan_html(plan)
    assert shown.count("<svg") == 3 and "Markets and modes by quarter" in shown and "Cash by quarter" in shown
    assert plan_html(real_plan()).count("<svg") == 1
