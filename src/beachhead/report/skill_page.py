"""A back-test as one HTML file that needs nothing else: figures, lift charts, reliability curves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts import theme
from beachhead.charts.figure import Figure
from beachhead.charts.lift import Look, lift
from beachhead.charts.reliability import reliability
from beachhead.charts.render import svg
from beachhead.report import skill as words
from beachhead.report.html import environment
from beachhead.report.tables import Cell, Table, figure, heads
from beachhead.skill.result import Gain, Score, Skill, TaskResult

_GLUED = re.compile(r"(\d) %")  # a number and its per-cent sign stay on one line
LOOKS = {
    "model": Look(theme.BLUE),
    "selection": Look(theme.BAND, (6, 3)),
    "selection_with_model": Look(theme.BAND),
}
RIVAL = Look(theme.INK)


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of the table: its text, the interval below it, the number by which it is sorted."""

    text: str
    ci: str
    key: float
    best: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A way of ordering with its figures."""

    name: str
    ours: bool
    figures: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as SVG text, with the words around it."""

    title: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class Section:
    """One task at one base year as the page shows it."""

    id: str
    short: str
    title: str
    says: str
    size: str
    table: Table
    rows: tuple[Row, ...]
    charts: tuple[Drawn, ...]
    gains: Table
    notes: tuple[str, ...]


def skill_html(skill: Skill, label: str, notes: Sequence[str] = ()) -> str:
    """The page. The same result gives the same bytes."""
    measures = {m.key: (m.head, m.means) for task in skill.tasks for m in words.shown(task)}
    page = environment().get_template("skill.html.j2")
    text = page.render(
        label=label,
        seed=skill.seed,
        replicates=skill.replicates,
        notes=list(notes),
        limit=words.LIMIT,
        parts=[section(task) for task in skill.tasks],
        measures=list(measures.values()),
    )
    return _GLUED.sub("\\1\N{NO-BREAK SPACE}%", text)


def section(task: TaskResult) -> Section:
    """A task as the page shows it."""
    measures = words.shown(task)
    name = f"{task.task}-{task.base_year}".replace("_", "-")
    return Section(
        id=name,
        short=f"{words.SHORT[words.kind_of(task)]} {words.outcome_years(task)}",
        title=words.title(task),
        says=words.verdict(task),
        size=words.size_words(task),
        table=Table("Every way of ordering, with its interval", heads("Way", *(f"#{m.head}" for m in measures)), ()),
        rows=tuple(_row(task, score, measures) for score in task.scores),
        charts=tuple(Drawn(f.title, f.caption, svg(f.spec, f.name, f.title, f.says)) for f in figures(task, name)),
        gains=_gains(task),
        notes=task.notes,
    )


def _row(task: TaskResult, score: Score, measures: Sequence[words.Measure]) -> Row:
    cells = []
    for measure in measures:
        x = words.value(score, measure.key)
        known = bool(np.isfinite(x))
        text = n.plain(x, measure.decimals)
        best = words.best(task, measure) == score.name
        cells.append(Shown(text, words.interval_words(score, measure), x if known else -1e300, best))
    return Row(score.label, score.name in words.OURS, tuple(cells))


def _gains(task: TaskResult) -> Table:
    """What ours gains over every other way, on the same draws."""
    label = {score.name: score.label for score in task.scores}
    rows = tuple(_gain(gain, label) for gain in task.gains)
    columns = heads("Ours", "Beside", "In", "#Better by", "#95 % interval", "Clear")
    return Table("A gain is clear if its interval does not hold zero", columns, rows)


def _gain(gain: Gain, label: dict[str, str]) -> tuple[Cell, ...]:
    clear = "better" if gain.low > 0 else "worse" if gain.high < 0 else "no"
    return (
        Cell(label[gain.name]),
        Cell(label[gain.over]),
        Cell(words.MEASURES[gain.metric].head),
        figure(gain.gain, n.plain(gain.gain, 3)),
        Cell(f"{n.plain(gain.low, 3)} to {n.plain(gain.high, 3)}"),
        Cell(clear),
    )


# --- charts ----------------------------------------------------------------------------------------------------------


def figures(task: TaskResult, name: str) -> list[Figure]:
    """The lift chart, and the reliability curve where chances were stated."""
    named = {score.name: LOOKS[score.name] for score in task.scores if score.name in LOOKS}
    if rival := words.best_rival(task):
        named[rival.name] = RIVAL
    drawn = [_lift(task, named, name)] if any(np.isfinite(s.lift).all() for s in task.scores if s.lift) else []
    return [*drawn, *([_reliability(task, named, name)] if any(s.reliability for s in task.scores) else [])]


def _lift(task: TaskResult, named: dict[str, Look], name: str) -> Figure:
    first = [
        f"{score.label}: {n.pct(score.lift[10])} in the first tenth of its list"
        for score in task.scores
        if score.name in named and score.lift
    ]
    return Figure(
        f"lift-{name}",
        words.FOUND_TITLE[words.kind_of(task)],
        f"{'; '.join(first)}.",
        "The higher the line, the sooner the list finds what there was to find. Dashed: by lot. Grey: the other ways. "
        "The axis is drawn out at its beginning, for that is where a firm looks.",
        lift(task.scores, named),
    )


def _reliability(task: TaskResult, named: dict[str, Look], name: str) -> Figure:
    said = [f"{score.label} is off by {n.pct(score.ece)} on average" for score in task.scores if score.reliability]
    return Figure(
        f"reliability-{name}",
        "Do the stated chances hold?",
        f"{'; '.join(said)}.",
        "Twenty groups of equally many candidates, by the chance that was stated; how many of each opened. On the "
        "dashed line the chances hold; below it they promised too much. Hollow marks at the foot: fewer opened than "
        "the axis shows, or none. Groups of chances below 0.01 % are not drawn.",
        reliability(task.scores, named),
    )
