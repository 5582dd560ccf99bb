"""Copies of a workspace's SQLite file: made while it grows and before a migration, put back when it is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from beachhead.errors import InputError
from beachhead.store.faults import wrong
from beachhead.store.place import BACKUPS, is_url, journal_file

LATEST: Final = "journal.sqlite"  # the copy that is renewed
DAY: Final = 86_400.0  # seconds
SMALL: Final = 2_000_000  # bytes of a journal that is copied each time it is opened for writing: it takes no time
LOGS: Final = ("", "-wal", "-shm")  # the journal, and what SQLite keeps beside it


def sync(folder: Path) -> None:
    """Write a folder's names through to the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def back_up(place: str, name: str = LATEST) -> Path:
    """Copy the journal into the folder of backups. A file that is not whole never takes the place of a good copy.

    ``VACUUM INTO`` reads one state of the file while others write, and every page of it. Raises InputError if it fails.
    """
    source, target = journal_file(place), journal_file(place).parent / BACKUPS / name
    try:
        target.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
            fresh = Path(folder) / name
            with closing(sqlite3.connect(source, timeout=60.0)) as connection:
                connection.execute("VACUUM INTO ?", (str(fresh),))
            if troubles(fresh):
                raise wrong(place, "is damaged: no copy is made of it")
            fresh.replace(target)
            sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise wrong(
            place, f"no copy of it can be written to {target} ({error}): make room, or mend the folder"
        ) from None
    return target


def back_up_sometimes(place: str) -> None:
    """Renew the backup; of a large journal only if it is a day old, or holds half of it. A failure keeps nobody from
    writing."""
    source = journal_file(place)
    copy = source.parent / BACKUPS / LATEST
    if copy.exists():
        then, now = copy.stat(), source.stat()
        if now.st_size > SMALL and time.time() - then.st_mtime < DAY and now.st_size < 2 * then.st_size:
            return
    with suppress(InputError):
        back_up(place)


def troubles(path: Path) -> list[str]:
    """What SQLite finds wrong with a file; empty if it is whole."""
    still = "" if os.access(path.parent, os.W_OK) else "&immutable=1"  # as it lies there: no log can be made beside it
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{still}", uri=True)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return [str(error)]
    return [] if found == ["ok"] else found


def backups(place: str) -> list[Path]:
    """Copies of a workspace's journal that are whole, the newest first."""
    folder = journal_file(place).parent / BACKUPS
    found = (
        [] if is_url(place) or not folder.is_dir() else [path for path in folder.glob("*.sqlite") if not troubles(path)]
    )
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def restore(place: str) -> tuple[Path, Path]:
    """Put the newest whole copy in the place of the journal; return the copy, and where the journal now lies.

    Nothing is deleted: the journal, and the logs that go with it, are renamed. Raises InputError if there is no copy.
    """
    target, known = journal_file(place), backups(place)
    if not known:
        raise wrong(place, f"there is no whole copy in {BACKUPS}/ to put back")
    number = next(n for n in range(1, 10_000) if not os.path.lexists(_aside(target, n)))
    try:
        for log in reversed(LOGS):
            if os.path.lexists(target.with_name(target.name + log)):
                target.with_name(target.name + log).rename(_aside(target, number, log))
        with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
            shutil.copy2(known[0], Path(folder) / target.name)
            (Path(folder) / target.name).rename(target)
        sync(target.parent)
    except OSError as error:
        raise wrong(place, f"cannot be put back ({error.strerror or error}): copy {known[0]} by hand") from None
    return known[0], _aside(target, number)


def _aside(target: Path, number: int, log: str = "") -> Path:
    return target.with_name(f"{target.stem}-damaged-{number}{target.suffix}{log}")
