"""Entries and results in words, as rows of tables."""

from __future__ import annotations

import math

from beachhead.learn.journal import EXPECTED, Entry, Result
from beachhead.learn.journal_columns import columns
from beachhead.learn.journal_files import cells as texts
from beachhead.report.tables_learning import shortened

COLUMNS = ("No.", "Date", "Source", "Markets", "It says", "Cost USD", "Finding")
RESULT_COLUMNS = ("No.", "Quarter", "Market", "Sales USD", "Cost USD", "Mode", "Left")
OTHERS, LEAST = 75, 60  # columns of the terminal that all but the finding take; letters of it that are always shown
USD = ("estimate_usd", "cost_usd", "expected_usd")
LABELS = {
    "growth_path": "way of growing",
    "estimate_usd": "figure",
    "sd_log": "how sure, sd of ln",
    "cost_usd": "cost of finding out",
    "expected_usd": "expected then",
}
OF_WHAT = {"potential": "a year", "entry_cost": "to enter", "hazard": "a year"}


def cells(one: Entry, width: int) -> tuple[str, ...]:
    """An entry as one row of :data:`COLUMNS`; the finding as far as there is room."""
    short = shortened(one.finding.split("\n")[0], max(width - OTHERS, LEAST))
    return (str(one.id), str(one.date), one.channel, "; ".join(one.markets), says(one), f"{one.cost_usd:,.0f}", short)


def says(one: Entry) -> str:
    """The figure or comparison of an entry in words; empty if it has none."""
    subject = "" if one.about == "potential" else f"{one.about.replace('_', ' ')} "
    if one.says:
        link = "as" if one.says == "alike" else "than"
        return f"{subject}{one.says} {link} {'expected' if one.than == EXPECTED else one.than}"
    if one.chance is not None:
        return f"leaves with {100 * one.chance:.3g} % a year"
    return "" if one.estimate_usd is None else f"USD {one.estimate_usd:,.0f} {OF_WHAT[one.about]}"


def result_cells(one: Result) -> tuple[str, ...]:
    """A result as one row of :data:`RESULT_COLUMNS`."""
    figures = (f"{one.sales_usd:,.0f}", f"{one.cost_usd:,.0f}")
    return (str(one.id), one.quarter, one.market, *figures, one.mode or "", "yes" if one.left else "")


def heading(one: Entry, later: int | None) -> str:
    """The number of an entry, and its place in its history."""
    before = f"corrects entry {one.supersedes}" if one.supersedes else ""
    after = f"superseded by entry {later}" if later else ""
    told = ", ".join(filter(None, (before, after)))
    return f"Entry {one.id}" + (f": {told}" if told else "")


def lines(one: Entry) -> list[tuple[str, str]]:
    """Every field of an entry that says something."""
    found = {name: text for name, text in texts(one).items() if text and name not in ("id", "supersedes")}
    if one.says is None:
        del found["than"]
    if one.sd_log is not None:
        found["sd_log"] += f" (± {100 * (math.exp(one.sd_log) - 1):.0f} %, two times in three)"
    figures = {name: f"{float(found[name]):,.10g}" for name in USD if name in found}
    found |= {name: f"USD {text}" for name, text in figures.items()}
    return [(LABELS.get(name, name), found[name]) for name in columns("entry") if name in found]
