"""When and how fast on a terminal: it fits, and the bars stand where the moves are."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report.plans import real_plan
from report.synthetic_rollout import at, planned, stays
from rich.console import Console

from beachhead.report.terminal import show_outlook, show_plan, show_rollout
from beachhead.report.terminal_plan import BOUGHT, GATE, gantt_lines


def shown(show, plan, width):
    said = io.StringIO()
    show(plan, Console(file=said, width=width), *((None,) if show is show_plan else ()))
    return said.getvalue()


def bars(plan, width):
    """The chart by market name: what stands behind the two columns of names, blanks between years taken out."""
    lines = [line.plain for line in gantt_lines(plan.rollout, plan.selection.markets, plan.evidence.catalogue, width)]
    return {line[:15].strip(): line[32:].replace(" ", "") for line in lines[2:]}


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("show", [show_plan, show_rollout, show_outlook])
def test_nothing_runs_over_the_edge(show, width):
    for plan in (planned(real_plan(top=2)), planned(real_plan(top=2), 16), stays(real_plan(top=2))):
        assert max(len(line.rstrip()) for line in shown(show, plan, width).splitlines()) <= width


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 16), st.integers(80, 140), st.integers(0, 3))
def test_the_chart_fits_whatever_the_plan_is_long_and_whenever_it_starts(quarters, width, shift):
    plan = planned(real_plan(), quarters)
    names = tuple(at(q + shift) for q in range(quarters))
    of = replace(plan.rollout, quarters=names)
    lines = gantt_lines(of, plan.selection.markets, plan.evidence.catalogue, width)
    assert max(len(line.plain.rstrip()) for line in lines) <= width


@pytest.mark.parametrize("quarters", [9, 12, 16])
def test_years_stand_over_their_first_quarter(quarters):
    plan = planned(real_plan(), quarters)
    years, names = (
        line.plain for line in gantt_lines(plan.rollout, plan.selection.markets, plan.evidence.catalogue, 80)[:2]
    )
    for year in ("2027", "2028"):
        assert names[years.index(year) :].lstrip("Q")[0] == "1"


def test_bars_show_set_up_sales_switch_and_gates_where_they_are():
    chart = bars(planned(real_plan()), 80)
    assert chart["Singapore"] == "░░░████████" + GATE + "███▓▓" + GATE + "▓▓▓▓▓▓" + "▓" * 12
    assert chart["Canada"] == "█" * 36
    assert chart["United Kingdom"].startswith("·░░░██████")
    assert chart["Help desk with"].startswith("··" + BOUGHT)


def test_the_first_five_moves_and_what_goes_on_are_told():
    said = " ".join(shown(show_plan, planned(real_plan(top=2)), 100).split())
    assert "First five moves 2027Q1 Enter Singapore by e-commerce as a pilot" in said
    assert "Goes on as now: Canada (direct export). 2 more moves later" in said
    assert "What follows · In the middle case the money spent is back in 2029Q2" in said


def test_the_rollout_alone_tells_every_move_and_how_sure_it_is():
    said = " ".join(shown(show_rollout, planned(real_plan(top=2)), 100).split())
    assert "Enter the United States by direct export" in said and "more moves later" not in said
    assert "How sure the plan is · Distance from the best plan: at most 0.4 %" in said
    assert "Look again: go on above" in said


def test_the_outlook_alone_tells_markets_crises_and_paces():
    said = shown(show_outlook, planned(real_plan(top=2)), 80)
    for part in ("What follows, over 10,000 futures", "Asian crisis", "this plan", "−USD 1.1k"):
        assert part in said


def test_a_plan_that_enters_nothing_says_why():
    said = " ".join(shown(show_plan, stays(real_plan(top=2)), 80).split())
    assert "Nothing new is entered from 2027Q1 to 2029Q4: no market of the candidates is expected" in said
    assert "First" not in said.split("Ranked by mean score")[0]


def test_a_plan_without_a_rollout_looks_as_before():
    said = shown(show_plan, real_plan(top=2), 80)
    assert "moves" not in said and "What follows" not in said and "Ranked by mean score" in said
