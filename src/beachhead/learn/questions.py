"""What can be asked, of whom, about which markets, and how an answer would move beliefs.

The answer about a set of markets is y = mean of u over the set + b + e: u, what the channel sees of ln potential; b,
its bias; e, its noise. Most see the market as any such firm meets it; who deals with the firm sees what is about the
firm too; who tries it in the market sees the firm's own luck there as well. Seen from now an answer moves every ln
potential along one line, by cov(ln potential, y) / sd(y) for each sd of y; what is left of the variance is less by the
square of that. I = questions, M = ranked markets, N = candidate markets, K = shared scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from beachhead.assumptions import Assumptions
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, running
from beachhead.learn.channels import Numbers, Sees, channel, channel_ids, findings, numbers
from beachhead.learn.journal import EMPTY
from beachhead.learn.knowledge import noise_factors, stocks
from beachhead.learn.needs import has_in
from beachhead.learn.result import Learnt
from beachhead.learn.worth import STEP, Worth
from beachhead.select.result import Potential, Selection

SEEDS = 8  # markets around which sets are built


@dataclass(frozen=True, slots=True)
class Question:
    """One use of a channel. ``rows``: markets it is about, in the selection; variances in ln units: ``noise`` of the
    one answer, ``bias`` what all answers of the channel share. ``sees``: the market, the firm too, or its own luck as
    well."""

    channel: str
    rows: tuple[int, ...]
    cost_usd: float
    weeks: float
    noise: float
    bias: float
    sees: Sees


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """What every question is weighed with: the firm's channels as it knows them now. ``factor`` by channel (M,): on its
    noise, from what the firm knows; ``may``: rows each channel can be asked about, all if it is not named."""

    numbers: dict[str, Numbers]
    factor: dict[str, Floats]
    may: dict[str, frozenset[int]]
    assumed: Assumptions


def desk(firm: Firm, evidence: Evidence, selection: Selection, learnt: Learnt | None) -> Desk:
    """The channels that can be used now, with noise and bias as they are known now."""
    assumed = Assumptions(firm.assumptions)
    held = stocks(firm, evidence, selection.markets, EMPTY, assumed, evidence.vintage)  # as learning will take it
    known = {c: numbers(c, assumed) for c in channel_ids()}
    for seen in learnt.channels if learnt else ():
        known[seen.channel] = replace(known[seen.channel], noise_sd=seen.noise, bias=seen.bias, bias_sd=seen.bias_sd)
    factor = {c: noise_factors(held, channel(c).knowledge, assumed) for c in known}
    return Desk(known, factor, acquainted(firm, selection.markets, evidence.vintage), assumed)


def acquainted(firm: Firm, markets: Sequence[str], as_of: str) -> dict[str, frozenset[int]]:
    """Rows of the markets in which the firm has whom to ask, for the channels that need somebody or something there."""
    sells_in = {p.country for p in running(firm, as_of)}
    have = [has_in(firm, market, sells_in) for market in markets]
    through: dict[str, set[str]] = {}
    for one in findings():
        if one.through:
            through.setdefault(one.channel, set()).update(one.through)
    return {name: frozenset(m for m, has in enumerate(have) if has & ways) for name, ways in through.items()}


def question(at: Desk, name: str, rows: tuple[int, ...]) -> Question:
    """One use of a channel about some markets. A wild rumour now and then makes an answer worth that much less."""
    n = at.numbers[name]
    noise = n.noise_sd * float(at.factor[name][list(rows)].mean())
    trusted = 1.0 - at.assumed["rumour_share"]
    return Question(name, rows, n.cost_usd, n.weeks, noise**2 / trusted, n.bias_sd**2, channel(name).sees)


def questions(at: Desk, count: int, sets: Iterable[tuple[int, ...]]) -> tuple[Question, ...]:
    """Every channel about every market it can be asked about, and about the ``sets`` that are within its reach."""
    found = [
        question(at, name, (row,)) for name in at.numbers for row in sorted(at.may.get(name, frozenset(range(count))))
    ]
    for rows in sets:
        able = [c for c, n in at.numbers.items() if c not in at.may and n.reach >= len(rows)]
        found += [question(at, name, rows) for name in able]
    return tuple(found)


# --- how an answer moves beliefs -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How ln potentials are uncertain together. ``common`` (2M, 2M): covariance of the markets as others see them, then
    of the markets with what is about the firm; ``own`` (M,): variance of the firm's luck in each; ``rows`` (N,): of the
    candidates."""

    common: Floats
    own: Floats
    rows: NDArray[np.intp]

    @property
    def whole(self) -> NDArray[np.intp]:
        """Columns of ``common`` that are the candidates' ln potentials but for luck, (N,)."""
        return self.rows + len(self.own)


