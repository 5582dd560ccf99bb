"""A plan made anew, beside the one before: what has happened since, what moved, and because of which entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.learn.roll import Last, Rolled, roll
from beachhead.quarters import quarter_name, quarter_number
from beachhead.report import diff_words
from beachhead.report.diff import difference
from beachhead.report.diff_result import Difference, Document, Step
from beachhead.report.diff_words import FOLLOWS, LAST, Section, input_words, market_name, reason_words, step_words
from beachhead.report.rounding import number
from beachhead.report.tables_learning import channel_name, evidence, standing, with_sd
from beachhead.report.words import mode_names, sentence, with_article

if TYPE_CHECKING:
    from beachhead.evidence.model import Floats
    from beachhead.firm import Firm
    from beachhead.learn.journal import Journal
    from beachhead.learn.replan import Replanned
    from beachhead.learn.result import Revision
    from beachhead.rollout.result import Move

SCHEMA = "beachhead.replan/1"
SURER = (
    "worth is a mean over all that may be: a market that sells just as its middle case said is worth less than before, "
    "since the chance that it sells many times as much is gone"
)
NOTABLE = 0.05  # of what a step is worth: an entry that does less is no reason for it
LEAST_USD = 50.0
NAMED = 3  # entries named for one move
FIRST = 10  # places of the order by worth that are shown


# --- the plan before ------------------------------------------------------------------------------------------------


def last_of(document: Document, moves: tuple[Move, ...], firm: Firm, as_of: str) -> Last:
    """What the plan of a document said. Where the ``firm`` file states another cash than it did then, the owner has
    written down what there is now, in ``as_of``."""
    rollout, before = document["rollout"], document.get("replan") or {}
    began = {one["market"]: one["quarter"] for one in before.get("begun", ())}
    moves = tuple(
        replace(move, quarter=began[move.market]) if move.kind == "enter" and move.market in began else move
        for move in moves
    )
    due = {one["market"]: float(one["first_sale"]) for one in rollout["presences"] if not one["running"]}
    file, first = before.get("file") or document["firm"], rollout["quarters"][0]
    if file["cash"]["available_usd"] != firm.cash.available_usd:
        return Last(first, moves, due, as_of)
    cash = before.get("cash_usd")
    planned = {str(market): float(usd) for market, usd in (before.get("planned") or {}).items()}
    return Last(first, moves, due, str(before.get("cash_from", first)), None if cash is None else float(cash), planned)


def moved_on(document: Document, last: Last, journal: Journal, rolled: Rolled, made: Document) -> Document:
    """The plan before as it stands at the new date: what is done runs, what has begun goes on, what was not done is as
    it was. So only what the new plan changes shows as a change."""
    rollout = {**document["rollout"], "moves": list(_moves_on(document["rollout"]["moves"], rolled))}
    rollout["automation"] = [one for one in rollout["automation"] if not _past(one["quarter"], rolled.as_of)]
    firm = _firm_then(document, last, journal, rolled)
    return {**document, "firm": firm, "rollout": rollout, "evidence": made["evidence"]}


def _firm_then(document: Document, last: Last, journal: Journal, rolled: Rolled) -> Document:
    """The firm of the plan before at the new date, as its file stated it."""
    from beachhead.firm import Firm

    file = (document.get("replan") or {}).get("file") or document["firm"]
    draft = Firm.model_validate({**file, "assumptions": _stated(document), "evidence": ()})
    cash = rolled.cash.now_usd if rolled.cash.stated else None
    then = roll(draft, last, journal, rolled.as_of, cash).firm
    return {**then.model_dump(mode="json"), "evidence": document["firm"]["evidence"]}


def _stated(document: Document) -> Document:
    """The assumptions of the firm file itself, without those that outcomes have changed."""
    known = (document.get("learning") or {}).get("known") or {}
    stated: Document = known.get("assumptions", document["firm"].get("assumptions") or {})
    return stated


def _moves_on(moves: list[Document], rolled: Rolled) -> Iterator[Document]:
    """The moves of a plan at the new date."""
    sells = {p.country: p.mode for p in rolled.firm.presence if p.until is None}
    begun, dropped = {move.market for move in rolled.begun}, {(move.market, move.kind) for move in rolled.dropped}
    for move in moves:
        market = move["market"]
        if move["kind"] in ("enter", "continue") and market in sells:
            yield {**move, "kind": "continue", "quarter": rolled.as_of, "mode": sells[market], "why": ""}
        elif move["kind"] == "enter" and market in begun:
            yield {**move, "quarter": rolled.as_of, "why": "committed"}
        elif (market, move["kind"]) in dropped or not _past(move["quarter"], rolled.as_of):
            yield move


def _past(quarter: str, as_of: str) -> bool:
    return quarter_number(quarter) < quarter_number(as_of)


# --- causes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cause:
    """What one thing learnt adds to a worth, USD."""

    name: str
    entry: int | None
    results: str | None
    usd: float


@dataclass(frozen=True, slots=True)
class Account:
    """How a worth came from ``before`` to ``after``: ``causes`` and ``together`` add up to the difference."""

    market: str
    mode: str
    before: float
    after: float
    causes: tuple[Cause, ...]
    together: float


def account(new: Replanned, market: str, mode: str) -> Account:
    """The worth of a market in a mode."""
    row, column = new.plan.selection.row(market), new.plan.modes.mode_row(mode)
    e = new.effects
    before, after, together = (float(x[row, column]) for x in (e.before, e.after, e.together))
    return Account(market, mode, before, after, _causes(new, e.each[:, row, column]), together)


def whole(new: Replanned) -> Account:
    """The worth of all markets of the plan, each in its mode."""
    e, s, m = new.effects, new.plan.selection, new.plan.modes
    at = [(s.row(market), m.mode_row(mode)) for market, mode in planned(new)]
    rows, columns = (np.array(x, dtype=np.intp) for x in (zip(*at, strict=True) if at else ((), ())))
    before, after, together = (float(x[rows, columns].sum()) for x in (e.before, e.after, e.together))
    return Account("", "", before, after, _causes(new, e.each[:, rows, columns].sum(axis=1)), together)


def _causes(new: Replanned, each: Floats) -> tuple[Cause, ...]:
    """What each thing adds, (U,), the strongest first."""
    found = [
        Cause(name, (source.entry or None) if source else None, (source.market or None) if source else None, float(usd))
        for name, source, usd in zip(new.effects.names, new.effects.sources, each, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.usd)))


def planned(new: Replanned) -> list[tuple[str, str]]:
    """Markets of the plan with the mode in which each is entered or goes on."""
    rollout = new.plan.rollout
    moves = rollout.moves if rollout else ()
    return [(move.market, move.mode) for move in moves if move.kind in ("enter", "continue")]


def step_causes(new: Replanned, step: Step) -> tuple[Cause, ...]:
    """The entries behind a step that differs, the strongest first: what they do to the worth of its mode, or where the
    mode changes to the lead of the new mode over the old one.

    None where all news together did little to that worth, or moved it against the step; and of the entries only those
    that moved it as the news did.
    """
    if step.what == "automation" or step.id not in new.plan.selection.markets:
        return ()
    if step.changes == ("later",) and _undone(new, step):
        return ()  # time did it
    modes = [there["mode"] for there in (step.after, step.before) if there]
    found = _behind(new, step.id, modes if "mode" in step.changes else modes[:1])
    size = max(LEAST_USD, NOTABLE * max(abs(found.before), abs(found.after)))
    gain = found.after - found.before
    if abs(gain) < size or not _speaks(gain, step):
        return ()
    return tuple(one for one in found.causes if one.usd * gain > 0 and abs(one.usd) >= size)


def _behind(new: Replanned, market: str, modes: list[str]) -> Account:
    """The worth of a market in the first of the modes, or where there are two its lead over the second."""
    found = account(new, market, modes[0])
    if len(modes) == 1:
        return found
    other = account(new, market, modes[1])
    by_name = {one.name: one.usd for one in other.causes}
    causes = (replace(one, usd=one.usd - by_name[one.name]) for one in found.causes)
    return Account(
        market,
        modes[0],
        found.before - other.before,
        found.after - other.after,
        tuple(sorted(causes, key=lambda one: -abs(one.usd))),
        found.together - other.together,
    )


def _speaks(gain: float, step: Step) -> bool:
    """Whether a gain in worth can be behind the step: what is worth more is not dropped or put off for it."""
    more, less = {"added", "earlier", "stays", "mode"}, {"dropped", "later", "leaves"}
    return not (gain < 0 and more & set(step.changes)) and not (gain > 0 and less & set(step.changes))


# --- words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything that is said of a plan made anew. ``revised``: revisions that are new since the last time."""

    new: Replanned
    diff: Difference
    revised: tuple[Revision, ...]
    automation: tuple[Document, ...]

    @property
    def nothing(self) -> bool:
        """Whether the plan stays as it was."""
        return not self.diff.steps


