"""The tables of the report and of the terminal, as text with sort keys: one function per table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.contributions import by_criterion
from beachhead.evidence.model import STATUSES, Facts, Indicator, Status
from beachhead.report.words import Voice, mode_names, name_of, sentence_start, size
from beachhead.select.tables import criteria

if TYPE_CHECKING:
    from beachhead.assumptions import Assumption
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.flow import Plan
    from beachhead.select.result import Excluded

MARKS = {Status.OBSERVED: "●", Status.CARRIED: "◐", Status.IMPUTED: "○", Status.USER: "◆"}
UNSTATED = "by product"  # an assumption whose value depends on what is sold
P90 = 1.2815515655446004  # 90th percentile of the standard normal


@dataclass(frozen=True, slots=True)
class Column:
    """A heading. ``number``: set flush right."""

    name: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and the number by which it is sorted if that is not the text itself. ``kind`` names a style."""

    text: str
    key: float | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of a row names it. ``sortable`` gets buttons where scripts run."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sortable: bool = False


def heads(*names: str) -> tuple[Column, ...]:
    """Columns from names; ``#`` before a name marks figures."""
    return tuple(Column(name.removeprefix("#"), name.startswith("#")) for name in names)


def figure(x: float, text: str) -> Cell:
    """A number as a cell: sorted by value (unknown ones last), shown as ``text``."""
    return Cell(text, float(x) if np.isfinite(x) else -1e300)


def ranking(plan: Plan, names: dict[str, str], rows: Iterable[int] | None = None) -> Table:
    """Ranked markets with their main figures."""
    s = plan.selection
    wanted = range(len(s.markets)) if rows is None else rows
    columns = heads(
        "Market",
        "#Rank",
        "#Score",
        "#Attractive",
        "#Accessible",
        "#P(first)",
        "#P(top 5)",
        "#P10",
        "#P50",
        "#P90",
        "Cell",
        "Mode",
        "#Worth",
    )
    return Table("Ranked markets", columns, tuple(_rank_row(plan, names, m) for m in wanted), sortable=True)


def _rank_row(plan: Plan, names: dict[str, str], m: int) -> tuple[Cell, ...]:
    s, p = plan.selection, plan.selection.potential
    axes = [figure(a.mean[m], n.points(float(a.mean[m]), float(a.sd[m]))) for a in (s.attractiveness, s.accessibility)]
    tops = [figure(s.p_top[k][m], n.pct(float(s.p_top[k][m]))) for k in (1, 5)]
    usd = [figure(v[m], n.short(float(v[m]))) for v in (p.p10, p.p50, p.p90)]
    mode = plan.modes.best[m]
    return (
        Cell(s.names[m]),
        figure(m + 1, str(m + 1)),
        figure(s.score[m], n.plain(float(s.score[m]), 1)),
        *axes,
        *tops,
        *usd,
        Cell(s.cell[m]),
        Cell(names.get(mode, mode)),
        figure(plan.modes.best_value[m], n.usd_signed(float(plan.modes.best_value[m]))),
    )


def ranking_short(plan: Plan, rows: Iterable[int], *, wide: bool = True) -> Table:
    """The ranking in fewer columns, for the terminal; the axes only where it is wide."""
    full = ranking(plan, mode_names(), rows)
    kept = [1, 0, 2, 3, 4, 6, 8, 11, 12] if wide else [1, 0, 2, 6, 8, 11, 12]
    return Table(
        full.caption,
        tuple(full.columns[k] for k in kept),
        tuple(tuple(row[k] for k in kept) for row in full.rows),
    )


def rank_chances(plan: Plan) -> Table:
    """Probability of each of the first ranks, and of any later one."""
    s = plan.selection
    shown = min(len(s.markets), size(plan) + 5)
    columns = heads("Market", *(f"#{r}" for r in range(1, shown + 1)), "#later")
    rows = []
    for m in range(size(plan)):
        chances = [float(x) for x in s.acceptability[m, :shown]]
        rows.append((Cell(s.names[m]), *(figure(p, n.pct(p)) for p in [*chances, max(0.0, 1 - sum(chances))])))
    return Table("Probability of each rank", columns, tuple(rows))


