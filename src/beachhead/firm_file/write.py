"""Writing a firm file that explains itself: every field with its description, default and example, from the model."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from beachhead.errors import bad
from beachhead.firm import Firm, Record
from beachhead.firm_file.source import PATH_FAULTS
from beachhead.firm_file.words import model_of

WIDTH: Final = 100
HEADER: Final = (
    "Your firm, for beachhead. Check this file with: beachhead firm check FILE",
    "Money is in USD a year unless a comment says otherwise. Countries are three-letter codes (ISO 3166-1 alpha-3), "
    'quarters "2024Q2". A line that begins with # is a comment: take the # away to use it.',
)


def firm_text(firm: Firm) -> str:
    """The firm as a commented TOML file. Reading the text gives the same firm."""
    sections = {name: field for name, field in Firm.model_fields.items() if model_of(field.annotation)}
    lines = [*(line for text in HEADER for line in _comment(text)), ""]
    maps = {name: value for name, value in firm if isinstance(value, Mapping)}
    lines += _fields(firm, skip={*sections, *maps})
    for name, field in sections.items():
        value = getattr(firm, name)
        body = _rows(name, value, field) if isinstance(value, tuple) else _table(name, value)
        lines += ["", *_comment(_about(field)), *body]
    lines += (line for name, value in maps.items() for line in _map(name, value, Firm.model_fields[name]))
    return "\n".join(lines) + "\n"


def _about(field: FieldInfo) -> str:
    model = model_of(field.annotation)
    return (model.__doc__ or "") if model else ""


def _table(name: str, record: Record) -> Iterator[str]:
    """A section: its plain fields, then its tables of numbers (points, comparisons)."""
    yield f"[{name}]"
    maps = {key: value for key, value in record if isinstance(value, Mapping)}
    yield from _fields(record, skip=maps)
    for key, value in maps.items():
        yield from _map(f"{name}.{key}", value, type(record).model_fields[key])


def _map(name: str, value: Mapping[str, float], field: FieldInfo) -> Iterator[str]:
    """A table of numbers under its comment. Without any, an example is written as a comment."""
    yield from ("", *_comment(field.description or ""))
    example = field.examples[0] if field.examples else {}
    body = [f"[{name}]", *(f"{_key(k)} = {toml(v)}" for k, v in (value or example).items())]
    yield from body if value else (f"# {line}" for line in body)


def _rows(name: str, records: tuple[Record, ...], field: FieldInfo) -> Iterator[str]:
    """An array of tables; comments stand in the first. Without any, an example is written as a comment."""
    for i, record in enumerate(records):
        yield from ([""] if i else []) + [f"[[{name}]]"]
        lines = list(_fields(record, skip=()))
        yield from (line for line in lines if i == 0 or not line.startswith("# "))
    model = model_of(field.annotation)
    if not records and model:
        yield f"# [[{name}]]"
        for key, inner in model.model_fields.items():
            yield from _comment(_explained(inner), "#   ")
            yield f"# {key} = {toml(_example(inner))}"


def _fields(record: Record, skip: Any) -> Iterator[str]:
    """Each field under its comment; one without a value is written as a comment with an example."""
    for name, field in type(record).model_fields.items():
        if name in skip:
            continue
        value = getattr(record, name)
        yield from _comment(_explained(field))
        yield f"# {name} = {toml(_example(field))}" if value is None else f"{name} = {toml(value)}"


def _explained(field: FieldInfo) -> str:
    """Description, and whether the field may be left out."""
    if field.is_required():
        note = "Required."
    elif field.default is None:
        note = "Optional."
    else:
        note = f"Default: {toml(field.default)}."
    example = f" Example: {toml(_example(field))}." if field.default == () and field.examples else ""
    return f"{field.description} {note}{example}"


def _example(field: FieldInfo) -> Any:
    return field.examples[0] if field.examples else field.default


def _comment(text: str, mark: str = "# ") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), WIDTH, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False
    )


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, str | Path):
        text = value if isinstance(value, str) else value.as_posix()
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "[" + ", ".join(toml(one) for one in value) + "]"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


# Putting it on disk.


def target_of(path: Path, force: bool) -> Path:
    """The file to write: ``firm.toml`` in a folder, else the path. One that exists is a fault unless forced."""
    target = path / "firm.toml" if path.is_dir() else path
    if target.exists() and not force:
        raise bad(
            "file", str(target), "exists already: name another file, or use --force (the old one is kept as .bak)"
        )
    if not target.parent.is_dir():
        raise bad("file", str(target), f"there is no folder {target.parent}: create it, or name another")
    return target


def write_firm(firm: Firm, target: Path) -> Path | None:
    """Write the firm file whole or not at all; the file that stood there is kept. Returns the copy's name, if any."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(firm_text(firm), encoding="utf-8", newline="\n")
        kept = _keep(target) if target.exists() else None
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = PATH_FAULTS.get(error.errno, f"cannot be written: {error.strerror}")
        raise bad("file", str(target), reason) from None
    return kept


def _keep(target: Path) -> Path:
    """Copy what stood there to the first free ``.bak`` name."""
    names = (target.with_name(f"{target.name}.bak{number or ''}") for number in range(1_000_000))
    kept = next(name for name in names if not name.exists())
    kept.write_bytes(target.read_bytes())
    return kept
