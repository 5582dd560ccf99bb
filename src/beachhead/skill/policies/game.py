"""One policy in one world, quarter by quarter: the referee of the tournament.

The order within a quarter is the outlook's: presences whose patience is used up are gone; answers come in; the policy
decides; sales are made and costs paid; patience is used up. A firm whose cash falls below zero has to close everything
abroad. After the last quarter every presence is worth what going on would bring until its own horizon, as the rollout
judges it, by the true potential.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.outlook.hazard import CLASS_OF, YEARS
from beachhead.rollout.sales import ramped
from beachhead.skill.policies.land import Bools, Ints, Land
from beachhead.skill.policies.policy import Action, Answer, Ask, Budget, Enter, Leave, Policy, View
from beachhead.skill.policies.world import Truth

WEEKS_A_QUARTER = 13.0
NEVER = np.inf


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one policy in one world. ``value_usd``: worth today of all that came in less all that went out,
    working hours among it, and of going on after the plan; ``cash_usd`` at the end, ``lowest_usd`` on the way.
    ``ruined``: cash fell below zero; ``below_floor``: below what must stay. ``entered``, ``served`` at the end,
    ``ended`` by themselves, ``asked``; ``refused``: actions that broke a budget; ``strained``: quarters in which hours
    were missing."""

    value_usd: float
    cash_usd: float
    lowest_usd: float
    ruined: bool
    below_floor: bool
    entered: int
    served: int
    ended: int
    asked: int
    refused: int
    strained: int


@dataclass(slots=True, eq=False)
class Game:
    """The state of one firm in one world. By market (N,), as in :class:`View`; ``first`` is known here from the start.

    ``old``: mode before a change, made in ``turned``; ``owed`` (quarters ahead,): receipts on their way. ``hours_year``
    and the other books hold what has happened so far.
    """

    land: Land
    truth: Truth
    rng: np.random.Generator
    cash: float
    mode: Ints
    old: Ints
    begun: Ints
    first: Floats
    turned: Floats
    patience: Floats
    left: Bools
    owed: Floats
    sales: Floats
    yields: Floats
    worth: float = 0.0
    lowest: float = NEVER
    ruined: bool = False
    ended: int = 0
    refused: int = 0
    asked: int = 0
    strained: int = 0
    coming: list[tuple[int, Answer]] = field(default_factory=list)
    uses: dict[tuple[int, int], int] = field(default_factory=dict)


def begin(land: Land, truth: Truth, rng: np.random.Generator) -> Game:
    """Before the first quarter: what runs already runs."""
    f, n = land.figures, len(land.markets)
    runs = f.mode_now >= 0
    return Game(
        land=land,
        truth=truth,
        rng=rng,
        cash=land.rules.cash,
        mode=f.mode_now.astype(np.intp).copy(),
        old=np.full(n, -1, dtype=np.intp),
        begun=np.where(runs, 0, -1),
        first=np.where(runs, -f.tenure.astype(float), NEVER),
        turned=np.full(n, NEVER),
        patience=truth.patience.copy(),
        left=np.zeros(n, dtype=bool),
        owed=np.zeros(land.quarters + 8),
        sales=np.zeros((land.quarters, n)),
        yields=np.zeros((land.quarters, n)),
        lowest=land.rules.cash,
    )


def play(policy: Policy, land: Land, truth: Truth, rng: np.random.Generator) -> Run:
    """A policy through one world."""
    game = begin(land, truth, rng)
    for q in range(land.quarters):
        force_out(game, q)
        if not game.ruined:
            act(game, policy.decide(view_of(game, q)), q)
        trade(game, q)
    return closed(game)


# --- what the policy sees and does -----------------------------------------------------------------------------------


