"""How sure a measure of skill is: exporters are drawn anew with replacement, all of one exporter's cases together.

Cases of one exporter are alike, so intervals that drew single cases would be far too narrow (Cameron, Gelbach &
Miller 2008). Every score is judged on the same draws, so that gains are paired. The draws are laid out as a matrix of
how often each cluster is taken, (K, R); what a measure needs of a score is summed by cluster once, and then all draws
are products with that matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.skill import metrics as m
from beachhead.skill.result import Ints

Measure = Callable[[Floats], Floats]  # from (K, R), how often each cluster counts, to (R,)
BLOCK = 50  # draws reckoned at a time: more would not fit where many markets opened
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What scores are judged on, N cases in K clusters.

    ``outcome`` (N,): what came. ``found`` (N,): 1 for what there was to be found, else 0. ``group`` and ``cluster``
    (N,): whole numbers from 0 on. ``apart``: whether lists are made group by group, not over all.
    """

    outcome: Floats
    found: Floats
    group: Ints
    cluster: Ints
    apart: bool = False

    @property
    def clusters(self) -> int:
        """K."""
        return int(self.cluster.max()) + 1 if len(self.cluster) else 0

    def total(self, amount: Floats) -> Floats:
        """Sum (K,) of an amount (N,) in each cluster."""
        return m.summed(self.cluster, amount, self.clusters)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A score (N,) laid on a sample. ``found`` and ``missed``: sparse (G, K), what each cluster has on each step."""

    sample: Sample
    score: Floats
    found: Any
    missed: Any

    def lift(self) -> Floats:
        """The lift curve (101,) of the whole sample."""
        return m.lift_of(self.found.sum(axis=1), self.missed.sum(axis=1))


def numbered(values: Ints) -> Ints:
    """The same distinctions as numbers from 0 on."""
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)


def seen(sample: Sample, score: Floats) -> Seen:
    """Lay a score on a sample; in a sample whose lists are apart, places are taken within the group."""
    from scipy.sparse import csr_array

    down = m.steps(m.percentile(score, sample.group) if sample.apart else score, sample.found)
    shape = (down.count, sample.clusters)

    def laid(amount: Floats) -> Any:
        some = np.flatnonzero(amount)
        return csr_array((amount[some], (down.at[some], sample.cluster[some])), shape=shape)

    return Seen(sample, score, laid(sample.found), laid(1 - sample.found))


def draw(clusters: int, replicates: int, seed: Sequence[int]) -> Floats:
    """How often each cluster counts, (K, 1 + R): once each in the first column, then as often as it is drawn."""
    rng = np.random.default_rng(list(seed))
    taken = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=replicates).T
    return np.hstack([np.ones((clusters, 1)), taken])


def evaluate(measure: Measure, taken: Floats) -> Floats:
    """The measure on every draw, (R,)."""
    blocks = (taken[:, k : k + BLOCK] for k in range(0, taken.shape[1], BLOCK))
    return np.concatenate([np.atleast_1d(measure(block)) for block in blocks])


def interval(values: Floats) -> tuple[float, float]:
    """Middle 95 % of the draws; draws on which the measure has no meaning are left out, nan where that is most."""
    told = values[~np.isnan(values)]
    if 2 * len(told) <= len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(told, (LOW, HIGH))
    return float(low), float(high)


def paired(ours: Floats, theirs: Floats) -> tuple[float, float, float]:
    """Gain of one score over another and its interval, from values (1 + R,) on the same draws."""
    gain = ours - theirs
    return float(gain[0]), *interval(gain[1:])


# --- measures on draws -----------------------------------------------------------------------------------------------


def _area(s: Seen) -> Measure:
    return lambda taken: m.area(s.found @ taken, s.missed @ taken)


def _precision(s: Seen) -> Measure:
    return lambda taken: m.precision(s.found @ taken, s.missed @ taken)


def _lift(s: Seen) -> Measure:
    at = round(100 * m.TENTH)

    def measure(taken: Floats) -> Floats:
        found, missed = s.found @ taken, s.missed @ taken
        return np.array([m.lift_of(f, g)[at] / m.TENTH for f, g in zip(found.T, missed.T, strict=True)])

    return measure


def _share(above: Floats, below: Floats) -> Measure:
    """A ratio of two sums over clusters (K,)."""
    return lambda taken: m.ratio(above @ taken, below @ taken)


def _recall(s: Seen) -> Measure:
    part = m.part_of_group(s.sample.found, s.sample.group)
    return _share(s.sample.total(part * m.chance_in_first(s.score, s.sample.group)), s.sample.total(part))


def _recall_pooled(s: Seen) -> Measure:
    hits = s.sample.found * m.chance_in_first(s.score, s.sample.group)
    return _share(s.sample.total(hits), s.sample.total(s.sample.found))


def _brier(s: Seen) -> Measure:
    off = (s.score - s.sample.outcome) ** 2
    return _share(s.sample.total(off), s.sample.total(np.ones(len(off))))


def _ece(s: Seen) -> Measure:
    """With the bars of the whole sample, so that only what is in them is drawn anew."""
    k = s.sample.clusters
    cell = m.bin_of(s.score) * k + s.sample.cluster
    gap = m.summed(cell, s.score - s.sample.outcome, m.BINS * k).reshape(m.BINS, k)
    size = s.sample.total(np.ones(len(cell)))
    return lambda taken: m.ratio(np.abs(gap @ taken).sum(0), size @ taken)


def _each(s: Seen, measure: Callable[[Floats], float]) -> Measure:
    """A measure of weights (N,), draw by draw."""
    return lambda taken: np.array([measure(column[s.sample.cluster]) for column in taken.T])


def _spearman(s: Seen) -> Measure:
    orders = [m.levels(values) for values in (s.sample.outcome, s.score)]
    together = np.zeros(len(s.score), dtype=np.int64)

    def measure(weight: Floats) -> float:
        x, y = (m.placed(order, level, weight) for order, level in orders)
        return float(m.correlation(x, y, weight, together)[0])

    return _each(s, measure)


def _within(s: Seen) -> Measure:
    """Where no group reaches over clusters, its correlation is the same on every draw and needs no second reckoning."""
    sample = s.sample
    home = np.zeros(int(sample.group.max()) + 1, dtype=np.int64)
    home[sample.group] = sample.cluster
    orders = [m.levels(values, sample.group) for values in (sample.outcome, s.score)]

    def rho(weight: Floats) -> Floats:
        true, said = (m.placed(order, level, weight) for order, level in orders)
        return m.within(true, said, weight, sample.group)

    if (home[sample.group] != sample.cluster).any():
        return _each(s, lambda weight: m.mean_of_groups(rho(weight), weight, sample.group))
    each = rho(np.ones(len(s.score)))
    told = ~np.isnan(each) & (np.bincount(sample.group) >= m.LEAST)
    above, groups = (m.summed(home[told], x, sample.clusters) for x in (each[told], np.ones(told.sum())))
    return _share(above, groups)


MEASURES: Mapping[str, Callable[[Seen], Measure]] = {
    "auc": _area,
    "ap": _precision,
    "recall_at_10": _recall,
    "recall_pooled": _recall_pooled,
    "lift_at_10": _lift,
    "spearman": _spearman,
    "within": _within,
    "brier": _brier,
    "ece": _ece,
}


def judged(laid: Seen, names: Sequence[str], taken: Floats) -> dict[str, Floats]:
    """Each named measure of a score on every draw, (1 + R,): the first is the measure itself."""
    return {name: evaluate(MEASURES[name](laid), taken) for name in names}
