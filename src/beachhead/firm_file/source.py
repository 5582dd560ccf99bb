"""From a path to nested tables: everything that can be wrong with a file before its fields are looked at."""

from __future__ import annotations

import errno
import json
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from beachhead.errors import InputError, bad

MAX_BYTES: Final = 1_000_000  # a firm file is a few thousand; more is another kind of file
MAX_DEPTH: Final = 8  # tables within tables; a firm file has three
HELP: Final = "'beachhead firm new' writes a file to start from"

# What the system says of a path that cannot be read.
PATH_FAULTS: Final[dict[int | None, str]] = {
    errno.ENOENT: f"there is no such file: check the name ({HELP})",
    errno.ENOTDIR: f"there is no such file: check the name ({HELP})",
    errno.EACCES: "may not be read: change its permissions",
    errno.EPERM: "may not be read: change its permissions",
    errno.EISDIR: f"is a folder: name the firm file in it ({HELP})",
    errno.ELOOP: "is a link that leads back to itself: name the file itself",
    errno.ENAMETOOLONG: "is too long to be a file name: check the name",
}


def read_tables(path: Path) -> dict[str, Any]:
    """The tables of a TOML file, not yet checked. Raises InputError with one fault if there are none."""
    text = decode(read_bytes(path), path)
    return parse(text, path)


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file of at most ``limit`` bytes; a larger one is refused before it is read."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, "is a directory")
        if not stat.S_ISREG(found.st_mode):
            raise bad("file", str(path), f"is a device or a pipe, not a file: name a file ({HELP})")
        if found.st_size > limit:
            raise _too_large(path, f"{found.st_size:,} bytes", limit)
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except ValueError:  # a NUL character in the path
        raise bad("file", ascii(str(path)), "is not a file name: check the name") from None
    except OSError as error:
        raise bad("file", str(path), PATH_FAULTS.get(error.errno, f"cannot be read: {error.strerror}")) from None
    if len(data) > limit:  # it grew while it was read, or the system does not know its size
        raise _too_large(path, "", limit)
    return data


def _too_large(path: Path, size: str, limit: int) -> InputError:
    return bad("file", size, f"is too large for this kind of file (at most {limit:,} bytes): {HELP}", str(path))


def decode(data: bytes, path: Path) -> str:
    """UTF-8 text; a byte order mark, as some editors write it, is left out."""
    where = str(path)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise bad("file", "", "is written in UTF-16: save it as UTF-8", where)
    if b"\x00" in data:
        raise bad("file", "", f"is not a text file: it holds NUL bytes ({HELP})", where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        remedy = f"holds a byte (0x{data[error.start]:02x}) that is not UTF-8: save the file as UTF-8"
        raise bad(f"line {line}", "", remedy, where) from None


def parse(text: str, path: Path) -> dict[str, Any]:
    """The tables of a TOML text."""
    where = str(path)
    try:
        tables = tomllib.loads(text)
    except RecursionError:
        raise bad("file", "", f"holds lists within lists too deep to read ({HELP})", where) from None
    except ValueError as error:  # TOMLDecodeError, or an integer with too many digits
        raise _syntax_fault(text, str(error), where) from None
    if not tables:
        raise bad("file", "", f"is empty: {HELP}", where)
    if too_deep(tables):
        raise bad("file", "", f"holds tables or lists more than {MAX_DEPTH} deep ({HELP})", where)
    return tables


def too_deep(tables: Mapping[str, Any]) -> bool:
    """Whether tables and lists are nested deeper than any firm file needs."""
    level: list[Any] = [tables]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
            if isinstance(inner, Mapping | list)
        ]
    return bool(level)


# Telling what a file is that is not TOML.


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        return text.lstrip().startswith("{")
    return True


def _is_yaml(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    pairs = [line for line in lines if re.match(r"\s*(- )?[\w\" -]{1,80}:(\s|$)", line)]
    return text.startswith("---") or (bool(lines) and len(pairs) * 2 > len(lines))


def _is_csv(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    return not re.match(r'(\[|["\w.-]+\s*=)', first) and any(mark in first for mark in ",;\t")


OTHER_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "JSON": _is_json,
    "HTML or XML": lambda text: text.lstrip().startswith("<"),
    "YAML": _is_yaml,
    "CSV": _is_csv,
}

# How tomllib begins its messages, and the same in plain words.
SYNTAX: Final[dict[str, str]] = {
    "Expected '=' after a key": "a field is written name = value",
    "Invalid value": 'the value is missing or not valid: text stands in "quotes", 1,000 is written 1000 or 1_000',
    "Cannot overwrite a value": "this field is given twice: keep one of the two",
    "Duplicate inline table key": "this field is given twice: keep one of the two",
    "Cannot declare": "this section is given twice: join the two, or write [[name]] if it may be repeated",
    "Cannot mutate": "this section is given twice: join the two",
    "Cannot redefine namespace": "this section is given twice: join the two",
    "Illegal character": "a text must end with a quote on the line on which it begins",
    "Unterminated string": "a text must end with a quote",
    "Expected newline or end of document": 'one field a line, text in "quotes", and 1,000 written 1000 or 1_000',
    "Unclosed array": "a list must end with ]",
    "Expected ']'": "a section is written [name] or [[name]]",
    "Expected ']]'": "a section is written [name] or [[name]]",
    "Invalid initial character for a key part": "a name is made of letters, digits, - and _",
    "Invalid statement": "a line is name = value, [section] or # comment",
    "Unescaped '\\' in a string": "a backslash in a text is written twice: \\\\",
    "Exceeds the limit": "the number has too many digits: correct it",
}


def _syntax_fault(text: str, message: str, where: str) -> InputError:
    """The fault of a text that is not TOML: what it is instead, or where it goes wrong."""
    for name, looks_like in OTHER_FORMATS.items():
        if looks_like(text):
            return bad("file", "", f"looks like {name}; a firm file is TOML ({HELP})", where)
    words = next((words for start, words in SYNTAX.items() if message.startswith(start)), message)
    at = re.search(r"at line (\d+), column (\d+)", message)
    lines = text.splitlines() or [""]
    row = int(at[1]) if at else len(lines)  # "at end of document", or a number beyond reading
    place = f"line {at[1]}, column {at[2]}" if at else "file"
    shown = lines[min(row, len(lines)) - 1].strip() if at else ""
    return bad(place, shown, words, where)
