"""Beliefs: from what is expected of every market, and what was found out, to what is now believed of every market.

A field is a joint normal over the logarithms of one quantity. Unknown besides are the bias of each channel that spoke,
which all that it says shares, so that ten rumours from one source do not add up; how fast this firm's sales grow; and
how noisy each channel is. All are learnt at once (:mod:`beachhead.learn.sites`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from beachhead.assumptions import Assumptions
from beachhead.enter.ramp import YEARS, calendar_ramp, tenure_ramp
from beachhead.evidence.model import Floats
from beachhead.learn.channels import Numbers
from beachhead.learn.journal import About
from beachhead.learn.observe import Observation
from beachhead.learn.result import Belief, ChannelBelief, Source
from beachhead.learn.sites import FINEST, Posterior, Round, Sites, learn_from

HELD_ACCESS, HELD_RAMP = "access.", "ramp_"
STEPS = 10  # of learning noise within a round: they cost little and spare most of the rounds


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What is expected before anything is learnt: ln x = ``mean`` + ``root`` @ z + ``own`` × w, as in Belief.

    ``access``: how many of the first scores are those of the elasticities of access; ``firm``: which score is about the
    firm, −1 if none is.
    """

    about: About
    markets: tuple[str, ...]
    mean: Floats
    root: Floats
    own: Floats
    access: int = 0
    firm: int = -1

    @property
    def heard(self) -> Floats:
        """``root`` without what is about the firm, (M, K)."""
        heard: Floats = self.root.copy()
        if self.firm >= 0:
            heard[:, self.firm] = 0.0
        return heard

    @property
    def of_firm(self) -> Floats:
        """By how much each market moves with what is about the firm, (M,)."""
        return self.root[:, self.firm] if self.firm >= 0 else np.zeros(len(self.mean))


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What is spoken of, in this order: markets as others see them (``rows``), the firm (``firm``, once or not), the
    luck in some markets (``luck``, rows), the bias of ``channels``, the growth in ``years`` of tenure. Scores: the
    ``field``'s own, then one for each of the last three kinds."""

    field: int
    rows: tuple[int, ...]
    firm: tuple[int, ...]
    luck: tuple[int, ...]
    channels: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def size(self) -> int:
        """D, all scores."""
        return self.field + len(self.luck) + len(self.channels) + len(self.years)

    @property
    def place(self) -> dict[tuple[str, int | str], int]:
        """Number of each quantity by kind (market, luck, channel, year) and name."""
        kinds = ("market", "firm", "luck", "channel", "year")
        every: tuple[tuple[int | str, ...], ...] = (self.rows, self.firm, self.luck, self.channels, self.years)
        keys = ((kind, one) for kind, names in zip(kinds, every, strict=True) for one in names)
        return {key: k for k, key in enumerate(keys)}

    def score(self, kind: str, name: int | str) -> int:
        """Column of the score of a market's luck, a channel's bias or a year's growth."""
        return self.field + self.place[kind, name] - len(self.rows) - len(self.firm)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A belief with its workings. ``offset`` (n,): what each observation was expected to say; ``sites`` as put in."""

    belief: Belief
    field: Field
    layout: Layout
    observations: tuple[Observation, ...]
    offset: Floats
    sites: Sites
    posterior: Posterior
    channels: tuple[ChannelBelief, ...]

    def scores(self, columns: slice | Sequence[int]) -> tuple[Floats, Floats]:
        """Mean and covariance of some of the scores now."""
        root = self.posterior.root[columns]
        return self.posterior.mean[columns], np.asarray(root @ root.T)


def believe(
    field: Field,
    observations: Sequence[Observation],
    numbers: Mapping[str, Numbers],
    held: frozenset[str],
    assumed: Assumptions,
) -> Found:
    """What is now believed of a field."""
    layout = layout_of(field, observations, held)
    spread = ramp_spread(assumed)
    offset = np.array([expected(o, field, numbers) for o in observations])
    sites = Sites(
        h=spoken_of(field, layout, observations),
        basis=quantities(field, layout, numbers, spread, held),
        low=np.array([o.low for o in observations]) - offset,
        high=np.array([o.high for o in observations]) - offset,
        noise=np.array([noise_of(o, field, numbers, spread, held) for o in observations]),
        rumour=np.array([o.rumour for o in observations]),
        width=np.full(len(observations), assumed["rumour_width"]),
    )
    adapt = Adapt(observations, numbers, held, np.square(sites.noise) - np.square([o.noise for o in observations]))
    posterior = learn_from(sites, adapt if adapt.any else None)
    return Found(
        belief=belief_of(field, layout, observations, posterior),
        field=field,
        layout=layout,
        observations=tuple(observations),
        offset=offset,
        sites=sites,
        posterior=posterior,
        channels=channels_of(layout, observations, numbers, posterior, adapt),
    )


def layout_of(field: Field, observations: Sequence[Observation], held: frozenset[str]) -> Layout:
    """What the observations speak of."""
    spoke = dict.fromkeys(o.channel for o in observations if o.channel)
    grows = sorted({o.year for o in observations if o.year >= 0})
    return Layout(
        field=field.root.shape[1],
        rows=tuple(sorted({row for o in observations for row in o.rows})),
        firm=(field.firm,) if field.firm >= 0 and any(o.firm for o in observations) else (),
        luck=tuple(sorted({row for o in observations if o.luck for row in o.rows})),
        channels=tuple(c for c in spoke if f"{c}.bias" not in held),
        years=() if any(h.startswith(HELD_RAMP) for h in held) else tuple(grows),
    )


def spoken_of(field: Field, layout: Layout, observations: Sequence[Observation]) -> csr_array:
    """By how much each observation moves with each quantity, (n, P), sparse."""
    place = layout.place
    cells = [
        (n, place[key], weight) for n, o in enumerate(observations) for key, weight in parts(o, field) if key in place
    ]
    n, p, weight = (np.array(x) for x in zip(*cells, strict=True)) if cells else (np.zeros(0, dtype=int),) * 3
    return csr_array((weight.astype(float), (n, p)), shape=(len(observations), len(place)))


def parts(o: Observation, field: Field) -> Iterator[tuple[tuple[str, int | str], float]]:
    """The quantities that an observation is a sum of, with their weights."""
    for row, weight in zip(o.rows, o.weights, strict=True):
        yield ("market", row), weight
        if o.luck:
            yield ("luck", row), weight
        if o.firm:
            yield ("firm", field.firm), weight * float(field.of_firm[row])
    yield ("channel", o.channel), 1.0
    yield ("year", o.year), 1.0


def quantities(
    field: Field, layout: Layout, numbers: Mapping[str, Numbers], spread: Floats, held: frozenset[str]
) -> Floats:
    """Each quantity by the scores, (P, D)."""
    sds = [field.own[row] for row in layout.luck]
    sds += [numbers[c].bias_sd for c in layout.channels] + [float(spread[y]) for y in layout.years]
    seen = len(layout.rows) + len(layout.firm)
    basis = np.zeros((seen + len(sds), layout.size))
    basis[: len(layout.rows), : layout.field] = field.heard[list(layout.rows)]
    basis[len(layout.rows) : seen, list(layout.firm)] = 1.0
    basis[seen:, layout.field :] = np.diag(sds)
    if holds_access(held):
        basis[:, : field.access] = 0.0
    return basis


def holds_access(held: frozenset[str]) -> bool:
    """Whether the owner holds an elasticity of access: they are estimated together, so all are held."""
    return any(h.startswith(HELD_ACCESS) for h in held)


def expected(o: Observation, field: Field, numbers: Mapping[str, Numbers]) -> float:
    """What the observation should say, if all is as expected. A channel's bias is known of what it says of sales."""
    bias = numbers[o.channel].bias if o.channel and field.about == "potential" else 0.0
    return float(np.array(o.weights) @ field.mean[list(o.rows)] + bias)


