"""``beachhead plans diff``, and what ``beachhead plan`` says has changed since the last time."""

from __future__ import annotations

import json

import pytest
from cases import EXAMPLES
from cli.small_firm import small_firm
from click.testing import CliRunner

from beachhead.cli import main


def run(*args, code=0, columns=100):
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": str(columns)})
    assert result.exit_code == code, result.output
    return result


def words(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A firm that plans, and plans again with less cash: its folder, what was said, and both results."""
    place = tmp_path_factory.mktemp("firm")
    firm, folder = small_firm(place), place / "firm.plan"
    said = [run("plan", firm).stdout]
    results = [(folder / "result.json").read_text(encoding="utf-8")]
    first = {p.name for p in folder.iterdir()}
    small_firm(place, cash={"available_usd": 75_000.0})
    said.append(run("plan", firm).stdout)
    results.append((folder / "result.json").read_text(encoding="utf-8"))
    for k, text in enumerate(results):
        (place / f"{'ab'[k]}.json").write_text(text, encoding="utf-8")
    return place, folder, said, results, first


def test_the_first_plan_has_nothing_to_be_compared_with(runs):
    _, _, said, _, first = runs
    assert "Since the last plan" not in said[0] and "changes.md" not in first


def test_planning_again_with_other_cash_says_what_moved_and_why(runs):
    _, folder, said, results, _ = runs
    assert "Since the last plan" in said[1] and "→ 75,000" in said[1]
    kept = (folder / "changes.md").read_text(encoding="utf-8")
    assert "cash.available_usd" in kept and "75,000" in kept and kept.startswith("# Since the last plan")
    moves = [json.loads(text)["rollout"]["moves"] for text in results]
    if moves[0] != moves[1]:
        assert "all that moved follows from this" in words(said[1])


def test_the_result_does_not_depend_on_what_lay_in_the_folder(runs, tmp_path):
    place, folder, *_ = runs
    fresh = run("plan", place / "firm.toml", "--json").stdout
    assert fresh == (folder / "result.json").read_text(encoding="utf-8")


def test_an_unreadable_last_plan_is_no_hindrance(tmp_path):
    folder = tmp_path / "p"
    typed = ("plan", EXAMPLES / "kenya_coffee.toml", "--out", folder, "--no-rollout", "--draws", 300)
    run(*typed)
    (folder / "result.json").write_text("{", encoding="utf-8")
    said = run(*typed).stdout
    assert "Since the last plan" not in said and not (folder / "changes.md").exists()
    again = run(*typed).stdout
    assert "Nothing differs" in again and "says the same" in (folder / "changes.md").read_text(encoding="utf-8")


def test_diff_names_what_went_in_and_sets_figures_side_by_side(runs):
    place, *_ = runs
    for columns in (80, 100):
        said = run("plans", "diff", place / "a.json", place / "b.json", columns=columns).stdout
        assert max(len(x) for x in said.splitlines() if str(place) not in x) <= columns
    assert "cash.available_usd" in said and "Expected worth" in said and "What holds" in said


def test_diff_as_json_tells_both_worths_as_the_plans_have_them(runs):
    place, _, _, results, _ = runs
    found = json.loads(run("plans", "diff", place / "a.json", place / "b.json", "--json").stdout)
    figures = {one["id"]: (one["before"], one["after"]) for one in found["figures"]}
    assert figures["objective_usd"] == tuple(json.loads(text)["rollout"]["objective_usd"] for text in results)
    assert [one["field"] for one in found["inputs"]] == ["cash.available_usd"] and found["same_firm"] is True


def test_diff_takes_a_folder_and_a_firm_file_which_it_plans(runs):
    place, folder, *_ = runs
    found = json.loads(run("plans", "diff", folder, place / "firm.toml", "--json").stdout)
    assert found["inputs"] == [] and found["steps"] == [] and found["gates"] == []


def test_plans_of_two_firms_are_compared_and_said_to_be_two(runs, tmp_path):
    place, *_ = runs
    run("plan", EXAMPLES / "kenya_coffee.toml", "--no-rollout", "--draws", 300, "--out", tmp_path / "coffee")
    said = words(run("plans", "diff", place / "a.json", tmp_path / "coffee").stdout)
    assert "two firms" in said and "has no moves to compare" in said


@pytest.mark.parametrize("typed", [["nowhere.plan"], ["x.json"]])
def test_a_plan_that_is_not_there_is_one_message(typed, runs):
    place, *_ = runs
    result = run("plans", "diff", place / "a.json", *typed, code=2)
    assert "no such file" in words(result.stderr) and result.stdout == ""
