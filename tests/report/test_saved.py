"""A plan read back from its result.json: the same plan, the owner's edits of it, and files that are something else."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path

import pytest
from cases import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st
from report.plans import real_plan
from report.synthetic_rollout import at, rollout

from beachhead.errors import InputError
from beachhead.quarters import quarter_number
from beachhead.report.contract import firm_dict
from beachhead.report.contract_stages import rollout_dict
from beachhead.report.saved import (
    Saved,
    comparable,
    drawn_with,
    firm_of,
    is_saved,
    moves_of,
    no_longer_waiting,
    previous,
    read_saved,
    rollout_of,
)

NAME = "portugal_footwear"
PILOT, SECOND, THIRD, FOURTH = 1, 2, 3, 4  # presences of the made-up rollout; the first runs already


def markets():
    """Markets of the presences, in their order."""
    return [p["market"] for p in document()["rollout"]["presences"]]


def document():
    plan = real_plan(NAME)
    return {
        "schema": "beachhead.plan/1",
        "firm": firm_dict(plan),
        "seed": plan.seed,
        "draws": plan.selection.draws,
        "evidence": {"snapshot": plan.evidence.snapshot, "vintage": plan.evidence.vintage},
        "rollout": rollout_dict(rollout(plan), plan.selection.markets),
    }


def edited(change) -> Saved:
    """The saved plan after ``change`` has been at its rollout."""
    made = deepcopy(document())
    change(made["rollout"])
    return Saved(Path("firm.plan/result.json"), made)


def entry(found, market):
    return next(move for move in found["moves"] if move["market"] == market and move["kind"] != "switch")


def presences(saved):
    found = rollout_of(saved, real_plan(NAME).selection)
    ranked = real_plan(NAME).selection.markets
    return {ranked[p.row]: p for p in found.presences}


def faults(act) -> str:
    with pytest.raises(InputError) as caught:
        act()
    return "\n".join(map(str, caught.value.faults))


# --- the same plan --------------------------------------------------------------------------------------------------


def test_what_is_read_back_is_what_was_written():
    selection = real_plan(NAME).selection
    again = rollout_of(edited(lambda found: None), selection)
    assert rollout_dict(again, selection.markets) == document()["rollout"]
    made = rollout(real_plan(NAME))
    assert again.moves == made.moves and list(map(asdict, again.presences)) == list(map(asdict, made.presences))


def test_a_file_on_disk_gives_the_same_plan_by_folder_and_by_name(tmp_path):
    folder = tmp_path / "shoes.plan"
    folder.mkdir()
    (folder / "result.json").write_text(json.dumps(document()), encoding="utf-8")
    by_folder, by_name = read_saved(folder), read_saved(folder / "result.json")
    assert by_folder.document == by_name.document == document()
    assert moves_of(by_folder) == rollout(real_plan(NAME)).moves
    assert drawn_with(by_folder) == (real_plan(NAME).seed, 10_000)
    assert is_saved(folder) and is_saved(folder / "result.json") and not is_saved(tmp_path / "firm.toml")


def test_presences_follow_their_market_into_another_ranking():
    class Ranking:
        markets = tuple(reversed(real_plan(NAME).selection.markets))
        excluded = ()

        def row(self, market):
            return self.markets.index(market)

    again = rollout_of(edited(lambda found: None), Ranking())
    assert [Ranking.markets[p.row] for p in again.presences] == markets()


def test_a_key_of_a_later_version_is_left_out_of_account():
    def add(found):
        found["weather"] = "fine"
        found["moves"][1]["mood"] = 3

    assert moves_of(edited(add)) == rollout(real_plan(NAME)).moves


# --- edits ----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 6))
def test_a_market_that_starts_later_sells_later_and_is_judged_as_long_after(later):
    second = markets()[SECOND]
    before = presences(edited(lambda found: None))[second]
    after = presences(edited(lambda found: entry(found, second).update(quarter=at(1 + later))))[second]
    assert after.start == before.start + later and after.first_sale == pytest.approx(before.first_sale + later)
    assert (after.review, after.stop_below, after.go_above) == (before.review, before.stop_below, before.go_above)


@given(st.sets(st.sampled_from([0, PILOT, SECOND, THIRD, FOURTH]), max_size=4))
def test_markets_taken_out_are_gone_and_the_others_still_wait_for_the_right_gate(out):
    names = markets()
    gone = {names[k] for k in out}
    saved = edited(lambda found: found.update(moves=[m for m in found["moves"] if m["market"] not in gone]))
    left = rollout_of(saved, real_plan(NAME).selection).presences
    ranked = real_plan(NAME).selection.markets
    assert [ranked[p.row] for p in left] == [name for name in names if name not in gone]
    for p in left:
        waited = ranked[p.row] in (names[THIRD], names[FOURTH])
        opened = ranked[left[p.opened_by].row] if p.opened_by >= 0 else None
        assert opened == (names[PILOT] if waited and PILOT not in out else None)
    freed = {names[k] for k in (THIRD, FOURTH) if PILOT in out and k not in out}
    assert set(no_longer_waiting(saved)) == freed


def test_a_market_brought_before_the_gate_that_opened_it_does_not_wait():
    """The pilot's gate is judged in the fourth quarter; what begins earlier cannot have waited for it."""
    third = markets()[THIRD]
    for start, waits in ((2, False), (3, True), (4, True)):
        saved = edited(lambda found, start=start: entry(found, third).update(quarter=at(start)))
        assert (presences(saved)[third].opened_by >= 0) is waits
        assert (third in no_longer_waiting(saved)) is not waits


