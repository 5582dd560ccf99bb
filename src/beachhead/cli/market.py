"""``beachhead market``: all that is known of one market."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beachhead.cli.console import emit_json, json_option, out
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.evidence import Evidence
    from beachhead.flow import Plan
    from beachhead.report.dossier import Line


@click.command(short_help="All that is known of one market.")
@click.argument("market_code", metavar="MARKET")
@click.option(
    "--firm",
    "firm_path",
    metavar="FIRM",
    type=click.Path(path_type=Path),
    help="Say what it means for this firm too.",
)
@journal_options
@json_option
def market(market_code: str, firm_path: Path | None, workspace: str | None, journal: bool, as_json: bool) -> None:
    """Show every figure of one market: value, unit, year, source, and how it stands in the world.

    MARKET is an ISO 3166-1 alpha-3 code or an English name. "Better than" is the share of the world's economies that
    do worse. With --firm also distance, agreements, demand, rank, potential and modes.

    \b
    beachhead market DEU
    beachhead market "South Africa" --firm firm.toml
    """
    from beachhead.cli.planning import known_market, make_plan
    from beachhead.flow import load_evidence
    from beachhead.report import dossier

    plan = make_plan(firm_path, rollout=False, workspace=workspace, journal=journal) if firm_path else None
    evidence = plan.evidence if plan else load_evidence()
    code = known_market(market_code, evidence.catalogue)
    found = dossier.all_lines(evidence, code, plan)
    if as_json:
        emit_json(dossier.market_dict(evidence, code, found, plan))
        return
    _show(code, found, evidence, out())
    if plan:
        _show_for_firm(plan, code, out())


def _show(code: str, found: list[Line], evidence: Evidence, console: Console) -> None:
    from rich.text import Text

    from beachhead.report.dossier import guessed, of_criterion
    from beachhead.report.terminal import show_table
    from beachhead.select.tables import criteria

    country = evidence.catalogue.countries[code]
    console.print(Text(f"{country.name} ({code})", style="bold"))
    console.print(
        Text(f"{country.region} · {country.income_group} · {country.currency} · {', '.join(country.languages)}\n")
    )
    for criterion in criteria():
        table = of_criterion(found, criterion)
        if table.rows:
            show_table(table, console)
    missing = guessed(found)
    said = f"Nobody states, so imputed: {', '.join(missing)}." if missing else "Nothing here is imputed."
    console.print(Text(f"{said} Sources: beachhead evidence sources."))


def _show_for_firm(plan: Plan, code: str, console: Console) -> None:
    from rich.text import Text

    from beachhead.charts import numbers as n
    from beachhead.report import tables
    from beachhead.report.dossier import agreements, why_not
    from beachhead.report.terminal import WIDE, market_block, show_record, show_table
    from beachhead.report.words import mode_names, name_of

    s = plan.selection
    console.print(Text(f"\nFor {s.firm.name}", style="bold"))
    signed = agreements(plan.evidence, s.home, code)
    console.print(
        Text(
            f"Trade agreements with {name_of(plan.evidence.catalogue, s.home)}: {n.listed(signed) or 'none in force'}."
        )
    )
    if code not in s.markets:
        console.print(Text(f"Not ranked: {why_not(plan, code)}."))
        return
    m = s.row(code)
    console.print(Text(f"Ranked {n.ordinal(m + 1)} of {len(s.markets)}.\n"))
    console.print(market_block(plan, m, wide=console.width >= WIDE))
    show_table(tables.factors(plan, m), console)
    show_table(tables.mode_figures_short(plan, mode_names(), m), console)
    show_record(plan, console, brief=True)
