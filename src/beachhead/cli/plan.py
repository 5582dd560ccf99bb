"""``beachhead plan``: where, how and how fast to go abroad, on the terminal, as JSON and as a folder with a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.report.diff_result import Difference

CHANGES = "changes.md"


@click.command(short_help="Where, how and how fast to go abroad: the plan and its report.")
@firm_argument
@click.option("--out", "folder", type=click.Path(path_type=Path), help="Folder for the report [FIRM's name + .plan].")
@click.option("--top", type=click.IntRange(1, 217), default=10, show_default=True, help="Markets on the shortlist.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the draws [the firm file's].")
@click.option(
    "--draws",
    type=click.IntRange(100, 1_000_000),
    default=10_000,
    show_default=True,
    help="Draws of weights and figures.",
)
@click.option("--rollout/--no-rollout", default=True, help="Whether to plan when and how fast, or only to rank.")
@journal_options
@json_option
def plan(
    firm_path: Path,
    folder: Path | None,
    top: int,
    seed: int | None,
    draws: int,
    rollout: bool,
    workspace: str | None,
    journal: bool,
    as_json: bool,
) -> None:
    """Rank the world's markets for a firm, say how to enter them, when and how fast, and write a report.

    The folder holds report.html (one file, works offline), result.json, shortlist.csv, markets.csv and the charts as
    SVG. With --json the result goes to stdout and the folder is written only if --out names it. Where an earlier plan
    lies in the folder, what has changed since is shown, and kept there as changes.md; the plan itself is always made
    afresh.

    What you have written down with 'beachhead learn' is taken account of, and the plan is kept with it, unless --out
    names another folder. To go on from what was done of the last plan, use 'beachhead replan'.

    Ctrl-C while moves are searched for ends the search with the best plan so far; a second one gives up.

    \b
    beachhead plan firm.toml
    beachhead plan firm.toml --top 5 --out reports/may
    beachhead plan firm.toml --json > plan.json
    """
    from beachhead.cli.planning import keep_plan, make_plan
    from beachhead.report import folder as place

    target = folder if folder or as_json else firm_path.parent / f"{firm_path.stem}.plan"
    if target and firm_path.is_file():  # else the reader of the firm file says what is wrong
        place.check(target)
    made = make_plan(firm_path, top=top, seed=seed, draws=draws, rollout=rollout, workspace=workspace, journal=journal)
    changes = _written(target, made) if target else None
    if journal and not folder and target:
        keep_plan(made, firm_path, workspace)
    if as_json:
        emit_json(made.to_dict())
        if target:
            say(f"Written: {target}")
        return
    _show(made, target, changes)


def _written(target: Path, made: Plan) -> Difference | None:
    """Write the folder; what has changed since the plan that lay there, if one did."""
    from beachhead.report import folder as place
    from beachhead.report.bundle import bundle
    from beachhead.report.diff import difference
    from beachhead.report.diff_words import markdown
    from beachhead.report.saved import previous

    with progress("Drawing and writing the report"):
        before = previous(target)
        changes = None if before is None else difference(before, made.to_dict())
        place.write(target, bundle(made) | ({} if changes is None else {CHANGES: markdown(changes)}))
    return changes


def _show(made: Plan, target: Path | None, changes: Difference | None) -> None:
    from rich.text import Text

    from beachhead.cli.plans import show_sections
    from beachhead.report.diff_words import sections
    from beachhead.report.terminal import show_plan

    console = out()
    show_plan(made, console, target)
    if changes is not None:
        console.print(Text("\nSince the last plan", style="bold underline"))
        show_sections(sections(changes), console)
