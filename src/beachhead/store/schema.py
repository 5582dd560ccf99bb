"""The form of a workspace: made when it is begun, brought up to date when the program is newer, refused when older."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from beachhead.store.backup import back_up, sync
from beachhead.store.connect import SCHEMA, sqlite, writing
from beachhead.store.faults import damaged, wrong
from beachhead.store.place import is_there, is_url, journal_file
from beachhead.store.tables import HEAD, VERSION_TABLE

MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: sa.Connection) -> str | None:
    """The migration that a database is at; None if it holds no workspace."""
    schema = SCHEMA if connection.dialect.name == "postgresql" else None
    if not sa.inspect(connection).has_table(VERSION_TABLE, schema=schema):
        return None
    versions = sa.table(VERSION_TABLE, sa.column("version_num"), schema=schema)
    return connection.execute(sa.select(versions.c.version_num)).scalar()


def migrate(connection: sa.Connection) -> None:
    """Apply all migrations that are missing, in the transaction of ``connection``."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(sa.schema.CreateSchema(SCHEMA, if_not_exists=True))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_begun(engine: sa.Engine) -> bool:
    """Whether a database holds a workspace."""
    with engine.connect() as connection:
        return version_of(connection) is not None


def bring_up(place: str, engine: sa.Engine) -> None:
    """Bring a workspace up to this program's form. Raises InputError if it is damaged, newer, or something else."""
    if not is_url(place) and not journal_file(place).exists():
        raise wrong(place, damaged(place))
    with engine.connect() as connection:
        whole = is_url(place) or connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
        found = version_of(connection) if whole else None
    if found == HEAD:
        return
    if found is None and not is_url(place):
        raise wrong(place, damaged(place))
    if found is not None and found > HEAD:
        told = f"was written by a newer beachhead (form {found}; this one knows {HEAD})"
        raise wrong(place, f"{told}: update beachhead; nothing was changed")
    if found is not None and not is_url(place):
        back_up(place, f"before-{HEAD}.sqlite")
    with writing(engine) as connection:
        if version_of(connection) != HEAD:  # another process may have been first
            migrate(connection)


# --- beginning a workspace ------------------------------------------------------------------------------------------


def begin(place: str) -> None:
    """Make the workspace if there is none. Two processes may do so at once."""
    if is_url(place):
        return  # tables are made where there are none
    target = journal_file(place)
    try:
        target.parent.mkdir(exist_ok=True)
        if not is_there(place):
            _make(target)
    except OSError as error:
        remedy = "name a folder that can be written to with --workspace"
        raise wrong(place, f"cannot be begun ({error.strerror or error}): {remedy}") from None


def _make(target: Path) -> None:
    """Make the file aside and link it into place, so that there is never half of one, and never two."""
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        fresh = Path(folder) / target.name
        with closing(sqlite3.connect(fresh)) as plain:
            plain.execute("PRAGMA journal_mode=WAL")
        with writing(sqlite(fresh)) as connection:
            migrate(connection)
        _put(fresh, target)


def _put(fresh: Path, target: Path) -> None:
    try:
        os.link(fresh, target)
    except FileExistsError:
        return  # another process was first
    except OSError:  # a file system without links
        if not target.exists():
            fresh.replace(target)
    sync(target.parent)
