"""``beachhead replan``: plan again with what was learnt, and say what moved and because of which entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say
from beachhead.cli.workspace import workspace_option

if TYPE_CHECKING:
    from beachhead.firm import Firm
    from beachhead.learn.result import Revision
    from beachhead.learn.roll import Last
    from beachhead.report.replanned import Report
    from beachhead.store.workspace import Workspace

CHANGES = "changes.md"


@click.command(short_help="Plan again with what you have learnt.")
@firm_argument
@click.option("--as-of", "as_of", metavar="QUARTER", help="First quarter to plan [the one after your last results].")
@click.option(
    "--cash", type=click.FloatRange(min=0), metavar="USD", help="What there is now [file less what was spent]."
)
@click.option(
    "--from", "since", metavar="PLAN", type=click.Path(path_type=Path), help="The plan before [the last one]."
)
@click.option("--out", "folder", type=click.Path(path_type=Path), help="Folder for the report [FIRM's name + .plan].")
@click.option("--top", type=click.IntRange(1, 217), default=10, show_default=True, help="Markets on the shortlist.")
@click.option(
    "--draws",
    type=click.IntRange(100, 1_000_000),
    default=10_000,
    show_default=True,
    help="Draws of weights and figures.",
)
@click.option("--revise/--no-revise", default=True, help="Whether outcomes may change assumptions, or only beliefs.")
@workspace_option
@json_option
def replan(
    firm_path: Path,
    as_of: str | None,
    cash: float | None,
    since: Path | None,
    folder: Path | None,
    top: int,
    draws: int,
    revise: bool,
    workspace: str | None,
    as_json: bool,
) -> None:
    """Plan the quarters ahead with what you have learnt, and say what moved and because of which entries.

    Begins from the last plan. Markets with sales in your results run now; what has begun goes on; what was not done is
    planned anew. Cash is that of the firm file, less what results and entries say was spent, plus what sales left; if
    you change it in the file, or give --cash, that is what there is. The limits are those of the firm file as it is.

    Each entry counts for what a market would be worth less without it; what several do only together has its own line,
    so that the parts add up. Outcomes may change assumptions as well as beliefs: 'beachhead assumptions FIRM' lists
    such revisions and takes them back.

    The report is written as by 'beachhead plan', with what has changed in changes.md, and the plan is kept in the
    workspace. With --json the folder is written only if --out names it.

    \b
    beachhead replan firm.toml
    beachhead replan firm.toml --as-of 2027Q3 --cash 90000
    beachhead replan firm.toml --no-revise --json
    """
    from beachhead.cli.workspace import opened
    from beachhead.report import folder as place

    target = folder if folder or as_json else firm_path.parent / f"{firm_path.stem}.plan"
    if target and firm_path.is_file():
        place.check(target)
    asked = {"as_of": _quarter(as_of), "cash": cash, "top": top, "draws": draws, "revise": revise}
    with opened(firm_path, workspace) as kept:
        before = _before(firm_path, since, kept, top, draws)
        report, document = _made(firm_path, before, kept, asked)
        if target:
            _written(target, report, document)
        kept.save_plan(document, report.new.rolled.as_of)
        if report.revised and revise:
            kept.add_revisions(report.new.rolled.as_of, report.revised)
    if as_json:
        from beachhead.report.replanned import report_dict

        emit_json(report_dict(report, document))
        return
    _show(report, target)


def _quarter(text: str | None) -> str | None:
    """A quarter as typed; one that is none is a fault."""
    import re

    from beachhead.errors import bad

    if text is not None and not re.fullmatch(r"20\d\dQ[1-4]", text.upper()):
        raise bad("--as-of", text, "write a quarter such as 2027Q3")
    return text.upper() if text else None


def _before(firm_path: Path, since: Path | None, kept: Workspace, top: int, draws: int) -> dict[str, Any]:
    """The plan before: the one named, the last of the workspace, the one in the folder, or one made now without what
    was learnt."""
    from beachhead.cli.planning import make_plan
    from beachhead.report.saved import RESULT, Saved, comparable, read_saved

    beside = firm_path.parent / f"{firm_path.stem}.plan"
    if since is not None:
        return comparable(read_saved(since))
    if (last := kept.last_plan()) is not None:
        return comparable(Saved(firm_path, last))
    if (beside / RESULT).is_file():
        return comparable(read_saved(beside))
    say("There is no plan yet: one is made first, as if nothing had been learnt.")
    return make_plan(firm_path, top=top, draws=draws, journal=False).to_dict()


def _made(
    firm_path: Path, before: dict[str, Any], kept: Workspace, asked: dict[str, Any]
) -> tuple[Report, dict[str, Any]]:
    """The new plan beside the one before, and its document."""
    from beachhead.cli.planning import READING, WEIGHING, read_firm_and_evidence
    from beachhead.cli.watching import watched
    from beachhead.learn.causes import known_then
    from beachhead.learn.replan import replan as planned_again
    from beachhead.learn.roll import next_quarter, roll
    from beachhead.report.replanned import replan_part, report_of

    with progress(READING):
        firm, evidence = read_firm_and_evidence(firm_path)
        journal, history = kept.journal(), kept.history()
        as_of = asked["as_of"] or next_quarter(journal, _first(before))
        last = _last(before, firm, as_of)
        rolled = roll(firm, last, journal, as_of, asked["cash"])
        then = known_then((before.get("learning") or {}).get("known"), [*history.entries, *history.results])
    with watched(WEIGHING) as watch:
        new = planned_again(
            rolled,
            evidence.seen_from(rolled.month),
            journal,
            then,
            old={one.id: one for one in history.entries},
            top=asked["top"],
            draws=asked["draws"],
            revise=asked["revise"],
            watch=watch,
        )
    document = new.plan.to_dict() | {"replan": replan_part(rolled, firm)}
    learnt = new.plan.learnt
    fresh = _fresh(learnt.revisions if learnt else (), kept)
    return report_of(before, last, journal, new, document, fresh), document


def _first(before: dict[str, Any]) -> str:
    """The first quarter of the plan before; one without moves is a fault."""
    from beachhead.errors import bad

    if "rollout" not in before:
        raise bad("plan", "", "the last plan has no moves to go on from: run 'beachhead plan FIRM' first")
    return str(before["rollout"]["quarters"][0])


def _last(before: dict[str, Any], firm: Firm, as_of: str) -> Last:
    from beachhead.report.replanned import last_of
    from beachhead.report.saved import Saved, moves_of

    return last_of(before, moves_of(Saved(Path("the last plan"), before)), firm, as_of)


def _fresh(revisions: tuple[Revision, ...], kept: Workspace) -> tuple[Revision, ...]:
    """Revisions that say something else than what was kept last of each."""
    last = {one.id: one for _, one in kept.revisions()}
    return tuple(one for one in revisions if last.get(one.id) != one)


def _written(target: Path, report: Report, document: dict[str, Any]) -> None:
    from beachhead.report import folder as place
    from beachhead.report.bundle import bundle
    from beachhead.report.replanned import markdown

    with progress("Drawing and writing the report"):
        place.write(target, bundle(report.new.plan, document) | {CHANGES: markdown(report)})


def _show(report: Report, target: Path | None) -> None:
    """What happened, what moved and why, and the new plan in short."""
    from rich.text import Text

    from beachhead.cli.plans import show_sections
    from beachhead.report.replanned import sections
    from beachhead.report.terminal import show_replanned

    console = out()
    show_replanned(report.new.plan, report.new.rolled.as_of, console)
    show_sections(sections(report), console)
    if target:
        console.print(Text(f"\nReport, data and charts: {target}", style="bold"), soft_wrap=True)
