"""What the page shows, section by section, as plain values: the template only lays it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from beachhead.charts import numbers as n
from beachhead.report import tables
from beachhead.report.answer import answer, badge, counted, notes
from beachhead.report.learning import has_learnt, learning
from beachhead.report.record import HEADING, MEANING, model_line, record_of, record_table
from beachhead.report.tables import Table
from beachhead.report.view_plan import follows, when
from beachhead.report.words import (
    Voice,
    dated,
    in_text,
    mode_names,
    name_of,
    offers,
    sentence,
    size,
    with_article,
)
from beachhead.report.worth import chosen, horizon, present, years

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.report.figures import Drawn

SECTIONS = (
    ("answer", "The answer"),
    ("when", "When and how fast"),
    ("follows", "What follows"),
    ("learnt", "What you have learnt"),
    ("shortlist", "Shortlist"),
    ("map", "Map"),
    ("matrix", "Matrix"),
    ("sure", "How sure"),
    ("why", "Why"),
    ("potential", "What it could sell"),
    ("enter", "How to enter"),
    ("levers", "What would change it"),
    ("evidence", "Evidence"),
    ("assumptions", "Assumptions"),
    ("excluded", "Left out"),
    ("method", "Method and limits"),
)
LATER = ("when", "follows", "learnt")  # sections that not every plan has
DUELS = 5  # markets set each against each
FIRST_LEVERS = 8


@dataclass(frozen=True, slots=True)
class Card:
    """One shortlisted market as the owner first sees it."""

    rank: int
    market: str
    name: str
    cell: str
    chance: str
    score: str
    badge: str
    attractiveness: str
    accessibility: str
    potential: tuple[str, str, str]
    mode: str
    by: str
    needs: str
    worth: str
    loses: bool
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """How to enter one market. ``steps``: mode and the evidence it waits for."""

    market: str
    name: str
    mode: str
    reasons: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    why_not: str
    likeness: str
    table: Table


@dataclass(frozen=True, slots=True)
class Dossier:
    """Tables about one shortlisted market."""

    market: str
    name: str
    note: str
    table: Table


@dataclass(frozen=True, slots=True)
class Past:
    """The record of the ranking; ``table`` None where there are no figures."""

    heading: str
    sentence: str
    model: str
    meaning: str
    table: Table | None


def context(plan: Plan, drawn: Sequence[Drawn]) -> dict[str, Any]:
    """Everything the template reads."""
    s, catalogue = plan.selection, plan.evidence.catalogue
    voice = Voice(s, catalogue, plan.modes)
    some = range(size(plan))
    return {
        "plan": plan,
        "firm": s.firm,
        "offers": offers(s),
        "home": name_of(catalogue, s.home),
        "answer": answer(plan),
        "charts": {chart.name: chart for chart in drawn},
        "cards": [card(plan, voice, m) for m in some],
        "entries": [entry(plan, m) for m in some],
        "potentials": [
            Dossier(s.markets[m], s.names[m], _potential_note(plan, m), tables.factors(plan, m)) for m in some
        ],
        "evidence": [
            Dossier(s.markets[m], s.names[m], evidence_note(voice, m), tables.evidence(plan, m)) for m in some
        ],
        "tables": page_tables(plan),
        "notes": [sentence(note) for note in notes(plan)],
        "weights": s.weight_ground,
        "record": Past(HEADING, record_of(plan).sentence, model_line(plan), MEANING, record_table(plan)),
        "horizon": years(horizon(plan.firm)),
        "dated": dated(plan.evidence),
        "changed": _changed(plan),
        "when": when(plan),
        "follows": follows(plan),
        "learnt": learning(plan),
        "sections": [one for one in SECTIONS if one[0] not in LATER or _has(plan, one[0])],
        "asks": "Where, how and when to go abroad" if plan.rollout else "Where and how to go abroad",
    }


def _changed(plan: Plan) -> int:
    """How many assumptions the firm has changed, all stages together."""
    later = plan.rollout.assumptions if plan.rollout else ()
    return len(plan.selection.assumptions) + len(plan.modes.assumptions) + len(later)


def _has(plan: Plan, section: str) -> bool:
    """Whether the plan has what a section shows that not every plan has."""
    there = {"when": plan.rollout is not None, "follows": plan.outlook is not None, "learnt": has_learnt(plan)}
    return there[section]


def page_tables(plan: Plan) -> dict[str, Table]:
    """The tables that stand once on the page, by name."""
    return {
        "ranking": tables.ranking(plan, mode_names()),
        "ranks": tables.rank_chances(plan),
        "duels": tables.duels(plan, DUELS),
        "contributions": tables.criterion_points(plan),
        "levers": tables.levers(plan, FIRST_LEVERS),
        "all_levers": tables.levers(plan),
        "excluded": tables.left_out(plan),
        "assumptions": tables.assumptions(plan),
        "sources": tables.sources(plan),
    }


def card(plan: Plan, voice: Voice, m: int) -> Card:
    """The card of one market."""
    s, p, modes = plan.selection, plan.selection.potential, plan.modes
    value = float(modes.best_value[m])
    axes = [n.points(float(a.mean[m]), float(a.sd[m])) for a in (s.attractiveness, s.accessibility)]
    return Card(
        rank=m + 1,
        market=s.markets[m],
        name=s.names[m],
        cell=s.cell[m],
        chance=n.pct(float(s.p_top[5][m])),
        score=n.plain(float(s.score[m]), 1),
        badge=badge(plan, m),
        attractiveness=axes[0],
        accessibility=axes[1],
        potential=(n.short(float(p.p10[m])), n.short(float(p.p50[m])), n.short(float(p.p90[m]))),
        mode=mode_names()[modes.best[m]],
        by="Go on by" if s.markets[m] in present(plan) else "Enter by",
        needs=_needs(plan, m),
        worth=n.usd_signed(value),
        loses=value < 0,
        reasons=tuple(sentence(text) for text in tables.strengths(voice, m)),
        warnings=tuple(sentence(text) for text in voice.warnings(m)),
    )


def _needs(plan: Plan, m: int) -> str:
    """Weeks and set-up cost of the chosen mode; nothing where it runs already."""
    weeks, cost = (float(chosen(plan.modes, x)[m]) for x in (plan.modes.weeks, plan.modes.cost_usd))
    return f", {counted(weeks, 'week')}, {n.usd(cost)}" if weeks or cost else ", as now"


def entry(plan: Plan, m: int) -> Entry:
    """The way into one market."""
    modes, s = plan.modes, plan.selection
    names = mode_names()
    return Entry(
        market=s.markets[m],
        name=s.names[m],
        mode=names[modes.best[m]],
        reasons=tuple(sentence(text) for text in modes.reasons[m]),
        steps=tuple((names[stage.mode], stage.when) for stage in modes.path[m]),
        why_not=sentence(modes.why_not[m]) if modes.why_not[m] else "",
        likeness=likeness(plan, m),
        table=tables.mode_figures(plan, names, m),
    )


def likeness(plan: Plan, m: int) -> str:
    """What likeness to markets that the firm knows takes off the cost of entry; empty if nothing."""
    modes = plan.modes
    cut = float(modes.discount[m])
    if cut <= 0 or plan.selection.markets[m] in present(plan):
        return ""
    known = n.listed([with_article(c, name_of(plan.evidence.catalogue, c)) for c in modes.discount_from[m]])
    sd = n.plain(100 * float(modes.discount_sd[m]))
    return f"Because you know {known}, entry costs {n.pct(cut)} less (±{sd} points)."


def evidence_note(voice: Voice, m: int) -> str:
    """How much of a market's score is not observed."""
    return f"{n.pct(float(voice.thin[m]))} of the weight rests on imputed figures."


def _potential_note(plan: Plan, m: int) -> str:
    p = plan.selection.potential
    low, high = n.short(float(p.p10[m])), n.short(float(p.p90[m]))
    where, middle = in_text(plan.selection, m), n.usd(float(p.p50[m]))
    return f"Median {middle} a year in {where}; eight times in ten between {low} and {high}."
