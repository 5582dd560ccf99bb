"""``beachhead skill markets``: the published JSON, a table that says what is ours and best, a page on its own."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from click.testing import CliRunner
from skill import made_up
from skill.test_intake import own

from beachhead.cli import main
from beachhead.report.document import schema_text
from beachhead.report.document_skill import SkillDocument
from beachhead.report.skill import MEASURES, gain_words, in_text, interval_words, skill_dict, verdict
from beachhead.report.skill_page import skill_html
from beachhead.skill import scores
from beachhead.skill.backtest import backtest
from beachhead.skill.result import Gain, Score

KEYS = {"name", "auc", "ap", "recall_at_10", "spearman", "ece", "ci"}  # of the published contract


@pytest.fixture(autouse=True)
def _ways(monkeypatch):
    monkeypatch.setattr(scores, "SCORES", made_up.SCORES)


@pytest.fixture(scope="module")
def flows(tmp_path_factory):
    return own(tmp_path_factory.mktemp("flows") / "flows.csv", made_up.rows())


@pytest.fixture
def found(evidence):
    return backtest(made_up.panel(evidence), tasks=["entry", "growth", "demand"], base_years=[2016], replicates=20)


def run(*args, code=0, columns=100):
    asked = ["skill", "markets", *map(str, args), "--replicates", "20"]
    result = CliRunner().invoke(main, asked, env={"COLUMNS": str(columns)})
    assert result.exit_code == code, result.output
    return result


def test_json_has_the_published_names(flows):
    asked = ("--data", flows, "--task", "entry", "--task", "growth", "--base-years", "2016", "--json")
    told = json.loads(run(*asked).stdout)
    assert told["schema"] == "beachhead.skill/1"
    assert [(one["task"], one["data"], one["base_year"]) for one in told["tasks"]] == [
        ("entry", "files", 2016),
        ("growth", "files", 2016),
    ]
    for task in told["tasks"]:
        assert task["candidates"] >= task["positives"] > 0 and task["outcome_years"] == [2019, 2021]
        for score in task["scores"]:
            assert set(score) >= KEYS and len(score["lift"]) == 101
            for key, (low, high) in score["ci"].items():
                assert low is None or (low <= high and score[key] is not None)
    entry, growth = told["tasks"]
    assert entry["scores"][0]["spearman"] is None and growth["scores"][0]["auc"] is None
    assert run(*asked).stdout == run(*asked).stdout


@pytest.mark.parametrize("columns", [80, 140])
def test_the_table_marks_what_is_ours_and_fits(flows, columns):
    text = run("--data", flows, "--task", "entry", "--base-years", "2016", columns=columns).stdout
    assert "▸ Model" in text and "▸ Selection" in text and re.search(r"^ +Market size", text, re.M)
    assert "Of 100 markets that opened in 2019–2021" in text and "What it does not" in text
    assert "…" not in text and max(map(len, text.splitlines())) <= columns


def test_the_verdict_tells_the_figures_of_the_result(found):
    entry, growth, three, _ = found.tasks
    ours, lot = (entry.score(name).recall_at_10 for name in ("model", "random"))
    assert f"model would have named in 2016 held {100 * ours:.0f}" in verdict(entry)
    assert f"ten drawn by lot {100 * lot:.0f}." in verdict(entry)
    assert f"{growth.score('model').spearman:.2f}".replace("-", "−") in verdict(growth)
    assert "over the next three years" in verdict(three)


def test_a_gain_that_chance_may_explain_is_called_none():
    assert gain_words(Gain("a", "b", "auc", 0.05, 0.01, 0.09)) == "better by 0.050 (0.010 to 0.090)"
    assert gain_words(Gain("a", "b", "auc", -0.05, -0.09, -0.01)) == "worse by 0.050 (−0.090 to −0.010)"
    assert gain_words(Gain("a", "b", "auc", 0.05, -0.01, 0.09)).startswith("no clear difference")


def test_labels_stand_within_a_sentence():
    def score(label):
        return Score("x", label, *[float("nan")] * 8, ci={"auc": (-0.05, 0.12)})

    assert [in_text(score(x)) for x in ("Market size", "GDP growth")] == ["market size", "GDP growth"]
    assert interval_words(score("x"), MEASURES["auc"]) == "−.050 to .120"


def test_the_page_stands_alone_and_tells_every_figure(found):
    page = skill_html(found, "Made-up flows")
    assert page == skill_html(found, "Made-up flows")
    assert not re.search(r'(?:src|href)="(?!#|data:)', page) and "://" not in page.replace("http://www.w3.org", "")
    for task in found.tasks:
        for score in task.scores:
            assert score.label in page
    assert f"{found.tasks[0].score('model').auc:.3f}" in page and page.count("<svg") == 5  # one reliability curve
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'href="#([^"]+)"', page):
        assert target in ids


def test_json_keeps_the_published_shape_and_what_is_not_known_is_null(found):
    text = json.dumps(skill_dict(found, ["A note."]), allow_nan=False)
    SkillDocument.model_validate_json(text)
    published = files("beachhead.report") / "schema" / "skill-1.json"
    assert published.read_text(encoding="utf-8") == schema_text(SkillDocument)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--data", "moon.csv"), "no such file"),
        (("--data", "baci74", "--data", "wiod"), "give one of baci74"),
        (("--base-years", "soon"), "give years, such as"),
        (("--base-years", ""), "give years, such as"),
        (("--task", "luck"), "can judge"),
        (("--base-years", "2024"), "base years 1997 to 2019"),
        (("--data", "chapters", "--task", "entry"), "can judge demand"),
    ],
)
def test_bad_input_names_the_field_the_value_and_the_remedy(args, says, tmp_path):
    result = run(*args, "--out", tmp_path / "page.html", code=2)
    assert says in " ".join(result.stderr.split()) and not result.stdout
    assert not (tmp_path / "page.html").exists()


def test_the_page_is_written_where_it_is_asked(flows, tmp_path):
    target = tmp_path / "page.html"
    result = run("--data", flows, "--task", "level", "--base-years", "2016", "--out", target)
    assert str(target) in result.stderr.replace("\n", "") and target.read_text().rstrip().endswith("</html>")
    run("--data", flows, "--task", "level", "--base-years", "2016", "--out", tmp_path / "no" / "page.html", code=2)
