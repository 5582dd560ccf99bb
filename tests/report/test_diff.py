"""What differs between two plans: found as data, said in words, and put down to its cause where that is known."""

from __future__ import annotations

import json
from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from beachhead.firm import Firm
from beachhead.quarters import quarter_name, quarter_number
from beachhead.report.diff import difference
from beachhead.report.diff_words import LAST, Labels, figures_table, markdown, runs, sections, steps_table

FIRM = {
    "name": "Tamarind Apps",
    "home": "IND",
    "sector": "technology",
    "sells": [{"code": "icio:J62_63"}],
    "sales": {"home_usd": 420_000.0},
    "capacity": {"team": 16.0, "export_hours_per_week": 55.0},
    "cash": {"available_usd": 180_000.0, "floor_usd": 60_000.0},
}


def move(market, quarter, mode="ecommerce", kind="enter", **more):
    return {"market": market, "mode": mode, "quarter": quarter, "phase": "pilot", "kind": kind, **more}


def limit(name, *binds, shadow=0.0):
    return {"id": name, "name": name.capitalize(), "unit": "USD", "binds": list(binds), "shadow_usd": shadow}


def gate(market, quarter, go, stop):
    return {"market": market, "kind": "pilot", "quarter": quarter, "go_usd": go, "stop_usd": stop}


def document(firm=None, moves=(), limits=(), gates=(), shortlist=("DEU", "NLD"), automation=(), **more):
    """A plan as data, with as little in it as a comparison needs."""
    rollout = {
        "candidates": ["DEU", "NLD", "SWE", "USA"],
        "moves": list(moves),
        "automation": list(automation),
        "limits": list(limits),
        "gates": list(gates),
        "objective_usd": 60_000.0,
        "expected_usd": 70_000.0,
        "gap": 0.004,
        "status": "within_gap",
        "cash": {"p5": [100_000.0, 62_000.0, 70_000.0], "p50": [120_000.0, 90_000.0, 110_000.0]},
    }
    return {
        "schema": "beachhead.plan/1",
        "firm": {**deepcopy(FIRM), **(firm or {})},
        "seed": 1,
        "draws": 500,
        "evidence": {"snapshot": "2026-11-a", "vintage": "2026-11"},
        "shortlist": [{"market": m, "mode": "ecommerce", "worth_usd": 10_000.0} for m in shortlist],
        "excluded": [],
        "rollout": rollout,
        "outlook": {"p_ruin": 0.004, "value_usd": {"p50": 44_000.0}, "p_overstretch": {"any": 0.1}},
        **more,
    }


def cash(available):
    return {"cash": {"available_usd": available, "floor_usd": 60_000.0}}


def said(diff, labels=LAST):
    return {section.heading: " | ".join(section.lines) for section in sections(diff, labels)}


START = document(moves=[move("DEU", "2027Q3"), move("NLD", "2027Q1")], limits=[limit("cash", "2027Q2", "2027Q3")])

# --- data -----------------------------------------------------------------------------------------------------------


def test_a_plan_does_not_differ_from_itself():
    diff = difference(START, deepcopy(START))
    assert diff.nothing and not diff.steps and diff.same_steps == 2
    assert said(diff) == {"Nothing differs": "this plan says the same as the last plan"}


QUARTERS = st.integers(0, 15).map(lambda q: quarter_name(quarter_number("2027Q1") + q))
PLANS = st.dictionaries(
    st.sampled_from(["DEU", "NLD", "SWE", "USA"]), st.tuples(QUARTERS, st.sampled_from(["ecommerce", "direct_export"]))
).map(lambda chosen: document(moves=[move(m, q, mode) for m, (q, mode) in chosen.items()]))


@given(PLANS, PLANS)
def test_every_move_is_told_once_and_turning_the_plans_round_turns_the_changes_round(one, other):
    there, back = difference(one, other), difference(other, one)
    markets = {m["market"] for plan in (one, other) for m in plan["rollout"]["moves"]}
    assert len(there.steps) + there.same_steps == len(markets) and len({s.id for s in there.steps}) == len(there.steps)
    turned = {"added": "dropped", "dropped": "added", "earlier": "later", "later": "earlier", "mode": "mode"}
    mirror = {s.id: (tuple(turned[c] for c in s.changes), -s.quarters) for s in back.steps}
    assert mirror == {s.id: (s.changes, s.quarters) for s in there.steps}


