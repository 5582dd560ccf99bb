"""``beachhead plan``: where and how to go abroad, on the terminal, as JSON and as a folder with a report."""

from __future__ import annotations

from pathlib import Path

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say


@click.command(short_help="Where and how to go abroad: shortlist and report.")
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
@json_option
def plan(firm_path: Path, folder: Path | None, top: int, seed: int | None, draws: int, as_json: bool) -> None:
    """Rank the world's markets for a firm, say how to enter them, and write a report.

    The folder holds report.html (one file, works offline), result.json, shortlist.csv, markets.csv and the charts as
    SVG. With --json the result goes to stdout and the folder is written only if --out names it.

    \b
    beachhead plan firm.toml
    beachhead plan firm.toml --top 5 --out reports/may
    beachhead plan firm.toml --json > plan.json
    """
    from beachhead.cli.planning import make_plan
    from beachhead.report import folder as place

    target = folder if folder or as_json else firm_path.parent / f"{firm_path.stem}.plan"
    if target and firm_path.is_file():  # else the reader of the firm file says what is wrong
        place.check(target)
    made = make_plan(firm_path, top=top, seed=seed, draws=draws)
    if target:
        from beachhead.report.bundle import bundle

        with progress("Drawing and writing the report"):
            place.write(target, bundle(made))
    if as_json:
        emit_json(made.to_dict())
        if target:
            say(f"Written: {target}")
        return
    from beachhead.report.terminal import show_plan

    show_plan(made, out(), target)