def spread_of(p: Potential, rows: NDArray[np.intp]) -> Spread:
    """From roots to covariances."""
    both = np.vstack([p.heard, p.root])
    return Spread(both @ both.T, p.own_sd**2, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The markets of questions, (I, R): ``rows``, ``weight``, and ``column`` of ``Spread.common`` that is seen of each;
    ``luck`` (I,). Shorter sets are filled up with weight 0."""

    rows: NDArray[np.intp]
    weight: Floats
    column: NDArray[np.intp]
    luck: Floats


def laid_out(s: Spread, asked: Sequence[Question]) -> Asked:
    """Questions as arrays."""
    most = max(len(q.rows) for q in asked)
    rows = np.array([q.rows + q.rows[:1] * (most - len(q.rows)) for q in asked], dtype=np.intp)
    weight = np.array([[1.0 / len(q.rows)] * len(q.rows) + [0.0] * (most - len(q.rows)) for q in asked])
    deeper = np.array([q.sees != "market" for q in asked])
    return Asked(
        rows,
        weight,
        rows + deeper[:, None] * len(s.own),
        np.array([q.sees == "own" for q in asked], dtype=float),
    )


def with_candidates(s: Spread, q: Asked) -> Floats:
    """Covariance of each answer with the ln potentials of the candidates, (I, N)."""
    own = q.luck[:, None, None] * (q.rows[:, :, None] == s.rows) * s.own[s.rows]
    return np.asarray(np.einsum("ir,irn->in", q.weight, s.common[:, s.whole][q.column] + own))


def variances(s: Spread, q: Asked) -> Floats:
    """Of what the answers tell, noise and bias left out, (I,)."""
    common = s.common[q.column[:, :, None], q.column[:, None, :]]
    seen = np.einsum("ir,is,irs->i", q.weight, q.weight, common)
    return np.asarray(seen + q.luck * (q.weight**2 * s.own[q.rows]).sum(axis=1))


def covariance(s: Spread, q: Asked) -> Floats:
    """Of what the answers tell with one another, noise and bias left out, (I, I)."""
    common = s.common[q.column[:, :, None, None], q.column]
    own = np.where(q.rows[:, :, None, None] == q.rows, s.own[q.rows], 0.0) * np.outer(q.luck, q.luck)[:, None, :, None]
    return np.asarray(np.einsum("ir,js,irjs->ij", q.weight, q.weight, common + own))


def moves(s: Spread, asked: Sequence[Question]) -> Floats:
    """By how much each answer, alone, moves the ln potential of each candidate, for one sd of the answer, (I, N)."""
    q = laid_out(s, asked)
    noise = np.array([one.noise + one.bias for one in asked])
    return np.asarray(with_candidates(s, q) / np.sqrt(variances(s, q) + noise)[:, None])


def joint_moves(s: Spread, asked: Sequence[Question]) -> Floats:
    """The same for answers that come together, (I, N): for one sd each of I independent normals that stand for them.

    Answers of one channel share its bias; each has its own noise, also if the same is asked twice.
    """
    q = laid_out(s, asked)
    same = np.array([[a.channel == b.channel for b in asked] for a in asked])
    cov = covariance(s, q) + same * np.array([one.bias for one in asked]) + np.diag([one.noise for one in asked])
    return np.asarray(np.linalg.solve(np.linalg.cholesky(cov), with_candidates(s, q)))


# --- which markets to ask about together -----------------------------------------------------------------------------


def first_order(worth: Worth, moved: Floats) -> Floats:
    """A quick guide to what an answer is worth, (I,), to choose sets by: each market on its own, at today's prices, is
    entered in its best way or not, and that way is worth a straight line in ln potential.

    ``moved`` (I, N). The knowledge gradient of two alternatives has a closed form: s f(−d / s).
    """
    gap, slope = margins(worth)
    s = np.maximum(np.abs(moved) * slope, 1e-12)
    x = gap / s
    return np.asarray((s * (np.exp(-x * x / 2.0) / np.sqrt(2.0 * np.pi) - x * ndtr(-x))).sum(axis=1))


def margins(worth: Worth) -> tuple[Floats, Floats]:
    """How far each candidate is from being entered or dropped, USD, and what a unit of ln potential is worth, (N,)."""
    w = worth.ways
    k = int(
        np.argmin([(np.maximum(worth.now - due, 0.0)).sum() + r for due, r in zip(worth.dues, worth.rent, strict=True)])
    )
    net = worth.now - worth.dues[k]
    middle = worth.table.shape[1] // 2
    rise = (worth.table[:, middle + 4, -1] - worth.table[:, middle - 4, -1]) / (8 * STEP * worth.sd[w.market])
    gap, slope = np.full(len(w.rows), np.inf), np.zeros(len(w.rows))
    for n in range(len(w.rows)):
        of = np.flatnonzero(w.market == n)
        if len(of):
            best = of[net[of].argmax()]
            gap[n], slope[n] = abs(net[best]), rise[best]
    return gap, slope


def like_sets(s: Spread, worth: Worth, typical: Question, reach: int) -> list[tuple[int, ...]]:
    """Sets of two and more markets, up to ``reach``, worth asking about at once: around each of the most promising
    markets the one that adds most is added, again and again."""
    singles = [replace(typical, rows=(m,)) for m in range(len(s.own))]
    order = np.argsort(-first_order(worth, moves(s, singles)), kind="stable")
    found: dict[tuple[int, ...], None] = {}
    for seed in order[:SEEDS]:
        rows: tuple[int, ...] = (int(seed),)
        while len(rows) < min(reach, len(order)):
            more = [int(m) for m in order[: 4 * SEEDS] if m not in rows]
            tried = [replace(typical, rows=tuple(sorted((*rows, m)))) for m in more]
            rows = tried[int(np.argmax(first_order(worth, moves(s, tried))))].rows
            found[rows] = None
    return list(found)
