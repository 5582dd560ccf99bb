"""Read a recognised file as rows of its kind of evidence, block by block."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from beachhead.evidence import read_manifest
from beachhead.evidence.catalogue import load_catalogue
from beachhead.evidence.engine import connect, keep, package_folder, sql
from beachhead.evidence.loaders.cells import Cells, Rejected, parse
from beachhead.evidence.loaders.files import readable
from beachhead.evidence.loaders.formats import table
from beachhead.evidence.loaders.lines import blocks
from beachhead.evidence.loaders.opening import Opened, Source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

OnBytes = Callable[[int], None]  # told how many bytes more were read


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a block gave: rows of the format's kind, lines that cannot be used, and lines passed over by reason."""

    rows: pa.Table
    rejected: tuple[Rejected, ...]
    ignored: Counter[str]


def read(opened: Opened, on_bytes: OnBytes = lambda count: None) -> Iterator[Chunk]:
    """The contents of a file, a chunk for each block."""
    connection = _session(opened)
    try:
        for source in opened.sources:
            for cells in _cells(source, on_bytes):
                yield _understand(connection, source, _widen(cells, source), many=len(opened.sources) > 1)
    finally:
        connection.close()


def _cells(source: Source, on_bytes: OnBytes) -> Iterator[Cells]:
    if not source.header.delimiter:
        yield from _parquet_cells(source, on_bytes)
        return
    with readable(source.member.name), source.member.open() as stream:
        stream.read(source.skip)
        for block in blocks(cast(BinaryIO, stream), first=source.first):
            on_bytes(len(block.data))
            yield parse(block, source.header)


def _parquet_cells(source: Source, on_bytes: OnBytes) -> Iterator[Cells]:
    from pyarrow import parquet

    first = 1
    with readable(source.member.name), source.member.open() as stream:
        file = parquet.ParquetFile(stream)
        share = source.member.size // max(1, file.metadata.num_row_groups)
        for group in range(file.metadata.num_row_groups):
            for batch in file.iter_batches(100_000, row_groups=[group]):
                yield Cells(_as_text(batch, source.header.names, first))
                first += batch.num_rows
            on_bytes(share)


def _as_text(batch: pa.RecordBatch, names: tuple[str, ...], first: int) -> pa.Table:
    text = {name: _text(column) for name, column in zip(names, batch.columns, strict=True)}
    return pa.table(text | {"line": pa.array(range(first, first + batch.num_rows), pa.int64())})


def _text(column: pa.Array) -> pa.Array:
    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except pa.ArrowException:
        return pa.array([str(value) for value in column.to_pylist()], pa.string())


def _widen(cells: Cells, source: Source) -> Cells:
    """Cells with every column that the query reads, named as an SQL identifier; year columns turned into rows."""
    table_ = cells.table
    if source.header.format.id == "wdi":
        table_ = _melt(table_, [name for name in source.header.names if name.isdigit()])
    empty = pa.nulls(table_.num_rows, pa.string()).fill_null("")
    for name in source.header.format.optional:
        if name not in table_.column_names:
            table_ = table_.append_column(name, empty)
    return replace(cells, table=table_.rename_columns([identifier(name) for name in table_.column_names]))


def identifier(name: str) -> str:
    """A column's name as the queries write it: ``trade value (us$)`` is ``trade_value_us``."""
    return re.sub(r"\W+", "_", name).strip("_")


def _melt(wide: pa.Table, years: list[str]) -> pa.Table:
    """One row per mapped indicator, line and year that has a value."""
    mapped = pa.array([row["code"] for row in table("wdi")])
    wide = wide.filter(pc.is_in(pc.utf8_trim_whitespace(wide["indicator code"]), value_set=mapped))
    parts = []
    for year in years:
        filled = wide.filter(pc.not_equal(wide[year], ""))
        part = filled.select(["line", "country code", "indicator code"]).append_column("value", filled[year])
        parts.append(part.append_column("year", pa.array([year] * filled.num_rows, pa.string())))
    return pa.concat_tables(parts)


