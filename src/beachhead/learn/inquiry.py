"""What to find out next: what each answer would be worth to the plan, less what it costs and what waiting costs.

The gain of an answer is what the decisions that it changes are expected to bring: after the answer, the worth of the
plan made anew less the worth of the plan as it stands, both by the beliefs of then. It is never negative, and 0 where
no answer changes anything. Over a single answer the mean is a Gauss–Hermite quadrature of its one dimension; over
several together, a low-discrepancy set. ``gain_sd`` says how far the estimate may be off: what is not known of the
channel's noise, the error of quadrature, and that of the quick model of the plan. Method: docs/methods/inquiry.md.

I = inquiries, D = answers that come together, Q = nodes, N = candidate markets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from beachhead.assumptions import packaged
from beachhead.evidence.model import Floats
from beachhead.learn.questions import (
    Desk,
    Question,
    Spread,
    desk,
    joint_moves,
    like_sets,
    moves,
    questions,
    spread_of,
)
from beachhead.learn.result import Batch, Inquiries, Inquiry
from beachhead.learn.worth import Worth, attained, best_of_pool, bound, looked_up, perfect, worth_of

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.learn.result import Learnt
    from beachhead.rollout.result import Rollout
    from beachhead.rollout.rules import Rules
    from beachhead.select.result import Selection

ROUGH, FINE, CHECK = 7, 31, 22  # nodes: of the first look, of what is reported, and of its check
JOINT = 128  # nodes over several answers
CLOSER = 120  # inquiries looked at closely
PAIRED, OF_ONE, TRIPLED = 12, 3, 8  # inquiries tried in pairs, of one channel; pairs that are tried with a third
CHUNK = 100  # inquiries at once
WEEKS_A_YEAR, WEEKS_A_QUARTER = 52.0, 13.0
REACH = 6  # markets in a set at most
ROOTS = (0.8191725133961645, 0.6710436067037893, 0.5497004779019703)  # 1/g, 1/g², 1/g³ with g⁴ = g + 1


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """All that inquiries are weighed with. ``begins`` (W,): week in which each way of the plan begins."""

    selection: Selection
    worth: Worth
    spread: Spread
    desk: Desk
    begins: Floats
    closing: float
    rate: float


@dataclass(frozen=True, slots=True)
class Spared:
    """What is not worth asking, and why, in words."""

    inquiry: Inquiry
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """All that was found. ``spared``: of the channels that do not pay the worst first, by their best use."""

    inquiries: Inquiries
    spared: tuple[Spared, ...]
    plan_usd: float


def inquire(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    learnt: Learnt | None = None,
    rollout: Rollout | None = None,
    *,
    top: int = 20,
    budget: float = np.inf,
) -> Inquiries:
    """What to find out next, the best net gain first; at most ``top``, and nothing dearer than ``budget`` USD.

    ``selection`` and ``modes`` as they are after learning. ``rollout``: then only entries wait that would begin before
    the answer comes; without one, the plan's entries are taken to follow each other as launches allow.
    """
    return answer(firm, evidence, selection, modes, learnt, rollout, top=top, budget=budget).inquiries


def answer(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    learnt: Learnt | None = None,
    rollout: Rollout | None = None,
    *,
    top: int = 20,
    budget: float = np.inf,
    names: Mapping[str, str] | None = None,
) -> Answer:
    """The same, with what is not worth asking. ``names`` of markets as they stand within a sentence."""
    case = case_of(firm, evidence, selection, modes, learnt, rollout)
    if case is None:
        none = Inquiries(
            (), (), True, "There is no way into any market that you could take, so no answer would change a plan.", 0.0
        )
        return Answer(none, (), 0.0)
    asked = [q for q in to_ask(case) if q.cost_usd <= budget]
    weighed = looked_at(case, asked)
    batches = best_batches(case, weighed, budget)
    found = [inquiry for _, inquiry in weighed]
    paying = [one for one in found if one.net_usd > 0.0]
    stop = not paying and not any(b.net_usd > 0.0 for b in batches)
    most = max([perfect(case.worth), *(one.gain_usd for one in found)], default=0.0)
    inquiries = Inquiries(distinct(found)[:top], batches, stop, why(found, batches, names or named(selection)), most)
    return Answer(inquiries, spared(found), case.worth.value)


def case_of(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    learnt: Learnt | None,
    rollout: Rollout | None,
) -> Case | None:
    """The plan's worth, the channels, and when the plan's entries begin; None if there is no way into any market."""
    from beachhead.rollout.ground import ground

    base = ground(firm, evidence, selection, modes, selection.seed)
    if base.profiles.leaves.all():
        return None
    worth = worth_of(base)
    at = desk(firm, evidence, selection, learnt)
    begins = begun(worth, base.rules, rollout)
    spread = spread_of(selection.potential, worth.ways.rows)
    return Case(selection, worth, spread, at, begins, base.rules.closing, at.assumed["discount_rate"])


def begun(worth: Worth, limits: Rules, rollout: Rollout | None) -> Floats:
    """Week in which each way would begin, (W,): by the rollout; else the dearest first, as many at once as launches
    allow."""
    w = worth.ways
    begins = np.zeros(len(w))
    if rollout is not None:
        start = {p.row: p.start * WEEKS_A_QUARTER for p in rollout.presences if not p.running}
        return np.array([start.get(int(w.rows[m]), np.inf) for m in w.market])
    chosen = np.flatnonzero(worth.plan & w.starts)
    prep = w.use[:, w.limits.index("launches")]
    for place, way in enumerate(chosen[np.argsort(-worth.now[chosen], kind="stable")]):
        begins[way] = WEEKS_A_QUARTER * (place // max(limits.launches, 1)) * prep[way]
    return begins


def to_ask(case: Case) -> tuple[Question, ...]:
    """All questions: each channel about each market, and about sets of like ones."""
    reach = min(REACH, max((int(n.reach) for n in case.desk.numbers.values()), default=1))
    noise = float(np.median([n.noise_sd for n in case.desk.numbers.values() if n.reach >= 2] or [1.0]))
    typical = Question("", (0,), 0.0, 0.0, noise**2, 0.0, "market")
    sets = like_sets(case.spread, case.worth, typical, reach)
    return questions(case.desk, len(case.selection.markets), sets)


# --- what an answer is worth -----------------------------------------------------------------------------------------


@cache
def nodes(count: int) -> tuple[Floats, Floats]:
    """Gauss–Hermite nodes of a standard normal, (Q, 1), and their weights, (Q,)."""
    x, weight = np.polynomial.hermite_e.hermegauss(count)
    return x[:, None], weight / weight.sum()


@cache
def joint_nodes(answers: int) -> tuple[Floats, Floats]:
    """Evenly spread nodes of several standard normals, (Q, D), each with its mirror image, and their weights, (Q,).

    An additive recurrence on the powers of the root of x⁴ = x + 1, a generalisation of the golden ratio.
    """
    u = np.mod(0.5 + np.outer(np.arange(1, JOINT // 2 + 1), ROOTS[:answers]), 1.0)
    z = ndtri(u)
    return whitened(np.concatenate([z, -z])), np.full(JOINT, 1.0 / JOINT)


def whitened(z: Floats) -> Floats:
    """Nodes with exactly the covariance of independent standard normals, (Q, D); their mean is 0."""
    return np.asarray(np.linalg.solve(np.linalg.cholesky(z.T @ z / len(z)), z.T).T)


Means = Callable[[Worth, Floats, Floats, Floats], Floats]


def in_parts(of: Means, worth: Worth, moved: Floats, z: Floats, weight: Floats) -> Floats:
    """What ``of`` finds, some answers at a time, so that arrays stay small."""
    return np.concatenate([of(worth, moved[i : i + CHUNK], z, weight) for i in range(0, len(moved), CHUNK)])


def gains(worth: Worth, moved: Floats, z: Floats, weight: Floats) -> Floats:
    """What answers are expected to be worth, (I,), that move ln potentials by ``moved`` (I, D, N) for each of ``z``
    (Q, D): the best plan of the pool after each answer against the plan as it stands."""
    value = after(worth, moved, z)
    return np.asarray((attained(worth, value) - worth.plan @ value).reshape(len(moved), len(z)) @ weight)


def bounds(worth: Worth, moved: Floats, z: Floats, weight: Floats) -> Floats:
    """No plan could bring more, (I,)."""
    value = after(worth, moved, z)
    return np.asarray((bound(worth, value) - worth.plan @ value).reshape(len(moved), len(z)) @ weight)


def after(worth: Worth, moved: Floats, z: Floats) -> Floats:
    """What ways are worth after each answer, (W, I × Q)."""
    by_sd = moved / worth.sd
    off = np.einsum("idn,qd->niq", by_sd, z)
    left = np.broadcast_to(1.0 - (by_sd**2).sum(axis=1).T[:, :, None], off.shape)
    return looked_up(worth, off.reshape(len(off), -1), left.reshape(len(off), -1))


def changes(worth: Worth, moved: Floats, z: Floats, weight: Floats) -> Floats:
    """Chance that the answer changes whether or how each candidate is entered, (I, N); 0 for what is not planned."""
    best = best_of_pool(worth, after(worth, moved, z))
    market = worth.ways.market[worth.plan]
    dropped = ~worth.pool[:, worth.plan][best]
    found = np.zeros((len(moved), len(worth.sd)))
    found[:, market] = np.einsum("iqn,q->in", dropped.reshape(len(moved), len(z), -1), weight)
    return found


def delays(case: Case, weeks: Floats, changed: Floats) -> Floats:
    """What waiting costs, USD, (I,): entries that the answer may change and that would begin before it comes lose by
    being put off: their worth is discounted, and others get there first.

    ``weeks`` (I,), ``changed`` (I, N).
    """
    w = case.worth.ways
    waits = changed[:, w.market] >= case.desk.assumed["wait_chance"]
    years = np.maximum(weeks[:, None] - case.begins, 0.0) / WEEKS_A_YEAR * (waits & w.starts)
    off = years * np.log1p(-case.closing) / case.worth.sd[w.market]
    planned = np.flatnonzero(case.worth.plan).tolist()
    lost = [_put_off(case, way, years[:, way], off[:, way]) for way in planned]
    return np.asarray(sum(lost, np.zeros(len(weeks))))


def _put_off(case: Case, way: int, years: Floats, off: Floats) -> Floats:
    """What the plan loses if one way begins so much later, (I,)."""
    medians = np.zeros((len(case.worth.sd), len(years)))
    medians[case.worth.ways.market[way]] = off
    then = looked_up(case.worth, medians, np.ones_like(medians))[way]
    return np.asarray(np.maximum(case.worth.now[way] - (1.0 + case.rate) ** -years * then, 0.0))


# --- inquiries -------------------------------------------------------------------------------------------------------

Weighed = list[tuple[Question, Inquiry]]


def looked_at(case: Case, asked: Sequence[Question]) -> Weighed:
    """Inquiries with their gain, the best net first: all are looked at roughly, those that may count closely."""
    if not asked:
        return []
    moved = moves(case.spread, asked)[:, None]
    rough = in_parts(bounds, case.worth, moved, *nodes(ROUGH))
    cost = np.array([q.cost_usd for q in asked])
    order = np.argsort(cost - rough, kind="stable")
    close = sorted({*order[:CLOSER].tolist(), *_best_of_each(asked, order)})
    found = closely(case, [asked[i] for i in close], moved[close])
    return sorted(found, key=lambda one: -one[1].net_usd)


def distinct(found: Sequence[Inquiry]) -> tuple[Inquiry, ...]:
    """The best few of each channel, without sets that share a market with a better one: they tell nearly the same."""
    named: dict[str, list[Inquiry]] = {}
    for one in found:
        some = named.setdefault(one.channel, [])
        if len(some) < OF_ONE and all(set(one.markets).isdisjoint(x.markets) for x in some):
            some.append(one)
    return tuple(sorted((one for some in named.values() for one in some), key=lambda one: -one.net_usd))


def _best_of_each(asked: Sequence[Question], order: np.ndarray) -> list[int]:
    """The best question of every channel."""
    best: dict[str, int] = {}
    for i in order:
        best.setdefault(asked[int(i)].channel, int(i))
    return list(best.values())


def closely(case: Case, asked: Sequence[Question], moved: Floats) -> Weighed:
    """Inquiries with gain, its sd, delay and net gain."""
    worth = case.worth
    gain, again = (in_parts(gains, worth, moved, *nodes(count)) for count in (FINE, CHECK))
    missed = in_parts(bounds, worth, moved, *nodes(CHECK)) - again
    sd = unsure(case, gain, gain - again, missed, noise_effect(case, asked, gain))
    weeks = np.array([q.weeks for q in asked])
    delay = delays(case, weeks, in_parts(changes, worth, moved, *nodes(CHECK)))
    return [(q, _inquiry(case, q, *map(float, row))) for q, *row in zip(asked, gain, sd, delay, strict=True)]


def unsure(case: Case, gain: Floats, error: Floats, missed: Floats, noise: Floats | float) -> Floats:
    """How far gains may be off, (I,): by the quadrature, by what better plans than those of the pool might bring (as
    likely anything up to the bound), by what is not known of the channel, and by what the model leaves out."""
    share = case.desk.assumed["inquiry_error"]
    return np.asarray(np.sqrt(error**2 + np.maximum(missed, 0.0) ** 2 / 12.0 + noise**2 + (share * gain) ** 2))


def noise_effect(case: Case, asked: Sequence[Question], gain: Floats) -> Floats:
    """By how much the gain changes if the channel is noisier by one sd of what is known of its noise, (I,)."""
    known = packaged()
    factor = [np.exp(known[f"{q.channel}.noise_sd"].sd) ** 2 for q in asked]
    noisier = [replace(q, noise=q.noise * f) for q, f in zip(asked, factor, strict=True)]
    moved = moves(case.spread, noisier)[:, None]
    return np.abs(in_parts(gains, case.worth, moved, *nodes(CHECK)) - gain)


def _inquiry(case: Case, q: Question, gain: float, sd: float, delay: float) -> Inquiry:
    markets = tuple(case.selection.markets[m] for m in q.rows)
    return Inquiry(q.channel, markets, q.cost_usd, q.weeks, gain, sd, delay, gain - q.cost_usd - delay)


# --- several together ------------------------------------------------------------------------------------------------


def best_batches(case: Case, weighed: Weighed, budget: float) -> tuple[Batch, ...]:
    """The best three to make together, the best two, and the best one to make twice or three times; best net first.

    Pairs of the most promising are all tried, so none is missed because its parts look poor one after the other; the
    best of them are tried with each third.
    """
    pool = promising([q for q, _ in weighed])
    twos = (pair for pair in combinations_with_replacement(pool, 2) if sensible(pair))
    pairs = together(case, affordable(twos, budget))
    threes = (sorted((*pair, q), key=repr) for pair, _ in pairs[:TRIPLED] for q in pool if sensible((*pair, q)))
    again = ([q] * 3 for q in pool if q.sees != "own")
    found = sorted([*pairs, *together(case, affordable((*threes, *again), budget))], key=lambda one: -one[1].net_usd)
    kinds: dict[tuple[int, bool], Batch] = {}
    for asked, batch in found:
        kinds.setdefault((len(asked), False) if len(set(asked)) > 1 else (1, True), batch)
    return tuple(one for one in kinds.values() if one.net_usd > 0.0)


def sensible(asked: Sequence[Question]) -> bool:
    """Whether nothing is tried out twice at the same time: others can be asked twice, one's own luck cannot."""
    own = [q for q in asked if q.sees == "own"]
    return len(set(own)) == len(own)


