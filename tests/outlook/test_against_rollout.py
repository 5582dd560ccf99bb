"""Rollout and outlook reckon with the same money: where they mean the same, they find the same."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from cases import example

from beachhead import choose_modes
from beachhead.outlook.hazard import Hazard
from beachhead.outlook.look import ground_of
from beachhead.outlook.schedule import Schedule, case
from beachhead.outlook.simulate import simulate
from beachhead.rollout.ground import ground
from beachhead.rollout.problem import Choice, assess
from beachhead.rollout.result import Presence

# A review after three years comes too late to stop anything: the two stages stop on different signs.
SAME = {"review_quarters": 12.0, "sales_noise_sd": 0.01}


def chosen_at_random(problem):
    """One course for each candidate, without a switch, and nothing automated."""
    c, rng = problem.courses, np.random.default_rng(0)
    able = (c.of.then[c.profile] < 0) & ~c.of.leaves[c.profile]
    taken = [int(rng.choice(np.flatnonzero((c.market == i) & able))) for i in range(len(problem.figures.markets))]
    return Choice(np.array(taken), np.full(len(problem.automations), -1))


def as_presence(problem, j):
    """A course as the presence it becomes, never stopped and behind no gate."""
    c, f = problem.courses, problem.figures
    i, k, start, runs = int(c.market[j]), int(c.mode[j]), int(c.start[j]), bool(c.running[j])
    first = -float(c.of.tenure[c.profile[j]]) if runs else start + f.weeks[i, k] / 13
    return Presence(int(f.rows[i]), k, start, runs, first, -1, -1, np.inf, 1, -1, 50, 0.0, 0.0)


@pytest.mark.parametrize("name", ["portugal_footwear", "india_mobile_app"])
def test_expected_worth_and_cash_are_those_of_the_rollout(name):
    """No gates, no reviews, ends at one constant rate: within 1.5 % beside the sampling error of the scenarios."""
    firm, evidence, selection = example(name)
    few = firm.pace.model_copy(update={"candidates": 6})
    firm = firm.model_copy(update={"assumptions": {**firm.assumptions, **SAME}, "pace": few})
    modes = choose_modes(firm, evidence, selection)
    base = ground(firm, evidence, selection, modes, 1)
    problem = base.problem(base.scenarios(1_000))
    choice = chosen_at_random(problem)
    planned = assess(problem, choice)
    presences = tuple(as_presence(problem, j) for j in choice.taken)
    plan = SimpleNamespace(presences=presences, moves=())
    same = Hazard(np.full((6, 6, 6, 2), base.assumed["chance_exit"]))
    there = replace(ground_of(firm, evidence, selection, modes, plan), hazard=same)
    quarters = problem.rules.quarters
    seen = simulate(case(there, Schedule(presences, (), quarters)), 1, 40_000)
    scale = seen.worth.std() / np.sqrt(1_000)
    assert seen.worth.mean() == pytest.approx(planned.value.mean(), abs=0.015 * planned.value.mean() + scale)
    np.testing.assert_allclose(seen.cash.mean(axis=1), planned.cash[:quarters].mean(axis=1), rtol=0.015)
    assert seen.worth.std() == pytest.approx(planned.value.std(), rel=0.1)