def test_moves_are_told_apart_by_what_became_of_them():
    old = [move("DEU", "2027Q3"), move("NLD", "2027Q1"), move("SWE", "2027Q2"), move("USA", "2028Q1")]
    new = [
        move("DEU", "2027Q1", "direct_export"),
        move("NLD", "2027Q1", kind="continue"),
        move("SWE", "2027Q4"),
        move("SWE", "2028Q4", "direct_export", "switch"),
    ]
    tool = {"id": "crm", "name": "Customer records", "quarter": "2027Q2"}
    steps = difference(document(moves=old), document(moves=new, automation=[tool])).steps
    found = {(s.what, s.id): s.changes for s in steps}
    assert found == {
        ("entry", "DEU"): ("earlier", "mode"),
        ("entry", "NLD"): ("started",),
        ("entry", "SWE"): ("later",),
        ("entry", "USA"): ("dropped",),
        ("switch", "SWE"): ("added",),
        ("automation", "crm"): ("added",),
    }
    order = [quarter_number((s.after or s.before)["quarter"]) for s in steps]
    assert order == sorted(order)


def test_fields_of_the_firm_file_are_named_as_the_file_names_them():
    other = {
        **cash(220_000.0),
        "presence": [{"country": "ARE", "mode": "direct_export", "since": "2026Q1"}],
        "pin": [{"market": "DEU"}],
        "screen": {"exclude": ["USA"]},
    }
    diff = difference(document(), document({**other}, seed=2))
    found = {one.field: (one.before, one.after) for one in diff.inputs}
    assert found["cash.available_usd"] == (180_000.0, 220_000.0)
    assert found["screen.exclude"] == (None, ["USA"]) and found["seed"] == (1, 2)
    assert set(found) == {
        "cash.available_usd",
        "screen.exclude",
        "seed",
        "presence[ARE direct_export]",
        "pin[DEU]",
    }


def test_a_field_that_an_older_plan_did_not_have_is_no_difference_at_its_default():
    full = Firm.model_validate(FIRM).model_dump(mode="json")
    older = {key: value for key, value in full.items() if key not in ("pace", "pin", "forbid", "committed")}
    before, after = document(), document()
    before["firm"], after["firm"] = older, full
    assert difference(before, after).inputs == ()


def test_an_entry_of_a_list_is_compared_field_by_field_wherever_it_stands():
    here = {"country": "ARE", "mode": "direct_export", "since": "2022Q3", "sales_usd": 46_000.0}
    there = {"country": "NPL", "mode": "indirect_export", "since": "2019"}
    diff = difference(
        document({"presence": [here, there]}), document({"presence": [there, {**here, "sales_usd": 60_000.0}]})
    )
    assert [(x.field, x.before, x.after) for x in diff.inputs] == [
        ("presence[ARE direct_export].sales_usd", 46_000.0, 60_000.0)
    ]


def test_lowest_cash_and_risk_stand_side_by_side():
    after = deepcopy(START)
    after["rollout"]["cash"]["p5"] = [90_000.0, 95_000.0, 40_000.0]
    after["outlook"]["p_ruin"] = 0.02
    found = {one.id: (one.before, one.after) for one in difference(START, after).figures}
    assert found["cash_low_p5_usd"] == (62_000.0, 40_000.0) and found["p_ruin"] == (0.004, 0.02)
    table = figures_table(difference(START, after), Labels("A", "B"))
    assert ["Chance to run out of cash", "<1 %", "2 %"] in [[cell.text for cell in row] for row in table.rows]