def affordable(tried: Iterable[Sequence[Question]], budget: float) -> list[tuple[Question, ...]]:
    """Each batch once, those within the budget."""
    within = (tuple(t) for t in tried if sum(q.cost_usd for q in t) <= budget)
    return list(dict.fromkeys(within))


def promising(asked: Sequence[Question]) -> list[Question]:
    """Questions worth trying together: the best net ones, no more than a few of one channel."""
    of_channel: dict[str, list[Question]] = {}
    for q in asked:
        of_channel.setdefault(q.channel, []).append(q)
    few = {q for some in of_channel.values() for q in some[:OF_ONE]}
    return [q for q in asked if q in few][:PAIRED]


Tried = list[tuple[tuple[Question, ...], Batch]]


def together(case: Case, asked: list[tuple[Question, ...]]) -> Tried:
    """Batches with their joint gain, the best net first. All are asked at the same time, so the slowest sets the
    delay."""
    if not asked:
        return []
    z, weight = joint_nodes(len(asked[0]))
    moved = np.stack([joint_moves(case.spread, t) for t in asked])
    half = _every_other(z)
    gain, again = (in_parts(gains, case.worth, moved, *rule) for rule in ((z, weight), half))
    missed = in_parts(bounds, case.worth, moved, *half) - again
    sd = unsure(case, gain, gain - again, missed, 0.0)
    weeks = np.array([max(q.weeks for q in t) for t in asked])
    delay = delays(case, weeks, in_parts(changes, case.worth, moved, *half))
    cost = np.array([sum(q.cost_usd for q in t) for t in asked])
    alone = dict(closely_once(case, {q for t in asked for q in t}))
    found = [
        (t, Batch(tuple(alone[q] for q in t), float(g), float(s), float(n)))
        for t, g, s, n in zip(asked, gain, sd, gain - cost - delay, strict=True)
    ]
    return sorted(found, key=lambda one: -one[1].net_usd)


