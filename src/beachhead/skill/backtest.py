"""The back-test: what each way of ordering markets would have said at the end of a past year, beside what came.

For every task and base year the candidates are made, every score is asked with a panel that ends there and with the
outcome taken away, and all are judged on the same candidates and the same draws.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from beachhead.errors import Fault, InputError, bad
from beachhead.evidence.model import Floats
from beachhead.skill import bootstrap as b
from beachhead.skill import demand, metrics
from beachhead.skill import tasks as by_pair
from beachhead.skill.model import TRAINED_UNTIL
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases, Gain, Ints, Score, Skill, TaskResult
from beachhead.skill.scores import Spec

Watch = Callable[[str, float], None]  # told what is done now, and which share of all is done
SPLITS = ("time", "exporter")
FOLDS = 5  # of exporters
LEARNT = 3  # base years from which the models of the split by exporter learn: each costs minutes
REPLICATES = 200
MODEL, SELECTION = "model", "selection"
DEFAULT_YEARS = {"baci74": (2015, 2018), "wiod": (2004, 2006), "chapters": (2008, 2013, 2018)}
FIT_REMEDY = 'the split by exporter trains the model anew: install the extra "skill" (pip install "beachhead[skill]")'


@dataclass(frozen=True, slots=True)
class Kind:
    """How a task is judged. ``shown``: measures; ``counts``: those in which gains are told; ``apart``: whether lists
    are made within a product; ``horizon``: first and last year of the outcome, after the base year."""

    shown: tuple[str, ...]
    counts: tuple[str, ...]
    horizon: tuple[int, int]
    apart: bool = False


_FOUND = ("auc", "ap", "recall_at_10", "recall_pooled")
_ORDER = ("spearman", "within")
KINDS = {
    "entry": Kind((*_FOUND, "lift_at_10"), _FOUND, by_pair.HORIZON),
    "growth": Kind((*_ORDER, "lift_at_10"), _ORDER, by_pair.HORIZON),
    "level": Kind((*_ORDER, "lift_at_10"), _ORDER, by_pair.HORIZON),
    "demand_3": Kind((*_ORDER, "lift_at_10"), ("within", "lift_at_10"), (1, 3), apart=True),
    "demand_5": Kind((*_ORDER, "lift_at_10"), ("within", "lift_at_10"), (3, 5), apart=True),
}
OF_CHANCES = ("brier", "ece")
OTHER_FLOWS = ("wiod",)  # that the shipped model was not trained on


def backtest(
    panel: Panel,
    *,
    tasks: Sequence[str] = (),
    base_years: Sequence[int] = (),
    split: str = "time",
    names: Sequence[str] | None = None,
    seed: int = 1,
    replicates: int = REPLICATES,
    watch: Watch | None = None,
) -> Skill:
    """Judge ways of ordering markets on the flows of a panel.

    ``tasks``: *entry*, *growth*, *level*, *demand* (both horizons); ``base_years``: years at whose end the choice is
    made; what is left out is chosen for the panel. ``names``: which scores take part. ``split``: *time* judges models
    on years after those they learnt from, *exporter* also on exporters that they have not seen.
    Raises InputError, with all faults, before anything is reckoned.
    """
    asked = _asked(panel, tasks, base_years, split, names)
    if split == "exporter":
        _check_trainer()
    tell = watch or (lambda text, done: None)
    results = []
    for k, (task, year) in enumerate(asked):
        part = _Part(panel, task, year, split, names, tell, k, len(asked))
        results.append(_judge(part, seed, replicates))
    tell("", 1.0)
    return Skill(seed, replicates, tuple(results))


# --- what is asked ---------------------------------------------------------------------------------------------------


def tasks_of(panel: Panel) -> tuple[str, ...]:
    """The tasks that a panel can be asked: without sellers only what markets will demand."""
    sellers = by_pair.TASKS if panel.data != "chapters" else ()
    return (*sellers, *demand.HORIZONS)


def possible(panel: Panel, task: str) -> range:
    """Base years that the panel can judge in a task."""
    return demand.base_years(panel, task) if task in demand.HORIZONS else by_pair.base_years(panel)


def default_years(panel: Panel, task: str) -> tuple[int, ...]:
    """Base years if none are named: those of the record for the snapshot's data, else the last that can be judged."""
    years = possible(panel, task)
    return DEFAULT_YEARS.get(panel.data) or tuple(years[-1:])


