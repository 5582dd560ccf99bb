"""Workspaces of both kinds: a folder with SQLite, and a real PostgreSQL server that is started for these tests."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

COUNT = itertools.count()
PLACES = [Path("/usr/local/bin"), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
QUICK = "-c fsync=off -c listen_addresses='' -c max_connections=30"  # a killed client is no power cut


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is, if it is installed."""
    return shutil.which(name) or next((str(place / name) for place in PLACES if (place / name).is_file()), None)


@pytest.fixture(scope="session")
def server(quick: Path) -> Iterator[str]:
    """A server with an empty cluster, as a URL without database. PostgreSQL will not run as root: nobody owns it."""
    pytest.importorskip("psycopg", reason="comes with the extra postgres")
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    if not (initdb and pg_ctl):
        pytest.skip("needs PostgreSQL")
    owner = {"user": "nobody"} if os.geteuid() == 0 else {}
    folder = quick / "pg"
    folder.mkdir()
    if owner:
        shutil.chown(folder, "nobody")

    def run(*command: str) -> None:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner)

    run(initdb, "-D", "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run(pg_ctl, "-D", "data", "-w", "-o", f"{QUICK} -k {folder}", "-l", "log", "start")
    try:
        yield f"postgresql+psycopg://tester@/{{}}?host={folder}"
    finally:
        run(pg_ctl, "-D", "data", "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def quick() -> Iterator[Path]:
    """A folder in memory, where there is such a thing: what is promised does not hang on the disk's speed."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="store", dir=memory if os.access(memory, os.W_OK) else None))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def new_place(request: pytest.FixtureRequest, quick: Path) -> str:
    """A place where no workspace is yet, of the kind that is asked for."""
    return str(quick / f"firm{next(COUNT)}.beachhead") if request.param == "sqlite" else database(request)


BOTH = ["sqlite", "postgresql"]
place = pytest.fixture(new_place, params=BOTH, name="place")
any_place = pytest.fixture(new_place, params=BOTH, scope="module", name="any_place")


@pytest.fixture
def postgres_place(request: pytest.FixtureRequest) -> str:
    """A database in which no workspace is yet."""
    return database(request)


def database(request: pytest.FixtureRequest) -> str:
    """A new database on the server."""
    import psycopg

    url, name = request.getfixturevalue("server"), f"test{next(COUNT)}"
    with psycopg.connect(url.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.format(name)
