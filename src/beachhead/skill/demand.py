"""The task *demand*: which markets' imports of a product will grow most, and what foresees it.

A case is a market and a product (a chapter of the snapshot, a line of any other data). What came is the growth a year
from the mean imports of t−2 … t to those of the three years that lie three or five years later (t+1 … t+3, t+3 … t+5).
From one year to another it would be mostly the chance of the base year, which any score that looks back would then
seem to foresee. Order counts within the product, since a firm has its product and chooses the market. Nothing here
knows who sells.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from beachhead.assumptions import PACKAGED
from beachhead.errors import bad
from beachhead.evidence import Evidence
from beachhead.evidence.engine import sql
from beachhead.evidence.model import Floats
from beachhead.select.estimate import shrink, slopes
from beachhead.skill import metrics as m
from beachhead.skill.panel import DATA, Panel, panel_of
from beachhead.skill.result import Cases, Ints
from beachhead.skill.scores import Spec

HORIZONS = {"demand_3": 3, "demand_5": 5}  # years from the middle of the years before to that of the years after
SPAN = 3  # years of which a mean is taken
BEFORE = 5  # years of imports before the base year that the candidates' features reach back
STALE = 4  # years that a country figure may be old


@cache
def number(name: str) -> float:
    """A number of ``demand_numbers.csv``. No firm changes it: it says what is judged, not how a firm decides."""
    text = files(__package__).joinpath("demand_numbers.csv").read_text(encoding="utf-8")
    return {row["id"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}[name]


def open_chapters(evidence: Evidence) -> Panel:
    """Imports of every chapter by market, 1995 to 2023, as flows from the world."""
    rows = evidence.engine.connection().cursor().sql(sql("skill_demand_chapters")).to_arrow_table()
    return panel_of("chapters", DATA["chapters"], rows, evidence)


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Imports USD (P, Y, M) of each product in each year by market; 0 where none is reported. ``years`` (Y,)."""

    usd: Floats
    years: Ints

    def ln(self) -> Floats:
        """Ln imports (P, Y, M), nan where there were none."""
        with np.errstate(divide="ignore"):
            return np.where(self.usd > 0, np.log(self.usd), np.nan)


def grid(panel: Panel, first: int, last: int) -> Grid:
    """Imports in the years ``first`` to ``last``; a year that the panel may not see is left empty."""
    rows = panel.query("skill_demand_imports", from_year=first, to_year=last)
    usd = np.zeros((len(panel.products), last - first + 1, len(panel.countries)))
    usd[rows["product"], rows["year"].astype(np.int64) - first, rows["importer"]] = rows["usd"]
    return Grid(usd, np.arange(first, last + 1))


def base_years(panel: Panel, task: str) -> range:
    """Base years whose three years before and whose outcome lie in the panel."""
    return range(panel.first + 2, panel.last - HORIZONS[task] + 1)


def cases(panel: Panel, task: str, t: int) -> Cases:
    """Markets that bought at least the least demand of a product over t−2 … t, with the growth that came.

    Left out: those of which nothing is reported in the years of the outcome, so that no growth is known.
    Raises InputError for a year that the panel cannot judge.
    """
    years = base_years(panel, task)
    if t not in years:
        fit = f"from {years[0]} to {years[-1]}" if len(years) else "at all"
        raise bad("base-years", t, f"the data end in {panel.last}; they can judge base years {fit}")
    seen = grid(panel, t - SPAN + 1, t + HORIZONS[task]).usd
    before, after = seen[:, :SPAN].sum(1), seen[:, -SPAN:].sum(1)
    product, importer = np.nonzero((before >= number("demand_least_usd")) & (after > 0))
    growth = np.log(after[product, importer] / before[product, importer]) / HORIZONS[task]
    return _as_cases(panel, task, t, product, importer, growth)


def _as_cases(panel: Panel, task: str, t: int, product: Ints, importer: Ints, outcome: Floats) -> Cases:
    nobody = np.full(len(product), -1)
    return Cases(task, panel.data, t, panel.products, panel.countries, product, nobody, importer, outcome)


# --- ways of ordering ------------------------------------------------------------------------------------------------


def _history(known: Panel, t: int) -> Grid:
    return grid(known, t - int(PACKAGED["growth_years"]) + 1, t)


def _at(values: Floats, cases: Cases) -> Floats:
    """Figures (P, M) of the cases; an unknown one stands in the middle of its product."""
    found = values[cases.product, cases.importer]
    return _middled(found, cases.product)


def _middled(found: Floats, product: Ints) -> Floats:
    out = found.copy()
    for p in np.unique(product[np.isnan(found)]):
        here = product == p
        known = found[here & ~np.isnan(found)]
        out[here & np.isnan(found)] = np.median(known) if len(known) else 0.0
    return out


def past_growth(known: Panel, cases: Cases) -> Floats:
    """Slope of ln imports over the last years, as it is."""
    return _at(_slope(_history(known, cases.base_year), shrunk=False), cases)


