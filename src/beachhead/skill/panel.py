"""Flows between countries, held in DuckDB, of which only what was known by a year can be seen.

A panel is a table ``flows`` of product, exporter, importer, year and USD. :meth:`Panel.until` gives the same panel as
it stood at the end of a year: its queries see a view that ends there, so that no feature can reach beyond, whatever
it asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from beachhead.errors import bad
from beachhead.evidence.engine import Columns, columns_of, connect, literal, sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from beachhead.evidence import Evidence

MEMORY = "2GB"  # that DuckDB may take; beyond it works on disk
DATA = {
    "baci74": "CEPII BACI, 74 products, 1995-2024",
    "wiod": "WIOD, 35 sectors, 1995-2011",
    "chapters": "CEPII BACI, chapters, 1995-2023",
}


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Flows of some products over some years.

    ``products`` and ``countries``: all that occur, sorted, whatever the year. ``first`` and ``last``: years covered;
    ``schema``: the schema of ``connection`` whose view ``flows`` is asked. ``evidence``: facts on countries and pairs.
    """

    data: str
    label: str
    connection: DuckDBPyConnection
    schema: str
    products: tuple[str, ...]
    countries: tuple[str, ...]
    first: int
    last: int
    evidence: Evidence

    def until(self, year: int) -> Panel:
        """The panel as it stood at the end of ``year``: nothing later can be asked of it."""
        last = min(year, self.last)
        name = f"until_{last}"
        cursor = self.connection.cursor()
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
        source = f"SELECT * FROM {self.schema}.flows WHERE year <= {last}"
        cursor.execute(f"CREATE VIEW IF NOT EXISTS {name}.flows AS {source}")
        return replace(self, schema=name, last=last)

    def run(self, text: str, params: Mapping[str, object] | None = None) -> Columns:
        """The columns of a query in DuckDB's SQL on ``flows``."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(f"USE {self.schema}")
            return columns_of(cursor.execute(text, dict(params or {})).fetchnumpy())
        finally:
            cursor.close()

    def query(self, name: str, **params: object) -> Columns:
        """The columns of the named query ``evidence/sql/NAME.sql`` on ``flows``."""
        return self.run(sql(name), params)


def open_panel(data: str, evidence: Evidence) -> Panel:
    """A panel of the snapshot: ``baci74`` (HS6 products) or ``wiod`` (sectors).

    Raises InputError for another name. Files of the user: :func:`beachhead.skill.intake.panel_of_files`.
    """
    tables = {
        "baci74": "SELECT hs6 AS product, exporter, importer, year, CAST(value_usd AS DOUBLE) AS usd FROM hs6_flows",
        "wiod": "SELECT sector AS product, exporter, importer, year, intermediate_usd + final_usd AS usd "
        "FROM wiod_flows WHERE exporter <> importer AND intermediate_usd + final_usd > 0",
    }
    if data not in tables:
        raise bad("data", data, f"the snapshot has {' and '.join(tables)}; give a file for anything else")
    rows = evidence.engine.connection().cursor().sql(tables[data]).to_arrow_table()
    return panel_of(data, DATA[data], rows, evidence, tidy=True)


SUMMED = (
    "SELECT CAST(product AS VARCHAR) AS product, CAST(exporter AS VARCHAR) AS exporter, "
    "CAST(importer AS VARCHAR) AS importer, CAST(year AS SMALLINT) AS year, SUM(CAST(usd AS DOUBLE)) AS usd "
    "FROM {source} WHERE usd > 0 AND exporter <> importer GROUP BY ALL ORDER BY ALL"
)


def panel_of(data: str, label: str, rows: Any, evidence: Evidence, *, tidy: bool = False) -> Panel:
    """A panel of an Arrow table, or of any SQL expression that DuckDB can read after FROM.

    Columns: product, exporter, importer (text), year (whole number), usd (above 0). ``tidy``: one row for each product,
    pair and year, and none from a country to itself, so that nothing need be summed.
    """
    connection = connect()
    connection.execute(f"SET memory_limit = {literal(MEMORY)}")
    connection.execute(f"SET temp_directory = {literal(gettempdir())}")  # else it spills into the current folder
    if not isinstance(rows, str):
        connection.register("given", rows)
    source = rows if isinstance(rows, str) else "given"
    select = f"SELECT * FROM {source}" if tidy else SUMMED.format(source=source)
    connection.execute(f"CREATE TABLE main.flows AS {select}")
    return _described(data, label, connection, evidence)


def _described(data: str, label: str, connection: DuckDBPyConnection, evidence: Evidence) -> Panel:
    """The panel over the table ``main.flows`` of a connection."""

    def listed(what: str) -> tuple[str, ...]:
        return tuple(str(x) for (x,) in connection.execute(what).fetchall())

    products = listed("SELECT DISTINCT product FROM main.flows ORDER BY 1")
    countries = listed("SELECT exporter FROM main.flows UNION SELECT importer FROM main.flows ORDER BY 1")
    _number(connection, "product", products)
    _number(connection, "country", countries)
    [(first, last)] = connection.execute("SELECT MIN(year), MAX(year) FROM main.flows").fetchall()
    if first is None:
        raise bad("data", label, "holds no flow above zero from one country to another")
    return Panel(data, label, connection, "main", products, countries, int(first), int(last), evidence)


def _number(connection: DuckDBPyConnection, what: str, names: tuple[str, ...]) -> None:
    """A table ``main.WHAT_ids`` from a name to its place in ``names``."""
    connection.execute(
        f"CREATE TABLE main.{what}_ids AS SELECT name AS {what}, CAST(id AS INTEGER) AS id "
        "FROM (SELECT UNNEST(?::VARCHAR[]) AS name, UNNEST(range(?)) AS id)",
        [list(names), len(names)],
    )
