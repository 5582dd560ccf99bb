"""The questions of ``beachhead firm new``, asked one by one; an answer that cannot be used is asked for again."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import click
from pydantic.fields import FieldInfo

from beachhead.cli.console import printable
from beachhead.errors import Fault
from beachhead.firm_file.answers import Question, first_of, questions, read_answer, read_number
from beachhead.firm_file.read import check_draft
from beachhead.firm_file.words import choices_of, field_at, model_of
from beachhead.firm_file.write import toml
from beachhead.products import products, search

SHOWN = 6  # products offered for a choice
MAX_BLOCKS = 50  # countries, contacts … one after the other

# Where a fault shows that an answer brings about elsewhere in the file, by question.
ELSEWHERE = {
    "sells.share": "sells",
    "pin.market": "pace.most_markets",
    "pin.quarter": "pace.launches_at_once",
    "committed.market": "pace.most_markets",
    "committed.quarter": "pace.launches_at_once",
}


def ask_all() -> dict[str, Any]:
    """Ask every question; the answers are a draft in which each is valid. Prompts go to stderr."""
    tell("Enter takes the value in [brackets], or leaves out what is optional. Ctrl-C ends; nothing is written.")
    draft: dict[str, Any] = {}
    for section, group in groupby(questions(), key=lambda question: question.section):
        asked = list(group)
        tell("\n" + (_heading(section) if section else "The firm"))
        if asked[0].repeated:
            _ask_blocks(draft, section, asked)
        else:
            _ask_table(draft, draft.setdefault(section, {}) if section else draft, asked, section)
    return draft


def tell(text: str) -> None:
    """A line to the person at the terminal."""
    click.echo(printable(text), err=True)


def _heading(section: str) -> str:
    field = field_at((section,))
    model = model_of(field.annotation) if field else None
    return (model.__doc__ or section).split("\n")[0] if model else section


def _ask_table(draft: dict[str, Any], table: dict[str, Any], asked: list[Question], path: str) -> None:
    """Ask for each field of one section or block, into ``table``, which is a part of ``draft``."""
    for question in asked:
        _ask(draft, table, question, f"{path}.{question.field}" if path else question.field)


def _ask_blocks(draft: dict[str, Any], section: str, asked: list[Question]) -> None:
    """Ask for block after block until the first question of one is left empty."""
    blocks: list[dict[str, Any]] = draft.setdefault(section, [])
    needed = _required((section,))
    while len(blocks) < MAX_BLOCKS:
        block: dict[str, Any] = {}
        blocks.append(block)
        path = f"{section}[{len(blocks) - 1}]"
        _ask(draft, block, asked[0], f"{path}.{asked[0].field}", may_end=len(blocks) > 1 or not needed)
        if first_of(section) not in block:
            blocks.pop()
            return
        _ask_table(draft, block, asked[1:], path)


def _required(loc: tuple[str, ...]) -> bool:
    field = field_at(loc)
    return bool(field and field.is_required())


def _ask(draft: dict[str, Any], table: dict[str, Any], question: Question, path: str, may_end: bool = False) -> None:
    """Ask one question until its answer stands the check; the answer is put into ``table``."""
    field = field_at((question.section, question.field) if question.section else (question.field,))
    assert field is not None  # the questions are held against the model by a test
    while True:
        answer = _prompt(question, field, may_end)
        if answer == "" and (may_end or not field.is_required()):
            return
        if answer == "":
            tell(f"  This is needed{_zero(field)}.")
            continue
        value = _pick_product(answer) if question.kind == "product" else read_answer(question.kind, answer)
        if value is None:
            continue
        table[question.field] = value
        faults = [fault for fault in check_draft(draft, Path()).faults if _is_of(fault, path, question)]
        if not faults:
            _say_how_read(question, answer, value)
            return
        del table[question.field]
        tell("  " + "\n  ".join(_said(fault, path, answer) for fault in faults))


def _zero(field: FieldInfo) -> str:
    """That 0 is an answer, where it is one."""
    return "; 0 if there is none" if any(getattr(limit, "ge", None) == 0 for limit in field.metadata) else ""


def _say_how_read(question: Question, answer: str, value: Any) -> None:
    """Tell that a bare number was taken for per cent."""
    if question.kind == "share" and read_number(answer) != value:
        tell(f"  Read as {100 * value:g} %.")


def _is_of(fault: Fault, path: str, question: Question) -> bool:
    """Whether a fault is about this answer, or comes of it."""
    return fault.field in (path, ELSEWHERE.get(question.id)) or fault.field.startswith(f"{path}[")


def _said(fault: Fault, path: str, answer: str) -> str:
    """The fault as told at the question; one of another field is told with that field's name."""
    return f"{fault.value or answer} {fault.remedy}" if fault.field.startswith(path) else str(fault)


def _prompt(question: Question, field: FieldInfo, may_end: bool) -> str:
    """One prompt, with its choices numbered and its default in brackets."""
    choices = choices_of(field.annotation) if question.kind == "choice" else []
    for number, choice in enumerate(choices, 1):
        tell(f"  {number} {choice.replace('_', ' ')}")
    default = "" if field.is_required() or field.default in (None, ()) else _plain(field.default)
    text = question.ask + (" (Enter to go on)" if may_end else "")
    answer = str(click.prompt(text, default=default, show_default=bool(default), err=True)).strip()
    return choices[int(answer) - 1] if answer.isdecimal() and 0 < int(answer) <= len(choices) else answer


def _plain(value: object) -> str:
    return value if isinstance(value, str) else toml(value)


def _pick_product(answer: str) -> str | None:
    """A code as it is; words are searched for and one product is chosen; None to ask again."""
    if answer in products() or answer.startswith("user:"):
        return answer
    hits = search(answer, SHOWN)
    if not hits:
        tell("  Nothing is found: use other or fewer words, in English.")
        return None
    for number, hit in enumerate(hits, 1):
        tell(f"  {number} {hit.product.code:14} {hit.product.name[:90]}")
    choice = click.prompt("Which one? (0 to search again)", type=click.IntRange(0, len(hits)), default=1, err=True)
    return hits[choice - 1].product.code if choice else None
