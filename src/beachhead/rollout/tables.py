"""The tables that drive the rollout; every number in them can be changed under ``[assumptions]`` of the firm file.

``areas.csv`` (the five operational areas), ``mode_terms.csv`` (payment terms and hours by area of each mode),
``automation.csv`` with ``automation_numbers.csv`` (investments that save hours), ``assumptions.csv`` (all else).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.modes import MODES
from beachhead.evidence.model import Floats


@dataclass(frozen=True, slots=True)
class Area:
    """An operational area: a row of ``areas.csv``."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Automation:
    """An investment that saves ``saves`` (0–1) of the hours of one area in all markets, ``build_quarters`` after it is
    bought for ``cost_usd``; from then on it costs ``upkeep_usd_quarter``."""

    id: str
    name: str
    area: str
    description: str
    cost_usd: float
    upkeep_usd_quarter: float
    saves: float
    build_quarters: int


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table of this package."""
    text = files("beachhead.rollout").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def areas() -> tuple[Area, ...]:
    """The five operational areas, in table order; the order of every array over areas."""
    return tuple(Area(row["id"], row["name"], row["description"]) for row in read_table("areas.csv"))


AREAS: tuple[str, ...] = tuple(area.id for area in areas())


def by_mode(quantity: str, assumed: Assumptions = PACKAGED) -> Floats:
    """A quantity of ``mode_terms.csv`` by mode, (7,)."""
    return np.array([assumed[f"{mode}.{quantity}"] for mode in MODES])


def automations(assumed: Assumptions = PACKAGED) -> tuple[Automation, ...]:
    """What can be bought to save hours, in table order."""
    return tuple(
        Automation(
            **{column: row[column] for column in ("id", "name", "area", "description")},
            cost_usd=assumed[f"{row['id']}.cost_usd"],
            upkeep_usd_quarter=assumed[f"{row['id']}.upkeep_usd_quarter"],
            saves=assumed[f"{row['id']}.saves"],
            build_quarters=round(assumed[f"{row['id']}.build_quarters"]),
        )
        for row in read_table("automation.csv")
    )
