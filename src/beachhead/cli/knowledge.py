"""``beachhead knowledge``: what the firm knows of each planned market against what its plan needs, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say
from beachhead.cli.workspace import workspace_option

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.learn.journal import GrowthPath, Journal
    from beachhead.learn.knowledge import Effects
    from beachhead.learn.needs import Gap, Lesson
    from beachhead.learn.result import Stocks

SCHEMA = "beachhead.knowledge/1"
PATHS = ("geographic_diversification", "market_penetration", "product_development")
FIRST, SHOWN, WIDTH = 5, 3, 30  # markets of the ranking where there is no plan; channels shown; cells of a bar
CHANGED = ("entry cost", "weeks to the first sale", "hazard of leaving")
FROM = {
    "workspace": "Markets of the plan saved last in the workspace",
    "folder": "Markets of the plan in the plan's folder",
    "ranking": "There is no plan yet: the first markets of the ranking",
    "named": "Markets named",
}


class Planned(NamedTuple):
    """A market that is to be entered or is served, and in which mode."""

    market: str
    mode: str


class Knowing(NamedTuple):
    """All that is shown: the firm, where it sells, its stocks, what they change, planned markets and their source."""

    firm: Firm
    sells_in: frozenset[str]
    names: dict[str, str]
    held: Stocks
    changed: Effects
    planned: list[Planned]
    found_in: str


@click.command(short_help="What you know, and what your plan needs.")
@firm_argument
@click.argument("codes", nargs=-1, metavar="[MARKET]…")
@click.option(
    "--growth-path",
    "path",
    type=click.Choice([*PATHS, "all"]),
    help="A way of growing, or all [new markets: geographic_diversification; where you sell: market_penetration].",
)
@workspace_option
@json_option
def knowledge(firm_path: Path, codes: tuple[str, ...], path: str | None, workspace: str | None, as_json: bool) -> None:
    """Show what you know of each market of your plan, what its mode and way of growing need, and whom to ask.

    Levels run from 0 to 1. Without a MARKET: those of the last plan; without a plan, the first of the ranking. Sources
    are those that a study found on the way of growing, the one that closes most for its cost and time first.

    \b
    beachhead knowledge firm.toml
    beachhead knowledge firm.toml DEU --growth-path all
    beachhead knowledge firm.toml --json
    """
    known = _known(firm_path, codes, workspace)
    if as_json:
        emit_json(knowledge_dict(known))
        return
    _show(known, path, out())


def _known(firm_path: Path, codes: tuple[str, ...], workspace: str | None) -> Knowing:
    from beachhead.assumptions import Assumptions
    from beachhead.cli.planning import READING, known_market, read_firm_and_evidence
    from beachhead.cli.workspace import journal_of
    from beachhead.learn.knowledge import effects, stocks
    from beachhead.learn.needs import served

    with progress(READING):
        firm, evidence = read_firm_and_evidence(firm_path)
        journal = journal_of(firm_path, workspace)
    wanted = list(dict.fromkeys(known_market(code, evidence.catalogue) for code in codes))
    planned, found_in = _planned(firm_path, firm, evidence, journal, workspace, wanted)
    assumed = Assumptions(firm.assumptions)
    held = stocks(firm, evidence, [one.market for one in planned], journal, assumed, evidence.vintage)
    names = {one.market: evidence.catalogue.countries[one.market].name for one in planned}
    return Knowing(
        firm, served(firm, journal, evidence.vintage), names, held, effects(held, assumed), planned, found_in
    )


# Which markets.


def _planned(
    firm_path: Path, firm: Firm, evidence: Evidence, journal: Journal, workspace: str | None, wanted: list[str]
) -> tuple[list[Planned], str]:
    """Markets and modes of the last plan, or of the ranking where there is none; and where they were found."""
    for found_in, document in (("workspace", _saved(firm, firm_path, workspace)), ("folder", _folder(firm_path))):
        moves = [one for one in _moves(document) if one.market in evidence.markets]
        if moves and {one.market for one in moves} >= set(wanted):
            return [one for one in moves if not wanted or one.market in wanted], "named" if wanted else found_in
    return _ranked(firm, evidence, journal, wanted), "named" if wanted else "ranking"


def _saved(firm: Firm, firm_path: Path, workspace: str | None) -> dict[str, Any]:
    """The plan saved last in the workspace; empty if there is none."""
    from beachhead.store.place import is_there, is_url, workspace_of

    place = workspace_of(firm_path, workspace)
    if not is_url(place) and not is_there(place):
        return {}
    from beachhead.store.workspace import exists, open_workspace

    if not exists(place):
        return {}
    with open_workspace(place, firm) as opened:
        return opened.last_plan() or {}


def _folder(firm_path: Path) -> dict[str, Any]:
    """The plan in the folder that ``beachhead plan`` writes beside the firm file; empty if there is none."""
    from beachhead.report.saved import RESULT, read_saved

    folder = firm_path.parent / f"{firm_path.stem}.plan"
    return read_saved(folder).document if (folder / RESULT).is_file() else {}


def _moves(document: dict[str, Any]) -> Iterator[Planned]:
    """The first mode of every market that a plan's moves enter or go on in, in the order of the moves."""
    rollout = document.get("rollout") or {}
    moves = [move for move in rollout.get("moves", ()) if move["kind"] != "leave"]
    first = {move["market"]: move["mode"] for move in reversed(moves)}
    yield from (Planned(market, first[market]) for market in dict.fromkeys(move["market"] for move in moves))