def noise_of(
    o: Observation, field: Field, numbers: Mapping[str, Numbers], spread: Floats, held: frozenset[str]
) -> float:
    """Sd of what the observation says beside what it speaks of; what is held is noise to it."""
    rows, weights = list(o.rows), np.array(o.weights)
    variance = o.noise**2
    if holds_access(held):
        variance += float(((weights @ field.root[rows, : field.access]) ** 2).sum())
    if f"{o.channel}.bias" in held:
        variance += numbers[o.channel].bias_sd ** 2
    if o.year >= 0 and any(h.startswith(HELD_RAMP) for h in held):
        variance += float(spread[o.year] ** 2)
    return float(np.sqrt(variance))


def ramp_spread(assumed: Assumptions) -> Floats:
    """Sd of ln sales in each year of tenure against the path of survivors, (6,): the less mature, the less sure."""
    return np.asarray(assumed["ramp_spread"] * np.abs(np.log(tenure_ramp(calendar_ramp(assumed)))))[:YEARS]


class Adapt:
    """Learns the noise of each channel from how far its figures lie from what is believed in the end.

    The variance of a channel's noise has a scaled inverse χ² prior worth ``noise_weight`` figures; each round takes the
    expected square of what is left of every figure, weighed by the chance that it is no rumour (the EM algorithm:
    Dempster, Laird & Rubin 1977), so what stands in the end is its most probable value. ``beside`` (n,): variance that
    is not the channel's own, of what the owner holds.
    """

    def __init__(
        self, observations: Sequence[Observation], numbers: Mapping[str, Numbers], held: frozenset[str], beside: Floats
    ) -> None:
        self.beside = np.maximum(beside, 0.0)
        figures = [
            o.channel if o.channel and not o.stated and o.low == o.high and f"{o.channel}.noise_sd" not in held else ""
            for o in observations
        ]
        self.channels = tuple(dict.fromkeys(c for c in figures if c))
        self.group = np.array([self.channels.index(c) if c else -1 for c in figures], dtype=np.intp)
        self.factor = np.array([o.factor for o in observations])
        self.before = np.array([numbers[c].noise_sd for c in self.channels])
        self.weight = np.array([numbers[c].noise_weight for c in self.channels])
        self.counts = np.bincount(self.group[self.group >= 0], minlength=len(self.channels))

    @property
    def any(self) -> bool:
        """Whether there is any noise to learn."""
        return len(self.channels) > 0

    def __call__(self, sites: Sites, found: Round) -> Floats:
        """Noise of each observation, (n,)."""
        ours = self.group >= 0
        for _ in range(STEPS):
            noise = sites.noise.copy()
            noise[ours] = np.hypot(self.learnt(sites, found)[self.group] * self.factor, np.sqrt(self.beside))[ours]
            sites = replace(sites, noise=noise)
        return sites.noise

    def learnt(self, sites: Sites, found: Round) -> Floats:
        """Noise sd of each channel, (channels,)."""
        ours: NDArray[np.bool_] = self.group >= 0
        v = found.left_var[ours] + self.beside[ours]
        s2 = np.maximum(sites.noise[ours] ** 2 - self.beside[ours], FINEST**2)
        off = sites.low[ours] - found.left_mean[ours]
        square = (off * s2 / (v + s2)) ** 2 + v * s2 / (v + s2)
        group, trust = self.group[ours], found.trust[ours]
        total = np.bincount(group, trust * square / self.factor[ours] ** 2, len(self.channels))
        count = np.bincount(group, trust, len(self.channels))
        return np.asarray(np.sqrt((self.weight * self.before**2 + total) / (self.weight + count)))


