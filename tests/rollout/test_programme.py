"""Every family of limits is needed: without it the programme chooses, or claims, what it must not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from rollout.referee import Best, best_of_all, judge
from rollout.small import DIRECT, INDIRECT, One, any_choice, at_random, by_hand, limits, machine

from beachhead.rollout import solve as solving
from beachhead.rollout.problem import Choice, assess
from beachhead.rollout.programme import (
    FAMILIES,
    PHASED,
    Columns,
    area_at_most,
    attention_row,
    floor_cut,
    hours_row,
    shortfall_cut,
    worse_half_cut,
)
from beachhead.rollout.rules import Wish
from beachhead.rollout.solve import THOUSAND, add_broken, begin, choice_of, column_values, integral, linear

ROUNDS = 60


@dataclass(frozen=True)
class Answer:
    """What the programme alone chooses, without the referee's help, and what it claims that to be worth."""

    claimed: float
    taken: tuple[int, ...]
    bought: tuple[int, ...]


def answer(p, without=()):
    """The optimum of the programme without some families: solved, rows added where broken, until there are none."""
    search = begin(p, without=frozenset(without))
    assert linear(search)
    integral(search)
    for _ in range(ROUNDS):
        search.solver.run()
        x = np.array(search.solver.getSolution().col_value)
        if not add_broken(search, x):
            break
    choice = choice_of(search.columns, x)
    claimed = -search.solver.getInfo().objective_function_value / THOUSAND
    return Answer(claimed, tuple(choice.taken.tolist()), tuple(choice.bought.tolist()))


NEAR = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
A_LIKE_B = np.zeros((2, 2, 3), dtype=bool)
A_LIKE_B[0, 1, 0] = A_LIKE_B[1, 0, 0] = True


def stay_and_leave():
    """Both going on and leaving bring something; a new market has one entry whatever the family says."""
    stays, leaves = One(0, value=4_000.0, running=True), One(0, value=5_000.0, running=True, leaves=True)
    return by_hand([stays, leaves, One(1, 0, 10.0), One(1, 1, 20.0)], limits())


def two_launches():
    return by_hand([One(0, 0, 5_000.0), One(1, 0, 4_000.0)], limits(launches=1))


def crowded():
    """Two markets want 160 hours where there are 100; the investment that would make room costs more than it brings."""
    ones = [One(i, 0, value, hours=80.0) for i, value in enumerate((5_000.0, 4_000.0))]
    return by_hand(ones, limits(hours=100.0), automations=(machine(cost_usd=4_500.0, build_quarters=0),))


def dear_without_the_other():
    """B pays only if A, at a loss greater than what it saves B, has been entered before."""
    ones = [One(0, 0, -3_000.0, setup=1_000.0), One(1, 1, -500.0, setup=5_000.0)]
    return by_hand(ones, limits(), alike=A_LIKE_B)


def at_most_one():
    return by_hand([One(0, 0, 5_000.0), One(1, 0, 4_000.0)], limits(most=1))


def two_pilots():
    """Two accessible markets in different regions where one pilot is allowed."""
    return by_hand([One(0, 0, 5_000.0), One(1, 0, 4_000.0)], limits(phases=True, pilots=1))


def opened_by_a_loss():
    """B pays and waits for a pilot near it; the only one, in A, would lose more than B brings."""
    ones = [One(0, 0, -5_000.0), One(1, 2, 4_000.0)]
    return by_hand(ones, limits(phases=True), region=NEAR[:2, :2], accessible=np.array([True, False]))


def far_away():
    """C is in another region and pays; nothing in its region or after a pilot has been entered."""
    ones = [One(0, 0, 5_000.0), One(2, 1, 4_000.0)]
    return by_hand(ones, limits(phases=True, pilots=1), region=NEAR, accessible=np.array([True, False, False]))


def too_dear():
    flow = [-700.0, 0.0, 0.0, 900.0]
    return by_hand([One(0, 0, 5_000.0, flow), One(1, 0, 4_000.0, flow)], limits(cash=1_000.0))


def dear_in_one_future():
    """Either market leaves too little in one of four futures: each would be fine alone if that were allowed."""
    bad = np.array([[-700.0, 0.0, 0.0, 0.0]] * 4).T * np.array([1.0, 0.0, 0.0, 0.0])
    return by_hand([One(0, 0, 5_000.0, bad), One(1, 0, 4_000.0, bad)], limits(cash=600.0), scenarios=4)


def unloved():
    return by_hand([One(0, 0, -500.0), One(1, 0, 4_000.0)], limits(pins=(Wish("A", None, None),)))


def refused():
    return by_hand([One(0, 0, 5_000.0), One(1, 0, 4_000.0)], limits(forbids=(Wish("A", None, None),)))


def busy_in_one_future():
    """On average there is room for both markets, but not where both need most."""
    peak = np.array([[180.0, 20.0, 20.0, 20.0]] * 4)
    ones = [One(0, 0, 5_000.0, hours=peak), One(1, 0, 4_000.0, hours=peak)]
    return by_hand(ones, limits(hours=200.0), scenarios=4)


