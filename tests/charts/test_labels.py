"""Labels on charts can be read: none covers another while there is room."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from beachhead.charts.labels import place_discs, place_texts

FRAME = (620.0, 470.0)
POINTS = st.lists(st.tuples(st.floats(40, 580), st.floats(20, 450)), min_size=1, max_size=8, unique=True)


def boxes(placed, height):
    return [(p.x, p.y - height / 2, p.x + p.width, p.y + height / 2) for p in placed]


def overlap(a, b):
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.01 and min(a[3], b[3]) - max(a[1], b[1]) > 0.01


@given(POINTS)
def test_labels_of_eight_markets_do_not_overlap(points):
    placed = place_texts(points, ["3 United Kingdom"] * len(points), FRAME)
    assert not any(overlap(a, b) for a, b in combinations(boxes(placed, 12), 2))


@given(POINTS)
def test_labels_stay_inside_the_chart(points):
    for x0, y0, x1, y1 in boxes(place_texts(points, ["3 United Kingdom"] * len(points), FRAME), 12):
        assert x0 >= 0 and y0 >= 0 and x1 <= FRAME[0] and y1 <= FRAME[1]


@given(POINTS)
def test_discs_of_close_capitals_are_moved_apart(points):
    assert not any(overlap(a, b) for a, b in combinations(boxes(place_discs(points, 18, FRAME), 18), 2))


def test_a_lone_label_lies_beside_its_point_and_needs_no_line():
    (label,) = place_texts([(100.0, 100.0)], ["1 Chile"], FRAME)
    assert (label.x, label.y, label.led, label.align) == (110.0, 100.0, False, "left")
