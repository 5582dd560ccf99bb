"""The report: complete, escaped, self-contained, and readable without sight, colour or scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report.plans import real_plan
from report.synthetic import synthetic_plan

from beachhead.assumptions import packaged
from beachhead.report.figures import draw
from beachhead.report.html import report_html
from beachhead.report.notebook import plan_html, selection_html
from beachhead.report.tables import MARKS, assumptions

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>"\' onload="'


class Outline(HTMLParser):
    """Headings, ids, landmarks and tables of a page."""

    def __init__(self, page):
        super().__init__()
        self.headings, self.ids, self.tags, self.scripts, self.targets = [], [], [], 0, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.scripts += tag == "script"
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if attributes.get("href", "").startswith("#"):
            self.targets.append(attributes["href"][1:])


@pytest.fixture(scope="module")
def page():
    plan = real_plan()
    return report_html(plan, draw(plan))


@pytest.fixture(scope="module")
def outline(page):
    return Outline(page)


def test_headings_go_down_one_step_at_a_time(outline):
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(outline.headings, outline.headings[1:], strict=False))


def test_landmarks_language_and_skip_link(page, outline):
    tags = [tag for tag, _ in outline.tags]
    assert ("html", {"lang": "en"}) in outline.tags
    assert all(tags.count(tag) == 1 for tag in ("main", "header", "nav", "footer"))
    assert page.index('class="skip"') < page.index("<header")


def test_every_link_inside_the_page_has_a_target_and_ids_are_unique(outline):
    assert set(outline.targets) <= set(outline.ids)
    assert len(outline.ids) == len(set(outline.ids))


def test_tables_have_captions_and_scoped_heads(page):
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert "<caption>" in table
        assert "<th>" not in table and 'scope="col"' in table


def test_page_needs_nothing_else_and_is_small(page):
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "@import" not in page and "url(http" not in page
    assert len(page.encode()) < 3_000_000


def test_no_time_of_day_and_no_path_in_the_page(page):
    assert not re.search(r"\d\d:\d\d:\d\d", page)
    assert "/tmp" not in page and "/home" not in page


def test_status_is_told_by_word_and_shape(page):
    for status, mark in MARKS.items():
        assert f"{mark} {status.value}" in page


def test_every_figure_of_a_shortlisted_market_is_there(page):
    plan = real_plan()
    assert page.count("Figures behind the score</caption>") == 10
    names = plan.evidence.catalogue.indicators
    for indicator in plan.selection.raw.indicators:
        assert names[indicator].name.replace("'", "&#39;") in page


def test_an_assumption_of_the_firms_own_is_marked_with_the_one_it_replaces(page):
    plan = real_plan()
    firm = plan.firm.model_copy(update={"assumptions": {"growth_years": 9.0}})
    cells = next(row for row in assumptions(replace(plan, firm=firm)).rows if row[0].text == "growth_years")
    assert cells[1].text == f"◆ 9 (yours, for {packaged()['growth_years'].value:g})"
    assert "growth_years</th>" in page and "◆ 9 (yours" not in page


def test_a_hostile_firm_file_stays_text():
    plan = synthetic_plan(name=EVIL)
    selection = replace(plan.selection, demand=replace(plan.selection.demand, notes=(EVIL,)))
    plan = replace(plan, evidence=real_plan().evidence, selection=selection)
    found = Outline(report_html(plan, draw(plan)))
    assert found.scripts == 1  # the page's own
    assert not any(tag == "img" for tag, _ in found.tags)
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)


def test_notebook_shows_table_and_matrix_and_escapes():
    plan = synthetic_plan(name=EVIL)
    for shown in (plan_html(plan), selection_html(plan.selection)):
        found = Outline(shown)
        assert found.scripts == 0 and "<svg" in shown and plan.selection.names[0] in shown
    assert plan._repr_html_() == plan_html(plan)


@pytest.mark.parametrize("markets", [1, 2, 3])
def test_few_markets_still_make_a_report(markets):
    plan = replace(synthetic_plan(markets=markets), evidence=real_plan().evidence)
    assert plan.selection.names[0] in report_html(plan, draw(plan))
