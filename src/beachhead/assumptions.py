"""Numbers that no data set gives: one list of all of them, and a firm's own values laid over it.

Each is a row of a table with its unit, its ground and the bounds within which it makes sense. A firm changes one by its
id under ``[assumptions]`` in its file. A stage makes one :class:`Assumptions` from the firm and hands it down.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
TABLES: Final = (
    "select/assumptions",
    "select/access_terms",
    "select/likeness_terms",
    "enter/assumptions",
    "enter/mode_numbers",
    "rollout/assumptions",
    "rollout/mode_terms",
    "rollout/automation_numbers",
    "learn/assumptions",
    "learn/channel_numbers",
    "learn/knowledge_numbers",
    "learn/inquiry_assumptions",
    "skill/policies/assumptions",
)
UNKNOWN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One number: what it is, how sure, on what ground, where it is used, and what it may be changed to.

    ``value`` and ``sd`` are nan where none is stated: the access terms have no value before the kind of product is
    known. ``spread``: whether ``sd`` is that of the value (abs) or of its logarithm (log). ``low`` and ``high`` may be
    reached; ``whole``: only whole numbers make sense. ``table``: the CSV table of the package that holds it.
    """

    id: str
    value: float
    sd: float
    spread: str
    unit: str
    ground: str
    used_in: str
    low: float
    high: float
    whole: bool
    table: str

    @property
    def stage(self) -> str:
        """The stage whose table holds it: select, enter, rollout, learn or skill."""
        return self.table.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Change:
    """An assumption that the firm has changed: its own value, and the package's (nan if it states none)."""

    id: str
    value: float
    packaged: float
    unit: str


def _rows(table: str) -> list[dict[str, str]]:
    with (FOLDER / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _assumption(row: dict[str, str], table: str) -> Assumption:
    value, sd = (float(row.get(column) or UNKNOWN) for column in ("value", "sd"))
    source = row.get("source", "assumption")
    return Assumption(
        id=row.get("id") or f"{row.get('mode') or row['item']}.{row['quantity']}",
        value=value,
        sd=sd,
        spread=row.get("spread", "abs"),
        unit=row["unit"],
        ground=row["ground"] if source == "assumption" else f"{row['ground']} Source: {source}.",
        used_in=row["used_in"],
        low=float(row["low"]),
        high=float(row["high"]),
        whole=row.get("whole") == "1",
        table=table,
    )


@cache
def packaged(access_model: str = "") -> Mapping[str, Assumption]:
    """Every assumption of the package, by id, in the order of the tables.

    With a model of ``access.csv`` the access terms hold its estimates and standard errors, and the terms of likeness
    those of goods or of services, as the model is of one.
    """
    found = {one.id: one for table in TABLES for one in (_assumption(row, table) for row in _rows(table))}
    likeness = "services" if "services" in access_model else "goods" if access_model else ""
    for table, model in (("access", access_model), ("likeness", likeness)):
        for row in _rows(f"select/{table}"):
            name = f"{table}.{row['term']}"
            if row["model"] == model and name in found:
                found[name] = replace(found[name], value=float(row["estimate"]), sd=float(row["se"]))
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True, eq=False)
class Assumptions:
    """The values in use: the package's, and in their place those of the firm (``own``, by id)."""

    own: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        """The value of one assumption. KeyError if there is none of that id."""
        return self.over(name, packaged()[name].value)

    def over(self, name: str, estimate: float) -> float:
        """The firm's own value, or else the estimate."""
        return self.own.get(name, estimate)

    def changed(self, stage: str, access_model: str = "") -> tuple[Change, ...]:
        """What the firm has changed in the tables of a stage (select, enter, rollout, learn), in their order."""
        rows = (one for one in packaged(access_model).values() if one.stage == stage)
        return tuple(
            Change(one.id, self.own[one.id], one.value, one.unit)
            for one in rows
            if one.id in self.own and self.own[one.id] != one.value
        )


PACKAGED: Final = Assumptions()  # nothing changed


def entries(table: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Id and value of each entry of a section; TOML takes ``ecommerce.setup_usd`` for a table within the table."""
    for key, value in table.items() if isinstance(table, Mapping) else ():
        if isinstance(value, Mapping):
            yield from entries(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
