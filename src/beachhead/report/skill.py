"""What a back-test found, in words, as JSON and as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.report.rounding import number
from beachhead.skill.panel import DATA
from beachhead.skill.result import Gain, Score, Skill, TaskResult

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SCHEMA = "beachhead.skill/1"
OURS = ("model", "selection", "selection_with_model")
WIDE = 100  # columns of the terminal from which intervals stand beside the figures, not below
LIMIT = (
    "What this says: how well each way of ordering markets did for whole countries, on figures known at the time. "
    "What it does not: that one firm, with its own product and people, will sell there."
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column: its key in :class:`Score`, what it is called, how it is read, and how many decimals tell anything."""

    key: str
    head: str
    means: str
    decimals: int = 3
    low_is_good: bool = False


MEASURES = {
    one.key: one
    for one in (
        Measure("auc", "AUC", "chance that a market that opened stands above one that did not; 0.5 is chance"),
        Measure("ap", "Precision", "average precision: share of openings among the first, averaged down the list"),
        Measure("recall_at_10", "Recall@10", "share of what opened among an exporter's first ten, averaged"),
        Measure("recall_pooled", "pooled", "the same over all openings together"),
        Measure("ece", "Off by", "expected calibration error: how far stated chances lie from what came", 4, True),
        Measure("spearman", "Rank corr.", "rank correlation with what came, over all candidates"),
        Measure("within", "Within", "the same among the candidates of one choice (exporter and product), averaged"),
        Measure("lift_at_10", "Lift", "how many times more of the best tenth is in the first tenth than by lot", 2),
    )
}
SHOWN = {
    "entry": ("auc", "ap", "recall_at_10", "ece"),
    "growth": ("spearman", "within", "lift_at_10"),
    "level": ("spearman", "within", "lift_at_10"),
    "demand": ("within", "spearman", "lift_at_10"),
}
HEADLINE = {"entry": "recall_at_10", "growth": "spearman", "level": "spearman", "demand": "within"}
SHORT = {"entry": "Opening", "growth": "Growth", "level": "Sales", "demand": "Demand"}
FOUND_TITLE = {
    "entry": "How soon the markets that opened are found",
    "growth": "How soon the tenth that grew most is found",
    "level": "How soon the tenth that bought most is found",
    "demand": "How soon the tenth of each product that grew most is found",
}
TITLES = {
    "entry": "Which closed markets open",
    "growth": "Which running markets grow",
    "level": "How much running markets buy",
    "demand": "Where imports grow most",
}


def kind_of(task: TaskResult) -> str:
    """``demand`` for both of its horizons, else the task itself."""
    return task.task.partition("_")[0]


def title(task: TaskResult) -> str:
    """``Which closed markets open: 2018–2020 seen from 2015``."""
    return f"{TITLES[kind_of(task)]}: {outcome_years(task)} seen from {task.base_year}"


def outcome_years(task: TaskResult) -> str:
    """The years of the outcome: ``2018–2020``."""
    first, last = (task.base_year + years for years in task.horizon)
    return f"{first}–{last}"


def value(score: Score, key: str) -> float:
    """A measure of a score; nan where it has no meaning."""
    if key == "lift_at_10":
        return score.lift[10] / 0.1 if score.lift and "lift_at_10" in score.ci else float("nan")
    return float(getattr(score, key))


def shown(task: TaskResult) -> tuple[Measure, ...]:
    """Measures of the task that any of its scores has."""
    keys = SHOWN[kind_of(task)]
    return tuple(MEASURES[key] for key in keys if any(np.isfinite(value(s, key)) for s in task.scores))


def best(task: TaskResult, measure: Measure) -> str:
    """Name of the score that did best in a measure; empty if none has it."""
    known = {s.name: value(s, measure.key) for s in task.scores if np.isfinite(value(s, measure.key))}
    pick = min if measure.low_is_good else max
    return pick(known, key=lambda name: known[name]) if known else ""


# --- words -----------------------------------------------------------------------------------------------------------


def size_words(task: TaskResult) -> str:
    """How much was judged."""
    who = f"{n.plain(task.exporters)} exporters, " if task.exporters else ""
    share = "" if task.sampled == 1 else f" (a sample of {n.pct(task.sampled)} of all exporter-products)"
    opened = f", {n.plain(task.positives)} opened ({100 * task.base_rate:.1f} %)" if task.task == "entry" else ""
    data = DATA.get(task.data, "your files")
    return f"{data}: {n.plain(task.candidates)} candidates{share}{opened}; {who}{n.plain(task.products)} products."


def verdict(task: TaskResult) -> str:
    """The result in one or two plain sentences."""
    if not task.scores:
        return "No way of ordering could be asked."
    return _VERDICTS[kind_of(task)](task)