def test_a_pilot_put_off_takes_its_gate_along():
    names = markets()
    saved = edited(lambda found: entry(found, names[PILOT]).update(quarter=at(3)))
    assert set(no_longer_waiting(saved)) == {names[THIRD]}, "the gate now comes in quarter 6: after one, not the other"


def test_a_market_opened_by_one_that_runs_waits_until_that_has_sold_long_enough():
    """A gate looks at two quarters of sales: after one quarter of selling, one more is missing."""
    names = markets()

    def opened_by_the_first(found, sold, start):
        found["presences"][0]["first_sale"] = -sold
        found["presences"][SECOND]["opened_by"] = 0
        entry(found, names[SECOND])["quarter"] = at(start)

    for sold, start, waits in ((9.0, 0, True), (1.0, 0, False), (1.0, 1, True)):
        saved = edited(lambda found, sold=sold, start=start: opened_by_the_first(found, sold, start))
        assert (presences(saved)[names[SECOND]].opened_by == 0) is waits


def test_a_switch_moves_and_goes_by_itself():
    pilot = markets()[PILOT]

    for quarter in (8, 14):  # the second lies beyond the last quarter of the plan

        def later(found, quarter=quarter):
            next(m for m in found["moves"] if m["kind"] == "switch")["quarter"] = at(quarter)

        assert presences(edited(later))[pilot].switch == quarter
    without = edited(lambda found: found.update(moves=[m for m in found["moves"] if m["kind"] != "switch"]))
    assert presences(without)[pilot].then == -1 and presences(edited(lambda found: None))[pilot].then >= 0


def test_every_edit_that_the_figures_cannot_follow_is_refused_at_once():
    names = markets()

    def spoil(found):
        entry(found, names[PILOT])["mode"] = "direct_export"
        entry(found, names[SECOND])["quarter"] = "2040Q1"
        entry(found, names[THIRD])["kind"] = "continue"
        found["moves"].append({**entry(found, names[FOURTH]), "market": "ATG"})
        found["moves"].append(entry(found, names[FOURTH]))
        found["automation"][0]["id"] = "helpdisk"
        found["automation"][1]["quarter"] = "2026Q1"

    said = faults(lambda: moves_of(edited(spoil)))
    for words in (
        "rollout.moves[1].mode = direct_export: the figures of the plan are those of ecommerce",
        "rollout.moves[2].quarter = 2040Q1: is not in the plan: 2027Q1 to 2029Q4",
        "rollout.moves[3].kind = continue",
        "rollout.moves[6].market = ATG: was not in the plan that was made",
        "rollout.moves[7].market",
        'did you mean "helpdesk"?',
        "rollout.automation[1].quarter = 2026Q1",
    ):
        assert words in said, said


def test_a_switch_needs_its_entry_before_it():
    pilot = markets()[PILOT]
    alone = edited(lambda found: found["moves"].remove(entry(found, pilot)))
    assert "its entry was taken out: take this move out too" in faults(lambda: moves_of(alone))
    late = edited(lambda found: entry(found, pilot).update(quarter=at(5)))
    assert "is not after the entry (2028Q2)" in faults(lambda: moves_of(late))


def test_a_market_that_is_no_longer_ranked_is_named_with_the_reason():
    class Ranking:
        markets = ("DEU",)
        excluded = ()

    said = faults(lambda: rollout_of(edited(lambda found: None), Ranking()))
    assert "is not ranked with the evidence of today" in said and "plan again" in said


# --- faults of form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda found: found["moves"][1].pop("quarter"), "rollout.moves[1].quarter"),
        (lambda found: found["moves"][1].update(quarter="spring"), 'rollout.moves[1].quarter = "spring"'),
        (lambda found: found["moves"][1].update(kind="invade"), "'continue', 'enter', 'switch' or 'leave'"),
        (lambda found: found["presences"][1].update(start="soon"), "rollout.presences[1].start"),
        (lambda found: found.update(moves=3), "rollout.moves = 3"),
        (lambda found: found.pop("presences"), "rollout.presences: is missing"),
    ],
)
def test_a_rollout_of_another_form_names_the_field(spoil, words):
    said = faults(lambda: moves_of(edited(spoil)))
    assert words in said and "pydantic" not in said


def test_a_plan_without_rollout_says_how_to_get_one():
    made = document()
    del made["rollout"]
    assert "has no moves" in faults(lambda: moves_of(Saved(Path("x.json"), made)))


