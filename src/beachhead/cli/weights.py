"""``beachhead weights``: what counts for a firm, and how much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out


@click.command(short_help="What counts, and how much.")
@firm_argument
@click.option("--all", "show_all", is_flag=True, help="Show the indicators within each criterion too.")
@json_option
def weights(firm_path: Path, show_all: bool, as_json: bool) -> None:
    """Show the weights of the criteria and where they come from.

    They come from the firm's sector unless the firm file gives points, a ranking or pairwise comparisons. For pairwise
    comparisons the consistency ratio says how far they contradict each other; above 0.10 look at them again.

    \b
    beachhead weights firm.toml
    beachhead weights firm.toml --all
    """
    from beachhead.flow import load_firm
    from beachhead.report.weighing import weights_dict

    found = weights_dict(load_firm(firm_path))
    if as_json:
        emit_json(found)
        return
    _show(found, show_all)


def _show(found: dict[str, Any], show_all: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from beachhead.report.terminal import bar

    console = out()
    console.print(Text(f"Weights: {found['ground']} (confidence {found['confidence']})", style="bold"))
    if found["consistency_ratio"] is not None:
        ratio = found["consistency_ratio"]
        said = "consistent enough" if ratio <= 0.1 else "the comparisons contradict each other: look at them again"
        console.print(Text(f"Consistency ratio {ratio:.2f}: {said}"))
    most = max(part["weight"] for part in found["criteria"])
    grid = Table.grid(padding=(0, 1))
    for justify in ("left", "right", "left"):
        grid.add_column(justify=justify)
    for part in found["criteria"]:
        style = "cyan" if part["axis"] == "attractiveness" else "yellow"
        grid.add_row(
            Text(part["name"], style="bold"),
            f"{100 * part['weight']:.0f}%",
            Text(bar(part["weight"], most), style=style),
        )
        for one in part["indicators"] if show_all else []:
            grid.add_row(
                Text(f"  {one['name']}"),
                f"{100 * one['weight']:.1f}%",
                Text(bar(one["weight"], most), style="dim"),
            )
    console.print(grid)
    if found["prospect_weight"] > 0:
        share = f"{100 * found['prospect_weight']:.0f} %"
        console.print(
            Text(f"Where a product's trade between countries is known, the chance to get in takes {share} first.")
        )
