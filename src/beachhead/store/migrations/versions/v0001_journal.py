"""The first form of a workspace: firms, entries, results, holds, revisions and plans, to which rows are only added."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBERED = ("entry", "result", "hold", "revision", "plan")
SQLITE_FIXED = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON "{table}" BEGIN
  SELECT RAISE(ABORT, 'rows of {table} are never changed');
END
"""
# A row that takes the number of another would delete it (INSERT OR REPLACE), and no DELETE trigger would see it.
SQLITE_COUNTED = """
CREATE TRIGGER {table}_counted BEFORE INSERT ON "{table}"
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM "{table}" WHERE firm = NEW.firm) BEGIN
  SELECT RAISE(ABORT, 'rows of {table} are numbered without a gap');
END
"""
SQLITE_NAMED_ONCE = """
CREATE TRIGGER firm_named_once BEFORE INSERT ON firm WHEN EXISTS (SELECT 1 FROM firm WHERE name = NEW.name) BEGIN
  SELECT RAISE(ABORT, 'rows of firm are never changed');
END
"""
POSTGRES_FIXED = """
CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$
"""
POSTGRES_COUNTED = """
CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last integer;
BEGIN
  EXECUTE format('SELECT coalesce(max(id), 0) FROM %I WHERE firm = $1', TG_TABLE_NAME) INTO last USING NEW.firm;
  IF NEW.id <> last + 1 THEN RAISE EXCEPTION 'rows of % are numbered without a gap', TG_TABLE_NAME; END IF;
  RETURN NEW;
END $$
"""
POSTGRES_TRIGGERS = (
    'CREATE TRIGGER {table}_fixed BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION never_changed()',
    'CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION never_changed()',
)
POSTGRES_NUMBER = 'CREATE TRIGGER {table}_counted BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION counted()'


def upgrade() -> None:
    """Make the tables, then the triggers that keep their rows."""
    op.create_table("firm", sa.Column("name", sa.Text, primary_key=True), whole("firm"))
    make_entry()
    make_result()
    op.create_table("hold", *key(), text("assumption"), sa.Column("held", sa.Boolean, nullable=False), text("digest"))
    op.create_table("revision", *key(), text("quarter"), text("document"), text("digest"))
    op.create_table("plan", *key(), text("as_of"), text("document"), text("digest"))
    keep_sqlite() if op.get_bind().dialect.name == "sqlite" else keep_postgres()


def make_entry() -> None:
    """What was found out."""
    op.create_table(
        "entry",
        *key(),
        *(text(name) for name in ("date", "channel", "markets", "about", "knowledge")),
        text("growth_path", null=True),
        text("finding"),
        *(number(name) for name in ("estimate_usd", "chance")),
        text("says", null=True),
        text("than"),
        number("expected_usd"),
        text("mode", null=True),
        number("sd_log"),
        number("cost_usd", null=False),
        *(text(name) for name in ("who", "decision")),
        sa.Column("supersedes", sa.Integer, nullable=True),
        text("digest"),
        sa.ForeignKeyConstraint(["firm", "supersedes"], ["entry.firm", "entry.id"], name="entry_supersedes_known"),
        sa.UniqueConstraint("firm", "supersedes", name="entry_superseded_once"),
    )
    op.create_index("entry_digest", "entry", ["firm", "digest"])


def make_result() -> None:
    """What was sold and spent."""
    op.create_table(
        "result",
        *key(),
        *(text(name) for name in ("market", "quarter")),
        *(number(name, null=False) for name in ("sales_usd", "cost_usd")),
        text("mode", null=True),
        sa.Column("left", sa.Boolean, nullable=False),
        text("digest"),
    )
    op.create_index("result_digest", "result", ["firm", "digest"])


def key() -> tuple[sa.Column[int], ...]:
    """Firm and number."""
    return tuple(sa.Column(name, sa.Integer, primary_key=True, autoincrement=False) for name in ("firm", "id"))


def whole(name: str) -> sa.Column[int]:
    """A whole number that must be there."""
    return sa.Column(name, sa.Integer, nullable=False)


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A text."""
    return sa.Column(name, sa.Text, nullable=null)


def number(name: str, *, null: bool = True) -> sa.Column[float]:
    """A number of double precision."""
    return sa.Column(name, sa.Double, nullable=null)


def keep_sqlite() -> None:
    """Refuse UPDATE, DELETE and gaps in SQLite."""
    for table in ("firm", *NUMBERED):
        for event in ("UPDATE", "DELETE"):
            op.execute(SQLITE_FIXED.format(table=table, event=event))
    for table in NUMBERED:
        op.execute(SQLITE_COUNTED.format(table=table))
    op.execute(SQLITE_NAMED_ONCE)


def keep_postgres() -> None:
    """Refuse UPDATE, DELETE, TRUNCATE and gaps in PostgreSQL."""
    for function in (POSTGRES_FIXED, POSTGRES_COUNTED):
        op.execute(function)
    for table in ("firm", *NUMBERED):
        for trigger in POSTGRES_TRIGGERS:
            op.execute(trigger.format(table=table))
    for table in NUMBERED:
        op.execute(POSTGRES_NUMBER.format(table=table))
