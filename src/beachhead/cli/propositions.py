"""``beachhead propositions``: what a firm's own journal says for and against each of eleven propositions."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say
from beachhead.cli.workspace import workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.firm import Firm
    from beachhead.learn.journal import Journal
    from beachhead.learn.propositions import Bearing
    from beachhead.learn.result import Learnt

SCHEMA = "beachhead.propositions/1"
SAID = {"too little": "too little evidence"}
STYLE = {"for": "green", "against": "red", "mixed": "yellow", "too little": "dim"}


@click.command(short_help="What your journal says of how firms learn.")
@firm_argument
@workspace_option
@click.option("--why", is_flag=True, help="Say of each what counts for and against, and what one firm cannot tell.")
@json_option
def propositions(firm_path: Path, workspace: str | None, why: bool, as_json: bool) -> None:
    """Show how your journal bears on eleven propositions about how small firms learn abroad.

    Each is weighed by counting what agrees with it and what does not; the share that agrees is given with its exact
    90 % interval. With too little evidence it says how much more of what would tell. One firm is one case: it can agree
    or disagree with a proposition, it cannot settle it.

    \b
    beachhead propositions firm.toml
    beachhead propositions firm.toml --why
    """
    from beachhead.cli.workspace import journal_of, read_firm
    from beachhead.learn.propositions import evaluate
    from beachhead.report.learning import some

    firm = read_firm(firm_path)
    journal = journal_of(firm_path, workspace)
    found = evaluate(journal, learnt=_learnt(firm, journal))
    if as_json:
        emit_json(propositions_dict(journal, found))
        return
    _show(found, why, out())
    entries, results = some(len(journal.entries), "entry", "entries"), some(len(journal.results), "result")
    say(f"From {entries} and {results}. Propositions: {_study()}.")


def _study() -> str:
    from beachhead.learn.channels import STUDY

    return f"{STUDY}, in words of our own"


def _learnt(firm: Firm, journal: Journal) -> Learnt | None:
    """What the journal taught, where there are results to hold against what was believed."""
    if not journal.results:
        return None
    from beachhead import flow
    from beachhead.cli.planning import READING, evidence_of

    with progress(READING):
        evidence = evidence_of(firm)
    with progress("Weighing what you have found out"):
        return flow.learn_from(firm, evidence, flow.select_markets(firm, evidence), journal)


def propositions_dict(journal: Journal, found: tuple[Bearing, ...]) -> dict[str, Any]:
    """Every proposition with its counts, interval and verdict, JSON-ready."""
    return {
        "schema": SCHEMA,
        "study": _study(),
        "entries": len(journal.entries),
        "results": len(journal.results),
        "propositions": [_bearing_dict(one) for one in found],
    }


def _bearing_dict(one: Bearing) -> dict[str, Any]:
    from beachhead.learn.propositions import COVER

    asked = one.proposition
    return {
        "id": asked.id,
        "text": asked.text,
        "verdict": one.verdict,
        "for": one.agree,
        "against": one.disagree,
        "unit": asked.unit,
        "share": None if math.isnan(one.share) else round(one.share, 6),
        "interval": {"low": round(one.low, 6), "high": round(one.high, 6), "cover": COVER},
        "chance": round(one.chance, 6),
        "least": asked.least,
        "more": one.more,
        "says": one.says,
        "fields": asked.fields.split("; "),
        "supports": asked.supports,
        "opposes": asked.opposes,
        "only_many_firms": asked.cohort,
    }


def _show(found: tuple[Bearing, ...], why: bool, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for one in found:
        asked = one.proposition
        verdict = f"{SAID.get(one.verdict, one.verdict)}: "
        console.print(Text.assemble((f"{asked.id:<4}", "bold"), (verdict, STYLE[one.verdict]), asked.text))
        lines = [_counts(one), one.says, *(_reasons(one) if why else ())]
        console.print(Padding(Text("\n".join(line for line in lines if line)), (0, 0, 1, 4)))


def _counts(one: Bearing) -> str:
    """Counts, share and interval; empty if nothing was observed."""
    total = one.agree + one.disagree
    if not total:
        return ""
    low, share, high, chance = (f"{100 * x:.0f}" for x in (one.low, one.share, one.high, one.chance))
    return f"{one.agree} of {total} {one.proposition.unit} agree: {share} % ({low} to {high} %); by chance {chance} %."


def _reasons(one: Bearing) -> tuple[str, ...]:
    asked = one.proposition
    if not asked.least:
        return ()
    return f"For: {asked.supports}", f"Against: {asked.opposes}", f"Beyond one firm: {asked.cohort}"
