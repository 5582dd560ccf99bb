"""``beachhead pilot``: how long and how big a pilot must be, so that its gate decides right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, say, table
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.flow import Plan
    from beachhead.learn.pilot import Design, Pilot

SCHEMA = "beachhead.pilot/1"
KINDS = ("shortest", "cheapest", "surest")
MOST = 5  # markets shown where none is named


@click.command(short_help="How long and how big a pilot must be.")
@firm_argument
@click.argument("code", metavar="[MARKET]", required=False)
@click.option(
    "--sure",
    type=click.FloatRange(0.5, 0.999),
    default=0.8,
    show_default=True,
    help="The chance with which its gate must decide right.",
)
@journal_options
@json_option
def pilot(firm_path: Path, code: str | None, sure: float, workspace: str | None, journal: bool, as_json: bool) -> None:
    """Design pilots: the shortest and the cheapest whose gate tells you rightly whether to enter.

    Right is to go on where entering by the market's best mode pays, and to stop where it does not. Without a MARKET,
    the five whose entry is worth most.

    \b
    beachhead pilot firm.toml DEU
    beachhead pilot firm.toml --sure 0.9 --json
    """
    from beachhead.cli.planning import known_market, make_plan
    from beachhead.evidence.catalogue import load_catalogue
    from beachhead.learn.pilot import design

    wanted = known_market(code, load_catalogue()) if code else None
    plan = make_plan(firm_path, rollout=False, workspace=workspace, journal=journal)
    found = [
        design(plan.firm, plan.evidence, plan.selection, plan.modes, market, sure=sure)
        for market in markets_of(plan, wanted)
    ]
    if as_json:
        emit_json({"schema": SCHEMA, "firm": plan.firm.name, "pilots": [design_dict(one) for one in found]})
        return
    console = out()
    for one in found:
        _show(plan, one, console)
    say("Quarters of set-up + with sales; spend until the gate in USD; go on from so many sales in all of the pilot.")


def markets_of(plan: Plan, wanted: str | None) -> list[str]:
    """The market named, or those of the candidates whose entry is worth most."""
    from beachhead.errors import InfeasibleError, bad
    from beachhead.firm import running

    s = plan.selection
    if not s.markets:
        raise InfeasibleError("No plan is possible: no market is left after the must-haves.")
    if wanted is None:
        there = {p.country for p in running(plan.firm, plan.evidence.vintage)}
        first = [m for m in range(min(plan.firm.pace.candidates, len(s.markets))) if s.markets[m] not in there]
        best = sorted(first, key=lambda m: -float(plan.modes.best_value[m]))
        return [s.markets[m] for m in best[:MOST]] or list(s.markets[:1])
    if wanted not in s.markets:
        gone = next((x.reason for x in s.excluded if x.market == wanted), "it is not ranked")
        raise bad("market", wanted, f"cannot be tried: {gone}")
    return [wanted]


def design_dict(one: Design) -> dict[str, Any]:
    """The pilots of one market as JSON-ready data."""
    from beachhead.report.contract import number

    figures = ("potential_usd", "sd_log", "threshold_usd", "sure", "p_now")
    pilots = {name: getattr(one, name) for name in ("shortest", "cheapest", "surest")}
    return {
        "market": one.market,
        "mode": one.mode,
        **{name: number(getattr(one, name)) for name in figures},
        **{name: None if p is None else pilot_dict(p) for name, p in pilots.items()},
        "why": one.why,
    }


def pilot_dict(one: Pilot) -> dict[str, Any]:
    """A pilot as JSON-ready data."""
    from beachhead.report.contract import number

    return {
        "mode": one.mode,
        "share": one.share,
        "prep_quarters": one.prep,
        "quarters": one.quarters,
        "spend_usd": number(one.spend_usd),
        "hours": number(one.hours),
        "go_usd": number(one.go_usd),
        "go_orders": one.orders,
        "p_right": number(one.p_right),
    }


def _show(plan: Plan, one: Design, console: Console) -> None:
    from rich.text import Text

    from beachhead.charts import numbers as n
    from beachhead.report.words import mode_names

    name = plan.selection.names[plan.selection.row(one.market)]
    console.print(Text(f"{name}: {mode_names()[one.mode].lower()}, or not?", style="bold"))
    if one.threshold_usd and one.surest is not None:
        console.print(
            f"It pays from a potential of {n.usd(one.threshold_usd)} a year; believed is {n.usd(one.potential_usd)}. "
            f"Deciding now would be right with a chance of {n.chance(one.p_now)}.",
            markup=False,
        )
    if one.why:
        console.print(one.why, markup=False)
    needed = one.p_now < one.sure
    rows = [(label, p) for label in KINDS if needed and (p := getattr(one, label)) is not None]
    if rows:
        console.print(_pilots(rows))


def _pilots(rows: list[tuple[str, Pilot]]) -> Any:
    from beachhead.charts import numbers as n
    from beachhead.report.words import mode_names

    heads = ("Pilot", "By", "Of it", "Quarters", "Spend", "Go from", "Orders", "Right")
    cells = [
        (
            label,
            mode_names()[p.mode].lower(),
            n.pct(p.share),
            f"{p.prep} + {p.quarters}",
            n.short(p.spend_usd),
            n.usd(p.go_usd),
            n.plain(p.orders),
            n.pct(p.p_right),
        )
        for label, p in rows
    ]
    return table(heads, cells, right=heads[2:])
