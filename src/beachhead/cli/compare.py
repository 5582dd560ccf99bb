"""``beachhead compare``: markets side by side for a firm."""

from __future__ import annotations

from pathlib import Path

import click

from beachhead.cli.console import emit_json, json_option, out
from beachhead.cli.planning import journal_options


@click.command(short_help="Put markets side by side.")
@click.argument("codes", nargs=-1, required=True, metavar="MARKET MARKET…")
@click.option(
    "--firm",
    "firm_path",
    metavar="FIRM",
    required=True,
    type=click.Path(path_type=Path),
    help="The firm to compare for.",
)
@journal_options
@json_option
def compare(codes: tuple[str, ...], firm_path: Path, workspace: str | None, journal: bool, as_json: bool) -> None:
    """Put two or more markets side by side: figures, points, what each leads on, and how often one beats the other.

    \b
    beachhead compare DEU NLD --firm firm.toml
    beachhead compare USA GBR AUS --firm firm.toml --json
    """
    from beachhead.cli.planning import known_market, make_plan
    from beachhead.errors import bad
    from beachhead.evidence.catalogue import load_catalogue
    from beachhead.report import comparison

    wanted = list(dict.fromkeys(known_market(code, load_catalogue()) for code in codes))
    if len(wanted) < 2:
        raise bad("market", " ".join(codes), "name at least two different markets")
    plan = make_plan(firm_path, rollout=False, workspace=workspace, journal=journal)
    rows = comparison.rows_of(plan, wanted)
    if as_json:
        emit_json(comparison.compare_dict(plan, rows))
        return
    from rich.text import Text

    from beachhead.report.terminal import show_table

    console = out()
    for table in (comparison.side_by_side, comparison.points, comparison.beats):
        show_table(table(plan, rows), console)
    indicators = plan.evidence.catalogue.indicators
    for market, found in comparison.leads(plan, rows).items():
        said = ", ".join(f"{indicators[i].name.lower()} (+{x:.1f})" for i, x in found) or "nothing"
        console.print(
            Text.assemble((f"{plan.selection.names[plan.selection.row(market)]} ", "bold"), f"leads on {said}.")
        )
