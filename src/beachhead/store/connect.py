"""Connections to a workspace: what makes them safe.

SQLite: write-ahead log with ``synchronous=FULL``, so that a commit is on the disk before it is confirmed (on macOS too:
``fullfsync``); a writer takes the lock when it begins, and others wait. PostgreSQL: commits are written through
whatever the server's default says, and tables live in a schema of their own.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool

from beachhead.errors import Fault, InputError, bad
from beachhead.store.place import database_url, is_url, journal_file, shown

SCHEMA: Final = "beachhead"  # of our tables in PostgreSQL
PATIENCE: Final = 60.0  # seconds that a writer waits for others
PRAGMAS: Final = ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON")
SETTINGS: Final = (
    f"SET search_path TO {SCHEMA}",
    "SET synchronous_commit TO on",
    f"SET lock_timeout TO {int(1000 * PATIENCE)}",
)


def engine_of(place: str) -> sa.Engine:
    """An engine for a workspace that exists."""
    return _postgres(place) if is_url(place) else sqlite(journal_file(place))


def sqlite(path: Path) -> sa.Engine:
    """An engine for one SQLite file, which must exist."""
    address = f"{path.resolve().as_uri()}?{_mode(path)}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _mode(path: Path) -> str:
    """How to open a file: where nothing may be written it is read as it lies there, if no log lies beside it."""
    log = path.with_name(path.name + "-wal")
    writable = os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
    if writable or not os.access(path, os.R_OK):
        return "mode=rw"
    if log.exists() and log.stat().st_size:
        said = f"cannot be read as long as nothing may be written: its last records are in {log.name}"
        raise InputError(Fault("workspace", str(path), f"{said}. Copy the folder to where you may write"))
    return "mode=ro&immutable=1"


def _pragmas(connection: Any, _: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres(place: str) -> sa.Engine:
    try:
        engine = sa.create_engine(database_url(place), pool_size=1, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError:
        raise bad("--workspace", shown(place), "PostgreSQL needs: pip install 'beachhead[postgres]'") from None
    except sa.exc.ArgumentError as error:
        raise bad(
            "--workspace", shown(place), f"is not a URL such as postgresql://user@host/database: {error}"
        ) from None
    event.listen(engine, "connect", _settings)
    return engine


def _settings(connection: Any, _: object) -> None:
    connection.autocommit = True
    for setting in SETTINGS:
        connection.execute(setting)
    connection.autocommit = False


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that sees one state of the workspace, whatever others write meanwhile."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect() as connection, connection.execution_options(**level).begin():
        yield connection


@contextmanager
def writing(engine: sa.Engine, lock: int = 0) -> Iterator[sa.Connection]:
    """A transaction that alone writes (``lock``: for this firm); committed at the end, or rolled back as a whole."""
    with engine.connect() as connection, connection.execution_options(writes=True).begin():
        if engine.dialect.name != "sqlite":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCKS, lock)))
        yield connection


LOCKS: Final = 0x0BEAC4EA  # the class of our advisory locks in PostgreSQL; lock 0: tables and names of firms
