"""``beachhead markets``: the whole ranking, filtered and sorted."""

from __future__ import annotations

from pathlib import Path

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, say
from beachhead.cli.planning import journal_options


@click.command(short_help="Rank every market for your firm.")
@firm_argument
@click.option("--sort", default="rank", show_default=True, help="Column to sort by: figures high to low, words A to Z.")
@click.option("--reverse", is_flag=True, help="Turn the order round.")
@click.option(
    "--filter", "filters", multiple=True, metavar="EXPR", help="Keep what passes; may be given several times."
)
@click.option("--limit", "-n", type=click.IntRange(1), help="Show at most so many.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the draws [the firm file's].")
@click.option("--csv", "as_csv", is_flag=True, help="Write CSV to stdout instead of text.")
@journal_options
@json_option
def markets(
    firm_path: Path,
    sort: str,
    reverse: bool,
    filters: tuple[str, ...],
    limit: int | None,
    seed: int | None,
    as_csv: bool,
    workspace: str | None,
    journal: bool,
    as_json: bool,
) -> None:
    """Rank every market for your firm.

    Columns to sort and filter by: rank, score, attractiveness, accessibility, p_first, p_top5, p_top10, p10, p50,
    p90, demand, worth, market, name, region, income, cell, mode. Money may be written 2m or 5bn, chances 10%; of words
    the beginning will do.

    \b
    beachhead markets firm.toml --limit 20
    beachhead markets firm.toml --sort p50 --filter region=Europe --filter 'score>50'
    beachhead markets firm.toml --filter 'cell=go now' --csv > now.csv
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json each write the whole of stdout: give one of them")
    from beachhead.cli.planning import make_plan
    from beachhead.report.contract import markets_dict
    from beachhead.report.listing import choose

    plan = make_plan(firm_path, seed=seed, rollout=False, workspace=workspace, journal=journal)
    rows = choose(plan, filters, sort, reverse=reverse, limit=limit)
    if as_json:
        emit_json(markets_dict(plan, rows))
        return
    if as_csv:
        from beachhead.report.bundle import rows_csv

        click.echo(rows_csv(markets_dict(plan, rows)["markets"]), nl=False)
        return
    from beachhead.report.tables import ranking_short
    from beachhead.report.terminal import WIDE, show_record, show_table

    console = out()
    show_table(ranking_short(plan, rows, wide=console.width >= WIDE), console)
    show_record(plan, console, brief=True)
    say(f"{len(rows)} of {len(plan.selection.markets)} ranked markets; {len(plan.selection.excluded)} left out.")
