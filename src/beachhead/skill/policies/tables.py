"""The tables of the tournament: kinds of firm, worlds, rivals."""

from __future__ import annotations

import csv
from importlib.resources import files


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table of this package."""
    return list(csv.DictReader(text_of(name).splitlines()))


def text_of(name: str) -> str:
    """A file of this package."""
    return files("beachhead.skill.policies").joinpath(name).read_text(encoding="utf-8")
