"""``beachhead learn``: write down what is found out and what is sold, and read it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from beachhead.cli import learn_add, learn_files
from beachhead.cli.console import emit_json, firm_argument, json_option, out, say, table, warn
from beachhead.cli.workspace import begun, opened, typed, workspace_option

if TYPE_CHECKING:
    from beachhead.learn.journal import Entry, Result
    from beachhead.store.check import Checkup
    from beachhead.store.workspace import Chosen, Workspace

T = TypeVar("T")
PAGE = 200  # rows of a table; so many are in memory at a time


@click.group(short_help="Write down what you find out and what you sell.")
def learn() -> None:
    """Write down what you find out and what you sell: your journal.

    The journal is kept in the folder FIRM.beachhead beside the firm file, or where --workspace says. Nothing in it is
    ever changed: a correction is a new entry that takes the place of an older one.

    \b
    beachhead learn add firm.toml --channel trade_fair --markets DEU --says better --finding "Two ask for samples"
    beachhead learn import firm.toml journal.csv
    beachhead learn results firm.toml --market DEU --quarter 2026Q2 --sales 18400 --cost 6200
    beachhead beliefs firm.toml
    """


for _command in (learn_add.add, learn_add.supersede, learn_files.import_, learn_files.results, learn_files.export):
    learn.add_command(_command)


# --- list -----------------------------------------------------------------------------------------------------------


@learn.command("list", short_help="Show the journal.")
@firm_argument
@click.option("--channel", default="", help="Only from this source.")
@click.option("--market", default="", help="Only about this market: code or name.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar=learn_add.DAY,
    help="Only what was found out on this day or later.",
)
@click.option("--all", "every", is_flag=True, help="Also what was superseded since.")
@click.option("--results", "show_results", is_flag=True, help="Show what was sold and spent instead.")
@workspace_option
@json_option
def list_(
    firm_path: Path,
    channel: str,
    market: str,
    since: datetime | None,
    every: bool,
    show_results: bool,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Show the journal: what stands, by number.

    \b
    beachhead learn list firm.toml
    beachhead learn list firm.toml --channel trade_fair --market Germany --since 2026-01-01
    beachhead learn list firm.toml --results --json
    """
    chosen = _chosen(channel, market, since, every)
    if not begun(firm_path, workspace):
        _stream("results" if show_results else "entries", ()) if as_json else say(_nothing(firm_path, workspace))
        return
    with opened(firm_path, workspace) as journal:
        if show_results:
            rows = (one for one in journal.results(superseded=every) if chosen.market in ("", one.market))
            _stream("results", rows) if as_json else _show_results(rows)
        elif as_json:
            _stream("entries", journal.entries(chosen))
        else:
            _show_entries(journal, chosen, typed("learn show", firm_path, workspace, "NUMBER"))


def _nothing(firm_path: Path, workspace: str | None) -> str:
    return f"Nothing is written down yet. Begin with: {typed('learn add', firm_path, workspace)}"


def _chosen(channel: str, market: str, since: datetime | None, every: bool) -> Chosen:
    """Which entries to show. An unknown channel or market is a fault."""
    from beachhead.cli.planning import known_market
    from beachhead.evidence.catalogue import load_catalogue
    from beachhead.learn.channels import channel as known_channel
    from beachhead.learn.journal_rules import market_of
    from beachhead.store.workspace import Chosen

    code = known_market(market_of(market), load_catalogue()) if market else ""
    return Chosen(known_channel(channel).id if channel else "", code, since.date() if since else None, every)