def _ours(task: TaskResult) -> Score:
    """Our model, else our selection, else what did best."""
    by_name = {s.name: s for s in task.scores}
    measures = shown(task)
    leading = best(task, measures[0]) if measures else task.scores[0].name
    return next((by_name[name] for name in OURS if name in by_name), by_name[leading])


def _rival(task: TaskResult, key: str, ours: Score) -> Score | None:
    """The best of those that are not ours."""
    others = [s for s in task.scores if s.name not in (*OURS, "random", ours.name) and np.isfinite(value(s, key))]
    return max(others, key=lambda s: value(s, key), default=None)


def best_rival(task: TaskResult) -> Score | None:
    """The best in the measure that counts first of those that are not ours."""
    if not task.scores:
        return None
    return _rival(task, HEADLINE[kind_of(task)], _ours(task))


def in_text(score: Score) -> str:
    """A label within a sentence: ``market size``, but ``GDP`` and ``ITC's index``."""
    return score.label if score.label[1:2].isupper() else score.label[:1].lower() + score.label[1:]


def _entry(task: TaskResult) -> str:
    ours = _ours(task)
    rival = _rival(task, "recall_pooled", ours)
    lot = next((s.recall_pooled for s in task.scores if s.name == "random"), float("nan"))
    beside = [f"{in_text(rival)} {_of100(rival.recall_pooled)}"] if rival else []
    beside += [f"ten drawn by lot {_of100(lot)}"] if np.isfinite(lot) else []
    than = f"; {n.listed(beside)}" if beside else ""
    return (
        f"Of 100 markets that opened in {outcome_years(task)}, the first ten that {in_text(ours)} would have named in "
        f"{task.base_year} held {_of100(ours.recall_pooled)}{than}. {_gap(task, 'recall_pooled', ours, rival)}"
    )


def _of100(share: float) -> str:
    return n.plain(100 * share) if np.isfinite(share) else n.UNKNOWN


def _order(task: TaskResult, key: str, what: str) -> str:
    ours = _ours(task)
    rival = _rival(task, key, ours)
    mine = value(ours, key)
    strength = next(word for least, word in STRENGTH if not mine < least)
    beside = f", {in_text(rival)} {_signed(value(rival, key))}" if rival else ""
    return (
        f"{what} can {strength} be foretold: rank correlation of {in_text(ours)} {_signed(mine)}"
        f"{_between(ours, key)}{beside}; 1 is a perfect order, 0 none. {_gap(task, key, ours, rival)}"
    )


STRENGTH = ((0.6, "well"), (0.3, "partly"), (0.15, "only weakly"), (0.05, "hardly"), (-9.0, "not"))


def _between(score: Score, key: str) -> str:
    low, high = score.ci.get(key, (float("nan"), float("nan")))
    return f" ({_signed(low)} to {_signed(high)})" if np.isfinite(low) else ""


def _signed(x: float) -> str:
    return n.plain(x, 2)


def _gap(task: TaskResult, key: str, ours: Score, rival: Score | None) -> str:
    """Whether ours is better than the best of the others beyond chance."""
    found = next((g for g in task.gains if rival and (g.name, g.over, g.metric) == (ours.name, rival.name, key)), None)
    if found is None or rival is None:
        return ""
    return f"{ours.label} beside {in_text(rival)}: {gain_words(found)}."


def gain_words(gain: Gain) -> str:
    """``better by 0.09 (0.07 to 0.10)``, or that chance could be behind it."""
    interval = f"({n.plain(gain.low, 3)} to {n.plain(gain.high, 3)})"
    if not (gain.low > 0 or gain.high < 0):
        return f"no clear difference, {n.plain(gain.gain, 3)} {interval}"
    return f"{'better' if gain.gain > 0 else 'worse'} by {n.plain(abs(gain.gain), 3)} {interval}"


def _demand(task: TaskResult) -> str:
    years = "three" if task.horizon[1] == 3 else "five"
    said = _order(task, "within", f"Where imports grow most over the next {years} years")
    selection = next((s for s in task.scores if s.name == "selection"), None)
    if selection is None:
        return said
    own = f"The growth figure that our ranking uses: {_signed(selection.within)}{_between(selection, 'within')}."
    return f"{said} {own}"


_VERDICTS = {
    "entry": _entry,
    "growth": lambda task: _order(task, "spearman", "Which running markets grow"),
    "level": lambda task: _order(task, "spearman", "How much running markets will buy"),
    "demand": _demand,
}


# --- JSON ------------------------------------------------------------------------------------------------------------


