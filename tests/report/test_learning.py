"""The section on what was learnt: it says what moved and why, adds up, and is not there where nothing was learnt."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from learn.teaching import learnt
from report.synthetic import synthetic_plan
from report.synthetic_rollout import planned
from rich.console import Console

from beachhead.charts.beliefs import NOW, Span, beliefs
from beachhead.charts.render import svg
from beachhead.learn.causes import parts
from beachhead.learn.journal import EMPTY
from beachhead.report import learning, tables_learning
from beachhead.report.contract import plan_dict
from beachhead.report.document import PlanDocument
from beachhead.report.figures import Drawn
from beachhead.report.html import report_html
from beachhead.report.terminal import show_plan
from beachhead.report.words import with_article


def taught(**changes):
    """A plan of 12 markets; the journal speaks of the first two."""
    plan = planned(synthetic_plan(markets=12))
    return replace(plan, learnt=learnt(plan.selection.markets, **changes))


def terminal(plan):
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    show_plan(plan, console, None)
    return " ".join(console.export_text().split())


def page(plan):
    """The page with the charts of this section alone."""
    charts = [Drawn(f.name, f.caption, svg(f.spec, f.name, f.title, f.says)) for f in learning.learning_figures(plan)]
    return report_html(plan, charts)


@pytest.fixture(scope="module")
def plan():
    return taught()


def test_the_document_has_the_published_form(plan):
    PlanDocument.model_validate_json(json.dumps(plan_dict(plan), allow_nan=False))


def test_a_plan_without_a_journal_has_no_such_section_anywhere(plan):
    for bare in (replace(plan, learnt=None), taught(journal=EMPTY)):
        assert "learning" not in plan_dict(bare)
        assert "have learnt" not in terminal(bare)
    without = replace(plan, learnt=None)
    assert 'id="learnt"' not in page(without)


def test_what_moved_a_market_adds_up_to_the_change_that_is_told(plan):
    for row in plan_dict(plan)["learning"]["markets"]:
        middle = row["now"]["p50"] / row["before"]["p50"] - 1
        assert row["change_pct"] == pytest.approx(100 * middle, abs=1e-3)
        assert sum(one["pct"] for one in row["because"]) == pytest.approx(row["change_pct"], abs=1e-3)
        log = row["log_potential"]["mean"] - row["prior"]["mean"]
        assert sum(one["log"] for one in row["because"]) == pytest.approx(log, abs=1e-5)


def test_intervals_hold_eight_cases_of_ten(plan):
    row = plan_dict(plan)["learning"]["markets"][0]
    draws = np.random.default_rng(1).normal(row["log_potential"]["mean"], row["log_potential"]["sd"], 100_000)
    low, high = np.log([row["now"]["p10"], row["now"]["p90"]])
    assert ((draws > low) & (draws < high)).mean() == pytest.approx(0.8, abs=0.01)


def test_markets_of_the_journal_come_first_then_those_that_moved_most():
    share = np.array([[0.3, 0.0, 0.0], [0.4, 0.0, 0.0], [0.9, 0.0, 0.0], [0.5, 0.0, 0.0], *[[0.0] * 3] * 8])
    plan = taught()
    moved = replace(plan.learnt.potential, share=share, mean=plan.learnt.potential.prior_mean + share.sum(axis=1))
    found = learning.most_moved(replace(plan.learnt, potential=moved), "potential", {})
    wanted = [plan.selection.markets[k] for k in (1, 0, 2, 3)]
    assert [one.market for one in found][:4] == wanted


def test_what_the_next_plan_must_know_stands_in_the_document(plan):
    assert plan_dict(plan)["learning"]["known"] == {"entries": [1, 2], "results": [1], "held": [], "assumptions": {}}


def test_terminal_and_page_name_the_entries_and_what_does_not_fit(plan):
    first, second = plan.selection.names[:2]
    for said in (terminal(plan), page(plan)):
        assert "2 entries and 1 quarterly result" in said
        assert (
            first in said
            and "entry 1 +" in said
            and f"results in {with_article(plan.selection.markets[0], first)}" in said
        )
        assert f"Entry 2 on {second} does not fit" in said and "half as large" in said
    assert 'id="learnt"' in said and "beliefs-title" in said


def test_the_rest_is_told_as_one_so_that_a_cell_adds_up():
    belief = learnt(("DEU", "FRA")).potential
    many = replace(belief, sources=belief.sources * 2, share=np.tile([[0.3, -0.1, 0.05]], (2, 2)))
    said = tables_learning.because(parts(many, 0), {})
    figures = [float(w.replace("−", "-")) for w in said.replace("+", "").split() if w.replace("−", "").isdecimal()]
    assert "3 more" in said and len(figures) >= 4
    assert sum(p.pct for p in parts(many, 0)) == pytest.approx(100 * np.expm1(0.5))


@pytest.mark.parametrize(
    ("held", "carried", "said"),
    [(True, False, "keep the old"), (False, True, "within the beliefs"), (False, False, "used")],
)
def test_a_revision_says_whether_it_is_used(held, carried, said):
    one = replace(learnt(("DEU", "FRA")).revisions[0], held=held, carried=carried)
    row = [cell.text for cell in tables_learning.revisions((one,)).rows[0]]
    assert row[0] == "ramp_2" and row[1:3] == ["0.6 ±0.1", "0.7 ±0.05"] and said in row[-1]


def test_the_chart_draws_both_intervals_of_every_market():
    spec = beliefs([Span("Germany", (1e3, 1e4, 1e5), (5e3, 2e4, 8e4))])
    bars = [part["data"]["values"][0] for part in spec["layer"] if part["mark"]["type"] == "rule"]
    assert [(b["when"] == NOW, b["p10"], b["p90"]) for b in bars] == [(False, 1e3, 1e5), (True, 5e3, 8e4)]


def test_the_same_plan_gives_the_same_bytes(plan):
    assert page(plan) == page(taught())
