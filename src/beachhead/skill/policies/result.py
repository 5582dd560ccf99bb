"""What a tournament found: frozen results. Money is USD; intervals hold 95 %."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over worlds with its interval (normal, worlds of a kind being equally likely)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How one policy did. ``p_ruin``: share of worlds in which cash fell below zero, ``p_below_floor`` below what must
    stay; ``regret_usd``: how far below the clairvoyant's bound on average. The rest are means a world."""

    name: str
    label: str
    value_usd: Mean
    p_ruin: float
    p_below_floor: float
    regret_usd: float
    entered: float
    served: float
    ended: float
    asked: float
    refused: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The champion less a rival in the same worlds.

    ``verdict``: better, worse, or as_good: the interval holds zero, or the gain is below a hundredth of what the rival
    brings.
    """

    rival: str
    label: str
    gain_usd: Mean
    verdict: str


@dataclass(frozen=True, slots=True)
class Group:
    """The same for some of the worlds: all, a kind of firm, a way in which the prior is wrong."""

    id: str
    label: str
    worlds: int
    clairvoyant_usd: float
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Worlds of one prior: ``right``, ``wrong``, or of somebody else. ``champion``: label of whom the others are paired
    with. ``kinds`` and ``variants``: the parts of it."""

    prior: str
    champion: str
    whole: Group
    kinds: tuple[Group, ...]
    variants: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Tournament:
    """All of it. ``finished``: False if it was interrupted; then what was played until then is here. ``champion``: the
    policy that the others are paired with."""

    seed: int
    asked: int
    finished: bool
    champion: str
    parts: tuple[Part, ...]

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable result, schema ``beachhead.skill/1``."""
        from beachhead.report.policies import tournament_dict

        return tournament_dict(self)
