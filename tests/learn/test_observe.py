"""What an entry says is read as it was meant: which markets, which scale, whose bias, how sure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learn.firms import CHANNELS, World

from beachhead.assumptions import PACKAGED
from beachhead.enter.modes import MODES
from beachhead.learn.journal import Journal
from beachhead.learn.observe import Observation, told
from beachhead.learn.result import Source

WORLD = World()
WIDTH = PACKAGED["alike_within"]
COST = np.log(np.outer(np.arange(1, 13), np.arange(1, 8)) * 1_000.0)  # market k in mode j: (k + 1)(j + 1) thousand
SEEN = replace(WORLD.context, cost=COST)


def said(about="potential", **what) -> list[Observation]:
    rows = what.pop("rows", 3)
    seen = SEEN if about == "potential" else replace(SEEN, prior=np.zeros(12))
    entry = WORLD.entry(7, what.pop("channel", "trade_fair"), rows, about=about, **what)
    return list(told(Journal((entry,)), about, seen))


def test_a_figure_speaks_of_the_mean_of_the_logarithms_of_its_markets():
    (o,) = said(rows=[1, 4], estimate_usd=50_000)
    assert (o.rows, o.weights, o.source) == ((1, 4), (0.5, 0.5), Source(entry=7))
    assert o.low == o.high == pytest.approx(np.log(50_000))
    assert (o.channel, o.noise, o.stated, o.rumour) == ("trade_fair", CHANNELS["trade_fair"].noise_sd, False, 0.05)


@pytest.mark.parametrize(
    ("channel", "firm", "luck"),
    [("trade_fair", False, False), ("international_client", True, False), ("trial_and_error", True, True)],
)
def test_who_deals_with_the_firm_knows_the_firm_and_only_who_tries_it_knows_its_luck(channel, firm, luck):
    (o,) = said(channel=channel, estimate_usd=50_000)
    assert (o.firm, o.luck) == (firm, luck)


def test_a_writer_who_knows_better_states_the_noise():
    (o,) = said(estimate_usd=50_000, sd_log=0.2)
    assert (o.noise, o.stated) == (0.2, True)


def test_who_takes_in_more_hears_more_exactly():
    seen = replace(SEEN, factor={"trade_fair": np.linspace(0.4, 1.0, 12)})
    entry = WORLD.entry(1, "trade_fair", [0, 11], estimate_usd=1.0)
    (o,) = told(Journal((entry,)), "potential", seen)
    assert o.factor == pytest.approx(0.7) and o.noise == pytest.approx(0.7 * CHANNELS["trade_fair"].noise_sd)


@pytest.mark.parametrize(
    ("word", "low", "high"), [("better", WIDTH, np.inf), ("alike", -WIDTH, WIDTH), ("worse", -np.inf, -WIDTH)]
)
def test_comparisons_are_ranges_around_what_was_expected(word, low, high):
    (o,) = said(says=word)
    at = WORLD.field.mean[3]
    assert (o.low, o.high) == pytest.approx((at + low, at + high)) and o.channel == "trade_fair"
    (o,) = said(says=word, expected_usd=20_000)
    assert (o.low, o.high) == pytest.approx((np.log(20_000) + low, np.log(20_000) + high))


def test_compared_with_another_market_the_bias_of_the_source_falls_out():
    (o,) = said(rows=[1, 2], says="worse", than=WORLD.field.markets[5])
    assert (o.rows, o.weights) == ((1, 2, 5), (0.5, 0.5, -1.0))
    assert (o.low, o.high, o.channel) == (-np.inf, -WIDTH, "")


def test_of_cost_and_hazard_more_is_worse():
    (cost,), (hazard,) = (said(about, says="worse") for about in ("entry_cost", "hazard"))
    assert (cost.low, cost.high) == (hazard.low, hazard.high) == (WIDTH, np.inf)


def test_costs_of_two_markets_are_compared_as_they_are_planned():
    """The eighth market was planned at twice the cost of the fourth: alike is a surprise of one half."""
    (o,) = said("entry_cost", rows=7, says="alike", than=WORLD.field.markets[3], mode="ecommerce")
    assert (o.low, o.high) == pytest.approx((np.log(0.5) - WIDTH, np.log(0.5) + WIDTH))


def test_a_figure_of_cost_is_measured_against_the_plan_of_its_mode():
    (o,) = said("entry_cost", rows=[1, 4], estimate_usd=30_000, mode="ecommerce")
    planned = np.sqrt(2 * 5) * 1_000.0 * (MODES.index("ecommerce") + 1)
    assert o.low == pytest.approx(np.log(30_000 / planned))
    (light,) = said("entry_cost", rows=1, estimate_usd=2_000)  # the lightest mode, if none is named
    assert light.low == pytest.approx(0.0)


def test_a_chance_of_leaving_is_measured_against_the_usual_hazard():
    (o,) = said("hazard", chance=0.36)
    assert np.exp(o.low) == pytest.approx(np.log(0.64) / np.log(1 - PACKAGED["chance_exit"]))


@pytest.mark.parametrize(
    "what", [{}, {"rows": 3, "says": "better", "than": "ZZZ"}, {"about": "hazard", "estimate_usd": 5.0}]
)
def test_what_says_nothing_of_the_quantity_moves_nothing(what):
    """A lesson without a figure; a comparison with a market that is not ranked; dollars of a chance."""
    assert said(**what) == []


def test_markets_that_are_not_ranked_are_left_out():
    entry = WORLD.entry(1, "trade_fair", 3, estimate_usd=5_000)
    elsewhere = entry.model_copy(update={"markets": ("ZZZ", WORLD.field.markets[3])})
    (o,) = told(Journal((elsewhere,)), "potential", SEEN)
    assert o.rows == (3,)
    assert list(told(Journal((entry.model_copy(update={"markets": ("ZZZ",)}),)), "potential", SEEN)) == []
