"""The form of a workspace: one description of it, and a way from every older form to the newest."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from store.journals import Named, plain

from beachhead.errors import InputError
from beachhead.store import schema
from beachhead.store.backup import backups
from beachhead.store.place import journal_file
from beachhead.store.tables import HEAD, VERSION_TABLE, metadata
from beachhead.store.workspace import open_workspace

FIRM = Named()
LATER = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("entry", sa.Column("mood", sa.Text))
    {then}
"""


@pytest.fixture
def begun(place):
    """A workspace with one entry."""
    with open_workspace(place, FIRM, create=True) as workspace:
        workspace.add([plain("a")])
    return place


def test_migrations_make_the_tables_that_the_program_uses(begun):
    with open_workspace(begun, FIRM) as workspace, workspace.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_program_knows_its_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def program_of_later(monkeypatch, folder, then: str = "") -> None:
    """Let the program be a newer one, with another migration."""
    shutil.copytree(schema.MIGRATIONS, folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "migrations" / "versions" / "v0002_later.py").write_text(LATER.format(then=then), encoding="utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", folder / "migrations")
    monkeypatch.setattr(schema, "HEAD", "0002")


def version(place) -> str:
    with open_workspace(place, FIRM) as workspace, workspace.engine.connect() as connection:
        return schema.version_of(connection)


def test_a_newer_program_brings_a_workspace_up_to_date_and_puts_a_copy_aside(begun, monkeypatch, tmp_path):
    program_of_later(monkeypatch, tmp_path)
    with open_workspace(begun, FIRM) as workspace:
        workspace.add([plain("b")])
        assert [one.finding for one in workspace.entries()] == ["a", "b"]
        with workspace.engine.connect() as connection:
            assert connection.execute(sa.text("SELECT count(*) FROM later")).scalar() == 0
    assert version(begun) == "0002"
    if "://" not in begun:
        copy = journal_file(begun).parent / "backup" / "before-0002.sqlite"
        assert copy in backups(begun)
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT finding FROM entry").fetchall() == [("a",)]
            assert connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall() == [("0001",)]


def test_a_migration_that_fails_leaves_everything_as_it_was(begun, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        program_of_later(patch, tmp_path, then="1 / 0")
        with pytest.raises(ZeroDivisionError):
            open_workspace(begun, FIRM)
    assert version(begun) == "0001"
    with open_workspace(begun, FIRM) as workspace, workspace.engine.connect() as connection:
        assert [one.finding for one in workspace.entries()] == ["a"]
        assert not sa.inspect(connection).has_table("later")


def test_an_older_program_refuses_a_newer_workspace_and_changes_nothing(begun, monkeypatch, tmp_path):
    with monkeypatch.context() as patch:
        program_of_later(patch, tmp_path)
        open_workspace(begun, FIRM)
    for create in (False, True):
        with pytest.raises(InputError, match=r"newer beachhead \(form 0002; this one knows 0001\): update"):
            open_workspace(begun, FIRM, create=create)
    monkeypatch.setattr(schema, "HEAD", "0002")
    assert version(begun) == "0002"


def test_somebody_elses_database_is_not_taken_for_ours(tmp_path):
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(InputError, match="damaged"):
        open_workspace(str(tmp_path), FIRM, create=True)
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]
