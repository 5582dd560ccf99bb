"""What differs between two plans, as data: inputs, moves, limits, gates, figures – and why, as far as that can be told.

Both plans are documents of schema ``beachhead.plan/1``, fresh or read back. The reasons rest on three facts: an input
differs; a limit leaves a plan too little room for a step, or does not (loosening a limit that leaves enough cannot have
helped); and what a market is worth has changed. :mod:`beachhead.report.diff_words` says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from beachhead.quarters import quarter_number
from beachhead.report.diff_result import (
    Change,
    Difference,
    Document,
    Figure,
    GateShift,
    Input,
    LimitShift,
    Step,
    at,
)
from beachhead.report.diff_why import explained

# By which fields the tables of a list are told apart: the same entry in both files is compared field by field.
IDENTITY: dict[str, tuple[str, ...]] = {
    "sells": ("code",),
    "experience": ("country", "who"),
    "contacts": ("country", "kind"),
    "presence": ("country", "mode"),
    "pin": ("market",),
    "forbid": ("market", "mode", "quarter"),
    "committed": ("market",),
}

# Which limit of the rollout a field of the firm file sets; 1: more of it loosens the limit, -1: tightens it.
SETS: dict[str, tuple[str, int]] = {
    "cash.available_usd": ("cash", 1),
    "cash.floor_usd": ("cash", -1),
    "pace.floor_risk": ("cash", 1),
    "assumptions.floor_risk": ("cash", 1),
    "capacity.export_hours_per_week": ("hours", 1),
    "capacity.team": ("attention", 1),
    "assumptions.attention_base": ("attention", 1),
    "assumptions.attention_per_head": ("attention", 1),
    "assumptions.attention_launch": ("attention", -1),
    "assumptions.attention_run": ("attention", -1),
    "assumptions.hours_launch": ("hours", -1),
    "assumptions.hours_margin": ("hours", -1),
    "pace.launches_at_once": ("launches", 1),
}

# What it means that a market is entered, gone on with or left, and was something else in the first plan.
OTHER_KIND: dict[tuple[str, str], Change] = {
    ("enter", "continue"): "started",
    ("continue", "enter"): "ended",
    ("continue", "leave"): "leaves",
    ("leave", "continue"): "stays",
    ("enter", "leave"): "leaves",
    ("leave", "enter"): "ended",
}

# Figures set side by side: id, where it stands in the document (the lowest of a list), its name and its unit.
FIGURES: tuple[tuple[str, str, str, Literal["usd", "chance"]], ...] = (
    ("objective_usd", "rollout.objective_usd", "Worth after the price of risk", "usd"),
    ("expected_usd", "rollout.expected_usd", "Expected worth", "usd"),
    ("cash_low_p50_usd", "rollout.cash.p50", "Lowest cash, middle case", "usd"),
    ("cash_low_p5_usd", "rollout.cash.p5", "Lowest cash, one case in twenty", "usd"),
    ("value_p50_usd", "outlook.value_usd.p50", "Worth of the middle path", "usd"),
    ("p_ruin", "outlook.p_ruin", "Chance to run out of cash", "chance"),
    ("p_floor", "outlook.p_floor", "Chance to fall below the floor", "chance"),
    ("p_overstretch", "outlook.p_overstretch.any", "Chance to be overstretched", "chance"),
)


def difference(before: Document, after: Document) -> Difference:
    """What differs between two plans."""
    firms = before.get("firm", {}), after.get("firm", {})
    limits = limit_shifts(before, after)
    found = tuple(_tied(one, limits) for one in inputs(before, after))
    pairs = _paired(_steps_of(before), _steps_of(after))
    steps = [step for key, pair in pairs.items() if (step := _step(key, *pair))]
    entries = {step.id for step in steps if step.what == "entry"}
    return Difference(
        names=(str(firms[0].get("name", "")), str(firms[1].get("name", ""))),
        same_firm=all(firms[0].get(key) == firms[1].get(key) for key in ("name", "home")),
        planned=("rollout" in before, "rollout" in after),
        inputs=found,
        steps=tuple(explained(step, before, after, found, limits, entries) for step in _in_order(steps)),
        same_steps=len(pairs) - len(steps),
        limits=limits,
        gates=gate_shifts(before, after),
        figures=figures(before, after),
        joined=_only(after, before),
        left=_only(before, after),
        stopped=(_stopped(before), _stopped(after)),
        gap=max(float(at(x, "rollout.gap") or 0.0) for x in (before, after)),
    )


def _stopped(document: Document) -> bool:
    """Whether the search for a plan ended before the plan was proven to be good enough."""
    return at(document, "rollout.status") not in (None, "optimal", "within_gap")


# --- inputs ---------------------------------------------------------------------------------------------------------


def inputs(before: Document, after: Document) -> tuple[Input, ...]:
    """What the plans were made from and differs: the firm file, the evidence, the seed and the number of draws."""
    old, new = facts(before), facts(after)
    return tuple(
        one
        for name in {**old, **new}
        if old.get(name) != new.get(name)
        for one in _field_by_field(name, old.get(name), new.get(name))
    )


def _field_by_field(name: str, before: Any, after: Any) -> Iterator[Input]:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        yield Input(name, before, after)
        return
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            yield Input(f"{name}.{key}", before.get(key), after.get(key))


def facts(document: Document) -> dict[str, Any]:
    """All inputs of a plan by name: ``cash.available_usd``, ``presence[ARE direct_export]``, ``evidence.vintage``."""
    firm = {key: value for key, value in _complete(document.get("firm", {})).items() if key != "seed"}
    rest = {key: document.get(key) for key in ("seed", "draws")}
    made_with = {f"evidence.{key}": value for key, value in document.get("evidence", {}).items()}
    return {**dict(_flat(firm)), **rest, **made_with}


def _complete(firm: Document) -> Document:
    """The firm with the defaults of fields that an older document does not have."""
    from pydantic import ValidationError

    from beachhead.firm import Firm

    try:
        return Firm.model_validate(dict(firm)).model_dump(mode="json")
    except ValidationError:
        return firm


def _flat(table: Document, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Fields of nested tables by dotted name; entries of a list of tables by what tells them apart."""
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, Sequence) and value and all(isinstance(entry, Mapping) for entry in value):
            yield from _entries(name, value)
        elif value not in ((), [], None):
            yield name, value