def _every_other(z: Floats) -> tuple[Floats, Floats]:
    """Half of the nodes, with their mirror images."""
    quarter = len(z) // 4
    half = np.concatenate([z[:quarter], z[len(z) // 2 : len(z) // 2 + quarter]])
    return whitened(half), np.full(len(half), 1.0 / len(half))


def closely_once(case: Case, asked: set[Question]) -> Weighed:
    """Each question of a batch on its own."""
    ordered = sorted(asked, key=repr)
    return closely(case, ordered, moves(case.spread, ordered)[:, None])


# --- in words --------------------------------------------------------------------------------------------------------

ASK = {
    "peers_consulted": "ask peers who sell in {where}",
    "competitors_observed": "look at what competitors do in {where}",
    "industry_association": "go to your association's workshop on {where}",
    "trade_fair": "visit a trade fair with buyers from {where}",
    "trade_mission": "join a trade mission to {where}",
    "international_client": "ask your clients in {where}",
    "foreign_partner": "ask an agent, distributor or partner in {where}",
    "industry_expert": "ask an expert of your industry about {where}",
    "prior_experience": "ask those in your firm who know {where}",
    "first_client": "ask your first client in {where}",
    "friends_family": "ask friends and family in {where}",
    "online_research": "search online for {where}",
    "trial_and_error": "try it out in {where}",
    "research_development": "work on the product for {where}",
}


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(x for x in (", ".join(words[:-1]), *words[-1:]) if x)


def phrase(one: Inquiry, names: Mapping[str, str]) -> str:
    """``ask peers who sell in Germany and Netherlands``."""
    return ASK[one.channel].format(where=listed([names[m] for m in one.markets]))


def figures(one: Inquiry) -> str:
    """``USD 300, 2 weeks, expected gain USD 4,100 ± 1,300``."""
    weeks = f"{one.weeks:,.0f} week{'' if round(one.weeks) == 1 else 's'}"
    delay = f", waiting costs USD {one.delay_usd:,.0f}" if one.delay_usd >= 0.5 else ""
    return f"USD {one.cost_usd:,.0f}, {weeks}, expected gain USD {one.gain_usd:,.0f} ± {one.gain_sd:,.0f}{delay}"


def named(selection: Selection) -> dict[str, str]:
    """Names of markets by code."""
    return dict(zip(selection.markets, selection.names, strict=True))


def why(found: Sequence[Inquiry], batches: tuple[Batch, ...], names: Mapping[str, str]) -> str:
    """Ask, or stop asking and go, in one sentence with figures."""
    if not found:
        return "Go: nothing that could be asked is within the budget."
    best = found[0]
    batch = batches[0] if batches else None
    if batch is not None and batch.net_usd > max(best.net_usd, 0.0):
        return (
            f"Before you commit, {_joined(batch, names)}: together they are expected to bring USD "
            f"{batch.gain_usd:,.0f} ± {batch.gain_sd:,.0f}, USD {batch.net_usd:,.0f} more than they cost."
        )
    if best.net_usd > 0.0:
        return f"Before you commit, {phrase(best, names)}: {figures(best)}; USD {best.net_usd:,.0f} more than it costs."
    return (
        f"Stop asking and go: the best that could be asked, to {phrase(best, names)}, costs more than it is expected "
        f"to bring ({figures(best)})."
    )


def _joined(batch: Batch, names: Mapping[str, str]) -> str:
    """The parts of a batch with their figures; what is repeated is counted."""
    count = {one: batch.inquiries.count(one) for one in batch.inquiries}
    times = {1: "", 2: " twice, of different people", 3: " three times, of different people"}
    return " and ".join(f"{phrase(one, names)}{times[k]} ({figures(one)})" for one, k in count.items())


def spared(found: Sequence[Inquiry]) -> tuple[Spared, ...]:
    """Channels whose best use does not pay, the worst first, and why."""
    best: dict[str, Inquiry] = {}
    for one in found:
        best.setdefault(one.channel, one)
    poor = sorted((one for one in best.values() if one.net_usd <= 0.0), key=lambda one: one.net_usd)
    return tuple(Spared(one, _why_not(one)) for one in poor)


def _why_not(one: Inquiry) -> str:
    """What speaks against the best use of a channel."""
    if one.gain_usd < 1.0:
        return "no answer would change the plan"
    if one.delay_usd > one.cost_usd:
        return (
            f"waiting {one.weeks:,.0f} weeks for it costs USD {one.delay_usd:,.0f}, "
            f"the answer is worth USD {one.gain_usd:,.0f}"
        )
    return f"it costs USD {one.cost_usd:,.0f}, the answer is worth USD {one.gain_usd:,.0f}"
