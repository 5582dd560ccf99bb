"""Worlds: what is true. Drawn from what the firm believes, or from something else on purpose.

A world is anything with one method, ``draw``. The package's are rows of ``worlds.csv``; others come in through the
entry point group ``beachhead.worlds``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.rollout.shocks import block_years, factors
from beachhead.skill.policies.land import Ints, Land
from beachhead.skill.policies.tables import read_table

AHEAD = 4  # years beyond the plan that are drawn, so that a longer plan meets the same first years


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What holds in one world for N markets, whatever a policy does; the luck that all policies share.

    ``potential`` (N,) USD a year; ``seen`` (3, N): ln of what the market, the firm's partners and the firm itself can
    see of it. ``late``, ``setup``, ``hours`` (N,): times what was planned; ``patience`` (N,): sum of hazards at which a
    presence ends. ``demand`` and ``fx`` (years, N): factors that anybody can look up; ``noise`` (years, N): the ups and
    downs of the firm's own sales. ``bias`` (C,) of the channels; ``error`` (C, N, uses) standard normal.
    ``published``: whether presences end as often as all entrants' do, or only as often as those that the owner would
    keep.
    """

    potential: Floats
    seen: Floats
    late: Floats
    setup: Floats
    hours: Floats
    patience: Floats
    demand: Floats
    fx: Floats
    noise: Floats
    bias: Floats
    error: Floats
    published: bool = False


@runtime_checkable
class World(Protocol):
    """Anything that can say what is true. Called with the land and a generator; must use no other chance."""

    def draw(self, land: Land, rng: np.random.Generator) -> Truth:
        """One world."""
        ...


@dataclass(frozen=True, slots=True)
class Variant:
    """A row of ``worlds.csv``: ln potential is as believed, except for what the row says.

    A share ``shuffled`` of the markets have changed places; with ``alike`` 0 markets have nothing in common, each
    keeping its sd; ``luck`` times the luck of the firm in each market, means kept; ``level`` times the potential.
    ``exits``: forced or published (:class:`Truth`).
    """

    id: str
    label: str
    prior: str
    shuffled: float
    alike: float
    luck: float
    level: float
    exits: str

    def draw(self, land: Land, rng: np.random.Generator) -> Truth:
        """One world; the parts of chance are drawn in one order, so that variants share what they can."""
        f, n = land.figures, len(land.markets)
        z, w = rng.standard_normal(int(f.root.shape[1])), rng.standard_normal(n)
        seen = self.seen(land, z, w, rng)
        late, setup, hours = (np.exp(rng.standard_normal(n) * sd) for sd in self.spreads(land))
        years = land.years + AHEAD
        picks = block_years(rng, len(land.history.years), 1, years, round(land.assumed["shock_block_years"]))
        shocks, sd = factors(land.history, picks, land.assumed), land.assumed["sales_noise_sd"]
        return Truth(
            potential=np.minimum(np.exp(seen[2]), f.cap),
            seen=seen,
            late=late,
            setup=np.exp(land.assumed["overrun_bias"]) * setup,
            hours=hours,
            patience=rng.standard_exponential(n) / f.hazard,
            demand=np.asarray(shocks.demand[0], dtype=float),
            fx=np.asarray(shocks.fx[0], dtype=float),
            noise=np.exp(sd * rng.standard_normal((years, n)) - sd**2 / 2.0),
            bias=land.asking.bias + land.asking.bias_sd * rng.standard_normal(len(land.asking.ids)),
            error=rng.standard_normal((len(land.asking.ids), n, land.asking.uses)),
            published=self.exits == "published",
        )

    def spreads(self, land: Land) -> tuple[float, float, float]:
        """Sds of ln delay, set-up and hours: those of the modes are alike."""
        return (
            land.assumed["delay_sd"],
            float(land.figures.entry_sd_log.mean()),
            float(np.mean(land.hours_sd)),
        )

    def seen(self, land: Land, z: Floats, w: Floats, rng: np.random.Generator) -> Floats:
        """Ln potential as the market, the firm's partners and the firm itself can see it, (3, N)."""
        f = land.figures
        place = shuffled(len(land.markets), self.shuffled, rng)
        each = rng.standard_normal(len(land.markets))
        mixed = []
        for root, shared in ((land.heard, land.heard @ z), (f.root, f.root @ z)):
            alone = np.linalg.norm(root, axis=1) * each
            mixed.append(self.alike * shared + (1.0 - self.alike) * alone)
        more = (1.0 - self.luck**2) * f.own_sd**2 / 2.0  # larger luck must not make the market larger on average
        level = np.log(f.potential[place] * self.level) + more
        heard, known = mixed
        return np.stack([level + heard, level + known, level + known + self.luck * f.own_sd * w])


def shuffled(count: int, share: float, rng: np.random.Generator) -> Ints:
    """Places of markets when a share of them have changed theirs with each other, (count,)."""
    place = np.arange(count)
    moved = rng.permutation(count)[: round(share * count)]
    place[np.sort(moved)] = moved
    return place


def variants() -> tuple[Variant, ...]:
    """The package's worlds, in the order of the table."""
    return tuple(
        Variant(
            id=row["id"],
            label=row["label"],
            prior=row["prior"],
            shuffled=float(row["shuffled"]),
            alike=float(row["alike"]),
            luck=float(row["luck"]),
            level=float(row["level"]),
            exits=row["exits"],
        )
        for row in read_table("worlds.csv")
    )
