"""``beachhead potential``: what the firm's country could sell in each market, what it sells, and the room between."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, say

if TYPE_CHECKING:
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.report.untapped import ViewName
    from beachhead.skill.untapped import Untapped


@click.command(short_help="What your country could sell where, and does not yet.")
@firm_argument
@click.option("--top", type=click.IntRange(1, 217), default=15, show_default=True, help="Markets to show and to draw.")
@click.option(
    "--view",
    type=click.Choice(["gravity", "epi"]),
    default="gravity",
    show_default=True,
    help="Structural gravity, or the export potential indicator.",
)
@click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture to this SVG file too.")
@json_option
def potential(firm_path: Path, top: int, view: ViewName, chart: Path | None, as_json: bool) -> None:
    """Show what your country could sell of your main product in each market, beside what it sells there.

    Markets with most room come first; --json holds them all, with both views. This is about all exporters of your
    country together, not about your firm.

    \b
    beachhead potential firm.toml
    beachhead potential firm.toml --view epi --top 30
    beachhead potential firm.toml --chart room.svg --json > room.json
    """
    from beachhead.cli.console import progress
    from beachhead.cli.planning import READING, read_firm_and_evidence
    from beachhead.report.untapped import order, untapped_dict
    from beachhead.skill.untapped import untapped

    with progress(READING):
        firm, evidence = read_firm_and_evidence(firm_path)
    with progress("Setting what is sold beside what could be"):
        found = untapped(firm, evidence)
    rows = order(found, view)[:top]
    if chart:
        _draw(found, view, rows, evidence.catalogue, chart)
    if as_json:
        emit_json(untapped_dict(found, view, firm.name, evidence.catalogue))
        return
    _show(found, view, rows, evidence.catalogue)


def _show(found: Untapped, view: ViewName, rows: list[int], catalogue: Catalogue) -> None:
    from rich.text import Text

    from beachhead.report import untapped as words
    from beachhead.report.terminal import bullets, show_table

    console = out()
    console.print(Text(f"{found.label} ({found.product})", style="bold"))
    console.print(bullets(words.lines(found, view, catalogue)))
    show_table(words.table(found, view, rows, catalogue), console)
    if len(rows) < len(found.markets):
        say(f"{len(rows)} of {len(found.markets)} markets that buy it abroad; --top shows more, --json all.")


def _draw(found: Untapped, view: ViewName, rows: list[int], catalogue: Catalogue, target: Path) -> None:
    from beachhead.charts.render import svg
    from beachhead.errors import bad
    from beachhead.report.untapped import untapped_figure

    figure = untapped_figure(found, view, rows, catalogue)
    try:
        target.write_text(svg(figure.spec, figure.name, figure.title, figure.says) + "\n", encoding="utf-8")
    except OSError as error:
        raise bad("--chart", str(target), f"cannot be written ({error.strerror})") from None
    say(f"Written: {target}")
