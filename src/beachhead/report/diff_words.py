"""The difference between two plans in words: the same text on the terminal and in ``changes.md``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from beachhead.charts import numbers as n
from beachhead.evidence.catalogue import load_catalogue
from beachhead.quarters import quarter_name, quarter_number
from beachhead.report.diff_result import Difference, Document, Figure, GateShift, Input, LimitShift, Reason, Step
from beachhead.report.tables import Cell, Table, heads
from beachhead.report.words import mode_names, name_of, sentence, sentence_start, with_article

ABSENT = "–"
FOLLOWS = "no single cause: it follows from the plan as a whole"


@dataclass(frozen=True, slots=True)
class Labels:
    """What the two plans are called within a sentence."""

    before: str
    after: str


LAST = Labels("the last plan", "this plan")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines, each to be read as a sentence."""

    heading: str
    lines: tuple[str, ...]


def sections(diff: Difference, labels: Labels = LAST) -> tuple[Section, ...]:
    """Everything that differs, headings without a line left out; one section with one line if nothing does."""
    parts = (
        ("What went in", (*_firms(diff), *_input_lines(diff, labels))),
        ("What moved", tuple(_step_lines(diff, labels))),
        ("What holds the plan back", tuple(_limit_line(one, labels) for one in diff.limits)),
        ("Gates", tuple(line for one in diff.gates if (line := gate_line(one)))),
        ("Shortlist", tuple(_shortlist_lines(diff))),
        ("Figures", tuple(figure_line(one) for one in diff.figures if one.before != one.after)),
    )
    if diff.nothing:
        return (Section("Nothing differs", (f"{labels.after} says the same as {labels.before}",)),)
    return tuple(Section(heading, lines) for heading, lines in parts if lines)


def markdown(diff: Difference, labels: Labels = LAST, title: str = "Since the last plan") -> str:
    """The sections as Markdown."""
    parts = [f"# {title}", *(_markdown(section) for section in sections(diff, labels))]
    return "\n\n".join(parts) + "\n"


def _markdown(section: Section) -> str:
    return "\n".join([f"## {section.heading}", "", *(f"- {sentence(line)}" for line in section.lines)])


# --- inputs ---------------------------------------------------------------------------------------------------------


def _firms(diff: Difference) -> tuple[str, ...]:
    if diff.same_firm:
        return ()
    one, other = diff.names
    who = f"{one} and {other}" if one != other else f"{one} from two home countries"
    return (f"these are plans of two firms, {who}: read the rest as a comparison, not as a change",)


def _input_lines(diff: Difference, labels: Labels) -> tuple[str, ...]:
    lines = tuple(f"{input_words(one)}{_what_it_sets(one, diff, labels)}" for one in diff.inputs)
    return (*lines, *_attribution(diff, labels))


def _attribution(diff: Difference, labels: Labels) -> Iterator[str]:
    """How sure it is what caused what: only a single change is a sure cause."""
    if diff.steps and len(diff.inputs) == 1 and not any(diff.stopped):
        yield "nothing else that the plans record was changed: all that moved follows from this"
    elif diff.steps and len(diff.inputs) > 1 and diff.same_firm:
        yield "more than one thing was changed; to see what each of them does, change one at a time"
    elif diff.steps and not diff.inputs and not any(diff.stopped):
        yield "the firm file says the same; your evidence files or the program must have changed"
    stopped = [name for name, was in zip((labels.before, labels.after), diff.stopped, strict=True) if was]
    if stopped:
        yield (
            f"the search for {n.listed(stopped)} was stopped early: there may be a plan that is up to "
            f"{n.pct(diff.gap)} better, so some moves may differ for no other reason"
        )


def input_words(one: Input) -> str:
    """Field, old and new value; the field stands as code, so that no sentence gives it a capital letter."""
    return f"`{one.field}`: {value_words(one.before)} → {value_words(one.after)}"


