"""The catalogue: what each indicator means, who publishes it under which licence, which economies are markets.

Three CSV tables in ``catalogue/`` are read by the build, the programs, the interfaces and the documentation.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from beachhead.errors import bad
from beachhead.evidence.model import Country, Indicator, Source

FOLDER: Final = Path(__file__).parent / "catalogue"
Row = dict[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Noise:
    """How sure a value of an indicator is before anything else is known, on the scale of its transform.

    ``staleness``: default sd of a change over one year, where the indicator's own history is too short to tell;
    ``published_sd``: column of the source that holds a published standard error, or empty;
    ``measurement_sd``: sd of a fresh value without a published one; ``ground``: why that size.
    """

    staleness: float
    published_sd: str
    measurement_sd: float
    ground: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All three tables, by id. ``derived_from`` names the series that an indicator is computed from."""

    indicators: dict[str, Indicator]
    sources: dict[str, Source]
    countries: dict[str, Country]
    noise: dict[str, Noise]
    derived_from: dict[str, tuple[str, ...]]
    rows: dict[str, Row]  # every column of indicators.csv as written, by indicator

    @property
    def markets(self) -> tuple[str, ...]:
        """ISO3 codes of all economies, in alphabetical order."""
        return tuple(sorted(self.countries))

    def of_scope(self, scope: str) -> tuple[str, ...]:
        """Ids of the indicators of one scope (country, pair, product, firm, model, base), in the file's order."""
        return tuple(i.id for i in self.indicators.values() if i.scope == scope)


def read_table(name: str, folder: Path = FOLDER) -> list[Row]:
    """Rows of ``folder/name.csv`` as text. The empty string stays empty and Namibia's "NA" stays "NA"."""
    path = folder / f"{name}.csv"
    if not path.exists():
        raise bad(name, str(path), "the catalogue table is missing; install the package again")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def split(text: str) -> tuple[str, ...]:
    """Parts of a cell that holds a list joined by semicolons."""
    return tuple(part for part in text.split(";") if part)


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _indicator(row: Row) -> Indicator:
    text = ("id", "name", "definition", "unit", "scope", "transform", "criterion", "source")
    return Indicator(
        **{name: row[name] for name in text},
        direction=int(row["direction"]),
        anchor_low_pct=_number(row["anchor_low_pct"]),
        anchor_high_pct=_number(row["anchor_high_pct"]),
        decimals=int(row["decimals"]),
    )


def _country(row: Row) -> Country:
    text = ("iso3", "iso2", "m49", "name", "region", "income_group", "currency", "timezone")
    return Country(
        **{name: row[name] for name in text},
        languages=split(row["languages"]),
        utc_offset=float(row["utc_offset"]),
    )


def _noise(row: Row) -> Noise:
    staleness, measured = _number(row["staleness"]), _number(row["measurement_sd"])
    return Noise(staleness, row["published_sd"], measured, row["measurement_ground"])


def _each(rows: list[Row], key: str, make: Callable[[Row], T]) -> dict[str, T]:
    return {row[key]: make(row) for row in rows}


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The catalogue of the installed package; read once."""
    rows = read_table("indicators")
    return Catalogue(
        indicators=_each(rows, "id", _indicator),
        sources=_each(read_table("sources"), "id", lambda row: Source(**row)),
        countries=_each(read_table("countries"), "iso3", _country),
        noise=_each(rows, "id", _noise),
        derived_from=_each(rows, "id", lambda row: split(row["derived_from"])),
        rows={row["id"]: row for row in rows},
    )
