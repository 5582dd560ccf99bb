"""The charts of the rollout and the outlook show the results' own figures, and can be read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from charts.test_charts import contrast, mixed, rgb
from hypothesis import given
from hypothesis import strategies as st
from report.plans import real_plan
from report.synthetic_rollout import planned, stays

from beachhead.charts import theme
from beachhead.charts.fans import cash, flows, rows_of
from beachhead.charts.gantt import gantt
from beachhead.charts.hours import hours, loads
from beachhead.charts.lanes import lanes
from beachhead.charts.pace import distinct, pace
from beachhead.charts.stress import stress
from beachhead.charts.survival import survival
from beachhead.report.figures import draw
from beachhead.report.figures_plan import plan_figures
from beachhead.report.words import mode_names

CHARTS = ("gantt", "cash", "hours", "loads", "flows", "survival", "stress", "pace")
DARK = dict(zip(theme.PHASES, ("#8b969e", "#f0b25e", "#4f93d8", "#cfe2f5"), strict=True))


@pytest.fixture(scope="module")
def plan():
    return planned(real_plan())


@pytest.fixture(scope="module")
def drawn(plan):
    return {chart.name: chart for chart in draw(plan)}


def data(spec):
    """Rows of every layer of a chart, panels and all, in the order drawn."""
    rows = spec.get("data", {}).get("values", [])
    found = [rows] if rows else []
    for part in ("layer", "hconcat", "vconcat"):
        for inner in spec.get(part, []):
            found += data(inner)
    return found


def test_every_chart_is_drawn_titled_and_described(drawn):
    for name in CHARTS:
        root = ElementTree.fromstring(drawn[name].svg)
        title, description = (root.find(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
        assert title.text and len(description.text) > 20 and drawn[name].caption


def test_ids_do_not_clash_and_nothing_is_fetched(drawn):
    ids = [i for chart in drawn.values() for i in re.findall(r'\bid="([^"]+)"', chart.svg)]
    assert len(ids) == len(set(ids))
    assert not any(re.search(r"<script|<image|href=\"http|@import", chart.svg) for chart in drawn.values())


def test_the_same_plan_gives_the_same_bytes(plan, drawn):
    assert {chart.name: chart.svg for chart in draw(plan)} == {name: chart.svg for name, chart in drawn.items()}


def test_a_plan_without_moves_draws_no_empty_charts(plan):
    assert plan_figures(real_plan()) == []
    assert {f.name for f in plan_figures(stays(real_plan()))} == set(CHARTS) - {"pace"}
    nothing = replace(plan, rollout=replace(plan.rollout, moves=()))
    assert plan_figures(nothing) == []


def test_lanes_are_in_order_of_phase_and_bars_join_without_gap(plan):
    found = lanes(plan.rollout, plan.selection.markets)
    assert found.markets == ("CAN", "SGP", "GBR", "AUS", "USA")
    for market in found.markets:
        some = [bar for bar in found.bars if bar.market == market]
        assert all(a.end == b.start for a, b in pairwise(some))
        assert some[-1].end == found.length
    assert [(bar.state, bar.start, bar.end) for bar in found.bars if bar.market == "SGP"] == [
        ("set-up", 0.0, 0.77),
        ("sells", 0.77, 5.0),
        ("may change", 5.0, 12.0),
    ]


def test_a_first_sale_beyond_the_plan_is_all_set_up(plan):
    late = tuple(
        replace(m, quarter="2029Q4", first_sale="2030Q2") if m.market == "USA" else m for m in plan.rollout.moves
    )
    presences = tuple(replace(p, start=11, first_sale=13.2) if p.row == 0 else p for p in plan.rollout.presences)
    found = lanes(replace(plan.rollout, moves=late, presences=presences), plan.selection.markets)
    assert [(b.state, b.start, b.end) for b in found.bars if b.market == "USA"] == [("set-up", 11.0, 12.0)]


def test_the_gantt_holds_every_market_gate_and_purchase(plan):
    names = {market: country.name for market, country in plan.evidence.catalogue.countries.items()}
    text = json.dumps(gantt(plan.rollout, plan.selection.markets, names, mode_names()), ensure_ascii=False)
    for said in ("Singapore", "United States", "Direct export?", "Help desk with translation", "Marketing and sales"):
        assert said in text
    rows = next(rows for rows in data(json.loads(text)) if rows and "kind" in rows[0])
    assert sorted(row["start"] for row in rows) == [3.5, 5.5, 6.5, 9.5]


def test_the_fan_is_that_of_the_result_and_keeps_floor_and_zero_in_sight(plan):
    outlook = plan.outlook
    rows = rows_of(outlook.quarters, outlook.cash)
    for name in ("p5", "p25", "p50", "p75", "p95"):
        assert [row[name] for row in rows] == pytest.approx(list(getattr(outlook.cash, name)), abs=0.01)
    spec = cash(outlook.quarters, outlook.cash, 60_000.0)
    low, high = spec["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert low <= 0 and high >= max(60_000.0, float(np.max(outlook.cash.p50)))


def test_an_end_above_the_picture_is_written_out(plan):
    outlook = plan.outlook
    tall = replace(outlook.cash, p95=np.full(12, 9e6))
    assert "one in twenty above: 9.0m ↑" in json.dumps(cash(outlook.quarters, tall, 0.0), ensure_ascii=False)


def test_flows_name_their_panels(plan):
    spec = flows(plan.outlook.quarters, {"Sales": plan.outlook.revenue, "Profit": plan.outlook.profit})
    assert [panel["title"]["text"] for panel in spec["vconcat"]] == ["Sales", "Profit"]


def test_stacks_of_hours_add_up_to_the_work_by_area(plan):
    h = plan.rollout.hours
    rows = data(hours(plan.rollout))[0]
    for k in range(12):
        pieces = [row for row in rows if int(row["at"]) == k]
        assert [row["high"] - row["low"] for row in pieces] == pytest.approx(list(h.by_area[:, k]), abs=0.01)
        assert [row["low"] for row in pieces[1:]] == [row["high"] for row in pieces[:-1]]


def test_what_is_left_is_marked_only_where_something_is_saved(plan):
    left = next(rows for rows in data(hours(plan.rollout)) if rows and set(rows[0]) == {"at", "end", "hours"})
    saved = [k for k in range(12) if plan.rollout.hours.saved[k] > 0]
    assert [row["hours"] for row in left] == pytest.approx([plan.rollout.hours.used[k] for k in saved], abs=0.01)


def test_loads_are_shares_of_the_limits_and_blank_without_one(plan):
    rows = data(loads(plan.rollout))[0]
    assert [r["label"] for r in rows if r["limit"] == "Launches at once"][:4] == ["50 %", "100 %", "100 %", "0 %"]
    free = replace(plan.rollout.attention, capacity=np.full(12, np.inf))
    rows = data(loads(replace(plan.rollout, attention=free)))[0]
    assert {r["label"] for r in rows if r["limit"] == "Attention"} == {""}


def test_the_pace_marks_this_plan_and_the_best_and_orders_by_months(plan):
    rows = data(pace(plan.outlook.pace))[0]
    assert [row["months"] for row in rows] == sorted(row["months"] for row in rows)
    marked = [row for some in data(pace(plan.outlook.pace)) for row in some if "label" in row]
    assert {"this plan", "best pace"} <= {row["label"] for row in marked}
    assert next(row["months"] for row in marked if row["label"] == "best pace") == 22.5
    assert [row["months"] for row in rows if row["breaks"]] == [0.0, 9.0]


def test_of_paces_with_equal_months_this_plan_is_kept(plan):
    same = tuple(replace(p, months=9.0) if p.stretch in (0.75, 1.0) else p for p in plan.outlook.pace)
    kept = distinct(same)
    assert len({p.months for p in kept}) == len(kept)
    assert next(p for p in kept if p.months == 9.0).stretch == 1.0


def test_crises_show_sales_and_lowest_cash(plan):
    rows = data(stress(plan.outlook.stress, 60_000.0))[0]
    assert [row["change"] for row in rows] == [one.sales_change for one in plan.outlook.stress]
    assert [row["lowest"] for row in rows] == [one.lowest_cash_usd for one in plan.outlook.stress]
    assert rows[0]["row"] == "Asian crisis, 1997–1998" and rows[2]["row"] == "Pandemic, 2020"


def test_a_crisis_that_helps_and_one_that_ruins_still_draw(plan):
    first, *rest = plan.outlook.stress
    some = (replace(first, sales_change=0.1), *(replace(one, lowest_cash_usd=-20_000.0) for one in rest))
    low, high = stress(some, 60_000.0)["hconcat"][0]["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < 0 < 0.1 < high
    low, high = stress(some, 60_000.0)["hconcat"][1]["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert low < -20_000 and high > 60_000


def test_survival_starts_where_something_was_entered(plan):
    seen = replace(plan.outlook, survival=np.array([np.nan, np.nan, *np.linspace(1, 0.5, 10)]))
    rows = data(survival(seen))[0]
    assert len(rows) == 10 and rows[0] == {"at": 2.5, "share": 1.0}


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=6), st.floats(1, 30))
def test_labels_are_kept_apart_in_their_order(wanted, least):
    found = theme.apart(wanted, least)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    steps = [found[b] - found[a] for a, b in pairwise(order)]
    assert all(step >= least - 1e-6 for step in steps)
    if all(wanted[b] - wanted[a] >= least for a, b in pairwise(order)):
        assert found == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("phase", theme.PHASES)
def test_mode_names_on_the_bars_can_be_read_in_light_and_dark(phase):
    """WCAG 2.2, 1.4.3: 4.5 : 1."""
    assert contrast(rgb(theme.INK), mixed(phase, theme.PAPER, 0.34)) >= 4.5
    assert contrast(rgb("#e4e8eb"), mixed(DARK[phase], "#15191c", 0.34)) >= 4.5


def test_neighbouring_areas_and_phases_differ_without_colour():
    """Bars must be told apart in grey: neighbours differ in lightness by a quarter of the smaller one, or more."""
    for colours in (theme.PHASES, theme.AREAS):
        assert all(contrast(rgb(a), rgb(b)) >= 1.25 for a, b in pairwise(colours))
