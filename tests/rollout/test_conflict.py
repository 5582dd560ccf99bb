"""Where no plan is possible, exactly the limits in conflict are named, and what would help is enough and no more."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from rollout.referee import best_of_all
from rollout.small import DIRECT, INDIRECT, NAMES, One, at_random, by_hand, limits

from beachhead.errors import InfeasibleError
from beachhead.rollout.conflict import conflict, explain, missing, parts
from beachhead.rollout.rules import Wish
from beachhead.rollout.solve import possible


def pin(market, quarter=None, mode=None, committed=False):
    return Wish(market, mode, quarter, committed)


def named(p):
    return sorted(part.limit for part in conflict(p))


def too_dear():
    """A pinned start that takes 2,310 where 1,000 may be spent; other limits are roomy."""
    flow = [-2_310.0, 500.0, 500.0, 500.0]
    return by_hand(
        [One(0, 0, 5_000.0, flow), One(1, 0, 100.0)], limits(cash=3_000.0, floor=2_000.0, pins=(pin("A", 0),))
    )


def two_for_one():
    """Two pins in the same quarter, one launch at a time."""
    ones = [One(0, t, 5_000.0) for t in range(4)] + [One(1, t, 4_000.0) for t in range(4)]
    return by_hand(ones, limits(launches=1, pins=(pin("A", 0), pin("B", 0))))


def committed_and_crowded():
    """What is committed takes 130 of 120 hours, whatever else is done."""
    ones = [One(0, 1, 5_000.0, hours=130.0), One(1, 0, 10.0)]
    return by_hand(ones, limits(hours=120.0, pins=(pin("A", 1, "direct_export", True),)))


def far_first():
    ones = [One(0, 0, 5_000.0), One(0, 2, 5_000.0)]
    return by_hand(ones, limits(phases=True, pins=(pin("A", 0),)), accessible=np.array([False]))


CONFLICTS = [
    (too_dear, ["cash", "pin"]),
    (two_for_one, ["launches", "pin", "pin"]),
    (committed_and_crowded, ["hours", "pin"]),
    (far_first, ["phases", "pin"]),
]


@pytest.mark.parametrize(("instance", "limits_in_conflict"), CONFLICTS)
def test_exactly_the_limits_in_conflict_are_named(instance, limits_in_conflict):
    assert named(instance()) == limits_in_conflict


@pytest.mark.parametrize("instance", [one for one, _ in CONFLICTS])
def test_without_any_one_of_them_a_plan_is_possible(instance):
    p = instance()
    assert not possible(p)
    for part in conflict(p):
        assert possible(replace(p, rules=part.without(p.rules))), part.words


def impossible(seeds):
    """Random problems in which the wishes cannot be met."""
    for seed in seeds:
        p = at_random(seed, most=1, pins=(pin(NAMES[0]), pin(NAMES[1], 1)))
        if best_of_all(p) is None:
            yield p


def test_of_random_conflicts_the_set_named_is_one_and_a_smallest_one():
    """All else dropped, the set still conflicts; any one of it dropped, it does not. By trying everything."""
    seen = 0
    for p in impossible(range(200, 214)):
        found = conflict(p)
        alone = p.rules
        for part in parts(p.rules):
            if part.words not in {kept.words for kept in found}:
                alone = part.without(alone)
        assert best_of_all(replace(p, rules=alone)) is None
        for part in found:
            assert best_of_all(replace(p, rules=part.without(alone))) is not None
        seen += len(found) > 0
    assert seen >= 3


def test_the_cash_that_is_said_to_be_missing_is_enough_and_the_least():
    p = too_dear()
    amount = missing(p, "cash")
    assert amount == pytest.approx(1_310.0, abs=1.0)
    assert possible(replace(p, rules=replace(p.rules, cash=p.rules.cash + amount + 1.0)))
    assert not possible(replace(p, rules=replace(p.rules, cash=p.rules.cash + amount - 10.0)))
    assert "raise cash.available_usd by USD 1,400" in str(explain(p))  # in whole hundreds, upwards


def test_the_hours_that_are_said_to_be_missing_are_enough_and_the_least():
    p = committed_and_crowded()
    assert missing(p, "hours") == pytest.approx(10.0, abs=0.6)
    said = int(re.search(r"free (\d+) more hours a week", str(explain(p))).group(1))
    assert possible(replace(p, rules=replace(p.rules, hours=p.rules.hours + 13.0 * said)))
    assert not possible(replace(p, rules=replace(p.rules, hours=p.rules.hours + 13.0 * (said - 1))))


def test_the_hours_said_to_be_missing_are_enough_though_some_are_kept_back():
    """A quarter of all hours is kept for surprises: of four hours freed, three can be planned with."""
    ones = [One(0, 1, 5_000.0, hours=390.0)]
    p = by_hand(ones, limits(hours=120.0, hours_kept=0.25, pins=(pin("A", 1),)))
    said = int(re.search(r"free (\d+) more hours a week", str(explain(p))).group(1))
    assert possible(replace(p, rules=replace(p.rules, hours=p.rules.hours + 13.0 * said)))
    assert not possible(replace(p, rules=replace(p.rules, hours=p.rules.hours + 13.0 * (said - 1))))


def test_the_launches_said_to_be_needed_are_enough_and_the_least():
    p = two_for_one()
    assert "allow 2 launches at once" in str(explain(p))
    assert possible(replace(p, rules=replace(p.rules, launches=2)))


def test_a_pinned_quarter_that_is_too_early_is_told_when_it_would_do():
    """Cash for A comes in from B's sales in 1 and 2: the pin in 0 is too early, 2 is the first that works."""
    ones = [One(0, t, 5_000.0, [0.0] * t + [-1_500.0] + [0.0] * (3 - t)) for t in range(4)]
    ones.append(One(1, value=100.0, flow=[200.0, 400.0, 400.0, 400.0], running=True))
    p = by_hand(ones, limits(cash=600.0, pins=(pin("A", 0, "direct_export"),)))
    text = str(explain(p))
    assert "direct export" in text and "put direct export into A in 2027Q1 off to 2027Q3" in text


def test_what_is_committed_is_never_put_off():
    text = str(explain(committed_and_crowded()))
    assert "(committed)" in text and "off to" not in text


def test_the_message_says_what_cannot_go_together_in_the_words_of_the_file():
    error = explain(two_for_one())
    assert isinstance(error, InfeasibleError) and error.exit_code == 3
    text = str(error)
    assert text.startswith("No plan is possible: ")
    assert "an entry into A in 2027Q1" in text and "an entry into B in 2027Q1" in text and "1 launches at once" in text


def test_a_pin_against_a_forbid_names_both():
    ones = [One(0, 0, 5_000.0, mode=DIRECT), One(0, 0, 5_000.0, mode=INDIRECT)]
    both = limits(pins=(pin("A", 0, "direct_export"),), forbids=(Wish("A", "direct_export", None),))
    p = by_hand(ones, both)
    assert named(p) == ["forbid", "pin"]
    assert "drop the forbid" in str(explain(p))


def test_a_firm_whose_own_markets_take_more_than_it_has_is_told_so():
    """No wish at all: going on where the firm sells already breaks the limit."""
    p = by_hand([One(0, value=5_000.0, hours=200.0, running=True), One(1, 0, 10.0)], limits(hours=100.0))
    assert named(p) == ["hours"]
    assert "going on where you sell" in str(explain(p))
