"""Measures of how well a score foresaw what came. Plain functions on arrays; ties are settled exactly, never by chance.

All take ``weight`` (N,), zero or more: how often each case counts, 1 each if left out. Whole weights give what the same
measure gives on the cases repeated so often, but where a function says otherwise. A measure that has no meaning for the
cases (no openings, say) is nan.

Sources: Mann & Whitney (1947) for the area; the step-wise sum of scikit-learn for average precision; Spearman (1904)
with midranks; Brier (1950); Naeini, Cooper & Hauskrecht (2015) for the calibration error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.skill.result import Bin, Ints

BINS = 20  # of the reliability curve
FIRST = 10  # markets that a firm may be thought to look at
LEAST = 5  # candidates of a group in which an order says something
TENTH = 0.1


# --- order -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Cases down a list, best first. ``at`` (N,): the step on which each stands; equal scores share one.

    ``count``: number of steps G. Neighbouring steps without anything to be found are joined, which changes no measure
    of what is found.
    """

    at: Ints
    count: int

    def total(self, amount: Floats) -> Floats:
        """Sum (G,) of an amount (N,) on each step."""
        return summed(self.at, amount, self.count)


def summed(at: Ints, amount: Floats, count: int = 0) -> Floats:
    """Sum of an amount (N,) at each whole number that ``at`` (N,) says, (K,) with K at least ``count``."""
    return np.asarray(np.bincount(at, weights=amount, minlength=count), dtype=np.float64)


