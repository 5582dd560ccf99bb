"""Faults of type and form in plain words: a table from pydantic's error types to what a firm's owner understands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from beachhead.errors import Fault
from beachhead.evidence.catalogue import read_table
from beachhead.firm import Firm, Record
from beachhead.firm_rules import nearest, quoted

Location = tuple[int | str, ...]
FRACTIONS: Final = ("share", "growth", "gross_margin", "floor_risk")  # fields that people write in per cent


@cache
def words() -> dict[str, str]:
    """Sentence by pydantic error type, with places for limits, description, examples and the nearest name."""
    return {row["pydantic_type"]: row["words"] for row in read_table("words", Path(__file__).parent)}


def faults_of(error: ValidationError) -> Iterator[Fault]:
    """The faults of type and form. Faults of sense are left to :mod:`beachhead.firm_rules`, which tells them all."""
    for details in error.errors(include_url=False):
        if details["type"] != "broken_rules":
            yield Fault(dotted(details["loc"]), _value(details), _remedy(details))


def dotted(loc: Location) -> str:
    """A location as a user reads it: ``presence[0].country``."""
    text = ""
    for part in loc:
        if part != "[key]":  # pydantic's mark for "the name of an entry, not its value"
            text += f"[{part}]" if isinstance(part, int) else f".{part[:60]}" if text else part[:60]
    return text


def shown(value: Any) -> str:
    """A value as TOML writes it, short enough for one line whatever it holds."""
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else "a number of very many digits"
    if isinstance(value, float | datetime.date | datetime.time):
        return str(value)
    return "a section" if isinstance(value, Mapping) else f"a list of {len(value)}"


def model_of(annotation: Any) -> type[Record] | None:
    """The kind of table that a field holds, itself or in a list, if it holds any."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind if issubclass(kind, Record) else None
    return None


def choices_of(annotation: Any) -> list[str]:
    """The texts of which a field takes one, whether or not it may be left out; empty if it takes any."""
    parts = get_args(annotation)
    if get_origin(annotation) is Literal:
        return [str(part) for part in parts]
    return [choice for part in parts for choice in choices_of(part)]


def table_at(loc: Location) -> type[Record] | None:
    """The kind of table at a location of the file; the empty location is the file itself."""
    model: type[Record] | None = Firm
    for part in loc:
        if model is not None and isinstance(part, str):
            field = model.model_fields.get(part)
            model = model_of(field.annotation) if field else None
    return model


def field_at(loc: Location) -> FieldInfo | None:
    """The field of the model that a location belongs to; an entry of a list belongs to the list's field."""
    names = [i for i, part in enumerate(loc) if isinstance(part, str)]
    for last in reversed(names):
        table = table_at(loc[:last])
        if table is not None and loc[last] in table.model_fields:
            return table.model_fields[str(loc[last])]
    return None


def _value(details: ErrorDetails) -> str:
    absent = details["type"] == "missing" or details["input"] == () or details["input"] == []
    return "" if absent else shown(details["input"])


def _remedy(details: ErrorDetails) -> str:
    """The sentence of the table with its places filled."""
    template = words().get(details["type"])
    if template is None:
        return details["msg"]
    places: dict[str, Any] = {**_places(details), **details.get("ctx", {})}
    return Formatter().vformat(template, (), places).rstrip(": ")


def _places(details: ErrorDetails) -> dict[str, str]:
    loc, field = details["loc"], field_at(details["loc"])
    model = model_of(field.annotation) if field else None
    description = (field.description if field else None) or ((model.__doc__ or "").split("\n")[0] if model else "")
    name = str(next((part for part in reversed(loc) if isinstance(part, str)), ""))
    return {
        "description": description[:1].lower() + description[1:].rstrip("."),
        "near": _near(details),
        "per_cent": _per_cent(name, details["input"]),
        "examples": _examples(field),
        "field": dotted(loc),
        "list_form": f": write [[{name}]] above each entry" if model else ' in square brackets, such as ["a", "b"]',
        "table_form": _table_form(loc),
    }


def _per_cent(name: str, value: Any) -> str:
    """How to write a number that was meant in per cent, or an empty text."""
    meant = name in FRACTIONS and isinstance(value, int | float) and 1 < value <= 100
    return f" (write {value / 100:.10g} for {value:g} %)" if meant else ""


def _near(details: ErrorDetails) -> str:
    """The nearest name that may stand there, or all of them."""
    if details["type"] == "literal_error":
        field = field_at(details["loc"])
        return nearest(str(details["input"]), choices_of(field.annotation)) if field else ""
    table = table_at(details["loc"][:-1])
    names = list(table.model_fields) if table else []
    tail = nearest(str(details["loc"][-1]), names)
    return tail or (f": remove it, or use one of {', '.join(names)}" if names else ": remove it")


def _examples(field: FieldInfo | None) -> str:
    given = field.examples if field and field.examples else []
    flat = [one for example in given for one in (example if isinstance(example, list) else [example])]
    return f", such as {' or '.join(shown(one) for one in flat[:3])}" if flat else ""


def _table_form(loc: Location) -> str:
    name = str(next((part for part in loc if isinstance(part, str)), ""))
    return f": write [[{name}]] above each entry" if any(isinstance(part, int) for part in loc) else f" [{dotted(loc)}]"
