"""The user's own evidence: files that were added to ``BEACHHEAD_HOME/evidence``, and files read for one firm only.

A file is kept as Parquet, beside it a record with its name, checksum and date. It becomes visible with the record, in
one step; a broken run leaves nothing that counts.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import pyarrow as pa
from pyarrow import parquet

from beachhead.errors import BeachheadError, Fault, InputError, bad
from beachhead.evidence.engine import connect, literal, sql
from beachhead.evidence.engine import parquet as from_parquet
from beachhead.evidence.index import Added, forget, read_index, record
from beachhead.evidence.loaders import Chunk, Opened, Rejected, open_file, read
from beachhead.evidence.loaders.files import sha256
from beachhead.evidence.loaders.formats import Format
from beachhead.evidence.loaders.read import OnBytes

MEMORY = "400MB"  # that sorting may take; more goes to disk
LISTED = 10_000  # rejected rows that a report carries; the rest is counted
IN_MEMORY = 64 << 20  # bytes of the largest file that a firm file may name


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of a file. ``rejected`` holds the first 10,000 bad lines of ``rejected_count``."""

    name: str
    kind: str  # indicators | demand | flows | tariffs
    format: str  # the format's name
    accepted: int
    rejected: tuple[Rejected, ...]
    rejected_count: int
    ignored: dict[str, int]  # lines passed over on purpose: reason -> count
    already: bool = False  # the same file had been added before; nothing changed (``ignored`` is not counted again)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A small file in memory: its kind and rows (columns of ``schema.USER_TABLES``), and the lines left out."""

    kind: str
    table: pa.Table
    rejected: tuple[Rejected, ...]


@dataclass(slots=True)
class Tally:
    """Running counts of a file that is being read."""

    accepted: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rejected_count: int = 0
    ignored: Counter[str] = field(default_factory=Counter)

    def count(self, chunk: Chunk) -> pa.Table:
        """Take note of a chunk and pass its rows on."""
        self.accepted += chunk.rows.num_rows
        self.rejected += chunk.rejected[: LISTED - len(self.rejected)]
        self.rejected_count += len(chunk.rejected)
        self.ignored += chunk.ignored
        return chunk.rows

    def report(self, name: str, format_: Format, rows: int) -> AddReport:
        """The report on a file of which ``rows`` were kept."""
        return AddReport(
            name, format_.kind, format_.name, rows, tuple(self.rejected), self.rejected_count, dict(self.ignored)
        )

    def check(self, path: Path) -> None:
        """Nothing usable is a fault that shows the first reasons."""
        if self.accepted:
            return
        faults = [Fault(f"line {one.line}", "", one.reason) for one in self.rejected[:20]]
        passed = "; ".join(f"{count} × {reason}" for reason, count in self.ignored.most_common(5))
        remedy = "no row can be used, so nothing was kept" + (f" (passed over: {passed})" if passed else "")
        raise InputError([Fault("file", str(path), remedy), *faults], str(path))


def read_in_memory(path: Path) -> Parsed:
    """The rows of a small file, for one run only."""
    opened = open_file(path)
    if opened.size > IN_MEMORY:
        raise bad("evidence", str(path), f"is larger than {IN_MEMORY >> 20} MB; keep it with `beachhead evidence add`")
    tally = Tally()
    tables = [rows for chunk in read(opened) if (rows := tally.count(chunk)).num_rows]
    tally.check(path)
    connection = connect()
    connection.register("staged", pa.concat_tables(tables))
    table = connection.sql(sql(_keep_query(opened.format))).to_arrow_table()
    connection.close()
    rejected = tuple(replace(one, file=one.file or path.name) for one in tally.rejected)
    return Parsed(opened.format.kind, table, rejected)


def check_files(paths: Sequence[Path]) -> dict[Path, int]:
    """Bytes to read of each file; before any is added, all that cannot be read at all are faults together."""
    sizes: dict[Path, int] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            sizes[path] = open_file(path).size
        except InputError as error:
            faults += [
                Fault(path.name, fault.value if fault.value != str(path) else "", fault.remedy)
                for fault in error.faults
            ]
    if faults:
        raise InputError(faults)
    return sizes