def belief_of(field: Field, layout: Layout, observations: Sequence[Observation], found: Posterior) -> Belief:
    """The belief, with what each source adds to it."""
    rows = np.zeros((len(field.markets), layout.size))
    rows[:, : layout.field] = field.root
    own = field.own.copy()
    for row in layout.luck:
        rows[row, layout.score("luck", row)], own[row] = field.own[row], 0.0
    sources = tuple(sorted({o.source for o in observations}))
    place = {source: k for k, source in enumerate(sources)}
    at = np.array([place[o.source] for o in observations], dtype=np.intp)
    adds, trust = np.zeros((len(sources), len(rows))), np.zeros(len(sources))
    np.add.at(adds, at, (rows @ found.adds).T)
    np.add.at(trust, at, found.trust)
    share = adds.T
    heard = np.zeros_like(rows)
    heard[:, : layout.field] = field.heard
    return Belief(
        about=field.about,
        markets=field.markets,
        prior_mean=field.mean,
        prior_root=field.root,
        prior_own=field.own,
        mean=field.mean + share.sum(axis=1),
        root=rows @ found.root if observations else field.root,
        own=own,
        heard=heard @ found.root if observations else field.heard,
        sources=sources,
        share=share,
        weight=trust / np.maximum(np.bincount(at, minlength=len(sources)), 1),
    )


def channels_of(
    layout: Layout,
    observations: Sequence[Observation],
    numbers: Mapping[str, Numbers],
    found: Posterior,
    adapt: Adapt,
) -> tuple[ChannelBelief, ...]:
    """What each channel that spoke turned out to be."""
    told = []
    for channel in dict.fromkeys(o.channel for o in observations if o.channel):
        was, noise = numbers[channel], numbers[channel].noise_sd
        bias, bias_sd = was.bias, 0.0
        if channel in layout.channels:
            at = layout.score("channel", channel)
            bias, bias_sd = was.bias + was.bias_sd * found.mean[at], was.bias_sd * float(np.linalg.norm(found.root[at]))
        if channel in adapt.channels:
            mine = adapt.group == adapt.channels.index(channel)
            noise = float((np.sqrt(found.noise[mine] ** 2 - adapt.beside[mine]) / adapt.factor[mine])[0])
        count = sum(o.channel == channel for o in observations)
        told.append(ChannelBelief(channel, count, was.bias, was.bias_sd, float(bias), bias_sd, was.noise_sd, noise))
    return tuple(told)


def sources_of(observations: Sequence[Observation], channel: str) -> tuple[Source, ...]:
    """The entries of one channel."""
    return tuple(dict.fromkeys(o.source for o in observations if o.channel == channel))
