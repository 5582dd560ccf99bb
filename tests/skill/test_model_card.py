"""The cards of the shipped models say what anyone can find again."""

from __future__ import annotations

import csv
import importlib.util
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from beachhead.skill import model
from beachhead.skill.panel import open_panel
from beachhead.skill.tasks import cases
from beachhead.skill.trees import read_trees

TOOL = Path(__file__).parents[2] / "tools" / "train_skill.py"
FIGURES = [("entry", 2015), ("entry", 2018), ("growth", 2015), ("growth", 2018)]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("train_skill", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def panel(evidence):
    return open_panel("baci74", evidence)


@pytest.mark.parametrize(("task", "t"), FIGURES)
def test_the_figures_of_a_card_come_out_again(task, t, tool, panel):
    """On one exporter-product in twenty, which the card names; the whole takes minutes."""
    [said] = [one for one in model.card(task)["judged"] if one["base_year"] == t]
    found = cases(panel, task, t)[0]
    assert len(found) == said["all"]["candidates"]
    scoring, figures = tool.JUDGE[task]
    some = tool.checked(found)
    again = figures(some.outcome, scoring(panel.until(t), some), some)
    assert again == pytest.approx(said["sample"], rel=2e-3)  # sums in another order move equal scores past each other


def test_goals_of_the_design_are_met_on_years_that_training_has_not_seen():
    for one in model.card("entry")["judged"]:
        assert one["base_year"] > model.card("entry")["outcomes_seen_until"] - 1
        assert one["all"]["auc"] >= 0.94
        assert one["all"]["ap"] >= 0.15
        assert one["all"]["recall_at_10"] >= 0.58
        assert one["all"]["ece"] <= 0.01


@pytest.mark.parametrize("name", model.MODELS)
def test_a_card_speaks_of_the_trees_that_lie_beside_it(name):
    card, trees = model.card(name), model.shipped(name)
    assert card["trees"] == card["settings"]["rounds"] == len(trees.roots)
    assert card["features"] == list(trees.names)
    assert max(card["base_years_trained"]) <= 2010
    assert card["limits"] and card["licence"] and card["source"] and card["made_by"]


@pytest.mark.parametrize("name", model.MODELS)
def test_trees_are_sound(name):
    trees = read_trees(model.folder() / f"{name}.parquet")
    inner = trees.feature >= 0
    for side in (trees.left, trees.right):
        assert (side[inner] > np.flatnonzero(inner)).all()  # children come after: no walk can go round
        assert (side < len(trees.feature)).all()
    assert trees.feature.max() < len(trees.names)
    reached = np.zeros(len(trees.feature), int)
    np.add.at(reached, np.concatenate([trees.left[inner], trees.right[inner], trees.roots]), 1)
    assert (reached == 1).all()


def test_the_order_of_figures_does_not_matter(panel):
    rng = np.random.default_rng(1)
    trees = model.shipped("entry")
    values = rng.normal(size=(50, len(trees.names))).astype(np.float32)
    mixed = rng.permutation(len(trees.names))
    names = tuple(np.array(trees.names)[mixed])
    np.testing.assert_array_equal(
        model.log_odds(trees, trees.names, values), model.log_odds(trees, names, values[:, mixed])
    )


def test_logistic_regression_is_that_of_scikit_learn(tool):
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(800), rng.normal(size=(800, 3))])
    y = (x @ [0.3, 1.0, -0.5, 0.0] + rng.logistic(size=800) > 0).astype(float)
    theirs = linear.LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10).fit(x, y).coef_[0]
    np.testing.assert_allclose(tool.logistic(x, y), theirs, atol=1e-5)


def test_terms_of_staying_are_figures_that_there_are(tool):
    text = files("beachhead.skill").joinpath("models", "stay.csv").read_text(encoding="utf-8")
    terms = [row["feature"] for row in csv.DictReader(text.splitlines())]
    assert terms == ["constant", *tool.STAY]
    assert set(tool.STAY) <= set(model.shipped("entry").names)
