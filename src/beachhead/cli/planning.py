"""From the path of a firm file to a plan, with progress on stderr: the start of every command about a firm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from beachhead.cli.console import progress, warn
from beachhead.cli.watching import watched

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.firm import Firm
    from beachhead.flow import Plan
    from beachhead.learn.journal import Journal
    from beachhead.learn.replan import Weighed
    from beachhead.report.saved import Saved

Command = TypeVar("Command", bound=Callable[..., Any])
READING, WEIGHING = "Reading the firm and the evidence", "Weighing markets and modes"


def read_firm_and_evidence(path: Path) -> tuple[Firm, Evidence]:
    """The firm, and the evidence with the firm's own files laid over it; rows that could not be used are named."""
    from beachhead import flow

    firm = flow.load_firm(path)
    return firm, evidence_of(firm)


def evidence_of(firm: Firm) -> Evidence:
    """The evidence with the firm's own files laid over it; rows that could not be used are named."""
    from beachhead import flow

    evidence = flow.load_evidence(user=firm.evidence)
    for row in evidence.rejected:
        warn(f"left out of the evidence: {row}")
    return evidence


def journal_options(command: Command) -> Command:
    """Add ``--workspace`` and ``--no-journal`` to a command that plans: parameters ``workspace`` and ``journal``."""
    from beachhead.cli.workspace import workspace_option

    option = click.option(
        "--journal/--no-journal", default=True, help="Whether to take account of what you have found out."
    )
    return option(workspace_option(command))


def journal_for(firm: Firm, firm_path: Path, workspace: str | None, journal: bool = True) -> Journal | None:
    """What the firm has found out; None where there is nothing, or where it is not to be used."""
    from beachhead.store.place import is_there, is_url, workspace_of

    place = workspace_of(firm_path, workspace)
    if not journal or (workspace is None and not is_url(place) and not is_there(place)):
        return None  # without a workspace the database is not even loaded
    from beachhead.store.workspace import open_workspace

    with open_workspace(place, firm) as found:
        return found.journal() or None


def keep_plan(made: Plan, firm_path: Path, workspace: str | None) -> None:
    """Keep a plan that has moves in the firm's workspace, if there is one; the next replanning begins from it."""
    from beachhead.store.place import is_there, is_url, workspace_of

    place = workspace_of(firm_path, workspace)
    if made.rollout is None or (workspace is None and not is_url(place) and not is_there(place)):
        return
    from beachhead.store.workspace import open_workspace

    with open_workspace(place, made.firm) as kept:
        kept.save_plan(made.to_dict(), made.rollout.quarters[0])


def known_to(saved: Saved, firm: Firm, workspace: str | None) -> Journal | None:
    """The journal that a saved plan was made with, out of the workspace beside its folder; None if it knew of none.

    Where the workspace is gone the plan is reckoned without it, and that is said.
    """
    from beachhead.learn.causes import known_then
    from beachhead.store.place import is_there, is_url

    known = (saved.document.get("learning") or {}).get("known")
    if not known:
        return None
    beside = saved.path.resolve().parent
    place = workspace or str(beside.with_name(f"{beside.stem}.beachhead"))
    if workspace is None and not is_url(place) and not is_there(place):
        warn(f"the plan was made with a journal that is not in {place}: it is reckoned without; name it by --workspace")
        return None
    from beachhead.store.workspace import open_workspace

    with open_workspace(place, firm) as found:
        history = found.history()
        return known_then(known, [*history.entries, *history.results])


def weighed_again(
    saved: Saved, firm: Firm, evidence: Evidence, known: Journal | None, drawn: tuple[int, int]
) -> Weighed:
    """Markets and modes of a saved plan as they were weighed then. ``firm``: the plan's, whose assumptions outcomes may
    have changed; what was learnt rests on those before. ``drawn``: seed and number of draws."""
    from beachhead import flow
    from beachhead.learn import informed
    from beachhead.learn.replan import Weighed

    before = ((saved.document.get("learning") or {}).get("known") or {}).get("assumptions")
    base = firm if known is None or before is None else firm.model_copy(update={"assumptions": before})
    prior = flow.select_markets(base, evidence, seed=drawn[0], draws=drawn[1])
    learnt = flow.learn_from(base, evidence, prior, known) if known else None
    selection = informed(prior, learnt) if learnt else prior
    return Weighed(firm, prior, selection, flow.choose_modes(firm, evidence, selection), learnt)


def make_plan(
    path: Path,
    *,
    top: int = 10,
    seed: int | None = None,
    draws: int = 10_000,
    rollout: bool = True,
    workspace: str | None = None,
    journal: bool = True,
) -> Plan:
    """The plan for a firm file; without ``rollout`` only where and how, not when and what follows.

    What the firm has found out is taken from its ``workspace``, if there is one, unless ``journal`` is false.
    """
    from beachhead import flow

    with progress(READING):
        firm, evidence = read_firm_and_evidence(path)
        known = journal_for(firm, path, workspace, journal)
    with watched(WEIGHING) as watch:
        return flow.plan(firm, evidence, top=top, seed=seed, draws=draws, rollout=rollout, watch=watch, journal=known)


def known_market(code: str, catalogue: Catalogue) -> str:
    """The ISO3 code a user means, in any case; an unknown one is a fault with the nearest names."""
    from difflib import get_close_matches

    from beachhead.errors import bad

    if code.upper() in catalogue.countries:
        return code.upper()
    names = {country.name.lower(): iso3 for iso3, country in catalogue.countries.items()}
    if code.lower() in names:
        return names[code.lower()]
    alike = get_close_matches(code.upper(), catalogue.countries, n=2, cutoff=0.6)
    near = [names[n] for n in get_close_matches(code.lower(), names, n=2, cutoff=0.6)] or alike
    hint = " or ".join(f"{iso3} ({catalogue.countries[iso3].name})" for iso3 in near)
    remedy = f"did you mean {hint}?" if near else "write the ISO 3166-1 alpha-3 code of an economy, such as DEU"
    raise bad("market", code, remedy)
