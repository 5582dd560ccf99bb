"""A user's own flows as a panel: files of any known format, in blocks, so that memory does not grow with their length.

Formats are those of :mod:`beachhead.evidence.loaders`: the documented table ``exporter, importer, product, year,
value_usd`` as CSV or Parquet, CEPII BACI (year files, folder or archive), UN Comtrade. Rows go from block to a staged
Parquet file to DuckDB; none becomes a Python object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from beachhead.errors import Fault, InputError, bad
from beachhead.evidence import Evidence
from beachhead.evidence.engine import connect, literal, sql
from beachhead.evidence.engine import parquet as from_parquet
from beachhead.evidence.loaders import Opened, open_file, read
from beachhead.evidence.loaders.read import OnBytes
from beachhead.evidence.user import Tally
from beachhead.skill.panel import Panel, panel_of

MEMORY = "1GB"  # that joining the files may take; more goes to disk
ROWS = 1_000_000  # of a group of the staged file
COLUMNS = ("product", "exporter", "importer", "year", "value_usd", "revision", "side")


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """A panel of the user's flows, how many rows were read and how many could not be, and what a reader must know."""

    panel: Panel
    accepted: int
    rejected: int
    notes: tuple[str, ...]


def sizes(paths: Sequence[Path]) -> dict[Path, int]:
    """Bytes to read of each file. Raises InputError with every file that is not one of flows."""
    return {path: opened.size for path, opened in _opened(paths).items()}


def panel_of_files(paths: Sequence[Path], evidence: Evidence, *, on_bytes: OnBytes = lambda count: None) -> Intake:
    """The flows of some files, which together make one panel.

    Raises InputError for a file that is missing, damaged, no table of flows, or without a single usable row.
    """
    opened = _opened(paths)
    label = ", ".join(path.name for path in opened)
    with TemporaryDirectory(prefix="beachhead-") as folder:
        tally = _stage(opened, Path(folder), on_bytes)
        joined = _join(Path(folder))
        panel = panel_of("files", label, from_parquet(joined), evidence)
    return Intake(panel, tally.accepted, tally.rejected_count, tuple(_notes(panel, tally)))


def _opened(paths: Sequence[Path]) -> dict[Path, Opened]:
    """Each file recognised, or the faults of all that are not."""
    if not paths:
        raise bad("data", "", "name at least one file of flows")
    found: dict[Path, Opened] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            found[path] = _flows_only(open_file(path))
        except InputError as error:
            faults += [Fault(path.name, "" if f.value == str(path) else f.value, f.remedy) for f in error.faults]
    if faults:
        raise InputError(faults)
    return found


def _flows_only(opened: Opened) -> Opened:
    if opened.format.kind == "flows":
        return opened
    raise bad("data", str(opened.path), f"is a table of {opened.format.kind} ({opened.format.name}), not of flows")


def _stage(opened: dict[Path, Opened], folder: Path, on_bytes: OnBytes) -> Tally:
    """Usable rows of every file as Parquet files in ``folder``."""
    whole = Tally()
    for k, (path, one) in enumerate(opened.items()):
        tally = Tally()
        _write(one, folder / f"{k:06}.parquet", tally, on_bytes)
        tally.check(path)
        whole.accepted += tally.accepted
        whole.rejected += tally.rejected
        whole.rejected_count += tally.rejected_count
        whole.ignored += tally.ignored
    return whole


def _write(opened: Opened, target: Path, tally: Tally, on_bytes: OnBytes) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    texts = {name: pa.string() for name in COLUMNS}
    schema = pa.schema({**texts, "year": pa.int16(), "value_usd": pa.float64()})
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for chunk in read(opened, on_bytes):
            writer.write_table(tally.count(chunk).select(COLUMNS).cast(schema), row_group_size=ROWS)


def _join(folder: Path) -> Path:
    """All staged files as one of flows; DuckDB sorts on disk what does not fit."""
    target = folder / "flows.parquet"
    connection = connect()
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {literal(str(folder / 'spill'))}")
        staged = literal(str(folder / "0*.parquet"))
        connection.execute(f"CREATE VIEW staged AS SELECT * FROM read_parquet({staged})")
        connection.execute(
            f"COPY ({sql('skill_intake_flows')}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        connection.close()
    return target


def _notes(panel: Panel, tally: Tally) -> list[str]:
    """What was left out, and what such flows cannot tell."""
    notes = []
    if tally.rejected_count:
        first = "; ".join(str(one) for one in tally.rejected[:3])
        notes.append(f"{tally.rejected_count:,} lines cannot be used and were left out. The first: {first}.")
    if tally.ignored:
        passed = "; ".join(f"{count:,} × {reason}" for reason, count in tally.ignored.most_common())
        notes.append(f"Passed over: {passed}.")
    [(sellers, buyers)] = panel.connection.execute(
        "SELECT COUNT(DISTINCT exporter), COUNT(DISTINCT importer) FROM main.flows"
    ).fetchall()
    if sellers == 1:
        notes.append(
            "The files tell of one exporter only. Suppliers and imports are then its own alone: scores that need those "
            "of others (market size, suppliers, gravity, likeness of products) are weaker here than they could be."
        )
    if buyers == 1:
        notes.append("The files tell of one importer only: whether markets are ordered well cannot be judged.")
    return notes
