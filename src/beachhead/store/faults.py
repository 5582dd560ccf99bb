"""What a database says when it fails, as a message that names the place and a remedy.

Whatever fails, the transaction is rolled back: a command is in the workspace as a whole or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from beachhead.errors import BeachheadError, Fault, InputError, UnreachableError
from beachhead.store.place import BACKUPS, JOURNAL, is_url, journal_file, shown

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

KEPT: Final = "nothing of this command was written; all that was confirmed before is still there"
DAMAGED: Final = "damaged"  # stands for what :func:`damaged` says of the place
FULL: Final = f"there is no room left to write: make room and try again; {KEPT}"
READ_ONLY: Final = (
    f"cannot be written: give yourself the right to write to the folder, or copy it elsewhere and name it "
    f"with --workspace; {KEPT}"
)
BUSY: Final = f"another program has been writing for too long: wait for it to end and try again; {KEPT}"
DISK: Final = f"the disk reports an error or a limit on file size: look after it and try again; {KEPT}"
OTHER: Final = "cannot be used as a workspace"

# By the beginning of the name that SQLite gives to an error, https://www.sqlite.org/rescode.html
SQLITE: Final = {
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR": DISK,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_FORMAT": DAMAGED,
    "SQLITE_ERROR": DAMAGED,  # such as a table that is not there
}
# By SQLSTATE or its class, https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRES: Final = {
    "53": FULL,
    "42501": f"this user may not do that in the database: ask its administrator; {KEPT}",
    "25006": f"this database only answers questions and takes no writing: name its primary server; {KEPT}",
    "55P03": BUSY,
    "40": BUSY,
}
AWAY: Final = ("", "08", "57", "28", "3D")  # SQLSTATE classes of a server that cannot be reached or lets nobody in


def wrong(place: str, remedy: str) -> InputError:
    """An error that names a workspace's place in full, however long its path."""
    return InputError(Fault("workspace", shown(place), remedy))


@contextmanager
def told(place: str) -> Iterator[None]:
    """Raise what goes wrong with the database as an InputError, or as an UnreachableError if its server is away."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        raise as_error(place, error) from None
    except sqlite3.Error as error:
        raise _of_sqlite(place, error) from None
    except UnicodeDecodeError:  # bytes that are no text, met while rows are read
        raise wrong(place, damaged(place)) from None


def damaged(place: str) -> str:
    """What to do about a journal that cannot be read any more, or not wholly."""
    from beachhead.store.backup import backups

    if is_url(place):
        return "is damaged: let the database's administrator restore it"
    known = backups(place)
    said = "is damaged and is left as it is." if journal_file(place).exists() else "is missing, and was there before."
    if known:
        remedy = "'beachhead learn check FIRM --restore' puts it back and keeps the damaged file"
        return f"{said} {known[0]} is whole: {remedy}"
    return f"{said} There is no whole copy in {BACKUPS}/; 'sqlite3 {JOURNAL} .recover' saves what can be read"


def as_error(place: str, error: DBAPIError) -> BeachheadError:
    """The error of a driver in the words of this program."""
    return _of_postgres(place, error) if is_url(place) else _of_sqlite(place, error.orig)


def _of_sqlite(place: str, error: BaseException | None) -> BeachheadError:
    name = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT")
    remedy = next((remedy for begin, remedy in SQLITE.items() if name.startswith(begin)), OTHER)
    said = damaged(place) if remedy is DAMAGED else remedy
    return wrong(place, f"{said} ({_first_line(error)})")


def _of_postgres(place: str, error: DBAPIError) -> BeachheadError:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state[:2] in AWAY:
        return UnreachableError(f"{shown(place)} cannot be reached ({_first_line(error.orig)}). {KEPT.capitalize()}.")
    remedy = next((remedy for begin, remedy in POSTGRES.items() if state.startswith(begin)), OTHER)
    return wrong(place, f"{remedy} ({_first_line(error.orig)})")


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
