"""``beachhead assumptions``: numbers that no data set gives, on what ground, and which of them a firm has changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out, say

if TYPE_CHECKING:
    from beachhead.assumptions import Assumption, Assumptions


@click.command(short_help="Numbers that no data set gives, and yours.")
@click.argument("firm_path", metavar="[FIRM]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--used-in", "stage", metavar="STAGE", help="Only those used in one stage or part of one, such as rollout or cost."
)
@json_option
def assumptions(firm_path: Path | None, stage: str | None, as_json: bool) -> None:
    """Show every assumption with its unit, how sure it is, its ground and where it is used.

    With a firm file: the values in use, and which of them the firm has changed. Change one by writing its id and your
    value under [assumptions] in the firm file.

    \b
    beachhead assumptions
    beachhead assumptions firm.toml --used-in potential
    """
    from beachhead.assumptions import PACKAGED, packaged

    assumed, model = _of_firm(firm_path) if firm_path else (PACKAGED, "")
    rows = [_row(one, assumed) for one in _used_in(stage, packaged(model))]
    if as_json:
        emit_json({"schema": "beachhead.assumptions/1", "access_model": model or None, "assumptions": rows})
        return
    _show(rows)
    say("Change one in your firm file: [assumptions], then its id = your value.")


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
