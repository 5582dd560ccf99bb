"""Small panels cut from the snapshot, for tests of the back-test."""

from __future__ import annotations

from beachhead.skill.panel import Panel, panel_of
from beachhead.skill.result import Cases


def few_products(evidence, *products: str, first: int = 2003, change=None) -> Panel:
    """Some HS6 products of the snapshot from a year on; ``change`` may alter the Arrow table first."""
    listed = ", ".join(f"'{p}'" for p in products)
    rows = evidence.engine.connection().cursor().sql(
        "SELECT hs6 AS product, exporter, importer, year, CAST(value_usd AS DOUBLE) AS usd FROM hs6_flows "
        f"WHERE hs6 IN ({listed}) AND year >= {first} ORDER BY ALL"
    ).to_arrow_table()  # fmt: skip
    return panel_of("some", "some products", change(rows) if change else rows, evidence)


def flows_of(panel: Panel) -> dict[tuple[str, str, str, int], float]:
    """(product, exporter, importer, year) -> USD."""
    rows = panel.run("SELECT product, exporter, importer, year, usd FROM flows")
    return dict(zip(zip(*(rows[c].tolist() for c in ("product", "exporter", "importer", "year")), strict=True),
                    rows["usd"].tolist(), strict=True))  # fmt: skip


def names_of(found: Cases, row: int) -> tuple[str, str, str]:
    """Product, exporter and importer of a candidate."""
    countries = found.countries
    return found.products[found.product[row]], countries[found.exporter[row]], countries[found.importer[row]]