def test_the_data_is_json():
    diff = difference(START, document({**cash(1e5), "pin": [{"market": "SWE"}]}, moves=[move("SWE", "2027Q1")]))
    again = json.loads(json.dumps(diff.to_dict(), allow_nan=False))
    assert again["schema"] == "beachhead.plans_diff/1" and len(again["steps"]) == 3
    assert [s["because"][0]["kind"] for s in again["steps"] if s["id"] == "SWE"] == ["named"]


# --- why ------------------------------------------------------------------------------------------------------------


def reasons(before, after, market) -> list[str]:
    step = next(s for s in difference(before, after).steps if s.id == market)
    return [reason.kind for reason in step.because]


def test_more_cash_is_the_reason_where_cash_was_short():
    after = document(cash(220_000.0), moves=[move("DEU", "2027Q1"), move("NLD", "2027Q1")])
    diff = difference(START, after)
    assert [(s.id, s.quarters, s.because[0].subject) for s in diff.steps] == [("DEU", -2, "cash.available_usd")]
    words = said(diff)
    assert "`cash.available_usd`: 180,000 → 220,000" in words["What went in"]
    assert "all that moved follows from this" in words["What went in"]
    assert "Germany by e-commerce: 2027Q1 instead of 2027Q3, 2 quarters earlier" in words["What moved"]
    assert "cash.available_usd gives room that was short (cash in 2027Q2–2027Q3)" in words["What moved"]
    assert "no longer: cash (held the last plan back in 2027Q2–2027Q3)" in words["What holds the plan back"]


def test_more_of_what_was_not_short_is_not_said_to_have_helped():
    """Complementary slackness: loosening a limit that does not hold moves nothing by that limit. Of two changes neither
    is then named; one alone is named as all that was changed."""
    before = document(moves=[move("DEU", "2027Q3")], limits=[limit("hours", "2027Q2")])
    after = document(cash(220_000.0), moves=[move("DEU", "2027Q1")], limits=[limit("hours", "2027Q2")])
    assert reasons(before, after, "DEU") == ["sole"]
    words = said(difference(before, after))
    assert "it sets a limit that neither plan reaches: cash" in words["What went in"]
    assert "cash.available_usd is all that was changed" in words["What moved"]
    after["firm"]["seed"], after["draws"] = 1, 900
    assert reasons(before, after, "DEU") == []
    assert "no single cause" in said(difference(before, after))["What moved"]


def with_room(plan, quarters, p5, hours):
    """The same plan with its cash, one time in twenty, and the hours that it leaves free, of the three quarters of them
    that a plan may use."""
    rollout = {**plan["rollout"], "quarters": quarters, "cash": {"p5": p5, "p50": p5, "floor_usd": 60_000.0}}
    rollout["hours"] = [
        {"quarter": q, "used": 375.0 - x, "capacity": 500.0} for q, x in zip(quarters, hours, strict=True)
    ]
    return {**plan, "rollout": rollout}


QUARTERS_SHOWN = ["2027Q1", "2027Q2", "2027Q3", "2027Q4"]


@given(st.integers(0, 9_000), st.integers(100, 9_000))
def test_a_limit_is_the_reason_if_and_only_if_it_leaves_less_than_the_step_needs(room, need):
    """A step is whole: cash need not be down to the floor to be too little for it."""
    now, later = (move("DEU", quarter, spend_usd=need) for quarter in ("2027Q1", "2027Q3"))
    low = [90_000.0, 60_000.0 + room, 95_000.0, 99_000.0]
    before = with_room(document(moves=[now]), QUARTERS_SHOWN, [160_000.0] * 4, [90.0] * 4)
    after = with_room(document(cash(100_000.0), moves=[later], draws=900), QUARTERS_SHOWN, low, [90.0] * 4)
    assert reasons(before, after, "DEU") == (["input"] if room < need else [])