def duels(plan: Plan, first: int = 5) -> Table:
    """Probability that the market of the row beats the one of the column."""
    s = plan.selection
    some = range(min(first, len(s.markets)))
    rows = tuple(
        (
            Cell(s.names[a]),
            *(Cell("–") if a == b else figure(s.pairwise[a, b], n.pct(float(s.pairwise[a, b]))) for b in some),
        )
        for a in some
    )
    return Table(
        "How often the market of the row scores above the one of the column",
        heads("beats", *(f"#{s.names[b]}" for b in some)),
        rows,
    )


def criterion_points(plan: Plan) -> Table:
    """Points by criterion; they add up to the score."""
    s = plan.selection
    points = by_criterion(s, s.contributions)
    columns = heads("Market", *(f"#{criteria()[c].name}" for c in s.criteria), "#Score")
    rows = tuple(
        (Cell(s.names[m]), *(figure(x, n.plain(float(x), 1)) for x in (*points[m], s.score[m])))
        for m in range(size(plan))
    )
    return Table("Points that each criterion adds to the score", columns, rows)


def factors(plan: Plan, m: int) -> Table:
    """How the potential of one market comes about: each factor as a multiplier with its 80 % range, then the sums."""
    p = plan.selection.potential
    rows: list[tuple[Cell, ...]] = []
    running = 0.0
    for k, name in enumerate(p.factors):
        log, sd = float(p.factor_log[m, k]), float(p.factor_sd[m, k])
        running += log
        money = k == 0  # the first factor is sales in the reference market, all others multiply it
        text = n.usd(np.exp(log)) if money else n.times(log) if log or sd else "no effect"
        spread = "" if sd == 0 else f"{n.times(log - P90 * sd)} to {n.times(log + P90 * sd)}"
        rows.append((Cell(name), Cell(text), Cell(spread), Cell(n.usd(np.exp(running)))))
    rows += _sums(plan, m)
    return Table("Step by step", heads("Factor", "#Multiplies by", "#80 % range", "#So far"), tuple(rows))


def _sums(plan: Plan, m: int) -> list[tuple[Cell, ...]]:
    p = plan.selection.potential
    ends = []
    for name, log, sd, share in (
        ("Gravity estimate", p.gravity_log[m], p.gravity_sd[m], p.gravity_weight[m]),
        ("What entrants sell once established", p.entrant_log[m], p.entrant_sd[m], 1 - p.gravity_weight[m]),
    ):
        if np.isfinite(log):
            low, high = n.usd(np.exp(log - P90 * sd)), n.usd(np.exp(log + P90 * sd))
            ends.append(
                (
                    Cell(name, kind="sum"),
                    Cell(f"weighs {n.pct(float(share))}"),
                    Cell(f"{low} to {high}"),
                    Cell(n.usd(np.exp(log))),
                )
            )
    both = f"{n.usd(float(p.p10[m]))} to {n.usd(float(p.p90[m]))}"
    return [*ends, (Cell("Both together", kind="sum"), Cell(""), Cell(both), Cell(n.usd(float(p.p50[m]))))]


def mode_figures(plan: Plan, names: dict[str, str], m: int) -> Table:
    """The seven modes in one market."""
    x = plan.modes
    columns = heads(
        "Mode",
        "#Fit",
        "#Set-up",
        "#Fixed a quarter",
        "#Hours a quarter",
        "#Weeks to first sale",
        "#Sales a year",
        "#Worth to the firm",
        "In the way",
    )
    rows = tuple(_mode_row(plan, names, m, j) for j in range(len(x.modes)))
    return Table("All modes", columns, rows)


def _mode_row(plan: Plan, names: dict[str, str], m: int, j: int) -> tuple[Cell, ...]:
    x = plan.modes
    money = [x.cost_usd, x.fixed_usd_quarter]
    return (
        Cell(names[x.modes[j]] + (" ✓" if x.modes[j] == x.best[m] else "")),
        figure(x.fit[m, j], n.plain(100 * float(x.fit[m, j]))),
        *(figure(v[m, j], n.usd(float(v[m, j]))) for v in money),
        figure(x.hours_quarter[m, j], n.plain(float(x.hours_quarter[m, j]))),
        figure(x.weeks[m, j], n.plain(float(x.weeks[m, j]))),
        figure(x.potential_usd[m, j], n.usd(float(x.potential_usd[m, j]))),
        figure(x.value_usd[m, j], n.usd_signed(float(x.value_usd[m, j]))),
        Cell(x.obstacles[m][j] or "nothing"),
    )


