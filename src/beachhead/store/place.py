"""Where a firm's workspace lies: a folder beside the firm file, another folder, or a PostgreSQL database by URL."""

from __future__ import annotations

import os
from pathlib import Path

from beachhead.errors import bad

SUFFIX = ".beachhead"  # of the folder beside the firm file
JOURNAL = "journal.sqlite"
BACKUPS = "backup"  # folder in the workspace
POSTGRES = "postgresql+psycopg"


def workspace_of(firm_path: Path, given: str | None) -> str:
    """The workspace that is meant: ``given`` (a folder or a URL), or the folder ``FIRM.beachhead`` beside the file."""
    if given is not None and not given.strip():
        raise bad("--workspace", "", "name a folder, or the URL of a PostgreSQL database")
    return given if given is not None else str(firm_path.with_name(firm_path.stem + SUFFIX))


def is_url(place: str) -> bool:
    """Whether a workspace is a database reached by URL; everything else is a folder."""
    return "://" in place


def database_url(place: str) -> str:
    """The URL with the driver that we use. Raises InputError for databases that are not PostgreSQL."""
    scheme, _, rest = place.partition("://")
    if scheme not in ("postgresql", "postgres", POSTGRES):
        raise bad("--workspace", shown(place), f"only {POSTGRES}://user@host/database, or a folder, is understood")
    return f"{POSTGRES}://{rest}"


def journal_file(place: str) -> Path:
    """The SQLite file of a workspace that is a folder."""
    return Path(place) / JOURNAL


def shown(place: str) -> str:
    """The place as it may be told: a URL without its password."""
    if not is_url(place):
        return str(journal_file(place))
    scheme, _, rest = place.partition("://")
    login, at, host = rest.rpartition("@")
    return f"{scheme}://{login.partition(':')[0]}{at}{host}"


def is_there(place: str) -> bool:
    """Whether a folder holds a journal, or what is left of one: then nothing may be begun in its place."""
    path = journal_file(place)
    return os.path.lexists(path) or any((path.parent / BACKUPS).glob("*.sqlite"))
