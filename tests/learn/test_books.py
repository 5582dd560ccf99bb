"""Own sales and spending are read against what the plan reckons with: ramp, mode, part of a quarter, noise."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from learn.firms import FIRST, LATE, NO_ORDER, SOLD, World
from scipy.special import ndtr
from small_world import make_firm

from beachhead.assumptions import PACKAGED
from beachhead.enter.ramp import quarterly_ramp
from beachhead.learn.believe import believe
from beachhead.learn.books import (
    NONE_BELOW,
    NONE_SD,
    books,
    endured,
    noise_variance,
    overdue,
    sales_seen,
    smallest_sale,
    spending_seen,
    with_a_part,
)
from beachhead.learn.journal import Journal, Result
from beachhead.quarters import quarter_name

WORLD = World()
RAMP = quarterly_ramp(PACKAGED, 24)
MARKET = WORLD.field.markets[5]


def by_hand(sales, year):
    """Second implementation: ln of the mature sales a year that these of one year of tenure speak of, and its sd.

    The middle quarter of what was sold lies half a quarter before that of the tenure.
    """
    halves = np.repeat(RAMP, 2)  # of quarters, by half quarters since the first sale
    expected = [halves[0] / 2] + [(halves[2 * k - 1] + halves[2 * k]) / 2 for k in range(1, 20)]
    rows = range(4 * year, 4 * year + len(sales))
    share = np.array([expected[k] for k in rows])
    quarters = share.sum() ** 2 / (share**2).sum()
    variance = np.log(1 + (np.exp(PACKAGED["sales_noise_sd"] ** 2) - 1) * 4 / quarters)
    return np.log(sum(sales) / (SOLD / 4 * share.sum())) + variance / 2, variance


@pytest.mark.parametrize("count", [5, 8, 11])
def test_each_year_of_tenure_is_one_observation(count):
    sales = 4_000.0 * np.arange(1, count + 1)
    told = WORLD.from_books([WORLD.booked(5, sales)])
    years = [sales[k : k + 4] for k in range(0, count, 4)]
    assert [o.year for o in told] == list(range(len(years)))
    for year, o in enumerate(told[1:], 1):
        ln, variance = by_hand(years[year], year)
        assert (o.low, o.high, o.noise**2) == pytest.approx((ln, ln, variance))
        assert o.firm and o.luck and not o.rumour and o.rows == (5,)


@pytest.mark.parametrize("whole", [0, 1, 2, 3])
def test_a_first_quarter_of_part_has_the_mean_and_variance_of_its_logarithm(whole):
    u = (np.arange(200_000) + 0.5) / 200_000
    mean, variance = with_a_part(whole)
    assert (mean, variance) == pytest.approx((np.log(whole + u).mean(), np.log(whole + u).var()), abs=1e-3)


def test_a_year_errs_as_stated_and_a_quarter_more():
    sd = PACKAGED["sales_noise_sd"]
    assert noise_variance(4, PACKAGED) == pytest.approx(sd**2)
    rng, s = np.random.default_rng(0), noise_variance(1, PACKAGED)
    quarters = np.exp(np.sqrt(s) * rng.standard_normal((200_000, 4)) - s / 2)
    year = quarters.mean(axis=1)
    assert year.mean() == pytest.approx(1.0, abs=0.01) and np.log(year).std() == pytest.approx(sd, rel=0.05)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), st.floats(0.1, 10))
def test_a_market_with_larger_sales_is_held_for_larger(sales, times):
    sales = [100.0, *sales]
    one, more = (WORLD.from_books([WORLD.booked(5, np.array(sales) * k)]) for k in (1.0, times))
    for a, b in zip(one, more, strict=True):
        if np.isfinite(a.low):
            assert b.low - a.low == pytest.approx(np.log(times))
        assert a.noise == b.noise > 0


def test_a_year_without_sales_says_that_hardly_an_order_was_due():
    told = WORLD.from_books([WORLD.booked(5, [4_000.0] * 4 + [0.0] * 4)])
    ln, _ = by_hand([1.5 * PACKAGED["smallest_sale_usd"] / 4] * 4, 1)
    assert (told[1].low, told[1].high) == (-np.inf, pytest.approx(ln))
    typical = SimpleNamespace(sales=SimpleNamespace(unit_value_usd=2_000.0))
    assert smallest_sale(typical, PACKAGED) == 2_000.0


def test_nothing_sold_is_read_as_if_orders_came_by_chance():
    """Against the chance of no order by Poisson, with a prior of any place and width."""
    x = np.linspace(-12, 12, 4_001)
    for m, s in product((-1.0, 1.0, 3.0), (0.4, 0.8, 1.6)):
        prior = np.exp(-0.5 * ((x - m) / s) ** 2)
        exact, ours = (prior * like for like in (np.exp(-np.exp(x)), ndtr((np.log(NONE_BELOW) - x) / NONE_SD)))
        assert (x @ ours) / ours.sum() == pytest.approx((x @ exact) / exact.sum(), abs=0.2 * s)


@pytest.mark.parametrize("order", [165.0, 18_000.0])
def test_nothing_sold_is_never_better_news_than_little(order):
    """Also where an order is large: a year without any says less was due than a year with one does."""
    firm = SimpleNamespace(sales=SimpleNamespace(unit_value_usd=order))

    def median(*later):
        told = list(sales_seen(WORLD.booked(5, [3_000.0] * 4 + list(later)), firm, LATE, PACKAGED))
        return believe(WORLD.field, told, {}, frozenset(), PACKAGED).belief.mean[5]

    nothing = median(0, 0, 0, 0)
    assert nothing < median()
    assert all(nothing < median(*[orders * order / 4] * 4) for orders in (1, 2, 5, 20, 100))


def test_few_orders_tell_less_than_many_if_it_is_known_what_an_order_is():
    firm = SimpleNamespace(sales=SimpleNamespace(unit_value_usd=1_000.0))

    def noise(firm, orders):
        (o,) = sales_seen(WORLD.booked(5, [250.0 * orders] * 4), firm, LATE, PACKAGED)
        return o.noise**2

    assert [noise(firm, k) - noise(NO_ORDER, k) for k in (1, 4, 100)] == pytest.approx([1.0, 0.25, 0.01])


def test_what_is_booked_after_a_market_was_left_says_nothing_of_what_it_would_buy():
    sold = [(4_000, False)] * 3 + [(4_000, True)]
    wound_up, again = [(0, False)] * 6, [(9_000, False)] * 2

    def told(rows, **known):
        found = [
            Result(market=MARKET, quarter=quarter_name(FIRST + k), sales_usd=s, cost_usd=50, left=left)
            for k, (s, left) in enumerate(rows)
        ]
        every = made(make_firm(**known), found)
        return WORLD.from_books(every), endured(every)

    assert told(sold + wound_up) == told(sold)
    before, after = told(sold)[0], told(sold + wound_up + again)[0]
    assert after[:-1] == before and after[-1].year == 0  # it begins anew
    once = (
        {"country": MARKET, "mode": "direct_export", "since": quarter_name(FIRST), "until": quarter_name(FIRST + 2)},
    )
    assert (
        told(sold + wound_up + again, presence=once)[0][-1].year == 0
    )  # also if the firm file knows of the first time


def test_quarters_before_the_first_sale_are_no_sales_years():
    """Preparation is not failure."""
    waited = WORLD.booked(5, [0.0, 0.0, 4_000.0, 8_000.0], FIRST + 2)
    at_once = WORLD.booked(5, [4_000.0, 8_000.0], FIRST)
    assert [o.low for o in WORLD.from_books([waited])] == [o.low for o in WORLD.from_books([at_once])]


def test_a_sale_is_overdue_after_twice_the_planned_time_and_not_before():
    late = [list(overdue(WORLD.booked(5, [0.0] * k, None), NO_ORDER, LATE, PACKAGED)) for k in range(1, 8)]
    assert [len(x) for x in late] == [0] * 4 + [1] * 3  # two quarters were planned
    assert all(o.firm and o.luck and o.low == -np.inf for (o,) in late[4:])
    assert late[4][0].noise > late[5][0].noise > late[6][0].noise


# --- spending --------------------------------------------------------------------------------------------------------

MODES_OF = SimpleNamespace(
    entry_usd=np.full((12, 7), 10_000.0), discount=np.full(12, 0.2), fixed_usd_quarter=np.full((12, 7), 500.0)
)


def spent(costs, sales):
    results = tuple(
        Result(market=MARKET, quarter=quarter_name(FIRST + k), sales_usd=s, cost_usd=c)
        for k, (c, s) in enumerate(zip(costs, sales, strict=True))
    )
    first = next((FIRST + k for k, s in enumerate(sales) if s > 0), None)
    return list(spending_seen(replace(WORLD.booked(5, [1.0], first), results=results), MODES_OF, PACKAGED))


def test_what_was_spent_until_the_first_sale_is_held_against_set_up_and_running():
    (o,) = spent([9_000, 4_000, 5_000, 99_000], [0, 0, 10, 10])
    assert o.low == o.high == pytest.approx(np.log(18_000 / (8_000 + 3 * 500)))
    assert o.noise == PACKAGED["entry_books_sd"] and o.luck and o.firm


def test_books_that_begin_with_the_first_sale_say_nothing_of_what_was_spent_before():
    assert spent([300, 300], [5_000, 5_000]) == []


def test_a_small_part_of_the_cost_in_the_books_is_hardly_believed_to_be_all_of_it():
    (o,) = spent([100, 200], [0, 5_000])
    root, own = 0.6 * np.sqrt([[0.7]] * 12), np.full(12, 0.33)
    cost = replace(WORLD.field, about="entry_cost", mean=np.zeros(12), root=root, own=own, firm=-1)
    assert np.abs(believe(cost, [o], {}, frozenset(), PACKAGED).belief.mean).max() < 0.2


def test_nothing_is_said_of_cost_before_the_first_sale_or_without_spending():
    assert spent([9_000, 4_000], [0, 0]) == [] and spent([0, 0], [0, 5]) == []


# --- whose books -----------------------------------------------------------------------------------------------------


def made(firm, results):
    rows = {m: k for k, m in enumerate(WORLD.field.markets)}
    modes = SimpleNamespace(best=["indirect_export"] * 12)
    sold = np.arange(84.0).reshape(12, 7) / 100
    return list(books(firm, "2026-11", Journal(results=tuple(results)), rows, modes, sold))


def test_books_are_sorted_by_time_and_know_mode_and_first_sale():
    results = [
        Result(market=MARKET, quarter=q, sales_usd=s, mode=m)
        for q, s, m in (("2025Q4", 5, "ecommerce"), ("2025Q2", 0, None), ("2025Q3", 3, None))
    ]
    (book,) = made(make_firm(), results)
    assert [r.quarter for r in book.results] == ["2025Q2", "2025Q3", "2025Q4"]
    assert (book.mode, set(book.sold), quarter_name(book.first)) == (2, {0.37}, "2025Q3")


def test_without_a_mode_in_the_books_it_is_the_planned_one():
    (book,) = made(make_firm(), [Result(market=MARKET, quarter="2025Q4", sales_usd=5)])
    assert (book.mode, set(book.sold)) == (0, {0.35})


def test_what_the_firm_sold_before_its_books_began_counts_as_tenure():
    there = [{"country": "DEU", "mode": "direct_export", "since": "2023Q1", "sales_usd": 1000.0}]
    world = replace(WORLD.field, markets=("DEU", *WORLD.field.markets[1:]))
    rows = {m: k for k, m in enumerate(world.markets)}
    journal = Journal(results=(Result(market="DEU", quarter="2026Q1", sales_usd=250.0),))
    (book,) = books(
        make_firm(presence=there),
        "2026-11",
        journal,
        rows,
        SimpleNamespace(best=["ecommerce"] * 12),
        np.ones((12, 7)) / 2,
    )
    assert quarter_name(book.first) == "2023Q1"
    assert set(book.sold) == {1.0}  # the potential that is known there is of what the mode sells
    assert WORLD.from_books([book])[0].year == 3


def test_years_of_staying_and_exits_are_counted_after_the_first_year():
    stays = WORLD.booked(5, [1.0] * 10)
    gone = WORLD.booked(6, [1.0] * 6)
    gone = replace(gone, results=(*gone.results[:-1], gone.results[-1].model_copy(update={"left": True})))
    never = WORLD.booked(7, [0.0] * 9, None)
    years, exits, told = endured([stays, gone, never])
    assert (years, exits) == (6 / 4 + 2 / 4, 1)
    assert [s.market for s in told] == [stays.market, gone.market]
