"""A few products of the snapshot as a panel, for tests that need real trade but not all of it."""

from __future__ import annotations

from functools import cache

from beachhead.skill.panel import Panel, panel_of

PRODUCTS = ("250390", "250810", "252910", "760110")  # the first ends in 2007


@cache
def small_panel(evidence) -> Panel:
    return panel_of("baci74", "some products", _rows(evidence, "value_usd"), evidence)


@cache
def garbled(panel: Panel, year: int) -> Panel:
    """The same up to a year, and other figures after it: exporters swapped, some flows left out."""
    text = (
        "SELECT product, CASE WHEN year > $t THEN importer ELSE exporter END AS exporter, "
        "CASE WHEN year > $t THEN exporter ELSE importer END AS importer, year, "
        "CASE WHEN year > $t THEN 1000 + 7 * usd ELSE usd END AS usd "
        "FROM flows WHERE year <= $t OR hash(exporter) % 3 > 0"
    )
    rows = panel.connection.cursor().execute(text, {"t": year}).to_arrow_table()
    return panel_of(panel.data, panel.label, rows, panel.evidence)


def _rows(evidence, value):
    text = f"SELECT hs6 AS product, exporter, importer, year, {value} AS usd FROM hs6_flows WHERE hs6 IN {PRODUCTS}"
    return evidence.engine.connection().cursor().execute(text).to_arrow_table()
