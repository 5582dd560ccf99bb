"""Plan and learn: our policy. Each quarter it takes in what it has seen, and plans the rest anew.

* Own sales and answers move the beliefs about all markets, exactly (:mod:`beachhead.skill.policies.normal`).
* An entry is worth what it brings until sales have shown the market, and then the best of going on, a heavier mode and
  leaving, on average over what is believed: the option to leave is what makes an unsure market worth a try.
* Limits have prices: those of the relaxed programme over all entries that could still be made. What pays its use of
  them is entered in the order of worth for the time that it takes to launch, what it teaches about the others included.
* A market is left when going on is worth less than leaving, by the beliefs of now; changed to a heavier mode when that
  is worth more than it costs.
* A channel is asked when the knowledge gradient of its answer exceeds its cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from beachhead.evidence.model import Floats
from beachhead.outlook.hazard import YEARS
from beachhead.skill.policies.game import WEEKS_A_QUARTER, mature, yearly_hazard
from beachhead.skill.policies.land import Bools, Ints, Land
from beachhead.skill.policies.normal import (
    Beliefs,
    before,
    load_of_answer,
    load_of_sales,
    noise_of_answer,
)
from beachhead.skill.policies.policy import Action, Ask, Budget, Enter, Leave, View

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
SHOWN = 1  # quarters of sales after which a market is as good as known
MODE_COUNT = 7
RARE = 1.2816  # sds: what one market in ten exceeds
AT_ONCE = 3  # questions a quarter
SETS = 3  # sizes of sets of markets that are tried with a channel


@dataclass(frozen=True, slots=True)
class Settings:
    """``caution``: weight of the worse half of outcomes, 0 none. ``launches``: at once at most, beside the owner's own
    limit. ``inquiry``: share of the cash above the floor at the start that may go into asking. ``reserve``: sds of the
    set-up's overrun for which cash is kept free. ``teaching``: weight of what an entry tells of other markets;
    ``trust``: share of a question's gain that is counted, since answers overlap with each other and with trying."""

    caution: float = 0.0
    launches: int = 60
    inquiry: float = 0.0
    reserve: float = 1.0
    teaching: float = 1.0
    trust: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """What is believed to be worth what, USD. ``enter`` (N, 7): entering now; ``slope`` (N, 7): by how much more for
    each unit of ln potential; ``stay`` (N,) and ``turn`` (N, 7): going on, and going on in another mode less its cost.
    ``alive`` (N, 7): share of the plan's rest that an entry is expected to last; ``yearly`` (N,): cash that a
    running market brings in a year."""

    enter: Floats
    slope: Floats
    stay: Floats
    turn: Floats
    alive: Floats
    yearly: Floats