CONTENTS = {
    "empty": (b"", "is not JSON"),
    "cut off": (b'{"schema": "beachhead.plan/1", "firm": {', "cut off"),
    "prose": (b"a fine plan", "is not JSON"),
    "nested without end": (b"[" * 200_000, "is not JSON"),
    "NaN": (b'{"schema": "beachhead.plan/1", "firm": {}, "seed": NaN}', "is not JSON"),
    "a list": (b"[1, 2]", "this is not a plan"),
    "foreign": (b'{"name": "left-pad", "version": "1.0.0"}', "this is not a plan"),
    "schema is no text": (b'{"schema": ["beachhead.plan/1"], "firm": {}}', "this is not a plan"),
    "firm is no table": (b'{"schema": "beachhead.plan/1", "firm": 3}', "this is not a plan"),
    "another document": (b'{"schema": "beachhead.markets/1", "markets": []}', "this is not a plan"),
    "a later schema": (b'{"schema": "beachhead.plan/2", "firm": {}}', "this version reads beachhead.plan/1"),
    "UTF-16": ('{"schema": 1}'.encode("utf-16"), "UTF-16"),
    "binary": (b"PK\x03\x04\x00\x00", "not a text file"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_that_is_no_plan_is_told_as_what_it_is(kind, tmp_path):
    data, words = CONTENTS[kind]
    (tmp_path / "result.json").write_bytes(data)
    assert words in faults(lambda: read_saved(tmp_path))


def test_a_folder_without_a_plan_and_a_file_that_is_not_there(tmp_path):
    assert "holds no result.json" in faults(lambda: read_saved(tmp_path))
    assert "no such file" in faults(lambda: read_saved(tmp_path / "gone.json"))


def test_only_a_plan_that_was_written_here_counts_as_the_last_one(tmp_path):
    (tmp_path / "result.json").write_text(json.dumps(document()), encoding="utf-8")
    assert previous(tmp_path) is None and previous(tmp_path / "gone") is None
    (tmp_path / ".beachhead-plan").write_text("made by beachhead plan\nresult.json\n", encoding="utf-8")
    assert previous(tmp_path) == document()
    for damaged in (
        "{",
        json.dumps({**document(), "rollout": {"moves": 3}}),
        json.dumps({**document(), "shortlist": "x"}),
    ):
        (tmp_path / "result.json").write_text(damaged, encoding="utf-8")
        assert previous(tmp_path) is None


def test_a_plan_of_a_version_with_fewer_stages_and_keys_can_still_be_compared():
    made = document()
    del made["rollout"]["stability"], made["rollout"]["evpi_usd"]
    assert comparable(Saved(Path("x.json"), made)) == made
    bare = {key: value for key, value in made.items() if key != "rollout"}
    assert comparable(Saved(Path("x.json"), {**bare, "rollout": None})) == bare
    made["rollout"]["moves"][0].pop("market")
    assert "rollout.moves[0].market" in faults(lambda: comparable(Saved(Path("x.json"), made)))


# --- the firm -------------------------------------------------------------------------------------------------------


def saved_in(folder: Path, **firm) -> Saved:
    folder.mkdir(exist_ok=True)
    made = document()
    return Saved(folder / "result.json", {**made, "firm": {**made["firm"], **firm}})


@pytest.mark.parametrize("where", ["shoes.plan", "."])
def test_evidence_is_found_in_the_folder_of_the_plan_and_around_it(where, tmp_path):
    data = (EXAMPLES / "portugal_footwear_demand.csv").read_bytes()
    saved = saved_in(tmp_path / "shoes.plan")
    (tmp_path / where / "portugal_footwear_demand.csv").write_bytes(data)
    firm = firm_of(saved)
    assert [path.read_bytes() for path in firm.evidence] == [data]
    original = real_plan(NAME).firm
    assert firm.model_copy(update={"evidence": ()}) == original.model_copy(update={"evidence": ()})


def test_evidence_that_is_missing_is_named_with_where_it_was_looked_for(tmp_path):
    said = faults(lambda: firm_of(saved_in(tmp_path / "shoes.plan")))
    assert "firm.evidence[0] = portugal_footwear_demand.csv" in said and str(tmp_path) in said


def test_the_firm_of_an_edited_plan_is_checked_like_a_firm_file(tmp_path):
    saved = saved_in(tmp_path / "p", evidence=[], home="QQQ", cash={"available_usd": 1.0, "floor_usd": 2.0})
    said = faults(lambda: firm_of(saved))
    assert "firm.home" in said and "firm.cash.floor_usd" in said


@pytest.mark.parametrize("value", [None, "one", True, -1, 1.5])
def test_a_plan_that_lost_its_seed_is_not_guessed_at(value):
    assert "seed" in faults(lambda: drawn_with(Saved(Path("x"), {**document(), "seed": value})))


def test_quarters_of_the_made_up_plan_are_what_these_tests_take_them_for():
    found = document()["rollout"]
    assert found["quarters"][0] == at(0) and quarter_number(found["gates"][0]["quarter"]) == quarter_number(at(3))
