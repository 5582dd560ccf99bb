"""What the firm believes of its markets within a game: a joint normal, conditioned exactly on what it sees.

The quantities are ln potential as the market shows it, as the firm's partners see it and as the firm itself meets it,
for each of N markets, and the bias of each of C channels. Every observation is one of them, or a mean of some, plus
normal noise, so one step of conditioning after another gives the same as all at once
(:func:`beachhead.learn.sites.learn_from` with figures and no rumours, which works in scores; a test holds them equal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.skill.policies.land import Ints, Land

OWN = 2  # index of what the firm itself meets, among SEES


@dataclass(slots=True, eq=False)
class Beliefs:
    """``mean`` (3N + C,) and ``cov`` (3N + C, 3N + C): N as others see the markets, N as partners do, N as they are for
    the firm, then the biases."""

    count: int
    mean: Floats
    cov: Floats

    @property
    def own(self) -> slice:
        """The firm's ln potentials."""
        return slice(OWN * self.count, (OWN + 1) * self.count)

    @property
    def median(self) -> Floats:
        """Mean of ln potential, (N,)."""
        return self.mean[self.own]

    @property
    def sd(self) -> Floats:
        """Of ln potential, (N,)."""
        return np.asarray(np.sqrt(np.maximum(np.diag(self.cov)[self.own], 1e-12)))

    def learn(self, load: Floats, value: float, noise: float) -> None:
        """Condition on load · x + noise = value; ``noise`` is a variance."""
        along = self.cov @ load
        total = float(load @ along) + noise
        self.mean = self.mean + along * ((value - float(load @ self.mean)) / total)
        self.cov = self.cov - np.outer(along, along) / total


def before(land: Land) -> Beliefs:
    """What is believed before the first quarter."""
    f, x = land.figures, land.asking
    n, k = f.root.shape
    root = np.zeros((3 * n, k + n))
    root[:n, :k], root[n : 2 * n, :k], root[2 * n :, :k] = land.heard, f.root, f.root
    root[2 * n :, k:] = np.diag(f.own_sd)
    cov = np.zeros((3 * n + len(x.ids),) * 2)
    cov[: 3 * n, : 3 * n] = root @ root.T
    cov[3 * n :, 3 * n :] = np.diag(x.bias_sd**2)
    return Beliefs(n, np.concatenate([np.tile(np.log(f.potential), 3), x.bias]), cov)


def load_of_sales(n: int, size: int, market: int) -> Floats:
    """Own sales speak of the firm's own potential there."""
    load = np.zeros(size)
    load[OWN * n + market] = 1.0
    return load


def load_of_answer(land: Land, size: int, channel: int, markets: tuple[int, ...]) -> Floats:
    """An answer speaks of what its channel sees, on average over the markets, and of the channel's bias."""
    n, load = len(land.markets), np.zeros(size)
    load[int(land.asking.sees[channel]) * n + np.array(markets)] = 1.0 / len(markets)
    load[3 * n + channel] = 1.0
    return load


def noise_of_answer(land: Land, channel: int, markets: tuple[int, ...]) -> float:
    """Variance of an answer's noise."""
    return float(land.asking.noise[channel, list(markets)].mean() ** 2)


def years_seen(quarter: int, first: Floats) -> Ints:
    """Calendar years of the plan, up to the quarter before ``quarter``, in which a market had sales; for each market
    the first and the last year, (2, N), last below first if there are none."""
    last = (quarter - 1) // 4
    begin = np.where(np.isfinite(first), np.maximum(first, 0.0) // 4, last + 1).astype(np.intp)
    return np.stack([begin, np.full(len(first), last)])
