"""Taking many records in at once: what is there already is not added again, corrections find what they correct.

Everything happens in one transaction of the caller, in batches, so that memory does not grow with the records' length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from beachhead.errors import Fault, InputError
from beachhead.learn.journal import Entry, Result
from beachhead.store import questions
from beachhead.store.rows import Values, values_of

BATCH = 500
Line = tuple[int, Entry | Result]  # where it stands in a file (0: nowhere), and what it says
MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Added:
    """What became of records: numbers of the new ones, first and last (0 if none), and how many were there already."""

    first: int
    last: int
    already: int

    @property
    def count(self) -> int:
        """How many are new."""
        return self.last - self.first + 1 if self.first else 0


@dataclass(slots=True)
class Intake:
    """Rows on their way into one table of one firm.

    ``base``: the last number before; ``last``: the last given. ``seen``: how often each digest has come, so that two
    equal records in a file are two. ``numbers``: of records that bring a number of their own, the one they have here.
    """

    connection: sa.Connection
    table: sa.Table
    firm: int
    base: int = 0
    last: int = 0
    already: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    numbers: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.base = self.last = last_number(self.connection, self.table, self.firm)

    def add(self, records: Iterable[Entry | Result]) -> tuple[int, ...]:
        """Add every record, even if its like is there. Raises InputError if one cannot supersede what it means to."""
        for batch in batches((0, record) for record in records):
            self._insert([values_of(self._placed(*line, anew=True)) for line in batch])
        self._raise_faults()
        return tuple(range(self.base + 1, self.last + 1))

    def add_new(self, lines: Iterable[Line]) -> Added:
        """Add the records that are not there yet. Raises InputError with every correction that finds nothing."""
        for batch in batches(lines):
            placed = [self._placed(*line) for line in batch]
            self._insert(self._unknown(placed, [values_of(record) for record in placed]))
        self._raise_faults()
        return Added(self.base + 1 if self.last > self.base else 0, self.last, self.already)

    def _unknown(self, records: Sequence[Entry | Result], values: Sequence[Values]) -> list[Values]:
        """The rows that are not in the table yet; takes note of where each record is or will be."""
        known, new = self._known([row["digest"] for row in values]), []
        for record, row in zip(records, values, strict=True):
            there, nth = known.get(row["digest"], ()), self.seen[row["digest"]]
            self.seen[row["digest"]] += 1
            if nth >= len(there):
                new.append(row)
            number = there[nth] if nth < len(there) else self.last + len(new)
            if record.id:
                self.numbers[record.id] = number
        self.already += len(records) - len(new)
        return new

    def _known(self, digests: Sequence[str]) -> Mapping[str, list[int]]:
        """Numbers of the rows with these digests that were there before, by digest."""
        found: dict[str, list[int]] = {}
        for row in self.connection.execute(questions.alike(self.table, self.firm, set(digests))):
            if row.id <= self.base:
                found.setdefault(row.digest, []).append(row.id)
        return found

    def _insert(self, rows: Sequence[Values]) -> None:
        numbered = [{"firm": self.firm, "id": self.last + k, **row} for k, row in enumerate(rows, 1)]
        if numbered and not self.faults:
            self.connection.execute(self.table.insert(), numbered)
        self.last += len(numbered)

    # --- corrections ----------------------------------------------------------------------------------------------

    def _placed(self, line: int, record: Entry | Result, *, anew: bool = False) -> Entry | Result:
        """The record with the number that what it supersedes has here; ``anew``: even if its like is there."""
        if not isinstance(record, Entry) or record.supersedes is None:
            return record
        number = self.numbers.get(record.supersedes, 0) if record.id else record.supersedes
        again = record.model_copy(update={"supersedes": number})
        remedy = self._why_not(number, None if anew else again)
        if remedy and len(self.faults) < MOST_FAULTS:
            self.faults.append(
                Fault(f"line {line}, supersedes" if line else "supersedes", str(record.supersedes), remedy)
            )
        return again

    def _why_not(self, number: int, again: Entry | None) -> str:
        """Why an entry cannot be superseded; empty if it can, or if the very correction ``again`` is there already."""
        if not 1 <= number <= self.last:
            there = f"there are 1 to {self.last}" if self.last else "there is none yet"
            return f"no entry of this firm has that number; {there}"
        found = self.connection.execute(questions.superseding(self.firm, number)).first()
        if found is None or (again and found.digest == values_of(again)["digest"]):
            return ""
        return f"is superseded already, by entry {found.id}: supersede that one"

    def _raise_faults(self) -> None:
        if self.faults:
            raise InputError(self.faults)


def batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in small lists; one that supersedes is alone, for it must find those before it in the table."""
    batch: list[Line] = []
    for line in lines:
        alone = isinstance(line[1], Entry) and line[1].supersedes is not None
        if batch and (alone or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append(line)
        if alone:
            yield batch
            batch = []
    if batch:
        yield batch


def last_number(connection: sa.Connection, table: sa.Table, firm: int) -> int:
    """The number of a firm's latest row; 0 if there is none."""
    return int(connection.execute(questions.last_number(table, firm)).scalar_one())
