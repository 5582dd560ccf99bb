"""The query engine: DuckDB in memory over Parquet files, asked through the named queries of ``sql/``.

The queries are written in the SQL that DuckDB and Spark share, with ``:name`` for a parameter as Spark binds it.
DuckDB writes the same parameter ``$name``; :func:`for_duckdb` is the whole difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beachhead.errors import bad

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pyarrow import Table

Columns = dict[str, NDArray[Any]]

_PARAMETER = re.compile(r"(?<![\w:']):([a-z_]\w*)")
_GLOB = re.compile(r"([*?\[])")


def package_folder(name: str) -> Path:
    """A folder of data files beside this module."""
    return Path(str(files(__package__))) / name


def for_duckdb(text: str) -> str:
    """A query with its ``:name`` parameters written as DuckDB reads them."""
    return _PARAMETER.sub(r"$\1", text)


@cache
def sql(name: str) -> str:
    """The query ``sql/NAME.sql``, ready for DuckDB; an unknown name is a fault that lists the known ones."""
    folder = package_folder("sql")
    path = folder / f"{name}.sql"
    if not re.fullmatch(r"\w+", name) or not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.sql")))
        raise bad("query", name, f"there is no such query; there are {known}")
    return for_duckdb(path.read_text(encoding="utf-8"))


def literal(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def parquet(path: Path) -> str:
    """The SQL that reads one Parquet file, whatever its name holds."""
    exact = _GLOB.sub(r"[\1]", str(path))
    return f"read_parquet({literal(exact)})"


def columns_of(result: Mapping[str, Any]) -> Columns:
    """Plain arrays from DuckDB's masked ones: a missing number is NaN, a missing text is None."""
    return {name: _unmasked(column) for name, column in result.items()}


def _unmasked(column: Any) -> NDArray[Any]:
    plain: NDArray[Any] = np.ma.getdata(column)
    if not np.ma.is_masked(column):
        return plain
    text = plain.dtype.kind == "O"
    plain = plain.copy() if text else plain.astype(np.float64)
    plain[np.ma.getmaskarray(column)] = None if text else np.nan
    return plain


def connect() -> DuckDBPyConnection:
    """An empty database in memory that knows the functions of Spark's SQL which DuckDB names otherwise."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")  # it would write to stdout, into the results
    connection.execute("CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)")
    return connection


def keep(connection: DuckDBPyConnection, name: str, table: Table) -> None:
    """Copy an Arrow table into the database, where every cursor sees it."""
    connection.register("arrow_table", table)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arrow_table")
    connection.unregister("arrow_table")


class Engine:
    """Views over Parquet files, opened at the first query. Threads may share it: each query has its own cursor."""

    def __init__(self, views: Mapping[str, str], tables: Mapping[str, Table] | None = None) -> None:
        """``views``: name -> the SQL that selects it; ``tables``: name -> an Arrow table held in memory."""
        self._views, self._tables = dict(views), dict(tables or {})
        self._connection: DuckDBPyConnection | None = None
        self._lock = Lock()

    def connection(self) -> DuckDBPyConnection:
        """The shared connection, with every view in place."""
        with self._lock:
            if self._connection is None:
                self._connection = connect()
                for name, arrow in self._tables.items():
                    keep(self._connection, name, arrow)
                for name, select in self._views.items():
                    self._connection.execute(f"CREATE VIEW {name} AS {select}")
            return self._connection

    def run(self, text: str, params: Mapping[str, object] | None = None) -> Columns:
        """Run SQL as DuckDB reads it and return its columns."""
        cursor = self.connection().cursor()
        try:
            return columns_of(cursor.execute(text, dict(params or {})).fetchnumpy())
        finally:
            cursor.close()

    def query(self, name: str, **params: object) -> Columns:
        """Run the named query of ``sql/``."""
        return self.run(sql(name), params)

    def table(self, name: str, **params: object) -> Table:
        """The rows of the named query as an Arrow table, for what is too long to be passed on as columns of objects."""
        return self.connection().cursor().sql(sql(name), params=dict(params)).to_arrow_table()


def table_views(folder: Path) -> dict[str, str]:
    """One view per Parquet file of a folder, named after the file."""
    return {path.stem: f"SELECT * FROM {parquet(path)}" for path in sorted(folder.glob("*.parquet"))}


def stacked(sources: Iterable[str], schema: Mapping[str, str]) -> str:
    """The SQL of a table laid up from several, later ones above earlier ones by ``priority`` 1, 2, …

    ``sources`` are SQL expressions after FROM; ``schema`` maps column to type. Without a source it has no rows.
    """
    names = ", ".join(schema)
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in schema.items())
    parts = [f"SELECT {empty}, 0 AS priority WHERE FALSE"]
    parts += [f"SELECT {names}, {k} AS priority FROM {source}" for k, source in enumerate(sources, 1)]
    return " UNION ALL ".join(parts)
