"""Lift and reliability charts show the result's own figures, and what cannot be drawn is marked."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from beachhead.charts import theme
from beachhead.charts.lift import Look, lift
from beachhead.charts.reliability import floor_of, reliability
from beachhead.charts.render import svg
from beachhead.skill.result import Bin, Score

BARS = (Bin(0.0004, 0.0, 50), Bin(0.003, 0.002, 50), Bin(0.04, 0.06, 50))
CURVE = tuple(np.sqrt(np.linspace(0, 1, 101)))
NAMED = {"model": Look(theme.BLUE), "size": Look(theme.INK, (6, 3))}


def score(name, **more):
    return Score(name, name.capitalize(), *[float("nan")] * 7, ece=0.0021, ci={}, **more)


@pytest.fixture
def scores():
    last = tuple(np.linspace(0, 1, 101))
    return (
        score("model", reliability=BARS, lift=CURVE),
        score("size", lift=tuple(np.linspace(0, 1, 101) ** 0.7)),
        score("other", lift=last),
        score("random", lift=last),
        score("mute", lift=(float("nan"),) * 101),
    )


def rows(spec, kind, colour):
    """Data of the layers of one kind and colour."""
    found = []
    for layer in spec["layer"]:
        mark = layer["mark"]
        if mark["type"] == kind and colour in (mark.get("color"), mark.get("fill"), mark.get("stroke")):
            found.append(layer["data"]["values"])
    return found


def test_the_lift_lines_are_the_curves_of_the_scores(scores):
    spec = lift(scores, NAMED)
    [ours] = rows(spec, "line", theme.BLUE)
    assert [row["found"] for row in ours] == pytest.approx(CURVE, abs=1e-5)
    assert [row["looked"] for row in ours] == list(range(101))
    assert len(rows(spec, "line", theme.GREY)) == 1  # what has no curve is not drawn; by lot is the dashed line
    [lot] = rows(spec, "line", theme.FAINT)
    assert all(row["found"] == row["looked"] / 100 for row in lot)


def test_the_key_names_each_line_with_its_first_tenth_the_best_first(scores):
    said = [one[0]["label"] for one in rows(lift(scores, NAMED), "text", theme.INK)]
    assert said == ["Model: 32 % in the first 10 %", "Size: 20 % in the first 10 %"]


def test_reliability_shows_every_bar_and_marks_those_below_the_axis(scores):
    spec = reliability(scores, NAMED)
    [filled] = [r for r in rows(spec, "point", theme.BLUE) if "said" in r[0] and not r[0]["less"]]
    assert [(row["said"], row["came"]) for row in filled] == [(0.003, 0.002), (0.04, 0.06)]
    [hollow] = rows(spec, "point", theme.PAPER)
    assert hollow == [{"said": 0.0004, "came": floor_of(BARS), "less": True}]


def test_the_axes_begin_below_all_that_is_drawn():
    assert floor_of(BARS) == pytest.approx(1e-4)
    assert floor_of([Bin(0.0, 0.0, 5)]) == pytest.approx(0.01)


def test_both_charts_can_be_drawn_twice_the_same(scores):
    for make in (lift, reliability):
        first, second = (svg(make(scores, NAMED), "a", "Title", "Words") for _ in range(2))
        assert first == second and ElementTree.fromstring(first).tag.endswith("svg")