def report_of(
    before: Document, last: Last, journal: Journal, new: Replanned, made: Document, revised: tuple[Revision, ...]
) -> Report:
    """Set the new plan beside the one before."""
    now = {**made, "firm": {**made["firm"], "assumptions": _stated(made)}}
    diff = difference(moved_on(before, last, journal, new.rolled, made), now)
    due = [one for one in before["rollout"]["automation"] if _past(one["quarter"], new.rolled.as_of)]
    return Report(new, diff, revised, tuple(due))


def sections(report: Report) -> tuple[Section, ...]:
    """What has happened, what moved and why, what the entries are worth, revisions, then the rest of the difference."""
    own = ("What went in", "What moved", "Nothing differs")
    rest = [one for one in diff_words.sections(report.diff, LAST) if one.heading not in own]
    parts = (
        Section("What has happened", tuple(happened(report))),
        Section("What you changed in the firm file", tuple(map(input_words, report.diff.inputs))),
        Section("What moved", tuple(moved_lines(report))),
        Section("What you have learnt since is worth", tuple(worth_lines(report))),
        Section("Order by worth", tuple(order_lines(report))),
        Section("Assumptions that outcomes have changed", tuple(map(revision_line, report.revised))),
        *rest,
    )
    return tuple(one for one in parts if one.lines)


