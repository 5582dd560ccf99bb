"""The charts of a plan: specification, title, description for screen readers, caption."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.contributions import contributions
from beachhead.charts.figure import Figure
from beachhead.charts.matrix import matrix
from beachhead.charts.modes import modes
from beachhead.charts.potential import potential
from beachhead.charts.ranks import ranks
from beachhead.charts.render import svg
from beachhead.charts.world import Places, world
from beachhead.evidence.engine import package_folder
from beachhead.report.figures_plan import plan_figures
from beachhead.report.learning import learning_figures
from beachhead.report.words import in_text, mode_names, size

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.flow import Plan


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as SVG text, with the words around it."""

    name: str
    caption: str
    svg: str


@cache
def topology() -> dict[str, Any]:
    """The world map of the snapshot (TopoJSON)."""
    found: dict[str, Any] = json.loads((package_folder("snapshot") / "world.json").read_text(encoding="utf-8"))
    return found


def places(evidence: Evidence) -> Places:
    """Longitude and latitude of the main city of every market."""
    rows = evidence.query("places_all")
    return {m: (float(x), float(y)) for m, x, y in zip(rows["market"], rows["lon"], rows["lat"], strict=True)}


def figures(plan: Plan) -> list[Figure]:
    """Every chart of a plan, in the order of the report; none if no market was ranked."""
    drawn = [*plan_figures(plan), *learning_figures(plan)]
    return [*drawn, *(make(plan) for make in FIGURES)] if plan.selection.markets else []


def draw(plan: Plan) -> list[Drawn]:
    """Every chart of a plan, drawn. The same plan gives the same bytes."""
    return [Drawn(f.name, f.caption, svg(f.spec, f.name, f.title, f.says)) for f in figures(plan)]


def _first(plan: Plan, count: int = 3) -> str:
    return n.listed([in_text(plan.selection, m) for m in range(min(count, size(plan)))])


def _world(plan: Plan) -> Figure:
    s = plan.selection
    return Figure(
        "world",
        "World map of the score",
        f"{len(s.markets)} markets coloured by score, from {n.plain(float(s.score.min()))} to "
        f"{n.plain(float(s.score.max()))} points. The best are {_first(plan)}.",
        "The more yellow, the better. Numbers are ranks, the diamond is home, grey was not ranked. "
        "Small economies are dots.",
        world(s, topology(), places(plan.evidence), plan.top),
    )


def _matrix(plan: Plan) -> Figure:
    s = plan.selection
    now = [s.names[m] for m in range(size(plan)) if s.cell[m] == "go now"]
    lie = "lie" if len(now) > 1 else "lies"
    front = [s.names[m] for m in range(len(s.markets)) if s.pareto[m]]
    return Figure(
        "matrix",
        "Attractiveness and accessibility",
        f"Of the shortlist, {n.listed(now) or 'no market'} {lie} in the cell go now. No market is better on both axes "
        f"than {n.listed(front[:8])}.",
        "Each ellipse holds its market with 80 % probability. The dashed line joins the markets that no other beats on "
        "both axes. The cells meet at the median economy.",
        matrix(s, plan.top),
    )


def _ranks(plan: Plan) -> Figure:
    s = plan.selection
    likely = "; ".join(
        f"{s.names[m]} is among the first five in {n.pct(float(s.p_top[5][m]))}" for m in range(min(3, size(plan)))
    )
    return Figure(
        "ranks",
        "Probability of each rank",
        f"{likely} of {s.draws:,} draws.",
        "Stronger colour is likelier. Where a row spreads wide, the figures cannot tell the neighbours apart.",
        ranks(s, plan.top),
    )


def _contributions(plan: Plan) -> Figure:
    return Figure(
        "contributions",
        "Where the points come from",
        f"Bars of the points by criterion for {_first(plan, plan.top)}; they add up to the score.",
        "Blue: attractiveness. Orange: accessibility. The parts add up to the score at the end of the bar.",
        contributions(plan.selection, plan.top),
    )


def _potential(plan: Plan) -> Figure:
    from beachhead.select.potential import entrant_band

    s = plan.selection
    band = entrant_band(s.demand)
    medians = [float(x) for x in s.potential.p50[: size(plan)]]
    return Figure(
        "potential",
        "Sales a year once established",
        f"Medians between {n.usd(min(medians))} and {n.usd(max(medians))} a year. Real entrants sell about "
        f"{n.usd(band[1])} in their first year, eight in ten between {n.short(band[0])} and {n.short(band[2])}.",
        "Bar: eight times in ten within it; tick and figure: median. Shaded band and dashed line: what "
        "exporters of goods from Brazil, Mexico and Peru really sold in their first year in a market.",
        potential(s, band, plan.top),
    )


def _modes(plan: Plan) -> Figure:
    s, choice, names = plan.selection, plan.modes, mode_names()
    best = "; ".join(f"{s.names[m]}: {names[choice.best[m]]}" for m in range(size(plan)))
    return Figure(
        "modes",
        "How well each mode fits",
        f"Chosen modes: {best}.",
        "Fit from 0 to 100, stronger colour is better; ✕ cannot be used. The frame marks the mode chosen. "
        + _framed(plan),
        modes(s, choice, names, plan.top),
    )


def _framed(plan: Plan) -> str:
    """Why the framed mode need not be the one that fits best, with the first such market of the shortlist."""
    s, x, names = plan.selection, plan.modes, mode_names()
    text = "It is the one worth most after cost and risk, so not always the one that fits best."
    for m in range(size(plan)):
        best, fitting = x.mode_row(x.best[m]), int(np.where(x.feasible[m], x.fit[m], -1).argmax())
        if x.fit[m, fitting] > x.fit[m, best] and x.feasible[m, best]:
            less, more = (n.usd_signed(float(x.value_usd[m, j])) for j in (fitting, best))
            other, framed = (names[x.modes[j]].lower() for j in (fitting, best))
            return f"{text} In {in_text(s, m)} {other} fits better, but is worth {less}; {framed} is worth {more}."
    return text


FIGURES: tuple[Callable[[Plan], Figure], ...] = (_world, _matrix, _ranks, _contributions, _potential, _modes)
