"""The chance that a firm leaves a market within a year: by time in it, number of markets, rank of its sales, and kind.

    logit(hazard) = a[year in market] + b[number of markets, rank] + c (hard market)

with coefficients (``exit_model.csv``) such that simulated exporters leave as those of Brazil, Mexico and Peru did
(Steinberg 2023, Export market penetration dynamics, Journal of International Economics 145). How they were found:
``tools/calibrate_exit.py``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from beachhead.evidence.model import Floats

YEARS: Final = 6  # the last class holds all later years
CLASSES: Final = ("1", "2", "3", "4", "5-9", "10+")  # of the number of markets, and of the rank among them
CLASS_OF: Final = np.array([0, 0, 1, 2, 3, 4, 4, 4, 4, 4, 5], dtype=np.intp)  # of a number from 0 to 10; 0 counts as 1


@dataclass(frozen=True, slots=True, eq=False)
class Hazard:
    """``table`` (6, 6, 6, 2): chance to leave within a year by year in the market, number of markets, rank, hard."""

    table: Floats

    def yearly(self, tenure_years: ArrayLike, breadth: ArrayLike, rank: ArrayLike, hard: ArrayLike) -> Floats:
        """Chance to leave within the year, in the shape that the arguments broadcast to.

        ``tenure_years``: 1 in the first year; ``breadth``: markets that the firm serves; ``rank``: 1 for the one with
        the largest sales; ``hard``: whether few firms serve it. Numbers beyond the tables count as the nearest in them.
        """
        year = np.clip(np.asarray(tenure_years), 1, YEARS) - 1
        flat = ((year * 6 + classed(breadth)) * 6 + classed(rank)) * 2 + np.asarray(hard, dtype=bool)
        rates: Floats = self.table.ravel()[flat]
        return rates

    def forced(self, breadth: ArrayLike, rank: ArrayLike, hard: ArrayLike) -> Floats:
        """The same for who has been there longest: what ends a presence that sells well enough."""
        return self.yearly(YEARS, breadth, rank, hard)


def classed(number: ArrayLike) -> NDArray[np.intp]:
    """The class (0–5) that a number of markets, or a rank, falls into."""
    classes: NDArray[np.intp] = CLASS_OF[np.clip(np.asarray(number), 0, len(CLASS_OF) - 1)]
    return classes


def quarterly(yearly: Floats) -> Floats:
    """Chance to leave within a quarter, such that four quarters make up the year."""
    rate: Floats = 1.0 - (1.0 - yearly) ** 0.25
    return rate


def read_coefficients() -> dict[tuple[str, str], float]:
    """(term, level) -> coefficient of ``exit_model.csv``."""
    text = files("beachhead.outlook").joinpath("exit_model.csv").read_text(encoding="utf-8")
    return {(row["term"], row["level"]): float(row["value"]) for row in csv.DictReader(text.splitlines())}


@cache
def load_hazard() -> Hazard:
    """The fitted model of the package."""
    return hazard_of(read_coefficients())


def hazard_of(coefficients: Mapping[tuple[str, str], float]) -> Hazard:
    """The table of a set of coefficients. A rank beyond the number of markets counts as the last one."""
    years = [coefficients["year", str(year + 1)] for year in range(YEARS)]
    standing = [[coefficients["standing", level_of(n, min(rank, n))] for rank in range(6)] for n in range(6)]
    hard = [0.0, coefficients["hard", "hard"]]
    logit = np.array(years)[:, None, None, None] + np.array(standing)[..., None] + np.array(hard)
    return Hazard(1.0 / (1.0 + np.exp(-logit)))


def level_of(breadth: int, rank: int) -> str:
    """How the class of a number of markets and of a rank among them is written: '5-9:2'."""
    return f"{CLASSES[breadth]}:{CLASSES[rank]}"