@dataclass(slots=True, eq=False)
class PlanAndLearn:
    """The policy of one game; it remembers what it believes and what it has spent on asking."""

    settings: Settings = field(default_factory=Settings)
    beliefs: Beliefs | None = None
    heard: int = 0
    years: set[tuple[int, int]] = field(default_factory=set)
    spent: float = 0.0

    def decide(self, view: View) -> tuple[Action, ...]:
        """Learn, leave, change, enter, ask."""
        known = self.learn(view)
        worth = worth_of(view, known, self.settings)
        leaves = tuple(Leave(int(m)) for m in leaving(view, worth))
        gone = {one.market for one in leaves}
        turns = [one for one in turning(view, worth) if one.market not in gone]
        need = needed(view, known, self.settings)
        chosen = choose(view, known, worth, need, self.settings)
        entries = affordable(view, [*turns, *chosen.now], need, self.settings)
        return (*leaves, *entries, *self.ask(view, known, chosen, entries))

    def learn(self, view: View) -> Beliefs:
        """Take in the sales of the last quarter, the first of each year that a market sells in, and new answers."""
        land = view.land
        known = self.beliefs = self.beliefs or before(land)
        sd, q = land.assumed["sales_noise_sd"], view.quarter - 1
        for m in np.flatnonzero(view.sales[q] > 0.0) if q >= 0 else ():
            if (int(m), q // 4) not in self.years:
                self.years.add((int(m), q // 4))
                told = float(np.log(view.sales[q, m] / view.yields[q, m])) + sd**2 / 2.0
                known.learn(load_of_sales(known.count, len(known.mean), int(m)), told, sd**2)
        for one in view.answers[self.heard :]:
            load = load_of_answer(land, len(known.mean), one.channel, one.markets)
            known.learn(load, one.value, noise_of_answer(land, one.channel, one.markets))
        self.heard = len(view.answers)
        return known

    def ask(self, view: View, known: Beliefs, chosen: Chosen, entries: tuple[Enter, ...]) -> tuple[Ask, ...]:
        """The questions that gain most for their cost, as long as they pay and the purse allows it."""
        rules, cost = view.land.rules, view.land.asking.cost
        purse = min(self.settings.inquiry * (rules.cash - rules.floor) - self.spent, view.cash - rules.floor)
        asked: list[Ask] = []
        if purse < cost.min():
            return ()
        for one, gain in questions(view, known, chosen, {e.market for e in entries}):
            price = float(cost[one.channel])
            if len(asked) < AT_ONCE and price <= purse and self.settings.trust * gain > price:
                asked.append(one)
                purse, self.spent = purse - price, self.spent + price
        return tuple(asked)


# --- what things are worth -------------------------------------------------------------------------------------------


def worth_of(view: View, known: Beliefs, settings: Settings) -> Worth:
    """Everything that could be done now, by what is believed."""
    land, f = view.land, view.land.figures
    rate = rates(view, known)
    n = len(land.markets)
    at = np.minimum(np.exp(known.median[:, None] + known.sd[:, None] * NODES), f.cap)
    up = np.minimum(np.exp(known.median[:, None] + 0.1 + known.sd[:, None] * NODES), f.cap)
    a, alive = entering(view, rate, at)
    b, _ = entering(view, rate, up)
    stay, turn = going(view, rate, at)
    half = WEIGHTS * np.clip((0.5 - (np.cumsum(WEIGHTS) - WEIGHTS)) / WEIGHTS, 0.0, 1.0) / 0.5
    weight = (1.0 - settings.caution) * WEIGHTS + settings.caution * half
    setup = view.setup * land.overrun
    enter = np.where(f.open & view.fresh[:, None], a @ weight - setup * land.discount[view.quarter], -np.inf)
    slope = ((b - a) @ weight) / 0.1
    rows = np.arange(n)
    stay_now = np.where(view.mode >= 0, (stay @ WEIGHTS)[rows, np.maximum(view.mode, 0)], 0.0)
    change = (f.switch + f.leave[rows, np.maximum(view.mode, 0)][:, None]) * land.discount[view.quarter]
    sold = view.sales[-1] if len(view.sales) else np.zeros(n)
    yearly = 4.0 * (sold * f.kept[np.maximum(view.mode, 0)] - f.fixed[rows, np.maximum(view.mode, 0)])
    return Worth(enter, slope, stay_now, turn @ WEIGHTS - change, alive, yearly * view.selling)


def rates(view: View, known: Beliefs) -> Floats:
    """Hazard a quarter of each market, (N,), at the rank that its sales would have; a market that is not
    entered yet counts itself."""
    land, n = view.land, len(view.mode)
    there = view.mode >= 0
    best = np.where(view.selling, view.sales[-4:].max(axis=0, initial=0.0) * 4.0, np.exp(known.median) * 0.2)
    rank = 1 + (best[None, :] > best[:, None])[:, there].sum(axis=1)
    breadth = int(there.sum()) + land.elsewhere + (~there).astype(int)
    yearly = yearly_hazard(land, np.full(n, YEARS), breadth, rank, land.hard)
    return np.asarray(-np.log1p(-yearly) / 4.0 * land.figures.hazard)


def entering(view: View, rate: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Worth today of entering now but for the set-up, at each potential ``at`` (N, J): (N, 7, J); and the share of the
    next year and a half that it takes up, (N, 7). Once sales have shown the market the best of three goes on."""
    land, f, q = view.land, view.land.figures, view.quarter
    span = land.rules.horizon
    first = f.weeks / WEEKS_A_QUARTER * float(np.exp(land.assumed["delay_sd"] ** 2 / 2.0))
    age = np.arange(span)
    made = mature(land, first[..., None], age)
    lasts = np.exp(-rate[:, None, None] * np.maximum(age - first[..., None], 0.0))
    worth = lasts * land.discount[q + age]
    shown = np.ceil(first) + SHOWN
    early = age < shown[..., None]
    late = (1.0 - land.rules.closing) ** (q / 4.0)
    gain, cost = (made * worth), worth
    a1, a2 = (gain * early).sum(axis=-1), (gain * ~early).sum(axis=-1)
    b1, b2 = (cost * early).sum(axis=-1), (cost * ~early).sum(axis=-1)
    income = f.sold / 4.0 * f.kept * late
    run = f.fixed + f.staff
    then = land.discount[np.minimum(q + shown.astype(np.intp), len(land.discount) - 1)]
    stay = (a2 * income)[..., None] * at[:, None] - (b2 * run)[..., None]
    drop = -np.broadcast_to((f.leave * then)[..., None], stay.shape)
    best = np.maximum(np.maximum(stay, drop), turned_later(land, at, a2, b2, then, late))
    whole = (a1 * income)[..., None] * at[:, None] - (b1 * run)[..., None] + best
    keeps = (best > drop) @ WEIGHTS
    left = max(land.quarters - q, 1)
    taken = np.minimum(shown, left) + np.maximum(left - shown, 0.0) * keeps
    return np.asarray(whole), np.asarray(taken / left)


def turned_later(land: Land, at: Floats, a2: Floats, b2: Floats, then: Floats, late: float) -> Floats:
    """Worth of the best change of mode once the market is known, (N, 7 from, J)."""
    f = land.figures
    best = np.full((*a2.shape, at.shape[1]), -np.inf)
    for h in range(MODE_COUNT):
        brings = (a2 * f.sold[:, [h]] / 4.0 * f.kept[h] * late)[..., None] * at[:, None]
        costs = b2 * (f.fixed + f.staff)[:, [h]] + (f.switch[:, [h]] + f.leave) * then
        able = f.open[:, [h]] & (np.arange(MODE_COUNT) != h)
        best = np.maximum(best, np.where(able[..., None], brings - costs[..., None], -np.inf))
    return best


def going(view: View, rate: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Worth today of going on where the firm is, in each mode, at each potential, (N, 7, J), without and with what a
    change of mode loses of the ramp; leaving later stays possible where the market has shown nothing yet."""
    land, f, q = view.land, view.land.figures, view.quarter
    span = land.rules.horizon
    expected = view.begun[:, None] + f.weeks / WEEKS_A_QUARTER * float(np.exp(land.assumed["delay_sd"] ** 2 / 2.0))
    mode = np.maximum(view.mode, 0)
    waits = np.maximum(expected[np.arange(len(mode)), mode], q + 0.5)
    first = np.where(np.isnan(view.first), waits, view.first)
    age = q + np.arange(span)
    made, anew = mature(land, first[:, None], age), mature(land, np.full((len(mode), 1), float(q)), age)
    lasts = np.exp(-rate[:, None] * np.maximum(age - np.maximum(first, q)[:, None], 0.0))
    worth = lasts * land.discount[age] * (age - view.begun[:, None] < span)
    late = np.where(f.mode_now >= 0, 1.0, (1.0 - land.rules.closing) ** (np.maximum(view.begun, 0) / 4.0))
    income = f.sold / 4.0 * ((f.goods + f.kept) * view.fx[:, None] - f.goods) * late[:, None]
    run, keep = worth.sum(axis=1)[:, None] * (f.fixed + f.staff), land.learning[mode][:, None]
    on, fresh = (made * worth).sum(axis=1)[:, None], (anew * worth).sum(axis=1)[:, None]
    stay = (on * income)[..., None] * at[:, None] - run[..., None]
    blend = keep * on + (1.0 - keep) * fresh
    turn = (blend * income)[..., None] * at[:, None] - run[..., None]
    option = np.where(view.launching[:, None, None], -(f.leave * land.discount[q])[..., None], -np.inf)
    return np.maximum(stay, option), turn


# --- what is done ----------------------------------------------------------------------------------------------------


def leaving(view: View, worth: Worth) -> Ints:
    """Markets where going on, in any mode, is worth less than leaving."""
    f, rows = view.land.figures, np.arange(len(view.mode))
    cost = f.leave[rows, np.maximum(view.mode, 0)] * view.land.discount[view.quarter]
    best = np.maximum(worth.stay, np.where(can_turn(view).any(axis=1), worth.turn.max(axis=1), -np.inf))
    return np.flatnonzero(view.selling & (best < -cost))


def can_turn(view: View) -> Bools:
    """Changes of mode that may be made, (N, 7)."""
    other = np.arange(MODE_COUNT) != view.mode[:, None]
    return np.asarray(view.land.figures.open & other & (view.selling & ~view.changed)[:, None])


def turning(view: View, worth: Worth) -> list[Enter]:
    """Changes of mode that pay, the best first."""
    gain = np.where(can_turn(view), worth.turn - worth.stay[:, None], -np.inf)
    mode = gain.argmax(axis=1)
    best = gain[np.arange(len(mode)), mode]
    rows = np.argsort(-best, kind="stable")
    return [Enter(int(m), int(mode[m])) for m in rows if best[m] > 0.0]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """``now``: entries in their order. ``net`` (N,): what each market brings beyond its use of the limits, in its best
    mode, and ``slope`` (N,) for each unit of ln potential."""

    now: list[Enter]
    net: Floats
    slope: Floats


def choose(view: View, known: Beliefs, worth: Worth, need: Floats, settings: Settings) -> Chosen:
    """Which markets to enter, in which of the modes that there is cash for, in which order."""
    use, there_is = uses(view, known, worth, settings)
    price = prices(worth.enter, use, there_is)
    able = np.isfinite(worth.enter) & (need <= spare(view, settings))
    net = np.where(able, worth.enter - use @ price, -np.inf)
    mode = net.argmax(axis=1)
    rows = np.arange(len(mode))
    best, slope = net[rows, mode], np.maximum(worth.slope[rows, mode], 0.0)
    teaches = settings.teaching * taught(known, np.where(np.isfinite(best), best, 0.0), slope, view)
    slots = np.ceil(view.land.figures.weeks[rows, mode] / WEEKS_A_QUARTER) + 0.5
    merit = (worth.enter[rows, mode] + teaches) / slots
    order = [m for m in np.argsort(-merit, kind="stable") if best[m] + teaches[m] > 0.0]
    return Chosen([Enter(int(m), int(mode[m])) for m in order], best, slope)


def uses(view: View, known: Beliefs, worth: Worth, settings: Settings) -> tuple[Floats, Floats]:
    """What an entry in each market and mode takes of launches, hours, attention and cash, (N, 7, 4), and what there is
    of each for the rest of the plan, (4,); the cash is that of now and what the running markets bring."""
    land, rules, f = view.land, view.land.rules, view.land.figures
    there, rows = view.mode >= 0, np.arange(len(view.mode))
    left = max(land.quarters - view.quarter, 1)
    slots = np.ceil(f.weeks / WEEKS_A_QUARTER) + 0.5
    hours = land.hours * worth.alive * (1.0 + rules.hours_launch * slots / left)
    points = rules.attention_run * worth.alive + (rules.attention_launch - rules.attention_run) * slots / left
    now = view.mode[there]
    most = min(rules.launches, settings.launches)
    there_is = [
        most * left - float(view.launching.sum()),
        rules.hours - float(land.hours[rows[there], now].sum()),
        rules.attention - rules.attention_run * float(there.sum()),
        view.cash - rules.floor + max(float(worth.yearly[there].sum()), 0.0) * left / 4.0,
    ]
    money = spent(view, tied_up(view, known), 0.0) + 2.0 * f.fixed
    return np.stack([slots, hours, points, money], axis=-1), np.maximum(there_is, 0.0)


def prices(value: Floats, use: Floats, there_is: Floats) -> Floats:
    """Price of a unit of each limit, (L,): the dual of the relaxed choice of one mode a market at most."""
    from scipy.optimize import linprog

    able = np.argwhere(value > 0.0)
    if not len(able):
        return np.zeros(len(there_is))
    n, k = able.T
    best = np.unique(n, return_index=True)[1]
    rows = use[n, k].T
    if len(best) == len(n) and (rows.sum(axis=1) <= there_is).all():
        return np.zeros(len(there_is))
    markets, place = np.unique(n, return_inverse=True)
    one = (place == np.arange(len(markets))[:, None]).astype(float)
    found = linprog(
        -value[n, k], A_ub=np.vstack([one, rows]), b_ub=np.concatenate([np.ones(len(markets)), there_is]),
        bounds=(0.0, None), method="highs",
    )  # fmt: skip
    return np.asarray(np.maximum(-found.ineqlin.marginals[len(markets) :], 0.0))


def taught(known: Beliefs, net: Floats, slope: Floats, view: View) -> Floats:
    """What seeing each market's own sales is worth to the choice among the others, (N,), by the knowledge gradient of
    two alternatives for each: entered or not."""
    cov = known.cov[known.own, known.own]
    seen = np.sqrt(np.diag(cov) + view.land.assumed["sales_noise_sd"] ** 2)
    moved = cov / seen[:, None]
    gain = gradient(moved, net, np.where(view.fresh, slope, 0.0))
    np.fill_diagonal(gain, 0.0)
    return np.asarray(gain.sum(axis=1))


def gradient(moved: Floats, net: Floats, slope: Floats) -> Floats:
    """Gain of an answer that moves ln potential by ``moved`` (…, N), market by market: s f(−|net| / s), with f(x) =
    φ(x) + x Φ(x) (Frazier, Powell & Dayanik 2009)."""
    s = np.maximum(np.abs(moved) * slope, 1e-9)
    x = np.where(np.isfinite(net), np.abs(net), 1e12) / s
    return np.asarray(s * (np.exp(-x * x / 2.0) / np.sqrt(2.0 * np.pi) - x * ndtr(-x)))


def affordable(view: View, wanted: list[Enter], need: Floats, settings: Settings) -> tuple[Enter, ...]:
    """What the budgets allow, if each may need as much cash as ``need`` (N, 7); and our own limit on launches. What the
    cash does not reach for must not take up a launch from those that come after it."""
    free, cash, budget = settings.launches - int(view.launching.sum()), spare(view, settings), Budget.of(view)
    taken: list[Enter] = []
    for one in wanted:
        price = float(need[one.market, one.mode])
        if free > 0 and price <= cash and not budget.refusal(one):
            budget.take(one)
            taken.append(one)
            free, cash = free - 1, cash - price
    return tuple(taken)


def spare(view: View, settings: Settings) -> float:
    """Cash that is free for something new: above the floor, less a quarter's running cost."""
    f, there = view.land.figures, np.flatnonzero(view.mode >= 0)
    return view.cash - view.land.rules.floor - settings.reserve * float(f.fixed[there, view.mode[there]].sum())


def needed(view: View, known: Beliefs, settings: Settings) -> Floats:
    """Cash above the floor that must be there for an entry, or a change of mode, (N, 7).

    By what is expected the floor must hold; where the market turns out large, as one in ten does, and its goods must be
    paid before its customers pay, cash must not fall below zero.
    """
    large = spent(view, tied_up(view, known, RARE), settings.reserve) - view.land.rules.floor
    return np.maximum(spent(view, tied_up(view, known), settings.reserve), large)


def spent(view: View, tied: Floats, reserve: float) -> Floats:
    """What goes out before anything comes in, (N, 7): set-up, or the change of mode; two quarters' running cost; goods.
    ``reserve``: sds of the set-up's overrun, and share of the running cost, that are reckoned with."""
    f, rows, now = view.land.figures, np.arange(len(view.mode)), np.maximum(view.mode, 0)
    fresh = view.setup * np.exp(reserve * f.entry_sd_log) + 2.0 * reserve * f.fixed + tied
    change = f.switch + f.leave[rows, now][:, None] + np.maximum(tied - tied[rows, now][:, None], 0.0)
    return np.where((view.mode >= 0)[:, None], change, fresh)


def tied_up(view: View, known: Beliefs, sds: float | None = None) -> Floats:
    """Cash that sales tie up, (N, 7), on average or if potentials are ``sds`` above their medians: goods are paid at
    once, customers pay after ``delay``."""
    f = view.land.figures
    above = known.sd**2 / 2.0 if sds is None else sds * known.sd
    potential = np.minimum(np.exp(known.median + above), f.cap)
    share = np.maximum(f.delay * (f.goods + f.kept) - f.kept, 0.0)
    return np.asarray(potential[:, None] * f.sold / 4.0 * share)


def questions(view: View, known: Beliefs, chosen: Chosen, sooner: set[int]) -> list[tuple[Ask, float]]:
    """Every channel about its best market, and about sets of those that gain most, with the gain; the most gain for a
    dollar first. What is entered before an answer can come gains nothing by it."""
    able = view.fresh & ~np.isin(np.arange(known.count), list(sooner))
    slope, x = np.where(able, chosen.slope, 0.0), view.land.asking
    found: list[tuple[Ask, float]] = []
    for c in range(len(x.ids)):
        rows = np.flatnonzero(x.may[c] & able)
        if len(rows):
            best = rows[np.argsort(-asked_alone(view, known, chosen.net, slope, c, rows), kind="stable")]
            sizes = range(1, min(int(x.reach[c]), SETS, len(rows)) + 1)
            found += [asked_together(view, known, chosen.net, slope, c, tuple(best[:n].tolist())) for n in sizes]
    return sorted(found, key=lambda one: -one[1] / max(float(x.cost[one[0].channel]), 1.0))


def asked_alone(view: View, known: Beliefs, net: Floats, slope: Floats, c: int, rows: Ints) -> Floats:
    """Gain of asking a channel about each of ``rows`` alone, (rows,)."""
    place, bias, own = int(view.land.asking.sees[c]) * known.count + rows, 3 * known.count + c, known.cov[:, known.own]
    var = np.diag(known.cov)[place] + 2 * known.cov[place, bias] + known.cov[bias, bias]
    sd = np.sqrt(var + view.land.asking.noise[c, rows] ** 2)
    return np.asarray(gradient((own[place] + own[bias]) / sd[:, None], net, slope).sum(axis=1))


def asked_together(
    view: View, known: Beliefs, net: Floats, slope: Floats, c: int, markets: tuple[int, ...]
) -> tuple[Ask, float]:
    """One use of a channel about several markets, with its gain."""
    load = load_of_answer(view.land, len(known.mean), c, markets)
    along = known.cov @ load
    sd = np.sqrt(float(load @ along) + noise_of_answer(view.land, c, markets))
    gain = gradient(along[known.own] / sd, net, slope).sum()
    return Ask(c, markets), float(gain)
