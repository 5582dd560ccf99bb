"""When and how fast on a terminal: the first moves, a chart of bars by quarter, and what it may bring and cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from beachhead.charts.lanes import Bar, Lanes, lanes
from beachhead.quarters import quarter_number
from beachhead.report import tables_plan
from beachhead.report.moves import FIRST, Step, Telling, held_back, idle_line, more_lines, telling
from beachhead.report.risk import (
    back_line,
    cash_line,
    exits_line,
    pace_line,
    proof_line,
    steadiness,
    stretch_line,
    value_line,
)
from beachhead.report.tables import Cell, heads
from beachhead.report.tables import Table as PlainTable
from beachhead.report.trust import facts
from beachhead.report.words import mode_names, name_of, sentence, sentence_start

if TYPE_CHECKING:
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.flow import Plan
    from beachhead.outlook.result import Outlook
    from beachhead.rollout.result import Rollout

BRUSH = {"set-up": "░", "sells": "█", "may change": "▓"}
STYLE = {"running": "bright_black", "pilot": "yellow", "regional": "cyan", "global": "blue"}
GATE, BOUGHT, EMPTY = "◆", "●", "·"
KEY = "░ set-up  █ sells  ▓ heavier mode if sales allow  ◆ look again  ● saves hours"
NAME, MODE, WIDEST = 15, 15, 5  # columns for market and mode, and at most for a quarter


def plan_block(plan: Plan, width: int) -> RenderableType | None:
    """What is said of the rollout and what follows from it, beside the answer; None if the plan has none."""
    teller = telling(plan)
    if plan.rollout is None or teller is None:
        return None
    return Group(*_moves(teller, FIRST), *_gantt(plan, width), *_figures(plan), Text(""))


def rollout_block(plan: Plan, width: int) -> RenderableType:
    """The whole rollout: every move, the chart, money, limits, how sure. The plan has a rollout."""
    rollout, teller = plan.rollout, telling(plan)
    assert rollout is not None and teller is not None
    money = [value_line(plan), cash_line(plan)] if rollout.moves else []
    lines = [*money, held_back(rollout), *map(sentence, more_lines(rollout))]
    sure = [f"{fact.name}: {fact.value}. {fact.means}" for fact in facts(rollout)]
    return Group(
        *_moves(teller, len(rollout.moves) + len(rollout.automation)),
        *_gantt(plan, width),
        *_titled("What it brings and needs", lines),
        *_titled("How sure the plan is", sure),
    )


def gates_short(plan: Plan) -> PlainTable:
    """When to look again, in few columns. The plan has a rollout."""
    rollout, teller = plan.rollout, telling(plan)
    assert rollout is not None and teller is not None
    full = tables_plan.gates(rollout, teller)
    names = ("Market", "When", "#Go on", "#Leave", "#Spent", "#P go", "#P wait", "#P leave")
    rows = tuple((*row[:1], Cell(row[1].text[:6]), *row[2:4], *row[5:]) for row in full.rows)
    return PlainTable("Look again: go on above, leave below these USD of sales a year", heads(*names), rows)


def outlook_block(plan: Plan) -> RenderableType:
    """What follows, in sentences. The plan has an outlook."""
    outlook = plan.outlook
    assert outlook is not None
    lines = [value_line(plan), back_line(plan), cash_line(plan), stretch_line(plan), exits_line(plan), pace_line(plan)]
    return Group(*_titled(f"What follows, over {outlook.paths:,} futures", [*lines, *steadiness(outlook.resilience)]))


def outlook_tables(outlook: Outlook, catalogue: Catalogue) -> list[PlainTable]:
    """Markets, crises and paces in few columns."""
    of_markets = tables_plan.by_market(outlook, catalogue)
    return [
        table
        for table in (
            _fewer(
                of_markets, (0, 1, 2, 3, 4), ("Market", "#Entered", "#Served at end", "#Worth", "#Last year's sales")
            ),
            _fewer(
                tables_plan.stress(outlook, catalogue),
                (0, 1, 2, 4, 5, 6),
                ("Crisis", "#Sales", "#Worth", "#Lowest cash", "#Below floor", "#No cash"),
            ),
            _fewer(
                tables_plan.pace(outlook),
                (0, 1, 5, 6, 7, 8),
                ("Pace", "#Months", "#After risk", "#Below floor", "#No cash", "#Too much"),
            ),
        )
        if table.rows
    ]


def _fewer(table: PlainTable, kept: tuple[int, ...], names: tuple[str, ...]) -> PlainTable:
    """Some columns of a table, under shorter names."""
    return PlainTable(table.caption, heads(*names), tuple(tuple(row[k] for k in kept) for row in table.rows))


def _moves(teller: Telling, shown: int) -> list[RenderableType]:
    """The first moves, and what goes on as it is; why nothing is entered, if so."""
    steps, rollout = teller.steps(), teller.rollout
    none = not rollout.entered
    heading = "When and how fast" if none else _heading(min(shown, len(steps)))
    idle = [Text(idle_line(rollout))] if none else []
    more = len(steps) - shown
    rest = f"{more} more {'move' if more == 1 else 'moves'} later: see the report."
    return [
        Text(heading, style="bold"),
        *idle,
        *([step_table(steps[:shown])] if steps else []),
        *_goes_on(teller),
        *([Text(rest, style="dim")] if more > 0 else []),
    ]


def _heading(count: int) -> str:
    words = ("", "", "two ", "three ", "four ", "five ")
    return f"First {words[count]}move{'' if count == 1 else 's'}" if count < len(words) else "The moves"


def _goes_on(teller: Telling) -> list[RenderableType]:
    said = teller.goes_on()
    return [Text(said)] if said else []


def step_table(steps: Sequence[Step]) -> Table:
    """Quarter and move, what to look at below it."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=6)
    grid.add_column(overflow="fold")
    for step in steps:
        said = Text(sentence_start(step.text), style="bold")
        if step.check:
            said.append(f" {step.check}", style="not bold")
        grid.add_row(Text(step.quarter, style="cyan"), said)
    return grid