def view_of(g: Game, q: int) -> View:
    """What the firm can see at the start of quarter ``q``."""
    come = tuple(answer for due, answer in g.coming if due <= q)
    return View(
        land=g.land,
        quarter=q,
        cash=g.cash,
        mode=g.mode.copy(),
        begun=g.begun.copy(),
        first=np.where(g.first <= q, g.first, np.nan),
        left=g.left.copy(),
        changed=np.isfinite(g.turned),
        setup=setup_now(g, q),
        sales=g.sales[:q].copy(),
        yields=g.yields[:q].copy(),
        fx=g.truth.fx[q // 4].copy(),
        answers=come,
        refused=g.refused,
        rng=g.rng,
    )


def setup_now(g: Game, q: int) -> Floats:
    """Set-up by the estimates, less what likeness to earlier markets saves, (N, 7)."""
    f = g.land.figures
    entered = (g.begun >= 0) & (f.mode_now < 0) & (q - g.begun >= g.land.rules.likeness_lag)
    had = f.held | (f.alike & entered[None, :, None]).any(axis=1)
    return np.asarray(f.entry * (1.0 - had @ f.cut)[:, None])


def act(g: Game, actions: tuple[Action, ...], q: int) -> None:
    """Carry out what the policy wants, one after the other; what breaks a budget is refused."""
    budget = Budget.of(view_of(g, q))
    for one in actions:
        budget.cash = g.cash
        done = {Enter: enter, Leave: leave, Ask: ask}[type(one)](g, budget, one, q)  # type: ignore[operator]
        g.refused += not done


def enter(g: Game, budget: Budget, one: Enter, q: int) -> bool:
    """A market is entered, or its mode changed; False if refused."""
    if budget.refusal(one):
        return False
    m, now = one.market, g.mode[one.market]
    cost = budget.price(one) * (g.truth.setup[m] if now < 0 else 1.0)
    budget.take(one, cost)
    spend(g, cost, q)
    if now < 0:
        g.begun[m], g.first[m] = q, q + g.land.figures.weeks[m, one.mode] / WEEKS_A_QUARTER * g.truth.late[m]
    else:
        g.old[m], g.turned[m] = now, q
    g.mode[m] = one.mode
    return True


def leave(g: Game, budget: Budget, one: Leave, q: int) -> bool:
    """A market is given up; False where the firm is not."""
    if g.mode[one.market] < 0:
        return False
    give_up(g, np.array([one.market]), q)
    budget.mode[one.market], budget.waiting[one.market], budget.left[one.market] = -1, False, True
    return True


def ask(g: Game, budget: Budget, one: Ask, q: int) -> bool:
    """A channel is used; its answer comes later. False if it cannot be asked so, or the cash does not allow it."""
    x, rows, c = g.land.asking, list(one.markets), one.channel
    used = g.uses.get((c, rows[0]), 0) if rows else 0
    able = 0 < len(rows) <= x.reach[c] and bool(x.may[c, rows].all()) and used < x.uses
    if not able or g.cash - x.cost[c] < g.land.rules.floor:
        return False
    spend(g, float(x.cost[c]), q)
    told = g.truth.seen[x.sees[c], rows].mean() + g.truth.bias[c]
    told += x.noise[c, rows].mean() * g.truth.error[c, rows[0], used]
    g.uses[c, rows[0]], g.asked = used + 1, g.asked + 1
    due = q + int(x.wait[c])
    g.coming.append((due, Answer(c, one.markets, float(told), due)))
    return True


# --- what happens ----------------------------------------------------------------------------------------------------


def spend(g: Game, usd: float, q: int) -> None:
    """Something is paid once."""
    g.cash -= usd
    g.worth -= g.land.discount[q] * usd


def give_up(g: Game, rows: Ints, q: int) -> None:
    """Presences end, and pay for it."""
    spend(g, float(g.land.figures.leave[rows, g.mode[rows]].sum()), q)
    g.mode[rows], g.left[rows] = -1, True


def force_out(g: Game, q: int) -> None:
    """Presences end whose patience is used up; all of them, if the money is gone."""
    over = np.flatnonzero((g.mode >= 0) & ((g.patience < 0.0) | g.ruined))
    if len(over):
        g.ended += len(over)
        give_up(g, over, q)


def trade(g: Game, q: int) -> None:
    """The quarter's sales, its costs, and what they use up."""
    land, f, there = g.land, g.land.figures, np.flatnonzero(g.mode >= 0)
    k = g.mode[there]
    load = overload(g, there, q)
    g.strained += load > 0.0
    g.yields[q, there] = yields(g, there, q) * (1.0 + load) ** -land.assumed["overload_sales"]
    g.sales[q, there] = g.yields[q, there] * g.truth.potential[there] * g.truth.noise[q // 4, there]
    sold = g.sales[q, there]
    receipts = sold * (f.goods + f.kept)[k] * g.truth.fx[q // 4, there]
    spent = sold * f.goods[k] + f.fixed[there, k]
    counted = q - g.begun[there] < land.rules.horizon
    g.worth += float(land.discount[q] * ((receipts - spent - f.staff[there, k]) * counted).sum())
    owe(g, receipts, np.where((f.mode_now[there] >= 0) & (g.old[there] < 0), 0.0, f.delay[k]), q)
    g.cash += float(g.owed[q] - spent.sum())
    endure(g, there, load, q)
    g.lowest = min(g.lowest, g.cash)
    g.ruined |= g.cash < 0.0


def overload(g: Game, there: Ints, q: int) -> float:
    """By how much the hours needed exceed those there are, as a share of them; 0 if they suffice."""
    rules, k = g.land.rules, g.mode[there]
    launching = (g.first[there] > q) | (g.turned[there] == q)
    hours = g.land.hours[there, k] * g.truth.hours[there] * (1.0 + rules.hours_launch * launching)
    return max(float(hours.sum()) / rules.hours - 1.0, 0.0)


def yields(g: Game, there: Ints, q: int) -> Floats:
    """Sales of the quarter by each presence for a USD of potential, before the noise of the year."""
    land, f = g.land, g.land.figures
    made = mature(land, g.first[there], q)
    anew = mature(land, g.turned[there], q)
    keeps = np.where(g.old[there] >= 0, land.learning[np.maximum(g.old[there], 0)], 1.0)
    share = np.where(f.mode_now[there] >= 0, 1.0, [land.rules.late(int(t)) for t in g.begun[there]])
    made = keeps * made + (1.0 - keeps) * anew
    return np.asarray(f.sold[there, g.mode[there]] / 4.0 * made * share * g.truth.demand[q // 4, there])


def mature(land: Land, first: Floats, q: int | Ints) -> Floats:
    """Quarters of mature sales made in quarter ``q`` with a first sale at ``first``; 0 where there is none. They
    broadcast."""
    since = np.where(np.isfinite(first), q - first, -1.0)
    return np.asarray(ramped(land.knots, since + 1.0) - ramped(land.knots, since))


def owe(g: Game, receipts: Floats, delay: Floats, q: int) -> None:
    """Customers pay later, by parts of a quarter."""
    whole = np.floor(delay).astype(np.intp)
    part = delay - whole
    last = len(g.owed) - 1
    np.add.at(g.owed, np.minimum(q + whole, last), receipts * (1.0 - part))
    np.add.at(g.owed, np.minimum(q + whole + 1, last), receipts * part)


def endure(g: Game, there: Ints, load: float, q: int) -> None:
    """Patience is used up at the hazard of the number of markets, the rank of each by its last year's best sales, its
    kind, and in a world of published exits its time in the market; more where hours are missing."""
    best = g.sales[max(q - 3, 0) : q + 1].max(axis=0)
    counted = best > 0.0
    breadth = int(counted.sum()) + g.land.elsewhere
    rank = (best[None, there] < best[counted, None]).sum(axis=0) + 1
    since = q + 1.0 - np.maximum(g.first[there], g.begun[there])
    year = np.where(g.truth.published, np.maximum(q - g.first[there], 0.0) // 4 + 1, YEARS)
    yearly = yearly_hazard(g.land, year, breadth, rank, g.land.hard[there])
    more = 1.0 + g.land.assumed["overload_exit"] * load
    g.patience[there] -= -np.log1p(-yearly) / 4.0 * exposed(since, g.truth.published) * more


def yearly_hazard(land: Land, year: Floats, breadth: Ints | int, rank: Ints, hard: Bools) -> Floats:
    """The table of :mod:`beachhead.outlook.hazard` looked up."""
    classes = [CLASS_OF[np.clip(x, 0, len(CLASS_OF) - 1)] for x in (breadth, rank)]
    row = np.clip(np.asarray(year), 1, YEARS).astype(np.intp) - 1
    return np.asarray(land.hazard[row, classes[0], classes[1], hard.astype(np.intp)])


def exposed(since: Floats, published: bool) -> Floats:
    """Part of the quarter in which there are sales that can end; ``since``: quarters of them at its end. As
    :func:`beachhead.outlook.paths.exposed`."""
    part = np.clip(since, 0.0, 1.0)
    return part if published else part + 0.5 * ((since > 0.0) & (since <= 1.0))


# --- what it was worth -----------------------------------------------------------------------------------------------


def closed(g: Game) -> Run:
    """The result, with what going on is worth."""
    force_out(g, g.land.quarters)
    there = np.flatnonzero(g.mode >= 0)
    tail = going_on(
        g.land, g.truth, there, g.mode[there], g.begun[there], g.first[there], g.turned[there], g.old[there]
    )
    return Run(
        value_usd=g.worth + float(tail.sum()),
        cash_usd=g.cash,
        lowest_usd=g.lowest,
        ruined=g.ruined,
        below_floor=g.lowest < g.land.rules.floor - 0.5,
        entered=int(((g.begun >= 0) & (g.land.figures.mode_now < 0)).sum()),
        served=len(there),
        ended=g.ended,
        asked=g.asked,
        refused=g.refused,
        strained=g.strained,
    )


def going_on(
    land: Land,
    truth: Truth,
    m: Ints,
    k: Ints,
    begun: Ints,
    first: Floats,
    turned: Floats,
    old: Ints,
    least: float = -np.inf,
) -> Floats:
    """Worth after the plan of presences in markets ``m`` and modes ``k``, (n,): until each one's own horizon, at the
    last year's demand and money, lasting as presences that are kept do (``chance_exit``); or of leaving, if more.
    ``least``: what a dollar of sales leaves at least."""
    f, end, span = land.figures, land.quarters, land.rules.horizon
    q = end + np.arange(span)
    on = (q[None, :] - begun[:, None] < span) * land.discount[q]
    lasts = (1.0 - land.assumed["chance_exit"]) ** (f.hazard[m][:, None] * np.arange(span) / 4.0)
    keeps = np.where(old >= 0, land.learning[np.maximum(old, 0)], 1.0)[:, None]
    made = keeps * mature(land, first[:, None], q) + (1.0 - keeps) * mature(land, turned[:, None], q)
    last = (end - 1) // 4
    share = np.where(f.mode_now[m] >= 0, 1.0, (1.0 - land.rules.closing) ** (np.maximum(begun, 0) / 4.0))
    rate = f.sold[m, k] / 4.0 * truth.potential[m] * share * truth.demand[last, m]
    income = rate * np.maximum((f.goods + f.kept)[k] * truth.fx[last, m] - f.goods[k], least)
    brings = (on * lasts * (made * income[:, None] - (f.fixed + f.staff)[m, k][:, None])).sum(axis=1)
    leaving = -f.leave[m, k] * land.discount[end] * (end - begun < span)
    return np.asarray(np.maximum(brings, leaving))
