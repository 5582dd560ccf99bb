"""``beachhead assumptions``: numbers that no data set gives, on what ground, and which of them a firm has changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out, say
from beachhead.cli.workspace import workspace_option

if TYPE_CHECKING:
    from beachhead.assumptions import Assumption, Assumptions
    from beachhead.learn.result import Revision


@click.command(short_help="Numbers that no data set gives, and yours.")
@click.argument("firm_path", metavar="[FIRM]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--used-in", "stage", metavar="STAGE", help="Only those used in one stage or part of one, such as rollout or cost."
)
@click.option("--revisions", is_flag=True, help="Only those that outcomes have changed: before, after, evidence.")
@click.option("--revert", metavar="ID", help="Keep this one as it was, whatever outcomes say.")
@click.option("--restore", metavar="ID", help="Let outcomes change this one again.")
@workspace_option
@json_option
def assumptions(
    firm_path: Path | None,
    stage: str | None,
    revisions: bool,
    revert: str | None,
    restore: str | None,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Show every assumption with its unit, how sure it is, its ground and where it is used.

    With a firm file: the values in use, and which of them the firm has changed. Change one by writing its id and your
    value under [assumptions] in the firm file.

    What you find out and sell may change assumptions too: 'beachhead replan' keeps such revisions. --revisions lists
    them, --revert takes one back from the next plan on, and --restore lets it hold again.

    \b
    beachhead assumptions
    beachhead assumptions firm.toml --used-in potential
    beachhead assumptions firm.toml --revisions
    beachhead assumptions firm.toml --revert ramp_2
    """
    if revisions or revert or restore:
        _learnt(firm_path, workspace, revert, restore, as_json)
        return
    from beachhead.assumptions import PACKAGED, packaged

    assumed, model = _of_firm(firm_path) if firm_path else (PACKAGED, "")
    rows = [_row(one, assumed) for one in _used_in(stage, packaged(model))]
    if as_json:
        emit_json({"schema": "beachhead.assumptions/1", "access_model": model or None, "assumptions": rows})
        return
    _show(rows)
    say("Change one in your firm file: [assumptions], then its id = your value.")


def _learnt(
    firm_path: Path | None, workspace: str | None, revert: str | None, restore: str | None, as_json: bool
) -> None:
    """What outcomes have changed, after one of them was taken back or let hold again."""
    from beachhead.cli.workspace import begun, opened, typed

    if firm_path is None:
        raise click.UsageError("--revisions, --revert and --restore need a firm file")
    if not (revert or restore or begun(firm_path, workspace)):
        _show_revisions((), frozenset(), typed("replan", firm_path, workspace), as_json)
        return
    with opened(firm_path, workspace) as kept:
        for name, decide, said in (
            (revert, kept.hold, "is kept as it was"),
            (restore, kept.release, "may change again"),
        ):
            if name:
                _checked(name, firm_path)
                decide(name)
                say(f"{name} {said}, from the next plan on: {typed('replan', firm_path, workspace)}")
        rows, held = kept.revisions(), kept.journal().held
    _show_revisions(rows, held, typed("replan", firm_path, workspace), as_json)


def _checked(name: str, firm_path: Path) -> None:
    """Raise InputError that names the nearest id if there is no such assumption."""
    from beachhead.assumptions import packaged
    from beachhead.errors import bad
    from beachhead.firm_rules import nearest

    if name not in packaged():
        tail = nearest(name, list(packaged())) or f": 'beachhead assumptions {firm_path}' lists the ids"
        raise bad("assumption", name, f"there is none of that id{tail}")


