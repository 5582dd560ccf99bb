"""Fetch the newest years from sources with open interfaces, and lay them over the snapshot.

A source is fetched in pieces. A finished piece is kept in ``BEACHHEAD_HOME/refresh/.partial-SOURCE`` until all are
there, so a broken run goes on where it stopped; then they become one Parquet file, which takes the old one's place in
one step.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from beachhead.errors import BeachheadError, UnreachableError, bad
from beachhead.evidence.engine import connect, keep, sql
from beachhead.evidence.loaders.formats import table
from beachhead.evidence.schema import REFRESHED

YEARS: Final = 10  # the newest so many years: what the volatility of inflation looks back on
MONTHS: Final = 40  # of exchange rates: 36 changes, and a little more for months that are not out yet
TIMEOUT: Final = 60  # seconds
PARTIAL_LASTS: Final = timedelta(days=1)  # an older half-finished run is begun again
SERIES: Final = "M..EUR.SP00.E"  # monthly, all currencies, against the euro, spot, end of period

Row = dict[str, Any]
OnPiece = Callable[[str, int, int], None]  # name of the piece, its number, number of pieces


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a source that is fetched at once."""

    id: str
    fetch: Callable[[], list[Row]]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a source's overlay holds. ``skipped``: pieces that the source no longer offers."""

    source: str
    date: str  # ISO 8601, UTC
    rows: int
    newest: str  # the newest year or month
    skipped: tuple[str, ...]


class NotOfferedError(Exception):
    """The source answers, but does not have this piece."""


def refresh(source: str, home_dir: Path, on_piece: OnPiece = lambda name, place, count: None) -> Refreshed:
    """Fetch a source (``worldbank`` or ``ecb``) and lay it over the snapshot; all of it or nothing."""
    if source not in PIECES:
        raise bad("source", source, f"can be one of {', '.join(PIECES)}")
    pieces = PIECES[source]()
    folder = home_dir / "refresh"
    kept = _partial(folder, source)
    rows: list[Row] = []
    skipped: list[str] = []
    for place, piece in enumerate(pieces, 1):
        on_piece(piece.id, place, len(pieces))
        got = _fetch_once(piece, kept)
        rows += got or []
        skipped += [piece.id] if got is None else []
    done = _write(source, rows, skipped, folder)
    rmtree(kept)
    return done


def refreshed(source: str, home_dir: Path) -> Refreshed | None:
    """What was last refreshed from a source, or None."""
    path = home_dir / "refresh" / f"{source}.parquet"
    if not path.is_file():
        return None
    from pyarrow import parquet

    note = json.loads(parquet.read_schema(path).metadata[b"beachhead"])
    return Refreshed(**note | {"skipped": tuple(note["skipped"])})


def _partial(folder: Path, source: str) -> Path:
    """The folder of finished pieces; begun again if the last run was too long ago to match this one."""
    path = folder / f".partial-{source}"
    if path.is_dir() and datetime.now(UTC).timestamp() - path.stat().st_mtime > PARTIAL_LASTS.total_seconds():
        rmtree(path)
    path.mkdir(parents=True, exist_ok=True)
    return path


def _fetch_once(piece: Piece, folder: Path) -> list[Row] | None:
    """The rows of a piece, from the last run if it got so far; None if the source does not offer it."""
    path = folder / f"{piece.id}.json"
    if path.is_file():
        kept: list[Row] | None = json.loads(path.read_text(encoding="utf-8"))
        return kept
    try:
        rows: list[Row] | None = piece.fetch()
    except NotOfferedError:
        rows = None
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(rows), encoding="utf-8")
    unfinished.replace(path)
    return rows


def _write(source: str, rows: list[Row], skipped: list[str], folder: Path) -> Refreshed:
    import pyarrow as pa
    from pyarrow import parquet

    types = {"VARCHAR": pa.string(), "DOUBLE": pa.float64(), "SMALLINT": pa.int16()}
    schema = pa.schema([(name, types[kind]) for name, kind in REFRESHED[source].items()])
    if not rows:
        raise BeachheadError(f"{source} sent no value that can be used; nothing was changed")
    period = "year" if "year" in REFRESHED[source] else "month"
    newest = str(max(row[period] for row in rows))
    done = Refreshed(source, datetime.now(UTC).isoformat(timespec="seconds"), len(rows), newest, tuple(skipped))
    note = json.dumps({name: getattr(done, name) for name in Refreshed.__slots__})
    filled = pa.Table.from_pylist(rows, schema=schema).replace_schema_metadata({"beachhead": note})
    temporary = folder / f"{source}.{os.getpid()}.new"
    try:
        parquet.write_table(filled, temporary, compression="zstd")
        temporary.replace(folder / f"{source}.parquet")
    finally:
        temporary.unlink(missing_ok=True)
    return done


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise BeachheadError("refreshing needs two more packages: pip install 'beachhead[refresh]'") from error


