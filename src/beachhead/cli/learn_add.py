"""``beachhead learn add`` and ``supersede``: one entry, by options or by answers to questions."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say
from beachhead.cli.workspace import opened, read_firm, say_next, workspace_option
from beachhead.learn.journal_columns import columns

if TYPE_CHECKING:
    from beachhead.learn.journal import Entry
    from beachhead.store.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])
FILES_ONLY = ("id", "supersedes")  # columns that are no options
SCHEMA = "beachhead.entry/1"
DAY = "YYYY-MM-DD"
METAVARS = {"date": DAY, "choice": "ID", "list": "KINDS", "prose": "TEXT", "line": "TEXT", "plain": "NUMBER"}


class Whole(click.IntRange):
    """A whole number, and in words that say so."""

    name = "whole number"


def metavar(kind: str) -> str:
    """What stands for a value of this kind in the help."""
    return METAVARS.get(kind, kind.upper())


def entry_options(command: Command) -> Command:
    """Add an option for every field of an entry; those that were given come as one draft of texts by field."""
    for name, column in reversed(columns("entry").items()):
        if name not in FILES_ONLY:
            flag = "--" + name.removesuffix("_usd").replace("_", "-")
            command = click.option(flag, name, metavar=metavar(column.kind), help=f"{column.what}.")(command)
    return command


def as_of_option(command: Command) -> Command:
    """Add ``--as-of`` (parameter ``as_of``): the day that counts as today."""
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar=DAY,
        callback=lambda _, __, given: given.date() if isinstance(given, datetime) else date.today(),
        help="The day that counts as today; nothing may be dated later [today].",
    )(command)


@click.command(short_help="Write down one thing that you found out.")
@firm_argument
@entry_options
@as_of_option
@workspace_option
@json_option
def add(firm_path: Path, as_of: date, workspace: str | None, as_json: bool, **given: str | None) -> None:
    """Write down one thing that you found out. Without --channel you are asked, step by step.

    An entry may carry a figure (--estimate; with --about hazard a --chance) or a comparison (--says, --than), or
    neither: then it adds to what you know and moves no belief. Sums may be written 120k.

    \b
    beachhead learn add firm.toml
    beachhead learn add firm.toml --channel peers_consulted --markets "DEU;NLD" --estimate 120k --cost 300 \\
        --finding "Two peers sell about that much there"
    beachhead learn add firm.toml --channel trade_fair --markets Austria --says better --than DEU \\
        --finding "More visitors from Vienna than from Munich"
    """
    read_firm(firm_path)  # its faults come first
    draft = {name: text for name, text in given.items() if text is not None}
    if "channel" not in draft and at_terminal():
        from beachhead.cli.learn_ask import ask

        draft = ask(draft, as_of)
    entry = _read({"date": as_of.isoformat(), **draft}, as_of)
    believed = _believed(firm_path, workspace, entry)
    with opened(firm_path, workspace, create=True) as journal:
        (number,) = journal.add([entry], believed=believed)
        _confirm(number, journal, as_json)
    say_next(firm_path, workspace)


@click.command(short_help="Correct an entry: the new one takes its place.")
@firm_argument
@click.argument("number", metavar="ID", type=Whole(1))
@entry_options
@as_of_option
@workspace_option
@json_option
def supersede(
    firm_path: Path, number: int, as_of: date, workspace: str | None, as_json: bool, **given: str | None
) -> None:
    """Correct entry ID: a new entry takes its place, and the old one stays to be seen.

    What you do not name stays as it was; an empty text ("") takes it away.

    \b
    beachhead learn supersede firm.toml 12 --estimate 90k
    beachhead learn supersede firm.toml 12 --estimate "" --says worse
    """
    from beachhead.learn.journal_files import cells

    draft = {name: text for name, text in given.items() if text is not None}
    if not draft:
        raise click.UsageError("Say what changes, such as --estimate 90k.")
    with opened(firm_path, workspace) as journal:
        old = next(one for one in journal.thread(number) if one.id == number)
        kept = {name: text for name, text in cells(old).items() if name not in FILES_ONLY}
        entry = _read({**kept, **draft}, as_of)
        new = journal.supersede(number, entry, believed=_believed(firm_path, workspace, entry))
        _confirm(new, journal, as_json)
    say(f"It takes the place of entry {number}.")
    say_next(firm_path, workspace)


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty()


def _read(draft: Mapping[str, str], today: date) -> Entry:
    from beachhead.learn.journal import Entry
    from beachhead.learn.journal_rules import record_of

    return record_of(Entry, draft, today)


def _confirm(number: int, journal: Workspace, as_json: bool) -> None:
    """Say on stdout what is written by now."""
    if as_json:
        written = next(one for one in journal.thread(number) if one.id == number)
        emit_json({"schema": SCHEMA, "id": number, "entry": written.model_dump(mode="json")})
    else:
        out().print(f"Entry {number} is written.")


def _believed(firm_path: Path, workspace: str | None, entry: Entry) -> Mapping[str, float]:
    """The middle of what is believed now of every market's potential, in USD, if the entry compares with that."""
    from beachhead.learn.journal_rules import with_expected

    if with_expected(entry, dict.fromkeys(entry.markets, 1.0)) is entry:
        return {}
    import numpy as np

    from beachhead import flow
    from beachhead.cli.planning import READING, read_firm_and_evidence
    from beachhead.cli.workspace import journal_of

    with progress(READING):
        firm, evidence = read_firm_and_evidence(firm_path)
        journal = journal_of(firm_path, workspace)
    with progress("Looking up what you expect now"):
        learnt = flow.learn_from(firm, evidence, flow.select_markets(firm, evidence, draws=100), journal)
    middles = np.exp(learnt.potential.mean).tolist()
    return dict(zip(learnt.potential.markets, middles, strict=True))
