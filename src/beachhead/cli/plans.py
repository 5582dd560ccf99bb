"""``beachhead plans``: plans that were made, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.report.diff_words import Section


@click.group(short_help="Compare plans.")
def plans() -> None:
    """Compare plans: what differs between two, and because of what."""


@plans.command("diff", short_help="What differs between two plans, and why.")
@click.argument("path_a", metavar="A", type=click.Path(path_type=Path))
@click.argument("path_b", metavar="B", type=click.Path(path_type=Path))
@json_option
def diff(path_a: Path, path_b: Path, as_json: bool) -> None:
    """Put two plans side by side: what went in, which moves differ, what holds each back, gates, worth and risk.

    A and B are a plan's folder, its result.json, or a firm file (which is planned first).

    Reasons rest on what the plans record: fields of the firm file that differ, limits that hold one plan back and not
    the other, and what a market is worth. Only a single change is a sure cause; of several, change one at a time.

    \b
    beachhead plans diff may.plan june.plan
    beachhead plans diff firm.plan firm.toml --json
    """
    from beachhead.report.diff import difference
    from beachhead.report.diff_words import Labels, figures_table, sections, steps_table
    from beachhead.report.terminal import show_table

    found = difference(_document(path_a), _document(path_b))
    if as_json:
        emit_json(found.to_dict())
        return
    console, labels = out(), Labels("A", "B")
    console.print(f"A: {path_a}\nB: {path_b}\n", markup=False, soft_wrap=True)
    for table in (steps_table(found, labels), figures_table(found, labels)):
        if table.rows:
            show_table(table, console)
    show_sections([one for one in sections(found, labels) if one.heading != "Figures"], console)


def _document(path: Path) -> dict[str, Any]:
    """The plan at a path as data: read back, or made from a firm file."""
    from beachhead.cli.planning import make_plan
    from beachhead.report.saved import comparable, is_saved, read_saved

    return comparable(read_saved(path)) if is_saved(path) else make_plan(path).to_dict()


def show_sections(found: Sequence[Section], console: Console) -> None:
    """Headings, and below each its lines."""
    from rich.text import Text

    from beachhead.report.terminal import bullets

    for section in found:
        console.print(Text(f"\n{section.heading}", style="bold"))
        console.print(bullets(section.lines))