def test_without_the_rows_of_single_futures_hours_are_beyond_all_there_are(monkeypatch):
    p = busy_in_one_future()
    assert answer(p).taken == (0,) == best_of_all(p).taken
    monkeypatch.setattr(solving, "add_crowded", lambda *_: 0)
    assert answer(p).taken == (0, 1)


def tired():
    return by_hand([One(0, 0, 5_000.0, attention=2.0), One(1, 0, 4_000.0, attention=2.0)], limits(attention=3.0))


#: A family, an instance in which it decides, and the limit that is broken where it is left out.
DECIDING = [
    ("one_course", stay_and_leave, "one_course"),
    ("launches", two_launches, "launches"),
    ("automation", crowded, "hours"),
    ("hours", crowded, "hours"),
    ("most", at_most_one, "most"),
    ("pilots", two_pilots, "phases"),
    ("after_pilots", opened_by_a_loss, "phases"),
    ("after_pilots", far_away, "phases"),
    ("global", far_away, "phases"),
    ("floor", too_dear, "cash"),
    ("floor", dear_in_one_future, "cash"),
    ("wishes", unloved, "pins"),
    ("forbids", refused, "forbids"),
    ("attention", tired, "attention"),
]


@pytest.mark.parametrize(("family", "instance", "limit"), DECIDING, ids=lambda x: getattr(x, "__name__", x))
def test_a_family_left_out_is_a_limit_broken(family, instance, limit):
    p = instance()
    with_all, best = answer(p), best_of_all(p)
    assert (with_all.taken, with_all.bought) == (best.taken, best.bought)
    without = answer(p, {family})
    assert limit in judge(p, without.taken, without.bought).breaks


def test_every_family_decides_in_some_test():
    lazy = {"attention", "forbids"}
    assert {family for family, _, _ in DECIDING} | {"likeness"} == set(FAMILIES) | lazy


def test_without_likeness_a_saving_is_claimed_that_nobody_gives():
    p = dear_without_the_other()
    honest, without = answer(p), answer(p, {"likeness"})
    assert honest.taken == () == best_of_all(p).taken and honest.claimed == pytest.approx(0.0)
    assert without.claimed > judge(p, without.taken, ()).objective + 100.0


@pytest.mark.parametrize("part", ["pilots", "after_pilots", "global"])
def test_the_families_of_phases_are_left_away_where_the_owner_wants_no_phases(part):
    p = by_hand([One(2, 0, 4_000.0)], limits(phases=False), accessible=np.zeros(3, dtype=bool))
    assert part in PHASED and answer(p).taken == (0,)


def test_where_no_row_for_the_floor_is_added_cash_falls_below_it(monkeypatch):
    p = too_dear()
    monkeypatch.setattr(solving, "add_floors", lambda *_: 0)
    without = answer(p)
    assert judge(p, without.taken, without.bought).breaks == {"cash"}


def test_without_the_share_of_futures_that_may_break_the_floor_all_of_them_would():
    """The rows of single futures alone do not bind: each may be bought free. Only their number is limited."""
    p = dear_in_one_future()
    allowed = by_hand([One(0, 0, 5_000.0, [-700.0, 0, 0, 0])], limits(cash=600.0, floor_risk=1.0), scenarios=4)
    assert answer(p).taken == () and answer(allowed).taken == (0,)


def risky():
    """A is worth more on average, and nothing in the worse half; B is safe."""
    ones = [One(0, 0, [-2_000.0, -1_000.0, 6_000.0, 6_000.0]), One(1, 0, [1_000.0] * 4)]
    return by_hand(ones, limits(downside=0.8, most=1), scenarios=4)


def test_without_the_rows_of_the_worse_half_risk_costs_nothing(monkeypatch):
    p = risky()
    assert answer(p).taken == (1,) == best_of_all(p).taken
    monkeypatch.setattr(solving, "worse_half_cut", lambda v, value: np.zeros(v.count))
    assert answer(p).taken == (0,)


def short_of_cash():
    """A is worth more, but cash falls short by more in the worst quarter of one future than that is worth."""
    flow = np.zeros((4, 4))
    flow[1, 0], flow[2, 0] = -3_000.0, 3_000.0
    ones = [One(0, 0, 2_500.0, flow), One(1, 0, 1_000.0)]
    return by_hand(ones, limits(cash=1_000.0, floor_risk=1.0, price=1.0, most=1), scenarios=4)


def test_without_the_rows_of_the_shortfall_lack_of_cash_costs_nothing(monkeypatch):
    p = short_of_cash()
    assert answer(p).taken == (1,) == best_of_all(p).taken
    monkeypatch.setattr(solving, "shortfall_cut", lambda v, cash: (np.zeros(v.count), 0.0))
    assert answer(p).taken == (0,)


def test_a_saving_needs_its_own_course_and_the_right_lag():
    """With a lag of 2, an entry a quarter before saves nothing; with a lag of 1 it makes B pay."""
    ones = [One(0, 0, 100.0), One(1, 1, -500.0, setup=5_000.0)]
    for lag, taken in ((1, (0, 1)), (2, (0,))):
        p = by_hand(ones, limits(likeness_lag=lag), alike=A_LIKE_B)
        assert answer(p).taken == taken == best_of_all(p).taken


