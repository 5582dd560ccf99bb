"""``beachhead outlook``: what follows from a plan – one to be made, or one that was made and perhaps edited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out, progress, warn
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.report.saved import Saved


@click.command(short_help="What follows from a plan: cash, sales, risk.")
@click.argument("plan_path", metavar="PLAN", type=click.Path(path_type=Path))
@click.option(
    "--paths", type=click.IntRange(100, 100_000), default=10_000, show_default=True, help="Futures to simulate."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the futures [the plan's].")
@click.option(
    "--recourse/--no-recourse", default=True, help="Whether gates stop, hold back and open; else the plan runs blind."
)
@journal_options
@json_option
def outlook(
    plan_path: Path,
    paths: int,
    seed: int | None,
    recourse: bool,
    workspace: str | None,
    journal: bool,
    as_json: bool,
) -> None:
    """Simulate what follows from a plan: sales, profit, cash, how it can go wrong, real crises, and the best pace.

    PLAN is a plan's folder, its result.json, or a firm file (which is planned first). In a result.json you may change
    the quarters of moves, and take moves or investments out, and see what follows then; a switch goes with its entry.
    The first sale, review and gate of a market move with it; a market that no longer comes after the gate that opened
    it stops waiting. Modes and markets cannot be changed there: pin them in the firm file, and plan.

    Own evidence files are looked for in the plan's folder and in the folder around it; the journal that a plan was made
    with, in the workspace beside that folder.

    \b
    beachhead outlook firm.plan
    beachhead outlook firm.plan/result.json --paths 50000
    beachhead outlook firm.toml --no-recourse --json
    """
    from beachhead.report.saved import is_saved, outlook_document

    given = {"paths": paths, "seed": seed, "recourse": recourse}
    place = (workspace, journal)
    made = _of_saved(plan_path, given, *place) if is_saved(plan_path) else _of_firm(plan_path, given, *place)
    if as_json:
        emit_json(outlook_document(made, made.seed if seed is None else seed))
        return
    from beachhead.report.terminal import show_outlook

    show_outlook(made, out())


def _of_firm(path: Path, given: dict[str, Any], workspace: str | None, journal: bool) -> Plan:
    """The plan for a firm file, with what follows from it."""
    from beachhead.cli.planning import make_plan

    return _followed(make_plan(path, workspace=workspace, journal=journal), given)


def _of_saved(path: Path, given: dict[str, Any], workspace: str | None, journal: bool) -> Plan:
    """A saved plan: markets and modes weighed anew as then, its moves as they stand in the file."""
    from beachhead import flow
    from beachhead.cli.planning import READING, WEIGHING, evidence_of, known_to, weighed_again
    from beachhead.report.diff_words import market_name
    from beachhead.report.saved import drawn_with, firm_of, no_longer_waiting, read_saved, rollout_of

    with progress(READING):
        saved = read_saved(path)
        (seed, draws), no_wait, firm = drawn_with(saved), no_longer_waiting(saved), firm_of(saved)
        evidence = evidence_of(firm)
        if "replan" in saved.document:
            evidence = evidence.seen_from(str(saved.document["evidence"]["vintage"]))
        known = known_to(saved, firm, workspace) if journal else None
    _warn_of_other_evidence(saved, evidence.vintage)
    for market in no_wait:
        warn(f"{market_name(market)} no longer comes after the gate that opened it: it is entered whatever is found")
    with progress(WEIGHING):
        w = weighed_again(saved, firm, evidence, known, (seed, draws))
    moves = rollout_of(saved, w.selection)
    made = flow.Plan(firm, evidence, seed, 10, w.selection, w.modes, rollout=moves, learnt=w.learnt)
    return _followed(made, given)


def _warn_of_other_evidence(saved: Saved, vintage: str) -> None:
    then = (saved.document.get("evidence") or {}).get("vintage")
    if then != vintage:
        warn(f"the plan was made with the evidence of {then}; what follows is reckoned with that of {vintage}")


def _followed(plan: Plan, given: dict[str, Any]) -> Plan:
    """The plan with its outlook."""
    from beachhead import flow

    assert plan.rollout is not None
    with progress("Simulating what follows"):
        found = flow.look_out(plan.firm, plan.evidence, plan.selection, plan.modes, plan.rollout, **given)
    return replace(plan, outlook=found)
