"""What the charts promise: they show the plan's own figures, the same bytes each time, with a text alternative."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from report.plans import real_plan
from report.synthetic import synthetic_plan

from beachhead.charts import theme
from beachhead.charts.contributions import contributions
from beachhead.charts.matrix import matrix
from beachhead.charts.ranks import ranks
from beachhead.charts.render import svg, tidy
from beachhead.charts.world import equal_earth
from beachhead.report.figures import draw, figures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def plan():
    return real_plan()


@pytest.fixture(scope="module")
def drawn(plan):
    return draw(plan)


def test_every_chart_is_well_formed_titled_and_described(drawn):
    for chart in drawn:
        root = ElementTree.fromstring(chart.svg)
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title.text and len(description.text) > 20
        assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
        assert root.get("role") == "img"


def test_ids_do_not_clash_on_one_page(drawn):
    ids = [i for chart in drawn for i in re.findall(r'\bid="([^"]+)"', chart.svg)]
    assert len(ids) == len(set(ids))


def test_the_same_plan_gives_the_same_bytes(plan, drawn):
    assert [chart.svg for chart in draw(plan)] == [chart.svg for chart in drawn]


def test_nothing_on_a_chart_is_fetched_or_run(drawn):
    for chart in drawn:
        assert not re.search(r"<script|<image|href=\"http|@import|on\w+=", chart.svg)


def test_contribution_bars_add_up_to_the_score_written_beside_them(plan):
    bars, totals = contributions(plan.selection, 10)["layer"]
    for total in totals["data"]["values"]:
        parts = [row["points"] for row in bars["data"]["values"] if row["market"] == total["market"]]
        assert sum(parts) == pytest.approx(total["score"], abs=0.01)


def test_each_row_of_the_rank_map_sums_to_one(plan):
    rows = ranks(plan.selection, 10)["layer"][0]["data"]["values"]
    for name in plan.selection.names[:10]:
        assert sum(row["p"] for row in rows if row["market"] == name) == pytest.approx(1, abs=2e-3)


def test_the_matrix_names_exactly_the_shortlist(plan):
    drawn = json.dumps(matrix(plan.selection, 4), ensure_ascii=False)
    assert [f"{m + 1} {name}" in drawn for m, name in enumerate(plan.selection.names[:6])] == [True] * 4 + [False] * 2


def test_map_shows_every_ranked_market(plan, drawn):
    spec = next(f.spec for f in figures(plan) if f.name == "world")
    scored, small = spec["layer"][1], spec["layer"][3]
    drawn_land = {g["properties"]["iso3"] for g in scored["data"]["values"]["objects"]["countries"]["geometries"]}
    on_land = sum(market in drawn_land for market in plan.selection.markets)
    assert on_land + len(small["data"]["values"]) == len(plan.selection.markets)


def test_projection_keeps_area_and_matches_its_published_shape():
    """Equal Earth: the equator is 2 × 2.70663 radii wide; every band of latitude has its true area."""
    x0, _ = equal_earth(-169.0 + 1e-9, 0)
    x1, _ = equal_earth(191.0 - 1e-9, 0)
    assert (x1 - x0) / 139.0 == pytest.approx(2 * 2.70663, abs=1e-3)
    areas = []
    for low in (0.0, 30.0, 60.0):
        lat = np.linspace(low, low + 1, 21)
        widths = [equal_earth(12.0, float(p))[0] - equal_earth(11.0, float(p))[0] for p in lat]
        heights = [equal_earth(11.0, float(p))[1] for p in lat]
        true = np.sin(np.radians(low + 1)) - np.sin(np.radians(low))
        areas.append(-np.trapezoid(widths, heights) / true)
    assert np.ptp(areas) / areas[0] < 1e-3


def test_one_market_or_a_very_long_name_still_draws():
    for count in (1, 2):
        plan = synthetic_plan(markets=count, top=10)
        spec = matrix(plan.selection, plan.top)
        assert plan.selection.names[0] in svg(spec, "m", "t", "d")


def test_text_in_titles_is_escaped():
    assert "<b>" not in tidy('<svg xmlns="x"></svg>', "n", "<b>", "</desc><b>")


def mixed(top, bottom, opacity):
    pairs = zip(rgb(top), rgb(bottom), strict=True)
    return [opacity * a + (1 - opacity) * b for a, b in pairs]


def rgb(colour):
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(channels):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("ink", "heat", "paper"),
    [(theme.INK, theme.HEAT, theme.PAPER), ("#e4e8eb", "#4f8fd3", "#15191c")],
    ids=["light", "dark"],
)
def test_labels_on_the_deepest_cells_can_be_read(ink, heat, paper):
    """WCAG 2.2, 1.4.3: 4.5 : 1."""
    assert contrast(rgb(ink), mixed(heat, paper, 0.62)) >= 4.5
