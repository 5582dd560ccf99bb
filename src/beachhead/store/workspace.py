"""A firm's workspace: what was found out, sold, decided and planned, to which records are only ever added.

A folder with an SQLite file beside the firm file, or a PostgreSQL database by URL that holds many firms by name. Every
method that writes is one transaction: when it returns, all of it is on the disk; when it raises, nothing is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Self, TypeVar

import sqlalchemy as sa

from beachhead.errors import bad
from beachhead.firm import Firm
from beachhead.learn.journal import Entry, Journal, Result
from beachhead.learn.journal_rules import checked, with_expected
from beachhead.learn.result import Revision
from beachhead.store import questions
from beachhead.store.backup import back_up_sometimes
from beachhead.store.connect import engine_of, reading, writing
from beachhead.store.faults import damaged, told, wrong
from beachhead.store.intake import BATCH, Added, Intake, Line, last_number
from beachhead.store.place import is_there, is_url, workspace_of
from beachhead.store.questions import EVERY, STANDING, Chosen
from beachhead.store.rows import (
    DamagedRowError,
    digest,
    document_of,
    entry_of,
    result_of,
    revision_of,
    revision_text,
    sound,
)
from beachhead.store.schema import begin, bring_up, is_begun
from beachhead.store.tables import entry, hold, plan, result, revision
from beachhead.store.tables import firm as firm_table

__all__ = ["Added", "Chosen", "History", "Workspace", "exists", "open_workspace", "workspace_of"]

T = TypeVar("T")
BEGIN = "'beachhead learn add FIRM' begins one"


class History(NamedTuple):
    """Every record, by number: also those that another supersedes."""

    entries: tuple[Entry, ...]
    results: tuple[Result, ...]


def exists(place: str) -> bool:
    """Whether there is a workspace, or what is left of one."""
    if not is_url(place):
        return is_there(place)
    engine = engine_of(place)
    try:
        with told(place):
            return is_begun(engine)
    finally:
        engine.dispose()


def open_workspace(place: str, firm: Firm, *, create: bool = False) -> Workspace:
    """Open the workspace of a firm; with ``create`` it is begun if there is none.

    One of an older version is brought up to date, after a copy is put aside. Raises InputError if there is none, if it
    is damaged, newer than this program, or another firm's; UnreachableError if its server cannot be reached.
    """
    with told(place):
        if create:
            begin(place)
        elif not exists(place):
            raise wrong(place, f"there is none yet: {BEGIN}")
        engine = engine_of(place)
        bring_up(place, engine)
        if create and not is_url(place):
            back_up_sometimes(place)
        return Workspace(place, _number_of(engine, place, firm.name, create=create), engine)


def _number_of(engine: sa.Engine, place: str, name: str, *, create: bool) -> int:
    """The number of a firm; 0 if nothing is kept of it. A folder belongs to one firm."""
    with reading(engine) as connection:
        number = _find_firm(connection, place, name)
    if number or not create:
        return number
    with writing(engine) as connection:
        return _find_firm(connection, place, name) or _new_firm(connection, name)


def _find_firm(connection: sa.Connection, place: str, name: str) -> int:
    known = {row.name: int(row.firm) for row in connection.execute(questions.firms())}
    if known and name not in known and not is_url(place):
        was = next(iter(known))
        remedy = (
            f"is that of {was!r}, not of {name!r}: name another folder with --workspace; if the firm has a new name,"
        )
        raise wrong(place, f"{remedy} say so with 'beachhead learn check FIRM --was {was!r}'")
    return known.get(name, 0)


def _new_firm(connection: sa.Connection, name: str, number: int = 0) -> int:
    """Write down a firm, or another name of firm ``number``."""
    known = [int(row.firm) for row in connection.execute(questions.firms())]
    number = number or max(known, default=0) + 1
    connection.execute(firm_table.insert(), {"name": name, "firm": number})
    return number


def rename(place: str, was: str, name: str) -> None:
    """Let a firm's journal go on under a new name. Raises InputError if there is none of the old name."""
    with told(place), writing(engine_of(place)) as connection:
        known = {row.name: int(row.firm) for row in connection.execute(questions.firms())}
        if was not in known:
            raise bad("--was", was, f"no firm of that name is in the workspace; there is {', '.join(map(repr, known))}")
        if name in known:
            raise bad("--was", was, f"there is a journal of {name!r} already: two cannot become one")
        _new_firm(connection, name, known[was])


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """An open workspace of one firm: ``place`` as given, ``firm`` its number there (0: nothing is kept of it yet)."""

    place: str
    firm: int
    engine: sa.Engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    # --- reading ----------------------------------------------------------------------------------------------------

    def journal(self) -> Journal:
        """What stands: entries that nothing supersedes, the latest results, and what the owner holds."""
        with self._reading() as connection:
            entries = tuple(map(entry_of, _stream(connection, questions.entries(self.firm, STANDING))))
            results = tuple(map(result_of, _stream(connection, questions.results(self.firm, superseded=False))))
            holds = map(sound, _stream(connection, questions.rows(hold, self.firm)))
            decided = {row["assumption"]: row["held"] for row in holds}
        return Journal(entries, results, frozenset(name for name, held in decided.items() if held))

    def history(self) -> History:
        """Every entry and result, also superseded ones."""
        return History(tuple(self.entries(EVERY)), tuple(self.results(superseded=True)))

    def entries(self, chosen: Chosen = STANDING) -> Iterator[Entry]:
        """Entries one by one, by number: few are in memory at a time."""
        return self._asked(questions.entries(self.firm, chosen), entry_of)

    def results(self, *, superseded: bool = False) -> Iterator[Result]:
        """Results one by one: those that stand by quarter and market, or all of them by number."""
        return self._asked(questions.results(self.firm, superseded=superseded), result_of)

    def count(self, chosen: Chosen = STANDING) -> int:
        """How many entries are chosen."""
        rows = questions.entries(self.firm, chosen).order_by(None).subquery()
        (counted,) = self._asked(sa.select(sa.func.count().label("n")).select_from(rows), dict)
        return int(counted["n"])

    def thread(self, number: int) -> tuple[Entry, ...]:
        """The whole history of one entry: what it corrects and what corrects it, the oldest first.

        Raises InputError if the firm has no entry of that number.
        """
        found = tuple(self._asked(questions.thread(self.firm, number), entry_of))
        if not found:
            raise bad("ID", number, "no entry of this firm has that number: 'beachhead learn list FIRM' shows them")
        return found

    def revisions(self) -> tuple[tuple[str, Revision], ...]:
        """Every revision with its quarter, the oldest first."""
        rows = self._asked(questions.rows(revision, self.firm), sound)
        return tuple((row["quarter"], revision_of(row["document"])) for row in rows)

    def plans(self) -> tuple[tuple[int, str], ...]:
        """Number and date (as of) of every plan that was saved, the oldest first."""
        rows = self._asked(questions.rows(plan, self.firm).with_only_columns(plan.c.id, plan.c.as_of), dict)
        return tuple((row["id"], row["as_of"]) for row in rows)

    def plan(self, number: int) -> dict[str, Any] | None:
        """One saved plan; None if there is none of that number."""
        found = list(self._asked(questions.rows(plan, self.firm).where(plan.c.id == number), sound))
        return dict(json.loads(found[0]["document"])) if found else None

    def last_plan(self) -> dict[str, Any] | None:
        """The plan that was saved last; None if there is none."""
        saved = self.plans()
        return self.plan(saved[-1][0]) if saved else None

    # --- writing ----------------------------------------------------------------------------------------------------

    def add(self, entries: Iterable[Entry], *, believed: Mapping[str, float] | None = None) -> tuple[int, ...]:
        """Add entries and return their numbers.

        ``believed``: potential in USD by market as it is believed now; an entry that compares with what was expected,
        and does not say what that was, takes it down. Raises InputError if one makes no sense or corrects what cannot
        be corrected.
        """
        ready = [with_expected(one, believed or {}) for one in checked(tuple(entries))]
        with self._writing() as connection:
            return Intake(connection, entry, self.firm).add(ready)

    def add_new(self, lines: Iterable[Line], *, dry_run: bool = False) -> Added:
        """Add the entries (each with the line of a file on which it stands) that are not there yet.

        An entry may bring a number of its own as ``id``; then ``supersedes`` means those numbers. With ``dry_run``
        nothing is kept.
        """
        with self._writing(dry_run=dry_run) as connection:
            return Intake(connection, entry, self.firm).add_new(lines)

    def supersede(self, number: int, again: Entry, *, believed: Mapping[str, float] | None = None) -> int:
        """Add an entry that takes the place of entry ``number``; return its own number."""
        return self.add([again.model_copy(update={"id": 0, "supersedes": number})], believed=believed)[0]

    def add_results(self, results: Iterable[Result]) -> tuple[int, ...]:
        """Add results and return their numbers; of two for one market and quarter the later stands."""
        ready = checked(tuple(results))
        with self._writing() as connection:
            return Intake(connection, result, self.firm).add(ready)

    def add_new_results(self, lines: Iterable[Line], *, dry_run: bool = False) -> Added:
        """Add the results that are not there yet."""
        with self._writing(dry_run=dry_run) as connection:
            return Intake(connection, result, self.firm).add_new(lines)

    def hold(self, assumption: str) -> None:
        """From now on keep an assumption as it is, whatever is learnt."""
        self._append(hold, [{"assumption": assumption, "held": True}])

    def release(self, assumption: str) -> None:
        """From now on let what is learnt change an assumption."""
        self._append(hold, [{"assumption": assumption, "held": False}])

    def add_revisions(self, quarter: str, revisions: Iterable[Revision]) -> tuple[int, ...]:
        """Keep assumptions that outcomes have changed, as of a quarter; return their numbers."""
        return self._append(revision, [{"quarter": quarter, "document": revision_text(one)} for one in revisions])

    def save_plan(self, document: Mapping[str, Any], as_of: str) -> int:
        """Keep a plan (JSON-ready) and return its number."""
        return self._append(plan, [{"as_of": as_of, "document": document_of(document)}])[0]

    # --- transactions -----------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with told(self.place), reading(self.engine) as connection:
                yield connection
        except DamagedRowError as error:
            said = f"{error} does not say any more what was written. The file {damaged(self.place)}"
            raise wrong(self.place, said) from None

    @contextmanager
    def _writing(self, *, dry_run: bool = False) -> Iterator[sa.Connection]:
        if not self.firm:
            raise wrong(self.place, f"nothing is kept of this firm yet: {BEGIN}")
        with told(self.place), writing(self.engine, self.firm) as connection:
            yield connection
            if dry_run:
                connection.rollback()

    def _asked(self, asked: questions.Asked, of: Callable[[Mapping[Any, Any]], T]) -> Iterator[T]:
        with self._reading() as connection:
            yield from map(of, _stream(connection, asked))

    def _append(self, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
        with self._writing() as connection:
            last = last_number(connection, table, self.firm)
            sealed = [{**row, "digest": digest(row)} for row in rows]
            numbered = [{"firm": self.firm, "id": last + k, **row} for k, row in enumerate(sealed, 1)]
            if numbered:
                connection.execute(table.insert(), numbered)
        return tuple(row["id"] for row in numbered)


def _stream(connection: sa.Connection, asked: questions.Asked) -> Iterator[Mapping[Any, Any]]:
    """Rows as they come, few in memory at a time."""
    yield from connection.execute(asked.execution_options(yield_per=BATCH)).mappings()
