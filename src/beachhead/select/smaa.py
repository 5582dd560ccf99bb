"""Stochastic multicriteria acceptability analysis (SMAA-2; Lahdelma & Salminen 2001), weights and data both uncertain.

The score of market m in draw d is Σ_k W[d, k] · clip(centre[m, k] + spread[m, k] · ε[d, m, k], 0, 1): an anchored
additive value with Dirichlet (or ordinal) weights and independent normal errors on each figure's own scale. Every
market has its own stream of ε, derived from the seed and its code, so adding or removing a market leaves the draws of
the others alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats

Singles = NDArray[np.float32]
WORKERS = 2
CHUNK = 1250  # draws handled at a time: the work of one market then stays in the processor's cache
TRIALS = 1000  # draws used for confidence factors and levers


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Scores of D draws, 0–100: ``first`` and ``second`` axis parts and their sum, each (M, D)."""

    first: Singles
    second: Singles
    total: Singles


def stream(seed: int, market: str, part: int = 0) -> np.random.Generator:
    """The market's own random stream."""
    return np.random.Generator(np.random.SFC64([seed, zlib.crc32(market.encode()), part]))


def _halves(
    centre: Singles, spread: Singles, weights: Singles, rng: np.random.Generator, out: Singles, split: int
) -> None:
    """Add to ``out`` (2, D) both axis parts of one market's unsure figures.

    Errors come in antithetic pairs, ε for draw d and −ε for draw d + D/2: half the random numbers, less noise.
    """
    half = -(-len(weights) // 2)
    noise, values = np.empty((CHUNK, len(centre)), np.float32), np.empty((CHUNK, len(centre)), np.float32)
    for start in range(0, half, CHUNK):
        n = min(CHUNK, half - start)
        rng.standard_normal(out=noise[:n], dtype=np.float32)
        noise[:n] *= spread
        for apply, at in ((np.add, start), (np.subtract, start + half)):
            w = weights[at : at + n]
            v = apply(centre, noise[: len(w)], out=values[: len(w)])
            np.maximum(v, 0, out=v)
            np.minimum(v, 1, out=v)
            out[0, at : at + len(w)] += np.einsum("dk,dk->d", v[:, :split], w[:, :split])
            out[1, at : at + len(w)] += np.einsum("dk,dk->d", v[:, split:], w[:, split:])


def _sure_part(values: Singles, weights: Singles, split: int) -> Singles:
    """Axis parts (2, D) of one market's certain figures (K,); alone, so that no other market changes a bit of it."""
    return np.stack([weights[:, :split] @ values[:split], weights[:, split:] @ values[split:]])


def draw_scores(
    centre: Floats, spread: Floats, weights: Floats, split: int, markets: tuple[str, ...], seed: int
) -> Draws:
    """Scores of every market in every draw.

    ``centre``, ``spread``: (M, K) unclipped value and its sd; ``weights``: (D, K), rows sum to 1; the first ``split``
    indicators form the first axis. Work is shared between two threads; the result does not depend on their order.
    """
    c, s, w = (np.ascontiguousarray(a, dtype=np.float32) for a in (centre, spread, weights))
    sure = s == 0
    out = np.empty((2, len(markets), len(w)), np.float32)

    columns = {pattern.tobytes(): np.ascontiguousarray(w[:, ~pattern]) for pattern in np.unique(sure, axis=0)}

    def one(m: int) -> None:
        k = np.flatnonzero(~sure[m])
        first = int(np.searchsorted(k, split))
        out[:, m] = _sure_part(np.clip(np.where(sure[m], c[m], 0), 0, 1), w, split)
        _halves(c[m, k], s[m, k], columns[sure[m].tobytes()], stream(seed, markets[m]), out[:, m], first)

    _spread_over(one, len(markets))
    out *= 100
    return Draws(out[0], out[1], out[0] + out[1])


def _spread_over(threads: Callable[[int], None], n: int) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(threads, range(n)))


