"""The tables that drive the choice of mode, read once; every number in them can be edited.

``modes.csv`` (what each mode is), ``mode_levels.csv`` (levels as numbers), ``mode_numbers.csv`` (cost, time, reach …),
``mode_sectors.csv`` and ``mode_restrictions.csv`` (what a sector or product changes), ``mode_conditions.csv`` (what
each mode needs of the firm and of the market) and ``likeness.csv``. What a firm may change of them, and
``assumptions.csv``, is in :mod:`beachhead.assumptions`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from beachhead.assumptions import PACKAGED, Assumptions, packaged
from beachhead.evidence.model import Floats


@dataclass(frozen=True, slots=True)
class Mode:
    """A row of ``modes.csv``; levels are words, :func:`levels` turns them into numbers."""

    id: str
    name: str
    speed: str
    control: str
    resources: str
    description: str
    knowledge_needed: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of ``mode_conditions.csv``: what a mode needs.

    ``kind``: want (the owner's attitude), firm, market, rights (protection under weak law). The score runs from 0 at
    ``low`` to 1 at ``high``; a ``must`` that scores 0 rules the mode out. ``met`` and ``unmet`` may name ``{value}``.
    """

    mode: str
    kind: str
    subject: str
    low: float
    high: float
    weight: float
    must: bool
    exposure: float
    offer: str  # any | goods | services
    met: str
    unmet: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A row of ``likeness.csv``: by how much sharing this cuts the entry cost."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        """Middle of the published range."""
        return (self.low + self.high) / 2

    @property
    def sd(self) -> float:
        """Standard deviation if every value in the range is equally likely."""
        return float((self.high - self.low) / np.sqrt(12))


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table of this package."""
    text = files("beachhead.enter").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def modes() -> tuple[Mode, ...]:
    """The seven modes, lightest first as in ``modes.csv``."""
    fields = ("id", "name", "speed", "control", "resources", "description", "knowledge_needed")
    return tuple(Mode(*(row[f] for f in fields)) for row in read_table("modes.csv"))


@cache
def mode_ids() -> tuple[str, ...]:
    """Ids of the modes in table order; the order of every array over modes."""
    return tuple(m.id for m in modes())


@cache
def levels(dimension: str) -> Floats:
    """Level of each mode, 0–1, (7,); ``dimension`` is speed, control or resources."""
    value = {(r["dimension"], r["level"]): float(r["value"]) for r in read_table("mode_levels.csv")}
    return np.array([value[dimension, getattr(m, dimension)] for m in modes()])


@cache
def commitment() -> Floats:
    """How much a mode ties down, (7,): resources, and control between modes of equal resources."""
    return levels("resources") + levels("control") / 10


def number(quantity: str, assumed: Assumptions = PACKAGED) -> Floats:
    """A quantity of ``mode_numbers.csv`` by mode, (7,)."""
    return np.array([assumed[f"{m}.{quantity}"] for m in mode_ids()])


def number_sd(quantity: str) -> Floats:
    """Its sd by mode, (7,): of the logarithm where ``spread`` is log."""
    return np.array([packaged()[f"{m}.{quantity}"].sd for m in mode_ids()])


@cache
def conditions() -> tuple[Condition, ...]:
    """What the modes need, in table order; ``*`` is written out for every mode."""
    rows = read_table("mode_conditions.csv")
    return tuple(_condition(mode, r) for mode in mode_ids() for r in rows if r["mode"] in ("*", mode))


def _condition(mode: str, r: dict[str, str]) -> Condition:
    low, high, exposure = (float(r[k] or 0) for k in ("low", "high", "exposure"))
    must, weight = r["must"] == "1", float(r["weight"])
    return Condition(mode, r["kind"], r["subject"], low, high, weight, must, exposure, r["offer"], r["met"], r["unmet"])


@cache
def likeness() -> dict[str, Likeness]:
    """Published cuts of the entry cost by what is shared: geography, language, joint."""
    return {r["id"]: Likeness(float(r["low"]), float(r["high"])) for r in read_table("likeness.csv")}
