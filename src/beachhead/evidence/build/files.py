"""Read raw files row by row. Every cell is text: the empty string stays empty and Namibia's "NA" stays "NA"."""

from __future__ import annotations

import csv
import gzip
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from beachhead.errors import bad


def csv_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file, gzipped or not, as dictionaries of text."""
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def extra(module: str) -> ModuleType:
    """A package that only the build needs; an error that says how to get it if it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        raise bad("package", module, "not installed: pip install 'beachhead[build]'") from None


def number(text: str) -> float | None:
    """A number, or None for the marks of a missing value that our sources use."""
    return None if text in ("", "..", "NA", "N/A", "NaN") else float(text)