def runs(ordered: Floats) -> NDArray[np.bool_]:
    """Whether each of the ordered values (N,) begins a run of equal ones."""
    begins = np.ones(len(ordered), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    return begins


def steps(score: Floats, outcome: Floats) -> Steps:
    """The list from the highest score to the lowest, with equal scores on one step."""
    order, level = levels(-score)
    found = np.bincount(level, weights=outcome[order] > 0) > 0
    new = np.ones(len(found), dtype=bool)
    new[1:] = found[1:] | found[:-1]
    joined = np.cumsum(new) - 1
    at = np.empty(len(score), dtype=np.int64)
    at[order] = joined[level]
    return Steps(at, int(joined[-1]) + 1 if len(joined) else 0)


def midranks(values: Floats, weight: Floats, group: Ints | None = None) -> Floats:
    """Rank (N,) of each value, within its group if there are any: the weight below it and half of that tied with it."""
    order, level = levels(values, group)
    ranks = placed(order, level, weight)
    if group is None:
        return ranks
    _, at = np.unique(group, return_inverse=True)
    size = np.bincount(at, weights=weight)
    return np.asarray(ranks - (np.cumsum(size) - size)[at])


def levels(values: Floats, group: Ints | None = None) -> tuple[Ints, Ints]:
    """Order (N,) of the values, group by group, and the number of the run of equal ones that each place belongs to."""
    order = np.argsort(values, kind="stable") if group is None else np.lexsort((values, group))
    begins = runs(values[order])
    if group is not None:
        begins |= runs(group[order].astype(np.float64))
    return order, np.cumsum(begins) - 1


def placed(order: Ints, level: Ints, weight: Floats) -> Floats:
    """Middle (N,) of the weight of each run of equal values, counted from the first case of the order."""
    tied = np.bincount(level, weights=weight[order])
    out = np.empty(len(order))
    out[order] = (np.cumsum(tied) - tied / 2)[level]
    return out


def _ones(weight: Floats | None, like: Floats) -> Floats:
    return np.ones(len(like)) if weight is None else np.asarray(weight, dtype=np.float64)


def ratio(above: Floats, below: Floats) -> Floats:
    """``above`` ÷ ``below``, nan where there is nothing below."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan))


# --- what is found ---------------------------------------------------------------------------------------------------


def area(found: Floats, missed: Floats) -> Floats:
    """Area under the receiver's curve from the openings and the rest on each step, (G,) or (G, R); (R,) or a number.

    The chance that an opening stands above another candidate, ties counting half (Mann & Whitney 1947).
    """
    below = missed.sum(0) - np.cumsum(missed, 0)
    return ratio((found * (below + missed / 2)).sum(0), found.sum(0) * missed.sum(0))


def precision(found: Floats, missed: Floats) -> Floats:
    """Average precision from the same: Σ (Rₙ − Rₙ₋₁) Pₙ over the steps, each step taken whole."""
    so_far = np.cumsum(found, 0)
    here = np.nan_to_num(ratio(so_far, so_far + np.cumsum(missed, 0)))
    return ratio((found * here).sum(0), found.sum(0))


def _by_step(
    measure: Callable[[Floats, Floats], Floats], outcome: Floats, score: Floats, weight: Floats | None
) -> float:
    w, down = _ones(weight, score), steps(score, outcome)
    return float(measure(down.total(w * outcome), down.total(w * (1 - outcome))))


def auc(outcome: Floats, score: Floats, weight: Floats | None = None) -> float:
    """Area under the receiver's curve of ``outcome`` (N,) 0 or 1."""
    return _by_step(area, outcome, score, weight)


def average_precision(outcome: Floats, score: Floats, weight: Floats | None = None) -> float:
    """Average precision of ``outcome`` (N,) 0 or 1, as ``sklearn.metrics.average_precision_score`` reckons it."""
    return _by_step(precision, outcome, score, weight)


def chance_in_first(score: Floats, group: Ints, k: int = FIRST) -> Floats:
    """Chance (N,) that a candidate stands among the first ``k`` of its group when equal scores are put in random order.

    Exact: of the c candidates that tie, with a above them, (k − a) / c stand among the first, from none to all.
    """
    order, level = levels(-score, group)
    new_group = runs(group[order].astype(np.float64))
    start = np.flatnonzero(runs(level.astype(np.float64)))
    tied = np.diff(np.append(start, len(order)))
    first_of_group = np.maximum.accumulate(np.where(new_group, np.arange(len(order)), 0))
    above = start - first_of_group[start]
    out = np.empty(len(order))
    out[order] = np.clip((k - above) / tied, 0.0, 1.0)[level]
    return out


def recall_at(outcome: Floats, score: Floats, group: Ints, k: int = FIRST, weight: Floats | None = None) -> float:
    """Share of all openings that stand among the first ``k`` of their group, expected over the order of ties.

    Pooled: hits of all groups ÷ openings of all groups. ``weight`` counts openings; it does not move the lists.
    """
    w = _ones(weight, score) * outcome
    return float(ratio(w @ chance_in_first(score, group, k), w.sum()))


def recall_by_group(outcome: Floats, score: Floats, group: Ints, k: int = FIRST, weight: Floats | None = None) -> float:
    """The mean of the same share over groups in which anything opened: every group counts once.

    ``weight`` (N,): how often each candidate counts; a group counts as often as its openings do on average.
    """
    part = _ones(weight, score) * part_of_group(outcome, group)
    return float(ratio(part @ chance_in_first(score, group, k), part.sum()))


def part_of_group(outcome: Floats, group: Ints) -> Floats:
    """Each opening (N,) as a share of those of its group; 0 where nothing opened."""
    _, at = np.unique(group, return_inverse=True)
    opened = np.bincount(at, weights=outcome)
    return np.asarray(outcome / np.maximum(opened, 1)[at])


def lift(outcome: Floats, score: Floats, weight: Floats | None = None) -> Floats:
    """Share (101,) of the openings that is found in the first 0, 1, … 100 % of the list; ties spread evenly."""
    w, down = _ones(weight, score), steps(score, outcome)
    return lift_of(down.total(w * outcome), down.total(w * (1 - outcome)))


def lift_of(found: Floats, missed: Floats) -> Floats:
    """The lift curve (101,) from the openings and the rest on each step, (G,)."""
    if not found.sum() > 0:
        return np.full(101, np.nan)
    looked_at = np.concatenate([[0.0], np.cumsum(found + missed)])
    got = np.concatenate([[0.0], np.cumsum(found)])
    return np.asarray(np.interp(np.linspace(0, looked_at[-1], 101), looked_at, got) / got[-1])


def top_share(values: Floats, group: Ints, share: float = TENTH) -> Floats:
    """1 for the highest ``share`` of the values of each group by midrank, else 0, (N,): what there is to be found."""
    return (percentile(values, group) > 1 - share).astype(np.float64)


def percentile(values: Floats, group: Ints) -> Floats:
    """Midrank (N,) of each value as a share of its group, between 0 and 1."""
    _, at, counts = np.unique(group, return_inverse=True, return_counts=True)
    return np.asarray(midranks(values, np.ones(len(values)), group) / counts[at])


# --- order as a whole ------------------------------------------------------------------------------------------------


def spearman(outcome: Floats, score: Floats, weight: Floats | None = None) -> float:
    """Rank correlation with midranks; nan where all scores or all outcomes are equal."""
    w = _ones(weight, score)
    return float(correlation(midranks(outcome, w), midranks(score, w), w, np.zeros(len(score), dtype=np.int64))[0])


def spearman_within(outcome: Floats, score: Floats, group: Ints, weight: Floats | None = None) -> float:
    """Mean of the rank correlations within groups of at least five candidates whose outcomes differ.

    A group whose scores are all equal counts as 0: such a score has no order. Every group counts once; with weights it
    counts with the mean weight of its cases.
    """
    _, at = np.unique(group, return_inverse=True)
    w = _ones(weight, score)
    return mean_of_groups(within(midranks(outcome, w, at), midranks(score, w, at), w, at), w, at)


def mean_of_groups(rho: Floats, weight: Floats, at: Ints) -> float:
    """Mean of a figure (K,) over groups of five candidates or more that have one, by the mean weight of their cases."""
    counts = np.bincount(at)
    share = np.where((counts >= LEAST) & ~np.isnan(rho), summed(at, weight) / counts, 0.0)
    return float(ratio(np.nan_to_num(rho) @ share, share.sum()))


def within(true: Floats, said: Floats, weight: Floats, at: Ints) -> Floats:
    """Correlation of two rankings (N,) in each group 0 … K−1, (K,): 0 where ``said`` is flat, nan where ``true`` is."""
    rho, told = correlation(true, said, weight, at), correlation(true, true, weight, at)
    return np.where(np.isnan(told), np.nan, np.nan_to_num(rho))


def correlation(x: Floats, y: Floats, weight: Floats, at: Ints) -> Floats:
    """Pearson correlation of ``x`` and ``y`` (N,) in each group 0 … K−1, (K,); nan where one does not vary."""

    def total(amount: Floats) -> Floats:
        return summed(at, weight * amount)

    size = np.maximum(total(np.ones(len(x))), 1e-300)
    dx, dy = (v - (total(v) / size)[at] for v in (x, y))
    var_x, var_y = total(dx**2), total(dy**2)
    known = (var_x > 1e-9 * size) & (var_y > 1e-9 * size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, total(dx * dy) / np.sqrt(var_x * var_y), np.nan)


# --- chances ---------------------------------------------------------------------------------------------------------


def brier(outcome: Floats, chance: Floats, weight: Floats | None = None) -> float:
    """Mean squared distance of the chance from what came."""
    w = _ones(weight, chance)
    return float(ratio(w @ (chance - outcome) ** 2, w.sum()))


def bin_of(chance: Floats, weight: Floats | None = None, bins: int = BINS) -> Ints:
    """Bar (N,) of 0 … bins − 1 to which each case belongs: equal weight in each, equal chances in the same one."""
    w = _ones(weight, chance)
    place = midranks(chance, w) / max(w.sum(), 1e-300)
    return np.asarray(np.minimum(place * bins, bins - 1), dtype=np.int64)


def reliability(outcome: Floats, chance: Floats, weight: Floats | None = None, bins: int = BINS) -> tuple[Bin, ...]:
    """The bars of the reliability curve, from the lowest chances up; empty ones are left out."""
    w, at = _ones(weight, chance), bin_of(chance, weight, bins)
    size, said, came = (np.bincount(at, weights=w * x, minlength=bins) for x in (np.ones(len(w)), chance, outcome))
    return tuple(
        Bin(float(said[b] / size[b]), float(came[b] / size[b]), round(float(size[b]))) for b in np.flatnonzero(size)
    )


def ece(outcome: Floats, chance: Floats, weight: Floats | None = None, bins: int = BINS) -> float:
    """Expected calibration error: |mean chance − share that came| of each bar, weighed by its cases."""
    w, at = _ones(weight, chance), bin_of(chance, weight, bins)
    gap = np.bincount(at, weights=w * (chance - outcome), minlength=bins)
    return float(ratio(np.abs(gap).sum(), w.sum()))
