"""The tables that drive the selection: criteria tree, sector profiles, indicator weights."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SECTORS = ("technology", "ecommerce_retail", "services", "manufacturing")
AXES = ("attractiveness", "accessibility")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A row of ``criteria.csv``; ``profile`` is the weight in each sector profile (points, they sum to 100)."""

    id: str
    axis: str
    name: str
    asks: str
    profile: dict[str, float]


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table of this package."""
    text = files("beachhead.select").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def criteria() -> dict[str, Criterion]:
    """The eight criteria in the order of the tree."""
    return {
        r["criterion"]: Criterion(r["criterion"], r["axis"], r["name"], r["asks"], {s: float(r[s]) for s in SECTORS})
        for r in read_table("criteria.csv")
    }


@cache
def indicator_weights() -> dict[str, dict[str, float]]:
    """Weight of each indicator within its criterion, per sector profile (points)."""
    return {r["indicator"]: {s: float(r[s]) for s in SECTORS} for r in read_table("indicator_weights.csv")}
