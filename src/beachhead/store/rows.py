"""Entries, results and revisions as rows of the tables, and back; each with a digest of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final, TypeVar

import pydantic

from beachhead.firm import Record
from beachhead.learn.journal import Entry, Result
from beachhead.learn.result import Revision, Source

LISTS: Final = ("markets", "knowledge")  # fields joined by ";"
Values = dict[str, Any]
R = TypeVar("R", bound=Record)


class DamagedRowError(Exception):
    """A row does not say any more what was written."""


def values_of(record: Entry | Result) -> Values:
    """A record as a row, without firm and number, with its digest. The same content has the same digest anywhere."""
    values = {name: _cell(getattr(record, name)) for name in type(record).model_fields if name != "id"}
    return values | {"digest": digest(values)}


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, float):
        return value + 0.0  # SQLite keeps no negative zero
    return value if value is None or isinstance(value, str | bool | int) else value.isoformat()


def digest(values: Mapping[str, Any]) -> str:
    """SHA-256 over the values in the order of their names, in 32 hexadecimal digits."""
    text = json.dumps([values[name] for name in sorted(values)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def entry_of(row: Mapping[Any, Any]) -> Entry:
    """The entry of a row. Raises DamagedRowError if it is not what was written."""
    return _record(Entry, row)


def result_of(row: Mapping[Any, Any]) -> Result:
    """The result of a row. Raises DamagedRowError if it is not what was written."""
    return _record(Result, row)


def sound(row: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """A row as it is. Raises DamagedRowError if it is not what was written."""
    values = {name: row[name] for name in row if name not in ("firm", "id", "digest")}
    if digest(values) != row["digest"]:
        raise DamagedRowError(f"row {row['id']}")
    return row


def _record(kind: type[R], row: Mapping[Any, Any]) -> R:
    values = {name: row[name] for name in kind.model_fields if name != "id"}
    split = {name: tuple(filter(None, values[name].split(";"))) for name in LISTS if name in values}
    try:
        sound(row)
        return kind.model_validate({"id": row["id"], **values, **split})
    except (DamagedRowError, pydantic.ValidationError):
        raise DamagedRowError(f"{kind.__name__.lower()} {row['id']}") from None


def document_of(value: Any) -> str:
    """A value as JSON text, with its keys in the order in which they stand."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def revision_text(revision: Revision) -> str:
    """A revision as JSON text."""
    return document_of(asdict(revision))


def revision_of(text: str) -> Revision:
    """The revision of a JSON text."""
    found = json.loads(text)
    return Revision(**found | {"sources": tuple(Source(**one) for one in found["sources"])})
