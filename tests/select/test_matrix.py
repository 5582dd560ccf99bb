"""The matrix: Pareto front against brute force and an independent package, cells, ellipses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paretoset import paretoset

from beachhead.select.matrix import CELLS, ellipse, name_cells, pareto_front

grid = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=40)


@settings(deadline=None)  # paretoset compiles at its first call
@given(grid)
def test_the_front_equals_brute_force_and_paretoset(points):
    xy = np.array(points, float)
    ours = pareto_front(xy[:, 0], xy[:, 1])
    beaten = [np.any(np.all(xy >= p, axis=1) & np.any(xy > p, axis=1)) for p in xy]
    assert ours.tolist() == [not b for b in beaten]
    assert ours.tolist() == paretoset(xy, sense=["max", "max"], distinct=False).tolist()


def test_cells_are_named_by_the_median_economy():
    a, b = np.array([60.0, 60, 40, 40]), np.array([60.0, 40, 60, 40])
    assert name_cells(a, b, (50, 50)) == CELLS


@given(st.floats(1, 9), st.floats(1, 9), st.floats(-0.9, 0.9))
def test_the_ellipse_holds_four_fifths_of_the_distribution(sx, sy, rho):
    cov = np.array([[sx**2, rho * sx * sy], [rho * sx * sy, sy**2]])
    outline = ellipse((50.0, 40.0), (sx, sy), rho * sx * sy) - [50.0, 40.0]
    radius2 = np.einsum("pi,ij,pj->p", outline, np.linalg.inv(cov), outline)
    assert radius2 == pytest.approx(np.full(len(outline), -2 * np.log(0.2)), rel=1e-6)
