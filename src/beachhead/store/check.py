"""Whether a workspace is whole: every page, every record; and which copies of it there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from beachhead.learn.journal import Entry, Result
from beachhead.store import questions
from beachhead.store.backup import backups, troubles
from beachhead.store.connect import reading
from beachhead.store.faults import told
from beachhead.store.place import is_url, journal_file, shown
from beachhead.store.rows import DamagedRowError, entry_of, result_of
from beachhead.store.tables import entry, result
from beachhead.store.workspace import Workspace

Reader = Callable[[Mapping[Any, Any]], Entry | Result]


@dataclass(frozen=True, slots=True)
class Checkup:
    """The state of a workspace: how many records, what is wrong, and copies that are whole, the newest first."""

    place: str
    entries: int
    results: int
    troubles: tuple[str, ...]
    backups: tuple[Path, ...]


def check(workspace: Workspace) -> Checkup:
    """Read everything. Raises InputError if the file cannot even be read to its end."""
    place = workspace.place
    pages = [] if is_url(place) else troubles(journal_file(place))
    with told(place):
        entries, wrong = _examine(workspace, entry, entry_of)
        results, more = _examine(workspace, result, result_of)
    return Checkup(shown(place), entries, results, (*pages, *wrong, *more), tuple(backups(place)))


def _examine(workspace: Workspace, table: Any, read: Reader) -> tuple[int, list[str]]:
    """How many rows of a table there are, and which do not say what was written."""
    count, wrong = 0, []
    with reading(workspace.engine) as connection:
        asked = questions.rows(table, workspace.firm).execution_options(yield_per=500)
        for row in connection.execute(asked).mappings():
            count += 1
            try:
                read(row)
            except DamagedRowError as error:
                wrong.append(f"{error} does not say any more what was written")
    return count, wrong