def mode_figures_short(plan: Plan, names: dict[str, str], m: int) -> Table:
    """The seven modes in one market in fewer columns, for the terminal."""
    full = mode_figures(plan, names, m)
    columns = (*heads("Mode", "#Fit", "#Set-up", "#Weeks", "#Sales a year", "#Worth"), full.columns[8])
    kept = [0, 1, 2, 5, 6, 7, 8]
    return Table(full.caption, columns, tuple(tuple(row[k] for k in kept) for row in full.rows))


def fits(plan: Plan, rows: Sequence[int]) -> Table:
    """Fit of each mode (0–100) in each market; the chosen one in brackets, an unusable one crossed out."""
    x, s = plan.modes, plan.selection
    columns = heads("Market", *(f"#{mode_names()[mode]}" for mode in x.modes))
    cells = tuple((Cell(s.names[m]), *(_fit_cell(plan, m, j) for j in range(len(x.modes)))) for m in rows)
    return Table("Fit of each mode, 0–100: [chosen], ✕ cannot be used", columns, cells)


def _fit_cell(plan: Plan, m: int, j: int) -> Cell:
    x = plan.modes
    if not x.feasible[m, j] and x.modes[j] != x.best[m]:
        return Cell("✕")
    text = n.plain(100 * float(x.fit[m, j]))
    return Cell(f"[{text}]" if x.modes[j] == x.best[m] else text)


def spectrum() -> tuple[Table, Table]:
    """The seven modes: their levels, and the numbers behind them."""
    from beachhead.enter.tables import modes

    levels = tuple(
        (Cell(mode.name), Cell(mode.speed), Cell(mode.control), Cell(mode.resources), Cell(mode.description))
        for mode in modes()
    )
    numbers = tuple((Cell(mode.name), *(Cell(text) for text in _spectrum_row(j))) for j, mode in enumerate(modes()))
    return (
        Table("The spectrum of modes", heads("Mode", "Speed", "Control", "Resources", "What it is"), levels),
        Table(
            "The numbers behind it",
            heads(
                "Mode",
                "#Weeks",
                "#Set-up",
                "#Fixed a quarter",
                "#Hours a quarter",
                "#Margin kept",
                "#Reach",
                "#Exit",
            ),
            numbers,
        ),
    )


QUANTITIES: tuple[tuple[str, Callable[[float], str]], ...] = (
    ("weeks", n.plain),
    ("setup_usd", n.usd),
    ("fixed_usd_quarter", n.usd),
    ("hours_quarter", n.plain),
    ("margin_kept", n.pct),
    ("reach", n.pct),
    ("exit_usd", n.usd),
)


def _spectrum_row(j: int) -> list[str]:
    from beachhead.enter.tables import number

    return [write(float(number(quantity)[j])) for quantity, write in QUANTITIES]


def spectrum_dict() -> dict[str, Any]:
    """The spectrum as JSON-ready data."""
    from beachhead.enter.tables import modes, number

    return {
        "schema": "beachhead.modes/1",
        "modes": [
            {
                **{
                    name: getattr(mode, name) for name in ("id", "name", "speed", "control", "resources", "description")
                },
                **{quantity: float(number(quantity)[j]) for quantity, _ in QUANTITIES},
            }
            for j, mode in enumerate(modes())
        ],
    }


def status_cell(status: Status) -> Cell:
    """A status by shape and word, so that colour is never needed."""
    return Cell(f"{MARKS[status]} {status.value}", kind="imputed" if status is Status.IMPUTED else "")


def evidence(plan: Plan, m: int) -> Table:
    """Every figure behind one market's score."""
    raw, catalogue = plan.selection.raw, plan.evidence.catalogue
    columns = heads("Indicator", "#Value", "Unit", "#Year", "Status", "Source", "Licence")
    rows = tuple(_fact_row(raw, m, k, catalogue) for k in range(len(raw.indicators)))
    return Table("Figures behind the score", columns, rows, sortable=True)


