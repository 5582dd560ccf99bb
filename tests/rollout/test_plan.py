"""The whole stage on a real firm: moves, presences and gates say the same, and the owner's options are heeded."""

from __future__ import annotations

import functools

import pytest
from cases import example
from rollout.small import same

from beachhead import choose_modes
from beachhead.errors import InfeasibleError, InputError
from beachhead.firm import Cash, Committed, Forbid, Pace, Pin
from beachhead.quarters import quarter_number
from beachhead.rollout import Progress, roll_out
from beachhead.rollout.result import PHASES

SCENARIOS = 8


@functools.cache
def base():
    firm, evidence, selection = example("india_bentonite")
    return firm, evidence, selection, choose_modes(firm, evidence, selection)


def planned(pace=None, watch=None, previous=(), **changes):
    """The plan over the first four candidates, with some parts of the firm file changed."""
    firm, evidence, selection, modes = base()
    quick = firm.pace.model_copy(update={"candidates": 4, **(pace or {})})
    changed = firm.model_copy(update={"pace": quick, **changes})
    return roll_out(changed, evidence, selection, modes, seed=1, scenarios=SCENARIOS, watch=watch, previous=previous)


@pytest.fixture(scope="module")
def plan():
    return planned()


@pytest.fixture(scope="module")
def pinned():
    """SGP pinned in a later quarter than it would have, AUS forbidden in the first two."""
    return planned(
        pin=(Pin(market="SGP", mode="indirect_export", quarter="2028Q3"),),
        forbid=(Forbid(market="AUS", quarter="2027Q1"), Forbid(market="AUS", quarter="2027Q2")),
    )


def entries(plan):
    return {move.market: move for move in plan.moves if move.kind == "enter"}


@pytest.mark.parametrize("which", ["plan", "pinned"])
def test_moves_are_in_order_and_within_the_plan(which, request):
    plan = request.getfixturevalue(which)
    quarters = [quarter_number(move.quarter) for move in plan.moves]
    assert quarters == sorted(quarters)
    assert {move.quarter for move in plan.moves} <= set(plan.quarters)
    assert len(plan.quarters) == 12 and plan.quarters[0] == "2027Q1"


@pytest.mark.parametrize("which", ["plan", "pinned"])
def test_every_presence_is_a_move_and_every_entry_a_presence(which, request):
    plan, (_, _, selection, modes) = request.getfixturevalue(which), base()
    there = {selection.markets[p.row]: p for p in plan.presences}
    stays = [move for move in plan.moves if move.kind in ("continue", "enter")]
    assert {move.market for move in stays} == set(there) and len(stays) == len(there)
    for move in stays:
        p = there[move.market]
        assert modes.modes[p.mode] == move.mode and plan.quarters[p.start] == move.quarter
        assert PHASES[p.phase] == move.phase and p.running == (move.kind == "continue")
        assert move.spend_usd == 0.0 if p.running else move.spend_usd > 0.0
    for move in (one for one in plan.moves if one.kind == "switch"):
        p = there[move.market]
        assert modes.modes[p.then] == move.mode
        assert quarter_number(move.quarter) == quarter_number(plan.quarters[0]) + p.start + p.switch
        assert 0.0 < move.chance <= 1.0 and move.if_sales_usd > 0.0
    assert {m.market for m in plan.moves if m.kind == "switch"} == {k for k, p in there.items() if p.then >= 0}


@pytest.mark.parametrize("which", ["plan", "pinned"])
def test_every_new_market_has_a_review_and_pilots_open_what_waits_for_them(which, request):
    plan = request.getfixturevalue(which)
    reviews = [gate.market for gate in plan.gates if gate.kind == "review"]
    assert sorted(reviews) == sorted(plan.entered)
    opened = {market: gate for gate in plan.gates for market in gate.opens}
    for market, gate in opened.items():
        assert gate.kind == "pilot" and entries(plan)[gate.market].phase == "pilot"
        assert quarter_number(gate.quarter) <= quarter_number(entries(plan)[market].quarter)
    for gate in plan.gates:
        assert gate.p_go + gate.p_wait + gate.p_stop == pytest.approx(1.0)
        assert gate.spend_usd >= entries(plan)[gate.market].spend_usd


@pytest.mark.parametrize("which", ["plan", "pinned"])
def test_nothing_that_the_plan_shows_is_beyond_what_the_firm_has(which, request):
    plan, firm = request.getfixturevalue(which), base()[0]
    margin = 1.0 - 0.25
    assert (plan.hours.used <= plan.hours.capacity + 0.5).all()
    mean = plan.hours.by_area.sum(axis=0) - plan.hours.saved
    assert (mean <= margin * plan.hours.capacity + 0.5).all()
    assert (plan.attention.used <= plan.attention.capacity + 1e-6).all()
    assert (plan.launches.used <= firm.pace.launches_at_once).all()
    assert plan.break_share <= 0.05 and plan.floor_usd == firm.cash.floor_usd
    assert plan.gap >= 0.0 and plan.status in ("optimal", "within_gap", "stopped")
    assert plan.vss_usd >= 0.0 and plan.evpi_usd >= 0.0
    assert all(more.gain_usd >= 0.0 for more in plan.more)
    assert plan.objective_usd >= plan.stay_usd * (1.0 - 1e-9) or which == "pinned"


