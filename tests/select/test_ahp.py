"""Pairwise comparison: against an independent package, published tables, and what consistency means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymcdm.weights.subjective import AHP

from beachhead.errors import InputError
from beachhead.select.ahp import comparison_matrix, eigenvector_weights

# Saaty (1980), the school-selection example as usually reprinted: learning, friends, school life, vocational training,
# college preparation, music classes. Printed weights .32 .14 .03 .13 .24 .14.
SCHOOL = np.array(
    [
        [1, 4, 3, 1, 3, 4],
        [1 / 4, 1, 7, 3, 1 / 5, 1],
        [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
        [1, 1 / 3, 5, 1, 1, 1 / 3],
        [1 / 3, 5, 5, 1, 1, 3],
        [1 / 4, 1, 6, 3, 1 / 3, 1],
    ]
)


def test_reproduces_the_school_example():
    found = eigenvector_weights(SCHOOL)
    assert found.weights == pytest.approx([0.32, 0.14, 0.03, 0.13, 0.24, 0.14], abs=0.006)
    assert found.consistency_ratio > 0.1  # the example is known for its contradictions


@given(st.lists(st.sampled_from([1 / 9, 1 / 5, 1 / 3, 1, 3, 5, 9]), min_size=6, max_size=6))
def test_weights_equal_those_of_pymcdm(upper):
    matrix = np.eye(4)
    matrix[np.triu_indices(4, 1)] = upper
    matrix[np.tril_indices(4, -1)] = 1 / matrix.T[np.tril_indices(4, -1)]
    ours, theirs = eigenvector_weights(matrix).weights, AHP(matrix=matrix)()
    assert ours == pytest.approx(np.real(theirs) / np.real(theirs).sum(), abs=1e-6)


@given(st.lists(st.floats(0.05, 1), min_size=3, max_size=8))
def test_consistent_answers_give_back_the_weights_and_no_contradiction(weights):
    w = np.array(weights) / np.sum(weights)
    found = eigenvector_weights(w[:, None] / w[None, :])
    assert found.weights == pytest.approx(w, abs=1e-9)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_a_missing_pair_is_named():
    with pytest.raises(InputError, match="b/c"):
        comparison_matrix(("a", "b", "c"), {"a/b": 2, "a/c": 3})


def test_an_unknown_criterion_is_named():
    with pytest.raises(InputError, match="a/x"):
        comparison_matrix(("a", "b"), {"a/x": 2})
