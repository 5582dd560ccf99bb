"""Write the snapshot: a sorted Parquet file per table and a manifest; the same raw files give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beachhead.errors import bad
from beachhead.evidence.build.table import FileSpec, Raw, Spec, check_sources

SCHEMA: Final = "beachhead.snapshot/1"
VINTAGE: Final = "2026-11"  # the month to which the newest raw file belongs
ROW_GROUP: Final = 1 << 17
YEAR_COLUMNS: Final = ("year", "year_from", "month")
Progress = Callable[[str, int, int], None]  # table, its place, number of tables


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What the manifest says of one file. ``years``: first and last year of its rows, or None."""

    sha256: str
    rows: int
    bytes: int
    years: tuple[int, int] | None
    sources: tuple[str, ...]
    licences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the snapshot consists of. ``snapshot``: id made from all checksums."""

    schema: str
    snapshot: str
    vintage: str
    tables: dict[str, TableEntry]

    def to_json(self) -> str:
        """The text of ``manifest.json``."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def silent(table: str, place: int, count: int) -> None:
    """Report no progress."""


def sort_rows(table: pa.Table, order: Sequence[str] = ()) -> pa.Table:
    """Rows by the columns of ``order``, then by all others from left to right; nulls last."""
    names = [*order, *(name for name in table.column_names if name not in order)]
    return table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in names]))


def write_parquet(table: pa.Table, path: Path, order: Sequence[str] = ()) -> None:
    """Write without anything that changes between runs (no time of creation, no metadata of the writer)."""
    pq.write_table(
        sort_rows(table, order).replace_schema_metadata(None).combine_chunks(),
        path,
        compression="zstd",
        compression_level=19,
        row_group_size=ROW_GROUP,
        store_schema=False,
        version="2.6",
    )


def _years(table: pa.Table) -> tuple[int, int] | None:
    name = next((c for c in YEAR_COLUMNS if c in table.column_names), None)
    if name is None or table.num_rows == 0:
        return None
    bounds = pc.min_max(table[name]).as_py()
    return int(str(bounds["min"])[:4]), int(str(bounds["max"])[:4])


def _write(spec: Spec, raw: Raw, path: Path) -> tuple[int, tuple[int, int] | None]:
    """Build and write one file; returns its number of rows and its years."""
    if isinstance(spec, FileSpec):
        path.write_bytes(spec.build(raw))
        return 0, None
    table = spec.build(raw)
    write_parquet(table, path, spec.order)
    return table.num_rows, _years(table)


def _build_one(spec: Spec, raw: Raw, out: Path) -> TableEntry:
    """Write beside the old file, then take its place, so that a broken build leaves the old table whole."""
    check_sources(spec, raw.catalogue)
    path = out / spec.file_name
    half = path.with_name(path.name + ".part")
    rows, years = _write(spec, raw, half)
    half.replace(path)
    licences = sorted({raw.catalogue.sources[s].licence for s in spec.sources})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return TableEntry(digest, rows, path.stat().st_size, years, tuple(sorted(spec.sources)), tuple(licences))


def _known(out: Path) -> dict[str, TableEntry]:
    path = out / "manifest.json"
    if not path.exists():
        return {}
    tables: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["tables"]
    return {name: _entry(entry) for name, entry in tables.items()}


def _entry(stated: dict[str, Any]) -> TableEntry:
    """What a manifest states of one file, with tuples for JSON's lists."""
    lists: dict[str, Any] = {name: tuple(x) for name, x in stated.items() if isinstance(x, list)}
    return TableEntry(**(stated | lists))


def _manifest(tables: dict[str, TableEntry]) -> Manifest:
    ordered = dict(sorted(tables.items()))
    digest = hashlib.sha256("".join(f"{n}:{e.sha256}\n" for n, e in ordered.items()).encode()).hexdigest()
    return Manifest(SCHEMA, digest[:12], VINTAGE, ordered)


def choose(specs: Sequence[Spec], only: Iterable[str] | None) -> list[Spec]:
    """The tables to build, in order; an unknown name is an error that lists the known ones."""
    wanted = set(only) if only is not None else {s.name for s in specs}
    unknown = sorted(wanted - {s.name for s in specs})
    if unknown:
        raise bad("only", ", ".join(unknown), "known tables: " + ", ".join(s.name for s in specs))
    return [s for s in specs if s.name in wanted]


def write_snapshot(
    specs: Sequence[Spec],
    raw: Raw,
    out: Path,
    *,
    progress: Progress = silent,
    only: Iterable[str] | None = None,
) -> Manifest:
    """Build ``specs`` (or those named in ``only``) from ``raw`` into the folder ``out``; returns its manifest."""
    chosen = choose(specs, only)
    out.mkdir(parents=True, exist_ok=True)
    tables = _known(out) if only is not None else {}
    for place, spec in enumerate(chosen, start=1):
        progress(spec.name, place, len(chosen))
        tables[spec.name] = _build_one(spec, raw, out)
    manifest = _manifest(tables)
    (out / "manifest.json").write_text(manifest.to_json(), encoding="utf-8")
    return manifest
