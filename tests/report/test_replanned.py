"""A plan made anew beside the one before: what is called a cause, and what is not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from report.synthetic import synthetic_firm, synthetic_plan
from report.synthetic_rollout import planned

from beachhead.enter.modes import MODES
from beachhead.learn.causes import Effects, New
from beachhead.learn.journal import EMPTY
from beachhead.learn.replan import Replanned, order_by_worth
from beachhead.learn.result import Source
from beachhead.learn.roll import CashNow, Rolled
from beachhead.report.diff import difference
from beachhead.report.diff_result import Step
from beachhead.report.replanned import (
    Report,
    account,
    cash_line,
    last_of,
    moved_lines,
    moved_on,
    order_words,
    replan_part,
    step_causes,
    whole,
)
from beachhead.report.replanned import (
    planned as planned_of,
)

CASH = CashNow(120_000.0, "2027Q1", 0.0, 0.0, 0.0, 0.0, 120_000.0, 0.0, stated=False)
SOURCES = (Source(1), Source(2), Source(market="DEU"))


def rolled(**changes) -> Rolled:
    nothing = dict.fromkeys(("made", "begun", "dropped", "ahead", "left", "let_go"), ())
    given = {"firm": synthetic_firm(), "as_of": "2027Q1", "weeks": {}, "cash": CASH} | nothing | changes
    return Rolled(**given)


def replanned(each, together=0.0, before=10_000.0, **changes) -> Replanned:
    """A plan of 12 markets; ``each`` (3,): what entries 1 and 2 and results add to every worth, USD."""
    plan = planned(synthetic_plan(markets=12))
    shape = plan.modes.value_usd.shape
    effect = np.asarray(each, dtype=float)[:, None, None] * np.ones((3, *shape))
    base, rest = np.full(shape, before), np.full(shape, together)
    names = ("entry 1", "entry 2", "results in DEU")
    found = Effects(names, SOURCES, base, base + effect.sum(axis=0) + rest, effect, rest)
    news = tuple(New(name, source, EMPTY) for name, source in zip(names, SOURCES, strict=True))
    return Replanned(plan, rolled(**changes), news, found)


def step(market: str, *changes: str, before="ecommerce", after="ecommerce") -> Step:
    was, now = ({"market": market, "mode": m, "quarter": "2027Q2", "kind": "enter"} for m in (before, after))
    return Step("entry", market, None if "added" in changes else was, None if "dropped" in changes else now, changes, 0)


MARKET = synthetic_plan(markets=12).selection.markets[3]


# --- causes ---------------------------------------------------------------------------------------------------------


def test_what_a_market_is_worth_adds_up_and_so_does_the_plan():
    new = replanned([3_000.0, -1_000.0, 500.0], together=250.0)
    for one in (account(new, MARKET, "ecommerce"), whole(new)):
        assert one.before + sum(c.usd for c in one.causes) + one.together == pytest.approx(one.after)
    parts = [account(new, *place) for place in planned_of(new)]
    assert whole(new).after == pytest.approx(sum(one.after for one in parts))


def test_the_strongest_entry_that_moved_it_the_same_way_is_named_first():
    new = replanned([3_000.0, -1_000.0, 5_000.0])
    assert [c.name for c in step_causes(new, step(MARKET, "added"))] == ["results in DEU", "entry 1"]


@pytest.mark.parametrize(("gain", "change"), [(5_000.0, "later"), (5_000.0, "dropped"), (-5_000.0, "added")])
def test_a_market_worth_more_is_not_put_off_for_it_nor_one_worth_less_begun(gain, change):
    assert step_causes(replanned([gain, 0.0, 0.0]), step(MARKET, change)) == ()


def test_an_entry_that_does_next_to_nothing_is_no_cause():
    assert step_causes(replanned([40.0, 0.0, 0.0]), step(MARKET, "added")) == ()
    assert step_causes(replanned([400.0, 0.0, 0.0], before=1e6), step(MARKET, "added")) == ()


def test_another_mode_is_explained_by_its_lead_over_the_old_one():
    """Entry 1 lifts every mode alike, entry 2 the new one alone: only entry 2 is behind the change."""
    new = replanned([9_000.0, 0.0, 0.0])
    new.effects.each[1, :, MODES.index("licensing")] = 2_000.0
    new.effects.after[:, MODES.index("licensing")] += 2_000.0
    found = step_causes(new, step(MARKET, "mode", before="ecommerce", after="licensing"))
    assert [(c.name, round(c.usd)) for c in found] == [("entry 2", 2_000)]


def test_time_is_the_cause_of_what_was_not_done_when_it_was_due():
    late = SimpleNamespace(market=MARKET, kind="enter")
    new = replanned([-5_000.0, 0.0, 0.0], dropped=(late,))
    assert step_causes(new, step(MARKET, "later")) == ()
    assert [c.name for c in step_causes(new, step(MARKET, "dropped"))] == ["entry 1"]


def said_of(new: Replanned, found: Step) -> str:
    plain = planned(synthetic_plan(markets=12)).to_dict()
    diff = replace(difference(plain, plain), steps=(found,))
    return next(iter(moved_lines(Report(new, diff, (), ()))))


def test_a_move_says_because_of_which_entries_or_that_none_is_behind_it():
    assert "because of entry 1 (+USD 5.0k)" in said_of(replanned([5_000.0, 0.0, 0.0]), step(MARKET, "added"))
    assert "not because of an entry" in said_of(replanned([0.0, 0.0, 0.0]), step(MARKET, "added"))


def test_a_market_that_was_left_is_gone_because_it_was_left():
    new = replanned([5_000.0, 0.0, 0.0], left=(MARKET,))
    assert said_of(new, step(MARKET, "dropped")).endswith("– because you have left it")


def test_software_is_never_said_to_move_by_what_was_learnt_of_it():
    bought = Step("automation", MARKET, None, {"name": "Help desk", "quarter": "2027Q2"}, ("added",), 0)
    assert "learnt" not in said_of(replanned([5_000.0, 0.0, 0.0]), bought)


@pytest.mark.parametrize(
    ("gain", "up", "told"),
    [
        (900.0, False, "since others gained more (+USD 900 here)"),
        (-900.0, True, "since others lost more (−USD 900 here)"),
        (900.0, True, "because of entry 1 (+USD 900)"),
        (-900.0, False, "because of entry 1 (−USD 900)"),
    ],
)
def test_a_place_is_not_lost_because_of_what_speaks_for_it(gain, up, told):
    new = replanned([gain, 0.0, 0.0])
    assert told in order_words(account(new, MARKET, "ecommerce"), up, new)


def test_where_nothing_changes_it_says_so():
    plain = planned(synthetic_plan(markets=12)).to_dict()
    report = Report(replanned([0.0, 0.0, 0.0]), difference(plain, plain), (), ())
    assert report.nothing and "nothing: all" in next(iter(moved_lines(report)))


def test_order_by_worth_looks_at_open_modes_only():
    worth = np.array([[5.0, 90.0], [10.0, 0.0], [7.0, 0.0]])
    shut = np.array([[True, False], [True, True], [True, True]])
    assert order_by_worth(worth, shut).tolist() == [3, 1, 2]


# --- the plan before ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document():
    return planned(synthetic_plan(markets=12)).to_dict()


def test_with_nothing_done_and_no_time_gone_the_plan_before_is_as_it_was(document):
    last = last_of(document, (), synthetic_firm(), "2027Q1")
    then = moved_on(document, last, EMPTY, rolled(), document)
    assert then["rollout"]["moves"] == document["rollout"]["moves"]
    assert not difference(then, document).steps


def test_what_was_done_runs_and_what_goes_on_is_committed_in_the_plan_before(document):
    enters = [m["market"] for m in document["rollout"]["moves"] if m["kind"] == "enter"]
    there = {"country": enters[0], "mode": "licensing", "since": "2027Q1"}
    owner = type(synthetic_firm()).model_validate(synthetic_firm().model_dump() | {"presence": [there]})
    begun = SimpleNamespace(market=enters[1], mode="ecommerce", quarter="2027Q1", kind="enter", spend_usd=0.0)
    now = rolled(firm=owner, as_of="2027Q2", begun=(begun,))
    last = last_of(document, (), synthetic_firm(), "2027Q2")
    moves = {
        m["market"]: m
        for m in moved_on(document, last, EMPTY, now, document)["rollout"]["moves"]
        if m["kind"] != "switch"
    }
    assert (moves[enters[0]]["kind"], moves[enters[0]]["mode"]) == ("continue", "licensing")
    assert (moves[enters[1]]["quarter"], moves[enters[1]]["why"]) == ("2027Q2", "committed")


def test_cash_that_the_owner_wrote_into_the_file_since_is_what_there_is_now(document):
    more = type(synthetic_firm()).model_validate(
        synthetic_firm().model_dump() | {"cash": {"available_usd": 99_000.0, "floor_usd": 1_000.0}}
    )
    assert last_of(document, (), more, "2027Q3").cash_from == "2027Q3"
    assert last_of(document, (), synthetic_firm(), "2027Q3").cash_from == document["rollout"]["quarters"][0]


def test_a_replanned_plan_hands_on_since_when_its_cash_counts(document):
    part = {"as_of": "2027Q3", "cash_from": "2027Q1", "cash_usd": 120_000.0, "begun": [], "file": document["firm"]}
    last = last_of({**document, "replan": part}, (), synthetic_firm(), "2027Q4")
    assert (last.cash_from, last.cash_usd) == ("2027Q1", 120_000.0)


def test_a_replanned_plan_hands_on_what_was_spent_as_planned(document):
    spent = CashNow(120_000.0, "2027Q1", 0.0, 5_000.0, 5_000.0, 0.0, 115_000.0, 0.0, stated=False, planned={"DEU": 5e3})
    handed = [
        last_of(
            {**document, "replan": replan_part(rolled(cash=cash), synthetic_firm())}, (), synthetic_firm(), "2028Q1"
        )
        for cash in (spent, replace(spent, stated=True))
    ]
    assert [one.planned for one in handed] == [{"DEU": 5_000.0}, {}]  # cash that the owner states has it in already


def test_cash_is_told_with_its_parts():
    cash = CashNow(120_000.0, "2027Q1", 4_000.0, 9_000.0, 5_000.0, 300.0, 114_700.0, 0.0, stated=False)
    said = cash_line(rolled(cash=cash))
    assert all(part in said for part in ("115k", "120k", "9.0k", "5.0k of it as planned", "300", "4.0k", "2027Q1"))
    assert "as you say" in cash_line(rolled(cash=replace(cash, stated=True)))
