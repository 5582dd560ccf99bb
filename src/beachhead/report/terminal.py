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
from beachhead.report.answer import answer, badge, bottom_line, notes
from beachhead.report.fitted import Fitted
from beachhead.report.learning import lines as learnt_lines
from beachhead.report.learning import names_of
from beachhead.report.record import HEADING, record_lines
from beachhead.report.tables import Table as PlainTable
from beachhead.report.tables import reason_of
from beachhead.report.terminal_plan import gates_short, outlook_block, outlook_tables, plan_block, rollout_block
from beachhead.report.words import Voice, dated, mode_names, name_of, offers, sentence, size
from beachhead.select import LEVER_TOP
from beachhead.select.result import Lever

if TYPE_CHECKING:
    from beachhead.flow import Plan

WIDE = 100  # columns from which the score and the sd of the axes are shown
LEVERS, EXCLUDED, NAMED = 5, 6, 12  # how many levers, reasons for leaving out, and names with one reason are shown
RANKED = "Ranked by mean score. Sales: USD a year once established."


def show_plan(plan: Plan, console: Console, folder: Path | None) -> None:
    """Write the answer, the plan if there is one, the shortlist and what belongs to it."""
    voice = Voice(plan.selection, plan.evidence.catalogue, plan.modes)
    console.print(Text(_title(plan), style="bold"))
    console.print(_indented(answer(plan)))
    if block := plan_block(plan, console.width):
        console.print(block)
    if plan.learnt is not None and plan.learnt.journal:
        console.print(Text("What you have learnt", style="bold"))
        console.print(bullets(list(learnt_lines(plan.learnt, names_of(plan), plan.firm))))
        console.print()
    console.print(Text(RANKED, style="dim"))
    console.print(shortlist(plan, voice, wide=console.width >= WIDE))
    show_record(plan, console)
    for heading, lines in (
        ("What would change the answer if it were known for sure", lever_lines(plan)),
        ("Left out", excluded_lines(plan)),
        ("Keep in mind", notes(plan)),
    ):
        if lines:
            console.print(Text(f"\n{heading}", style="bold"))
            console.print(bullets(lines))
    if folder is not None:
        console.print(Text(f"\nReport, data and charts: {folder}", style="bold"), soft_wrap=True)


def show_record(plan: Plan, console: Console, *, brief: bool = False) -> None:
    """Write what came of the markets that this way of ranking would have named before; brief: that alone."""
    console.print(Text(HEADING, style="bold"))
    console.print(bullets(record_lines(plan)[: 1 if brief else None]))


def show_replanned(plan: Plan, as_of: str, console: Console) -> None:
    """Write the answer and the moves of a plan made anew."""
    console.print(Text(_title(plan), style="bold"))
    console.print(Text(f"Planned again, from {as_of} on\n"))
    if block := plan_block(plan, console.width):
        console.print(block)


def show_rollout(plan: Plan, console: Console) -> None:
    """Write the rollout alone: every move, what they need and how sure they are."""
    console.print(Text(_title(plan), style="bold"))
    console.print(rollout_block(plan, console.width))
    if plan.rollout is not None and plan.rollout.gates:
        console.print(Text(""))
        show_table(gates_short(plan), console)


def show_outlook(plan: Plan, console: Console) -> None:
    """Write what follows from the plan: sentences, then markets, crises and paces."""
    console.print(Text(_title(plan), style="bold"), end="")
    console.print(outlook_block(plan))
    if plan.outlook is not None:
        for table in outlook_tables(plan.outlook, plan.evidence.catalogue):
            console.print(Text(""))
            show_table(table, console)


def _title(plan: Plan) -> str:
    s = plan.selection
    home = name_of(plan.evidence.catalogue, s.home)
    return f"{s.firm.name}: {offers(s)} from {home} · evidence of {dated(plan.evidence)} · seed {plan.seed}\n"


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
    here = badge(plan, m)
    by = mode_names()[plan.modes.best[m]].lower()
    lines = [("=", "cyan", f"{here}: go on by {by}")] if here else []
    lines += [("=", "cyan", bottom_line(plan, m))]
    lines += [("+", "green", reason) for reason in voice.reasons(m)]
    lines += [("!", "yellow", warning) for warning in voice.warnings(m)[:1]]
    return [_figures([_row(plan, m, wide)], wide, style="bold"), Padding(_signed(lines), (0, 0, 1, 4))]


_HEADINGS = ("#", "Market", "Score", "Top 5", "Attractive", "Accessible", "Sales P10–P50–P90", "By")
_HEADINGS_NARROW = ("#", "Market", "Top 5", "Attr.", "Acc.", "P10 – P50 – P90", "By")
_WIDTHS = (3, 24, 5, 5, 10, 10, 19, 15)
_WIDTHS_NARROW = (3, 16, 5, 5, 5, 19, 15)


def _figures(rows: Sequence[Sequence[str]], wide: bool, style: str) -> Table:
    grid = Table.grid(padding=(0, 1))
    widths = _WIDTHS if wide else _WIDTHS_NARROW
    last = len(widths) - 1
    for k, width in enumerate(widths):
        grid.add_column(
            width=width,
            justify="left" if k in (1, last) else "center" if k == last - 1 else "right",
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
        *([n.plain(float(s.score[m]), 1)] if wide else []),
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
    first = min(LEVER_TOP, len(plan.selection.markets))
    return [f"{x.name}: {_would_change(x, first)}" for x in strong]


def _would_change(lever: Lever, first: int) -> str:
    """How many of the first markets would give way, and how often the very first."""
    many = lever.changes >= 0.95
    about = f"about {n.plain(lever.changes)}" if many else f"less than one ({n.plain(lever.changes, 1)} on average)"
    lead = f"and the first in {n.chance(lever.p_first)} of cases" if lever.p_first > 0 else "never the first"
    return f"{about} of the {first} markets would change, {lead}"


def excluded_lines(plan: Plan) -> list[str]:
    """Excluded markets by reason, the most common reason first."""
    reasons: dict[str, list[str]] = {}
    for gone in plan.selection.excluded:
        reasons.setdefault(reason_of(gone), []).append(name_of(plan.evidence.catalogue, gone.market))
    ordered = sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    lines = [f"{_named(markets)}: {reason}" for reason, markets in ordered[:EXCLUDED]]
    rest = sum(len(markets) for _, markets in ordered[EXCLUDED:])
    more = f"and {rest} more market{'s are' if rest > 1 else ' is'} left out; see the report"
    return [*lines, more] if rest else lines


def _named(markets: list[str]) -> str:
    rest = len(markets) - NAMED
    return n.listed(markets) if rest <= 0 else f"{', '.join(markets[:NAMED])} and {rest} more"


def show_table(table: PlainTable, console: Console) -> None:
    """A table of the report on the terminal."""
    rows = tuple(tuple(cell.text for cell in row) for row in table.rows)
    numbers = tuple(column.number for column in table.columns)
    console.print(Fitted(tuple(column.name for column in table.columns), rows, numbers, numbers, table.caption))


def bar(share: float, most: float, width: int = 30) -> str:
    """A bar of blocks; ``most`` fills the width."""
    eighths = round(8 * width * share / most) if most > 0 else 0
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