def test_what_the_past_gives_already_is_not_saved_again():
    p = by_hand(
        [One(0, 0, 100.0), One(1, 1, -500.0, setup=5_000.0)],
        limits(),
        alike=A_LIKE_B,
        held=np.array([[False] * 3, [True, False, False]]),
    )
    assert answer(p).taken == (0,)


def test_a_firm_that_sells_somewhere_goes_on_or_leaves_and_nothing_else():
    stays, leaves = One(0, value=-400.0, running=True), One(0, value=-300.0, running=True, leaves=True)
    p = by_hand([stays, leaves], limits())
    assert answer(p).taken == (1,)
    assert answer(p, {"one_course"}).taken == ()  # as if it had never been there


# --- the programme and the referee say the same --------------------------------------------------------------------


def feasible(p, rng, tries=60):
    """Some choices that break no limit."""
    found = {any_choice(p, rng) for _ in range(tries)}
    return [one for one in sorted(found) if not judge(p, *one).breaks][:6]


@pytest.mark.parametrize("seed", range(20))
def test_every_possible_choice_is_a_solution_of_the_programme(seed):
    """No row of any family cuts off a choice that the referee lets pass, and its worth is the same in both."""
    p = at_random(seed, pins=(), forbids=())
    v = Columns(p)
    for taken, bought in feasible(p, np.random.default_rng(seed)):
        choice = Choice(np.array(taken, dtype=np.intp), np.array(bought, dtype=np.intp))
        seen = assess(p, choice)
        x = column_values(v, choice, seen)
        assert solving.objective_of(v) @ x == pytest.approx(seen.objective, abs=1e-4)
        assert np.allclose(solving.cash_in(v, x), seen.cash, atol=1e-6)
        assert np.allclose(solving.worth_in(v, x), seen.value, atol=1e-6)
        for name, family in FAMILIES.items():
            if p.rules.phases or name not in PHASED:
                assert kept(family(v), x), name
        assert lazy_rows_kept(p, v, x, seen)


def kept(rows, x):
    left = np.zeros(len(rows.lower))
    np.add.at(left, rows.row, rows.value * x[rows.column])
    return bool(((left >= rows.lower - 1e-6) & (left <= rows.upper + 1e-6)).all())


def lazy_rows_kept(p, v, x, seen):
    rng, most = np.random.default_rng(0), solving.most_missing(p)
    rows = [
        f(v, t, s) for f in (hours_row, attention_row) for t in range(p.rules.window) for s in range(p.scenarios.count)
    ]
    floors = [floor_cut(v, t, s, most) for t in range(p.rules.window) for s in range(p.scenarios.count)]
    other = [rng.standard_normal(p.scenarios.count) for _ in range(5)]
    bends = [worse_half_cut(v, value) for value in (seen.value, *other)]
    shorts = [
        shortfall_cut(v, cash) for cash in (seen.cash, seen.cash + 3_000.0 * rng.standard_normal(seen.cash.shape))
    ]
    return (
        all(row @ x <= bound + 1e-3 for row, bound in rows)
        and all(row @ x >= bound - 1e-3 for row, bound in (*floors, *shorts))
        and all(row @ x <= 1e-3 for row in bends)
    )


@pytest.mark.parametrize("seed", range(20, 40))
def test_the_rows_of_risk_touch_the_worth_of_the_choice_that_they_were_made_for(seed):
    """At the choice itself the rows hold with equality: they bend to the true worth, not below."""
    p = at_random(seed, pins=(), forbids=(), downside=0.5, price=1.0)
    v = Columns(p)
    for taken, bought in feasible(p, np.random.default_rng(seed)):
        choice = Choice(np.array(taken, dtype=np.intp), np.array(bought, dtype=np.intp))
        seen = assess(p, choice)
        x = column_values(v, choice, seen)
        assert worse_half_cut(v, seen.value) @ x == pytest.approx(0.0, abs=1e-3)
        row, bound = shortfall_cut(v, seen.cash)
        assert row @ x == pytest.approx(bound, abs=1e-3)


@pytest.mark.parametrize("seed", range(40, 60))
def test_no_choice_needs_more_of_an_area_than_the_programme_allows_for(seed):
    p = at_random(seed, pins=(), forbids=())
    most = area_at_most(p)
    for taken, bought in feasible(p, np.random.default_rng(seed)):
        seen = assess(p, Choice(np.array(taken, dtype=np.intp), np.array(bought, dtype=np.intp)))
        assert (seen.by_area <= most[:, None] * 1.001 + 1.0).all()


def test_a_mode_is_only_the_mode():
    """Of two modes of one market the better that fits is taken; hours decide between them."""
    ones = [One(0, 0, 5_000.0, mode=DIRECT, hours=200.0), One(0, 0, 3_000.0, mode=INDIRECT, hours=20.0)]
    p = by_hand(ones, limits(hours=100.0))
    best = best_of_all(p)
    assert (
        isinstance(best, Best)
        and p.courses.mode[list(best.taken)].tolist() == [INDIRECT]
        and answer(p).taken == best.taken
    )
