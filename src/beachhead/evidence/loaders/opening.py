"""Recognise what a path holds: a table in a known format, whole or in parts, with the code lists that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from beachhead.errors import BeachheadError, bad
from beachhead.evidence.loaders.files import Member, is_parquet, members, readable
from beachhead.evidence.loaders.formats import Format, Header, match_columns, match_line, unknown_columns

HEAD = 64 << 10  # bytes within which the header must be found
PREAMBLE = 10  # lines that may stand above it
BACI_NAME = re.compile(r"BACI_(HS\d\d)_Y\d{4}_(V\w+)\.csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """One file that is to be read, with its header and what its name tells."""

    member: Member
    header: Header
    first: int  # number of the first line below the header
    skip: int  # bytes above that line
    revision: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A path with known contents. All ``sources`` have its format; ``passed_over`` names the other files in it."""

    path: Path
    format: Format
    sources: tuple[Source, ...]
    companions: tuple[Source, ...]
    passed_over: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes to read."""
        return sum(one.member.size for one in self.sources)


def open_file(path: Path) -> Opened:
    """Recognise a file, archive or folder from its header; an unknown one is a fault that names the known columns."""
    if is_parquet(path):
        return _open_parquet(path)
    found = members(path)
    alone = len(found) == 1
    sources = [source for one in found if (source := _recognise(one, must=alone))]
    data = [one for one in sources if one.header.format.kind != "codes"]
    if not data:
        found_instead = "holds only code lists" if sources else "no file in it has the columns of a known format"
        raise bad("file", str(path), found_instead)
    kinds = {one.header.format.id for one in data}
    if len(kinds) > 1:
        raise bad("file", str(path), f"holds several formats ({', '.join(sorted(kinds))}); add them one by one")
    companions = [one for one in sources if one.header.format.kind == "codes"] or _beside(path, data[0].header.format)
    known = {one.member.name for one in sources}
    passed_over = tuple(one.name for one in found if one.name not in known)
    return Opened(path, data[0].header.format, tuple(data), tuple(companions), passed_over)


def _beside(path: Path, format_: Format) -> list[Source]:
    """The country codes that lie beside a single BACI file."""
    if format_.id != "baci" or not path.is_file():
        return []
    paths = sorted(path.parent.glob("country_codes*.csv"))
    return [one for p in paths[-1:] if (one := _recognise(members(p)[0], must=False))]


def _recognise(member: Member, *, must: bool) -> Source | None:
    try:
        with readable(member.name), member.open() as stream:
            header, first, skip = _header(stream.read(HEAD), member.name)
    except BeachheadError:
        if must:
            raise
        return None
    named = BACI_NAME.match(member.name)
    revision, version = (named[1].upper(), named[2]) if named else ("", "")
    source = " ".join(part for part in (header.format.source, revision, version) if part)
    return Source(member, header, first, skip, revision, source)


def _header(head: bytes, name: str) -> tuple[Header, int, int]:
    """The header, the number of the line below it and the bytes above that line."""
    _check_text(head, name)
    lines = head.split(b"\n")[:PREAMBLE]
    skip = 0
    for number, line in enumerate(lines, 1):
        skip += len(line) + 1
        found = match_line(line.decode("latin-1").removeprefix("\xef\xbb\xbf").removesuffix("\r"))
        if found:
            return found, number + 1, skip
    raise unknown_columns(lines[0].decode("utf-8", "replace"))


def _check_text(head: bytes, name: str) -> None:
    if not head.strip():
        raise bad("file", name, "is empty")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise bad("file", name, "is UTF-16 text; save it as CSV UTF-8")
    if b"\0" in head.split(b"\n", 1)[0]:
        raise bad("file", name, "is not a text file; save it as CSV UTF-8")
    if len(head) == HEAD and b"\n" not in head:
        raise bad("file", name, f"its first line is longer than {HEAD >> 10} KB; the names of the columns belong there")


def _open_parquet(path: Path) -> Opened:
    from pyarrow import parquet

    try:
        names = tuple(name.lower() for name in parquet.read_schema(path).names)
    except pa.ArrowException as error:
        raise bad("file", str(path), "is not a whole Parquet file") from error
    found = match_columns(names)
    if found is None or found.kind == "codes":
        raise unknown_columns(", ".join(names))
    member = Member(path.name, path.stat().st_size, lambda: path.open("rb"))
    source = Source(member, Header(found, names, ""), 1, 0, source=found.source)
    return Opened(path, found, (source,), (), ())
