"""Parse a block of lines into columns of text, each row with the number of its line.

The fast path is Arrow's CSV reader. It gives no line numbers, so a block where rows and lines do not tally (a cell with
a line break, an open quote, a NUL byte, a wrong encoding) is read again line by line, and the bad lines are named.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from beachhead.evidence.loaders.formats import Header
from beachhead.evidence.loaders.lines import LONGEST, Block


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that cannot be used, and why. For Parquet ``line`` is the number of the row."""

    line: int
    reason: str
    file: str = ""  # the member of a folder or archive

    def __str__(self) -> str:
        return f"{self.file}{', ' * bool(self.file)}line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns ``line`` (int64) and those of the header (text), and the lines that are not rows."""

    table: pa.Table
    rejected: tuple[Rejected, ...] = ()


def parse(block: Block, header: Header) -> Cells:
    """The rows of a block."""
    if block.overlong:
        return Cells(_table([], [], header), (Rejected(block.first, f"longer than {LONGEST >> 20} MB"),))
    data = block.data
    if header.format.encoding == "any" and not _is_utf8(data):
        data = data.decode("latin-1").encode()
    fast = _fast(Block(block.first, data), header) if b"\0" not in data else None
    return fast or _slow(Block(block.first, data), header)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fast(block: Block, header: Header) -> Cells | None:
    """Arrow's reading, or None if it does not tally with the lines."""
    wrong: list[Any] = []
    try:
        table = arrow_csv.read_csv(BytesIO(block.data), *_options(header, len(block.data), wrong))
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(wrong) != block.lines:
        return None
    at = np.setdiff1d(np.arange(block.lines), [row.number - 1 for row in wrong], assume_unique=True)
    rejected = (_miscounted(block.first + row.number - 1, row.actual_columns, header) for row in wrong)
    return Cells(table.append_column("line", pa.array(at + block.first)), tuple(rejected))


def _options(header: Header, size: int, wrong: list[Any]) -> tuple[Any, Any, Any]:
    def note(row: Any) -> str:
        wrong.append(row)
        return "skip"

    names = _unique(header.names)
    wanted = [name for name in names if name in header.format.columns or _is_year(name)]
    return (
        arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=size + 1),
        arrow_csv.ParseOptions(delimiter=header.delimiter, ignore_empty_lines=False, invalid_row_handler=note),
        arrow_csv.ConvertOptions(include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string())),
    )


def _is_year(name: str) -> bool:
    return len(name) == 4 and name.isdigit()


def _unique(names: tuple[str, ...]) -> list[str]:
    """Names with a number behind those that came before, because Arrow wants each once."""
    return [name if name not in names[:k] else f"{name} {k}" for k, name in enumerate(names)]


def _miscounted(line: int, count: int, header: Header) -> Rejected:
    return Rejected(line, f"{count} columns where the header has {len(header.names)}")


def _slow(block: Block, header: Header) -> Cells:
    """The same reading line by line, each line by itself."""
    kept: list[list[str]] = []
    numbers: list[int] = []
    rejected: list[Rejected] = []
    for number, line in enumerate(block.data.removesuffix(b"\n").split(b"\n"), block.first):
        cells, reason = _line_cells(line, header)
        if reason:
            rejected.append(Rejected(number, reason))
        else:
            kept.append(cells)
            numbers.append(number)
    return Cells(_table(kept, numbers, header), tuple(rejected))


def _line_cells(line: bytes, header: Header) -> tuple[list[str], str]:
    if b"\0" in line:
        return [], "holds a NUL byte"
    try:
        text = line.decode().removesuffix("\r")
        cells = next(csv.reader([text], delimiter=header.delimiter, strict=True)) or [""] * len(header.names)
    except UnicodeDecodeError as error:
        return [], f"holds a byte (0x{line[error.start]:02x}) that is not UTF-8; save the file as CSV UTF-8"
    except csv.Error:
        return [], "a quoted cell does not end on its line"
    if len(cells) != len(header.names):
        return [], _miscounted(0, len(cells), header).reason
    return cells, ""


def _table(rows: list[list[str]], numbers: list[int], header: Header) -> pa.Table:
    names = _unique(header.names)
    columns = [[row[k] for row in rows] for k in range(len(names))]
    arrays = {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    return pa.table(arrays | {"line": pa.array(numbers, pa.int64())})