def _stream(name: str, rows: Iterable[Entry | Result]) -> None:
    """One JSON document, a row at a time: ``{"schema": …, name: [row, …]}``."""
    import json

    click.echo(f'{{"schema": "beachhead.journal/1", "{name}": [', nl=False)
    for number, row in enumerate(rows):
        said = json.dumps(row.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
        click.echo(("," if number else "") + f"\n  {said}", nl=False)
    click.echo("\n]}")


def _pages(rows: Iterator[T]) -> Iterator[list[T]]:
    while page := list(islice(rows, PAGE)):
        yield page


def _show_entries(journal: Workspace, chosen: Chosen, show_one: str) -> None:
    from beachhead.cli.learn_words import COLUMNS, cells

    console, right = out(), ("No.", "Cost USD")
    for page in _pages(journal.entries(chosen)):
        console.print(table(COLUMNS, [cells(one, console.width) for one in page], right=right))
    count = journal.count(chosen)
    if count:
        say(f"{count:,} {'entry' if count == 1 else 'entries'}. In full: {show_one}")
    else:
        say("No entry is like that.")


def _show_results(rows: Iterator[Result]) -> None:
    from beachhead.cli.learn_words import RESULT_COLUMNS, result_cells

    count = 0
    for page in _pages(rows):
        count += len(page)
        out().print(table(RESULT_COLUMNS, map(result_cells, page), right=("No.", "Sales USD", "Cost USD")))
    if not count:
        say("No result is written down, or none is like that: 'beachhead learn results --help' says how.")


# --- show -----------------------------------------------------------------------------------------------------------


@learn.command(short_help="One entry with its whole history.")
@firm_argument
@click.argument("number", metavar="ID", type=learn_add.Whole(1))
@workspace_option
@json_option
def show(firm_path: Path, number: int, workspace: str | None, as_json: bool) -> None:
    """Show entry ID in full, with what it corrects and what corrects it, the oldest first.

    \b
    beachhead learn show firm.toml 12
    """
    with opened(firm_path, workspace) as journal:
        found = journal.thread(number)
    if as_json:
        _stream("entries", found)
        return
    from beachhead.cli.learn_words import heading, lines

    by_what = {one.supersedes: one.id for one in found if one.supersedes}
    for one in found:
        out().print(heading(one, by_what.get(one.id)), style="bold", markup=False)
        out().print(table(("", ""), lines(one)))


# --- check ----------------------------------------------------------------------------------------------------------


@learn.command(short_help="Whether the journal is whole, and where copies of it lie.")
@firm_argument
@click.option("--backup", is_flag=True, help="Make a copy now. Others are made by themselves as the journal grows.")
@click.option("--restore", "put_back", is_flag=True, help="Put the newest whole copy in the journal's place.")
@click.option("--was", metavar="NAME", help="The firm's former name: its journal goes on under the new one.")
@workspace_option
@json_option
def check(firm_path: Path, backup: bool, put_back: bool, was: str | None, workspace: str | None, as_json: bool) -> None:
    """Read the whole journal: every page of the file, every record; and name the copies that are whole.

    Exit code 2 if something is wrong. With --restore the damaged file is kept under another name.

    \b
    beachhead learn check firm.toml
    beachhead learn check firm.toml --backup
    """
    from beachhead.store.check import check as examine

    _mend(firm_path, workspace, put_back, was)
    with opened(firm_path, workspace) as journal:
        if backup:
            _back_up(journal.place)
        found = examine(journal)
    restore = typed("learn check", firm_path, workspace, "--restore")
    emit_json(_checkup(found)) if as_json else _show_checkup(found, restore)
    if found.troubles:
        raise click.exceptions.Exit(2)


def _mend(firm_path: Path, workspace: str | None, put_back: bool, was: str | None) -> None:
    """Put a copy back, or let the journal go on under another name, if that is wanted."""
    from beachhead.cli.workspace import read_firm
    from beachhead.store.backup import restore
    from beachhead.store.workspace import rename, workspace_of

    place, firm = workspace_of(firm_path, workspace), read_firm(firm_path)
    if put_back:
        copy, aside = restore(place)
        say(f"{copy} is back in its place. What was there is kept as {aside}.")
        warn("what was written down after that copy was made is not in it: look at the last entries and results")
    if was is not None:
        rename(place, was, firm.name)
        say(f"The journal of {was!r} is now that of {firm.name!r}.")


def _back_up(place: str) -> None:
    from beachhead.store.backup import back_up
    from beachhead.store.place import is_url

    if is_url(place):
        warn("a database's copies are its administrator's work (pg_dump); 'beachhead learn export' writes files")
        return
    say(f"A copy is in {back_up(place)}.")


def _checkup(found: Checkup) -> dict[str, Any]:
    return {
        "schema": "beachhead.journal_check/1",
        "place": found.place,
        "ok": not found.troubles,
        "entries": found.entries,
        "results": found.results,
        "troubles": list(found.troubles),
        "backups": [str(path) for path in found.backups],
    }


def _show_checkup(found: Checkup, restore: str) -> None:
    from beachhead.report.learning import some

    console = out()
    held = f"{some(found.entries, 'entry', 'entries')}, {some(found.results, 'result')}"
    console.print(f"{found.place}: {held}, with those superseded.", markup=False, soft_wrap=True)
    console.print("Everything is as it was written." if not found.troubles else "Not everything can be read:")
    for trouble in found.troubles:
        console.print(f"  - {trouble}", markup=False, soft_wrap=True)
    for path in found.backups:
        console.print(f"A whole copy is in {path}.", markup=False, soft_wrap=True)
    if found.troubles and found.backups:
        say(f"To put the newest copy back, and keep the damaged file: {restore}")
