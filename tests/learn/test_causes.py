"""Because of which entries: what is told adds up to the whole, and names the right one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learn.teaching import belief, entry, result

from beachhead.learn.causes import effects, known_then, log_mean, news, parts, weighed
from beachhead.learn.journal import EMPTY, Journal
from beachhead.learn.result import Source

SHIFTS = st.lists(st.floats(-3, 3), min_size=1, max_size=6)


@given(SHIFTS)
def test_parts_of_a_belief_add_up_to_the_change_of_its_middle(shifts):
    sources = tuple(Source(k + 1) for k in range(len(shifts)))
    found = parts(belief(("DEU",), sources, [shifts]), 0)
    assert sum(p.log for p in found) == pytest.approx(sum(shifts), abs=1e-9)
    assert sum(p.pct for p in found) == pytest.approx(100 * np.expm1(sum(shifts)), rel=1e-9, abs=1e-7)
    assert [abs(p.log) for p in found] == sorted((abs(p.log) for p in found), reverse=True)


@given(SHIFTS)
def test_each_part_has_the_sign_of_what_it_did(shifts):
    """Also where entries pull against each other and the sum is next to nothing, when a share of it would explode."""
    sources = tuple(Source(k + 1) for k in range(len(shifts)))
    found = parts(belief(("DEU",), sources, [[*shifts[:-1], -sum(shifts[:-1]) + 1e-9]]), 0)
    assert all(p.log * p.pct >= 0 for p in found)
    assert all(abs(p.pct) <= 100.1 * abs(p.log) for p in found)


def test_two_entries_by_hand():
    """Doubled and then a fifth off: ×1.6. ln 2 and ln 0.8 share 60 % as 0.6931 : −0.2231."""
    found = parts(belief(("DEU",), (Source(1), Source(2)), [np.log([2.0, 0.8])]), 0)
    assert [(p.source.entry, round(p.pct, 2)) for p in found] == [(1, 88.49), (2, -28.49)]


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_logarithmic_mean_lies_between_geometric_and_arithmetic(a, b):
    assert np.sqrt(a * b) * (1 - 1e-9) <= log_mean(a, b) <= (a + b) / 2 * (1 + 1e-9)


# --- what is new ----------------------------------------------------------------------------------------------------


def test_only_what_came_in_since_is_new_and_each_is_left_out_alone():
    old, new, books = entry(1, "DEU"), entry(2, "FRA"), result("DEU", "2027Q1", 9e3)
    found = news(Journal((old,)), Journal((old, new), (books,)))
    assert [one.name for one in found] == ["entry 2", "results in DEU"]
    assert found[0].without == Journal((old,), (books,))
    assert found[1].without == Journal((old, new))


def test_without_a_correction_the_entry_that_it_corrects_counts_again():
    first, second, third = entry(1, "DEU"), entry(2, "DEU", supersedes=1), entry(3, "DEU", supersedes=2)
    found = news(Journal((first,)), Journal((third,)), {1: first, 2: second})
    assert [one.name for one in found] == ["entry 3"]
    assert found[0].without == Journal((first,))


def test_without_the_latest_results_of_a_market_those_before_stand():
    before, after = result("DEU", "2027Q1", 9e3), result("DEU", "2027Q1", 7e3)
    other = result("FRA", "2027Q1", 1e3)
    found = news(Journal((), (before, other)), Journal((), (after, other)))
    assert [one.name for one in found] == ["results in DEU"]
    assert found[0].without.results == (before, other)


def test_keeping_an_assumption_is_news_too():
    now = Journal((entry(1, "DEU"),), held=frozenset({"ramp_1"}))
    assert [one.name for one in news(Journal(now.entries), now)] == ["assumptions kept or given back"]


def test_the_journal_of_an_earlier_plan_is_found_by_the_numbers_it_wrote_down():
    first, second = entry(1, "DEU"), entry(2, "DEU", supersedes=1)
    books = [result("DEU", "2027Q1", 5e3, id=1), result("DEU", "2027Q2", 6e3, id=2)]
    then = known_then({"entries": [1], "results": [1], "held": ["ramp_1"]}, [first, second, *books])
    assert then == Journal((first,), (books[0],), frozenset({"ramp_1"}))
    assert known_then(None, [first]) == EMPTY


# --- what it changed ------------------------------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(0, 2**31))
def test_effects_add_up_for_any_value_however_entries_work_together(count, seed):
    rng = np.random.default_rng(seed)
    worth = {}

    def value(journal):
        """Any number whatever for any set of entries."""
        key = frozenset(one.id for one in journal.entries)
        return worth.setdefault(key, rng.normal(0, 1e5, (3, 2)))

    now = Journal(tuple(entry(k + 1, "DEU") for k in range(count)))
    e = effects(news(EMPTY, now), EMPTY, now, value)
    np.testing.assert_allclose(e.before + e.each.sum(axis=0) + e.together, e.after, atol=1e-6)


def test_the_right_entry_is_named_and_nothing_is_left_where_entries_do_not_work_together():
    usd = {1: 10.0, 2: -4.0, 3: 0.0}
    now = Journal(tuple(entry(k, "DEU") for k in usd))
    e = effects(news(EMPTY, now), EMPTY, now, lambda j: np.array(sum(usd[one.id] for one in j.entries)))
    assert dict(zip(e.names, e.each.tolist(), strict=True)) == {"entry 1": 10.0, "entry 2": -4.0, "entry 3": 0.0}
    assert e.together == 0.0


def test_what_two_entries_do_only_together_stands_by_itself():
    """Either of two alone convinces nobody: each is needed, so each counts in full, and together they count once."""
    now = Journal((entry(1, "DEU"), entry(2, "DEU")))
    e = effects(news(EMPTY, now), EMPTY, now, lambda j: np.array(100.0 * (len(j.entries) == 2)))
    assert e.each.tolist() == [100.0, 100.0] and float(e.together) == -100.0


def test_many_weak_entries_are_left_out_as_one_and_it_still_adds_up():
    usd = {k: 1000.0 / k for k in range(1, 11)}
    now = Journal(tuple(entry(k, "DEU") for k in usd))
    sources = tuple(Source(k) for k in usd)
    moved = belief(("DEU",), sources, [[x / 1e5 for x in usd.values()]])
    found = weighed(news(EMPTY, now), [moved], now, most=3)
    assert [one.name for one in found] == ["entry 1", "entry 2", "entry 3", "7 weaker ones together"]
    e = effects(found, EMPTY, now, lambda j: np.array(sum(usd[one.id] for one in j.entries)))
    assert e.each[-1] == pytest.approx(sum(list(usd.values())[3:]))
    assert e.together == pytest.approx(0.0, abs=1e-9)
