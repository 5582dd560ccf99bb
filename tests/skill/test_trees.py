"""Trees run the same as in the package that grew them, and are the same after a file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beachhead.skill.trees import FEW, Trees, of_nested, read_trees, rounded_down, write_trees

NAMES = ("a", "b", "c")


def grown(seed: int, *, gaps: bool) -> tuple[object, Trees, np.ndarray]:
    """A booster of LightGBM, the same as plain arrays, and figures with and without gaps to try it on."""
    lightgbm = pytest.importorskip("lightgbm")
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(3000, 3)).astype(np.float32)
    x[:, 1] = np.round(x[:, 1])  # many equal figures, so that thresholds are met exactly
    if gaps:
        x[rng.random(x.shape) < 0.1] = np.nan
    y = (np.nan_to_num(x[:, 0]) * np.nan_to_num(x[:, 1]) + rng.normal(size=3000) > 0).astype(float)
    booster = lightgbm.train(
        {"objective": "binary", "num_leaves": 15, "verbose": -1, "seed": seed, "num_threads": 1},
        lightgbm.Dataset(x, y, feature_name=list(NAMES)),
        20,
    )
    return booster, of_nested(booster.dump_model()["tree_info"], NAMES), x


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_sum_of_the_leaves_is_that_of_lightgbm(seed, gaps):
    booster, trees, x = grown(seed, gaps=gaps)
    x = np.concatenate([x, np.full((1, 3), np.nan, np.float32), np.zeros((1, 3), np.float32)])
    np.testing.assert_allclose(trees.sums(x), booster.predict(x, raw_score=True), rtol=1e-12, atol=1e-12)


def test_few_candidates_and_many_take_different_ways_to_the_same_leaves():
    _, trees, x = grown(3, gaps=True)
    assert len(x) > FEW  # so that the whole is sorted through, and each part is walked
    parts = np.concatenate([trees.sums(x[:1000]), trees.sums(x[1000:1900]), trees.sums(x[1900:])])
    np.testing.assert_allclose(trees.sums(x), parts, rtol=1e-12)
    assert trees.sums(x[:0]).shape == (0,)


def test_a_file_gives_back_the_same_trees_and_the_same_bytes(tmp_path):
    _, trees, x = grown(4, gaps=True)
    for name in ("one", "two"):
        write_trees(trees, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = read_trees(tmp_path / "one")
    assert again.names == NAMES
    np.testing.assert_allclose(again.sums(x), trees.sums(x), atol=1e-6)  # leaves are kept in single precision


@given(st.floats(-(2.0**100), 2.0**100), st.floats(-(2.0**100), 2.0**100, width=32))
def test_single_figures_compare_with_a_rounded_threshold_as_with_the_exact_one(threshold, x):
    assert (np.float32(x) <= rounded_down(np.array([threshold]))[0]) == (x <= threshold)


def test_a_tree_of_one_leaf_says_the_same_of_all():
    trees = of_nested([{"tree_structure": {"leaf_value": 0.25}}, {"tree_structure": {"leaf_value": 0.5}}], NAMES)
    np.testing.assert_allclose(trees.sums(np.zeros((4, 3), np.float32)), 0.75)
    np.testing.assert_allclose(trees.sums(np.zeros((FEW + 1, 3), np.float32)), 0.75)
