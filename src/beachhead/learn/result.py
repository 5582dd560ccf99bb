"""What was learnt: frozen results. M = ranked markets in rank order, K = shared normal scores, S = sources.

Beliefs are joint normal over logarithms: potential (USD a year), entry cost (times the estimate) and hazard of leaving
(times the usual one).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.learn.journal import About, Journal


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """Where a belief comes from: an entry of the journal (``entry`` > 0), or a market's results (``market``)."""

    entry: int = 0
    market: str = ""

    def __str__(self) -> str:
        return f"entry {self.entry}" if self.entry else f"results in {self.market}"


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """A joint normal over the logarithm of one quantity in all markets, before and after learning.

    ``mean`` (M,), ``prior_mean`` (M,). Covariances are kept as roots: the logarithms are mean + root @ z + own × w with
    standard normal z (K,) and w (M,); ``root`` (M, K) and ``own`` (M,), so sd² = row sums of root² + own². ``own`` is
    what only selling there can tell. ``heard`` (M, K) is ``root`` without what is about the firm: what others tell of.
    ``share`` (M, S): what each of ``sources`` adds to the mean; rows sum to
    mean − prior_mean. ``weight`` (S,): how far each source was trusted, 0 (a wild rumour) to 1.
    """

    about: About
    markets: tuple[str, ...]
    prior_mean: Floats
    prior_root: Floats
    prior_own: Floats
    mean: Floats
    root: Floats
    own: Floats
    heard: Floats
    sources: tuple[Source, ...]
    share: Floats
    weight: Floats

    @property
    def sd(self) -> Floats:
        """Of the logarithm now, (M,)."""
        return np.asarray(np.hypot(np.linalg.norm(self.root, axis=1), self.own))

    @property
    def prior_sd(self) -> Floats:
        """Of the logarithm before anything was learnt, (M,)."""
        return np.asarray(np.hypot(np.linalg.norm(self.prior_root, axis=1), self.prior_own))

    @property
    def cov(self) -> Floats:
        """Of the logarithms now, (M, M)."""
        return np.asarray(self.root @ self.root.T + np.diag(self.own**2))

    @property
    def prior_cov(self) -> Floats:
        """Of the logarithms before, (M, M)."""
        return np.asarray(self.prior_root @ self.prior_root.T + np.diag(self.prior_own**2))

    def informed_by(self, row: int, least: float = 0.01) -> tuple[Source, ...]:
        """Sources that moved this market's mean by at least ``least``, the strongest first."""
        moved = np.abs(self.share[row])
        order = np.argsort(-moved, kind="stable")
        return tuple(self.sources[s] for s in order if moved[s] >= least)


@dataclass(frozen=True, slots=True)
class ChannelBelief:
    """What a channel turned out to be: bias (ln, positive: it tells too much) and noise (sd of ln), before and after.

    ``entries``: figures and comparisons that it gave. ``bias_sd`` is how sure the bias is known.
    """

    channel: str
    entries: int
    bias_before: float
    bias_sd_before: float
    bias: float
    bias_sd: float
    noise_before: float
    noise: float


@dataclass(frozen=True, slots=True)
class Flag:
    """An entry that does not fit. ``z``: how many sds it lies from what all others say (positive: above).

    ``trust``: how far it was believed, 0–1. ``against``: entries that say the opposite. ``needed``: what would have to
    be true, in words.
    """

    entry: int
    market: str
    z: float
    trust: float
    against: tuple[int, ...]
    needed: str


@dataclass(frozen=True, slots=True)
class Revision:
    """An assumption that outcomes have changed: id, before and after with sds, and on what evidence.

    ``held``: the owner keeps it at ``before``; then it is not used. ``carried``: it is at work within the beliefs
    already and is not applied a second time. ``sources``: entries and results it rests on; ``count`` of figures.
    """

    id: str
    name: str
    unit: str
    before: float
    before_sd: float
    after: float
    after_sd: float
    count: int
    sources: tuple[Source, ...]
    held: bool
    carried: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stocks:
    """Knowledge held, 0–1: ``level`` (M, 3) by market and kind (:data:`beachhead.learn.journal.KNOWLEDGE`); ``before``
    (M, 3) without the journal, from the firm file alone. ``absorb`` (3,): absorptive capacity by kind, 0–1."""

    markets: tuple[str, ...]
    level: Floats
    before: Floats
    absorb: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """All that was learnt, and what it changes: the input of every later stage, through ``learn.informed``.

    ``entry``, ``weeks``, ``hazard`` (M,): factors of what the stages to the left estimate, from beliefs and knowledge;
    ``entry_sd`` (M,): sd of ln entry cost now.
    """

    journal: Journal
    potential: Belief
    entry_cost: Belief
    hazard: Belief
    channels: tuple[ChannelBelief, ...]
    flags: tuple[Flag, ...]
    stocks: Stocks
    revisions: tuple[Revision, ...]
    entry: Floats
    entry_sd: Floats
    weeks: Floats
    hazard_factor: Floats


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One thing that could be found out before going: ask through ``channel`` about ``markets``.

    ``gain_usd``: what the plan is expected to be worth more with the answer, ``gain_sd`` the standard error of that
    estimate; ``delay_usd``: what waiting costs; ``net_usd`` = gain − cost − delay.
    """

    channel: str
    markets: tuple[str, ...]
    cost_usd: float
    weeks: float
    gain_usd: float
    gain_sd: float
    delay_usd: float
    net_usd: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Inquiries to make together: their joint gain is less than the sum where they tell the same."""

    inquiries: tuple[Inquiry, ...]
    gain_usd: float
    gain_sd: float
    net_usd: float


@dataclass(frozen=True, slots=True)
class Inquiries:
    """What to find out next, best net gain first; ``stop``: it is better to go; ``why`` in words.

    ``perfect_usd``: what knowing every potential would be worth: no inquiry can bring more.
    """

    inquiries: tuple[Inquiry, ...]
    batches: tuple[Batch, ...]
    stop: bool
    why: str
    perfect_usd: float