def markdown(report: Report) -> str:
    """The sections as Markdown, for ``changes.md``."""
    title = f"# Planned again from {report.new.rolled.as_of}"
    parts = ["\n".join([f"## {s.heading}", "", *(f"- {sentence(line)}" for line in s.lines)]) for s in sections(report)]
    return "\n\n".join([title, *parts]) + "\n"


def happened(report: Report) -> Iterator[str]:
    """What became of the moves that were due, and of the cash."""
    rolled = report.new.rolled
    for said, moves in (("done", rolled.made), ("not done, and planned anew", rolled.dropped)):
        if moves:
            yield f"{said}: {n.listed([_move_words(move) for move in moves])}"
    for move in rolled.begun:
        quarter = quarter_name(quarter_number(rolled.as_of) + int(rolled.weeks[move.market] // 13))
        yield f"going on: {_move_words(move)}; first sale due in {quarter}"
    if rolled.left:
        where = n.listed([market_name(market) for market in rolled.left])
        yield f"left: {where}; the plan does not go back there unless you pin it"
    yield from (f"no longer asked for, since its time has passed: {said}" for said in rolled.let_go)
    yield from (_purchase_line(one, rolled.as_of) for one in report.automation)
    yield cash_line(rolled)


def _move_words(move: Move) -> str:
    verb, by = {"enter": ("", " by "), "switch": ("change of mode in ", " to "), "leave": ("leaving ", "")}[move.kind]
    mode = f"{by}{mode_names()[move.mode].lower()}" if by else ""
    return f"{verb}{market_name(move.market)}{mode} ({move.quarter})"


def _purchase_line(one: Document, as_of: str) -> str:
    saved = max(one["hours_saved"], default=0.0) / 13.0
    return (
        f"{one['name']} was to be bought in {one['quarter']}; nothing tells whether it was. If so, add the "
        f"{n.plain(saved)} hours a week that it saves to `capacity.export_hours_per_week`"
    )


def cash_line(rolled: Rolled) -> str:
    """How much cash there is, and how it came to be."""
    cash = rolled.cash
    if cash.stated:
        return f"cash for going abroad: {n.usd(cash.now_usd)}, as you say"
    planned = f" ({n.usd(cash.planned_usd)} of it as planned, since no result states it)" if cash.planned_usd else ""
    parts = (
        (cash.spent_usd, f"less {n.usd(cash.spent_usd)} spent in the markets{planned}"),
        (cash.learning_usd, f"less {n.usd(cash.learning_usd)} for finding out"),
        (cash.income_usd, f"plus {n.usd(cash.income_usd)} that sales left after goods and the mode's share"),
    )
    said = [text for usd, text in parts if usd]
    begin = f": {n.usd(cash.before_usd)} at first, {', '.join(said)}, since {cash.since}"
    return f"cash for going abroad: {n.usd_signed(cash.now_usd)}{begin if said else ', as the firm file says'}"


def moved_lines(report: Report) -> Iterator[str]:
    """Every step that differs, with the entries behind it; or that nothing differs."""
    diff = report.diff
    for step in diff.steps:
        yield f"{step_words(step)} – {_why(report, step)}"
    if diff.same_steps:
        some = "other step stays as it was" if diff.same_steps == 1 else "other steps stay as they were"
        yield f"{diff.same_steps} {some}" if diff.steps else f"nothing: all {diff.same_steps} steps stay as they were"
    elif not diff.steps:
        yield "nothing: neither plan has a step"


def _why(report: Report, step: Step) -> str:
    causes = step_causes(report.new, step)
    late = ["it was not done when it was due"] if _undone(report.new, step) else []
    said = [reason_words(one, step, report.diff) for one in step.because if one.kind != "worth"]
    others = n.listed([*late, *said])
    if step.id in report.new.rolled.left and "dropped" in step.changes:
        return "because you have left it"
    if step.what == "automation":
        return f"because {others}" if others else FOLLOWS
    if not causes:
        indirect = any(step_causes(report.new, other) for other in report.diff.steps)
        own = "not because of what you learnt of it" if indirect else "not because of an entry"
        return f"{own}, but because {others}" if others else f"{own}; {FOLLOWS}"
    more = "the lead of that mode" if "mode" in step.changes else "its worth"
    named_first = listed(causes[:NAMED], report.new)
    they = "they do" if len(causes) > 1 else "it does"
    return f"because of {named_first}, by what {they} to {more}{f'; also: {others}' if others else ''}"


def _undone(new: Replanned, step: Step) -> bool:
    """Whether the time of a step passed without it."""
    dropped = {(move.market, move.kind == "switch") for move in new.rolled.dropped}
    return (step.id, step.what == "switch") in dropped and step.what != "automation"


def named(cause: Cause, new: Replanned) -> str:
    """``entry 3 (trade fair)``, ``your results in Germany``."""
    if cause.results:
        return f"your results in {with_article(cause.results, market_name(cause.results))}"
    journal = new.plan.learnt.journal if new.plan.learnt else None
    entry = next((one for one in journal.entries if one.id == cause.entry), None) if journal else None
    return f"{cause.name} ({channel_name(entry.channel).lower()})" if entry else cause.name


def _signed(usd: float) -> str:
    text = n.usd_signed(usd)
    return f"+{text}" if usd > 0 else text


def worth_lines(report: Report) -> Iterator[str]:
    """What the markets of the plan are worth before and after the news, and through which of it."""
    if not report.new.news:
        yield "nothing is new in the journal since the last plan"
        return
    total = whole(report.new)
    yield f"the markets of this plan together, each in its mode: {_account_words(total, report.new)}"
    accounts = [account(report.new, *one) for one in planned(report.new)]
    changed = [one for one in accounts if abs(one.after - one.before) >= max(LEAST_USD, NOTABLE * abs(one.before))]
    for one in sorted(changed, key=lambda one: -abs(one.after - one.before))[:FIRST]:
        yield f"{market_name(one.market)} by {mode_names()[one.mode].lower()}: {_account_words(one, report.new)}"
    if total.after < total.before:
        yield SURER


def _account_words(one: Account, new: Replanned) -> str:
    strong = [c for c in one.causes[:NAMED] if abs(c.usd) >= 0.5]
    rest = one.after - one.before - sum(c.usd for c in strong) - one.together
    said = [f"{named(c, new)} {_signed(c.usd)}" for c in strong]
    said += [f"others {_signed(rest)}"] if abs(rest) >= 0.5 else []
    said += [f"only together {_signed(one.together)}"] if abs(one.together) >= 0.5 else []
    return f"{n.usd_signed(one.before)} → {n.usd_signed(one.after)}" + (f" ({', '.join(said)})" if said else "")


def orders(new: Replanned) -> list[tuple[str, int, int]]:
    """Markets that stand among the first by worth before or after the news, at another place: market, before, after."""
    from beachhead.learn.replan import order_by_worth

    ranks = [order_by_worth(worth, new.plan.modes.open) for worth in (new.effects.before, new.effects.after)]
    changed = [m for m in np.argsort(ranks[1]) if ranks[0][m] != ranks[1][m] and min(r[m] for r in ranks) <= FIRST]
    return [(new.plan.selection.markets[m], int(ranks[0][m]), int(ranks[1][m])) for m in changed]


def order_lines(report: Report) -> Iterator[str]:
    """Which markets are worth more or less than others now."""
    for market, before, after in orders(report.new) if report.new.news else ():
        worth = account(report.new, market, _best_mode(report.new, market))
        why = order_words(worth, after < before, report.new)
        yield f"{market_name(market)}: {n.ordinal(after)} instead of {n.ordinal(before)}{why}"


def order_words(worth: Account, up: bool, new: Replanned) -> str:
    """Why a market stands ``up`` or down: for its own worth, or against it, since others moved more."""
    gain = worth.after - worth.before
    if gain and up != (gain > 0):
        return f", since others {'gained' if gain > 0 else 'lost'} more ({_signed(gain)} here)"
    found = [one for one in worth.causes if abs(one.usd) >= LEAST_USD][:NAMED]
    return f", because of {listed(found, new)}" if found else ""


def listed(causes: Sequence[Cause], new: Replanned) -> str:
    """``entry 3 (trade fair) (+USD 12k) and your results in Germany (−USD 3.0k)``."""
    return n.listed([f"{named(one, new)} ({_signed(one.usd)})" for one in causes])


def _best_mode(new: Replanned, market: str) -> str:
    row = new.plan.selection.row(market)
    best = np.where(new.plan.modes.open[row], new.effects.after[row], -np.inf).argmax()
    return new.plan.modes.modes[int(best)]


def revision_line(one: Revision) -> str:
    """``ramp_2: 0.35 ±0.14 → 0.41 ±0.09 (2 figures: results in DEU); used``."""
    values = f"{with_sd(one.before, one.before_sd)} → {with_sd(one.after, one.after_sd)}"
    return f"`{one.id}`: {values} ({evidence(one)}); {standing(one)}"


# --- data -----------------------------------------------------------------------------------------------------------


def replan_part(rolled: Rolled, file: Firm) -> dict[str, Any]:
    """What the next replanning must know of this one, within the plan's document."""
    stated = {**file.model_dump(mode="json"), "evidence": [path.name for path in file.evidence]}
    cash = rolled.cash
    since, usd = (rolled.as_of, cash.now_usd) if cash.stated else (cash.since, cash.before_usd)
    begun = [{"market": move.market, "quarter": move.quarter} for move in rolled.begun]
    planned = {} if cash.stated else {market: number(usd, 2) for market, usd in cash.planned.items()}
    return {
        "as_of": rolled.as_of,
        "cash_from": since,
        "cash_usd": number(usd, 2),
        "planned": planned,
        "begun": begun,
        "file": stated,
    }


def report_dict(report: Report, document: Document) -> dict[str, Any]:
    """``beachhead replan --json``."""
    new, rolled = report.new, report.new.rolled
    return {
        "schema": SCHEMA,
        "as_of": rolled.as_of,
        "nothing": report.nothing,
        "made": [_start(move) for move in rolled.made],
        "begun": [{**_start(move), "weeks": number(rolled.weeks[move.market], 1)} for move in rolled.begun],
        "dropped": [_start(move) for move in rolled.dropped],
        "left": list(rolled.left),
        "let_go": list(rolled.let_go),
        "cash": {k: number(v, 2) if isinstance(v, float) else v for k, v in asdict(rolled.cash).items()},
        "news": [one.name for one in new.news],
        "moves": [_step_dict(report, step) for step in report.diff.steps],
        "worth": [account_dict(account(new, *one)) for one in planned(new)],
        "plan_worth": account_dict(whole(new)),
        "order": [{"market": m, "before": a, "after": b} for m, a, b in orders(new)] if new.news else [],
        "revisions": [_revision(one) for one in report.revised],
        "changes": report.diff.to_dict(),
        "plan": document,
    }


def _start(move: Move) -> dict[str, str]:
    return {"market": move.market, "mode": move.mode, "quarter": move.quarter, "kind": move.kind}


def _step_dict(report: Report, step: Step) -> dict[str, Any]:
    causes = step_causes(report.new, step)
    return {
        "what": step.what,
        "id": step.id,
        "changes": list(step.changes),
        "quarters": step.quarters,
        "because": [_cause(one) for one in causes],
        "not_because_of_an_entry": not causes,
        "also": [asdict(one) for one in step.because],
    }


def account_dict(one: Account) -> dict[str, Any]:
    """A worth before and after with its causes; they and ``together_usd`` add up to the difference."""
    return {
        "market": one.market or None,
        "mode": one.mode or None,
        "before_usd": number(one.before, 4),
        "after_usd": number(one.after, 4),
        "because": [_cause(c) for c in one.causes],
        "together_usd": number(one.together, 4),
    }


def _cause(one: Cause) -> dict[str, Any]:
    return {"name": one.name, "entry": one.entry, "results": one.results, "usd": number(one.usd, 4)}


def _revision(one: Revision) -> dict[str, Any]:
    from beachhead.report.learning import revision_dict

    return revision_dict(one)
