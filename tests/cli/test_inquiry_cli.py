"""``beachhead inquiry`` and ``beachhead pilot``: what is said, what is written, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from cli.small_firm import small_firm
from click.testing import CliRunner

from beachhead.cli import main
from beachhead.cli.inquiry import saved_rollout
from beachhead.cli.planning import make_plan
from beachhead.learn.inquiry import answer

KEYS = {"channel", "markets", "cost_usd", "weeks", "gain_usd", "gain_sd", "delay_usd", "net_usd"}


def run(*args, code=0, columns=100):
    result = CliRunner().invoke(main, [str(a) for a in args], env={"COLUMNS": str(columns)})
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return small_firm(tmp_path_factory.mktemp("firm"))


@pytest.fixture(scope="module")
def asked(firm):
    return json.loads(run("inquiry", firm, "--json").stdout)


def test_json_has_the_published_keys_and_adds_up(asked):
    assert asked["schema"] == "beachhead.inquiry/1" and isinstance(asked["stop"], bool) and asked["why"]
    assert asked["inquiries"] and len(asked["inquiries"]) <= 10
    for one in [*asked["inquiries"], *(x for b in asked["batches"] for x in b["inquiries"])]:
        assert set(one) == KEYS and one["markets"]
        assert one["net_usd"] == pytest.approx(one["gain_usd"] - one["cost_usd"] - one["delay_usd"], abs=1.0)
        assert one["gain_usd"] <= asked["perfect_usd"]
    assert asked["stop"] == (asked["inquiries"][0]["net_usd"] <= 0 and not asked["batches"])


def test_the_same_file_gives_the_same_bytes_and_nothing_is_written(firm, asked):
    before = sorted(p.name for p in firm.parent.iterdir())
    again = run("inquiry", firm, "--json").stdout
    assert again == json.dumps(asked, ensure_ascii=False, indent=2) + "\n"
    assert sorted(p.name for p in firm.parent.iterdir()) == before


def test_text_and_picture_say_what_to_ask_first_and_what_not_and_the_text_fits_the_screen(firm, asked, tmp_path):
    target = tmp_path / "asked.svg"
    said = run("inquiry", firm, "--chart", target, columns=80).stdout
    assert max(map(len, said.splitlines())) <= 80 and "\x1b" not in said
    assert " ".join(said.split()).startswith(asked["why"][:60])
    worst = said.partition("Not worth asking")[2]
    assert asked["not_worth"][0]["why"][:20] in " ".join(worst.split())
    root = ElementTree.fromstring(target.read_text(encoding="utf-8"))
    text = " ".join("".join(x.itertext()) for x in root.iter("{http://www.w3.org/2000/svg}text"))
    assert text.count(":") >= len(asked["inquiries"])


def test_top_and_budget_are_kept_and_a_picture_that_cannot_be_written_is_said(firm, tmp_path):
    few = json.loads(run("inquiry", firm, "--top", 2, "--budget", 400, "--json").stdout)
    assert len(few["inquiries"]) <= 2 and all(one["cost_usd"] <= 400 for one in few["inquiries"])
    assert "cannot be written" in run("inquiry", firm, "--chart", tmp_path / "none" / "asked.svg", code=2).stderr


def test_planning_anew_stands_beside_the_quick_figure(firm):
    found = json.loads(run("inquiry", firm, "--exact", "--json").stdout)
    assert [one["channel"] for one in found["exact"]] == [one["channel"] for one in found["inquiries"][:3]]
    assert all(one["exact_gain_usd"] >= 0 for one in found["exact"])


def test_a_plan_beside_the_file_says_which_entries_wait(tmp_path):
    """What begins only after the answer has come does not wait. A plan that cannot be read is said and passed over."""
    path = small_firm(tmp_path, pace={"candidates": 3, "quarters": 8})
    result = path.with_suffix(".plan") / "result.json"
    result.parent.mkdir()
    result.write_text(run("rollout", path, "--json").stdout, encoding="utf-8")
    shown = json.loads(run("inquiry", path, "--json").stdout)["inquiries"]
    plan = make_plan(path, rollout=False)
    rollout = saved_rollout(path, plan)
    given = (plan.firm, plan.evidence, plan.selection, plan.modes, None)
    found = answer(*given, rollout, top=10).inquiries.inquiries
    assert [one.delay_usd for one in found] == pytest.approx([one["delay_usd"] for one in shown], abs=0.5)
    later = replace(rollout, presences=tuple(replace(p, start=8) for p in rollout.presences))
    assert all(one.delay_usd < 0.01 for one in answer(*given, later).inquiries.inquiries)
    result.write_text("{}", encoding="utf-8")
    again = run("inquiry", path, "--json")
    assert "cannot be used" in again.stderr and json.loads(again.stdout)["inquiries"]


@pytest.mark.parametrize("command", ["inquiry", "pilot"])
def test_bad_input_is_one_message(command, firm, tmp_path):
    assert "Error" in run(command, tmp_path / "none.toml", code=2).stderr
    nowhere = small_firm(tmp_path, screen={"min_gdp_usd": 1e15}, presence=())
    assert "no market is left" in run(command, nowhere, code=3).stderr


# Pilots.


def test_pilots_are_designed_for_one_market_or_for_the_best(firm):
    one = json.loads(run("pilot", firm, "DEU", "--sure", 0.85, "--json").stdout)
    (found,) = one["pilots"]
    assert found["market"] == "DEU" and found["shortest"]["p_right"] >= 0.85
    assert found["shortest"]["prep_quarters"] + found["shortest"]["quarters"] <= 8
    said = run("pilot", firm, columns=80).stdout
    assert max(map(len, said.splitlines())) <= 80
    assert said.count("or not?") > 1 and all(word in said for word in ("shortest", "cheapest", "surest"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [(("Germny",), "did you mean DEU"), (("PRT",), "market"), (("DEU", "--sure", "1.2"), "--sure")],
)
def test_a_pilot_that_cannot_be_is_refused(firm, typed, words):
    assert words in run("pilot", firm, *typed, code=2).stderr