def _ranked(firm: Firm, evidence: Evidence, journal: Journal, wanted: list[str]) -> list[Planned]:
    """Markets named, or the first of the ranking, each in its best mode."""
    from beachhead import flow
    from beachhead.cli.planning import WEIGHING
    from beachhead.errors import bad

    with progress(WEIGHING):
        made = flow.plan(firm, evidence, rollout=False, journal=journal)
    selection, best = made.selection, made.modes.best
    for market in wanted:
        if market not in selection.markets:
            gone = next((x.reason for x in selection.excluded if x.market == market), "it is not ranked")
            raise bad("market", market, f"it is no market for this firm: {gone}")
    return [Planned(market, best[selection.row(market)]) for market in wanted or selection.markets[:FIRST]]


# What is said of them.


def gaps(known: Knowing, row: int, path: str | None) -> list[Gap]:
    """Held against needed in one market: on the path it is on, on the one named, or on all three."""
    from beachhead.assumptions import Assumptions
    from beachhead.learn.journal import GROWTH_PATHS
    from beachhead.learn.needs import gap, has_in

    chosen = [one for one in GROWTH_PATHS if path in (one, "all")] or [path_here(known, row)]
    market, mode = known.planned[row]
    have = has_in(known.firm, market, known.sells_in)
    return [gap(known.held, row, one, mode, have, Assumptions(known.firm.assumptions)) for one in chosen]


def path_here(known: Knowing, row: int) -> GrowthPath:
    """The way of growing that a planned market is: a new one, or more of one where the firm sells."""
    from beachhead.learn.needs import path_of

    return path_of(known.planned[row].market, known.sells_in)


def knowledge_dict(known: Knowing) -> dict[str, Any]:
    """Held, needed and missing by market, growth path and kind, with the channels to ask; JSON-ready."""
    from beachhead.learn.journal import KNOWLEDGE

    return {
        "schema": SCHEMA,
        "firm": known.firm.name,
        "plan": known.found_in,
        "absorptive_capacity": _by_kind(known.held.absorb),
        "kinds": list(KNOWLEDGE),
        "markets": [_market_dict(known, row) for row in range(len(known.planned))],
    }


def _market_dict(known: Knowing, row: int) -> dict[str, Any]:
    market, mode = known.planned[row]
    factors = {name: round(float(getattr(known.changed, name)[row]), 6) for name in ("entry", "weeks", "hazard")}
    return {
        "market": market,
        "name": known.names[market],
        "mode": mode,
        "growth_path": path_here(known, row),
        "held": _by_kind(known.held.level[row]),
        "before": _by_kind(known.held.before[row]),
        "factors": factors,
        "growth_paths": {gap.growth_path: _gap_dict(gap) for gap in gaps(known, row, "all")},
    }