def value_words(value: Any) -> str:
    """A value of the firm file, short."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:,.10g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {value_words(x)}" for key, x in value.items() if x not in (None, "", [], ()))
    return ", ".join(map(value_words, value)) if isinstance(value, list | tuple) else str(value)


def _what_it_sets(one: Input, diff: Difference, labels: Labels) -> str:
    if not one.limit or not all(diff.planned):
        return ""
    name = _limit_name(diff.limits, one.limit)
    if one.bound:
        who = labels.before if one.loosens else labels.after
        return f" (it sets a limit that holds {who} back: {name}, in {runs(one.bound)})"
    return f" (it sets a limit that neither plan reaches: {name})"


def _limit_name(limits: Sequence[LimitShift], limit: str) -> str:
    return next((_lower(one.name) for one in limits if one.id == limit), limit)


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


# --- moves ----------------------------------------------------------------------------------------------------------


def _step_lines(diff: Difference, labels: Labels) -> Iterator[str]:
    if not all(diff.planned):
        missing = [name for name, there in zip((labels.before, labels.after), diff.planned, strict=True) if not there]
        yield f"{n.listed(missing)} has no moves to compare: it ranks markets only, or an earlier version made it"
        return
    for step in diff.steps:
        why = n.listed([reason_words(one, step, diff) for one in step.because])
        yield f"{step_words(step)} – {f'because {why}' if why else FOLLOWS}"
    if diff.same_steps:
        some = "other step stays as it was" if diff.same_steps == 1 else "other steps stay as they were"
        yield f"{diff.same_steps} {some}" if diff.steps else f"all {diff.same_steps} steps stay as they were"


def step_words(step: Step) -> str:
    """What became of a step: ``Germany by e-commerce: 2027Q1 instead of 2027Q3, 2 quarters earlier``."""
    before, after = step.before, step.after
    if before is None or after is None:
        there = before or after or {}
        return f"{'new' if before is None else 'no longer'}: {_called(step, there)} in {there['quarter']}"
    parts = []
    if "started" in step.changes:
        parts.append(f"you sell there now; it was to start in {before['quarter']}")
    if "ended" in step.changes:
        parts.append(f"counted as running before, now to be entered in {after['quarter']}")
    if "leaves" in step.changes:
        parts.append(f"left in {after['quarter']}")
    if "stays" in step.changes:
        parts.append(f"kept; it was to be left in {before['quarter']}")
    if step.quarters and {"earlier", "later"} & set(step.changes):
        parts.append(f"{after['quarter']} instead of {before['quarter']}, {_span(step.quarters)}")
    if "mode" in step.changes:
        parts.append(f"{_by(after)} instead of {_by(before)}")
    return f"{_called(step, after)}: {'; '.join(parts)}"


def _called(step: Step, there: Document) -> str:
    if step.what == "automation":
        return str(there.get("name", step.id))
    where = market_name(step.id)
    if step.what == "switch":
        return f"change {_by(there)} in {with_article(step.id, where)}"
    if there.get("kind") == "leave" and step.changes[0] in ("added", "dropped"):
        return f"leaving {with_article(step.id, where)}"
    return where if "mode" in step.changes else f"{where} {_by(there)}"


def _by(there: Document) -> str:
    mode = str(there.get("mode"))
    return ("to " if there.get("kind") == "switch" else "by ") + mode_names().get(mode, mode).lower()


def _span(quarters: int) -> str:
    size = abs(quarters)
    return f"{size} quarter{'s' if size > 1 else ''} {'later' if quarters > 0 else 'earlier'}"


def market_name(code: str) -> str:
    """Name of an economy; the code if there is none of that code."""
    return name_of(load_catalogue(), code)


AMOUNTS: dict[str, Callable[[float], str]] = {"cash": n.usd_signed, "attention": lambda x: n.plain(x, 1)}
NAMES_IT = {
    "pin": "pins it",
    "committed": "commits you to it",
    "forbid": "forbids it",
    "presence": "says that you sell there",
    "screen": "lists it under {field}",
}


def reason_words(reason: Reason, step: Step, diff: Difference) -> str:
    """One reason, as it stands after ``because``."""
    return _REASONS[reason.kind](reason, step, diff)


def _named(reason: Reason, step: Step, diff: Difference) -> str:
    field = reason.subject
    said = NAMES_IT[field.partition("[")[0].partition(".")[0]].format(field=field)
    was, is_now = (_speaks(x, field, step.id) for x in (reason.before, reason.after))
    if was and is_now:
        return f"the firm file {said} otherwise ({value_words(reason.before)} → {value_words(reason.after)})"
    return f"the firm file {'no longer' if was else 'now'} {said}"


def _speaks(value: Any, field: str, market: str) -> bool:
    if field.startswith("screen"):
        return isinstance(value, list | tuple) and market in value
    return value is not None or not field.endswith("]")


def _excluded(reason: Reason, step: Step, diff: Difference) -> str:
    if reason.after is None:
        return f"it is no longer left out (it was: {reason.before})"
    return f"it is left out: {reason.after}"


def _candidate(reason: Reason, step: Step, diff: Difference) -> str:
    return f"it is {'now' if reason.after else 'no longer'} among the markets considered"


def _by_input(reason: Reason, step: Step, diff: Difference) -> str:
    one = next(x for x in diff.inputs if x.field == reason.subject)
    said = "gives room that was short" if one.loosens else "leaves too little room"
    if reason.before is None or reason.after is None:
        return f"{one.field} {said} ({_limit_name(diff.limits, one.limit)} in {runs(one.bound)})"
    write = AMOUNTS.get(one.limit, n.plain)
    return f"{one.field} {said} ({write(reason.before)} free, {write(reason.after)} needed)"


def _by_limit(reason: Reason, step: Step, diff: Difference) -> str:
    name, freed = _limit_name(diff.limits, reason.subject), not reason.after
    if freed:
        return f"there is room again that was short in {runs(reason.before)} ({name})"
    return f"room is short in {runs(reason.after)} ({name})"


def _by_worth(reason: Reason, step: Step, diff: Difference) -> str:
    return f"by its best mode it is worth {n.usd_signed(reason.after)} instead of {n.usd_signed(reason.before)}"


def _sole(reason: Reason, step: Step, diff: Difference) -> str:
    return f"{reason.subject} is all that was changed"


def _by_entry(reason: Reason, step: Step, diff: Difference) -> str:
    return "the entry before it changed"


_REASONS = {
    "named": _named,
    "excluded": _excluded,
    "candidate": _candidate,
    "input": _by_input,
    "limit": _by_limit,
    "worth": _by_worth,
    "entry": _by_entry,
    "sole": _sole,
}


# --- limits, gates, shortlist, figures ------------------------------------------------------------------------------


def _limit_line(one: LimitShift, labels: Labels) -> str:
    price = _price(one)
    if not one.after:
        return f"no longer: {_lower(one.name)} (held {labels.before} back in {runs(one.before)})"
    if not one.before:
        return f"new: {_lower(one.name)}, in {runs(one.after)}{price}"
    was = f" ({labels.before}: {runs(one.before)})" if one.before != one.after else ""
    return f"as before: {_lower(one.name)}, in {runs(one.after)}{was}{price}"


def _price(one: LimitShift) -> str:
    """What one more unit would be worth in the second plan; empty if nothing."""
    if one.unit == "USD":
        return f"; one USD more is worth USD {one.shadow_after:.2f}" if one.shadow_after >= 0.005 else ""
    return f"; one more is worth {n.usd(one.shadow_after)}" if one.shadow_after >= 0.5 else ""


def gate_line(one: GateShift) -> str:
    """What a gate asks for instead; empty where the figures shown are the same, or where it came and went with its
    market."""
    if one.before is None or one.after is None:
        return ""
    asks = zip(_asks(one.before), _asks(one.after), strict=True)
    parts = [f"{what} {new} instead of {old}" for (_, old), (what, new) in asks if old != new]
    return f"{market_name(one.market)}, {one.kind}: {'; '.join(parts)}" if parts else ""


def _asks(gate: Document) -> tuple[tuple[str, str], ...]:
    """When a gate is judged, and the sales for going on and for leaving; only one of these where they are the same."""
    go, stop = (f"{n.usd(gate[key])} a year" if gate.get(key) else "any sales" for key in ("go_usd", "stop_usd"))
    return ("judged in", gate["quarter"]), ("go on from", go), ("leave below", "" if go == stop else stop)


def _shortlist_lines(diff: Difference) -> Iterator[str]:
    for said, markets in (("joined", diff.joined), ("left", diff.left)):
        if markets:
            yield f"{said}: {n.listed([market_name(code) for code in markets])}"


def figure_line(one: Figure) -> str:
    """``Expected worth: USD 61k → USD 74k``."""
    return f"{one.name}: {figure_words(one, one.before)} → {figure_words(one, one.after)}"


def figure_words(one: Figure, x: float | None) -> str:
    """A figure in its unit."""
    return ABSENT if x is None else n.usd_signed(x) if one.unit == "usd" else n.pct(x)


def runs(quarters: Sequence[str]) -> str:
    """Quarters in order, those that follow each other as a span: ``2027Q2–2027Q4 and 2028Q2``."""
    numbers = sorted({quarter_number(q) for q in quarters})
    firsts = [q for q in numbers if q - 1 not in numbers]
    lasts = [q for q in numbers if q + 1 not in numbers]
    spans = [(quarter_name(a), quarter_name(b)) for a, b in zip(firsts, lasts, strict=True)]
    return n.listed([a if a == b else f"{a}–{b}" for a, b in spans])


# --- side by side ---------------------------------------------------------------------------------------------------


def figures_table(diff: Difference, labels: Labels) -> Table:
    """The main figures in columns."""
    rows = tuple(
        (Cell(one.name), Cell(figure_words(one, one.before)), Cell(figure_words(one, one.after)))
        for one in diff.figures
    )
    return Table("Figures", heads("", f"#{labels.before}", f"#{labels.after}"), rows)


def steps_table(diff: Difference, labels: Labels) -> Table:
    """Every step that differs: what it is in the one plan and in the other."""
    rows = tuple(
        (Cell(sentence_start(_subject(step))), Cell(_placed(step, step.before)), Cell(_placed(step, step.after)))
        for step in diff.steps
    )
    return Table("Moves that differ", heads("", labels.before, labels.after), rows)


def _subject(step: Step) -> str:
    there = step.after or step.before or {}
    name = str(there.get("name", step.id)) if step.what == "automation" else market_name(step.id)
    return f"{name}, change of mode" if step.what == "switch" else name


def _placed(step: Step, there: Document | None) -> str:
    if there is None:
        return ABSENT
    if there.get("kind") in ("continue", "leave"):
        return f"runs, {_by(there)}" if there["kind"] == "continue" else f"{there['quarter']} left"
    return there["quarter"] if step.what == "automation" else f"{there['quarter']} {_by(there)}"
