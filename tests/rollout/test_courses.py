"""What a market brings and needs, quarter by quarter: by hand, and by a loop written from the formulas."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor, inf, log

import numpy as np
import pytest
from rollout.small import DIRECT, ECOMMERCE, INDIRECT, SUBSIDIARY, calm, figures_of, limits, tiny_ground

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.modes import MODES as MODE_IDS
from beachhead.rollout.courses import profiles, stop_below, take_on
from beachhead.rollout.scenarios import Scenarios, draw

#: Mature sales from the first day on: five eighths of the first calendar year, all of each later one.
FLAT = {"ramp_1": 0.625, **{f"ramp_{year}": 1.0 for year in range(2, 7)}}


MEAN = np.exp(0.5**2 / 2)  # mean over median of hours that are log-normal with the tables' sd of 0.5


def usable(count, *modes):
    found = np.zeros((count, 7), dtype=bool)
    found[:, list(modes)] = True
    return found


def same_futures(potential, *, late=1.0, overrun=1.0, ends=inf, years=8):
    """One market in as many futures as there are potentials, nothing else differing unless said."""
    p = np.atleast_2d(potential).astype(float)
    cells = [np.broadcast_to(np.asarray(x, dtype=float), p.shape) for x in (late, overrun, ends)]
    one = np.ones((len(p), years, p.shape[1]))
    return Scenarios(p, *cells, one, one)


def found_in(figures, rules, futures, **own):
    ground = tiny_ground(figures, rules, **own)
    return take_on(figures, futures, rules, ground.profiles, ground.assumed)


# --- by hand -------------------------------------------------------------------------------------------------------


def test_money_of_one_market_by_hand():
    """40,000 a year, 10,000 a quarter from the second quarter on; of a dollar 0.4 is income and 0.6 pays for goods.

    Half of each quarter's receipts arrive in the next. Set-up 2,000 and 10 % over; 500 a quarter to run.
    """
    f = figures_of(1, entry=np.full((1, 7), 2_000.0), delay=np.full(7, 0.5), open=usable(1, DIRECT))
    c = found_in(f, limits(quarters=4, horizon=8), same_futures([40_000.0], overrun=1.1), **FLAT)
    flow = np.diff(c.cash[0, :, 0], prepend=0.0)
    assert flow == pytest.approx([-2_200 - 500, 5_000 - 6_000 - 500, 10_000 - 6_000 - 500, 3_500])
    worth = [-2_200 - 500 - 1_000] + [4_000 - 500 - 1_000] * 7  # staff 1,000: in worth, not in cash
    discount = 1.12 ** (-(np.arange(8) + 0.5) / 4)
    assert c.value[0, 0] == pytest.approx(worth @ discount)


def test_a_first_sale_within_a_quarter_sells_the_rest_of_it():
    """Nineteen and a half weeks are one and a half quarters: the second quarter sells half of a mature one."""
    f = figures_of(1, weeks=np.full((1, 7), 19.5), fixed=np.zeros((1, 7)), open=usable(1, DIRECT))
    c = found_in(f, limits(quarters=4, horizon=8), same_futures([40_000.0]), **FLAT)
    assert np.diff(c.cash[0, :, 0]) == pytest.approx([2_000, 4_000, 4_000])


def test_a_late_start_loses_a_share_of_its_market_by_the_year():
    f = figures_of(1, fixed=np.zeros((1, 7)), entry=np.zeros((1, 7)), open=usable(1, DIRECT))
    rules = limits(quarters=8, horizon=8, closing=0.19)
    c = found_in(f, rules, same_futures([40_000.0]), **FLAT)
    per_quarter = [np.diff(c.cash[t, :, 0]).max() for t in (0, 2, 4)]
    assert per_quarter == pytest.approx([4_000, 4_000 * 0.9, 4_000 * 0.81])


def test_a_presence_that_ends_by_itself_stops_selling_and_pays_for_leaving_once():
    """First sale after a quarter, end one and a half quarters later: age two and a half."""
    f = figures_of(1, entry=np.zeros((1, 7)), open=usable(1, DIRECT))
    c = found_in(f, limits(quarters=6, horizon=8, review_quarters=20), same_futures([40_000.0], ends=1.5), **FLAT)
    flow = np.diff(c.cash[0, :, 0], prepend=0.0)
    assert flow == pytest.approx([-500, 4_000 - 500, 2_000 - 250 - 300, 0, 0, 0])
    assert c.hours[0, :, 0] / MEAN == pytest.approx([100, 50, 25, 0, 0, 0])  # twice the hours until the first sale
    assert c.attention[0, :, 0] == pytest.approx([1, 0.25, 0.25, 0, 0, 0])


def test_hours_before_the_first_sale_and_launches_by_hand():
    f = figures_of(1, weeks=np.full((1, 7), 20.0), open=usable(1, DIRECT))
    c = found_in(f, limits(quarters=5, horizon=8, hours_launch=0.5), same_futures([1e6]))
    assert c.hours[1, :, 0] / MEAN == pytest.approx([0, 75, 75, 50, 50])
    assert c.launch[1].tolist() == [0, 1, 1, 0, 0]
    assert c.attention[1, :, 0] == pytest.approx([0, 1, 1, 0.25, 0.25])
    assert c.gate[1] == 1 + 2 + 1  # start, quarters until the first sale is due, one quarter of sales


def test_a_market_where_going_on_is_worth_less_than_leaving_is_left_at_its_review():
    f = figures_of(1, open=usable(1, DIRECT))
    rules = limits(quarters=8, horizon=12, review_quarters=2)
    ground = tiny_ground(f, rules, **FLAT)
    least = stop_below(f, rules, ground.profiles, ground.assumed)[0]
    c = found_in(f, rules, same_futures([least * 0.99, least * 1.01]), **FLAT)
    assert c.hours[0, :, 0] / MEAN == pytest.approx([100, 50, 50, 0, 0, 0, 0, 0])
    assert c.hours[0, :, 1] / MEAN == pytest.approx([100, 50, 50, 50, 50, 50, 50, 50])
    assert np.diff(c.cash[0, :, 0])[2] == pytest.approx(-300)  # leaving is paid


def test_the_threshold_of_stopping_in_closed_form():
    """Ages 3–11, three quarters after the start; 0.4 of a quarter of the potential comes in, 1,500 a quarter goes out,
    leaving costs 300: both sides discounted and weighed with the chance that the presence lasts."""
    f = figures_of(1, open=usable(1, DIRECT))
    rules = limits(quarters=8, horizon=12, review_quarters=2)
    ground = tiny_ground(f, rules, **FLAT, chance_exit=0.2)
    age = np.arange(3, 12)
    weight = 0.8 ** ((age - 3) / 4) * 1.12 ** (-(age + 0.5) / 4)
    least = (1_500 * weight.sum() - 300 * 1.12 ** (-3.5 / 4)) / (0.1 * weight.sum())
    assert stop_below(f, rules, ground.profiles, ground.assumed)[0] == pytest.approx(least)


def test_leaving_dearer_lowers_the_threshold_and_running_dearer_raises_it():
    rules = limits(quarters=8, horizon=12)

    def least(**changes):
        f = figures_of(1, open=usable(1, DIRECT), **changes)
        ground = tiny_ground(f, rules)
        return stop_below(f, rules, ground.profiles, ground.assumed)[0]

    assert least(leave=np.full((1, 7), 5_000.0)) < least() < least(fixed=np.full((1, 7), 900.0))


def with_switch(**changes):
    at = np.full((1, 7, 7), inf)
    at[0, DIRECT, SUBSIDIARY] = 50_000.0
    sold = np.ones((1, 7))
    sold[0, SUBSIDIARY] = 1.5
    fixed = np.full((1, 7), 500.0)
    fixed[0, SUBSIDIARY] = 900.0
    return figures_of(1, open=usable(1, DIRECT), switch_at=at, sold=sold, fixed=fixed, **changes)


def test_a_switch_is_made_only_where_the_market_is_large_enough_and_costs_both_ends():
    f = with_switch(entry=np.zeros((1, 7)))
    c = found_in(
        f, limits(quarters=8, horizon=16), same_futures([60_000.0, 49_000.0]), **FLAT, direct_export__learning=1.0
    )
    j = np.flatnonzero((c.of.then[c.profile] == SUBSIDIARY) & (c.start == 0))[0]
    assert c.of.switch[c.profile[j]] == 1 + 2  # at the review
    flow = np.diff(c.cash[j], axis=0, prepend=0.0)
    assert flow[:, 1] == pytest.approx([-500] + [4_900 - 500] * 7)
    switched = 1.5 * 6_000 - 900
    assert flow[:, 0] == pytest.approx([-500, 5_500, 5_500, switched - 4_000 - 300, *[switched] * 4])
    assert c.hours[j, :, 0] / MEAN == pytest.approx([100, 50, 50, 100, 50, 50, 50, 50])  # a change is a launch
    assert c.launch[j].tolist() == [1, 0, 0, 1, 0, 0, 0, 0]


def test_what_was_not_learnt_starts_again_after_a_switch():
    """With nothing carried over, sales after the switch are those of a newcomer; with all, those of one who stayed."""
    f, rules = with_switch(), limits(quarters=10, horizon=16, review_quarters=6)
    both = [found_in(f, rules, same_futures([60_000.0]), direct_export__learning=x) for x in (0.0, 1.0)]
    j = np.flatnonzero((both[0].of.then[both[0].profile] == SUBSIDIARY) & (both[0].start == 0))[0]
    first = np.diff(both[0].cash[j, :, 0])
    anew, onward = (np.diff(c.cash[j, :, 0])[7] for c in both)
    assert anew < onward
    assert anew + 900 == pytest.approx(1.5 * (first[0] + 500))  # as in the first quarter of sales


def test_a_switch_falls_into_the_plan():
    c = found_in(with_switch(), limits(quarters=6, horizon=16), same_futures([60_000.0]))
    turning = c.of.switch[c.profile] >= 0
    assert turning.any() and (c.start + c.of.switch[c.profile])[turning].max() < 6


def running(**changes):
    return with_switch(mode_now=np.array([DIRECT]), tenure=np.array([8]), **changes)


def test_where_the_firm_sells_it_pays_no_set_up_and_sells_at_once_by_its_tenure():
    c = found_in(running(), limits(quarters=4, horizon=8), same_futures([40_000.0]))
    ways = {(bool(c.of.leaves[w]), int(c.of.then[w]), int(c.of.switch[w])) for w in c.profile}
    assert ways == {(False, -1, -1), (True, -1, -1), (False, SUBSIDIARY, 1), (False, SUBSIDIARY, 4)}
    now = np.flatnonzero(~c.of.leaves[c.profile] & (c.of.then[c.profile] < 0))[0]
    assert (c.start == 0).all() and c.setup[now, 0] == 0.0
    calendar = [PACKAGED[f"ramp_{y}"] for y in (1, 2, 3)]
    rate = [calendar[0] / 0.625]
    for seen in calendar[1:]:
        rate.append((seen - 0.375 * rate[-1]) / 0.625)
    assert np.diff(c.cash[now, :, 0], prepend=0.0) == pytest.approx(4_000 * rate[2] - 500)
    assert c.launch[now].sum() == 0 and c.gate[now] == 0  # its gate lies behind


def test_leaving_at_once_costs_leaving_and_nothing_else():
    c = found_in(running(), limits(quarters=4, horizon=8), same_futures([40_000.0]))
    gone = np.flatnonzero(c.of.leaves[c.profile])[0]
    assert c.cash[gone, :, 0].tolist() == [-300.0] * 4
    assert c.value[gone, 0] == pytest.approx(-300 * 1.12 ** (-0.125))
    assert not c.hours[gone].any() and not c.attention[gone].any() and not c.launch[gone].any()


def test_shocks_change_goods_with_demand_and_receipts_with_demand_and_exchange_rate():
    f = figures_of(1, fixed=np.zeros((1, 7)), entry=np.zeros((1, 7)), open=usable(1, DIRECT))
    demand, fx = np.ones((1, 4, 1)), np.ones((1, 4, 1))
    demand[0, 1], fx[0, 1] = 0.8, 1.1
    futures = replace(same_futures([40_000.0]), demand=demand, fx=fx)
    c = found_in(f, limits(quarters=8, horizon=8), futures, **FLAT)
    flow = np.diff(c.cash[0, :, 0], prepend=0.0)
    assert flow[3] == pytest.approx(4_000) and flow[4] == pytest.approx(0.8 * (1.1 * 10_000 - 6_000))
    later = np.diff(c.cash[2, :, 0])  # who starts in 2 meets the second year in the same quarter
    assert later[3] == pytest.approx(flow[4])


# --- a loop written from the formulas ------------------------------------------------------------------------------


def follow(f, rules, futures, assumed, ways, way, t, s):
    """Worth, cash by quarter and hours by quarter of one course in one future: no arrays, one quarter at a time."""
    i, k, h = int(ways.market[way]), int(ways.mode[way]), int(ways.then[way])
    running, tenure, prep = bool(ways.running[way]), float(ways.tenure[way]), int(ways.prep[way])
    potential = futures.potential[i, s]
    begun = -tenure if running else f.weeks[i, k] / 13.0 * futures.late[i, s]
    review = rules.review_quarters + (0 if running else prep)
    end = max(begun, 0.0) + futures.ends[i, s]
    if potential < threshold(f, rules, assumed, i, k, h, -tenure if running else float(prep), review):
        end = min(end, float(review))
    end = 0.0 if ways.leaves[way] else end
    turn = float(ways.switch[way]) if h >= 0 else inf
    if not (end > turn and potential >= f.switch_at[i, k, h]):
        turn = inf
    late = 1.0 if running else (1.0 - rules.closing) ** (t / 4.0)
    learnt = assumed[f"{MODE_IDS[k]}.learning"]
    worth, flows, hours = 0.0, [0.0] * (t + rules.horizon + 8), []
    if not running:
        cut = sum(f.cut[g] for g in range(3) if f.held[i, g])
        cost = f.entry[i, k] * futures.overrun[i, s] * (1.0 - cut)
        worth -= cost * factor(assumed, t)
        flows[t] -= cost
    for age in range(rules.horizon):
        q, mode = t + age, (h if age >= turn else k)
        shock, fx = futures.demand[i, q // 4, s], futures.fx[i, q // 4, s]
        stay = ramped_up(assumed, min(age + 1, end) - begun) - ramped_up(assumed, min(age, end) - begun)
        anew = ramped_up(assumed, min(age + 1, end) - turn) - ramped_up(assumed, min(age, end) - turn)
        share = learnt * stay + (1.0 - learnt) * anew if age >= turn else stay
        sales = potential / 4.0 * f.sold[i, mode] * share * shock * late
        alive = min(max(end - age, 0.0), 1.0)
        receipts, goods = sales * (f.goods[mode] + f.kept[mode]) * fx, sales * f.goods[mode]
        out = f.fixed[i, mode] * alive
        out += f.switch[i, h] + f.leave[i, k] if age == turn else 0.0
        out += f.leave[i, mode] if age == (floor(end) if end < inf else inf) else 0.0
        worth += (receipts - goods - out - f.staff[i, mode] * alive) * factor(assumed, q)
        flows[q] -= goods + out
        delay = 0.0 if running and mode == k else f.delay[mode]
        flows[q + floor(delay)] += receipts * (1.0 - (delay - floor(delay)))
        flows[q + floor(delay) + 1] += receipts * (delay - floor(delay))
        launching = (not running and age < prep) or age == turn
        hours.append(alive * sum(f.hours[i, mode]) * (1.0 + rules.hours_launch * launching) * MEAN)
    cash = [sum(flows[: q + 1]) for q in range(rules.window)]
    return worth, cash, ([0.0] * t + hours)[: rules.window]


def threshold(f, rules, assumed, i, k, h, begun, review):
    """Potential from which going on after the review is worth more than leaving, or from which the switch is."""
    gain = cost = 0.0
    for age in range(review, rules.horizon):
        weight = (1.0 - assumed["chance_exit"]) ** ((age - review) / 4.0) * factor(assumed, age)
        gain += (
            weight
            * (ramped_up(assumed, age + 1 - begun) - ramped_up(assumed, age - begun))
            * f.sold[i, k]
            * f.kept[k]
            / 4
        )
        cost += weight * (f.fixed[i, k] + f.staff[i, k])
    least = max(cost - f.leave[i, k] * factor(assumed, min(review, rules.horizon - 1)), 0.0) / max(gain, 1e-12)
    return min(least, f.switch_at[i, k, h]) if h >= 0 else least


def factor(assumed, q):
    return (1.0 + assumed["discount_rate"]) ** (-(q + 0.5) / 4.0)


def ramped_up(assumed, x):
    """Quarters of mature sales made by tenure x: the published calendar years undone for the partial first one."""
    rate, made = [], 0.0
    for year in range(1, 7):
        before = rate[-1] if rate else 0.0
        rate.append((assumed[f"ramp_{year}"] - 0.375 * before) / 0.625)
    quarter = 0
    while quarter < x and x > 0:
        made += min(x - quarter, 1.0) * rate[min(quarter // 4, 5)]
        quarter += 1
    return made


def any_figures(rng, n):
    at = np.full((n, 7, 7), inf)
    at[:, INDIRECT, DIRECT] = rng.uniform(40_000, 120_000, n)
    at[:, DIRECT, SUBSIDIARY] = rng.uniform(40_000, 200_000, n)
    now = np.where(rng.random(n) < 0.4, DIRECT, -1)

    def cells(low, high):
        return rng.uniform(low, high, (n, 7))

    return figures_of(
        n,
        potential=rng.uniform(20_000, 150_000, n),
        sold=cells(0.3, 1.2),
        kept=rng.uniform(0.2, 0.5, 7),
        goods=rng.uniform(0.2, 0.6, 7),
        delay=rng.uniform(0.0, 1.6, 7),
        entry=cells(1_000, 20_000),
        held=rng.random((n, 3)) < 0.4,
        fixed=cells(100, 900),
        staff=cells(100, 1_500),
        leave=cells(0, 3_000),
        switch=cells(1_000, 9_000),
        switch_at=at,
        weeks=cells(4, 40),
        hours=rng.uniform(0, 60, (n, 7, 5)),
        open=usable(n, INDIRECT, DIRECT, ECOMMERCE),
        mode_now=now,
        tenure=np.where(now >= 0, rng.integers(1, 12, n), 0),
    )


@pytest.mark.parametrize("seed", range(6))
def test_every_course_is_what_the_loop_says(seed):
    rng = np.random.default_rng(seed)
    f = any_figures(rng, 3)
    rules = limits(quarters=8, horizon=12, closing=float(rng.uniform(0, 0.3)), beyond=int(rng.integers(0, 4)))
    ground = tiny_ground(f, rules, shocks=0.1, seed=seed)
    futures, assumed = ground.scenarios(5), ground.assumed
    c = take_on(f, futures, rules, ground.profiles, assumed)
    for j in rng.permutation(len(c))[:25]:
        for s in range(5):
            worth, cash, hours = follow(f, rules, futures, assumed, c.of, int(c.profile[j]), int(c.start[j]), s)
            assert c.value[j, s] == pytest.approx(worth, rel=1e-9, abs=1e-6)
            assert c.cash[j, :, s] == pytest.approx(cash, rel=1e-9, abs=1e-6)
            assert c.hours[j, :, s] == pytest.approx(hours, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_hours_by_area_add_up_to_the_mean_hours(seed):
    f = any_figures(np.random.default_rng(seed), 2)
    ground = tiny_ground(f, limits(quarters=8, horizon=12), shocks=0.1, seed=seed)
    c = ground.problem(ground.scenarios(6)).courses
    assert np.allclose(c.by_area.sum(axis=1), c.hours.mean(axis=2))


def test_a_presence_is_due_after_whole_quarters_and_modes_are_those_that_pay():
    f = figures_of(1, open=usable(1, INDIRECT, DIRECT), weeks=np.full((1, 7), 14.0))
    worth = np.full((1, 7), -1.0)
    worth[0, DIRECT] = 5.0
    found = profiles(f, worth, limits(quarters=8))
    assert found.mode.tolist() == [DIRECT] and found.prep.tolist() == [ceil(14 / 13)]
    none_pays = profiles(f, np.where(worth > 0, -2.0, worth), limits(quarters=8))
    assert none_pays.mode.tolist() == [INDIRECT]  # one is kept, so that the plan can say what it would lose


def test_in_the_long_run_as_many_presences_end_as_the_yearly_rate_says():
    """Of many futures in which nothing is stopped, the share still selling after two years of sales is (1 − rate)²."""
    f = figures_of(1, potential=np.array([1e6]), open=usable(1, DIRECT))
    assumed = Assumptions({"delay_sd": 0.0})
    futures = draw(f, calm(f.markets), assumed, count=400, years=8, rng=np.random.default_rng(0))
    rules = limits(quarters=10, horizon=12)
    c = take_on(f, futures, rules, profiles(f, np.ones((1, 7)) * f.open, rules), assumed)
    selling = (c.hours[0, 9] > 0).mean()
    assert log(selling) / log(1.0 - PACKAGED["chance_exit"]) == pytest.approx(2.0, abs=0.02)
