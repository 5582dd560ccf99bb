"""The firm at a later date: what was done runs, what has begun goes on, what was not done is free again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from learn.teaching import entry, result
from report.synthetic import synthetic_firm

from beachhead.assumptions import PACKAGED
from beachhead.enter.modes import MODES
from beachhead.enter.tables import number
from beachhead.errors import InputError
from beachhead.firm import Committed, Firm, Pin, Presence, running, sales_abroad
from beachhead.learn.journal import EMPTY, Journal
from beachhead.learn.roll import Last, Rolled, next_quarter, roll, spells
from beachhead.quarters import quarter_name, quarter_number
from beachhead.rollout.result import Move

FIRST = "2027Q1"


def firm(**changes: Any) -> Firm:
    return Firm.model_validate(synthetic_firm().model_dump() | changes)


def move(market: str, quarter: str, *, due: str = "", mode: str = "ecommerce", **more: Any) -> Move:
    given = {"phase": "pilot", "kind": "enter", "spend_usd": 5_000.0, "hours_quarter": 40.0, "if_sales_usd": 0.0}
    given |= {"chance": 1.0, "cheaper_by": (), "why": ""} | more
    return Move(market=market, mode=mode, quarter=quarter, first_sale=due or quarter, **given)


def rolled(moves=(), results=(), as_of="2027Q3", owner=None, entries=(), due=None, cash=None, planned=None) -> Rolled:
    last = Last(FIRST, tuple(moves), due or {}, FIRST, planned=planned or {})
    return roll(owner or firm(), last, Journal(tuple(entries), tuple(results)), as_of, cash)


# --- what became of the moves ---------------------------------------------------------------------------------------


def test_a_market_with_sales_runs_from_its_first_sale_in_the_mode_that_results_name():
    found = rolled([move("DEU", FIRST)], [result("DEU", "2027Q2", 4e3, 2e3, mode="direct_export")])
    assert [m.market for m in found.made] == ["DEU"] and not found.dropped
    assert found.firm.presence == (Presence(country="DEU", mode="direct_export", since="2027Q2"),)
    assert running(found.firm, found.month)


def test_the_mode_is_the_plans_where_results_name_none():
    found = rolled([move("DEU", FIRST, mode="licensing")], [result("DEU", "2027Q1", 4e3)])
    assert found.firm.presence[0].mode == "licensing"


def test_sales_that_the_file_states_are_not_forgotten_when_the_mode_changes():
    """Else the same sales would be news to the beliefs once more."""
    owner = firm(presence=[{"country": "DEU", "mode": "direct_export", "since": "2024Q1", "sales_usd": 46_000}])
    books = [result("DEU", "2027Q1", 12e3), result("DEU", "2027Q2", 12e3, mode="subsidiary")]
    assert sales_abroad(rolled([], books, owner=owner).firm, "2027-06") == {"DEU": 46_000.0}
    books[1] = books[1].model_copy(update={"left": True})
    assert sales_abroad(rolled([], books, owner=owner).firm, "2027-06") == {}


def test_a_switch_that_is_planned_for_later_is_not_yet_the_mode_of_what_was_sold():
    moves = [move("DEU", FIRST), move("DEU", "2028Q1", mode="licensing", kind="switch")]
    found = rolled(moves, [result("DEU", "2027Q1", 1e4)])
    assert found.firm.presence[0].mode == "ecommerce"
    assert found.cash.income_usd == rolled(moves[:1], [result("DEU", "2027Q1", 1e4)]).cash.income_usd


def test_what_was_due_and_of_which_there_is_no_trace_is_dropped_and_what_comes_later_is_ahead():
    late, ahead = move("FRA", FIRST), move("AUT", "2027Q4")
    found = rolled([late, ahead])
    assert (found.dropped, found.ahead, found.made, found.begun) == ((late,), (ahead,), (), ())
    assert not found.firm.presence and not found.firm.committed


@pytest.mark.parametrize(
    ("one", "books"),
    [
        (move("DEU", "2027Q1", due="2027Q4"), []),  # its first sale is not due yet
        (move("DEU", "2027Q1", due="2027Q2", why="committed"), []),  # decided, and late
        (move("DEU", "2027Q1", due="2027Q2"), [result("DEU", "2027Q2", 0.0, 3e3)]),  # money was spent
    ],
)
def test_what_has_begun_goes_on_with_the_weeks_that_are_left(one, books):
    found = rolled([one], books, due={"DEU": 3.5})
    assert [m.market for m in found.begun] == ["DEU"]
    assert found.firm.committed == (Committed(market="DEU", mode="ecommerce", quarter="2027Q3"),)
    assert found.weeks["DEU"] == pytest.approx(13 * 1.5)  # due 3.5 quarters after 2027Q1; 2 of them are gone


def test_a_commitment_of_the_firm_file_whose_quarter_is_past_goes_on():
    owner = firm(committed=[{"market": "NLD", "mode": "ecommerce", "quarter": FIRST}])
    found = rolled([], [], owner=owner)
    assert [c.market for c in found.firm.committed] == ["NLD"] and found.firm.committed[0].quarter == "2027Q3"


def test_a_switch_is_made_when_results_name_its_mode():
    switch = move("DEU", "2027Q2", kind="switch", mode="subsidiary")
    books = [result("DEU", "2027Q1", 4e3, mode="ecommerce"), result("DEU", "2027Q2", 9e3, mode="subsidiary")]
    made = rolled([move("DEU", FIRST), switch], books)
    assert switch in made.made
    assert [(p.mode, p.since, p.until) for p in made.firm.presence] == [
        ("ecommerce", "2027Q1", "2027Q1"),
        ("subsidiary", "2027Q2", None),
    ]
    assert switch in rolled([move("DEU", FIRST), switch], books[:1]).dropped


def test_a_market_that_was_left_ends_and_is_not_entered_again_unless_it_is_pinned():
    books = [result("DEU", "2027Q1", 4e3), result("DEU", "2027Q2", 1e3, left=True)]
    found = rolled([move("DEU", FIRST)], books)
    assert found.left == ("DEU",) and not running(found.firm, found.month)
    assert [f.market for f in found.firm.forbid] == ["DEU"]
    asked = rolled([move("DEU", FIRST)], books, owner=firm(pin=[{"market": "DEU"}]))
    assert not asked.firm.forbid and asked.firm.pin == (Pin(market="DEU"),)


def test_wishes_whose_time_has_passed_are_let_go_and_said():
    pins = [{"market": "DEU", "quarter": "2027Q1"}, {"market": "AUT", "quarter": "2027Q4"}]
    found = rolled([], [], owner=firm(pin=pins, forbid=[{"quarter": "2027Q2"}, {"market": "FRA"}]))
    assert [p.market for p in found.firm.pin] == ["AUT"] and [f.market for f in found.firm.forbid] == ["FRA"]
    assert found.let_go == ("pin of DEU in 2027Q1",)


# --- spells ---------------------------------------------------------------------------------------------------------

QUARTERS = [quarter_name(quarter_number(FIRST) + k) for k in range(8)]
ROWS = st.lists(
    st.tuples(st.sampled_from([0.0, 5e3]), st.sampled_from([None, "ecommerce", "licensing"]), st.booleans())
)


@given(ROWS.map(lambda rows: rows[:8]))
def test_spells_follow_each_other_and_cover_every_quarter_with_sales(rows):
    books = [result("DEU", q, s, mode=m, left=x) for q, (s, m, x) in zip(QUARTERS, rows, strict=False)]
    found = spells(books, None, "ecommerce")
    spans = [(quarter_number(p.since), quarter_number(p.until) if p.until else 10**6) for p in found]
    assert all(a <= b for a, b in spans) and all(b < c for (_, b), (c, _) in pairwise(spans))
    sold = [quarter_number(row.quarter) for row in books if row.sales_usd > 0 and not row.left]
    assert all(any(a <= q <= b for a, b in spans) for q in sold)


# --- cash and date --------------------------------------------------------------------------------------------------


def test_cash_by_hand():
    """120,000 less 3,000 + 2,000 of costs and 300 for a fair, plus what the mode and the goods leave of 10,000."""
    books = [result("DEU", "2027Q1", 0.0, 3e3), result("DEU", "2027Q2", 1e4, 2e3)]
    found = rolled([move("DEU", FIRST)], books, entries=[entry(1, "DEU", cost_usd=300.0)])
    left = 1e4 * float(number("margin_kept", PACKAGED)[MODES.index("ecommerce")]) * 0.6
    assert found.cash.income_usd == pytest.approx(left)
    assert found.cash.now_usd == pytest.approx(120_000 - 5_300 + left)
    assert found.firm.cash.available_usd == pytest.approx(found.cash.now_usd, abs=0.01)


def test_set_up_that_no_result_states_is_taken_from_the_plan():
    found = rolled([move("DEU", FIRST)], [result("DEU", "2027Q2", 1.0)])
    assert found.cash.planned_usd == 5_000.0 and found.cash.spent_usd == 5_000.0


def test_what_was_spent_as_planned_stays_spent_when_the_next_plan_no_longer_has_the_move():
    """Asked again a quarter later, with the market running in a plan of its own, there is as much less cash."""
    books = [result("DEU", "2027Q2", 1e4), result("DEU", "2027Q3", 1e4)]
    first = rolled([move("DEU", FIRST)], books[:1])
    on = move("DEU", "2027Q3", kind="continue", spend_usd=0.0)
    again = rolled([on], books, "2027Q4", planned=first.cash.planned)
    assert again.cash.spent_usd == 5_000.0 and again.cash.planned == first.cash.planned == {"DEU": 5_000.0}
    assert again.cash.now_usd - first.cash.now_usd == pytest.approx(first.cash.income_usd)  # of one quarter more
    stated = rolled([on], [*books, result("DEU", "2027Q1", 0.0, 4e3)], "2027Q4", planned=first.cash.planned)
    assert stated.cash.spent_usd == 4_000.0  # once a result states what it cost, that counts
    assert rolled([], [], "2027Q4", planned={"FRA": 5_000.0}).cash.spent_usd == 0.0  # it never came to it


def test_set_up_paid_for_what_goes_on_is_added_since_the_new_plan_books_it_again():
    found = rolled([move("DEU", FIRST, due="2027Q4")], [result("DEU", "2027Q1", 0.0, 2e3)])
    assert found.cash.now_usd == 118_000.0 and found.cash.booked_usd == 2_000.0
    assert found.firm.cash.available_usd == 120_000.0  # 3,000 of the 5,000 are still to be paid


def test_stated_cash_stands_and_cash_below_the_floor_is_refused():
    assert rolled([], [], cash=77_000.0).firm.cash.available_usd == 77_000.0
    with pytest.raises(InputError, match="--cash"):
        rolled([move("DEU", FIRST)], [result("DEU", "2027Q1", 1.0, 99_000.0)])


def test_results_before_the_plan_cost_nothing_and_those_of_the_quarters_ahead_are_left_out():
    books = [result("DEU", "2026Q4", 1e4, 9e3), result("DEU", "2027Q3", 1e4, 9e3)]
    assert rolled([], books).cash.now_usd == 120_000.0


def test_the_date_is_the_quarter_after_the_last_results_or_that_of_the_last_entry():
    assert next_quarter(EMPTY, FIRST) == FIRST
    assert next_quarter(Journal((), (result("DEU", "2027Q2", 1.0),)), FIRST) == "2027Q3"
    assert next_quarter(Journal((entry(1, "DEU"),)), "2026Q1") == "2027Q1"
    with pytest.raises(InputError, match="before the last plan"):
        rolled(as_of="2026Q4")


def test_the_month_is_the_last_before_the_quarter():
    assert [rolled(as_of=q).month for q in ("2027Q1", "2027Q3")] == ["2026-12", "2027-06"]


def test_asking_twice_gives_the_same_firm():
    books = [result("DEU", "2027Q1", 4e3, 2e3), result("DEU", "2027Q2", 5e3)]
    once, twice = (rolled([move("DEU", FIRST), move("AUT", "2027Q4")], books) for _ in range(2))
    assert once == twice