def _show_revisions(rows: Sequence[tuple[str, Revision]], held: frozenset[str], replan: str, as_json: bool) -> None:
    """Revisions in the order in which they were kept; the last of each id is the one that counts."""
    from dataclasses import replace

    from beachhead.report.learning import revision_dict
    from beachhead.report.tables_learning import revisions as revisions_table
    from beachhead.report.terminal import show_table

    now = [(quarter, replace(one, held=one.id in held)) for quarter, one in rows]
    if as_json:
        data = [{"quarter": quarter, **revision_dict(one)} for quarter, one in now]
        emit_json({"schema": "beachhead.revisions/1", "held": sorted(held), "revisions": data})
        return
    last = {one.id: one for _, one in now}
    if last:
        show_table(revisions_table(tuple(last.values())), out())
        say("--revert ID keeps the old value, --restore ID lets it change again; --json shows how each came about.")
    else:
        out().print("No plan has changed an assumption because of what you found out or sold.")
        say(f"Replanning looks whether one should change: {replan}")
    if kept := sorted(held - set(last)):
        out().print(f"Kept as they are, whatever is learnt: {', '.join(kept)}", markup=False)


def _of_firm(path: Path) -> tuple[Assumptions, str]:
    """The values of a firm, and the model of access that its first offer takes."""
    from beachhead.assumptions import Assumptions
    from beachhead.cli.planning import read_firm_and_evidence
    from beachhead.firm import main_offer, sells_goods
    from beachhead.select.potential import model_for

    firm, evidence = read_firm_and_evidence(path)
    return Assumptions(firm.assumptions), model_for(main_offer(firm).code, evidence, goods=sells_goods(firm))


def _used_in(stage: str | None, known: Mapping[str, Assumption]) -> Iterator[Assumption]:
    """The assumptions of a stage or of a part of one, or all; a name that has none is a fault."""
    from beachhead.errors import bad
    from beachhead.firm_rules import nearest

    parts = list(dict.fromkeys([one.used_in for one in known.values()] + [one.stage for one in known.values()]))
    if stage is not None and stage not in parts:
        tail = nearest(stage, parts) or f": the stages and their parts are {', '.join(parts)}"
        raise bad("--used-in", stage, f"no assumption is used there{tail}")
    return (one for one in known.values() if stage in (None, one.used_in, one.stage))


def _row(one: Assumption, assumed: Assumptions) -> dict[str, Any]:
    """One assumption as JSON-ready data; null where nothing is stated."""
    value = assumed.over(one.id, one.value)
    return {
        "id": one.id,
        "value": _stated(value),
        "packaged": _stated(one.value),
        "changed": one.id in assumed.own and value != one.value,
        "sd": _stated(one.sd),
        "spread": one.spread,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "whole": one.whole,
        "used_in": one.used_in,
        "ground": one.ground,
        "table": f"{one.table}.csv",
    }


def _stated(x: float) -> float | None:
    return None if math.isnan(x) else x


def _show(rows: Sequence[Mapping[str, Any]]) -> None:
    """By stage, each assumption as it would be written, with its unit; below it the ground."""
    from rich.padding import Padding
    from rich.text import Text

    console = out()
    for stage in dict.fromkeys(row["used_in"] for row in rows):
        console.print(Text(f"\nUsed in {stage}", style="bold"))
        for row in (row for row in rows if row["used_in"] == stage):
            said = Text.assemble((f"{row['id']} = {_value(row)}", "cyan" if row["changed"] else ""), f"  {row['unit']}")
            console.print(Padding(said, (0, 0, 0, 2)))
            console.print(Padding(Text(row["ground"], style="dim"), (0, 0, 0, 6)))


def _value(row: Mapping[str, Any]) -> str:
    """Value, sd and, where the firm has changed it, ours: ``1.2 ±0.3 (ours 1.7)``."""
    if row["value"] is None:
        return "by product"
    of_log = " of ln" if row["spread"] == "log" else ""
    sd = "" if row["sd"] is None else f" ±{row['sd']:.4g}{of_log}"
    ours = f" (ours {row['packaged']:.10g})" if row["changed"] and row["packaged"] is not None else ""
    return f"{row['value']:.10g}{sd}{ours}"
