"""The search for defaults: a setting is kept only if it clearly gains and keeps the floor; the record is whole."""

from __future__ import annotations

from skill.policies.small_lands import small_land

from beachhead.skill.policies.ours import Settings
from beachhead.skill.policies.search import TRIED, Job, Row, better, changed, freed, outcome, recorded, together


def tried(value, low, below):
    return Row("train", "launches", 1.0, value, 0.0, low, 9.0, 0.0, below, 10, 1, False)


def test_a_value_replaces_what_stood_only_if_it_clearly_gains_and_keeps_the_floor():
    told = {
        1.0: tried(9.0, -1.0, 0.0),
        2.0: tried(8.0, 1.0, 0.2),
        3.0: tried(7.0, 1.0, 0.01),
        4.0: tried(6.0, 1.0, 0.0),
    }
    assert better(told, 6.0) == 3.0
    assert better({1.0: told[1.0], 2.0: told[2.0]}, 6.0) == 6.0


def test_whole_numbers_stay_whole_and_other_settings_as_they_are():
    found = changed(Settings(), "launches", 3.0)
    assert found == Settings(launches=3) and isinstance(found.launches, int)


def test_the_same_seed_gives_the_same_search():
    lands = [freed(small_land(3, rules={"cash": 40_000.0}))]
    one, two = (together(lands, Settings(), lambda jobs: map(outcome, jobs), 7, 3) for _ in range(2))
    assert one.value.tolist() == two.value.tolist()
    assert outcome(Job(lands[0], Settings(), 8, 3)).value.tolist() != one.value.tolist()


def test_the_record_holds_every_value_tried_and_the_confirmation():
    rows = recorded()
    for name, values in TRIED.items():
        assert [float(r["tried"]) for r in rows if r["setting"] == name] == list(values)
        assert sum(r["kept"] == "True" for r in rows if r["setting"] == name) <= 1
    assert [r["step"] for r in rows].count("confirm") == 1
    assert {r["seed"] for r in rows if r["step"] == "confirm"}.isdisjoint(
        r["seed"] for r in rows if r["step"] == "train"
    )