def test_a_pin_is_heeded_and_shown_and_a_forbid_leaves_no_trace(plan, pinned):
    move = entries(pinned)["SGP"]
    assert (move.mode, move.quarter, move.why) == ("indirect_export", "2028Q3", "pinned")
    assert all(one.why == "" for one in plan.moves)
    assert not any(m.market == "AUS" and m.quarter in ("2027Q1", "2027Q2") for m in pinned.moves if m.kind == "enter")
    assert pinned.objective_usd <= plan.objective_usd / (1.0 - 0.0101) + 1.0  # each within 1 % of its best


def test_what_is_committed_is_kept_and_said(plan):
    kept = planned(committed=(Committed(market="SGP", mode="indirect_export", quarter="2027Q1"),))
    move = entries(kept)["SGP"]
    assert (move.quarter, move.why) == ("2027Q1", "committed")


def test_the_same_firm_and_seed_give_the_same_plan_to_the_last_bit(plan):
    assert same(plan, planned())


def test_other_limits_give_other_plans(plan):
    one, none = planned({"most_markets": 1}), planned({"most_markets": 0})
    assert len(one.entered) == 1 and none.entered == () and none.idle
    short = planned({"quarters": 8, "start": "2028Q1"})
    assert short.quarters[0] == "2028Q1" and len(short.quarters) == 8 and len(short.cash.p50) == 8
    assert {move.phase for move in planned({"phases": False}).moves} <= set(PHASES)
    assert len(entries(plan)) >= 2


def test_a_firm_without_a_dollar_to_spend_stays_and_is_told_why():
    firm = base()[0]
    poor = planned(cash=Cash(available_usd=firm.cash.floor_usd, floor_usd=firm.cash.floor_usd), presence=())
    assert poor.moves == () == poor.presences and "cash below the floor of USD 90,000" in poor.idle


def test_what_the_firm_earns_abroad_already_pays_for_what_comes_later():
    """With markets that run, no dollar above the floor is needed at the start: entries wait for what comes in."""
    firm = base()[0]
    poor = planned(cash=Cash(available_usd=firm.cash.floor_usd, floor_usd=firm.cash.floor_usd))
    assert all(quarter_number(move.quarter) > quarter_number("2027Q1") for move in entries(poor).values())
    assert poor.break_share <= 0.05


def test_from_the_plan_of_before_the_same_plan_comes_out(plan):
    again = planned(previous=plan.moves)
    assert again.objective_usd >= plan.objective_usd * (1.0 - 0.0101)


def test_a_watcher_who_says_stop_gets_a_plan_all_the_same():
    told = []

    def stop(progress: Progress) -> bool:
        told.append(progress)
        return False

    plan = planned(watch=stop)
    assert told and plan.gap >= 0.0 and plan.break_share <= 0.05


@pytest.mark.parametrize(
    ("wish", "field", "words"),
    [
        ({"pin": (Pin(market="PRK"),)}, "pin.market", "left out"),
        ({"pin": (Pin(market="SGP", quarter="2035Q1"),)}, "pin.quarter", "outside the plan, which runs from 2027Q1"),
        ({"pin": (Pin(market="SGP", quarter="2026Q4"),)}, "pin.quarter", "outside the plan"),
        ({"forbid": (Forbid(market="SGP", quarter="2030Q1"),)}, "forbid.quarter", "to 2029Q4"),
        ({"pin": (Pin(market="SGP", mode="licensing"),)}, "pin.mode", ""),
    ],
)
def test_a_wish_that_no_plan_can_meet_is_refused_with_the_reason(wish, field, words):
    with pytest.raises(InputError) as error:
        planned(**wish)
    (fault,) = error.value.faults
    assert fault.field == field and words in fault.remedy and error.value.exit_code == 2


def test_a_pin_that_the_limits_do_not_allow_is_a_conflict_that_is_named():
    with pytest.raises(InfeasibleError) as error:
        planned({"most_markets": 0}, pin=(Pin(market="SGP", quarter="2027Q2"),))
    text = str(error.value)
    assert error.value.exit_code == 3
    assert "an entry into" in text and "2027Q2" in text and "0 new markets at most" in text
    assert "raise pace.most_markets" in text


def test_the_default_pace_is_that_of_the_firm_file():
    assert Pace().launches_at_once == 2 and base()[0].pace.launches_at_once == 1
