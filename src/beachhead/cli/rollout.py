"""``beachhead rollout``: when and how fast, with the owner's wishes tried on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say, table, warn
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.flow import Plan
    from beachhead.learn.journal import Journal
    from beachhead.report.saved import Saved
    from beachhead.rollout.result import Move, Stability

SEARCH = 10_000  # effort: more than a whole plan takes, for here the search is the point
COUNTS = (10, 20, 30, 60, 100)  # scenarios that --stability plans with


@click.command(short_help="When and how fast: the moves, and what they need.")
@firm_argument
@click.option("--quarters", type=click.IntRange(8, 16), help="How many quarters to plan [the firm file's].")
@click.option("--launches", type=click.IntRange(1, 60), help="Launches at once [the firm file's].")
@click.option("--phases/--no-phases", default=None, help="Whether later markets wait for pilots [the firm file's].")
@click.option(
    "--pin", "pins", multiple=True, metavar="START", help="Enter this market: DEU, DEU:ecommerce or DEU::2027Q3."
)
@click.option(
    "--forbid", "forbids", multiple=True, metavar="START", help="Never start so: USA, :subsidiary or ::2027Q1."
)
@click.option(
    "--from",
    "since",
    metavar="PLAN",
    type=click.Path(path_type=Path),
    help="Begin from an earlier plan, and keep what it is committed to.",
)
@click.option("--time-limit", type=click.FloatRange(min=1), default=60.0, show_default=True, help="Seconds to search.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the draws [the firm file's].")
@click.option("--stability", is_flag=True, help="Show how many scenarios are enough, instead of the plan.")
@journal_options
@json_option
def rollout(
    firm_path: Path,
    quarters: int | None,
    launches: int | None,
    phases: bool | None,
    pins: tuple[str, ...],
    forbids: tuple[str, ...],
    since: Path | None,
    time_limit: float,
    seed: int | None,
    stability: bool,
    workspace: str | None,
    journal: bool,
    as_json: bool,
) -> None:
    """Plan when to enter which market, in which mode, how fast: the moves, a chart by quarter, gates, what holds back.

    The options are laid over the firm file for this run: a --pin replaces the file's for that market, --quarters,
    --launches and --no-phases replace its [pace]. A START is MARKET:MODE:QUARTER; parts may stay empty.

    Ctrl-C ends the search with the best plan so far; a second one gives up. PLAN is a plan's folder or its result.json.

    \b
    beachhead rollout firm.toml
    beachhead rollout firm.toml --pin DEU:ecommerce:2027Q3 --forbid :subsidiary
    beachhead rollout firm.toml --launches 1 --from firm.plan --json > slower.json
    """
    from beachhead.cli.planning import READING, evidence_of, journal_for
    from beachhead.cli.wishes import Wishes, laid_over
    from beachhead.flow import load_firm
    from beachhead.report.saved import read_saved

    pace = {"quarters": quarters, "launches_at_once": launches, "phases": phases}
    asked = {name: value for name, value in pace.items() if value is not None}
    with progress(READING):
        firm, before = load_firm(firm_path), read_saved(since) if since else None
        evidence = evidence_of(firm)
        kept = _committed(before, firm, evidence) if before else ()
        firm = laid_over(firm, Wishes(asked, pins, forbids, kept, str(since)))
    if stability:
        _show_stability(_stability(firm, evidence, seed), as_json)
        return
    made = _plan(firm, evidence, journal_for(firm, firm_path, workspace, journal), seed, before, time_limit)
    if as_json:
        from beachhead.report.saved import rollout_document

        emit_json(rollout_document(made))
        return
    from beachhead.report.terminal import show_rollout

    show_rollout(made, out())


def _plan(
    firm: Firm, evidence: Evidence, known: Journal | None, seed: int | None, before: Saved | None, time_limit: float
) -> Plan:
    """Where, how and when; not what follows. ``known``: what the firm has found out."""
    from beachhead import flow
    from beachhead.cli.planning import WEIGHING
    from beachhead.cli.watching import watched
    from beachhead.learn.replan import weigh
    from beachhead.report.saved import moves_of

    previous = moves_of(before) if before else ()
    with watched(WEIGHING) as watch:
        selection = flow.select_markets(firm, evidence, seed=seed)
        w = weigh(firm, evidence, known, selection)
        found = flow.roll_out(
            w.firm,
            evidence,
            w.selection,
            w.modes,
            seed=seed,
            previous=previous,
            watch=watch,
            time_limit=time_limit,
            effort=SEARCH,
        )
    return flow.Plan(w.firm, evidence, selection.seed, 10, w.selection, w.modes, rollout=found, learnt=w.learnt)


def _committed(before: Saved, firm: Firm, evidence: Evidence) -> tuple[dict[str, str], ...]:
    """What an earlier plan is committed to, beyond what the firm file says, as entries of ``[[committed]]``.

    What should have begun before this plan does is left to the firm file, and said.
    """
    from beachhead.quarters import quarter_number
    from beachhead.report.saved import moves_of
    from beachhead.rollout.rules import rules

    first = rules(firm, evidence.vintage).first
    known = {one.market for one in firm.committed} | {one.country for one in firm.presence}
    kept = [move for move in moves_of(before) if move.why == "committed" and move.market not in known]
    for move in kept:
        if quarter_number(move.quarter) < first:
            warn(f"{move.market} was to begin in {move.quarter}: if it has, write it under [[presence]]")
    return tuple(_entry(move) for move in kept if quarter_number(move.quarter) >= first)


def _entry(move: Move) -> dict[str, str]:
    return {"market": move.market, "mode": move.mode, "quarter": move.quarter}


def _stability(firm: Firm, evidence: Evidence, seed: int | None) -> tuple[Stability, ...]:
    from beachhead import flow
    from beachhead.rollout import stability_table

    with progress("Planning with few scenarios and with many"):
        selection = flow.select_markets(firm, evidence, seed=seed)
        modes = flow.choose_modes(firm, evidence, selection)
        return tuple(stability_table(firm, evidence, selection, modes, counts=COUNTS, seed=selection.seed))


def _show_stability(found: tuple[Stability, ...], as_json: bool) -> None:
    from beachhead.charts import numbers as n
    from beachhead.report.contract_stages import record

    if as_json:
        emit_json({"schema": "beachhead.stability/1", "stability": [record(one) for one in found]})
        return
    heads = ("Scenarios", "As planned", "On new ones", "±", "Difference", "Below floor", "Enough")
    rows = [
        (
            str(one.scenarios),
            n.usd_signed(one.in_sample_usd),
            n.usd_signed(one.out_of_sample_usd),
            n.short(one.out_of_sample_se),
            n.usd_signed(one.out_of_sample_usd - one.in_sample_usd),
            n.pct(one.break_share),
            "yes" if one.stable else "no",
        )
        for one in found
    ]
    out().print(table(heads, rows, right=heads[:-1]))
    say("Worth after risk, of plans made with so many scenarios: in those, and in many that they were not made for.")
