"""Likeness estimated from trade, put to use: what is learnt of some markets speaks for others, if it is real."""

from __future__ import annotations

import numpy as np
import pytest
from learn.firms import Style, World, alone, field_of, truth_of
from panels import NONE, TRUE, estimate, panel, world

from beachhead.select.likeness import LENGTH, mixture

FIRMS, MARKETS = 120, 60
STYLE = Style(entries=40, of=tuple(range(0, MARKETS, 2)))  # every other market is asked about


def gains(truth):
    """By how much less wrong a firm is on the markets that it did not ask about, (firms,), in mean squared ln; and how
    wrong it is if none speaks for another. Its likeness is estimated from the trade of a world made with ``truth``.
    """
    measured = world(MARKETS)
    groups = estimate.groups_of(panel(measured, truth), True)
    share, _ = estimate.shares(estimate.best(estimate.World(measured, {}).form(), groups))
    learnt = mixture(measured, dict(zip((*estimate.ORDER, LENGTH), share[:5], strict=True)))
    real, ours = (field_of(MARKETS, common=0.0, alike=like) for like in (mixture(measured, truth), learnt))
    hidden = [k for k in range(MARKETS) if k not in STYLE.of]
    off = []
    for seed in range(FIRMS):
        true = truth_of(np.random.default_rng(1000 + seed), real)
        found = [World(field=f).firm(seed, STYLE, true)[1].belief.mean for f in (alone(ours), ours)]
        off.append([((mean - true.known)[hidden] ** 2).mean() for mean in found])
    without, with_it = np.array(off).T
    return without - with_it, without


def test_where_markets_are_alike_in_trade_firms_learn_of_markets_that_they_did_not_ask_about():
    gain, without = gains(TRUE)
    assert gain.mean() > 3 * gain.std() / np.sqrt(FIRMS)
    assert gain.mean() > 0.05 * without.mean()


def test_where_they_are_not_the_estimate_says_so_and_no_harm_is_done():
    gain, without = gains(NONE)
    assert gain.mean() == pytest.approx(0, abs=0.01 * without.mean())