def shrunk_growth(known: Panel, cases: Cases) -> Floats:
    """The same slope drawn towards the product's mean by its error: what the selection uses."""
    return _at(_slope(_history(known, cases.base_year), shrunk=True), cases)


def _slope(seen: Grid, *, shrunk: bool) -> Floats:
    """Slope a year (P, M) of ln imports; shrunk within each product where it can be."""
    out = np.full((len(seen.usd), seen.usd.shape[2]), np.nan)
    for p, log_values in enumerate(seen.ln()):
        slope, se = slopes(log_values, seen.years)
        told = not np.isnan(slope).all()
        out[p] = shrink(slope, se)[0] if shrunk and told else slope
    return out


def market_size(known: Panel, cases: Cases) -> Floats:
    """Ln mean imports of the last three years."""
    usd = grid(known, cases.base_year - 2, cases.base_year).usd.mean(1)
    return np.asarray(np.log(np.maximum(usd[cases.product, cases.importer], 1.0)))


def gdp_growth(known: Panel, cases: Cases) -> Floats:
    """Growth of the market's GDP, mean of five years."""
    return _country(known, "gdp_growth", cases)


def income(known: Panel, cases: Cases) -> Floats:
    """Ln national income per head, the poorer first: catching up."""
    return -np.log(np.maximum(_country(known, "gni_per_capita", cases), 1.0))


def _country(known: Panel, indicator: str, cases: Cases) -> Floats:
    """The newest figure of the market in the last years; the middle of the candidates where there is none."""
    t = cases.base_year
    rows = known.evidence.query("skill_newest", indicator=indicator, from_year=t - STALE, to_year=t)
    value = dict(zip(rows["market"].tolist(), rows["value"].tolist(), strict=True))
    found = np.array([value.get(c, np.nan) for c in cases.countries])[cases.importer]
    return _middled(found, cases.product)


def reversal(known: Panel, cases: Cases) -> Floats:
    """How far imports of the base year lie below their mean of the five years before, as if they came back."""
    seen = grid(known, cases.base_year - BEFORE, cases.base_year).ln()
    with np.errstate(invalid="ignore", divide="ignore"):
        known_years = (~np.isnan(seen[:, :-1])).sum(1)
        mean = np.nansum(seen[:, :-1], 1) / known_years
    return _at(mean - seen[:, -1], cases)


def by_lot(known: Panel, cases: Cases) -> Floats:
    """All alike: with ties settled exactly, what chance alone gives."""
    return np.zeros(len(cases))


FEATURES: tuple[Callable[[Panel, Cases], Floats], ...] = (
    past_growth, shrunk_growth, market_size, gdp_growth, income, reversal,
)  # fmt: skip


def model(known: Panel, cases: Cases) -> Floats:
    """Least squares on all of the above, fitted on earlier base years whose outcome was known by now.

    Everything is taken as the distance from the product's mean in its year, since only the order of markets counts.
    Where there is no such year, the order is that of the reversal alone.
    """
    past = [s for s in base_years(known, cases.task) if s - BEFORE >= known.first]
    if not past:
        return reversal(known, cases)
    parts = [_training(known, cases.task, s) for s in past]
    x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    scale = x.std(0) + 1e-12
    x = x / scale
    beta = np.linalg.solve(x.T @ x + number("demand_ridge") * np.eye(x.shape[1]), x.T @ y)
    return np.asarray(features(known, cases) / scale @ beta)


def _training(known: Panel, task: str, base_year: int) -> tuple[Floats, Floats]:
    """Features (N, F) and outcome (N,) of an earlier base year, each seen with nothing later than it."""
    past = cases(known, task, base_year)
    return features(known.until(base_year), past), centred(past.outcome, past.product)


def features(known: Panel, cases: Cases) -> Floats:
    """All features (N, F), less their product's mean."""
    return np.column_stack([centred(make(known, cases), cases.product) for make in FEATURES])


def centred(values: Floats, product: Ints) -> Floats:
    """Values (N,) less the mean of their product."""
    size = np.maximum(m.summed(product, np.ones(len(product))), 1.0)
    return np.asarray(values - (m.summed(product, values) / size)[product])


SCORES = tuple(
    Spec(name, label, what, f"{__name__}:{function}", tuple(HORIZONS))
    for name, label, what, function in (
        ("model", "Our model", "Least squares on all the others, fitted on earlier years.", "model"),
        ("selection", "Our ranking's growth figure", "Growth of six years, shrunk by its error.", "shrunk_growth"),
        ("past_growth", "Past growth", "Growth of the last six years, as it is.", "past_growth"),
        ("reversal", "Back to the mean", "What lies below its five-year mean first.", "reversal"),
        ("gdp_growth", "Growth of GDP", "The market's economic growth of five years.", "gdp_growth"),
        ("income", "Poorer first", "National income per head, the poorer first.", "income"),
        ("market_size", "Market size", "What the market imports of the product.", "market_size"),
        ("random", "By lot", "No knowledge: every order alike.", "by_lot"),
    )
)
