"""The plan on a terminal: fits 100 columns, still reads at 80, and is plain text when nobody watches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from beachhead.charts import numbers as n
from beachhead.report.tables import Table as PlainTable
from beachhead.report.words import Voice, answer, mode_names, name_of, offers, sentence, size
from beachhead.select import LEVER_TOP

if TYPE_CHECKING:
    from beachhead.flow import Plan

WIDE = 98  # columns from which the axes are shown with their sd
LEVERS, EXCLUDED = 5, 6  # how many of each are shown


def show_plan(plan: Plan, console: Console, folder: Path | None) -> None:
    """Write the shortlist and what belongs to it."""
    voice = Voice(plan.selection, plan.evidence.catalogue, plan.modes)
    console.print(Text(_title(plan), style="bold"))
    console.print(_indented(answer(plan)))
    console.print(shortlist(plan, voice, wide=console.width >= WIDE))
    for heading, lines in (
        ("What would change the answer", lever_lines(plan)),
        ("Left out", excluded_lines(plan)),
        ("Keep in mind", [*plan.selection.demand.notes, *plan.selection.potential.notes]),
    ):
        if lines:
            console.print(Text(f"\n{heading}", style="bold"))
            console.print(bullets(lines))
    if folder is not None:
        console.print(Text(f"\nReport, data and charts: {folder}", style="bold"), soft_wrap=True)


def _title(plan: Plan) -> str:
    s = plan.selection
    home = name_of(plan.evidence.catalogue, s.home)
    return f"{s.firm.name}: {offers(s)} from {home} · evidence of {plan.evidence.vintage} · seed {plan.seed}\n"


def _indented(lines: Sequence[str]) -> RenderableType:
    return Padding(Text("\n".join(lines)), (0, 0, 1, 0))


def bullets(lines: Sequence[str], mark: str = "·") -> Table:
    """A list, each line a sentence."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(mark, Text(sentence(line)))
    return grid


def shortlist(plan: Plan, voice: Voice, *, wide: bool) -> RenderableType:
    """One line of figures per market, its reasons and first warning below it."""
    return Group(_head(wide), *(part for m in range(size(plan)) for part in _block(plan, voice, m, wide)))


def market_block(plan: Plan, m: int, *, wide: bool) -> RenderableType:
    """The same for one market."""
    voice = Voice(plan.selection, plan.evidence.catalogue, plan.modes)
    return Group(_head(wide), *_block(plan, voice, m, wide))


def _head(wide: bool) -> Table:
    return _figures([_HEADINGS if wide else _HEADINGS_NARROW], wide, style="dim")


def _block(plan: Plan, voice: Voice, m: int, wide: bool) -> list[RenderableType]:
    lines = [("+", "green", reason) for reason in voice.reasons(m)]
    lines += [("!", "yellow", warning) for warning in voice.warnings(m)[:1]]
    return [_figures([_row(plan, m, wide)], wide, style="bold"), Padding(_signed(lines), (0, 0, 1, 4))]


_HEADINGS = ("#", "Market", "P(top 5)", "Attractive", "Accessible", "USD a year, P10–P50–P90", "Enter by")
_HEADINGS_NARROW = ("#", "Market", "Top 5", "Attr.", "Acc.", "P10 – P50 – P90", "Enter by")
_WIDTHS = (3, 22, 8, 10, 10, 24, 15)
_WIDTHS_NARROW = (3, 16, 5, 5, 5, 19, 15)


def _figures(rows: Sequence[Sequence[str]], wide: bool, style: str) -> Table:
    grid = Table.grid(padding=(0, 1))
    for k, width in enumerate(_WIDTHS if wide else _WIDTHS_NARROW):
        grid.add_column(
            width=width,
            justify="right" if k in (0, 2, 3, 4) else "center" if k == 5 else "left",
            no_wrap=True,
        )
    for row in rows:
        grid.add_row(*(Text(cell, style=style, overflow="ellipsis") for cell in row))
    return grid


def _row(plan: Plan, m: int, wide: bool) -> tuple[str, ...]:
    s, p = plan.selection, plan.selection.potential
    x, y = s.attractiveness, s.accessibility
    sds = (float(x.sd[m]), float(y.sd[m])) if wide else (None, None)
    return (
        str(m + 1),
        s.names[m],
        n.pct(float(s.p_top[5][m])),
        n.points(float(x.mean[m]), sds[0]),
        n.points(float(y.mean[m]), sds[1]),
        n.span(float(p.p10[m]), float(p.p50[m]), float(p.p90[m])),
        mode_names().get(plan.modes.best[m], plan.modes.best[m]),
    )


def _signed(lines: Sequence[tuple[str, str, str]]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for mark, style, text in lines:
        grid.add_row(Text(mark, style=style), Text(sentence(text)))
    return grid


def lever_lines(plan: Plan) -> list[str]:
    """The strongest levers in words."""
    strong = [x for x in plan.selection.levers if x.changes >= 0.05][:LEVERS]
    return [
        f"{x.name}: settling it would replace {n.plain(x.changes, 1)} of the first {LEVER_TOP}, "
        + (f"and the first one in {n.chance(x.p_first)} of cases" if x.p_first > 0 else "never the first one")
        for x in strong
    ]


def excluded_lines(plan: Plan) -> list[str]:
    """Excluded markets by reason, the most common reason first."""
    reasons: dict[str, list[str]] = {}
    for gone in plan.selection.excluded:
        reasons.setdefault(gone.reason, []).append(gone.market)
    ordered = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = [
        f"{', '.join(markets[:12])}{f' and {len(markets) - 12} more' if len(markets) > 12 else ''}: {reason}"
        for reason, markets in ordered
    ]
    rest = len(lines) - EXCLUDED
    return [*lines[:EXCLUDED], f"and {rest} further reasons, see the report"] if rest > 0 else lines


def show_table(table: PlainTable, console: Console) -> None:
    """A table of the report on the terminal."""
    from rich.box import SIMPLE_HEAD

    shown = Table(box=SIMPLE_HEAD, pad_edge=False, title=table.caption, title_justify="left", title_style="bold")
    for k, column in enumerate(table.columns):
        shown.add_column(
            column.name,
            justify="right" if column.number else "left",
            overflow="fold",
            no_wrap=column.number or (k == 0 and console.width >= WIDE),
        )
    for row in table.rows:
        shown.add_row(*(Text(cell.text) for cell in row))
    console.print(shown)


def bar(share: float, most: float, width: int = 30) -> str:
    """A bar of blocks; ``most`` fills the width."""
    eighths = round(8 * width * share / most) if most > 0 else 0
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
