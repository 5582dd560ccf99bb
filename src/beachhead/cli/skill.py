"""``beachhead skill``: how good the program is at choosing, on real trade and in simulation."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beachhead.cli.console import emit_json, json_option, out, progress, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from beachhead.evidence import Evidence
    from beachhead.skill.panel import Panel
    from beachhead.skill.result import Skill

KNOWN = ("baci74", "wiod", "chapters")
LATER = {"policies": "beachhead.cli.skill_policies"}  # commands of the group that live elsewhere


class SkillGroup(click.Group):
    """A group that imports a command of another module only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those here, then those elsewhere."""
        return [*super().list_commands(ctx), *(name for name, module in LATER.items() if find_spec(module))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name."""
        if cmd_name in LATER and find_spec(LATER[cmd_name]):
            command: click.Command = getattr(import_module(LATER[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=SkillGroup, short_help="How good this program is at choosing, on real trade and in simulation.")
def skill() -> None:
    """How good this program is at choosing, on real trade and in simulation."""


@skill.command(short_help="Back-test: would it have named the markets that opened?")
@click.option(
    "--data",
    multiple=True,
    metavar="FILE|NAME",
    help=f"Flows to judge on: {', '.join(KNOWN)}, or files of your own; several files make one set [baci74].",
)
@click.option("--task", "tasks", multiple=True, metavar="TASK", help="entry, growth, level or demand; several allowed.")
@click.option("--base-years", metavar="Y,Y", help="Years at whose end the choice is made [by data].")
@click.option(
    "--split",
    type=click.Choice(["time", "exporter"]),
    default="time",
    show_default=True,
    help="exporter: the model also has never seen the exporters it is judged on; needs the extra [skill].",
)
@click.option("--replicates", type=click.IntRange(20, 10_000), default=200, show_default=True, help="Bootstrap draws.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the draws.")
@click.option("--out", "target", type=click.Path(path_type=Path), metavar="FILE.html", help="Write a page with charts.")
@json_option
def markets(
    data: tuple[str, ...],
    tasks: tuple[str, ...],
    base_years: str | None,
    split: str,
    replicates: int,
    seed: int,
    target: Path | None,
    as_json: bool,
) -> None:
    """Back-test: would it have named the markets that opened?

    Goes back to the end of a past year, orders markets by what was known then, and holds that beside what came. Tasks:
    entry (a market that bought nothing opens), growth and level of markets that buy already, demand (where imports
    of a product grow most).

    Your own files: CSV or Parquet with exporter,importer,product,year,value_usd; CEPII BACI year files (or their
    folder or archive); UN Comtrade. Eight years at least.

    \b
    beachhead skill markets
    beachhead skill markets --task entry --base-years 2015 --out skill.html
    beachhead skill markets --data chapters
    beachhead skill markets --data BACI_HS17_V202501.zip --task entry --json
    """
    from beachhead.errors import bad
    from beachhead.flow import load_evidence
    from beachhead.report.skill import show_skill, skill_dict
    from beachhead.skill.backtest import backtest

    years = years_of(base_years)
    if target and not target.resolve().parent.is_dir():
        raise bad("--out", str(target), "its folder does not exist; make it first")
    panel, notes = open_data(data or ("baci74",), load_evidence())
    with progress("Looking back", 1.0) as bar:
        watch = Watch(bar.advance, bar.tell)
        found = backtest(
            panel, tasks=tasks, base_years=years, split=split, seed=seed, replicates=replicates, watch=watch
        )
    if target:
        _write(target, panel, found, notes)
    if as_json:
        emit_json(skill_dict(found, notes))
    else:
        show_skill(found, out(), notes)


class Watch:
    """Moves a bar on by what is newly done."""

    def __init__(self, advance: Callable[[float], None], tell: Callable[[str], None]) -> None:
        self._advance, self._tell, self._done = advance, tell, 0.0

    def __call__(self, what: str, done: float) -> None:
        """Show what is being done, and how much of all is."""
        if what:
            self._tell(what)
        self._advance(done - self._done)
        self._done = done


def years_of(text: str | None) -> tuple[int, ...]:
    """Years from ``2015,2018``. Raises InputError for anything else."""
    from beachhead.errors import bad

    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    if text is not None and not parts:
        raise bad("--base-years", text, "give years, such as 2015,2018")
    for part in parts:
        if not (part.isdigit() and len(part) == 4):
            raise bad("--base-years", part, "give years, such as 2015,2018")
    return tuple(dict.fromkeys(int(part) for part in parts))


def open_data(data: Sequence[str], evidence: Evidence) -> tuple[Panel, tuple[str, ...]]:
    """The panel of a name or of files, and what a reader must know of it."""
    from beachhead.errors import bad

    if not set(data) & set(KNOWN):
        return _from_files([Path(one) for one in data], evidence)
    if len(data) > 1:
        raise bad("--data", " ".join(data), f"give one of {', '.join(KNOWN)}, or only files")
    from beachhead.skill.demand import open_chapters
    from beachhead.skill.panel import open_panel

    with progress("Opening the data"):
        return (open_chapters(evidence) if data[0] == "chapters" else open_panel(data[0], evidence)), ()


def _from_files(paths: Sequence[Path], evidence: Evidence) -> tuple[Panel, tuple[str, ...]]:
    from beachhead.skill.intake import panel_of_files, sizes

    with progress("Reading your files", sum(sizes(paths).values())) as bar:
        taken = panel_of_files(paths, evidence, on_bytes=bar.advance)
    return taken.panel, taken.notes


def _write(target: Path, panel: Panel, found: Skill, notes: Sequence[str]) -> None:
    from beachhead.errors import bad
    from beachhead.report.skill_page import skill_html

    try:
        target.write_text(skill_html(found, panel.label, notes), encoding="utf-8")
    except OSError as error:
        raise bad("--out", str(target), f"cannot be written ({error.strerror})") from None
    say(f"Written: {target}")
