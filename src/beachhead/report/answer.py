"""The answer for the owner: where to start, where to grow, how sure that is, how to go about it, what it may bring."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beachhead.charts import numbers as n
from beachhead.report.answer_plan import for_whom, how_much, planned
from beachhead.report.words import in_text, mode_names, name_of, sentence_start, size, with_article
from beachhead.report.worth import (
    chosen,
    grows,
    horizon,
    present,
    starts,
    would_pay,
    years,
)
from beachhead.select.result import Selection

if TYPE_CHECKING:
    from beachhead.flow import Plan

_SCALE_NOTE = re.compile(r"Scale of the firm: sales in ([A-Z]{3}(?:, [A-Z]{3})*)\.")


def answer(plan: Plan) -> list[str]:
    """The answer, a few sentences per paragraph."""
    s = plan.selection
    if not s.markets:
        return ["No market passed the must-haves; see what was excluded and why."]
    if plan.rollout is not None:
        return [*planned(plan, plan.rollout), f"In the ranking, {_how_sure(s)}"]
    new, old = starts(plan), grows(plan)
    first = [*new, *old, 0][0]
    return [
        " ".join([_where(plan, new), *_grow(plan, old), *_first_but_poor(plan, new)]),
        sentence_start(_how_sure(s)),
        _how(plan, first),
        how_much(plan, first, "there"),
    ]


def _where(plan: Plan, new: list[int]) -> str:
    s, (who, of) = plan.selection, for_whom(plan)
    if new:
        return f"{who}, start with {n.listed([in_text(s, m) for m in new])} ({of})."
    span = years(horizon(plan.firm))
    none = "no new market of the shortlist pays" if grows(plan) else "none of the shortlisted markets pays"
    return f"{who}, {none} for itself within {span} under these figures ({of}). {_remedy(plan)}".rstrip()


def _remedy(plan: Plan) -> str:
    """What would have to change for one market to pay."""
    if grows(plan):
        return ""
    pays = would_pay(plan)
    if pays is None:
        return "Even ten times the sales would not change that: costs or margin would have to."
    where, mode = in_text(plan.selection, pays.m), mode_names()[pays.mode].lower()
    return (
        f"Nearest to it is {where} by {mode}: it would pay with about {n.usd(pays.sales_usd)} of sales a year once "
        f"established, {pays.times:g} times the median."
    )


def _grow(plan: Plan, old: list[int]) -> list[str]:
    """Markets where the firm sells already, apart from the new ones."""
    s = plan.selection
    here = [m for m in range(size(plan)) if s.markets[m] in present(plan)]
    poor = [m for m in here if m not in old]
    said = []
    if old:
        said.append(f"Grow where you sell already: {n.listed([in_text(s, m) for m in old])}.")
    if poor:
        where = n.listed([in_text(s, m) for m in poor])
        said.append(f"You sell in {where} already, but going on as proposed there does not pay under these figures.")
    return said


def _first_but_poor(plan: Plan, new: list[int]) -> list[str]:
    """Why the first of the ranking is not where to start, if it is passed over."""
    s, value = plan.selection, float(plan.modes.best_value[0])
    if not new or value > 0 or s.markets[0] in present(plan):
        return []
    lost = f"likely to lose {n.usd(-value)} over {years(horizon(plan.firm))}"
    return [f"{sentence_start(in_text(s, 0))} ranks first but does not pay for itself under these figures ({lost})."]


def _how_sure(s: Selection) -> str:
    """How firmly the first market of the ranking stands."""
    p1, p5 = float(s.p_top[1][0]), float(s.p_top[5][0])
    text = (
        f"{in_text(s, 0)} comes first in {n.chance(p1)} of {s.draws:,} draws of weights and figures, "
        f"and is among the first five in {n.chance(p5)}."
    )
    if len(s.markets) < 2:
        return text
    beats = float(s.pairwise[0, 1])
    close = "a close call" if beats < 0.65 else "a fairly clear lead" if beats < 0.85 else "a clear lead"
    return f"{text} It beats {in_text(s, 1)} in {n.chance(beats)} of them: {close}."


def _how(plan: Plan, m: int) -> str:
    modes, s = plan.modes, plan.selection
    name = mode_names()[modes.best[m]].lower()
    if s.markets[m] in present(plan):
        return f"You sell in {in_text(s, m)} already; the way to go on there is {name}."
    weeks, cost = float(chosen(modes, modes.weeks)[m]), float(chosen(modes, modes.cost_usd)[m])
    return (
        f"Enter {in_text(s, m)} by {name}: about {counted(weeks, 'week')} to the first sale and about {n.usd(cost)} to "
        "set up."
    )


def counted(x: float, noun: str) -> str:
    """``1 week``, ``10 weeks``."""
    text = n.plain(x)
    return f"{text} {noun}{'' if text == '1' else 's'}"


def notes(plan: Plan) -> list[str]:
    """What to keep in mind about demand and potential, with names for codes."""
    s, catalogue = plan.selection, plan.evidence.catalogue

    def named(found: re.Match[str]) -> str:
        where = n.listed([with_article(code, name_of(catalogue, code)) for code in found[1].split(", ")])
        return f"Its size abroad is judged from its sales in {where}."

    return [_SCALE_NOTE.sub(named, note) for note in (*s.demand.notes, *s.potential.notes)]


def badge(plan: Plan, m: int) -> str:
    """``already there, USD 130k a year``; empty where the firm does not sell yet."""
    here = present(plan).get(plan.selection.markets[m])
    if here is None:
        return ""
    return "already there" + (f", {n.usd(here.sales_usd)} a year" if here.sales_usd is not None else "")


def bottom_line(plan: Plan, m: int) -> str:
    """Worth, set-up cost and weeks of the chosen mode, as one sentence."""
    modes = plan.modes
    value = float(modes.best_value[m])
    weeks, cost = float(chosen(modes, modes.weeks)[m]), float(chosen(modes, modes.cost_usd)[m])
    text = f"Worth {n.usd_signed(value)} over {years(horizon(plan.firm))}"
    setup = f"{n.usd(cost)} to set up, {counted(weeks, 'week')} to the first sale" if cost or weeks else "no set-up"
    return f"{text}; {setup}"
