"""Entries that do not fit: how far off, what speaks against them, and what would have to be true."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats
from beachhead.learn.believe import Found
from beachhead.learn.journal import About
from beachhead.learn.observe import Observation
from beachhead.learn.result import Flag

DOUBTED = 0.5  # trust below which an entry is shown whatever its distance
OPPOSED = 1.0  # sds: from there on another entry says the opposite
EIGHTY = 1.2815515655446004  # half the width of an 80 % range, in sds


def find(found: Found, names: tuple[str, ...], assumed: Assumptions) -> tuple[Flag, ...]:
    """Flags, farthest first. Each entry is held against what is believed without it."""
    z = distances(found)
    trust = found.posterior.trust
    order = np.argsort(-np.abs(z), kind="stable")
    odd = [i for i in order if abs(z[i]) >= assumed["flag_z"] or trust[i] < DOUBTED]
    return tuple(flag(found, int(i), z, names) for i in odd if found.observations[i].source.entry)


def distances(found: Found) -> Floats:
    """How far each observation lies from what all others say, in sds, (n,); 0 within its range."""
    p, sites = found.posterior, found.sites
    sd = np.sqrt(p.left_var + p.noise**2)
    below = np.minimum(sites.high - p.left_mean, 0.0)
    above = np.maximum(sites.low - p.left_mean, 0.0)
    return np.asarray((below + above) / sd)


def flag(found: Found, i: int, z: Floats, names: tuple[str, ...]) -> Flag:
    """One entry that does not fit."""
    o = found.observations[i]
    return Flag(
        entry=o.source.entry,
        market=found.field.markets[o.rows[0]],
        z=float(z[i]),
        trust=float(found.posterior.trust[i]),
        against=against(found, i, z),
        needed=needed(found, i, names),
    )


def against(found: Found, i: int, z: Floats) -> tuple[int, ...]:
    """Entries about the same markets that say the opposite."""
    o = found.observations[i]

    def opposes(j: int, other: Observation) -> bool:
        return bool(other.source.entry and set(other.rows) & set(o.rows) and z[j] * np.sign(z[i]) < -OPPOSED)

    return tuple(sorted({x.source.entry for j, x in enumerate(found.observations) if j != i and opposes(j, x)}))


def needed(found: Found, i: int, names: tuple[str, ...]) -> str:
    """What would have to be true, and what all else says."""
    o, p = found.observations[i], found.posterior
    says = found.sites.low[i] if np.isfinite(found.sites.low[i]) else found.sites.high[i]
    sd = float(np.sqrt(p.left_var[i]))
    middle = float(np.array(o.weights) @ found.field.mean[list(o.rows)]) + p.left_mean[i]  # without the channel's bias
    low, mid, high = (middle + k * EIGHTY * sd for k in (-1.0, 0.0, 1.0))
    ends = np.isfinite([found.sites.low[i], found.sites.high[i]])
    return sentence(found.field.about, o, found.offset[i] + says, (low, mid, high), ends, names)


# What would have to be so, and what all else says: of one market or several, and beside another market.
SAID = {
    "potential": (
        "bring {how}USD {x:usd} a year at maturity",
        "USD {m:usd} ({l:usd} to {h:usd})",
        ("be worth", "much"),
    ),
    "entry_cost": (
        "cost {how}{x:times} to enter what is planned",
        "{m:times} ({l:times} to {h:times})",
        ("cost", "much"),
    ),
    "hazard": ("be left {how}{x:times} as often as usual", "{m:times} ({l:times} to {h:times})", ("be left", "often")),
}
BESIDE = "{verb} {how}{x:times} as {far} as {base}", "{m:times} ({l:times} to {h:times})"


class Size(float):
    """A quantity that is written as dollars (``usd``) or as a multiple (``times``), in two digits."""

    def __format__(self, spec: str) -> str:
        return rounded(self) if spec == "usd" else f"{float(np.exp(min(self, 60.0))):,.2g} times"


def sentence(
    field: About,
    o: Observation,
    says: float,
    others: tuple[float, float, float],
    ends: NDArray[np.bool_],
    names: tuple[str, ...],
) -> str:
    """The sentence; figures are exact where one was given, else the end of the range that is nearer."""
    about = " and ".join(names[row] for row, w in zip(o.rows, o.weights, strict=True) if w > 0)
    would, rest, (verb, far) = SAID[field]
    if any(w < 0 for w in o.weights):
        would, rest = BESIDE
    low, middle, high = (Size(x) for x in others)
    words = {"l": low, "m": middle, "h": high, "x": Size(says), "verb": verb, "far": far, "base": names[o.rows[-1]]}
    how = "" if ends.all() else "at least " if ends[0] else "at most "
    return f"{about} would have to {would.format(how=how, **words)}; all else says {rest.format(**words)}"


def rounded(log_usd: float) -> str:
    """Dollars in two digits."""
    usd = float(np.exp(min(log_usd, 60.0)))
    step = 10.0 ** (np.floor(np.log10(max(usd, 1.0))) - 1.0)
    return f"{round(usd / step) * step:,.0f}"
