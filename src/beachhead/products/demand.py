"""Which demand figures are at hand for a product: its own line, its chapter, a composite group, a sector, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from beachhead.evidence.catalogue import read_table

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


@dataclass(frozen=True, slots=True)
class AtHand:
    """How demand for a product is known. ``at_hand`` is yes, partly, poorly or no; ``words`` says it to the user."""

    kind: str
    at_hand: str
    words: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the evidence covers: ``lines`` hs6 → (first, last year); ``clean`` chapters; ``hidden`` chapters' groups.

    ``hidden`` rows are (first heading, last heading, group): headings that are counted within another chapter.
    """

    lines: dict[str, tuple[int, int]]
    groups: dict[str, str]  # chapter group → clean | composite
    hidden: tuple[tuple[str, str, str], ...]


def coverage_of(evidence: Evidence) -> Coverage:
    """What the snapshot and the user's own files cover."""
    lines, groups = evidence.query("hs6_available"), evidence.query("hs2_groups_all")
    years = zip(lines["year_from"].tolist(), lines["year_to"].tolist(), strict=True)
    spans = zip(groups["hidden_first"], groups["hidden_last"], groups["hs2"], strict=True)
    return Coverage(
        lines=dict(zip(lines["hs6"].tolist(), years, strict=True)),
        groups=dict(zip(groups["hs2"].tolist(), groups["status"].tolist(), strict=True)),
        hidden=tuple((str(first), str(last), str(group)) for first, last, group in spans if first),
    )


def demand_at_hand(code: str, coverage: Coverage) -> AtHand:
    """How demand for the product of this code is known."""
    scheme, _, bare = code.partition(":")
    if scheme == "icio":
        return _in_words("sector")
    if bare in coverage.lines:
        first, last = coverage.lines[bare]
        return _in_words("line", years=f"{first}–{last}")
    groups = _hidden_in(bare, coverage) or [bare[:2]] * (coverage.groups.get(bare[:2]) == "composite")
    if groups:
        plural = "s" if len(groups) > 1 else ""
        return _in_words("composite", group=f"chapter group{plural} {' and '.join(groups)}")
    if bare[:2] not in coverage.groups:
        return _in_words("none")
    return _in_words("chapter" if len(bare) == 2 else "within_chapter", chapter=bare[:2])


def _hidden_in(bare: str, coverage: Coverage) -> list[str]:
    """Groups of other chapters that hold the product: those whose span of headings meets the product's own."""
    low, high = bare[:4].ljust(4, "0"), bare[:4].ljust(4, "9")
    return [group for first, last, group in coverage.hidden if first <= high and low <= last]


@cache
def _table() -> dict[str, dict[str, str]]:
    return {row["kind"]: row for row in read_table("demand", Path(__file__).parent)}


def _in_words(kind: str, **places: object) -> AtHand:
    row = _table()[kind]
    return AtHand(kind, row["at_hand"], row["words"].format(**places))