def _fact_row(raw: Facts, m: int, k: int, catalogue: Catalogue) -> tuple[Cell, ...]:
    indicator = catalogue.indicators[raw.indicators[k]]
    year, source = int(raw.year[m, k]), catalogue.sources.get(str(raw.source[m, k]))
    return (
        Cell(indicator.name),
        figure(raw.value[m, k], n.with_sd(float(raw.value[m, k]), float(raw.sd[m, k]), indicator)),
        Cell(unit_of(indicator)),
        figure(year, str(year) if year > 0 else "–"),
        status_cell(STATUSES[raw.status[m, k]]),
        Cell(source.name if source else str(raw.source[m, k])),
        Cell(source.licence if source else "–"),
    )


def unit_of(indicator: Indicator) -> str:
    """The unit as shown beside a figure; yes-or-no figures need none."""
    return "" if indicator.unit == "0 or 1" else indicator.unit


def levers(plan: Plan, first: int | None = None) -> Table:
    """What would change the answer; the ``first`` strongest, or all."""
    rows = tuple(
        (
            Cell(sentence_start(x.name)),
            figure(x.changes, n.plain(x.changes, 2)),
            figure(x.p_first, n.pct(x.p_first) if x.p_first else "never"),
        )
        for x in plan.selection.levers[:first]
        if x.changes >= 0.005
    )
    return Table(
        "If this were known for sure",
        heads("Indicator", "#Of the first ten, replaced", "#Chance of another first"),
        rows,
        sortable=True,
    )


def reason_of(gone: Excluded) -> str:
    """Why a market was left out, as it is said to the owner."""
    return "your home market" if gone.reason == "home market" else gone.reason


def left_out(plan: Plan) -> Table:
    """Excluded markets with the reason."""
    catalogue, gone = plan.evidence.catalogue, plan.selection.excluded
    rows = tuple((Cell(name_of(catalogue, x.market)), Cell(x.market), Cell(reason_of(x))) for x in gone)
    return Table("Markets that a must-have removed", heads("Market", "Code", "Reason"), rows)


def assumptions(plan: Plan) -> Table:
    """Numbers that no data set gives, by the id under which the firm may change them; its own values are marked."""
    from beachhead.assumptions import packaged
    from beachhead.select.potential import model_for

    known = packaged(model_for(plan.selection.demand.code, plan.evidence))
    rows = tuple(_assumption_row(one, plan.firm.assumptions.get(one.id)) for one in known.values())
    return Table(
        "Assumptions, by the id under which your firm file may change them",
        heads("Id", "#Value", "Unit", "Ground"),
        rows,
    )


def _assumption_row(one: Assumption, own: float | None) -> tuple[Cell, ...]:
    packaged = (
        UNSTATED if np.isnan(one.value) else f"{one.value:,.6g}" + ("" if np.isnan(one.sd) else f" ±{one.sd:,.3g}")
    )
    text = packaged if own is None or own == one.value else f"◆ {own:,.6g} (yours, for {packaged})"
    return (Cell(one.id), Cell(text.replace("-", n.MINUS)), Cell(one.unit), Cell(one.ground))


def sources(plan: Plan) -> Table:
    """Sources of the figures of the shortlisted markets, with licence and citation."""
    raw, known = plan.selection.raw, plan.evidence.catalogue.sources
    used = {str(x) for x in raw.source[: size(plan)].ravel()} | {
        str(x) for x in plan.selection.demand.source[: size(plan)]
    }
    rows = tuple(
        (
            Cell(known[i].name),
            Cell(known[i].publisher),
            Cell(known[i].vintage),
            Cell(known[i].licence),
            Cell(known[i].citation),
        )
        for i in sorted(used & set(known))
    )
    return Table("Sources", heads("Source", "Publisher", "Vintage", "Licence", "Citation"), rows)


def strengths(voice: Voice, m: int) -> Sequence[str]:
    """Reasons of one market; a plain statement where nothing stands out."""
    return voice.reasons(m) or ["it is good on many counts and outstanding on none"]
