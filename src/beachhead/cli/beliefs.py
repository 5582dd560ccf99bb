"""``beachhead beliefs``: what is now believed of each market, what was before, and what moved it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, say
from beachhead.cli.workspace import typed, workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.learn.journal import About
    from beachhead.learn.result import Learnt
    from beachhead.select.result import Selection

SCHEMA = "beachhead.beliefs/1"
MOST = 10  # markets shown where none is named
FEW = 100  # draws: the order of the markets and what is believed of them do not hang on it


@click.command(short_help="What you now believe of each market, and why.")
@firm_argument
@click.argument("codes", nargs=-1, metavar="[MARKET]…")
@click.option(
    "--about",
    type=click.Choice(["potential", "entry_cost", "hazard"]),
    default="potential",
    show_default=True,
    help="Sales a year once established, the cost of entry, or the rate of leaving.",
)
@click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture to this SVG file too.")
@workspace_option
@json_option
def beliefs(
    firm_path: Path, codes: tuple[str, ...], about: About, chart: Path | None, workspace: str | None, as_json: bool
) -> None:
    """Show what your journal makes of each market: before and now, and how much each entry has moved it.

    Without a MARKET those that have moved most; with one or more, everything that moved each of them. Low, middle and
    high: in eight cases of ten the truth lies between the first and the last. What moved a market adds up to the change
    of its middle.

    \b
    beachhead beliefs firm.toml
    beachhead beliefs firm.toml DEU Austria
    beachhead beliefs firm.toml --about entry_cost --json
    """
    from beachhead.cli.planning import known_market
    from beachhead.evidence.catalogue import load_catalogue
    from beachhead.report.learning import beliefs_dict

    wanted = list(dict.fromkeys(known_market(code, load_catalogue()) for code in codes))
    selection, learnt = _learnt(firm_path, workspace)
    rows = _rows(selection, wanted)
    if chart:
        _draw(selection, learnt, about, rows, chart)
    if as_json:
        names = dict(zip(selection.markets, selection.names, strict=True))
        shown = rows or range(len(selection.markets))
        emit_json({"schema": SCHEMA, "firm": selection.firm.name, **beliefs_dict(learnt, names, about, shown)})
        return
    console = out()
    if rows:
        _show_some(selection, learnt, about, rows, console)
    else:
        _show_all(selection, learnt, about, typed("learn add", firm_path, workspace), console)


def _learnt(firm_path: Path, workspace: str | None) -> tuple[Selection, Learnt]:
    """The selection as it is before learning, and what was learnt."""
    from beachhead import flow
    from beachhead.cli.console import progress
    from beachhead.cli.planning import READING, journal_for, read_firm_and_evidence
    from beachhead.learn.journal import EMPTY

    with progress(READING):
        firm, evidence = read_firm_and_evidence(firm_path)
        journal = journal_for(firm, firm_path, workspace) or EMPTY
    with progress("Weighing what you have found out"):
        selection = flow.select_markets(firm, evidence, draws=FEW)
        return selection, flow.learn_from(firm, evidence, selection, journal)


def _rows(selection: Selection, wanted: list[str]) -> list[int]:
    """Rows of the markets named; one that is not ranked is a fault that says why."""
    from beachhead.errors import bad

    for market in wanted:
        if market not in selection.markets:
            gone = next((x.reason for x in selection.excluded if x.market == market), "it is not ranked")
            raise bad("market", market, f"nothing is believed of it: {gone}")
    return [selection.row(market) for market in wanted]


def _show_all(selection: Selection, learnt: Learnt, about: About, begin: str, console: Console) -> None:
    """The markets that moved most, what does not fit, what channels turned out to be, and revisions."""
    from rich.text import Text

    from beachhead.report import learning as words
    from beachhead.report.words import sentence

    names = dict(zip(selection.markets, selection.names, strict=True))
    if not learnt.journal:
        console.print(f"Nothing is written down yet. Begin with: {begin}", markup=False, soft_wrap=True)
        return
    found = words.most_moved(learnt, about, names, None)
    console.print(Text(f"From {words.counted(learnt)}.", style="bold"))
    if not found:
        console.print(f"None of it moves what is believed of any market's {words.ABOUT_WORDS[about]}.")
    _print_tables(words.beliefs_tables(learnt, names, about, found[:MOST]), console)
    for line in (*words.spread_line(learnt, found), *words.unheard(learnt)):
        console.print(Text(f"\n{sentence(line)}"))
    if len(found) > MOST:
        say(f"{len(found) - MOST} more markets moved: name one, or use --json for all.")


def _show_some(selection: Selection, learnt: Learnt, about: About, rows: list[int], console: Console) -> None:
    """Each market with everything that moved it."""
    from rich.text import Text

    from beachhead.report import learning as words
    from beachhead.report import tables_learning as tables
    from beachhead.report.terminal import bullets, show_table

    names = dict(zip(selection.markets, selection.names, strict=True))
    for m in rows:
        one = words.moved(words.belief_of(learnt, about), names, m)
        console.print(Text(f"{one.name}: {words.ABOUT_WORDS[about]}", style="bold"))
        console.print(bullets(list(words.change_lines(one, about))))
        if one.parts:
            show_table(tables.sources(one.parts, learnt.journal, names), console)
        here = tuple(flag for flag in learnt.flags if flag.market == one.market)
        if here:
            show_table(tables.flags(here, names, learnt), console)
        console.print()


def _print_tables(found: list[Any], console: Console) -> None:
    from beachhead.report.terminal import show_table

    for table in found:
        if table.rows:
            console.print()
            show_table(table, console)


def _draw(selection: Selection, learnt: Learnt, about: About, rows: list[int], target: Path) -> None:
    """The picture of before and now."""
    from beachhead.charts.render import svg
    from beachhead.errors import bad
    from beachhead.report.learning import belief_figure

    names = dict(zip(selection.markets, selection.names, strict=True))
    figure = belief_figure(learnt, names, about, rows)
    if figure is None:
        raise bad("--chart", str(target), "nothing has moved, so there is nothing to draw: name a market")
    try:
        target.write_text(svg(figure.spec, figure.name, figure.title, figure.says) + "\n", encoding="utf-8")
    except OSError as error:
        raise bad("--chart", str(target), f"cannot be written ({error.strerror})") from None
    say(f"Written: {target}")
