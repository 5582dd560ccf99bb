"""The fields of entries and results, as columns of CSV files and as options of the command line."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """A row of ``journal_columns.csv``: how a field is read, what it means, what to write if it cannot be read.

    ``required``: files must have the column, if only empty.
    """

    name: str
    required: bool
    kind: str
    what: str
    remedy: str


@cache
def columns(of: Literal["entry", "result"]) -> dict[str, Column]:
    """The fields of an entry or a result, by name, in the order in which files have them."""
    with Path(__file__).with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        rows: list[dict[str, Any]] = [row for row in csv.DictReader(file) if row.pop("of") == of]
    return {row["name"]: Column(**row | {"required": row["required"] == "1"}) for row in rows}


def fields(kind: type) -> Mapping[str, Column]:
    """The fields of :class:`beachhead.learn.journal.Entry` or ``Result``."""
    return columns("entry" if kind.__name__ == "Entry" else "result")
