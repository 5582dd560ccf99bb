"""Our policy: exact in what it learns, right where the right answer is known, and better for learning."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array
from skill.policies.small_lands import CALM, small_land

from beachhead.learn.sites import Sites, learn_from
from beachhead.skill.policies.clairvoyant import bound
from beachhead.skill.policies.game import play
from beachhead.skill.policies.normal import before, load_of_answer, load_of_sales, noise_of_answer
from beachhead.skill.policies.ours import PlanAndLearn, Settings
from beachhead.skill.policies.policy import Enter
from beachhead.skill.policies.world import variants

BELIEVED = variants()[0]


def test_step_by_step_it_believes_what_the_exact_update_in_scores_believes():
    land = small_land(4, own_sd=np.array([0.5, 0.9, 1.2, 0.3]), root=np.arange(1.0, 9.0).reshape(4, 2) / 10.0)
    n, k = land.figures.root.shape
    found = before(land)
    size = len(found.mean)
    seen = [(load_of_sales(n, size, 1), 12.0, 0.1), (load_of_answer(land, size, 0, (2,)), 9.0, 0.4)]
    seen += [(load_of_answer(land, size, 1, (0, 2, 3)), 11.0, noise_of_answer(land, 1, (0, 2, 3)))]
    seen += [(load_of_answer(land, size, 0, (3,)), 12.5, 0.4), (load_of_sales(n, size, 1), 11.5, 0.1)]
    start = found.mean.copy()
    for load, value, noise in seen:
        found.learn(load, value, noise)
    basis = np.zeros((size, k + n + 3))
    basis[:n, :k], basis[n : 2 * n, :k], basis[2 * n : 3 * n, :k] = land.heard, land.figures.root, land.figures.root
    basis[2 * n : 3 * n, k : k + n] = np.diag(land.figures.own_sd)
    basis[3 * n :, k + n :] = np.diag(land.asking.bias_sd)
    loads = np.array([load for load, _, _ in seen])
    value = np.array([y for _, y, _ in seen]) - loads @ start
    noise = np.sqrt([v for _, _, v in seen])
    sites = Sites(csr_array(loads @ basis), np.eye(k + n + 3), value, value, noise, np.zeros(5), np.ones(5))
    told = learn_from(sites)
    assert found.mean == pytest.approx(start + basis @ told.mean, abs=1e-8)
    assert found.cov == pytest.approx(basis @ told.root @ told.root.T @ basis.T, abs=1e-8)


def test_knowing_everything_and_short_of_nothing_it_does_as_well_as_anybody_could():
    land = small_land(
        4, own=CALM, sd=0.0, exits=False, open_modes=(0,), potential=np.array([120e3, 60e3, 30e3, 2e3]),
        rules={"cash": 1e6},
    )  # fmt: skip
    truth = BELIEVED.draw(land, np.random.default_rng(2))
    run = play(PlanAndLearn(Settings(inquiry=0.0)), land, truth, np.random.default_rng(1))
    assert run.value_usd == pytest.approx(bound(land, truth), rel=2e-3)  # sales still go up and down by a hundredth


class Watched:
    """A policy whose actions are kept."""

    def __init__(self, policy):
        self.policy, self.done = policy, []

    def decide(self, view):
        actions = self.policy.decide(view)
        self.done.append(actions)
        return actions


def test_of_two_markets_it_enters_the_one_that_pays_in_the_mode_that_pays_and_never_the_other():
    """Mode 2 sells twice as much for twice the set-up; market 0 pays for either mode, market 1 for none."""
    sold, entry = np.ones((2, 7)), np.full((2, 7), 5_000.0)
    sold[:, 2], entry[:, 2] = 2.0, 10_000.0
    given = {"own": CALM, "sd": 0.0, "exits": False, "open_modes": (0, 2), "sold": sold, "entry": entry}
    land = small_land(2, **given, potential=np.array([100e3, 3e3]))
    policy = Watched(PlanAndLearn(Settings(inquiry=0.0)))
    play(policy, land, BELIEVED.draw(land, np.random.default_rng(2)), np.random.default_rng(1))
    assert [action for actions in policy.done for action in actions] == [Enter(0, 2)]


def test_a_market_that_has_shown_to_be_small_is_left_and_a_large_one_kept():
    land = small_land(
        2, own={**CALM, "sales_noise_sd": 0.1}, exits=False, own_sd=np.full(2, 1.4), rules={"launches": 2}
    )
    truth = BELIEVED.draw(land, np.random.default_rng(2))
    truth.potential[:] = 2_000.0, 400_000.0
    policy = Watched(PlanAndLearn(Settings(inquiry=0.0)))
    run = play(policy, land, truth, np.random.default_rng(1))
    assert run.entered == 2 and run.served == 1


class Deaf(PlanAndLearn):
    """Ours, if it never took in what it saw."""

    __slots__ = ()

    def learn(self, view):
        self.beliefs = self.beliefs or before(view.land)
        return self.beliefs


def test_where_the_prior_is_right_learning_pays():
    """What is about the firm makes all markets good or all bad; set-up is dear, so it pays to notice early."""
    land = small_land(
        6, root=np.full((6, 1), 1.0), own_sd=np.full(6, 0.3), potential=np.full(6, 20e3), entry=np.full((6, 7), 9e3),
        open_modes=(0,), rules={"cash": 90e3, "launches": 1, "quarters": 8},
    )  # fmt: skip
    gain = []
    for number in range(30):
        truth = BELIEVED.draw(land, np.random.default_rng([5, number]))
        policies = (make(Settings(inquiry=0.0)) for make in (PlanAndLearn, Deaf))
        ours, deaf = (play(policy, land, truth, np.random.default_rng(1)).value_usd for policy in policies)
        gain.append(ours - deaf)
    assert np.mean(gain) > 2.0 * np.std(gain) / np.sqrt(len(gain))