def skill_dict(skill: Skill, notes: Sequence[str] = ()) -> dict[str, Any]:
    """The machine-readable result, schema ``beachhead.skill/1``; ``notes`` on the data as a whole."""
    return {
        "schema": SCHEMA,
        "seed": skill.seed,
        "replicates": skill.replicates,
        "notes": list(notes),
        "tasks": [task_dict(task) for task in skill.tasks],
    }


def task_dict(task: TaskResult) -> dict[str, Any]:
    """One task as JSON-ready data."""
    names = ("task", "data", "base_year", "split", "candidates", "positives", "exporters", "products")
    return {
        **{name: getattr(task, name) for name in names},
        "outcome_years": [task.base_year + years for years in task.horizon],
        "base_rate": number(task.base_rate),
        "sampled": number(task.sampled),
        "says": verdict(task),
        "scores": [score_dict(score) for score in task.scores],
        "gains": [gain_dict(gain) for gain in task.gains],
        "notes": list(task.notes),
    }


def score_dict(score: Score) -> dict[str, Any]:
    """One way of ordering as JSON-ready data; null where a measure has no meaning for the task."""
    keys = ("auc", "ap", "recall_at_10", "recall_pooled", "spearman", "within", "lift_at_10", "brier", "ece")
    bars = [
        {"predicted": number(x.predicted), "observed": number(x.observed), "count": x.count} for x in score.reliability
    ]
    return {
        "name": score.name,
        "label": score.label,
        **{key: number(value(score, key)) for key in keys},
        "ci": {key: [number(low), number(high)] for key, (low, high) in score.ci.items()},
        "reliability": bars,
        "lift": [number(x, 6) for x in score.lift],
    }


def gain_dict(gain: Gain) -> dict[str, Any]:
    """A paired gain as JSON-ready data."""
    return {
        "name": gain.name, "over": gain.over, "metric": gain.metric, "gain": number(gain.gain),
        "ci": [number(gain.low), number(gain.high)],
    }  # fmt: skip


# --- terminal --------------------------------------------------------------------------------------------------------


def show_skill(skill: Skill, console: Console, notes: Sequence[str] = ()) -> None:
    """Every task: what it says, the figures with their intervals, and what to keep in mind."""
    from rich.text import Text

    from beachhead.report.terminal import bullets

    for task in skill.tasks:
        console.print(Text(title(task), style="bold"))
        console.print(Text(verdict(task)))
        console.print(Text(size_words(task), style="dim"))
        console.print(figures_table(task, wide=console.width >= WIDE))
        if task.notes:
            console.print(bullets(task.notes))
        console.print()
    console.print(Text("How to read it", style="bold"))
    read = {one.key: f"{one.head}: {one.means}" for task in skill.tasks for one in shown(task)}
    console.print(bullets([*read.values(), INTERVALS.format(skill.replicates), *notes, LIMIT]))


INTERVALS = "Grey: 95 % intervals from {:,} draws. Bold: the best of its column. ▸ marks what is ours"


def figures_table(task: TaskResult, *, wide: bool) -> Table:
    """Ways of ordering by measures; the best in bold, intervals in grey, ours marked."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    columns = shown(task)
    found = Table(box=SIMPLE_HEAD, pad_edge=False)
    found.add_column("", no_wrap=True)
    for measure in columns:
        found.add_column(measure.head, justify="right", no_wrap=True)
    leading = {measure.key: best(task, measure) for measure in columns}
    for score in task.scores:
        ours = score.name in OURS
        name = Text(f"{'▸' if ours else ' '} {score.label}", style="cyan" if ours else "")
        found.add_row(name, *(_figure(score, measure, leading[measure.key], wide) for measure in columns))
    return found


def _figure(score: Score, measure: Measure, leading: str, wide: bool) -> Any:
    from rich.text import Text

    x = value(score, measure.key)
    if not np.isfinite(x):
        return Text(n.UNKNOWN, style="dim")
    style = "bold" if score.name == leading else ""
    between = interval_words(score, measure)
    return Text.assemble(
        (n.plain(x, measure.decimals), style), (f"{' ' if wide else chr(10)}{between}", "bright_black")
    )


def interval_words(score: Score, measure: Measure) -> str:
    """``.912–.925``, or ``−.05 to .12``, without the zero before the point; empty where there is none."""
    low, high = score.ci.get(measure.key, (float("nan"), float("nan")))
    if not np.isfinite(low):
        return ""
    ends = [n.plain(x, measure.decimals) for x in (low, high)]
    bare = [text.replace("0.", ".", 1) if abs(x) < 1 else text for text, x in zip(ends, (low, high), strict=True)]
    return (" to " if low < 0 else "–").join(bare)