def add_file(path: Path, home_dir: Path, on_bytes: OnBytes = lambda count: None) -> AddReport:
    """Keep a file as evidence; if no row is usable, it is a fault and nothing is written.

    A file with the same contents is not kept twice; one with the same name takes the place of the older one.
    """
    opened = open_file(path)
    folder, checksum = home_dir / "evidence", sha256(path)
    older = [one for one in read_index(folder) if one.name == path.name]
    same = next((one for one in older if one.sha256 == checksum), None)
    tally = Tally()
    if same:
        for chunk in read(opened, on_bytes) if same.rejected else ():
            tally.count(chunk)
        return replace(tally.report(same.name, opened.format, same.rows), already=True)
    stored = f"{checksum[:16]}-{_slug(path.name)}.parquet"
    try:
        rows = _store(opened, tally, folder / stored, on_bytes)
    except OSError as error:
        raise BeachheadError(f"{folder} cannot be written: {error.strerror or error}") from error
    added = Added(path.name, opened.format.kind, opened.format.id, stored, checksum, _now(), rows, tally.rejected_count)
    record(folder, added)
    for one in older:
        forget(folder, one)
    return tally.report(path.name, opened.format, rows)


def _slug(name: str) -> str:
    """A short tag of a file name: the same contents under two names are two files of evidence."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _store(opened: Opened, tally: Tally, target: Path, on_bytes: OnBytes) -> int:
    """Read a file into ``target``, by way of a staged file that is gone afterwards; returns the number of rows kept."""
    staged = target.with_suffix(f".{os.getpid()}.staged")
    try:
        _stage(opened, tally, staged, on_bytes)
        tally.check(opened.path)
        return _sort(opened.format, staged, target)
    finally:
        staged.unlink(missing_ok=True)


def _stage(opened: Opened, tally: Tally, staged: Path, on_bytes: OnBytes) -> None:
    """Write usable rows as they come; the file (and its folder) appear with the first one."""
    writer: parquet.ParquetWriter | None = None
    try:
        for chunk in read(opened, on_bytes):
            rows = tally.count(chunk)
            if rows.num_rows:
                if writer is None:
                    staged.parent.mkdir(parents=True, exist_ok=True)
                    writer = parquet.ParquetWriter(staged, rows.schema)
                writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()


def _sort(format_: Format, staged: Path, target: Path) -> int:
    """Write the staged rows in the order in which they are asked for; DuckDB sorts on disk what does not fit."""
    temporary = target.with_suffix(f".{os.getpid()}.new")
    spill = target.with_suffix(f".{os.getpid()}.spill")
    connection = connect()
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(str(spill))}")
        connection.execute(f"CREATE VIEW staged AS SELECT * FROM {from_parquet(staged)}")
        query = sql(_keep_query(format_))
        connection.execute(f"COPY ({query}) TO {literal(str(temporary))} (FORMAT parquet, COMPRESSION zstd)")
        temporary.replace(target)
    finally:
        connection.close()
        temporary.unlink(missing_ok=True)
        rmtree(spill, ignore_errors=True)
    return int(parquet.read_metadata(target).num_rows)


def _keep_query(format_: Format) -> str:
    return "keep_mirrored" if format_.id.startswith("comtrade") else f"keep_{format_.kind}"


def remove(name: str, home_dir: Path) -> list[Added]:
    """Forget the added file of that name; returns what was removed. An unknown name is a fault that lists the known."""
    folder = home_dir / "evidence"
    index = read_index(folder)
    gone = [one for one in index if one.name == name]
    if not gone:
        known = ", ".join(sorted(one.name for one in index)) or "nothing"
        raise bad("name", name, f"was never added; added are: {known}")
    for one in gone:
        forget(folder, one)
    return gone
