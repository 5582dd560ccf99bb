"""``beachhead learn import``, ``results`` and ``export``: the journal as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say, warn
from beachhead.cli.learn_add import as_of_option, metavar
from beachhead.cli.workspace import opened, read_firm, say_next, workspace_option
from beachhead.learn.journal_columns import columns

if TYPE_CHECKING:
    from beachhead.learn.journal import Entry, Result
    from beachhead.learn.journal_files import Lines
    from beachhead.store.workspace import Added, Workspace

Command = TypeVar("Command", bound=Callable[..., Any])
SCHEMA = "beachhead.import/1"


@click.command("import", short_help="Take in a file of entries.")
@firm_argument
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@as_of_option
@workspace_option
@json_option
def import_(firm_path: Path, path: Path, dry_run: bool, as_of: date, workspace: str | None, as_json: bool) -> None:
    """Take in a CSV file of entries: all of it, or nothing if there is a fault in it.

    Columns that must be there: date, channel, markets (codes or names joined by ;), knowledge, growth_path, finding,
    estimate_usd, sd_log, cost_usd. A row that is in the journal already is not added again. Every fault is named with
    its line.

    \b
    beachhead learn import firm.toml journal.csv --dry-run
    beachhead learn import firm.toml journal.csv
    """
    from beachhead.learn.journal import Entry
    from beachhead.learn.journal_files import Lines

    lines = Lines(path, Entry, as_of)
    _take_in(firm_path, workspace, lines, dry_run=dry_run, as_json=as_json)


def result_options(command: Command) -> Command:
    """Add an option for every field of a result."""
    for name, column in reversed(columns("result").items()):
        flag = "--" + name.removesuffix("_usd").replace("_", "-")
        if column.kind == "bool":
            command = click.option(flag, name, is_flag=True, help=f"{column.what}.")(command)
        elif name != "id":
            command = click.option(flag, name, metavar=metavar(column.kind), help=f"{column.what}.")(command)
    return command


@click.command(short_help="Write down what you sold and spent.")
@firm_argument
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@result_options
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@as_of_option
@workspace_option
@json_option
def results(
    firm_path: Path,
    path: Path | None,
    left: bool,
    dry_run: bool,
    as_of: date,
    workspace: str | None,
    as_json: bool,
    **given: str | None,
) -> None:
    """Write down what you sold and spent, by market and quarter: one by options, or a CSV file of them.

    Columns that must be there: market, quarter, sales_usd, cost_usd; mode and left (yes or no) may be. Of two results
    for one market and quarter the later stands.

    \b
    beachhead learn results firm.toml --market DEU --quarter 2026Q2 --sales 18400 --cost 6200 --mode ecommerce
    beachhead learn results firm.toml results.csv
    """
    from beachhead.learn.journal import Result
    from beachhead.learn.journal_files import Lines

    draft = {name: text for name, text in given.items() if text is not None} | ({"left": "yes"} if left else {})
    if bool(draft) == (path is not None):
        raise click.UsageError("Give either a FILE, or one result by --market, --quarter, --sales and --cost.")
    if path is not None:
        lines = Lines(path, Result, as_of)
        _take_in(firm_path, workspace, lines, dry_run=dry_run, as_json=as_json)
        _warn_unfinished({one.quarter for _, one in lines}, as_of)
    else:
        _take_in_one(firm_path, workspace, draft, as_of, dry_run=dry_run, as_json=as_json)
        _warn_unfinished({draft["quarter"].strip().upper()}, as_of)


def _warn_unfinished(quarters: set[str], today: date) -> None:
    """A quarter that still runs counts as a whole one: its sales look too low."""
    from beachhead.quarters import quarter_name, quarter_number

    running = quarter_name(quarter_number(today.isoformat()))
    if running in quarters:
        warn(
            f"{running} is not over, but its sales count as those of a whole quarter: write them down again when it is"
        )


def _take_in(
    firm_path: Path, workspace: str | None, lines: Lines[Entry] | Lines[Result], *, dry_run: bool, as_json: bool
) -> None:
    """Read a whole file for faults, then add what is new; nothing is written before the file is known to be good."""
    read_firm(firm_path)
    with progress(f"Reading {lines.path.name}"):
        count = lines.check()
    with progress(f"Taking in {count:,} rows"):
        added = _added(firm_path, workspace, lines, count, dry_run)
    _report(added, firm_path, workspace, dry_run=dry_run, as_json=as_json)


def _added(firm_path: Path, workspace: str | None, lines: Any, count: int, dry_run: bool) -> Added:
    """What became of the rows; a dry run begins no workspace."""
    from beachhead.learn.journal import Entry
    from beachhead.store.workspace import Added, exists, workspace_of

    if dry_run and not exists(workspace_of(firm_path, workspace)):
        return Added(1 if count else 0, count, 0)
    with opened(firm_path, workspace, create=not dry_run) as journal:
        take = journal.add_new if lines.kind is Entry else journal.add_new_results
        return take(lines, dry_run=dry_run)


def _report(added: Added, firm_path: Path, workspace: str | None, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        found = {"added": added.count, "first": added.first, "last": added.last if added.count else 0}
        emit_json({"schema": SCHEMA, **found, "already": added.already, "dry_run": dry_run})
    else:
        verb = "would be added" if dry_run else "added"
        out().print(f"{added.count:,} {verb}{_numbers(added)}{_already(added)}.")
    if not dry_run:
        say_next(firm_path, workspace)


def _numbers(added: Added) -> str:
    if added.count < 2:
        return f" (number {added.first})" if added.count else ""
    return f" (numbers {added.first} to {added.last})"


def _already(added: Added) -> str:
    return f"; {added.already:,} {'was' if added.already == 1 else 'were'} there already"


def _take_in_one(
    firm_path: Path, workspace: str | None, draft: Mapping[str, str], as_of: date, *, dry_run: bool, as_json: bool
) -> None:
    """One result; the same as stands for that market and quarter is not written twice."""
    from beachhead.learn.journal import Result
    from beachhead.learn.journal_rules import record_of
    from beachhead.store.workspace import Added

    read_firm(firm_path)
    one = record_of(Result, draft, as_of)
    if dry_run:
        _report(Added(1, 1, 0), firm_path, workspace, dry_run=True, as_json=as_json)
        return
    with opened(firm_path, workspace, create=True) as journal:
        known = any(one == there.model_copy(update={"id": 0}) for there in journal.results())
        number = 0 if known else journal.add_results([one])[0]
        _report(Added(number, number, int(known)), firm_path, workspace, dry_run=False, as_json=as_json)


@click.command(short_help="Write the journal to a file.")
@firm_argument
@click.option("--format", "form", type=click.Choice(["csv", "jsonld"]), default="csv", show_default=True, help="How.")
@click.option("--results", "of_results", is_flag=True, help="With csv: what was sold and spent, instead of entries.")
@click.option("--out", "path", type=click.Path(path_type=Path), help="The file to write [stdout].")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@workspace_option
def export(firm_path: Path, form: str, of_results: bool, path: Path | None, force: bool, workspace: str | None) -> None:
    """Write the whole journal, also what was superseded, as CSV or as JSON-LD (schema.org and PROV-O terms).

    A CSV file gives the same journal when it is imported into an empty one. JSON-LD holds entries and results.

    \b
    beachhead learn export firm.toml --out journal.csv
    beachhead learn export firm.toml --format jsonld --out journal.jsonld
    """
    from beachhead.learn import journal_files

    name = read_firm(firm_path).name
    with opened(firm_path, workspace) as journal:
        count = journal_files.export(path, _writer(journal, name, form, of_results), force=force)
    say(f"{count:,} records written{f' to {path}' if path else ''}.")


def _writer(journal: Workspace, name: str, form: str, of_results: bool) -> Callable[[Any], int]:
    """What writes the wanted records in the wanted form."""
    from beachhead.learn.journal import Entry, Result
    from beachhead.learn.journal_files import write_csv, write_jsonld
    from beachhead.store.questions import EVERY

    if form == "jsonld":
        return lambda file: write_jsonld(name, journal.entries(EVERY), journal.results(superseded=True), file)
    if of_results:
        return lambda file: write_csv(journal.results(superseded=True), Result, file)
    return lambda file: write_csv(journal.entries(EVERY), Entry, file)
