"""The tournament: the same for any number of processes, honest in its verdicts, open to others, and kept on Ctrl-C."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from skill.policies.small_lands import small_land

from beachhead.errors import InputError
from beachhead.skill.policies.firms import kind_ids, kinds
from beachhead.skill.policies.roster import OURS, own_policies, policy_maker, world_named
from beachhead.skill.policies.tournament import interval, on_lands, pair
from beachhead.skill.policies.world import variants

NAMES = ("stay_home", "greedy", "waterfall", OURS)


@pytest.fixture(scope="module")
def lands():
    limits = {"cash": 60_000.0, "launches": 2, "quarters": 8}
    return [small_land(4, rules=limits), small_land(3, rules={**limits, "cash": 30_000.0}, own_sd=np.full(3, 1.2))]


def test_one_process_and_two_give_the_same_bytes(lands):
    given = {"worlds_wanted": 8, "policies": NAMES, "seed": 4, "world_ids": ("as_believed", "half", "shuffled")}
    one, two = (on_lands(lands, processes=p, **given) for p in (1, 2))
    assert json.dumps(one.to_dict()) == json.dumps(two.to_dict())


def test_the_contract_holds_and_worlds_are_shared_out_evenly(lands):
    found = on_lands(lands, worlds_wanted=10, policies=NAMES, world_ids=("as_believed", "half", "unlike")).to_dict()
    assert found["schema"] == "beachhead.skill/1" and found["worlds"] == 10
    assert [p["name"] for p in found["policies"]] == list(NAMES)
    for one in found["policies"]:
        low, high = one["value_usd"]["ci"]
        assert low <= one["value_usd"]["mean"] <= high
        assert 0.0 <= one["p_ruin"] <= 1.0 and one["regret_usd"] >= 0.0
    assert [part["prior"] for part in found["parts"]] == ["right", "wrong"]
    assert [g["worlds"] for g in found["parts"][1]["kinds"]] == [5, 5]
    assert sorted(g["worlds"] for g in found["parts"][1]["variants"]) == [4, 6]
    assert found["policies"][0]["value_usd"]["mean"] == 0.0


def test_policies_meet_the_same_worlds_whoever_else_plays(lands):
    alone, among = (on_lands(lands, worlds_wanted=8, policies=p) for p in (("greedy",), NAMES))
    theirs = {s.name: s for s in among.parts[0].whole.standings}
    assert alone.parts[0].whole.standings[0] == theirs["greedy"]


def test_an_interrupt_keeps_what_was_played_until_then(lands):
    def stop(label, share):
        if share >= 0.5:
            raise KeyboardInterrupt

    found = on_lands(lands, worlds_wanted=80, policies=("greedy", "waterfall"), tell=stop)
    assert not found.finished and found.to_dict()["finished"] is False
    assert 0 < found.parts[0].whole.worlds < 80


def test_the_verdict_says_as_good_where_the_interval_holds_zero_or_the_gain_is_small():
    land = np.zeros(4, dtype=int)
    rival = np.full(4, 1000.0)
    given = {
        "better": np.array([100.0, 101, 99, 100]),
        "worse": np.array([-100.0, -101, -99, -100]),
        "as_good": np.array([-100.0, 100, 90, -80]),
    }
    assert {v: pair("greedy", x, rival, land).verdict for v, x in given.items()} == {v: v for v in given}
    assert pair("greedy", np.array([5.0, 5.1, 4.9, 5.0]), rival, land).verdict == "as_good"


def test_the_interval_takes_the_variance_within_each_kind():
    """Two kinds that differ by 1000, with the sample variances 2 and 8 within: se² = (2·2 + 2·8) / 4²."""
    x, land = np.array([0.0, 2.0, 1000.0, 1004.0]), np.array([0, 0, 1, 1])
    found = interval(x, land)
    assert found.mean == 501.5
    assert found.high - found.mean == pytest.approx(1.959964 * np.sqrt((2 * 2 + 2 * 8) / 16), rel=1e-6)


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """A distribution of somebody else, as an installer would leave it on the path."""
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    points = (
        "[beachhead.policies]\nidle = theirs:Idle\nodd = theirs:Odd\n\n"
        "[beachhead.worlds]\npoor = theirs:Poor\nflat = theirs:Odd\n"
    )
    (info / "entry_points.txt").write_text(points)
    code = (
        "from dataclasses import replace\nfrom beachhead.skill.policies.world import variants\n"
        "class Idle:\n    def decide(self, view):\n        return ()\n"
        "class Odd:\n    pass\n"
        "class Poor:\n    def draw(self, land, rng):\n"
        "        truth = variants()[0].draw(land, rng)\n        return replace(truth, potential=truth.potential / 10)\n"
    )
    (tmp_path / "theirs.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("theirs", None)


def test_a_policy_and_a_world_of_somebody_else_take_part(distribution, lands):
    found = on_lands(lands, worlds_wanted=6, policies=("idle", "greedy", OURS), world_ids=("as_believed", "poor"))
    assert [part.prior for part in found.parts] == ["right", "poor"]
    idle = found.parts[0].whole.standings[0]
    assert (idle.name, idle.value_usd.mean) == ("idle", 0.0)
    assert found.parts[1].whole.clairvoyant_usd < found.parts[0].whole.clairvoyant_usd


def test_what_is_plugged_in_must_be_able_to_play(distribution):
    for make, name in ((policy_maker, "odd"), (world_named, "flat")):
        with pytest.raises(InputError, match="has no method"):
            make(name)
    for make in (policy_maker, world_named):
        with pytest.raises(InputError, match="choose from"):
            make("nobody")


def test_the_wrong_worlds_differ_from_the_right_one_as_their_rows_say():
    land = small_land(6, potential=1e4 * 2.0 ** np.arange(6), root=np.full((6, 1), 0.6), own_sd=np.full(6, 1.0))
    seen = {
        v.id: np.log([v.draw(land, np.random.default_rng([1, i])).potential for i in range(800)]) for v in variants()
    }
    level = {name: x.mean(axis=0) - np.log(land.figures.potential) for name, x in seen.items()}
    assert level["as_believed"] == pytest.approx(np.zeros(6), abs=0.16)
    assert level["half"] == pytest.approx(np.full(6, np.log(0.5)), abs=0.16)
    assert np.abs(level["shuffled"]).max() > 0.3
    together = {name: np.corrcoef(x.T)[np.triu_indices(6, 1)].mean() for name, x in seen.items()}
    assert together["as_believed"] == pytest.approx(0.36 / 1.36, abs=0.08)
    assert together["unlike"] == pytest.approx(0.0, abs=0.08)
    assert seen["luckier"].std() > seen["as_believed"].std() + 0.1


def test_eight_kinds_of_firm_differ_in_cash_offer_and_contacts():
    found = {kind.id: kind.firm for kind in kinds()}
    assert tuple(found) == kind_ids() and len(found) == 8
    for name, firm in found.items():
        assert (firm.cash.available_usd > 100_000) == ("rich" in name)
        assert bool(firm.contacts) == ("many" in name)
        assert firm.sells[0].code.startswith("hs:") == ("goods" in name)
        assert not firm.presence
    with pytest.raises(InputError, match="choose from"):
        kinds(("goods_poor",))


def test_every_policy_of_the_package_can_be_named():
    assert set(own_policies()) == {
        "stay_home", "sprinkler", "waterfall", "greedy", "size_first", "potential_first", "fixed_plan", OURS,
    }  # fmt: skip
