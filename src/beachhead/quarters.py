"""Quarters as numbers, so that spans between them can be counted."""

from __future__ import annotations


def quarter_number(text: str) -> int:
    """Quarters since year 0 of '2027Q1'; of a date '2026-11-21'; a bare year counts as its last quarter."""
    year, rest = int(text[:4]), text[4:]
    if rest.startswith("Q"):
        return 4 * year + int(rest[1]) - 1
    if rest.startswith("-"):
        return 4 * year + (int(rest[1:3]) - 1) // 3
    return 4 * year + 3


def quarter_name(number: int) -> str:
    """'2027Q1' of a count of quarters since year 0."""
    return f"{number // 4}Q{number % 4 + 1}"