def _gap_dict(gap: Gap) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "needed": _by_kind(gap.needed),
        "missing": _by_kind(gap.missing),
        "channels": [
            {**asdict(one), "closes": round(one.closes, 6), "worth": round(one.worth, 6)} for one in gap.lessons
        ],
    }


def _by_kind(levels: Sequence[float] | Any) -> dict[str, float]:
    from beachhead.learn.journal import KNOWLEDGE

    return {kind: round(float(level), 6) for kind, level in zip(KNOWLEDGE, levels, strict=True)}


def _show(known: Knowing, path: str | None, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from beachhead.learn.needs import paths
    from beachhead.report.words import mode_names

    short = {one.id: one.short for one in paths()}
    console.print(Text(f"{FROM[known.found_in]}. █ known, ▓ of it from the journal, ░ missing.", style="dim"))
    for row, (market, mode) in enumerate(known.planned):
        for gap in gaps(known, row, path):
            way = f" · {short[gap.growth_path]} · {mode_names()[mode].lower()}"
            console.print(Text.assemble(("\n" + known.names[market], "bold"), way))
            console.print(_bars(gap))
            console.print(Padding(Text(_advice(gap)), (0, 0, 0, 2)))
        if effect := changed_by(known, row):
            console.print(Padding(Text(effect), (0, 0, 0, 2)))
    say("Levels and needs are judgements: 'beachhead assumptions --used-in knowledge' and '--used-in needs'.")


def _bars(gap: Gap) -> Any:
    from rich.table import Table
    from rich.text import Text

    from beachhead.learn.journal import KNOWLEDGE

    grid = Table.grid(padding=(0, 1))
    for kind, held, before, need in zip(KNOWLEDGE, gap.held, gap.before, gap.needed, strict=True):
        grid.add_row(Text(f"  {kind}"), Text(cells(before, held, need)), Text(f"{held:.2f} of {need:.2f}"))
    return grid


def cells(before: float, held: float, need: float, width: int = WIDTH) -> str:
    """A bar of 0–1: what was known before the journal, what it added, what is missing to the need."""
    ends = [round(width * min(max(level, 0.0), 1.0)) for level in (before, held, max(held, need))]
    return "█" * ends[0] + "▓" * (ends[1] - ends[0]) + "░" * (ends[2] - ends[1]) + " " * (width - ends[2])


def _advice(gap: Gap) -> str:
    """Whom to ask, and for what price; or that nothing is missing."""
    from beachhead.learn.channels import channel

    if gap.missing.max() < 0.005:
        return "Nothing is missing."
    ready = [one for one in gap.lessons if one.at_hand][:SHOWN]
    lines = [f"Ask: {'; '.join(map(_price, ready))}."] if ready else ["No source found on this way closes it."]
    others = [channel(one.channel).name.lower() for one in gap.lessons if not one.at_hand]
    if others:
        lines.append(f"With the right people there also: {', '.join(others)}.")
    return "\n".join(lines)


def _price(one: Lesson) -> str:
    from beachhead.charts import numbers as n
    from beachhead.learn.channels import channel

    weeks = f"{n.plain(one.weeks)} week{'' if one.weeks == 1 else 's'}"
    return f"{channel(one.channel).name.lower()} (closes {one.closes:.2f}; {n.usd(one.cost_usd)}, {weeks})"


def changed_by(known: Knowing, row: int) -> str:
    """What the journal's knowledge changes in one market, in words; empty if nothing."""
    factors = (known.changed.entry[row], known.changed.weeks[row], known.changed.hazard[row])
    cut = [f"{what} −{100 * (1 - by):.0f} %" for what, by in zip(CHANGED, factors, strict=True) if by < 0.995]
    return f"What you wrote down and sold changes: {', '.join(cut)}." if cut else ""