def test_hours_are_short_only_until_the_step_is_made_after_all():
    now, later = (move("DEU", quarter, hours_quarter=40.0) for quarter in ("2027Q1", "2027Q3"))
    fewer = {"capacity": {"team": 16.0, "export_hours_per_week": 38.0}}
    before = with_room(document(moves=[now]), QUARTERS_SHOWN, [90_000.0] * 4, [60.0] * 4)
    for free, found in (([30.0, 80.0, 80.0, 80.0], ["input"]), ([80.0, 80.0, 5.0, 5.0], [])):
        after = with_room(document(fewer, moves=[later], draws=900), QUARTERS_SHOWN, [90_000.0] * 4, free)
        assert reasons(before, after, "DEU") == found
    after = with_room(document(fewer, moves=[later]), QUARTERS_SHOWN, [90_000.0] * 4, [30.0, 80.0, 80.0, 80.0])
    words = said(difference(before, after))["What moved"]
    assert "capacity.export_hours_per_week leaves too little room (30 free, 40 needed)" in words


def test_an_assumption_that_is_set_is_held_against_the_value_in_its_place_before():
    for own, loosens in ((5.0, True), (1.0, False)):
        (one,) = difference(document(), document({"assumptions": {"attention_base": own}})).inputs
        assert (one.field, one.limit, one.loosens) == ("assumptions.attention_base", "attention", loosens)


def test_a_market_that_is_left_or_kept_is_said_so():
    goes, left = move("ARE", "2027Q1", kind="continue"), move("ARE", "2027Q1", kind="leave")
    words = said(difference(document(moves=[goes]), document(moves=[left])))["What moved"]
    assert "United Arab Emirates by e-commerce: left in 2027Q1" in words
    words = said(difference(document(moves=[left]), document(moves=[goes])))["What moved"]
    assert "kept; it was to be left in 2027Q1" in words
    words = said(difference(document(), document(moves=[left])))["What moved"]
    assert "new: leaving the United Arab Emirates in 2027Q1" in words


def test_less_cash_is_the_reason_for_later_and_fewer_moves_only():
    after = document(
        cash(120_000.0), moves=[move("DEU", "2028Q1"), move("USA", "2027Q1")], limits=[limit("cash", "2027Q4")]
    )
    before = document(moves=[move("DEU", "2027Q3"), move("NLD", "2027Q1")])
    assert reasons(before, after, "DEU") == ["input"] and reasons(before, after, "NLD") == ["input"]
    assert reasons(before, after, "USA") == ["sole"]


def test_a_lower_floor_loosens_and_one_launch_less_tightens():
    before = document(moves=[move("DEU", "2027Q3")], limits=[limit("cash", "2027Q2"), limit("launches", "2027Q1")])
    looser = document({"cash": {"available_usd": 180_000.0, "floor_usd": 40_000.0}}, moves=[move("DEU", "2027Q2")])
    assert reasons(before, looser, "DEU")[0] == "input"
    tighter = document({"pace": {"launches_at_once": 1}}, moves=[], limits=[limit("launches", "2027Q1")])
    assert reasons(before, tighter, "DEU") == ["input"]


def test_what_the_file_says_of_a_market_comes_first():
    before = document(moves=[move("DEU", "2027Q3"), move("SWE", "2027Q1", "subsidiary")])
    after = document(
        {"pin": [{"market": "DEU", "quarter": "2027Q1"}], "forbid": [{"mode": "subsidiary"}]},
        moves=[move("DEU", "2027Q1"), move("SWE", "2027Q1")],
    )
    assert reasons(before, after, "DEU") == ["named"] and reasons(before, after, "SWE") == ["named"]
    words = said(difference(before, after))["What moved"]
    assert "because the firm file now pins it" in words and "the firm file now forbids it" in words
    assert "more than one thing was changed" in said(difference(before, after))["What went in"]


def test_a_market_on_the_list_of_the_excluded_is_told_as_such():
    after = document({"screen": {"exclude": ["DEU"]}}, moves=[move("NLD", "2027Q1")])
    after["excluded"] = [{"market": "DEU", "reason": "on your list of markets to leave out"}]
    words = said(difference(START, after))["What moved"]
    assert (
        "no longer: Germany by e-commerce in 2027Q3 – because the firm file now lists it under screen.exclude" in words
    )
    assert "on your list of markets to leave out" in words


