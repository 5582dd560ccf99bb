"""The moves in words: what, when, for how much, and what to look at – as the figures say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.plans import real_plan
from report.synthetic_rollout import planned, stays

from beachhead.quarters import quarter_name, quarter_number
from beachhead.report.answer import answer
from beachhead.report.moves import held_back, lowered, more_lines, spans, spent, telling
from beachhead.report.risk import (
    back_line,
    cash_line,
    exits_line,
    pace_line,
    steadiness,
    stretch_line,
    value_line,
)
from beachhead.report.trust import facts
from beachhead.report.worth import grows, starts
from beachhead.rollout.result import Gate


@pytest.fixture(scope="module")
def plan():
    """Pilots in Singapore and the United Kingdom, then Australia and the United States; Canada runs."""
    return planned(real_plan())


def steps(plan):
    return telling(plan).steps()


def with_rollout(plan, **changes):
    return replace(plan, rollout=replace(plan.rollout, **changes))


def test_an_entry_says_where_how_when_for_how_much_and_what_to_look_at(plan):
    step = steps(plan)[0]
    assert step.quarter == "2027Q1"
    assert step.text == "Enter Singapore by e-commerce as a pilot: about USD 7.2k; first sale 2027Q2."
    assert step.check == (
        "Look again in 2027Q4: go on to Australia and the United States above USD 31k a year, leave below USD 9.0k; "
        "and in 2028Q2: leave below USD 9.0k a year."
    )


def test_a_market_that_waits_for_a_pilot_says_for_which_and_why_it_is_cheaper(plan):
    text = next(step.text for step in steps(plan) if "Australia" in step.text)
    assert "if Singapore goes well" in text
    assert "about USD 6.0k, less for having been in the United Kingdom; first sale 2028Q2" in text


def test_a_wish_of_the_owner_is_called_one(plan):
    assert "(you asked for it)" in steps(plan)[1].text
    moves = [replace(move, why="committed") for move in plan.rollout.moves]
    assert "(already decided)" in steps(with_rollout(plan, moves=tuple(moves)))[0].text


def test_a_switch_names_the_sales_that_it_waits_for_and_their_chance(plan):
    text = next(step.text for step in steps(plan) if "change to" in step.text)
    assert text == (
        "If Singapore sells USD 84k a year or more by then (31 % likely), change to direct export: about USD 21k."
    )


def test_an_investment_says_price_upkeep_and_hours(plan):
    text = next(step.text for step in steps(plan) if "elp desk" in step.text)
    assert "USD 3.0k and USD 500 a quarter; saves up to 22 hours a quarter" in text


def test_steps_come_in_order_of_time_and_leave_out_what_merely_goes_on(plan):
    told = steps(plan)
    numbers = [quarter_number(step.quarter) for step in told]
    assert numbers == sorted(numbers)
    assert len(told) == len(plan.rollout.moves) - 1 + len(plan.rollout.automation)
    assert telling(plan).goes_on() == "Goes on as now: Canada (direct export)."


@pytest.mark.parametrize(
    ("go", "stop", "opens", "said"),
    [
        (31_000.0, 9_000.0, (), "go on above USD 31k a year, leave below USD 9.0k"),
        (31_000.0, 9_000.0, ("DEU",), "go on to Germany above USD 31k a year, leave below USD 9.0k"),
        (0.0, 9_000.0, (), "leave below USD 9.0k a year"),
        (float("inf"), float("nan"), (), "go on as long as it sells"),
        (20_000.0, 0.0, (), "go on above USD 20k a year"),
    ],
)
def test_a_gate_says_only_what_it_decides(plan, go, stop, opens, said):
    gate = Gate("GBR", "review", "2028Q1", 4, go, stop, 1_000.0, opens, 0.5, 0.2, 0.3)
    assert telling(plan).verdict(gate) == said


def test_what_is_spent_is_all_that_is_planned_for_sure(plan):
    assert spent(plan.rollout) == 7_210 + 6_900 + 6_050 + 24_500 + 3_000 + 3_500


@given(st.sets(st.integers(8_100, 8_130), min_size=1))
def test_spans_name_exactly_the_quarters_given(numbers):
    said = spans([quarter_name(number) for number in numbers])
    runs = [part.split("–") for part in said.replace(" and ", ", ").split(", ")]
    covered = {k for run in runs for k in range(quarter_number(run[0]), quarter_number(run[-1]) + 1)}
    assert covered == numbers


def test_limits_are_named_only_where_they_hold_the_plan_back(plan):
    said = held_back(plan.rollout)
    assert "staff hours in 2027Q2–2027Q3 and 2028Q3" in said and "ttention" not in said
    free = tuple(replace(limit, binds=()) for limit in plan.rollout.limits)
    assert held_back(replace(plan.rollout, limits=free)) == ""


def test_what_more_would_buy_is_a_sum_or_nothing(plan):
    cash, people = more_lines(plan.rollout)
    assert cash.startswith("USD 10,000 more cash would be worth USD 3.1k: ") and "starts in 2027Q4" in cash
    assert people == "One more person would bring nothing"


def test_money_is_told_with_its_range_and_the_chance_of_loss(plan):
    said = value_line(plan)
    for part in ("about USD 44k", "between −USD 21k and USD 212k", "a loss is 29 %", "3 years"):
        assert part in said


def test_cash_is_told_with_its_lowest_point_floor_and_chances(plan):
    outlook, said = plan.outlook, cash_line(plan)
    low = plan.rollout.quarters[int(outlook.cash.p50.argmin())]
    assert said.startswith(f"Cash is lowest in {low}")
    assert "USD 60k must stay: the chance to fall below is 4 %, to run out of cash altogether less than 1 %" in said


def test_what_never_came_up_is_not_called_impossible(plan):
    calm = replace(plan, outlook=replace(plan.outlook, p_floor=0.0, p_ruin=0.0))
    assert "0 %" not in cash_line(calm) and "fall below is less than 1 %" in cash_line(calm)


def test_without_an_outlook_cash_is_that_of_the_scenarios(plan):
    said = cash_line(replace(plan, outlook=None))
    low = plan.rollout.quarters[int(plan.rollout.cash.p50.argmin())]
    assert said.startswith(f"Cash is lowest in {low}") and "fall below is 3 %" in said and "run out" not in said


def test_money_that_does_not_come_back_is_not_said_to(plan):
    assert "is back in 2029Q2 (chance 61 %" in back_line(plan)
    never = replace(plan, outlook=replace(plan.outlook, break_even_quarter=None, p_break_even=0.2))
    assert "is not back within the plan (chance 20 %" in back_line(never)


def test_overstretch_is_told_by_cause_the_commonest_first(plan):
    said = stretch_line(plan)
    assert "14 %" in said and said.index("staff hours 11 %") < said.index("cash 4 %")
    calm = replace(plan, outlook=replace(plan.outlook, p_overstretch={"cash": 0.0, "any": 0.0}))
    assert "In no future" in stretch_line(calm)


def test_pace_tells_what_haste_would_cost_and_which_is_best(plan):
    said = pace_line(plan)
    assert "takes 18 months" in said and "Slower, with 22 months" in said and "USD 700 more" in said
    assert "from 4 % to 31 % and break your limits on staff hours and launches at once" in said
    best = tuple(replace(p, best=p.stretch == 1.0) for p in plan.outlook.pace)
    assert "slower ones are worth less" in pace_line(replace(plan, outlook=replace(plan.outlook, pace=best)))


def test_names_lose_their_capital_within_a_sentence_but_currencies_do_not():
    assert lowered("E-commerce") == "e-commerce" and lowered("Staff hours") == "staff hours"
    assert lowered("USD 10,000 are not enough") == "USD 10,000 are not enough"


def test_one_entry_has_no_pace_to_speak_of(plan):
    same = tuple(replace(p, months=0.0) for p in plan.outlook.pace)
    assert pace_line(replace(plan, outlook=replace(plan.outlook, pace=same))) == ""


def test_steadiness_is_told_in_swings_not_in_variances(plan):
    assert "swing 34 % less" in " ".join(steadiness(plan.outlook.resilience))  # 1 − √0.44
    alone = replace(plan.outlook.resilience, variance_ratio=1.0, correlation=float("nan"))
    assert "does not make sales steadier" in steadiness(alone)[0] and len(steadiness(alone)) == 2


def test_exits_are_told_by_who_decides(plan):
    left = replace(plan, outlook=replace(plan.outlook, exits={"stopped": 0.8, "forced": 0.4}))
    assert "1.2 markets are left again" in exits_line(left) and "0.8 by your own decision" in exits_line(left)
    assert exits_line(plan) == ""


def test_trust_says_what_was_proven_and_whether_the_futures_were_enough(plan):
    by_name = {fact.name: fact for fact in facts(plan.rollout)}
    assert by_name["Distance from the best plan"].value == "at most 0.4 %"
    assert by_name["What knowing the future would be worth"].value == "USD 19k"
    assert any("they were enough" in fact.means for fact in facts(plan.rollout))
    shaky = replace(plan.rollout, status="stopped", stability=replace(plan.rollout.stability, stable=False))
    said = " ".join(fact.means for fact in facts(shaky))
    assert "The search ended first" in said and "hold its figures less sure" in said


# --- the answer speaks with the same voice --------------------------------------------------------------------------


def test_the_answer_begins_with_the_first_markets_of_the_rollout_in_its_order(plan):
    s = plan.selection
    assert [s.markets[m] for m in starts(plan)] == list(plan.rollout.entered[:3])
    lead = answer(plan)[0]
    assert "start with Singapore by e-commerce in 2027Q1; then the United Kingdom by e-commerce in 2027Q2" in lead
    assert "then Australia by e-commerce in 2028Q1, if Singapore goes well" in lead
    assert "Go on where you sell already: Canada" in lead


def test_the_answer_names_cost_worth_and_risk(plan):
    said = " ".join(answer(plan))
    assert "enters 4 new markets from 2027Q1 to 2029Q4 and spends about USD 51k on setting up, before overruns" in said
    assert "heavier modes, where sales allow them, would take USD 21k more" in said
    assert value_line(plan) in said and cash_line(plan) in said
    assert "In the ranking, the United States comes first in" in said


def test_the_first_of_the_ranking_that_is_not_entered_is_told_why(plan):
    first = plan.selection.markets[0]
    without = tuple(move for move in plan.rollout.moves if move.market != first)
    lead = answer(with_rollout(plan, moves=without))[0]
    assert plan.modes.best_value[0] > 0
    assert "The United States ranks first but is not entered" in lead


def test_a_plan_that_enters_nothing_says_why_and_what_goes_on():
    plan = stays(real_plan())
    said = answer(plan)
    assert (
        "enter no new market for now" in said[0] and "no market of the candidates is expected to bring more" in said[0]
    )
    assert [plan.selection.markets[m] for m in grows(plan)] == ["CAN"]
    assert not any("start with" in text or "In all, the plan enters" in text for text in said)


def test_a_market_that_the_plan_gives_up_is_named(plan):
    assert "does not go on in the United Arab Emirates" in answer(plan)[0]
    unasked = with_rollout(plan, candidates=tuple(m for m in plan.rollout.candidates if m != "ARE"))
    assert "does not go on" not in answer(unasked)[0]
