"""What does not fit is shown, with how far off it is, what speaks against it and what would have to be true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learn.firms import Style, World, truth_of

from beachhead.assumptions import PACKAGED
from beachhead.learn.flags import distances, find, rounded

WORLD = World()
NAMES = tuple(f"Land {m}" for m in WORLD.field.markets)


def flags(*entries, books=()):
    return find(WORLD.found(entries, books), NAMES, PACKAGED)


def figure(number, row, times, name="trade_fair", **more):
    return WORLD.figure(number, name, row, WORLD.field.mean[row] + np.log(times), **more)


def test_a_wild_rumour_is_shown_with_what_would_have_to_be_true():
    (flag,) = flags(figure(1, 4, 1000.0), figure(2, 4, 1.0), figure(3, 6, 1.2))
    assert (flag.entry, flag.market, flag.against) == (1, WORLD.field.markets[4], ())
    assert flag.z > PACKAGED["flag_z"] and flag.trust < 0.01
    assert NAMES[4] in flag.needed and "all else says USD" in flag.needed
    assert rounded(WORLD.field.mean[4] + np.log(1000.0)) in flag.needed


def test_two_that_contradict_each_other_are_shown_with_each_other():
    found = flags(
        figure(1, 4, 12.0, sd_log=0.3), figure(2, 4, 1 / 12, "peers_consulted", sd_log=0.3), figure(3, 9, 1.0)
    )
    assert {f.entry: f.against for f in found} == {1: (2,), 2: (1,)}
    assert {f.entry: np.sign(f.z) for f in found} == {1: 1.0, 2: -1.0}


def test_what_the_rest_bears_out_is_not_shown():
    assert flags(figure(1, 4, 1.5), figure(2, 4, 1.8, "peers_consulted"), figure(3, 5, 1.6)) == ()


def test_each_is_held_against_all_others_and_not_against_itself():
    """One figure alone is off by its distance from the prior, over the sd of prior, bias and noise together."""
    found = WORLD.found([figure(1, 4, 10.0, sd_log=0.5)])
    sd = np.sqrt((WORLD.field.heard[4] ** 2).sum() + 0.35**2 + 0.5**2)
    assert distances(found)[0] == pytest.approx((np.log(10.0) - 0.25) / sd, rel=1e-3)


def test_a_comparison_that_own_sales_belie_is_shown_as_one():
    books = [WORLD.booked(row, np.full(8, sales)) for row, sales in ((2, 400_000.0), (9, 60.0))]
    asked = WORLD.entry(5, "trial_and_error", 9, says="better", than=WORLD.field.markets[2])
    (flag,) = flags(asked, books=books)
    assert flag.entry == 5 and flag.z > PACKAGED["flag_z"]
    assert f"{NAMES[9]} would have to be worth at least 1.2 times as much as {NAMES[2]}" in flag.needed


def test_as_many_are_shown_by_chance_as_the_threshold_says():
    """Of figures that are no rumours, about one in eighty lies beyond 2.5 sds; farthest first."""
    shown, total = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        truth = truth_of(rng, WORLD.field)
        found = find(WORLD.found(WORLD.entries(rng, truth, Style(25, rumours=0.0))), NAMES, PACKAGED)
        assert [abs(f.z) for f in found] == sorted((abs(f.z) for f in found), reverse=True)
        shown, total = shown + len(found), total + 25
    assert shown / total < 0.03


def test_amounts_have_two_digits_however_large():
    assert [rounded(np.log(x)) for x in (1_234.0, 0.4, 98_765.0)] == ["1,200", "0", "99,000"]
    assert rounded(1e6)


def test_what_all_else_says_is_of_the_market_and_not_of_how_the_channel_exaggerates():
    """With nothing else known it is what was expected."""
    numbers = {"trade_fair": replace(WORLD.numbers["trade_fair"], bias=1.5)}
    world = replace(WORLD, numbers=numbers)
    (flag,) = find(world.found([world.figure(1, "trade_fair", 4, WORLD.field.mean[4] + 9.0)]), NAMES, PACKAGED)
    assert f"all else says USD {rounded(WORLD.field.mean[4])} (" in flag.needed