def test_a_change_of_worth_is_a_reason_and_a_switch_follows_its_entry():
    switch = move("DEU", "2028Q3", "direct_export", "switch")
    before = document(moves=[move("DEU", "2027Q3"), switch])
    after = document(moves=[move("DEU", "2027Q1"), {**switch, "quarter": "2028Q1"}])
    after["shortlist"][0]["worth_usd"] = 14_000.0
    kinds = {s.what: [r.kind for r in s.because] for s in difference(before, after).steps}
    assert kinds == {"entry": ["worth"], "switch": ["entry"]}  # what the shortlist says is of e-commerce
    assert "USD 14k instead of USD 10k" in said(difference(before, after))["What moved"]


def test_where_the_file_says_the_same_the_words_do_not_invent_a_cause():
    words = said(difference(START, document(moves=[move("DEU", "2027Q3")])))
    assert "your evidence files or the program must have changed" in words["What went in"]


def test_a_search_that_was_stopped_is_named_as_a_possible_cause():
    after = document(moves=[move("DEU", "2027Q3")])
    after["rollout"] |= {"status": "stopped", "gap": 0.08}
    words = said(difference(START, after))["What went in"]
    assert "the search for this plan was stopped early" in words and "8 %" in words
    assert "must have changed" not in words


# --- words ----------------------------------------------------------------------------------------------------------


def test_plans_of_two_firms_are_compared_and_said_to_be_two():
    words = said(difference(START, document({"name": "Kutch Clay Works"})), Labels("one", "other"))
    assert "two firms, Tamarind Apps and Kutch Clay Works" in words["What went in"]


def test_a_plan_without_moves_says_so_and_the_rest_is_still_compared():
    bare = {key: value for key, value in START.items() if key not in ("rollout", "outlook")}
    bare["shortlist"] = [{"market": "SWE", "worth_usd": 1.0}, {"market": "DEU", "worth_usd": 10_000.0}]
    words = said(difference(bare, START), Labels("old.plan", "new.plan"))
    assert "old.plan has no moves to compare" in words["What moved"]
    assert words["Shortlist"] == "joined: Netherlands | left: Sweden"


def test_gates_are_told_when_they_ask_for_something_else_that_shows():
    before = document(gates=[gate("DEU", "2027Q4", 31_000.0, 9_000.0), gate("NLD", "2027Q4", 20_000.0, 5_000.0)])
    after = document(gates=[gate("DEU", "2028Q1", 31_000.0, 9_000.0), gate("NLD", "2027Q4", 20_000.2, 5_000.0)])
    words = said(difference(before, after))["Gates"]
    assert words == "Germany, pilot: judged in 2028Q1 instead of 2027Q4"


@given(st.sets(st.integers(8100, 8140), min_size=1))
def test_runs_of_quarters_name_each_quarter_once(numbers):
    text = runs([quarter_name(q) for q in numbers])
    found = set()
    for part in text.replace(" and ", ", ").split(", "):
        ends = [quarter_number(q) for q in part.split("–")]
        assert not found & set(range(ends[0], ends[-1] + 1))
        found |= set(range(ends[0], ends[-1] + 1))
    assert found == numbers


def test_markdown_holds_what_the_terminal_says():
    diff = difference(START, document(cash(220_000.0), moves=[move("DEU", "2027Q1")]))
    text = markdown(diff)
    assert text.startswith("# Since the last plan\n\n## What went in\n\n- ") and text.endswith(".\n")
    for section in sections(diff):
        assert f"## {section.heading}" in text and all(line[1:] in text for line in section.lines)


def test_side_by_side_shows_both_plans_of_every_step():
    after = document(moves=[move("DEU", "2027Q1"), move("SWE", "2028Q1", "direct_export")])
    rows = {
        row[0].text: (row[1].text, row[2].text) for row in steps_table(difference(START, after), Labels("A", "B")).rows
    }
    assert rows["Germany"] == ("2027Q3 by e-commerce", "2027Q1 by e-commerce")
    assert rows["Netherlands"] == ("2027Q1 by e-commerce", "–") and rows["Sweden"] == ("–", "2028Q1 by direct export")