def expanded(task: str) -> tuple[str, ...]:
    """``demand`` is both of its horizons."""
    return tuple(demand.HORIZONS) if task == "demand" else (task,)


def _asked(
    panel: Panel, wanted: Sequence[str], years: Sequence[int], split: str, names: Sequence[str] | None
) -> list[tuple[str, int]]:
    """Every task and base year, or all faults of what was asked."""
    faults = list(_choice_faults(panel, wanted, split, names))
    chosen = [one for task in wanted for one in expanded(task)] or list(_usual(panel, split))
    pairs = [(task, t) for task in dict.fromkeys(chosen) if task in KINDS for t in years or default_years(panel, task)]
    faults += [fault for task, t in pairs if (fault := _year_fault(panel, task, t, split))]
    if not faults and not pairs:
        faults.append(_too_short(panel))
    if faults:
        raise InputError(list(dict.fromkeys(faults)))
    return pairs


def _usual(panel: Panel, split: str) -> tuple[str, ...]:
    """Tasks if none are named."""
    if split == "exporter":
        return ("entry",)
    return tuple(task for task in tasks_of(panel) if panel.data == "chapters" or task in by_pair.TASKS)


def _choice_faults(panel: Panel, wanted: Sequence[str], split: str, names: Sequence[str] | None) -> list[Fault]:
    can = tasks_of(panel)
    faults = []
    for task in wanted:
        if not set(expanded(task)) <= set(can):
            shown = ", ".join(dict.fromkeys(one.partition("_")[0] for one in can))
            faults.append(Fault("task", task, f"{panel.label} can judge {shown}"))
    if split not in SPLITS:
        faults.append(Fault("split", split, f"choose {' or '.join(SPLITS)}"))
    if split == "exporter" and not {one for task in wanted for one in expanded(task)} <= set(by_pair.TASKS):
        faults.append(Fault("split", split, f"only {', '.join(by_pair.TASKS)} have exporters to split"))
    known = {spec.name for spec in every_score()}
    unknown = sorted(set(names or ()) - known)
    return faults + [Fault("score", name, f"choose from {', '.join(sorted(known))}") for name in unknown]


def _year_fault(panel: Panel, task: str, t: int, split: str) -> Fault | None:
    years = possible(panel, task)
    if split == "exporter":  # a model must be fitted on base years whose outcome was known by then
        years = range(years.start + by_pair.HORIZON[1], years.stop)
    if t in years:
        return None
    if not len(years):
        return _too_short(panel)
    what = task.partition("_")[0]
    return Fault("base-years", str(t), f"{panel.label} can judge {what} for base years {years[0]} to {years[-1]}")


def _too_short(panel: Panel) -> Fault:
    return Fault(
        "data",
        f"{panel.first} to {panel.last}",
        "too short to look back: three years before a base year and five after it are needed, eight in all",
    )


def every_score() -> tuple[Spec, ...]:
    """All ways of ordering, of every task."""
    from beachhead.skill.scores import SCORES

    return (*SCORES, BY_LOT, *demand.SCORES)


def by_lot(known: Panel, cases: Cases) -> Floats:
    """All alike: with ties settled exactly, what chance alone gives."""
    return np.zeros(len(cases))


BY_LOT = Spec("random", "By lot", "No knowledge: every order alike.", f"{__name__}:by_lot", ("entry",))


def specs(panel: Panel, task: str, names: Sequence[str] | None = None) -> tuple[Spec, ...]:
    """The scores that take part in a task on a panel."""
    return tuple(
        spec
        for spec in every_score()
        if task in spec.tasks and (not spec.data or panel.data in spec.data) and (names is None or spec.name in names)
    )


# --- one task at one base year ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One task at one base year within a run: the ``k``-th of ``of``."""

    panel: Panel
    task: str
    base_year: int
    split: str
    names: Sequence[str] | None
    tell: Watch
    k: int
    of: int

    def told(self, what: str, share: float) -> None:
        self.tell(f"{self.task} {self.base_year}: {what}", (self.k + share) / self.of)


