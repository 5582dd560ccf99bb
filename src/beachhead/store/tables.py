"""The tables of a workspace, in SQLite and PostgreSQL alike. :mod:`beachhead.store.migrations` makes them.

Rows are only ever added: triggers in the database refuse to change or delete one. ``firm`` is a number; a firm has one
row in the table of that name for each name that it has borne. In every other table a firm's rows are numbered 1, 2, 3 …
without a gap, which a trigger enforces too. ``digest``: SHA-256 of a row's content; it shows damage and repetition.
"""

from __future__ import annotations

import sqlalchemy as sa

HEAD = "0001"  # the newest migration; a test holds it against the folder
VERSION_TABLE = "beachhead_version"
metadata = sa.MetaData()


def _key() -> tuple[sa.Column[int], sa.Column[int]]:
    """Firm and number: the key of all numbered tables."""
    return (
        sa.Column("firm", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    )


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _number(name: str, *, null: bool = True) -> sa.Column[float]:
    return sa.Column(name, sa.Double, nullable=null)


firm = sa.Table(
    "firm",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("firm", sa.Integer, nullable=False),
)
# Lists are joined by ";", as in the CSV files.
entry = sa.Table(
    "entry",
    metadata,
    *_key(),
    _text("date"),
    _text("channel"),
    _text("markets"),
    _text("about"),
    _text("knowledge"),
    _text("growth_path", null=True),
    _text("finding"),
    _number("estimate_usd"),
    _number("chance"),
    _text("says", null=True),
    _text("than"),
    _number("expected_usd"),
    _text("mode", null=True),
    _number("sd_log"),
    _number("cost_usd", null=False),
    _text("who"),
    _text("decision"),
    sa.Column("supersedes", sa.Integer, nullable=True),
    _text("digest"),
    sa.ForeignKeyConstraint(["firm", "supersedes"], ["entry.firm", "entry.id"], name="entry_supersedes_known"),
    sa.UniqueConstraint("firm", "supersedes", name="entry_superseded_once"),
    sa.Index("entry_digest", "firm", "digest"),
)
result = sa.Table(
    "result",
    metadata,
    *_key(),
    _text("market"),
    _text("quarter"),
    _number("sales_usd", null=False),
    _number("cost_usd", null=False),
    _text("mode", null=True),
    sa.Column("left", sa.Boolean, nullable=False),
    _text("digest"),
    sa.Index("result_digest", "firm", "digest"),
)
# What the owner decides on assumptions: the latest row of each counts.
hold = sa.Table(
    "hold", metadata, *_key(), _text("assumption"), sa.Column("held", sa.Boolean, nullable=False), _text("digest")
)
revision = sa.Table("revision", metadata, *_key(), _text("quarter"), _text("document"), _text("digest"))
plan = sa.Table("plan", metadata, *_key(), _text("as_of"), _text("document"), _text("digest"))
NUMBERED = (entry, result, hold, revision, plan)
