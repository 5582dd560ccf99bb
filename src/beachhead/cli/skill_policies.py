"""``beachhead skill policies``: does planning and learning pay? The tournament of ways of deciding."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beachhead.cli.console import emit_json, json_option, out, progress, say

if TYPE_CHECKING:
    from beachhead.skill.policies.firms import Kind
    from beachhead.skill.policies.result import Tournament

INTERRUPTED = 130


@click.command(short_help="Does planning and learning pay? Ways of deciding, in simulated worlds.")
@click.argument("firm_path", metavar="[FIRM]", type=click.Path(path_type=Path), required=False)
@click.option(
    "--worlds", type=click.IntRange(2, 1_000_000), default=1_000, show_default=True, help="Worlds, over all kinds."
)
@click.option("--kinds", "kind_ids", multiple=True, metavar="KIND", help="Kinds of firm, such as goods_poor_few [all].")
@click.option(
    "--policies", "names", multiple=True, metavar="NAME", help="Policies that take part [all of the package]."
)
@click.option("--world", "world_ids", multiple=True, metavar="NAME", help="What the worlds are like [as_believed].")
@click.option("--wrong-prior", is_flag=True, help="Play as many worlds besides in which the firm believes wrongly.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Seed of the worlds.")
@click.option("--processes", type=click.IntRange(1, 64), help="Processes [the cores there are].")
@click.option(
    "--out", "target", type=click.Path(path_type=Path), metavar="FILE.html", help="Write a page with a chart."
)
@json_option
@click.pass_context
def policies(
    ctx: click.Context,
    firm_path: Path | None,
    worlds: int,
    kind_ids: tuple[str, ...],
    names: tuple[str, ...],
    world_ids: tuple[str, ...],
    wrong_prior: bool,
    seed: int,
    processes: int | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """Does planning and learning pay? Ways of deciding, in simulated worlds.

    Every policy plays the same worlds with the same budgets and luck: stay home, rules of thumb, the rollout's plan
    carried out as it was made, and ours, which learns from its sales and plans again each quarter. Beside them stands
    what somebody could have had at most who knew the world. Without FIRM eight kinds of firm play; with FIRM yours.

    Ctrl-C keeps what was played until then.

    \b
    beachhead skill policies
    beachhead skill policies firm.toml --worlds 200
    beachhead skill policies --wrong-prior --out policies.html
    beachhead skill policies --kinds goods_poor_few --policies greedy --policies plan_and_learn --json
    """
    found = _played(_kinds(firm_path, kind_ids), worlds, _worlds(world_ids, wrong_prior), names, seed, processes)
    if not found.finished and not found.parts:
        raise KeyboardInterrupt
    if target:
        _write(target, found)
    if as_json:
        emit_json(found.to_dict())
    else:
        from beachhead.report.policies import show_tournament

        show_tournament(found, out())
    if not found.finished:
        say("Interrupted: this is what was played until then.")
        ctx.exit(INTERRUPTED)


def _kinds(firm_path: Path | None, kind_ids: tuple[str, ...]) -> tuple[Kind, ...]:
    from beachhead.skill.policies.firms import Kind, kinds

    if firm_path is None:
        return kinds(kind_ids)
    if kind_ids:
        from beachhead.errors import bad

        raise bad("--kinds", kind_ids[0], "leave it out where a firm file is given: that firm is the only kind")
    from beachhead.flow import load_firm

    firm = load_firm(firm_path)
    return (Kind("firm", firm.name, firm),)


def _worlds(world_ids: tuple[str, ...], wrong_prior: bool) -> tuple[str, ...]:
    """Ids of the worlds: those named, as believed if none is, and the wrong ones if wanted."""
    from beachhead.skill.policies.world import variants

    wrong = tuple(v.id for v in variants() if v.prior == "wrong") if wrong_prior else ()
    return tuple(dict.fromkeys((*(world_ids or ("as_believed",)), *wrong)))


def _played(
    kinds: tuple[Kind, ...],
    worlds: int,
    world_ids: tuple[str, ...],
    names: tuple[str, ...],
    seed: int,
    processes: int | None,
) -> Tournament:
    from beachhead.skill.policies.tournament import tournament

    step, done = "", 0.0
    with progress("Planning for each firm", 1.0) as bar:

        def tell(label: str, share: float) -> None:
            nonlocal step, done
            if label != step:
                bar.tell(label)
                bar.advance(-done)
                step, done = label, 0.0
            bar.advance(share - done)
            done = share

        return tournament(
            kinds,
            worlds_wanted=worlds,
            world_ids=world_ids,
            policies=tuple(dict.fromkeys(names)),
            seed=seed,
            processes=processes or os.cpu_count() or 1,
            tell=tell,
        )


def _write(target: Path, found: Tournament) -> None:
    from beachhead.errors import bad
    from beachhead.report.policies import tournament_html

    try:
        target.write_text(tournament_html(found), encoding="utf-8")
    except OSError as error:
        raise bad("--out", str(target), f"cannot be written ({error.strerror})") from None
    say(f"Written: {target}")
