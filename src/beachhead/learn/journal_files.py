"""The journal as files: CSV in and out, JSON-LD out. Everything is read and written line by line.

What is exported as CSV gives the same journal when it is imported into an empty one.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Generic, TextIO, TypeVar
from urllib.parse import quote

from beachhead import __version__
from beachhead.errors import Fault, InputError, bad
from beachhead.firm import Record
from beachhead.firm_rules import nearest
from beachhead.learn.journal import Entry, Result
from beachhead.learn.journal_columns import fields
from beachhead.learn.journal_rules import record_of

R = TypeVar("R", bound=Record)
MOST_FAULTS: Final = 1000  # then reading ends
DELIMITERS: Final = (",", ";", "\t")  # some spreadsheets write semicolons
NOT_TEXT: Final = "is not a text file in UTF-8: save it as 'CSV UTF-8'"


# --- CSV in ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lines(Generic[R]):
    """The records of a CSV file, each with its line, as often as one goes through them.

    Raises InputError at the end with every fault found, by line; the records before are to be thrown away then.
    """

    path: Path
    kind: type[R]
    today: date

    def __iter__(self) -> Iterator[tuple[int, R]]:
        faults: list[Fault] = []
        for line, draft in self._drafts():
            try:
                yield line, record_of(self.kind, draft, self.today)
            except InputError as error:
                faults += [Fault(f"line {line}, {one.field}", one.value, one.remedy) for one in error.faults]
            if len(faults) >= MOST_FAULTS:
                break
        if faults:
            raise InputError(faults, str(self.path))

    def _drafts(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Line and cells of each row, by column."""
        try:
            with self.path.open(newline="", encoding="utf-8-sig") as file:
                yield from _rows(file, self.kind, str(self.path))
        except UnicodeDecodeError:
            raise bad("file", "", NOT_TEXT, str(self.path)) from None
        except OSError as error:
            raise bad("file", str(self.path), f"cannot be read ({error.strerror or error})") from None

    def check(self) -> int:
        """Read all of it and return how many records there are. Raises InputError with every fault."""
        return sum(1 for _ in self)


