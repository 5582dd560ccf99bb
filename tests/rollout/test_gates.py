"""Gates: thresholds in closed form, chances that add up, and a plan that changes exactly where the gate says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rollout.small import DIRECT, limits, three_markets, tiny_ground
from scipy.special import ndtr
from scipy.stats import norm

from beachhead.assumptions import PACKAGED
from beachhead.rollout.courses import stop_below
from beachhead.rollout.gates import Signal, believed, floor_of, goes_at, remaining, signal, stops_at, unchanged
from beachhead.rollout.gather import gates, presences
from beachhead.rollout.problem import Choice
from beachhead.rollout.solve import solve


@pytest.fixture(scope="module")
def planned():
    """A pilot in A opens B, which pays only just; C is too small. Over a dozen futures."""
    rules = limits(quarters=8, horizon=16, phases=True, pilots=1, launches=1, gate_quarters=2, review_quarters=4)
    figures = three_markets(
        potential=np.array([60_000.0, 40_000.0, 1_000.0]),
        root=np.full((3, 1), 0.9),
        own_sd=np.full(3, 0.3),
        fixed=np.full((3, 7), 1_500.0),
        staff=np.full((3, 7), 2_500.0),
        accessible=np.array([True, False, False]),
    )
    ground = tiny_ground(figures, rules, shocks=0.03)
    p = ground.problem(ground.scenarios(12))
    return ground, p, solve(p, gap=1e-6)


def course_of(p, market, start=0):
    c = p.courses
    return int(np.flatnonzero((c.market == market) & (c.start == start) & (c.of.then[c.profile] < 0))[0])


def test_what_a_signal_tells_by_hand(planned):
    """Two quarters of sales: the first year's rate of the ramp, and noise of a year over a half."""
    ground, p, _ = planned
    seen = signal(ground, p, course_of(p, 1), 2)
    first_year = PACKAGED["ramp_1"] / 0.625
    assert seen.middle == pytest.approx(40_000 * first_year) and seen.per == pytest.approx(first_year)
    assert seen.sd == pytest.approx(np.sqrt(0.9**2 + 0.3**2 + PACKAGED["sales_noise_sd"] ** 2 / 0.5))


@pytest.mark.parametrize("chance", [0.01, 0.2, 0.5, 0.97])
def test_a_result_and_its_chance_are_each_others_inverse(planned, chance):
    ground, p, _ = planned
    seen = signal(ground, p, course_of(p, 0), 2)
    assert seen.chance_below(seen.at(chance)) == pytest.approx(chance)
    assert norm(np.log(seen.middle), seen.sd).cdf(np.log(seen.at(chance))) == pytest.approx(chance)
    assert seen.chance_below(0.0) == 0.0


def test_the_result_from_which_a_market_is_left_speaks_for_the_potential_where_leaving_is_as_good(planned):
    """Joint normal logarithms: E[potential | result] at the threshold is the potential of ``stop_below``."""
    ground, p, _ = planned
    j = course_of(p, 0)
    seen = signal(ground, p, j, 4)
    least = stop_below(p.figures, p.rules, p.courses.of, ground.assumed)[p.courses.profile[j]]
    result = stops_at(ground, p, j, seen)
    variance, noise = 0.9**2 + 0.3**2, PACKAGED["sales_noise_sd"] ** 2
    mean = np.log(60_000) + variance / (variance + noise) * np.log(result / seen.middle)
    left = variance * noise / (variance + noise)
    assert np.exp(mean + left / 2) == pytest.approx(least, rel=1e-9)


def test_who_comes_late_expects_less_but_leaves_at_the_same_potential(planned):
    """Waiting cuts what is left of a market for the firm, not what going on must bring."""
    ground, p, _ = planned
    p = replace(p, rules=replace(p.rules, closing=0.5))
    early, late = course_of(p, 0), course_of(p, 0, start=4)
    seen = signal(ground, p, late, 4)
    assert seen.middle == pytest.approx(signal(ground, p, early, 4).middle / 2)
    least = stop_below(p.figures, p.rules, p.courses.of, ground.assumed)[p.courses.profile[late]]
    variance, noise = 0.9**2 + 0.3**2, PACKAGED["sales_noise_sd"] ** 2
    mean = np.log(30_000) + variance / seen.sd**2 * np.log(stops_at(ground, p, late, seen) / seen.middle)
    assert np.exp(mean + variance * noise / seen.sd**2 / 2) == pytest.approx(least, rel=1e-9)


def test_that_threshold_in_a_simulation(planned):
    """Among many markets that show just this result, the mean potential is that of the threshold."""
    ground, p, _ = planned
    j, rng = course_of(p, 0), np.random.default_rng(0)
    seen = signal(ground, p, j, 4)
    result = stops_at(ground, p, j, seen)
    potential = 60_000 * np.exp(np.hypot(0.9, 0.3) * rng.standard_normal(2_000_000))
    shown = potential * seen.per * np.exp(PACKAGED["sales_noise_sd"] * rng.standard_normal(2_000_000))
    near = np.abs(np.log(shown / result)) < 0.05
    least = stop_below(p.figures, p.rules, p.courses.of, ground.assumed)[p.courses.profile[j]]
    assert potential[near].mean() == pytest.approx(least, rel=0.03)


