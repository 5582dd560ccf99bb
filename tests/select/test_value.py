"""Value functions: anchored, monotone, and their expectation exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymcdm.normalizations import minmax_normalization
from scipy.integrate import quad
from scipy.stats import norm

from beachhead.select.value import expected_value, line, value

finite = st.floats(-50, 50)


def _value(x, low, high, direction):
    return value(np.array(x), *line(np.array([low]), np.array([high]), np.array([direction])))


@pytest.mark.parametrize("direction", [1.0, -1.0])
@given(x=finite)
def test_the_better_anchor_scores_one_and_the_worse_zero(direction, x):
    ends = _value([[-10.0], [10.0]], -10.0, 10.0, direction)[:, 0]
    assert sorted(ends) == [0.0, 1.0] and (ends[1] > ends[0]) == (direction > 0)
    assert 0 <= _value([x], -10.0, 10.0, direction)[0] <= 1


@pytest.mark.parametrize(("direction", "cost"), [(1.0, False), (-1.0, True)])
def test_equals_min_max_of_an_independent_package_when_the_anchors_are_in_the_data(direction, cost):
    x = np.array([0.0, 2.0, 3.5, 7.0, 10.0])
    ours = _value(x[:, None], 0.0, 10.0, direction)[:, 0]
    assert ours == pytest.approx(minmax_normalization(x, cost=cost))


@given(finite, finite)
def test_a_better_figure_never_lowers_the_value(a, b):
    low, high = min(a, b), max(a, b)
    assert _value([low], -3.0, 5.0, 1.0)[0] <= _value([high], -3.0, 5.0, 1.0)[0]
    assert _value([low], -3.0, 5.0, -1.0)[0] >= _value([high], -3.0, 5.0, -1.0)[0]


@settings(deadline=None, max_examples=40)
@given(st.floats(-1, 2), st.floats(0.01, 2))
def test_expected_value_equals_numerical_integration(centre, spread):
    kinks = np.clip([-centre / spread, (1 - centre) / spread], -8.9, 8.9)
    brute, _ = quad(lambda e: np.clip(centre + spread * e, 0, 1) * norm.pdf(e), -9, 9, points=kinks, limit=200)
    assert expected_value(np.array(centre), np.array(spread)) == pytest.approx(brute, abs=1e-6)


@given(st.floats(-1, 2), st.floats(-1, 2), st.floats(0, 2))
def test_expected_value_rises_with_the_centre(a, b, spread):
    low, high = expected_value(np.array([min(a, b), max(a, b)]), np.array(spread))
    assert low <= high + 1e-12


def test_without_spread_it_is_the_value():
    centre = np.array([-0.5, 0.25, 1.5])
    assert expected_value(centre, np.zeros(3)).tolist() == [0.0, 0.25, 1.0]


def test_anchors_must_increase():
    with pytest.raises(ValueError, match="increasing"):
        line(np.array([1.0]), np.array([1.0]), np.array([1.0]))