def _rows(file: TextIO, kind: type[Record], where: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    first = file.readline()
    delimiter = max(DELIMITERS, key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    heads = [name.strip().casefold() for name in names]
    _check_header(heads, kind, where)
    reader, before = csv.reader(file, delimiter=delimiter, strict=True), 1
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num + 1
            if any(cell.strip() for cell in cells):
                yield line, _by_column(cells, heads, line, where)
    except csv.Error as error:
        raise bad(
            f"line {before + 1}", "", f"is not CSV ({error}): look for a quote that is not closed", where
        ) from None


def _by_column(cells: Sequence[str], heads: Sequence[str], line: int, where: str) -> Mapping[str, str]:
    if len(cells) > len(heads):
        remedy = f"has {len(cells)} cells, the header {len(heads)}: put texts with commas in quotes"
        raise bad(f"line {line}", "", remedy, where)
    return dict(zip(heads, cells, strict=False))


def _check_header(heads: Sequence[str], kind: type[Record], where: str) -> None:
    """Raise InputError with every column that is missing, unknown or there twice."""
    known = fields(kind)
    missing = [name for name, column in known.items() if column.required and name not in heads]
    unknown = [name for name in heads if name not in known]
    faults = [Fault("header", "", f"the column {name} is missing") for name in missing]
    faults += [Fault("header", name, f"is no column of such a file{nearest(name, list(known))}") for name in unknown]
    twice = sorted({name for name in heads if name in known and heads.count(name) > 1})
    faults += [Fault("header", name, "is there twice") for name in twice]
    if faults:
        raise InputError(faults, where)


# --- CSV out --------------------------------------------------------------------------------------------------------


def write_csv(records: Iterable[Entry | Result], kind: type[Entry] | type[Result], file: TextIO) -> int:
    """Write records as CSV with every column; return how many."""
    names = list(fields(kind))
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    return sum(1 for record in records if writer.writerow(cells(record).values()))


def cells(record: Entry | Result) -> dict[str, str]:
    """A record as texts by column: what :func:`beachhead.learn.journal_rules.record_of` reads."""
    return {name: _cell(getattr(record, name)) for name in fields(type(record))}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) if isinstance(value, tuple) else str(value)


# --- JSON-LD out ----------------------------------------------------------------------------------------------------

IRI: Final = "@id"
# Terms of https://schema.org and of PROV-O (W3C 2013); what they have no word for is in a vocabulary of our own.
CONTEXT: Final[Mapping[str, Any]] = {
    "@vocab": "urn:beachhead:journal#",
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "channels": "urn:beachhead:channel:",
    "firm": "schema:name",
    "software": "schema:softwareVersion",
    "entries": {"@id": "prov:hadMember", "@container": "@set"},
    "results": {"@id": "prov:hadMember", "@container": "@set"},
    "id": {"@id": "schema:identifier", "@type": "xsd:integer"},
    "date": {"@id": "schema:observationDate", "@type": "xsd:date"},
    "channel": {"@id": "prov:hadPrimarySource", "@type": IRI},
    "markets": {"@id": "schema:observationAbout", "@container": "@set"},
    "market": "schema:observationAbout",
    "finding": "schema:description",
    "estimate_usd": {"@id": "schema:value", "@type": "xsd:double"},
    "about": "schema:measuredProperty",
    "quarter": "schema:observationPeriod",
    "who": "schema:contributor",
    "supersedes": {"@id": "prov:wasRevisionOf", "@type": IRI},
    "knowledge": {"@container": "@set"},
    **{name: {"@type": "xsd:double"} for name in ("chance", "expected_usd", "sd_log", "cost_usd", "sales_usd")},
    "left": {"@type": "xsd:boolean"},
}
TYPES: Final = {Entry: ["prov:Entity", "schema:Observation"], Result: ["prov:Entity", "schema:Observation", "Result"]}


def write_jsonld(firm: str, entries: Iterable[Entry], results: Iterable[Result], file: TextIO) -> int:
    """Write a whole journal as one JSON-LD document, its context in it, a record a line; return how many."""
    base, types = f"urn:beachhead:{quote(firm, safe='')}:", ["prov:Collection", "schema:Dataset"]
    head = {"@context": CONTEXT, "@id": f"{base}journal", "@type": types, "firm": firm, "software": __version__}
    file.write(_json(head)[:-1])
    count = _write_list("entries", entries, base, file) + _write_list("results", results, base, file)
    file.write("}\n")
    return count


def _write_list(name: str, records: Iterable[Entry | Result], base: str, file: TextIO) -> int:
    count = 0
    file.write(f',\n"{name}": [')
    for count, record in enumerate(records, 1):
        file.write(("\n" if count == 1 else ",\n") + _json(_node(record, base)))
    file.write("]")
    return count


def _node(record: Entry | Result, base: str) -> dict[str, Any]:
    """A record as a node; what is not stated is left out."""
    kind = type(record).__name__.lower()
    said = record.model_dump(mode="json", exclude_none=True)
    node = {"@id": f"{base}{kind}:{record.id}", "@type": TYPES[type(record)], **said}
    if isinstance(record, Entry):
        node["channel"] = f"channels:{record.channel}"
        if record.supersedes is not None:
            node["supersedes"] = f"{base}{kind}:{record.supersedes}"
    return {name: value for name, value in node.items() if value not in ("", [])}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


# --- writing a file whole or not at all -------------------------------------------------------------------------------


def export(path: Path | None, write: Callable[[TextIO], int], *, force: bool = False) -> int:
    """Write to a file, whole or not at all, or to stdout if there is no path; return what ``write`` returns.

    Raises InputError if the file is there already (unless ``force``) or cannot be written.
    """
    if path is None:
        return write(sys.stdout)
    if os.path.lexists(path) and not force:
        raise bad("--out", str(path), "is there already: choose another name, or replace it with --force")
    try:
        with _aside(path) as file:
            return write(file)
    except OSError as error:
        raise bad("--out", str(path), f"cannot be written ({error.strerror or error}); choose another place") from None


@contextmanager
def _aside(path: Path) -> Iterator[TextIO]:
    """A file that takes its place once it is complete."""
    with tempfile.TemporaryDirectory(prefix=".beachhead-", dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        with fresh.open("w", newline="", encoding="utf-8") as file:
            yield file
        fresh.replace(path)
