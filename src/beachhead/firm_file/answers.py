"""Answers to the questions of ``beachhead firm new``: as people write them, to the values of a firm file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from beachhead.errors import bad
from beachhead.evidence.catalogue import read_table
from beachhead.firm import Firm
from beachhead.firm_file.countries import find_country
from beachhead.firm_file.languages import find_language
from beachhead.firm_file.source import decode, parse, read_bytes, too_deep
from beachhead.firm_file.words import model_of

SCALE: Final = {"": 1.0, "k": 1e3, "m": 1e6, "%": 0.01}


@dataclass(frozen=True, slots=True)
class Question:
    """A row of ``questions.csv``. ``id`` is the field's path; ``kind`` says how the answer is read."""

    id: str
    kind: str
    ask: str

    @property
    def section(self) -> str:
        """The section of the file, or an empty text for the file's own fields."""
        return self.id.rpartition(".")[0]

    @property
    def field(self) -> str:
        """The field's name in its section."""
        return self.id.rpartition(".")[2]

    @property
    def repeated(self) -> bool:
        """Whether the question belongs to a block that may be given several times."""
        return self.section != "" and is_list(self.section)


def is_list(section: str) -> bool:
    """Whether a section is an array of tables (``[[presence]]``)."""
    return str(Firm.model_fields[section].annotation).startswith("tuple") if section in Firm.model_fields else False


@cache
def questions() -> tuple[Question, ...]:
    """All questions in the order in which they are asked."""
    return tuple(Question(**row) for row in read_table("questions", Path(__file__).parent))


# Reading one answer. What cannot be read is left as it is, so that the check names it.


def read_number(text: str) -> float | str:
    """A number as people write it: ``420,000``, ``420k``, ``1.2m``, ``12 %``, ``0,12``."""
    match = re.fullmatch(r"(-?[\d.,_' ]*\d)\s*([km%]?)", text.strip().casefold().removesuffix("usd").strip())
    if not match:
        return text
    digits = re.sub(r"[_' ]", "", match[1])
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", digits):  # commas between thousands
        digits = digits.replace(",", "")
    try:
        value = float(digits.replace(",", ".")) * SCALE[match[2]]
    except ValueError:
        return text
    return round(value, 10)


def read_fraction(text: str) -> float | str:
    """A fraction, or a number in per cent with or without its sign: ``0.4``, ``40 %``, ``40``."""
    value = read_number(text)
    in_per_cent = isinstance(value, float) and 1 < abs(value) <= 100 and "%" not in text
    return round(value / 100, 10) if in_per_cent and isinstance(value, float) else value


def read_list(text: str) -> list[str]:
    """The parts of a list with commas or semicolons."""
    return [part.strip() for part in re.split(r"[,;]", text) if part.strip()]


def read_country(text: str) -> str:
    """ISO3 of a country given by name or code; otherwise the text itself."""
    country = find_country(text)
    return country.iso3 if country else text


def _whole(text: str) -> float | int | str:
    value = read_number(text)
    return int(value) if isinstance(value, float) and value.is_integer() else value


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "text": str.strip,
    "optional": lambda text: text.strip() or None,
    "choice": lambda text: text.strip().casefold().replace("-", "_").replace(" ", "_"),
    "product": str.strip,
    "number": _whole,
    "optional_number": lambda text: _whole(text) if text.strip() else None,
    "share": read_fraction,
    "degree": read_number,
    "list": read_list,
    "country": read_country,
    "countries": lambda text: [read_country(part) for part in read_list(text)],
    "languages": lambda text: [find_language(part) or part for part in read_list(text)],
}


def read_answer(kind: str, answer: Any) -> Any:
    """The value that an answer means. Lists of texts are read part by part; other values are already values."""
    if isinstance(answer, str):
        return READERS[kind](answer)
    if kind in ("countries", "languages") and isinstance(answer, list) and all(isinstance(a, str) for a in answer):
        return READERS[kind](";".join(answer))
    return answer


# Reading a file of answers.


def read_answers(path: Path) -> dict[str, Any]:
    """A draft of the firm from a TOML or JSON file of answers, by question id (``sales.home_usd``) or by section."""
    text = decode(read_bytes(path), path)
    given = _from_json(text, path) if path.suffix.lower() == ".json" else parse(text, path)
    draft = unflatten(given)
    for question in questions():
        _read_in_place(draft, question)
    return draft


def _from_json(text: str, path: Path) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad("file", "", f"is not JSON: {error}", str(path)) from None
    if not isinstance(given, dict) or not given:
        raise bad("file", "", "must hold one JSON object of answers by question id", str(path))
    if too_deep(given):
        raise bad("file", "", "holds objects or lists too deep for answers", str(path))
    return given


def unflatten(given: Mapping[str, Any]) -> dict[str, Any]:
    """Nested tables from ids with dots: ``{"sales.home_usd": 1}`` → ``{"sales": {"home_usd": 1}}``."""
    draft: dict[str, Any] = {}
    for key, value in given.items():
        section, _, field = key.partition(".")
        if field and isinstance(draft.setdefault(section, {}), dict):
            draft[section][field] = value
        elif isinstance(draft.get(key), dict) and isinstance(value, Mapping):
            draft[key] |= value
        else:
            draft[key] = dict(value) if isinstance(value, Mapping) else value
    return draft


def _read_in_place(draft: dict[str, Any], question: Question) -> None:
    """Replace the answer to one question by its value, in every block where it stands; no answer leaves no field."""
    holder = draft.get(question.section) if question.section else draft
    for table in holder if isinstance(holder, list) else [holder]:
        if isinstance(table, dict) and question.field in table:
            table[question.field] = read_answer(question.kind, table[question.field])
            if table[question.field] is None:
                del table[question.field]


def first_of(section: str) -> str:
    """The field of a repeated block that is asked first; an empty answer ends the blocks."""
    return next(question.field for question in questions() if question.section == section)


def known_fields(section: str) -> set[str]:
    """Names of a section's fields, for tests that hold the questions against the model."""
    model = model_of(Firm.model_fields[section].annotation) if section else Firm
    return set(model.model_fields) if model else set()
