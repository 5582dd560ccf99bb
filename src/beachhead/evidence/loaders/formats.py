"""The file formats that are known, and which of them a header belongs to."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from beachhead.errors import InputError, bad


@dataclass(frozen=True, slots=True)
class Format:
    """A row of ``formats.csv``. Column names are in lower case; ``optional`` ones are empty where a file lacks them."""

    id: str
    name: str
    kind: str  # indicators | demand | flows | tariffs, or codes: a companion of other files
    required: tuple[str, ...]
    optional: tuple[str, ...]
    delimiters: str
    encoding: str  # utf-8, or any: what is not UTF-8 is read as Latin-1
    source: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the format's query reads."""
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header: its format, all columns of the file as named there, and what separates them."""

    format: Format
    names: tuple[str, ...]
    delimiter: str


def table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV beside this module."""
    text = files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


@cache
def formats() -> tuple[Format, ...]:
    """All formats, the user's own first."""
    return tuple(
        Format(
            **{k: row[k] for k in ("id", "name", "kind", "delimiters", "encoding", "source")},
            required=_parts(row["required"]),
            optional=_parts(row["optional"]),
        )
        for row in table("formats")
    )


def match_columns(names: Sequence[str]) -> Format | None:
    """The format that has all its required columns among ``names``."""
    return next((one for one in formats() if set(one.required) <= set(names)), None)


def split_line(line: str, delimiter: str) -> tuple[str, ...]:
    """Cells of a header line, as plain lower-case names."""
    cells = next(csv.reader([line], delimiter=delimiter), [])
    return tuple(cell.strip().lstrip("\ufeff").lower() for cell in cells)


def match_line(line: str) -> Header | None:
    """The header that this line is, if it is one; a known header with a wrong separator is a fault."""
    for delimiter in ",;\t|":
        names = split_line(line, delimiter)
        found = match_columns(names)
        if found and delimiter in found.delimiters:
            return Header(found, names, delimiter)
        if found:
            raise _wrong_delimiter(found, delimiter)
    return None


def _wrong_delimiter(found: Format, delimiter: str) -> InputError:
    shown = {"\t": "tabs"}.get(delimiter, f"“{delimiter}”")
    return bad("columns", shown, f"separate the columns of {found.name} by commas and write decimals with a point")


def unknown_columns(line: str) -> InputError:
    """The fault of a file whose columns belong to no format."""
    known = "; ".join(f"{one.name}: {', '.join(one.required)}" for one in formats() if one.kind != "codes")
    return bad("columns", line, f"no known format has these columns. Known are {known}")