def _gantt(plan: Plan, width: int) -> list[RenderableType]:
    rollout = plan.rollout
    if rollout is None or not rollout.moves:
        return []
    return [
        Text(""),
        *gantt_lines(rollout, plan.selection.markets, plan.evidence.catalogue, width),
        Text(KEY, style="dim"),
    ]


def gantt_lines(rollout: Rollout, ranked: tuple[str, ...], catalogue: Catalogue, width: int) -> list[Text]:
    """Markets × quarters, one line per market and one per purchase; never wider than ``width`` columns, from 80."""
    drawn, first = lanes(rollout, ranked), quarter_number(rollout.quarters[0])
    years = len({q[:4] for q in rollout.quarters})
    cell = max(2, min(WIDEST, (width - NAME - MODE - 2 - years) // drawn.length))
    head = [_years(rollout.quarters, cell)]
    head += [_row("", "", [q[4:] if cell > 2 else q[5:] for q in rollout.quarters], first, cell)]
    body = [_market_line(drawn, market, name_of(catalogue, market), first, cell) for market in drawn.markets]
    bought = [_purchase_line(mark.row, mark.at, drawn.length, first, cell) for mark in drawn.purchases]
    for line in head:
        line.stylize("dim")
    return [*head, *body, *bought]


def _years(quarters: Sequence[str], cell: int) -> Text:
    """The years over their quarters; a year that is only begun has two digits where four do not fit."""
    years = [q[:4] for q in quarters]
    rooms = [(year, cell * years.count(year)) for year in dict.fromkeys(years)]
    return Text(" " * (NAME + MODE + 2) + " ".join(f"{year if room > 4 else year[2:]:{room}}" for year, room in rooms))


def _opens_year(first: int, k: int) -> bool:
    return k == 0 or (first + k) % 4 == 0


def _row(name: str, mode: str, cells: Sequence[str | Text], first: int, cell: int) -> Text:
    """A line of the chart: market and mode, or one name over both; years stand apart by a blank."""
    label = f"{_cut(name, NAME):{NAME}} {_cut(mode, MODE)}" if mode else _cut(name, NAME + 1 + MODE)
    line = Text(f"{label:{NAME + 1 + MODE}} ")
    for k, content in enumerate(cells):
        line.append(" " if k and _opens_year(first, k) else "")
        line.append_text(content if isinstance(content, Text) else Text(f"{content:{cell}}"))
    return line


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _market_line(drawn: Lanes, market: str, name: str, first: int, cell: int) -> Text:
    bars = [bar for bar in drawn.bars if bar.market == market]
    gates = {int(mark.at) for mark in drawn.gates if mark.row == market}
    cells = [_painted(_bar_at(bars, k + 0.5), k in gates, cell) for k in range(drawn.length)]
    modes = list(dict.fromkeys(bar.mode for bar in bars))
    return _row(name, mode_names().get(modes[0], modes[0]) if modes else "", cells, first, cell)


def _bar_at(bars: Sequence[Bar], time: float) -> Bar | None:
    return next((bar for bar in bars if bar.start <= time < bar.end), None)


def _painted(bar: Bar | None, gate: bool, cell: int) -> Text:
    """One quarter of one market; a gate stands at its end."""
    brush, style = (BRUSH[bar.state], STYLE[bar.phase]) if bar else (EMPTY, "dim")
    cells = Text((brush * cell) if bar else f"{brush:{cell}}", style=style)
    return cells[: cell - 1].append(GATE, style="bold") if gate else cells


def _purchase_line(name: str, at: float, length: int, first: int, cell: int) -> Text:
    cells: list[Text] = []
    for k in range(length):
        mark = BOUGHT if k == int(at) else "─" * cell if k > at else EMPTY
        cells.append(
            Text(f"{mark:─<{cell}}" if mark == BOUGHT else f"{mark:{cell}}", style="dim" if mark == EMPTY else "")
        )
    return _row(name, "", cells, first, cell)


def _figures(plan: Plan) -> list[RenderableType]:
    """What the answer above does not say of money and risk, and what holds the plan back."""
    rollout = plan.rollout
    assert rollout is not None
    lines = [back_line(plan), stretch_line(plan), pace_line(plan)] if rollout.moves else []
    return _titled(
        "What follows", [*lines, proof_line(rollout), held_back(rollout), *map(sentence, more_lines(rollout))]
    )


def _titled(heading: str, lines: Sequence[str]) -> list[RenderableType]:
    """Sentences as a list under a heading; nothing but a blank line if there are none."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for line in lines:
        if line:
            grid.add_row("·", Text(line))
    return [Text(f"\n{heading}", style="bold"), grid] if any(lines) else []
