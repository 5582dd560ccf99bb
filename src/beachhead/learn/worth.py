"""What the plan is worth as beliefs move: fast enough to ask it for thousands of answers that have not been given yet.

A *way* is one of the rollout's ways of taking a market on: a mode, perhaps with a switch to a heavier one. The
rollout's own model of courses says what a way brings from the first quarter on at any potential P, on average over its
futures. Over a log-normal P this gives the mean and the mean of the worse half, tabled over the median and the sd of P.

The owner's dislike of risk counts for the plan as a whole, where luck evens out. So what a way's worse half lacks to
its mean is counted only to the share ``spread`` that is left of it in the plan: measured on the plan in the rollout's
futures.

The plan is the best set of ways under the firm's limits: hours, launches, attention, cash, number of markets. What it
is worth under other beliefs is bounded from both sides. From below: the best of a pool of plans that keep the limits –
the best now, the best if all potentials are higher or lower, and all that differ from those near by one entry more,
less or other. From above: each limit has a price, and at any prices λ ≥ 0 no plan is worth more than the sum over
markets of what the best way brings beyond its use of the limits, plus λ × what there is; prices are those at which the
bound is least in the same states of belief. What an answer is worth is reckoned with the pool, so a plan that does it
exists; the bound says how much may be missed. Approximate it is also in that each limit holds on average, not quarter
by quarter; that all begin at once; and that likeness between entries and gates are left out. docs/methods/inquiry.md
says how much that matters.

W = ways, N = candidate markets, L = limits, Λ = price vectors, J = plans of the pool, G = potentials at which ways are
worked out, S = futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from beachhead.enter.modes import MODES
from beachhead.evidence.model import Floats
from beachhead.rollout.courses import burdens, live, money
from beachhead.rollout.problem import TOLERANCE, worst_mean
from beachhead.rollout.rules import matches
from beachhead.rollout.scenarios import Scenarios

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from beachhead.rollout.ground import Ground

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

FUTURES = 30  # scenarios over which a way is averaged
POINTS, WIDEST = 33, 9.0  # potentials at which ways are worked out, and how many sds they reach each way
FINEST = 0.05  # sds between points of the integral over P
REACH, STEP = 5.0, 0.1  # sds: how far medians move in the tables, and in what steps
LIKELY = 3.0  # sds within which a way must be the best one somewhere to be reckoned with
SPREADS = 11  # steps of the variance in the tables, from 0 to all
STATES = (-2.0, -1.2, -0.6, -0.3, 0.0, 0.3, 0.6, 1.2, 2.0)  # sds of what can be known, by which all medians are off
NEAR = tuple(STATES.index(x) for x in (0.0, -0.3, 0.3))  # states around whose best plans the pool is filled up
FIRST_SPREAD, ROUNDS = 0.6, 2  # where the search for the share of risk that is left begins, and how often it is renewed
HALF = 0.5
NEARLY = 5e-3  # a plan so near the best one is good enough for the pool


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """What can be chosen from. ``profile`` (W,): of the rollout; ``market`` (W,): index of N, in order; ``mode`` (W,);
    ``starts`` (W,): whether it is a new entry; ``rows`` (N,): of the candidates in the selection.

    ``use`` (W, L) and ``there_is`` (L,) of ``limits``. ``grid`` (N, G): potentials, at which each way brings
    ``mean`` (W, G) USD over the futures, its worse half of them ``lacks`` (W, G) less. ``drawn`` (W, S): in the
    rollout's own futures. Where the firm sells already all is against leaving. ``shy`` = 1 − risk appetite.
    """

    profile: Ints
    market: Ints
    mode: Ints
    starts: Bools
    rows: Ints
    limits: tuple[str, ...]
    use: Floats
    there_is: Floats
    grid: Floats
    mean: Floats
    lacks: Floats
    drawn: Floats
    shy: float
    must: Bools

    def __len__(self) -> int:
        return len(self.market)


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """The plan's worth under any belief. ``median`` and ``sd`` (N,): ln of the potential's, as believed now.

    ``table`` (W, X, V): worth of each way when the median is off by x sds of now and the variance is a share v of
    now's; ``spread``: share of the ways' risk that is left in the plan; ``prices`` (Λ, L); ``pool`` (J, W): plans, the
    first of which is the best one now; ``now`` (W,): worth of each way as believed now; ``value``: of the plan, USD.
    """

    ways: Ways
    median: Floats
    sd: Floats
    table: Floats
    spread: float
    prices: Floats
    pool: Bools
    now: Floats
    value: float

    @property
    def plan(self) -> Bools:
        """The ways that the best plan takes now, (W,)."""
        return np.asarray(self.pool[0])

    @property
    def known(self) -> Floats:
        """Worth of each way to who knows the potential, (W, X)."""
        return self.table[:, :, 0]

    @property
    def first(self) -> Ints:
        """The first way of each market that has one, (N',)."""
        return first_of(self.ways.market)

    @property
    def least(self) -> Floats:
        """What a market brings at least, net: nothing if it need not be entered, (N', 1)."""
        must = self.ways.must[self.ways.market[self.first]]
        return np.where(must, -np.inf, 0.0)[:, None]

    @property
    def dues(self) -> Floats:
        """What each way pays for its use of the limits, (Λ, W)."""
        return np.asarray(self.prices @ self.ways.use.T)

    @property
    def rent(self) -> Floats:
        """Prices × what there is of every limit, (Λ,)."""
        return np.asarray(self.prices @ self.ways.there_is)


def first_of(market: Ints) -> Ints:
    """Where each market's ways begin, (N',); ways are in the order of markets."""
    return np.flatnonzero(np.diff(market, prepend=-1))


# --- what can be chosen ---------------------------------------------------------------------------------------------


def ways_of(base: Ground) -> Ways:
    """The rollout's ways into its candidates, with what each brings at every potential and uses of the limits."""
    f, found = base.figures, base.profiles
    drawn = base.scenarios(FUTURES)
    median, sd = np.log(f.potential), np.maximum(f.sd, 1e-6)
    grid = np.minimum(np.exp(median[:, None] + sd[:, None] * np.linspace(-WIDEST, WIDEST, POINTS)), f.cap)
    at_points = brought(base, at_potentials(drawn, grid)).reshape(-1, POINTS, FUTURES)
    as_drawn = brought(base, drawn)
    leaving = {int(found.market[j]): j for j in np.flatnonzero(found.leaves)}
    for j in np.flatnonzero(found.running):
        at_points[j], as_drawn[j] = (x[j] - x[leaving[int(found.market[j])]].mean() for x in (at_points, as_drawn))
    able, must = wished(base)
    kept = np.flatnonzero(able & ~found.leaves)
    kept = kept[np.argsort(found.market[kept], kind="stable")]
    mean = at_points[kept].mean(axis=2)
    limits, use, there_is = limits_of(base, drawn, kept)
    return Ways(
        profile=kept,
        market=found.market[kept],
        mode=found.mode[kept],
        starts=~found.running[kept],
        rows=f.rows,
        limits=limits,
        use=use,
        there_is=there_is,
        grid=grid,
        mean=mean,
        lacks=mean - np.sort(at_points[kept], axis=2)[:, :, : FUTURES // 2].mean(axis=2),
        drawn=as_drawn[kept],
        shy=base.rules.downside,
        must=must,
    )


def wished(base: Ground) -> tuple[Bools, Bools]:
    """Profiles that the owner's wishes leave, (P,), and markets that must be entered, (N,). Wishes as to the quarter
    are left to the rollout."""
    found, rules, names = base.profiles, base.rules, np.array(base.figures.markets)
    market, mode = names[found.market], np.array(MODES)[found.mode]
    able, must = np.ones(len(found), dtype=bool), np.zeros(len(names), dtype=bool)
    for wish in rules.forbids:
        if wish.quarter is None:
            able &= ~matches(wish, market, mode, np.zeros(len(found)))
    for wish in rules.pins:
        able &= (market != wish.market) | matches(replace(wish, quarter=None), market, mode, np.zeros(len(found)))
        must |= names == wish.market
    return able | found.running, must & np.isin(names, market[able])


def at_potentials(drawn: Scenarios, potential: Floats) -> Scenarios:
    """The futures once for each potential of ``potential`` (N, G), in its place: (N, G × S)."""
    count = potential.shape[1]
    again = {f.name: np.tile(x, count) for f in fields(drawn) if isinstance(x := getattr(drawn, f.name), np.ndarray)}
    return replace(drawn, **{**again, "potential": np.repeat(potential, drawn.count, axis=1)})


def brought(base: Ground, futures: Scenarios) -> Floats:
    """Worth of every profile begun in the first quarter, in each future, USD, (P, S)."""
    f, rules, found = base.figures, base.rules, base.profiles
    lives = live(f, futures, rules, found, base.assumed)
    return money(f, futures, rules, found, lives, np.arange(len(found)), 0, base.assumed)[0]


def limits_of(base: Ground, drawn: Scenarios, kept: Ints) -> tuple[tuple[str, ...], Floats, Floats]:
    """Names of the limits, what each way uses (W, L), and what there is (L,).

    Hours and attention are means over the quarters of the plan; launches are counted over the plan, each as long as it
    takes; cash is what a way ties up at most, on average.
    """
    f, rules, found = base.figures, base.rules, base.profiles
    lives = live(f, drawn, rules, found, base.assumed)
    hours, attention, _, launch = burdens(f, rules, found, lives)
    cash = money(f, drawn, rules, found, lives, np.arange(len(found)), 0, base.assumed)[1]
    plan = slice(0, rules.quarters)
    table = {
        "hours": (hours[:, :, plan].mean(axis=(1, 2)), rules.hours_planned),
        "launches": (launch[:, plan].sum(axis=1), float(rules.launches * rules.quarters)),
        "attention": (attention[:, :, plan].mean(axis=(1, 2)), rules.attention),
        "cash": (np.maximum(-cash.min(axis=1), 0.0).mean(axis=1), max(rules.cash - rules.floor, 0.0)),
        "markets": ((~found.running).astype(float), float(rules.most)),
    }
    use, there_is = zip(*table.values(), strict=True)
    return tuple(table), np.column_stack(use)[kept], np.array(there_is)


# --- what a way is worth ---------------------------------------------------------------------------------------------


@cache
def grid() -> tuple[Floats, Floats]:
    """Medians off by so many sds, (X,), and shares of the variance, (V,), of the tables."""
    return np.linspace(-REACH, REACH, round(2 * REACH / STEP) + 1), np.linspace(0.0, 1.0, SPREADS)


@cache
def integrals() -> tuple[Floats, Floats, Floats]:
    """Points of ln P in sds of now, (F,); and for each median and variance of the tables the weights of the mean, and
    of the mean of the worse half, (F, X × V) each."""
    point = np.linspace(-WIDEST, WIDEST, round(2 * WIDEST / FINEST) + 1)
    off, share = grid()
    sd = np.maximum(np.sqrt(share), FINEST / 100.0)
    edge = np.concatenate([[-np.inf], (point[1:] + point[:-1]) / 2.0, [np.inf]])[:, None, None]
    below = ndtr((edge - off[:, None]) / sd)
    worse = np.minimum(below, HALF) / HALF
    return point, *(np.diff(x, axis=0).reshape(len(point), -1) for x in (below, worse))


def tabled(ways: Ways, median: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Mean of every way on the grid of medians and variances, (W, X, V), and what its worse half lacks to it.

    The worse half is over potential and futures together: both parts are put together as independent ones are.
    """
    point, mean_of, worse_of = integrals()
    at = np.exp(median[:, None] + sd[:, None] * point)
    brings, lacks = (
        np.array([np.interp(at[m], ways.grid[m], row) for m, row in zip(ways.market, x, strict=True)])
        for x in (ways.mean, ways.lacks)
    )
    mean = brings @ mean_of
    lacking = np.hypot(mean - brings @ worse_of, lacks @ mean_of)
    shape = (len(ways), len(grid()[0]), SPREADS)
    return mean.reshape(shape), lacking.reshape(shape)


def looked_up(worth: Worth, off: Floats, share: Floats) -> Floats:
    """Worth of every way under other beliefs, from the tables, (W, n).

    ``off`` (N, n): by how many sds of now each median is off; ``share`` (N, n): of the variance that is left.
    """
    market = worth.ways.market
    x = np.clip((off + REACH) / STEP, 0.0, 2 * REACH / STEP - 1e-9)
    v = np.clip(share * (SPREADS - 1), 0.0, SPREADS - 1 - 1e-9)
    i, j = x.astype(np.intp), v.astype(np.intp)
    place, x, v = (i * SPREADS + j)[market], (x - i)[market], (v - j)[market]
    flat = worth.table.ravel()
    at = place + (np.arange(len(market)) * worth.table.shape[1] * SPREADS)[:, None]
    low, high = (flat[at + k] + v * (flat[at + k + 1] - flat[at + k]) for k in (0, SPREADS))
    return np.asarray(low + x * (high - low))


# --- what the plan is worth ------------------------------------------------------------------------------------------


def worth_of(base: Ground) -> Worth:
    """The plan's worth as beliefs move, from what is believed now."""
    ways, f = ways_of(base), base.figures
    median, sd = np.log(f.potential), np.maximum(f.sd, 1e-6)
    mean, lacking = tabled(ways, median, sd)
    spread = spread_in(ways, mean, lacking)
    table = mean - ways.shy * spread * lacking
    knowable = np.sqrt(np.maximum(1.0 - (f.own_sd / sd) ** 2, 0.0))
    prices = np.unique([best_set(ways, at_state(table, ways, x * knowable))[1] for x in STATES], axis=0)
    kept = ever_best(ways, table, prices)
    ways, table = only(ways, kept), table[kept]
    states = [at_state(table, ways, x * knowable) for x in STATES]
    now = states[STATES.index(0.0)]
    pool = pooled(ways, [best_plan(ways, value) for value in states], NEAR)
    pool = pool[np.argsort(-(pool @ now), kind="stable")]
    return Worth(ways, median, sd, table, spread, prices, pool, now, float(pool[0] @ now))


def pooled(ways: Ways, plans: Sequence[Bools], near: Sequence[int]) -> Bools:
    """The plans, and those that differ from the plans ``near`` by one market: entered, left out, entered otherwise or
    instead of another, (J, W). All keep the limits."""
    every = np.unique(np.concatenate([neighbours(ways, plans[k]) for k in near]), axis=0)
    able = (every @ ways.use <= ways.there_is + TOLERANCE).all(axis=1)
    for m in np.flatnonzero(ways.must):
        able &= every[:, ways.market == m].any(axis=1)
    return np.concatenate([np.array(plans), every[able]])


def neighbours(ways: Ways, plan: Bools) -> Bools:
    """Every plan that differs from this one by one market taken out, one put in, or both, (J, W)."""
    one = np.eye(len(ways), dtype=bool)
    without = [plan, *(plan & (ways.market != m) for m in np.unique(ways.market[plan]))]
    more = [(rest & (ways.market != ways.market[k])) | one[k] for rest in without for k in range(len(ways))]
    return np.array([*without, *more])


def spread_in(ways: Ways, mean: Floats, lacking: Floats) -> float:
    """Share of the ways' own risk that is left in the plan: what its worse half lacks to its mean, in the rollout's
    futures, over the sum of what its ways lack. The plan depends on it, so it is found in a few rounds."""
    spread, nowhere = FIRST_SPREAD, np.zeros(ways.grid.shape[0])
    own = at_state(lacking, ways, nowhere)
    for _ in range(ROUNDS):
        plan = best_set(ways, at_state(mean, ways, nowhere) - ways.shy * spread * own)[0]
        total = plan @ ways.drawn
        if plan @ own > 1.0:
            spread = min(max(float((total.mean() - worst_mean(total, HALF)) / (plan @ own)), 0.0), 1.0)
    return spread


def ever_best(ways: Ways, table: Floats, prices: Floats) -> Bools:
    """Ways that are the best of their market in some likely state of belief, at some prices, (W,); others are
    dropped."""
    likely = table[:, np.abs(grid()[0]) <= LIKELY][:, ::2].reshape(len(ways), -1)
    first = first_of(ways.market)
    place = np.searchsorted(ways.market[first], ways.market)
    kept = np.zeros(len(ways), dtype=bool)
    for due in prices @ ways.use.T:
        net = likely - due[:, None]
        best = np.maximum.reduceat(net, first)[place]
        kept |= ((net >= best) & ((net >= 0.0) | ways.must[ways.market][:, None])).any(axis=1)
    return kept


def only(ways: Ways, kept: Bools) -> Ways:
    """Some of the ways."""
    by_way = ("profile", "market", "mode", "starts", "use", "mean", "lacks", "drawn")
    return replace(ways, **{name: getattr(ways, name)[kept] for name in by_way})


def at_state(table: Floats, ways: Ways, off: Floats) -> Floats:
    """Values of every way if medians are off by ``off`` (N,) sds and the spread is as now, (W,)."""
    x = np.clip(np.rint((off + REACH) / STEP).astype(np.intp), 0, table.shape[1] - 1)
    return np.asarray(table[np.arange(len(ways)), x[ways.market], -1])


def best_set(ways: Ways, value: Floats) -> tuple[Floats, Floats]:
    """The best ways under the limits, as shares (W,), and the price of each limit (L,): the relaxed programme.

    Where what must be entered does not fit into the limits, it need not be.
    """
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    count = len(ways.must)
    for must in (ways.must, np.zeros(count, dtype=bool)):
        rows, _, most = constraints(ways, must)
        rows, most = vstack([rows, -rows[np.flatnonzero(must)]]), np.concatenate([most, -np.ones(must.sum())])
        found = linprog(-value, A_ub=rows, b_ub=most, bounds=(0.0, None), method="highs")
        if found.success:
            break
    price = -found.ineqlin.marginals[count : count + len(ways.limits)]
    return np.asarray(found.x), np.round(np.maximum(price, 0.0), 9)


def best_plan(ways: Ways, value: Floats) -> Bools:
    """The best ways under the limits, whole ones, (W,)."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    for must in (ways.must, np.zeros_like(ways.must)):
        rows, least, most = constraints(ways, must)
        found = milp(
            -value,
            constraints=LinearConstraint(rows, least, most),
            integrality=np.ones(len(ways)),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": NEARLY},
        )
        if found.success:
            break
    return np.asarray(found.x > HALF)


def constraints(ways: Ways, must: Bools) -> tuple[csr_array, Floats, Floats]:
    """Rows of the programme with their bounds: one way for each market at most, and what there is of each limit."""
    from scipy.sparse import csr_array, vstack

    one = csr_array((np.ones(len(ways)), (ways.market, np.arange(len(ways)))), shape=(len(must), len(ways)))
    least = np.concatenate([must.astype(float), np.full(len(ways.limits), -np.inf)])
    return csr_array(vstack([one, csr_array(ways.use.T)])), least, np.concatenate([np.ones(len(must)), ways.there_is])


def net_best(worth: Worth, value: Floats, k: int) -> tuple[Floats, Floats]:
    """At prices ``k``: what the best way of each market brings net, never less than nothing, (N', n), and net worth of
    every way, (W, n). N' are the markets that have a way."""
    net = value - worth.dues[k][:, None]
    return np.maximum(np.maximum.reduceat(net, worth.first), worth.least), net


def bound(worth: Worth, value: Floats) -> Floats:
    """No plan is worth more when ways are worth ``value`` (W, n): the least bound over the prices, (n,)."""
    bounds = [net_best(worth, value, k)[0].sum(axis=0) + rent for k, rent in enumerate(worth.rent)]
    return np.asarray(np.min(bounds, axis=0))


def attained(worth: Worth, value: Floats) -> Floats:
    """What the best plan of the pool is worth when ways are worth ``value`` (W, n), (n,)."""
    return np.asarray((worth.pool.astype(float) @ value).max(axis=0))


def best_of_pool(worth: Worth, value: Floats) -> Ints:
    """Which plan of the pool that is, (n,)."""
    return np.asarray((worth.pool.astype(float) @ value).argmax(axis=0))


def perfect(worth: Worth) -> float:
    """At most this would knowing every potential be worth, USD.

    At any prices each market is on its own, so one integral for each market bounds what any answer can bring.
    """
    off, _ = grid()
    weight = np.diff(ndtr(np.concatenate([[-np.inf], (off[1:] + off[:-1]) / 2.0, [np.inf]])))
    bounds = [net_best(worth, worth.known, k)[0].sum(axis=0) @ weight + rent for k, rent in enumerate(worth.rent)]
    return max(float(min(bounds)) - worth.value, 0.0)
