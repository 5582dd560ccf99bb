"""The pace curve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from outlook.cases import CALM, flat_ramp, make_figures, make_ground, plan_of, presence, rich

from beachhead.outlook.measures import adjusted
from beachhead.outlook.pace import STRETCHES, launches, pace, stretched
from beachhead.outlook.schedule import case
from beachhead.outlook.simulate import simulate
from beachhead.rollout.tables import Automation

MACHINE = Automation("crm", "CRM", "sales", "", 1_000.0, 50.0, 0.5, 1)


def curve(plan, paths=1_000):
    seen = simulate(plan.case(), 1, paths)
    return seen, {p.stretch: p for p in pace(plan.ground, plan.schedule, seen, 1, paths)}


def test_the_curve_at_stretch_one_is_the_plan():
    plan = rich(6)
    seen, points = curve(plan)
    assert tuple(points) == STRETCHES
    one = points[1.0]
    assert one.value_mean_usd == seen.worth.mean()
    assert one.adjusted_usd == adjusted(plan.ground.rules, seen)
    again = simulate(case(plan.ground, stretched(plan.schedule, 1.0, plan.ground)), 1, 1_000)
    np.testing.assert_array_equal(again.worth, seen.worth)


def test_starts_and_purchases_move_and_what_runs_stays():
    """After the last entry as many quarters follow as in the plan."""
    ground = make_ground(make_figures(3))
    runs = presence(0, 0, running=True, first_sale=-5.0)
    schedule = plan_of(runs, presence(1, 3, first_sale=4.5), presence(2, 6), bought=((MACHINE, 2),))
    slow, fast = stretched(schedule, 2.0, ground), stretched(schedule, 0.5, ground)
    assert [p.start for p in slow.presences] == [0, 6, 12]
    assert [p.first_sale for p in slow.presences] == [-5.0, 7.5, 12.0]
    assert (slow.bought[0][1], slow.quarters) == (4, 18)
    assert [p.start for p in fast.presences] == [0, 2, 3]
    assert (fast.bought[0][1], fast.quarters) == (1, 12)


def test_a_gate_that_comes_after_the_start_it_decides_on_is_gone():
    """The pilot sells from 1.5 and is judged in 4: a start in 8 may be brought forward to 4, not to 2."""
    ground = make_ground(make_figures(2))
    schedule = plan_of(presence(0, 0, first_sale=1.5, go_above=1.0), presence(1, 8, opened_by=0))
    assert [stretched(schedule, s, ground).presences[1].opened_by for s in (1.0, 0.5, 0.25, 0.0)] == [0, 0, -1, -1]


def test_speed_loses_the_protection_of_the_gate():
    """What waits behind the gate loses money in a bad world, which the pilot would have shown."""
    figures = make_figures(2, potential=np.array([1e5, 1e5]), root=np.full((2, 1), 2.0))
    ground = make_ground(figures, own=CALM | flat_ramp())
    schedule = plan_of(presence(0, 0, go_above=20_000.0), presence(1, 4, opened_by=0))
    seen = simulate(case(ground, schedule), 1, 2_000)
    points = {p.stretch: p for p in pace(ground, schedule, seen, 1, 2_000)}
    assert points[0.0].value_p10_usd < points[0.5].value_p10_usd


def test_waiting_costs_where_others_get_there_first():
    ground = make_ground(make_figures(2), own=CALM | flat_ramp(), closing=0.2)
    schedule = plan_of(presence(0, 0), presence(1, 4))
    points = pace(ground, schedule, simulate(case(ground, schedule), 1, 10), 1, 10)
    worth = [p.value_mean_usd for p in points]
    assert worth == sorted(worth, reverse=True)
    assert next(p for p in points if p.best).stretch == 0.0


def test_launches_are_counted_from_the_start_until_the_first_sale_is_due():
    runs = presence(0, 0, running=True, first_sale=-5.0)
    schedule = plan_of(runs, presence(1, 0, first_sale=1.5), presence(2, 1, first_sale=3.0), quarters=4)
    np.testing.assert_array_equal(launches(schedule), [1, 2, 1, 0])


def test_the_best_pace_is_the_best_of_those_within_the_owners_limits():
    """All at once would be worth most, but needs three launches at a time where two are allowed."""
    ground = make_ground(make_figures(3), own=CALM | flat_ramp(), closing=0.2, launches=2)
    schedule = plan_of(*(presence(i, 4 * i, first_sale=4 * i + 1.0) for i in range(3)))
    points = {p.stretch: p for p in pace(ground, schedule, simulate(case(ground, schedule), 1, 10), 1, 10)}
    assert points[0.0].breaks == ("launches",)
    assert points[0.0].adjusted_usd > points[0.25].adjusted_usd
    assert [p.stretch for p in points.values() if p.best] == [0.25]


@pytest.mark.parametrize(("hours", "barred"), [(1.0, False), (500.0, True), (1e6, False)])
def test_a_pace_that_runs_short_of_hours_more_often_than_the_plan_is_barred(hours, barred):
    """At once two launches take 400 hours on a middling path; one after the other 300 at most. With one hour at hand
    both always run short, with a million neither does."""
    schedule = plan_of(presence(0, 0, first_sale=1.0), presence(1, 4, first_sale=5.0))
    ground = make_ground(make_figures(2), own=CALM | flat_ramp(), hours=hours)
    points = {p.stretch: p for p in pace(ground, schedule, simulate(case(ground, schedule), 1, 500), 1, 500)}
    assert ("hours" in points[0.0].breaks) == barred
    assert points[1.0].breaks == ()


def test_exactly_one_pace_is_best_and_none_is_shown_where_nothing_is_entered():
    plan = rich(5)
    _, points = curve(plan, 500)
    assert sum(p.best for p in points.values()) == 1
    stays = replace(plan.schedule, presences=plan.schedule.presences[:1])
    figures = make_figures(1)
    ground = make_ground(figures)
    assert pace(ground, stays, simulate(case(ground, stays), 1, 10), 1, 10) == ()
