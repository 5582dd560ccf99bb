"""The list of evidence files that the user added: one small JSON record beside each Parquet file.

A file counts once its record stands, which happens in one step. Two programs that add at the same time do not undo each
other's work.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from beachhead.errors import bad


@dataclass(frozen=True, slots=True)
class Added:
    """One file that the user added, as it is kept."""

    name: str  # file name that the user gave
    kind: str  # indicators | demand | flows | tariffs
    format: str  # id of the file format
    stored: str  # name of the Parquet file in the folder
    sha256: str  # of the original file
    date: str  # when it was added, ISO 8601, UTC
    rows: int
    rejected: int


def read_index(folder: Path) -> list[Added]:
    """What was added, oldest first; empty if nothing ever was."""
    return sorted((_read(path) for path in folder.glob("*.json")), key=lambda one: (one.date, one.name))


def _read(path: Path) -> Added:
    try:
        return Added(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        remedy = "the record of this evidence is damaged; delete it and add the file again"
        raise bad(str(path), str(error), remedy) from error


def _record_path(folder: Path, added: Added) -> Path:
    return folder / Path(added.stored).with_suffix(".json")


def record(folder: Path, added: Added) -> None:
    """Make a stored file count."""
    path = _record_path(folder, added)
    temporary = path.with_suffix(f".{os.getpid()}.new")
    temporary.write_text(json.dumps(asdict(added), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def forget(folder: Path, added: Added) -> None:
    """Make a stored file count no more, and delete it."""
    _record_path(folder, added).unlink(missing_ok=True)
    (folder / added.stored).unlink(missing_ok=True)
