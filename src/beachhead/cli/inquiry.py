"""``beachhead inquiry``: what is worth finding out next, what to do together, and when to stop asking and go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, firm_argument, json_option, out, progress, say, table
from beachhead.cli.planning import journal_options

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.flow import Plan
    from beachhead.learn.exact import Exact
    from beachhead.learn.inquiry import Answer
    from beachhead.learn.result import Batch, Inquiry
    from beachhead.rollout.result import Rollout

SCHEMA = "beachhead.inquiry/1"
EXACTLY = 3  # inquiries that --exact plans anew
WORST = 3  # channels shown that are not worth asking


@click.command(short_help="What is worth finding out next, and what is not.")
@firm_argument
@click.option("--top", type=click.IntRange(1, 100), default=10, show_default=True, help="Inquiries to show.")
@click.option("--budget", type=click.FloatRange(min=0), metavar="USD", help="Spend no more than this on asking.")
@click.option("--exact", is_flag=True, help="Plan anew after each answer to the first three: slow, some minutes.")
@click.option("--chart", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture to this SVG file too.")
@journal_options
@json_option
def inquiry(
    firm_path: Path,
    top: int,
    budget: float | None,
    exact: bool,
    chart: Path | None,
    workspace: str | None,
    journal: bool,
    as_json: bool,
) -> None:
    """Say whom to ask about which markets before you commit, what it costs, and what it is expected to bring.

    The gain is what the decisions that an answer would change are worth to the plan. From it go the cost, and what it
    costs to wait for the answer. If nothing pays, it is better to stop asking and go.

    A plan in FIRM.plan beside the file says which entries would wait.

    \b
    beachhead inquiry firm.toml
    beachhead inquiry firm.toml --budget 2000 --top 5
    beachhead inquiry firm.toml --chart inquiry.svg --json
    """
    from beachhead.cli.planning import make_plan
    from beachhead.errors import InfeasibleError
    from beachhead.learn.inquiry import answer

    plan = make_plan(firm_path, rollout=False, workspace=workspace, journal=journal)
    if not plan.selection.markets:
        raise InfeasibleError("No plan is possible: no market is left after the must-haves.")
    rollout = saved_rollout(firm_path, plan)
    with progress("Weighing what could be asked"):
        found = answer(
            plan.firm,
            plan.evidence,
            plan.selection,
            plan.modes,
            plan.learnt,
            rollout,
            top=top,
            budget=float("inf") if budget is None else budget,
            names=names_of(plan),
        )
    checked = _exactly(plan, rollout, found) if exact else ()
    if chart:
        _draw(plan, found, chart)
    if as_json:
        emit_json(inquiry_dict(plan, found, checked))
        return
    _show(plan, found, checked, out())


def names_of(plan: Plan) -> dict[str, str]:
    """Names of markets as they stand within a sentence, by code."""
    from beachhead.report.words import in_text

    return {market: in_text(plan.selection, m) for m, market in enumerate(plan.selection.markets)}


def saved_rollout(firm_path: Path, plan: Plan) -> Rollout | None:
    """The rollout of the plan beside the firm file; None if there is none that fits the markets of today."""
    from beachhead.errors import InputError
    from beachhead.report.saved import RESULT, read_saved, rollout_of

    folder = firm_path.with_suffix(".plan")
    if not (folder / RESULT).is_file():
        return None
    try:
        return rollout_of(read_saved(folder), plan.selection)
    except InputError:
        say(f"{folder} cannot be used to say which entries would wait; the first ones are taken to.")
        return None


def _exactly(plan: Plan, rollout: Rollout | None, found: Answer) -> tuple[Exact, ...]:
    from beachhead.learn.exact import exact_gain

    with progress("Planning anew after each answer"):
        asked = found.inquiries.inquiries[:EXACTLY]
        return exact_gain(plan.firm, plan.evidence, plan.selection, plan.modes, asked, plan.learnt, rollout)


# --- JSON ------------------------------------------------------------------------------------------------------------


def inquiry_dict(plan: Plan, found: Answer, exact: tuple[Exact, ...] = ()) -> dict[str, Any]:
    """The answer as JSON-ready data."""
    from beachhead.report.contract import number

    all_of = found.inquiries
    return {
        "schema": SCHEMA,
        "firm": plan.firm.name,
        "inquiries": [one_dict(one) for one in all_of.inquiries],
        "batches": [batch_dict(one) for one in all_of.batches],
        "stop": all_of.stop,
        "why": all_of.why,
        "perfect_usd": number(all_of.perfect_usd),
        "plan_usd": number(found.plan_usd),
        "not_worth": [{**one_dict(one.inquiry), "why": one.why} for one in found.spared],
        "exact": [{**one_dict(one.inquiry), "exact_gain_usd": number(one.gain_usd)} for one in exact],
    }


def one_dict(one: Inquiry) -> dict[str, Any]:
    """An inquiry as JSON-ready data."""
    from beachhead.report.contract import number

    figures = ("cost_usd", "weeks", "gain_usd", "gain_sd", "delay_usd", "net_usd")
    return {
        "channel": one.channel,
        "markets": list(one.markets),
        **{name: number(getattr(one, name)) for name in figures},
    }


def batch_dict(one: Batch) -> dict[str, Any]:
    """A batch as JSON-ready data."""
    from beachhead.report.contract import number

    figures = {name: number(getattr(one, name)) for name in ("gain_usd", "gain_sd", "net_usd")}
    return {"inquiries": [one_dict(x) for x in one.inquiries], **figures}


# --- text ------------------------------------------------------------------------------------------------------------


def _show(plan: Plan, found: Answer, exact: tuple[Exact, ...], console: Console) -> None:
    from rich.text import Text

    all_of, names = found.inquiries, names_of(plan)
    console.print(Text(all_of.why, style="bold"))
    if all_of.inquiries:
        console.print()
        console.print(_listed(all_of.inquiries, names))
    if all_of.batches:
        console.print(Text("Together", style="bold"))
        console.print(_together(all_of.batches, names))
    if exact:
        console.print(Text("Planned anew after each answer", style="bold"))
        console.print(_compared(exact, names))
    if found.spared:
        _show_spared(found, names, console)
    say("Gain and net in USD; ± is how far the gain may be off. Write down what you hear: beachhead learn add")


def _listed(found: tuple[Inquiry, ...], names: dict[str, str]) -> Any:
    from beachhead.charts import numbers as n
    from beachhead.learn.inquiry import phrase

    heads = ("Ask", "Cost", "Weeks", "Gain", "±", "Waiting", "Net")
    rows = [
        (
            _sentence(phrase(one, names)),
            n.short(one.cost_usd),
            n.plain(one.weeks),
            n.short(one.gain_usd),
            n.short(one.gain_sd),
            n.short(one.delay_usd),
            n.short(one.net_usd),
        )
        for one in found
    ]
    return table(heads, rows, right=heads[1:])


def _together(found: tuple[Batch, ...], names: dict[str, str]) -> Any:
    from beachhead.charts import numbers as n

    heads = ("Ask", "Cost", "Weeks", "Gain", "±", "Net")
    rows = [
        (
            _parts(one, names),
            n.short(sum(x.cost_usd for x in one.inquiries)),
            n.plain(max(x.weeks for x in one.inquiries)),
            n.short(one.gain_usd),
            n.short(one.gain_sd),
            n.short(one.net_usd),
        )
        for one in found
    ]
    return table(heads, rows, right=heads[1:])


def _parts(one: Batch, names: dict[str, str]) -> str:
    """``Ask peers who sell in Germany; join a trade mission to Japan``; what is repeated is counted."""
    from collections import Counter

    from beachhead.learn.inquiry import phrase

    said = Counter(phrase(x, names) for x in one.inquiries)
    times = {1: "", 2: ", twice, of different people", 3: ", three times, of different people"}
    return _sentence("; ".join(f"{text}{times[count]}" for text, count in said.items()))


def _compared(found: tuple[Exact, ...], names: dict[str, str]) -> Any:
    from beachhead.charts import numbers as n
    from beachhead.learn.inquiry import phrase

    heads = ("Ask", "Gain", "±", "Planned anew")
    rows = [
        (
            _sentence(phrase(one.inquiry, names)),
            n.short(one.inquiry.gain_usd),
            n.short(one.inquiry.gain_sd),
            n.short(one.gain_usd),
        )
        for one in found
    ]
    return table(heads, rows, right=heads[1:])


def _show_spared(found: Answer, names: dict[str, str], console: Console) -> None:
    from rich.text import Text

    from beachhead.learn.inquiry import phrase
    from beachhead.report.terminal import bullets

    console.print(Text("Not worth asking", style="bold"))
    lines = [_sentence(f"{phrase(one.inquiry, names)}: {one.why}.") for one in found.spared[:WORST]]
    console.print(bullets(lines))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _draw(plan: Plan, found: Answer, target: Path) -> None:
    from beachhead.charts.inquiry import inquiry_figure
    from beachhead.charts.render import svg
    from beachhead.errors import bad

    names = dict(zip(plan.selection.markets, plan.selection.names, strict=True))
    if not found.inquiries.inquiries:
        raise bad("--chart", str(target), "nothing could be asked, so there is nothing to draw")
    figure = inquiry_figure(found.inquiries, names)
    try:
        target.write_text(svg(figure.spec, figure.name, figure.title, figure.says) + "\n", encoding="utf-8")
    except OSError as error:
        raise bad("--chart", str(target), f"cannot be written ({error.strerror})") from None
    say(f"Written: {target}")
