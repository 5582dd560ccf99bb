"""Trade agreements between economies, with the first and the last year in which each applied.

``agreements_blocs.csv`` restates the blocs and ``agreements_later.csv`` adds what came since 2016, both by treaty;
members come and go by ``agreement_members.csv``. The rest is the World Bank's Deep Trade Agreements file, whose years
are known only to four: ``agreements_to_2016.csv`` says what becomes of every name in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

import pyarrow as pa

from beachhead.evidence.build.codes import catalogue_rows, iso3_codes, table_of
from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.build.table import Raw, TableSpec
from beachhead.evidence.catalogue import split

FILE_SOURCE = "dta"
OWN_SOURCE = "later-agreements"
OWN_TABLES = ("agreements_blocs.csv", "agreements_later.csv")
ALWAYS, NEVER = 0, 9999  # years before and after all others
TOGETHER = {"BLX": ("BEL", "LUX")}  # Belgium and Luxembourg report as one in the file


@dataclass(frozen=True, slots=True)
class Span:
    """First and last calendar year, both included."""

    first: int = ALWAYS
    last: int = NEVER

    @property
    def any(self) -> bool:
        """Whether there is a year in it."""
        return self.first <= self.last

    def within(self, *others: Span) -> Span:
        """The years common to this span and all others."""
        spans = (self, *others)
        return Span(max(s.first for s in spans), min(s.last for s in spans))


@dataclass(frozen=True, slots=True)
class Tie:
    """An agreement as it holds between two economies. ``exact``: whether its years are, or only to four years."""

    one: str
    other: str
    agreement: str
    name: str
    years: Span
    partial: bool
    exact: bool
    confidence: str
    source: str
    citation: str

    @property
    def key(self) -> tuple[str, frozenset[str]]:
        """What it is and between whom, whichever comes first."""
        return self.agreement, frozenset((self.one, self.other))

    def row(self, origin: str, destination: str) -> dict[str, object]:
        """One direction, as a row of the table."""
        return {
            "origin": origin,
            "destination": destination,
            "agreement": self.agreement,
            "name": self.name,
            "year_from": self.years.first,
            "year_to": None if self.years.last == NEVER else self.years.last,
            "partial": self.partial,
            "exact": self.exact,
            "confidence": self.confidence,
            "source": self.source,
            "citation": self.citation,
        }


SCHEMA = pa.schema(
    [
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("agreement", pa.string()),
        ("name", pa.string()),
        ("year_from", pa.int16()),
        ("year_to", pa.int16()),
        ("partial", pa.bool_()),
        ("exact", pa.bool_()),
        ("confidence", pa.string()),
        ("source", pa.string()),
        ("citation", pa.string()),
    ]
)


def agreements(raw: Raw) -> pa.Table:
    """Every agreement between two markets, in both directions.

    ``year_to`` is the last year in which it applied, null while it is in force. ``partial``: some products only, one
    direction only, or hardly used.
    """
    markets = set(raw.catalogue.markets)
    ties = [*_own(), *_from_file(raw)]
    unique = {tie.key: tie for tie in [*_inherited(ties), *ties]}  # an economy's own tie comes last, and stays
    for row in catalogue_rows("agreements_not_applied.csv"):
        tie = unique[row["agreement"], frozenset((row["one"], row["other"]))]
        unique[tie.key] = replace(tie, years=tie.years.within(_span("", row["last"])))
    found = [tie for tie in unique.values() if {tie.one, tie.other} <= markets and tie.years.any]
    rows = (t.row(*ends) for t in found for ends in ((t.one, t.other), (t.other, t.one)))
    return table_of(rows, SCHEMA)


Members = dict[str, dict[str, Span]]


def memberships() -> Members:
    """Group -> member -> years of membership."""
    groups: Members = {}
    for row in catalogue_rows("agreement_members.csv"):
        groups.setdefault(row["group"], {})[row["member"]] = _span(row["joined"], row["left"])
    return groups


def _span(first: str, last: str) -> Span:
    """Years of two dates or years, either of which may be empty."""
    return Span(int(first[:4] or ALWAYS), int(last[:4] or NEVER))


def _own() -> Iterator[Tie]:
    groups = memberships()
    for table in OWN_TABLES:
        for row in catalogue_rows(table):
            yield from _between(row, groups)


def _between(row: dict[str, str], groups: Members) -> Iterator[Tie]:
    """All pairs that one row of a hand-made table stands for."""
    left, right = _parties(row["side_a"], groups), _parties(row["side_b"], groups)
    ends = product(left.items(), right.items()) if right else combinations(left.items(), 2)
    for (one, since), (other, until) in ends:
        years = _span(row["in_force"], row["ended"]).within(since, until)
        if one != other:
            yield Tie(
                one,
                other,
                row["id"],
                row["name"],
                years,
                partial=row["partial"] == "1",
                exact=True,
                confidence=row["confidence"],
                source=OWN_SOURCE,
                citation=f"{row['citation']} ({row['url']})",
            )


def _parties(side: str, groups: Members) -> dict[str, Span]:
    parties: dict[str, Span] = {}
    for name in split(side):
        parties |= groups.get(name, {name: Span()})
    return parties


def _from_file(raw: Raw) -> Iterator[Tie]:
    """What the file adds.

    It names one agreement a pair and year, so one that is named no more may still hold: it ends only where
    ``agreements_to_2016.csv`` says so, or with the membership of a party.
    """
    rules = {row["agreement"]: row for row in catalogue_rows("agreements_to_2016.csv")}
    groups = memberships()
    for (one, other, name), first in _first_seen(raw).items():
        rule = rules[name]
        if rule["use"] not in ("keep", "partial"):
            continue
        group = groups.get(rule["group"], {})
        spans = (group.get(one, Span()), group.get(other, Span()))
        years = Span(first, int(rule["ended"] or NEVER)).within(*spans)
        yield Tie(
            one,
            other,
            "dta-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"),
            rule["name"],
            years,
            partial=rule["use"] == "partial",
            exact=False,
            confidence="medium",
            source=FILE_SOURCE,
            citation="Mattoo, Rocha & Ruta (2020), Handbook of Deep Trade Agreements, World Bank",
        )


def _first_seen(raw: Raw) -> dict[tuple[str, str, str], int]:
    """(economy, economy, name of the agreement) -> first year listed, whichever of the two reports."""
    codes, seen = iso3_codes(FILE_SOURCE), dict[tuple[str, str, str], int]()
    for row in csv_rows(raw / "country/rta/agreements_by_pair_year.csv.gz"):
        for ends in product(*(TOGETHER.get(row[c], (codes.get(row[c], row[c]),)) for c in ("exp", "imp"))):
            one, other = sorted(ends)
            key = (one, other, row["agreement"])
            seen[key] = min(int(row["time"]), seen.get(key, NEVER))
    return seen


def _inherited(ties: Iterable[Tie]) -> Iterator[Tie]:
    """What holds for an economy because it lies inside the customs territory of another."""
    known = list(ties)
    for row in catalogue_rows("customs_territories.csv"):
        inside, host, since = row["territory"], row["of"], Span(int(row["since"]))
        yield Tie(
            inside,
            host,
            f"customs-{inside.lower()}-{host.lower()}",
            "Common customs territory",
            since,
            partial=False,
            exact=True,
            confidence="high",
            source=OWN_SOURCE,
            citation=row["citation"],
        )
        for tie in known:
            partner = {tie.one: tie.other, tie.other: tie.one}.get(host)
            if partner not in (None, inside):
                yield replace(tie, one=inside, other=str(partner), years=tie.years.within(since))


TABLES = (TableSpec("agreements", (FILE_SOURCE, OWN_SOURCE), agreements, order=("origin", "destination", "year_from")),)
