"""``beachhead channels``: sources to learn from, what each costs and how far to trust it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out, say, table

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.assumptions import Assumptions
    from beachhead.learn.channels import Channel

SCHEMA = "beachhead.channels/1"
PATHS = ("geographic_diversification", "market_penetration", "product_development")
FOUND = ("Source", "Way of learning", "Brings knowledge of", "Found for")
FIGURES = ("USD", "Weeks", "Markets", "Off by", "Tells")


@click.command(short_help="Sources to learn from, their cost and how far to trust them.")
@click.argument("firm_path", metavar="[FIRM]", required=False, type=click.Path(path_type=Path))
@click.option("--channel", "wanted", metavar="ID", help="Look into one source.")
@click.option("--growth-path", "path", type=click.Choice(PATHS), help="Only those found on one way of growing.")
@click.option(
    "--picture",
    metavar="FILE.svg",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write how firms were found to learn as a picture to this SVG file too.",
)
@json_option
def channels(firm_path: Path | None, wanted: str | None, path: str | None, picture: Path | None, as_json: bool) -> None:
    """Show the fourteen sources from which small firms were found to learn, and the numbers that go with each.

    Off by: how far a figure for one market is usually from the truth, as a factor up or down. Tells: by how much it
    says too much or too little on average. With a firm file: the values that it has changed. Every number is an
    assumption that can be changed in the firm file, such as trade_fair.cost_usd.

    \b
    beachhead channels
    beachhead channels firm.toml --channel trade_fair
    beachhead channels --picture learning.svg
    """
    from beachhead.learn.channels import channel
    from beachhead.learn.channels import channels as all_channels

    assumed = _assumed(firm_path)
    found = (channel(wanted),) if wanted else all_channels()
    found = tuple(one for one in found if path is None or path in one.growth_paths)
    if picture:
        draw(picture)
    if as_json:
        emit_json(channels_dict(found, assumed))
    elif wanted:
        for one in found:
            _show_one(one, assumed, out())
    else:
        _show_all(found, assumed, out())


def _assumed(firm_path: Path | None) -> Assumptions:
    """The firm's values, or the package's."""
    from beachhead import flow
    from beachhead.assumptions import PACKAGED, Assumptions

    return Assumptions(flow.load_firm(firm_path).assumptions) if firm_path else PACKAGED


def draw(target: Path) -> None:
    """Write the picture of how firms were found to learn. Raises InputError if the file cannot be written."""
    from beachhead.charts.learning_structure import learning_structure
    from beachhead.charts.render import svg
    from beachhead.errors import bad

    figure = learning_structure()
    try:
        target.write_text(svg(figure.spec, figure.name, figure.title, figure.says), encoding="utf-8")
    except OSError as error:
        raise bad("--picture", str(target), f"cannot be written ({error.strerror})") from None
    say(f"Picture: {target}")


def channels_dict(found: tuple[Channel, ...], assumed: Assumptions) -> dict[str, Any]:
    """Channels with their numbers and what the study found on each growth path, JSON-ready."""
    from dataclasses import asdict

    from beachhead.learn.channels import STUDY, findings, numbers

    def row(one: Channel) -> dict[str, Any]:
        seen = [asdict(finding) for finding in findings() if finding.channel == one.id]
        return {**asdict(one), "numbers": asdict(numbers(one.id, assumed)), "findings": seen}

    return {"schema": SCHEMA, "study": STUDY, "channels": [row(one) for one in found]}


def _show_all(found: tuple[Channel, ...], assumed: Assumptions, console: Console) -> None:
    from beachhead.learn.channels import STUDY

    console.print(table(FOUND, [_found(one) for one in found]))
    console.print(table(("Id", *FIGURES), [_figures(one, assumed) for one in found], right=FIGURES))
    say("Off by: how far a figure usually is from the truth, as a factor up or down. Tells: too much on average.")
    say(f"Categories: {STUDY}. Numbers: assumptions; 'beachhead channels --channel ID' says on what ground.")


def _found(one: Channel) -> tuple[str, ...]:
    from beachhead.learn.needs import paths

    found_for = ", ".join(path.short for path in paths() if path.id in one.growth_paths)
    return one.name, f"{one.learning}, {one.network}", ", ".join(one.knowledge), found_for


def _figures(one: Channel, assumed: Assumptions) -> tuple[str, ...]:
    from beachhead.charts import numbers as n
    from beachhead.learn.channels import numbers

    known = numbers(one.id, assumed)
    figures = (n.plain(known.cost_usd), n.plain(known.weeks), n.plain(known.reach))
    return one.id, *figures, off_by(known.noise_sd), tells(known.bias)


def off_by(noise_sd: float) -> str:
    """An sd of a logarithm as a factor up or down: '×÷2.2'."""
    from math import exp

    return f"×÷{exp(noise_sd):.1f}"


def tells(bias: float) -> str:
    """A bias of a logarithm as a change: '+10 %'."""
    from math import expm1

    from beachhead.charts import numbers as n

    return n.change(expm1(bias))


def _show_one(one: Channel, assumed: Assumptions, console: Console) -> None:
    from rich.text import Text

    from beachhead.learn.channels import findings

    console.print(Text(f"{one.name} ({one.id})", style="bold"))
    for line in (one.what, one.limits):
        if line:
            console.print(Text(line))
    rows = [(_name(f.growth_path), f.code, ", ".join(f.knowledge)) for f in findings() if f.channel == one.id]
    rows += [(_name(path), "named in the text only", "") for path in one.mentioned]
    rows += [(_name(path), "not found to be a main source", "") for path in one.not_found]
    console.print(table(("Way of growing", "What firms did", "Brought knowledge of"), rows))
    console.print(table(("Number", "Value", "Unit", "Ground"), _numbers(one, assumed), right=("Value",)))


def _name(path: str) -> str:
    from beachhead.learn.needs import paths

    return next(one.name for one in paths() if one.id == path)


def _numbers(one: Channel, assumed: Assumptions) -> list[tuple[str, ...]]:
    """Every assumption of a channel: id, value in use, unit, ground."""
    from beachhead.assumptions import packaged

    rows = [row for row in packaged().values() if row.id.startswith(f"{one.id}.")]
    return [(row.id, f"{assumed[row.id]:g}", row.unit, row.ground) for row in rows]