def ranks(total: Singles) -> NDArray[np.int16]:
    """Rank 0 … M−1 of every market in every draw, (M, D); ties broken by the order of the markets."""
    by_draw = np.ascontiguousarray(total.T)
    out = np.empty(by_draw.shape, np.int16)
    place = np.arange(by_draw.shape[1], dtype=np.int16)

    def block(b: int) -> None:
        rows = slice(b * CHUNK, (b + 1) * CHUNK)
        order = np.argsort(-by_draw[rows], axis=1, kind="stable")
        np.put_along_axis(out[rows], order, place[None, :], axis=1)

    _spread_over(block, -(-len(by_draw) // CHUNK))
    return np.ascontiguousarray(out.T)


def rank_acceptability(rank: NDArray[np.int16]) -> Floats:
    """P(market has rank r): (M, M), rows and columns sum to 1."""
    m, d = rank.shape
    cells = rank.astype(np.int64) + m * np.arange(m)[:, None]
    return np.asarray(np.bincount(cells.ravel(), minlength=m * m).reshape(m, m) / d)


def _beats(score: Singles | NDArray[np.int16]) -> Floats:
    """Share of draws in which the row's figure exceeds the column's, (M, M); above the diagonal only."""
    m, d = score.shape
    wins = np.zeros((m, m))

    def row(i: int) -> None:
        for j in range(i + 1, m):
            wins[i, j] = np.count_nonzero(score[i] > score[j])

    _spread_over(row, m)
    return np.asarray(wins / d)


def pairwise_winning(total: Singles, rank: NDArray[np.int16]) -> Floats:
    """P(row market scores above column market), (M, M); ties count half, the diagonal is 0.5.

    Without ties the ranks hold the same order and compare faster.
    """
    m = len(total)
    ordered = np.sort(total, axis=0)
    if np.any(ordered[1:] == ordered[:-1]):
        above, below = _beats(total), _beats(np.negative(total))
    else:
        above = _beats(np.negative(rank))
        below = np.triu(1 - above, 1)
    won = above + np.triu(1 - above - below, 1) / 2
    return np.asarray(won + np.tril(1 - won.T, -1) + 0.5 * np.eye(m))


def central_weights(rank: NDArray[np.int16], weights: Floats) -> Floats:
    """Mean weights of the draws in which a market came first, (M, K); nan for a market that never did."""
    m = rank.shape[0]
    first = np.argmin(rank, axis=0)
    count = np.bincount(first, minlength=m)
    total = np.zeros((m, weights.shape[1]))
    np.add.at(total, first, weights)
    return np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], np.nan)


def trial_values(centre: Floats, spread: Floats, markets: tuple[str, ...], seed: int, trials: int = TRIALS) -> Singles:
    """Values (T, M, K) of all figures in T draws, from streams apart from those of the scores."""
    m, k = centre.shape
    out = np.empty((trials, m, k), np.float32)
    c, s = centre.astype(np.float32), spread.astype(np.float32)

    def one(i: int) -> None:
        noise = stream(seed, markets[i], 1).standard_normal((trials, k), dtype=np.float32)
        np.clip(noise * s[i] + c[i], 0, 1, out=out[:, i])

    _spread_over(one, m)
    return out


def confidence_factors(values: Singles, central: Floats) -> Floats:
    """P(market is first | its central weights), over data alone, (M,); 0 for a market that is never first."""
    ever = np.flatnonzero(~np.isnan(central[:, 0]))
    t, m, k = values.shape
    scores = (values.reshape(t * m, k) @ central[ever].T.astype(np.float32)).reshape(t, m, len(ever))
    out = np.zeros(m)
    out[ever] = (scores.argmax(axis=1) == ever).mean(axis=0)
    return out


def top_changes(scores: Singles, base: NDArray[np.int64], top: int) -> tuple[float, float]:
    """Over alternative expected scores (T, M): mean number of the ``base`` top-n replaced, and P(another leads)."""
    best = np.argpartition(-scores, top - 1, axis=1)[:, :top]
    kept = np.isin(best, base[:top]).sum(axis=1)
    return float(top - kept.mean()), float((scores.argmax(axis=1) != base[0]).mean())