def _understand(connection: DuckDBPyConnection, source: Source, cells: Cells, *, many: bool) -> Chunk:
    """Turn cells into rows of evidence by the query of their format."""
    connection.register("block", cells.table)
    query = sql("load_" + source.header.format.id.replace("-", "_"))
    values = {"last_year": last_year(), "source": source.source, "revision": source.revision}
    params = {name: value for name, value in values.items() if f"${name}" in query}
    result = connection.sql(query, params=params).to_arrow_table()
    connection.unregister("block")
    passed = pc.is_valid(result["ignored"])
    wrong = pc.and_not(pc.is_valid(result["reason"]), passed)
    rows = result.filter(pc.invert(pc.or_(passed, wrong))).drop_columns(["line", "reason", "ignored"])
    ignored = Counter(dict(zip(*_counts(result["ignored"].filter(passed)), strict=True)))
    name = source.member.name if many else ""
    lines = result.filter(wrong).select(["line", "reason"]).to_pylist()
    rejected = [Rejected(one["line"], one["reason"], name) for one in lines]
    rejected += [replace(one, file=name) for one in cells.rejected]
    return Chunk(rows, tuple(sorted(rejected, key=lambda one: one.line)), ignored)


@cache
def last_year() -> int:
    """The latest year that a row may be of: one after the snapshot's, so that a file reads the same on any day."""
    return int(read_manifest(package_folder("snapshot"))["vintage"][:4]) + 1


def _counts(reasons: pa.ChunkedArray) -> tuple[list[str], list[int]]:
    counts = pc.value_counts(reasons)
    return counts.field("values").to_pylist(), counts.field("counts").to_pylist()


def _session(opened: Opened) -> DuckDBPyConnection:
    """A database with the tables that the queries of the formats join."""
    connection = connect()
    for name, reference in reference_tables(_companion_codes(opened)).items():
        keep(connection, name, reference)
    return connection


def reference_tables(codes: Mapping[str, str] = MappingProxyType({})) -> dict[str, pa.Table]:
    """What the queries ``load_*`` join: economies, customs areas, markets, limits of values, and concordances.

    ``codes`` (code -> ISO3) come with the file that is read and stand before those known here.
    """
    economies = _economies() | dict(codes)
    economies |= {code.zfill(3): iso3 for code, iso3 in economies.items() if code.isdigit()}
    customs = [(row["code"], row["iso3"]) for row in table("customs")]
    return {
        "economies": _code_table(list(economies.items())),
        "customs": _code_table([*economies.items(), *customs]),
        "markets": pa.table({"market": sorted(load_catalogue().countries)}),
        "limits": _limits(),
        "wdi": pa.Table.from_pylist(table("wdi")),
        "classifications": pa.Table.from_pylist(table("classifications")),
    }


def _code_table(rows: list[tuple[str, str]]) -> pa.Table:
    return pa.table({"code": [code for code, _ in rows], "iso3": [iso3 for _, iso3 in rows]})


def _economies() -> dict[str, str]:
    """ISO3 of every economy, and WLD for the world, under each code that a source uses."""
    codes = {row["code"]: row["iso3"] for row in table("un_codes")}
    for one in load_catalogue().countries.values():
        codes |= {one.iso2: one.iso3, one.iso3: one.iso3, str(int(one.m49 or "0")): one.iso3}
    codes |= {iso3: iso3 for iso3 in codes.values()}
    codes |= dict.fromkeys(("0", "W00", "WLD", "WL", "W"), "WLD")
    return codes | {row["code"]: row["iso3"] for row in table("old_codes")}


def _companion_codes(opened: Opened) -> dict[str, str]:
    """Country codes from the list that came with the file."""
    known = {row["code"]: row["iso3"] for row in table("old_codes")}
    return {
        code.strip(): known.get(iso3, iso3)
        for source in opened.companions
        for cells in _cells(source, lambda count: None)
        for code, iso3 in zip(*cells.table.select(["country_code", "country_iso3"]).to_pydict().values(), strict=True)
        if len(iso3) == 3
    }


def _limits() -> pa.Table:
    """What a value of each country-wide indicator can be, from its unit and transform."""
    ranges = {row["unit"]: (float(row["low"]), float(row["high"])) for row in table("limits")}
    rows = []
    for one in load_catalogue().indicators.values():
        if one.scope in ("country", "base"):
            low, high = ranges.get(one.unit, (-1e300, 1e300))
            row = {"indicator": one.id, "low": low, "high": high, "positive": one.transform == "log"}
            rows.append(row | {"shown": f"{low:,.12g} to {high:,.12g} ({one.unit})"})
    return pa.Table.from_pylist(rows)