def _entries(name: str, rows: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for row in rows:
        words = [str(row[key]) for key in IDENTITY.get(name, ()) if row.get(key) is not None]
        label = f"{name}[{' '.join(words)}]"
        seen[label] = seen.get(label, 0) + 1
        yield label if seen[label] == 1 else f"{label}#{seen[label]}", row


def _tied(one: Input, limits: tuple[LimitShift, ...]) -> Input:
    """The same input with the limit that it sets, and where that limit holds the plan that has less room."""
    if one.field not in SETS:
        return one
    limit, sign = SETS[one.field]
    loosens = sign * (_size(one.field, one.after) - _size(one.field, one.before)) > 0
    shift = next((x for x in limits if x.id == limit), None)
    bound = () if shift is None else shift.before if loosens else shift.after
    return Input(one.field, one.before, one.after, limit, loosens, bound)


def _size(field: str, value: Any) -> float:
    """A value as a number; one that is left out is the package's assumption of that name, or no limit."""
    from beachhead.assumptions import packaged

    if isinstance(value, int | float):
        return float(value)
    stated = packaged().get(field.partition(".")[2])
    return stated.value if stated else float("inf")


# --- steps ----------------------------------------------------------------------------------------------------------

Key = tuple[str, str]  # what, id


def _steps_of(document: Document) -> dict[Key, Document]:
    rollout = document.get("rollout") or {}
    moves = {("switch" if x["kind"] == "switch" else "entry", x["market"]): x for x in rollout.get("moves", ())}
    return moves | {("automation", x["id"]): x for x in rollout.get("automation", ())}


def _paired(before: Mapping[Key, Document], after: Mapping[Key, Document]) -> dict[Key, tuple[Any, Any]]:
    return {key: (before.get(key), after.get(key)) for key in {**before, **after}}


def _step(key: Key, before: Document | None, after: Document | None) -> Step | None:
    """How a step differs; None if it does not."""
    what, name = key
    if before is None or after is None:
        return Step(what, name, before, after, ("added" if before is None else "dropped",), 0)  # type: ignore[arg-type]
    later = quarter_number(after["quarter"]) - quarter_number(before["quarter"])
    kinds = before.get("kind", ""), after.get("kind", "")
    found: list[Change] = [OTHER_KIND[kinds]] if kinds in OTHER_KIND else []
    if not found and later and kinds[0] != "continue":  # what goes on has no start of its own
        found.append("later" if later > 0 else "earlier")
    if before.get("mode") != after.get("mode"):
        found.append("mode")
    return Step(what, name, before, after, tuple(found), later) if found else None  # type: ignore[arg-type]


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """By the quarter in which the step stands now, or stood."""
    return sorted(steps, key=lambda s: (quarter_number((s.after or s.before or {})["quarter"]), s.what, s.id))


# --- limits, gates, figures -----------------------------------------------------------------------------------------


def limit_shifts(before: Document, after: Document) -> tuple[LimitShift, ...]:
    """Every limit that holds one of the plans back, and where."""
    old, new = ({x["id"]: x for x in at(d, "rollout.limits") or ()} for d in (before, after))
    shifts = [_limit_shift(name, old.get(name, {}), new.get(name, {})) for name in {**old, **new}]
    return tuple(shift for shift in shifts if shift.before or shift.after)


def _limit_shift(name: str, old: Document, new: Document) -> LimitShift:
    known = {**old, **new}
    return LimitShift(
        name,
        str(known.get("name", name)),
        str(known.get("unit", "")),
        tuple(old.get("binds", ())),
        tuple(new.get("binds", ())),
        float(old.get("shadow_usd") or 0.0),
        float(new.get("shadow_usd") or 0.0),
    )


def gate_shifts(before: Document, after: Document) -> tuple[GateShift, ...]:
    """Gates that are in one plan only, or have another date or threshold."""
    old, new = ({(x["market"], x["kind"]): x for x in at(d, "rollout.gates") or ()} for d in (before, after))
    pairs = {key: (old.get(key), new.get(key)) for key in {**old, **new}}
    return tuple(GateShift(*key, *pair) for key, pair in pairs.items() if _asks(pair[0]) != _asks(pair[1]))


def _asks(gate: Document | None) -> tuple[Any, ...] | None:
    return None if gate is None else tuple(gate.get(key) for key in ("quarter", "go_usd", "stop_usd"))


def figures(before: Document, after: Document) -> tuple[Figure, ...]:
    """The main figures side by side; those that neither plan has are left out."""
    found = [
        Figure(name, said, unit, _lowest(before, path), _lowest(after, path)) for name, path, said, unit in FIGURES
    ]
    return tuple(one for one in found if one.before is not None or one.after is not None)


def _lowest(document: Document, path: str) -> float | None:
    value = at(document, path)
    return min(value, default=None) if isinstance(value, Sequence) else value


def _only(one: Document, other: Document) -> tuple[str, ...]:
    """Markets on the shortlist of one plan and not of the other."""
    listed = {row["market"] for row in other.get("shortlist", ())}
    return tuple(row["market"] for row in one.get("shortlist", ()) if row["market"] not in listed)
