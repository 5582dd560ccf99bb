"""Why a step differs between two plans, as far as their documents tell: the reasons of ``diff_result.Reason``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from beachhead.quarters import quarter_number
from beachhead.report.diff_result import Document, Input, LimitShift, Reason, Step, at

NOTABLE_WORTH = 0.05  # a smaller change of a market's worth, as a share, is no reason

# What a step needs of a limited thing, by field of the move or purchase; where none is named, one unit.
NEEDS: dict[str, tuple[str, ...]] = {"cash": ("spend_usd", "cost_usd"), "hours": ("hours_quarter",)}


def explained(
    step: Step,
    before: Document,
    after: Document,
    changed: tuple[Input, ...],
    limits: tuple[LimitShift, ...],
    entries: set[str],
) -> Step:
    """The step with its reasons, the surest first; ``entries``: markets whose entry differs."""
    found = [*_named(step, changed), *_left_out(step, before, after)]
    found += [Reason("entry", step.id)] if step.what == "switch" and step.id in entries else []
    found += [
        *_by_input(step, before, after, changed),
        *_by_limit(step, changed, limits),
        *_by_worth(step, before, after),
    ]
    found += [Reason("sole", one.field, one.before, one.after) for one in changed if not found and len(changed) == 1]
    return Step(step.what, step.id, step.before, step.after, step.changes, step.quarters, tuple(found))


def _named(step: Step, changed: tuple[Input, ...]) -> Iterator[Reason]:
    """Entries of the firm file that speak of the step: it was pinned, forbidden, committed, excluded or entered."""
    for one in changed:
        part = one.field.partition("[")[0].partition(".")[0]
        named = part in ("pin", "committed", "presence", "screen") and step.id in _markets_in(one)
        if named or (part == "forbid" and _forbids(one, step)):
            yield Reason("named", one.field, one.before, one.after)


def _forbids(one: Input, step: Step) -> bool:
    """Whether a start that is newly forbidden was the step as it stood, or one newly allowed is the step now."""
    wish, there = (one.before, step.after) if one.after is None else (one.after, step.before)
    if there is None or not isinstance(wish, Mapping):
        return False
    return all(wish.get(key) in (None, there.get(key)) for key in ("market", "mode", "quarter"))


def _markets_in(one: Input) -> set[str]:
    """Markets that an input names in one plan and not in the other, or of which it states something else."""
    inside = one.field.partition("[")[2].partition("]")[0].split()
    lists = [set(x) if isinstance(x, list | tuple) else set() for x in (one.before, one.after)]
    return {*inside[:1], *(lists[0] ^ lists[1])}


def _left_out(step: Step, before: Document, after: Document) -> Iterator[Reason]:
    """The market failed a must-have in one of the plans, or was not among those considered."""
    if step.what == "automation":
        return
    failed = [_reason_of(x, step.id) for x in (before, after)]
    if failed[0] != failed[1]:
        yield Reason("excluded", step.id, *failed)
        return
    considered = [step.id in (at(x, "rollout.candidates") or (step.id,)) for x in (before, after)]
    if considered[0] != considered[1]:
        yield Reason("candidate", step.id, *considered)


def _reason_of(document: Document, market: str) -> str | None:
    return next((x["reason"] for x in document.get("excluded", ()) if x["market"] == market), None)


def _more(step: Step) -> bool | None:
    """Whether the second plan does more, or sooner; None where neither can be said."""
    told = {"added": True, "earlier": True, "stays": True, "dropped": False, "later": False, "leaves": False}
    return next((told[change] for change in step.changes if change in told), None)


def _by_input(step: Step, before: Document, after: Document, changed: tuple[Input, ...]) -> Iterator[Reason]:
    """A limit that left too little room was loosened for more, or was tightened until it leaves too little."""
    for one in changed:
        if one.limit and one.loosens is _more(step):
            room, need = _room(before if one.loosens else after, one.limit, step), _need(step, one.limit)
            if bool(one.bound) if room is None or need is None else room < need:
                yield Reason("input", one.field, room, need)


def _room(document: Document, limit: str, step: Step) -> float | None:
    """The least that a plan leaves free of a limited thing where it makes the step later, or not at all.

    Cash that is spent is missing ever after; hours, launches and attention only until the step is made after all.
    """
    since, until = (quarter_number(x["quarter"]) if x else None for x in (step.before, step.after))
    numbers = [x for x in (since, until) if x is not None]
    free = {quarter_number(quarter): x for quarter, x in _free(document, limit)}
    last = max(numbers) if len(numbers) == 2 and limit != "cash" else max(free, default=0) + 1
    return min((x for quarter, x in free.items() if min(numbers) <= quarter < last), default=None)


def _free(document: Document, limit: str) -> Iterator[tuple[str, float]]:
    """By quarter, what a plan could still use: cash above the floor one time in twenty; of what has a capacity, the
    rest, of hours less the share that a plan keeps for surprises."""
    rollout = document.get("rollout", {})
    if limit == "cash":
        floor = at(rollout, "cash.floor_usd")
        if floor is not None:
            yield from (
                (q, x - floor) for q, x in zip(rollout.get("quarters", ()), rollout["cash"]["p5"], strict=False)
            )
        return
    kept = _assumed(document, "hours_margin") if limit == "hours" else 0.0
    for row in rollout.get(limit, ()):
        if row.get("capacity") is not None:
            yield row["quarter"], row["capacity"] * (1.0 - kept) - row["used"]


def _assumed(document: Document, name: str) -> float:
    """An assumption as the firm of a plan has it."""
    from beachhead.assumptions import Assumptions

    return float(Assumptions(document.get("firm", {}).get("assumptions") or {})[name])


def _need(step: Step, limit: str) -> float | None:
    """What the step takes of a limited thing; None if it does not say."""
    there = step.after or step.before or {}
    if limit not in NEEDS:
        return 1.0 if step.what == "entry" else None
    return next((float(there[key]) for key in NEEDS[limit] if there.get(key) is not None), None)


def _by_limit(step: Step, changed: tuple[Input, ...], limits: tuple[LimitShift, ...]) -> Iterator[Reason]:
    """A limit holds back the plan that does less, from the earlier of the two quarters on, and not the other."""
    more, set_by_input = _more(step), {one.limit for one in changed}
    if more is None:
        return
    since = min(quarter_number(x["quarter"]) for x in (step.before, step.after) if x)
    for limit in limits:
        held, free = (limit.before, limit.after) if more else (limit.after, limit.before)
        if limit.id not in set_by_input and _from(held, since) and not _from(free, since):
            yield Reason("limit", limit.id, limit.before, limit.after)


def _from(quarters: Sequence[str], first: int) -> bool:
    return any(quarter_number(q) >= first for q in quarters)


def _by_worth(step: Step, before: Document, after: Document) -> Iterator[Reason]:
    """What the market is worth by the mode of the step has changed."""
    mode = next((x.get("mode") for x in (step.after, step.before) if x), None)
    old, new = (_worth(x, step.id, mode) for x in (before, after))
    if old is not None and new is not None and abs(new - old) > NOTABLE_WORTH * max(abs(old), abs(new)):
        yield Reason("worth", step.id, old, new)


def _worth(document: Document, market: str, mode: object) -> float | None:
    rows = document.get("shortlist", ())
    return next((x.get("worth_usd") for x in rows if x["market"] == market and x.get("mode") == mode), None)
