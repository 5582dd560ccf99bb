"""``beachhead skill policies``: what it prints, writes and refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from beachhead.cli import main
from beachhead.report.policies import verdict
from beachhead.skill.policies.result import Group, Mean, Pair, Part

QUICK = ["--kinds", "services_poor_few", "--policies", "stay_home", "--policies", "greedy", "--processes", "1"]


def run(*args):
    return CliRunner().invoke(main, ["skill", "policies", *args])


@pytest.mark.parametrize(
    ("args", "field"),
    [
        (["--kinds", "goods_poor"], "--kinds"),
        (["--policies", "nobody"], "--policies"),
        (["--world", "flat"], "--world"),
        (["firm.toml", "--kinds", "goods_poor_few"], "--kinds"),
    ],
)
def test_what_is_not_known_is_named_with_what_to_choose_from(args, field):
    result = run(*args)
    assert result.exit_code == 2
    assert field in result.stderr


def test_a_small_tournament_as_json_and_as_a_page_with_a_chart(tmp_path):
    page = tmp_path / "policies.html"
    result = run(*QUICK, "--worlds", "4", "--wrong-prior", "--json", "--out", str(page))
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["worlds"] == 4 and found["finished"]
    assert [one["name"] for one in found["policies"]] == ["stay_home", "greedy"]
    assert [part["prior"] for part in found["parts"]] == ["right", "wrong"]
    assert found["verdict"]
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text and "Greedy by score" in text


def test_the_table_names_every_policy_and_the_bound():
    result = run(*QUICK, "--worlds", "2")
    assert result.exit_code == 0, result.stderr
    for name in ("Stay home", "Greedy by score", "Clairvoyant"):
        assert name in result.stdout


def test_an_interrupt_shows_what_was_played_and_exits_130(monkeypatch):
    from beachhead.skill.policies import tournament as module

    whole = module.tournament

    def interrupted(*args, tell, **given):
        def stop(label, share):
            if label == "Playing the worlds" and share >= 0.5:
                raise KeyboardInterrupt

        return whole(*args, tell=stop, **given)

    monkeypatch.setattr(module, "tournament", interrupted)
    result = run(*QUICK, "--worlds", "40", "--json")
    assert result.exit_code == 130
    found = json.loads(result.stdout)
    assert not found["finished"] and 0 < found["worlds"] < 40
    assert "Interrupted" in result.stderr


def test_an_interrupt_before_anything_is_played_says_so_and_exits_130(monkeypatch):
    from beachhead.skill.policies import tournament as module

    def interrupted(*args, **given):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_prepared", interrupted)
    result = run(*QUICK, "--worlds", "4")
    assert result.exit_code == 130
    assert not result.stdout.strip()


def test_few_worlds_are_said_to_tell_nothing_and_a_loss_is_called_one():
    """An interval that holds zero is no proof that a rival does as well."""
    nothing = Mean(1.0, -5.0, 7.0)

    def group(*verdicts):
        pairs = tuple(Pair(v, v, nothing, v) for v in verdicts)
        return Group("one", "goods", 2, 0.0, (), pairs)

    part = Part("right", "Ours", group("better"), (group("as_good", "worse"), group("better")), ())
    said = verdict(part)[2:]
    assert said == ("For a firm of goods: not clearly better than as_good.", "For a firm of goods: worse than worse.")