def test_the_dearer_it_is_to_go_on_the_more_must_be_sold():
    def result(fixed):
        figures = three_markets(fixed=np.full((3, 7), fixed))
        ground = tiny_ground(figures, limits(quarters=8, horizon=16))
        p = ground.problem(ground.scenarios(4))
        j = course_of(p, 0)
        return stops_at(ground, p, j, signal(ground, p, j, 4))

    found = [result(fixed) for fixed in (300.0, 900.0, 2_700.0)]
    assert found == sorted(found) and found[0] < found[-1]


def test_beliefs_move_by_what_is_shared_and_not_where_nothing_is(planned):
    """Covariance / sd² × (ln result − ln middle): the expected logarithm of each market's potential."""
    _, p, _ = planned
    seen = Signal(0, 50_000.0, 1.25, 0.95, np.array([0.9, 0.81, 0.0]), 1.0, 2)
    chance = 0.1
    moved = (np.array([0.9, 0.81, 0.0]) / 1.25 * norm.ppf(chance))[p.courses.market, None]
    after = believed(p, seen, chance)
    lowest = floor_of(p)[:, None]
    assert (lowest <= p.courses.value).all()
    assert np.allclose(after.courses.value - lowest, (p.courses.value - lowest) * np.exp(moved))
    assert np.allclose(believed(p, replace(seen, with_others=np.zeros(3)), chance).courses.value, p.courses.value)
    assert np.allclose(believed(p, seen, 0.5).courses.value, p.courses.value)


def opened(ground, p, found):
    there, taken = presences(ground, p, found.choice)
    at = next(n for n, one in enumerate(there) if one.phase == 1)
    return there, taken, at, taken[[m for m in range(len(there)) if there[m].opened_by == at]]


def test_the_plan_stays_from_the_go_threshold_on_and_changes_below_it(planned):
    """The definition itself: at results better than the threshold what the gate opens is still chosen, at worse not."""
    ground, p, found = planned
    _, taken, at, opens = opened(ground, p, found)
    assert len(opens)
    seen = signal(ground, p, int(taken[at]), p.rules.gate_quarters)
    go = goes_at(p, found.choice, opens, seen)
    assert go > 0.0
    rest, at_gate = remaining(p, found.choice, opens), seen.chance_below(go)
    for chance in (at_gate + 0.02, at_gate + 0.1, 0.9):
        assert unchanged(rest, found.choice, p, opens, seen, chance)
    for chance in (at_gate - 0.03, at_gate / 2, 0.02):
        assert not unchanged(rest, found.choice, p, opens, seen, chance)


def test_where_nothing_waits_there_is_no_threshold(planned):
    ground, p, found = planned
    seen = signal(ground, p, course_of(p, 0), 2)
    assert goes_at(p, found.choice, np.empty(0, dtype=np.intp), seen) == 0.0


def test_chances_of_every_gate_add_up_and_thresholds_are_in_order(planned):
    ground, p, found = planned
    there, taken = presences(ground, p, found.choice)
    told = gates(ground, p, found.seen, found.choice, there, taken)
    assert {gate.kind for gate in told} == {"pilot", "review"}
    for gate in told:
        assert gate.p_go + gate.p_wait + gate.p_stop == pytest.approx(1.0)
        assert min(gate.p_go, gate.p_wait, gate.p_stop) >= 0.0 and gate.stop_usd <= gate.go_usd
        i = p.figures.markets.index(gate.market)
        seen = signal(ground, p, int(taken[[p.courses.market[j] == i for j in taken]][0]), gate.quarters_seen)
        assert gate.p_stop == pytest.approx(ndtr(np.log(max(gate.stop_usd, 1e-9) / seen.middle) / seen.sd))


def test_spend_up_to_a_gate_is_the_ninetieth_percentile_of_set_up_and_what_it_cost_to_run(planned):
    ground, p, found = planned
    there, taken = presences(ground, p, found.choice)
    told = gates(ground, p, found.seen, found.choice, there, taken)
    pilot = next(gate for gate in told if gate.kind == "pilot")
    f, i = p.figures, p.figures.markets.index(pilot.market)
    k = next(one.mode for one in there if one.row == f.rows[i])
    age = int(p.courses.of.prep[p.courses.profile[course_of(p, i)]]) + 2
    setup = np.exp(norm(np.log(f.entry[i, k]) + PACKAGED["overrun_bias"], f.entry_sd_log[i, k]).ppf(0.9))
    kept = 1.0 - f.held[i] @ f.cut
    assert pilot.spend_usd == pytest.approx(setup * kept + age * f.fixed[i, k])


def test_remaining_courses_are_the_plan_and_later_starts_of_what_the_gate_opens(planned):
    ground, p, found = planned
    _, _, _, opens = opened(ground, p, found)
    c, rest = p.courses, remaining(p, found.choice, opens)
    assert set(found.choice.taken.tolist()) <= set(rest.tolist())
    for j in set(rest.tolist()) - set(found.choice.taken.tolist()):
        assert c.profile[j] in c.profile[opens]
        assert c.start[j] >= c.start[opens[c.profile[opens] == c.profile[j]]][0]
    assert isinstance(found.choice, Choice) and (p.courses.mode[rest] == DIRECT).all()
