"""The questions of ``beachhead learn add``, asked one by one; an answer that cannot be used is asked for again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import click

from beachhead.cli.wizard import tell
from beachhead.errors import InputError
from beachhead.learn.channels import channel_ids, channels
from beachhead.learn.journal import Entry
from beachhead.learn.journal_rules import record_of

COMPARISONS: Final = ("better", "alike", "worse")
ANYTHING: Final = {"channel": channel_ids()[0], "finding": "…"}  # stands for what is not yet asked
Draft = dict[str, str]


def ask(given: Mapping[str, str], today: date) -> Draft:
    """Ask for what an entry needs and ``given`` does not say; each answer is one that can be used."""
    tell("Enter leaves out what is optional. Ctrl-C ends; nothing is written.")
    draft = dict(given)
    _ask(draft, "channel", _channel, today)
    _ask(draft, "markets", lambda: _text("About which markets? (names or codes joined by ;)"), today)
    _ask(draft, "finding", lambda: _text("What did you find?", needed=True), today)
    if draft["markets"] and not {"estimate_usd", "says", "chance"} & set(draft):
        _ask_figure(draft, today)
    if "estimate_usd" in draft:
        _ask(draft, "sd_log", _sure, today)
    _ask(draft, "cost_usd", lambda: _text("What did finding it out cost, in USD? (0 if nothing)"), today)
    return draft


def _ask(draft: Draft, field: str, prompt: Callable[[], str], today: date) -> None:
    """Ask for one field until the answer stands the check."""
    while field not in draft:
        answer = prompt()
        try:
            record_of(Entry, {"date": today.isoformat(), **ANYTHING, **draft, field: answer}, today)
            draft[field] = answer
        except InputError as error:
            tell("  " + "; ".join(f"{fault.value}: {fault.remedy}".removeprefix(": ") for fault in error.faults))


def _text(question: str, *, needed: bool = False) -> str:
    while True:
        answer = str(click.prompt(question, default="", show_default=False, prompt_suffix=" ", err=True)).strip()
        if answer or not needed:
            return answer
        tell("  This is needed.")


def _channel() -> str:
    """One of the channels, by its number in a list or by its id."""
    for number, one in enumerate(channels(), 1):
        tell(f"  {number:2} {one.name}")
    while (answer := _text("From which source? (its number)", needed=True)).isdecimal():
        if 0 < int(answer) <= len(channel_ids()):
            return channel_ids()[int(answer) - 1]
        tell(f"  Write a number from 1 to {len(channel_ids())}.")
    return answer


def _ask_figure(draft: Draft, today: date) -> None:
    """A figure or a comparison; neither is an answer too."""
    question = "A figure in USD of what you could sell there in a year; or better, alike or worse"
    while True:
        answer = _text(question + "?").casefold()
        if not answer:
            return
        field = "says" if answer in COMPARISONS else "estimate_usd"
        try:
            record_of(Entry, {"date": today.isoformat(), **ANYTHING, **draft, field: answer}, today)
        except InputError as error:
            tell("  " + "; ".join(fault.remedy for fault in error.faults))
            continue
        draft[field] = answer
        break
    if "says" in draft:
        _ask(draft, "than", lambda: _text("Than which market? (Enter: than expected)"), today)


def _sure() -> str:
    """How sure: per cent, two times in three, as the sd of the logarithm."""
    while True:
        answer = _text("Within how many per cent, two times in three? (Enter: as usual for such a source)")
        try:
            share = float(answer.removesuffix("%").strip().replace(",", ".")) / 100 if answer else 0.0
        except ValueError:
            share = -1.0
        if not answer:
            return ""
        if share > 0:
            return f"{math.log1p(share):.4g}"
        tell("  Write a number above 0, such as 30.")