def _unreachable(service: str, url: str, error: Exception) -> UnreachableError:
    return UnreachableError(
        f"{service} ({url}) cannot be reached{_answered(error)}. Nothing was changed; what was fetched so far is kept "
        "for a day, so run the same command again when there is a connection"
    )


def _answered(error: Exception) -> str:
    """The status of the service's answer, if it gave any."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f": it answers {status}" if status else ""


def worldbank_pieces() -> list[Piece]:
    """One piece per indicator of ``wdi.csv``, from the World Bank's data service."""
    wb = _package("wbgapi")
    return [Piece(row["code"], partial(_worldbank, wb, row["code"])) for row in table("wdi")]


@contextmanager
def _settings(wb: Any) -> Iterator[str]:
    """Our address and timeout in the package's globals while the block runs; another program's come back after it."""
    before = wb.endpoint, wb.get_options
    wb.endpoint = os.environ.get("BEACHHEAD_WORLDBANK_URL") or "https://api.worldbank.org/v2"
    wb.get_options = {"timeout": TIMEOUT}
    try:
        yield wb.endpoint
    finally:
        wb.endpoint, wb.get_options = before


def _worldbank(wb: Any, code: str) -> list[Row]:
    """The newest years of one indicator, checked like those of a file that the user adds."""
    import requests

    with _settings(wb) as url:
        try:
            found = list(wb.data.fetch(code, mrv=YEARS, skipBlanks=True, skipAggs=True, numericTimeKeys=True))
        except wb.APIError as error:
            if not isinstance(error, wb.APIResponseError) and error.code in (None, 400, 404):
                raise NotOfferedError(code) from error
            raise _unreachable("the World Bank", url, error) from error
        except (requests.RequestException, OSError) as error:
            raise _unreachable("the World Bank", url, error) from error
    return _checked(code, found)


def _checked(code: str, found: list[Row]) -> list[Row]:
    """Rows of the overlay from those of the service: known markets, possible values."""
    import pyarrow as pa

    from beachhead.evidence.loaders.read import reference_tables

    connection = connect()
    for name, reference in reference_tables().items():
        keep(connection, name, reference)
    block = {
        "line": list(range(len(found))),
        "country_code": [row["economy"] for row in found],
        "indicator_code": [code] * len(found),
        "year": [str(row["time"]).removeprefix("YR") for row in found],
        "value": [repr(row["value"]) for row in found],
    }
    keep(connection, "block", pa.table(block))
    params = {"last_year": datetime.now(UTC).year, "source": "wdi"}
    rows = connection.sql(sql("load_wdi"), params=params).to_arrow_table().to_pylist()
    connection.close()
    return [
        {name: row[name] for name in REFRESHED["worldbank"]} for row in rows if not row["reason"] and not row["ignored"]
    ]


def ecb_pieces() -> list[Piece]:
    """One piece: the monthly reference rates of all currencies."""
    sdmx = _package("sdmx")
    client = sdmx.Client("ECB")
    url = os.environ.get("BEACHHEAD_ECB_URL")
    if url:
        client.source.url = url
    return [Piece("EXR", lambda: _ecb(client))]


def _ecb(client: Any) -> list[Row]:
    """End-of-month rates, from units per euro to units per dollar."""
    import requests

    parse_error: type[Exception] = _package("sdmx.exceptions").XMLParseError
    now = datetime.now(UTC)
    months = now.year * 12 + now.month - 1 - MONTHS
    start = f"{months // 12}-{months % 12 + 1:02d}"
    try:
        message = client.data("EXR", key=SERIES, params={"startPeriod": start}, timeout=TIMEOUT)
    except (requests.RequestException, OSError, ValueError, parse_error) as error:
        raise _unreachable("the European Central Bank", client.source.url, error) from error
    per_euro = dict(_observations(message))
    dollars = {month: rate for (currency, month), rate in per_euro.items() if currency == "USD"}
    per_euro |= {("EUR", month): 1.0 for month in dollars}
    return [
        {"currency": currency, "month": month, "per_usd": rate / dollars[month], "source": "ecb-fx"}
        for (currency, month), rate in sorted(per_euro.items())
        if month in dollars and rate > 0
    ]


def _observations(message: Any) -> Iterator[tuple[tuple[str, str], float]]:
    """(currency, month) and rate of every observation of an SDMX message."""
    for dataset in message.data:
        for key, observations in dataset.series.items():
            currency = str(key.values["CURRENCY"].value)
            for one in observations:
                value = float(one.value) if one.value not in (None, "") else float("nan")
                if value == value:
                    yield (currency, str(one.dimension.values["TIME_PERIOD"].value)), value


PIECES: Final[dict[str, Callable[[], list[Piece]]]] = {"worldbank": worldbank_pieces, "ecb": ecb_pieces}
