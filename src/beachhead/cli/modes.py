"""``beachhead modes``: ways of entering, and how they fit a firm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from beachhead.flow import Plan


@click.command(short_help="Ways of entering, and how they fit your firm.")
@click.argument("firm_path", metavar="[FIRM]", required=False, type=click.Path(path_type=Path))
@click.option("--market", "code", metavar="MARKET", help="Look into one market (needs FIRM).")
@click.option("--top", type=click.IntRange(1, 217), default=10, show_default=True, help="Markets to show.")
@journal_options
@json_option
def modes(
    firm_path: Path | None, code: str | None, top: int, workspace: str | None, journal: bool, as_json: bool
) -> None:
    """Show the seven modes of entry with their numbers; for a firm, how they fit each market and why.

    \b
    beachhead modes
    beachhead modes firm.toml
    beachhead modes firm.toml --market DEU
    """
    if firm_path is None:
        if code:
            raise click.UsageError("--market needs a firm file: beachhead modes firm.toml --market DEU")
        _spectrum(as_json)
        return
    from beachhead.cli.planning import known_market, make_plan
    from beachhead.evidence.catalogue import load_catalogue
    from beachhead.report.comparison import rows_of

    wanted = known_market(code, load_catalogue()) if code else None
    plan = make_plan(firm_path, top=top, rollout=False, workspace=workspace, journal=journal)
    rows = rows_of(plan, [wanted]) if wanted else list(range(min(top, len(plan.selection.markets))))
    if as_json:
        emit_json(modes_dict(plan, rows))
    elif wanted:
        _one(plan, rows[0])
    else:
        _many(plan, rows)


def _spectrum(as_json: bool) -> None:
    from beachhead.report.tables import spectrum, spectrum_dict
    from beachhead.report.terminal import show_table

    if as_json:
        emit_json(spectrum_dict())
        return
    console = out()
    for table in spectrum():
        show_table(table, console)


def modes_dict(plan: Plan, rows: list[int]) -> dict[str, Any]:
    """Modes per market as JSON-ready data."""
    from beachhead.report.contract import number
    from beachhead.report.dossier import mode_dicts

    s, x = plan.selection, plan.modes
    return {
        "schema": "beachhead.modes/1",
        "markets": [
            {
                "market": s.markets[m],
                "name": s.names[m],
                "mode": x.best[m],
                "reasons": list(x.reasons[m]),
                "why_not_next": x.why_not[m],
                "path": [{"mode": stage.mode, "when": stage.when} for stage in x.path[m]],
                "discount": number(x.discount[m]),
                "discount_from": list(x.discount_from[m]),
                "modes": mode_dicts(plan, m),
            }
            for m in rows
        ],
    }


def _many(plan: Plan, rows: list[int]) -> None:
    from beachhead.report.tables import fits
    from beachhead.report.terminal import show_table

    show_table(fits(plan, rows), out())


def _one(plan: Plan, m: int) -> None:
    from rich.text import Text

    from beachhead.report.tables import mode_figures_short
    from beachhead.report.terminal import bullets, show_table
    from beachhead.report.view import entry
    from beachhead.report.words import mode_names

    console, way = out(), entry(plan, m)
    console.print(Text(f"{way.name}: {way.mode}", style="bold"))
    console.print(bullets(way.reasons))
    for mode, when in way.steps[1:]:
        console.print(Text(f"Switch to {mode.lower()} {when}"))
    for line in (way.why_not, way.likeness):
        if line:
            console.print(Text(line))
    show_table(mode_figures_short(plan, mode_names(), m), console)