def _judge(part: _Part, seed: int, replicates: int) -> TaskResult:
    part.told("candidates", 0.0)
    found, sampled = candidates(part.panel, part.task, part.base_year)
    if not len(found):
        raise bad("base-years", part.base_year, f"{part.panel.label} has no candidate for the task {part.task} then")
    sample, by = sample_of(found)
    taken = b.draw(sample.clusters, replicates, (seed, part.base_year, zlib.crc32(part.task.encode())))
    ways = specs(part.panel, part.task, part.names)
    told = _Told(found, sample, taken, {}, [], [_by_note(by, sample.clusters), *task_notes(part.panel, found)])
    for j, spec in enumerate(ways):
        part.told(spec.label, 0.1 + 0.9 * j / len(ways))
        _take(part, spec, told)
    values, kind = told.values, KINDS[part.task]
    return TaskResult(
        part.task, part.panel.data, part.base_year, part.split, kind.horizon, len(found), int(sample.found.sum()),
        len(set(found.exporter.tolist()) - {-1}), len(set(found.product.tolist())), sampled, tuple(told.scores),
        tuple(gains(values, kind.counts)), tuple(told.notes),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What has been found so far of one task: measures on every draw by score, and notes for the reader."""

    cases: Cases
    sample: b.Sample
    taken: Floats
    values: dict[str, dict[str, Floats]]
    scores: list[Score]
    notes: list[str]


def _take(part: _Part, spec: Spec, told: _Told) -> None:
    """Ask one score and judge it, or note why it takes no part."""
    try:
        given = _scored(part, spec, told.cases, told.notes)
    except InputError as error:
        told.notes.append(f"{spec.label} takes no part: {error.faults[0].remedy}.")
        return
    listed, unknown = _listed(given)
    if unknown == 1:
        told.notes.append(f"{spec.label} takes no part: these data tell it nothing.")
        return
    if unknown:
        told.notes.append(f"{spec.label} says nothing of {unknown:.1%} of the candidates; they stand last.")
    measures = KINDS[part.task].shown
    if spec.probability and part.task == "entry" and not unknown:
        measures += OF_CHANCES
    laid = b.seen(told.sample, listed)
    told.values[spec.name] = b.judged(laid, measures, told.taken)
    told.scores.append(_score(spec, laid, told.values[spec.name]))


def candidates(panel: Panel, task: str, base_year: int) -> tuple[Cases, float]:
    """The candidates of any task, and the share of them that is kept."""
    if task in demand.HORIZONS:
        return demand.cases(panel, task, base_year), 1.0
    return by_pair.cases(panel, task, base_year)


def sample_of(cases: Cases) -> tuple[b.Sample, str]:
    """What scores are judged on, and what is drawn anew in the bootstrap.

    Exporters; with only one of them, its products; where nobody sells, markets. What there is to be found: the
    openings, else the tenth of the candidates (of each product, where lists are apart) whose outcome was highest.
    """
    kind = KINDS[cases.task]
    lists = cases.product if kind.apart else np.zeros(len(cases), dtype=np.int64)
    found = cases.outcome if cases.task == "entry" else metrics.top_share(cases.outcome, lists)
    drawn, by = cases.exporter, "exporters"
    if kind.apart:
        drawn, by = cases.importer, "markets"
    elif len(cases) and (cases.exporter == cases.exporter[0]).all():
        drawn, by = cases.product, "products"
    return b.Sample(cases.outcome, found, b.numbered(cases.group), b.numbered(drawn), kind.apart), by


def _by_note(by: str, count: int) -> str:
    if by == "products":
        return (
            f"All flows are of one exporter: intervals draw its {count} products anew, and tell nothing of how the "
            "scores would do for other countries."
        )
    return f"Intervals draw the {count} {by} anew."


def task_notes(panel: Panel, cases: Cases) -> list[str]:
    """What a reader must know of the candidates of a task."""
    if panel.data != "chapters":
        return []
    rows = panel.evidence.query("hs2_groups_all")
    mixed = set(rows["hs2"][rows["status"] == "composite"].tolist())
    here = np.array([product in mixed for product in cases.products])
    share = float(here[cases.product].mean())
    return [
        f"{int(here.sum())} of the {len(here)} groups are composites, in which chapters 01–09 are mixed with another; "
        f"{share:.0%} of the candidates are of these.",
    ]


def _check_fair(part: _Part, notes: list[str]) -> None:
    """A model is not judged on what it learnt from. Raises InputError; on other flows of the same years it is noted."""
    if part.task in demand.HORIZONS:  # fitted anew for every base year
        return
    seen = TRAINED_UNTIL + by_pair.HORIZON[1]
    if part.base_year >= seen:
        return
    if part.panel.data not in OTHER_FLOWS:
        raise bad("base-years", part.base_year, f"it has learnt from what came up to {seen}; choose that year or later")
    note = f"Our model learnt from trade in goods up to {seen}: not these flows, but partly the same years."
    if note not in notes:
        notes.append(note)


def _scored(part: _Part, spec: Spec, cases: Cases, notes: list[str]) -> Floats:
    """Scores (N,) from what was known then. Raises InputError for one that cannot be had."""
    if part.split == "time" and MODEL in spec.name:
        _check_fair(part, notes)
    known = part.panel.until(part.base_year)
    blind = replace(cases, outcome=np.full(len(cases), np.nan))
    if part.split == "exporter" and MODEL in spec.name:
        if spec.name != MODEL:
            raise bad("split", part.split, "it uses the model that has seen these exporters")
        return _refitted(part, spec, known, blind)
    return np.asarray(spec(known, blind), dtype=np.float64)


def _listed(given: Floats) -> tuple[Floats, float]:
    """Scores with unknown ones at the end of the list, and the share that was unknown."""
    unknown = np.isnan(given)
    return np.where(unknown, -np.inf, given), float(unknown.mean())


def _score(spec: Spec, laid: b.Seen, values: dict[str, Floats]) -> Score:
    named = {name: float(values[name][0]) if name in values else float("nan") for name in b.MEASURES}
    return Score(
        spec.name,
        spec.label,
        **{name: named[name] for name in named if name != "lift_at_10"},
        ci={name: b.interval(column[1:]) for name, column in values.items()},
        reliability=metrics.reliability(laid.sample.outcome, laid.score) if "ece" in values else (),
        lift=tuple(laid.lift().tolist()),
    )


def gains(values: dict[str, dict[str, Floats]], counts: Sequence[str]) -> list[Gain]:
    """Our model (else our selection) beside every other score, in the measures that count, on the same draws."""
    ours = next((name for name in (MODEL, SELECTION) if name in values), None)
    if ours is None:
        return []
    return [
        Gain(ours, other, metric, *b.paired(values[ours][metric], values[other][metric]))
        for other in values
        if other != ours
        for metric in counts
    ]


# --- exporters that the model has not seen ---------------------------------------------------------------------------


def fold_of(countries: Sequence[str], folds: int = FOLDS) -> Ints:
    """Fold (C,) of each country, by a hash of its code: the same on every machine and in every run."""
    return np.array([zlib.crc32(code.encode()) % folds for code in countries], dtype=np.int64)


def _check_trainer() -> None:
    """InputError naming the extra where what trains the model is missing."""
    if find_spec("lightgbm") is None:
        raise bad("split", "exporter", FIT_REMEDY)


def _refitted(part: _Part, spec: Spec, known: Panel, cases: Cases) -> Floats:
    """Scores (N,) from models each of which was fitted without the exporters that it judges, nor anything later.

    They learn from the last ``LEARNT`` base years whose outcome was known by then.
    """
    from beachhead.skill.train import fit

    years = tuple(by_pair.base_years(known))[-LEARNT:]
    taught = "entry" if part.task == "entry" else "growth"
    fold = fold_of(cases.countries)[cases.exporter]
    out = np.full(len(cases), np.nan)
    for k in np.unique(fold):
        here = np.flatnonzero(fold == k)
        part.told(f"{spec.label} without fold {k + 1} of {FOLDS}", 0.1 + 0.1 * k / FOLDS)
        without = tuple(sorted({cases.countries[x] for x in cases.exporter[here].tolist()}))
        trees = fit(known, years, task=taught, without=without)
        out[here] = _function(spec)(known, chosen(cases, here), trees)
    return out


def _function(spec: Spec) -> Callable[..., Floats]:
    """The function behind a score, which takes other trees than the shipped ones as its third argument."""
    module, name = spec.target.split(":")
    function: Callable[..., Floats] = getattr(import_module(module), name)
    return function


def chosen(cases: Cases, at: Ints) -> Cases:
    """Some of the cases, by their places."""
    index = {name: getattr(cases, name)[at] for name in ("product", "exporter", "importer", "outcome")}
    return replace(cases, **index)
