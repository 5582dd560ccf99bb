"""The page on the model says what the cards say."""

from __future__ import annotations

from pathlib import Path

import pytest

from beachhead.skill.model import card

PAGE = (Path(__file__).parents[2] / "docs" / "methods" / "model.md").read_text(encoding="utf-8")
SHOWN = {"entry": ("auc", "ap", "recall_at_10"), "growth": ("spearman", "within")}


@pytest.mark.parametrize("task", SHOWN)
def test_every_figure_of_the_cards_stands_in_its_row(task):
    for one in (card(task)["chosen"], *card(task)["judged"]):
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {task} | {one['base_year']}")]
        assert f"{one['all']['candidates']:,.0f}" in row
        for name in SHOWN[task]:
            assert f"{one['all'][name]:.3f}".lstrip("0") in row
