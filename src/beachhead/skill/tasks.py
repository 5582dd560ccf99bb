"""What a way of choosing markets is asked to foresee: the candidates of each task, and what came of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from beachhead.errors import bad
from beachhead.evidence.engine import Columns
from beachhead.evidence.model import Floats
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases

TASKS = ("entry", "growth", "level")
HORIZON = (3, 5)  # years after the base year in which the outcome is summed
SELLS_USD = 100_000.0  # what an exporter sells of a product over three years to be one
OPENS_USD = 50_000.0  # what a market buys over three years to count as opened, or as running
MOST = 2_000_000  # candidates of one task and base year; beyond, whole exporter-products are left out


def base_years(panel: Panel) -> range:
    """Base years whose three years before and five after lie in the panel."""
    return range(panel.first + 2, panel.last - HORIZON[1] + 1)


def cases(panel: Panel, task: str, base_year: int, *, most: int = MOST) -> tuple[Cases, float]:
    """The candidates of a task at the end of a base year with their outcomes, and the share of them that is kept.

    *entry*: exporters that sold ``SELLS_USD`` of a product over t−2 … t, with every country that imported anything then
    and bought none of it from them; did it buy ``OPENS_USD`` over t+3 … t+5? *growth* and *level*: pairs that traded
    ``OPENS_USD`` over t−2 … t. Of *entry*, beyond ``most``, whole exporter-products are drawn by a stable hash.
    Raises InputError for a task or year that the panel cannot judge.
    """
    if task not in TASKS:
        raise bad("task", task, f"choose one of {', '.join(TASKS)}")
    if base_year not in base_years(panel):
        years = base_years(panel)
        fit = f"from {years[0]} to {years[-1]}" if len(years) else "at all: they span fewer than eight years"
        raise bad("base-years", base_year, f"the data end in {panel.last}; they can judge base years {fit}")
    return _cases(panel, task, base_year, most)


def candidates(known: Panel, base_year: int, *, task: str = "entry") -> Cases:
    """The candidates of a task today, at the end of ``base_year``, whose outcome nobody knows: it is nan."""
    found, _ = _cases(known.until(base_year), task, base_year, MOST)
    return replace(found, outcome=np.full(len(found), np.nan))


def _cases(panel: Panel, task: str, t: int, most: int) -> tuple[Cases, float]:
    permille = _kept(panel, task, t, most)
    rows = _rows(panel, task, t, permille)
    index = {name: rows[name].astype(np.int64) for name in ("product", "exporter", "importer")}
    outcome = OUTCOMES[task](rows)
    return Cases(task, panel.data, t, panel.products, panel.countries, **index, outcome=outcome), permille / 1000


def _kept(panel: Panel, task: str, t: int, most: int) -> int:
    """Of a thousand exporter-products, how many are kept so that about ``most`` candidates are left."""
    if task != "entry":
        return 1000
    [size] = panel.query("skill_entry_size", t=t, sells=SELLS_USD)["most"].tolist()
    return 1000 if size <= most else max(int(1000 * most / size), 1)


def _rows(panel: Panel, task: str, t: int, permille: int) -> Columns:
    span = {"t": t, "from_year": t + HORIZON[0], "to_year": t + HORIZON[1], "permille": permille}
    if task == "entry":
        return panel.query("skill_entry", sells=SELLS_USD, **span)
    return panel.query("skill_running", runs=OPENS_USD, **span)


def _opened(rows: Columns) -> Floats:
    return (rows["after_usd"] >= OPENS_USD).astype(np.float64)


def _growth(rows: Columns) -> Floats:
    """Change over the mean of before and after: −2 is the end, 2 the beginning; it orders as the ratio does."""
    before, after = rows["before_usd"], rows["after_usd"]
    return np.asarray((after - before) / ((after + before) / 2))


def _level(rows: Columns) -> Floats:
    return rows["after_usd"].astype(np.float64)


OUTCOMES = {"entry": _opened, "growth": _growth, "level": _level}
