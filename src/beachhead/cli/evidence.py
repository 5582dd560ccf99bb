"""``beachhead evidence``: the figures behind every answer, and the user's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import Steps, emit_json, json_option, out, progress, say, table, warn

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.evidence.model import Fact, Facts, Indicator
    from beachhead.evidence.user import AddReport

SHOWN_REJECTS = 20
WHOLE_COLUMNS = ("direction", "decimals")  # of indicators.csv
NUMBER_COLUMNS = ("staleness", "anchor_low_pct", "anchor_high_pct", "measurement_sd")
LARGE = 1e4  # errors from here on are written with their scale
PERCENTILES = (5, 25, 50, 75, 95)
ENDS = 5  # markets shown at the top and at the bottom


@click.group(short_help="The figures: where from, how old, how sure.")
def evidence() -> None:
    """The figures behind every answer: where they come from, how old they are, how sure they are – and your own.

    \b
    beachhead evidence value gdp_usd IND --year 2015
    beachhead evidence show lpi
    beachhead evidence add my_demand.csv BACI_HS17_V202501.zip
    """


@evidence.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List every indicator with its unit, criterion and source."""
    from beachhead.evidence.catalogue import load_catalogue

    catalogue = load_catalogue()
    if as_json:
        emit_json([_catalogue_row(row, catalogue.sources) for row in catalogue.rows.values()])
        return
    rows = [(one.id, one.name, one.unit, one.scope, one.criterion, one.source) for one in catalogue.indicators.values()]
    out().print(table(("Indicator", "Name", "Unit", "Of", "Criterion", "Source"), rows))


def _catalogue_row(row: dict[str, str], sources: Any) -> dict[str, Any]:
    """A row of the catalogue with its numbers as numbers (null where none is stated), and the source's licence."""
    known = sources.get(row["source"])
    numbers: dict[str, Any] = {name: int(row[name]) for name in WHOLE_COLUMNS}
    numbers |= {name: float(row[name]) if row[name] else None for name in NUMBER_COLUMNS}
    return row | numbers | {"licence": known.licence if known else ""}


@evidence.command()
@click.argument("indicator")
@json_option
def show(indicator: str, as_json: bool) -> None:
    """Show one INDICATOR: what it means, who publishes it, what it covers, who is high and who is low.

    \b
    beachhead evidence show applied_tariff
    """
    from beachhead.evidence import load_evidence

    loaded = load_evidence()
    known = loaded.indicator(indicator)
    about = _about(known, loaded)
    if as_json:
        emit_json(about)
        return
    _print_about(about)


def _about(known: Indicator, loaded: Evidence) -> dict[str, Any]:
    """All that there is to say about an indicator, as JSON."""
    catalogue = loaded.catalogue
    source = catalogue.sources[known.source]
    low, high = loaded.anchors().get(known.id, (None, None))
    row = _catalogue_row(catalogue.rows[known.id], catalogue.sources)
    row |= {"source_name": source.name, "publisher": source.publisher, "vintage": source.vintage}
    return row | {
        "anchors": {"low": low, "high": high},
        "coverage": _coverage(known, loaded),
        "values": _spread(loaded.facts(), known, catalogue.countries) if known.scope == "country" else None,
    }


def _coverage(known: Indicator, loaded: Evidence) -> list[dict[str, int]]:
    rows = loaded.query("coverage", indicator=known.id)
    return [{"year": int(y), "markets": int(n)} for y, n in zip(rows["year"], rows["markets"], strict=True)]


def _spread(facts: Facts, known: Indicator, countries: Any) -> dict[str, Any]:
    """Percentiles, statuses and both ends of a country-wide indicator."""
    import numpy as np

    from beachhead.evidence.model import STATUSES

    column = facts.indicators.index(known.id)
    value, status = facts.value[:, column], facts.status[:, column]
    order = np.argsort(-value, kind="stable")

    def ends(places: Any) -> list[dict[str, Any]]:
        return [
            {
                "market": facts.markets[k],
                "name": countries[facts.markets[k]].name,
                "value": float(value[k]),
                "year": int(facts.year[k, column]),
                "status": STATUSES[status[k]].value,
            }
            for k in places
        ]

    return {
        "percentiles": {str(p): float(x) for p, x in zip(PERCENTILES, np.percentile(value, PERCENTILES), strict=True)},
        "status": {one.value: int(np.sum(status == k)) for k, one in enumerate(STATUSES)},
        "highest": ends(order[:ENDS]),
        "lowest": ends(order[::-1][:ENDS]),
    }


def _print_about(about: dict[str, Any]) -> None:
    console = out()
    decimals = about["decimals"]
    console.print(f"{about['id']} – {about['name']} ({about['unit']})\n{about['definition']}", markup=False)
    origin = _origin(about["source_name"], about["publisher"])
    source = f"Source: {origin}, {about['vintage']}. Licence: {about['licence']}."
    console.print(source, markup=False)
    if about["anchors"]["low"] is not None:
        low, high = (_figure(about["anchors"][end], decimals) for end in ("low", "high"))
        console.print(f"Anchors of the scale: {low} and {high}.", markup=False)
    if about["coverage"]:
        first, last = about["coverage"][0], about["coverage"][-1]
        console.print(
            f"Observed {first['year']}–{last['year']}; {last['markets']} markets in the last year.", markup=False
        )
    if about["values"]:
        _print_spread(about["values"], decimals)


def _print_spread(spread: dict[str, Any], decimals: int) -> None:
    console = out()
    statuses = ", ".join(f"{count} {name}" for name, count in spread["status"].items() if count)
    console.print(f"Values now: {statuses}.", markup=False)
    cells = [_figure(value, decimals) for value in spread["percentiles"].values()]
    columns = [f"{p} %" for p in PERCENTILES]
    console.print(table(columns, [cells], right=columns))
    for title in ("highest", "lowest"):
        rows = [
            (one["market"], one["name"], _figure(one["value"], decimals), str(one["year"]), one["status"])
            for one in spread[title]
        ]
        console.print(table((title.capitalize(), "", "Value", "Year", "Known how"), rows, right=("Value", "Year")))


def _figure(value: float, decimals: int) -> str:
    """A value with the indicator's decimals, or more where they would make a zero of it."""
    shown = f"{value:,.{decimals}f}"
    return f"{value:.2g}" if value and not float(shown.replace(",", "")) else shown


def _origin(name: str, publisher: str) -> str:
    """A source and its publisher, which many a name holds already."""
    return name if publisher in name else f"{name}, {publisher}"


def _in_words(fact: Fact, decimals: int) -> str:
    """A value with its unit, its error and how it is known: ``2,103,588 USD (± 63k, observed)``."""
    value, known = _figure(fact.value, decimals), f"± {_error(fact.sd)}, {fact.status.value}"
    scale = re.fullmatch(r"(\d+)-(\d+)", fact.unit)
    if scale:
        return f"{value} (scale {scale[1]} to {scale[2]}), {known}"
    return f"{value} {fact.unit} ({known})"


def _error(sd: float) -> str:
    """A standard deviation to two figures; a large one with its scale: ``0.05``, ``120``, ``63bn``."""
    from beachhead.charts.numbers import short

    rounded = float(f"{sd:.2g}")
    return short(rounded) if rounded >= LARGE else f"{rounded:.10g}"


@evidence.command()
@click.argument("indicator")
@click.argument("market", metavar="ISO3")
@click.option("--year", type=int, help="What was observed in that year; without it, the best value now.")
@json_option
def value(indicator: str, market: str, year: int | None, as_json: bool) -> None:
    """Show one figure: an INDICATOR of a market (ISO 3166-1 alpha-3).

    \b
    beachhead evidence value lpi DEU
    beachhead evidence value gdp_usd IND --year 2015 --json
    """
    from beachhead.cli.planning import known_market
    from beachhead.evidence import load_evidence

    loaded = load_evidence()
    fact = loaded.fact(indicator, known_market(market, loaded.catalogue), year)
    if as_json:
        emit_json(_fact_json(fact))
        return
    one = loaded.catalogue.indicators[fact.indicator]
    name = loaded.catalogue.countries[fact.market].name
    source = loaded.catalogue.sources[fact.source]
    out().print(f"{one.name}, {name}, {fact.year}: {_in_words(fact, one.decimals)}", markup=False)
    out().print(f"Source: {_origin(source.name, source.publisher)}. Licence: {fact.licence}.", markup=False)


def _fact_json(fact: Fact) -> dict[str, Any]:
    from dataclasses import asdict
    from math import isfinite

    row = asdict(fact)
    return row | {"status": fact.status.value, "sd": fact.sd if isfinite(fact.sd) else None}


@evidence.command()
@json_option
def sources(as_json: bool) -> None:
    """List every source with its vintage, licence and citation."""
    from dataclasses import asdict

    from beachhead.evidence.catalogue import load_catalogue

    known = load_catalogue().sources.values()
    if as_json:
        emit_json([asdict(one) for one in known])
        return
    rows = [(one.id, one.name, one.publisher, one.vintage, one.licence) for one in known]
    out().print(table(("Source", "Name", "Publisher", "Vintage", "Licence"), rows))


@evidence.command()
@json_option
def status(as_json: bool) -> None:
    """Show which snapshot is installed, what it holds, what you added, and when it was refreshed."""
    from beachhead.evidence import home, read_manifest
    from beachhead.evidence.engine import package_folder

    manifest = read_manifest(package_folder("snapshot"))
    added, fresh = _added_rows(home()), _refreshed_rows(home())
    tables = [{"table": name, **about} for name, about in manifest["tables"].items()]
    if as_json:
        head = {name: manifest[name] for name in ("schema", "snapshot", "vintage")}
        emit_json({**head, "tables": tables, "home": str(home()), "added": added, "refreshed": fresh})
        return
    size = sum(one["bytes"] for one in tables) / 1e6
    console = out()
    console.print(f"Snapshot {manifest['snapshot']}, vintage {manifest['vintage']}, {size:.1f} MB.", markup=False)
    rows = [
        (t["table"], f"{t['rows']:,}", f"{t['bytes'] / 1e6:.2f}", _years(t["years"]), ", ".join(t["sources"]))
        for t in tables
    ]
    console.print(table(("Table", "Rows", "MB", "Years", "Sources"), rows, right=("Rows", "MB")))
    _print_added(added)
    for one in fresh:
        console.print(
            f"Refreshed from {one['source']} on {one['date'][:10]}: {one['rows']:,} values up to {one['newest']}."
        )
    if not fresh:
        console.print("Never refreshed: `beachhead evidence refresh` fetches newer years.", markup=False)


def _years(span: Sequence[int] | None) -> str:
    return f"{span[0]}–{span[1]}" if span else ""


def _added_rows(where: Path) -> list[dict[str, Any]]:
    from dataclasses import asdict

    from beachhead.evidence.index import read_index

    return [asdict(one) for one in read_index(where / "evidence")]


def _refreshed_rows(where: Path) -> list[dict[str, Any]]:
    from dataclasses import asdict

    from beachhead.evidence.refresh import refreshed
    from beachhead.evidence.schema import REFRESHED

    found = [refreshed(source, where) for source in REFRESHED]
    return [asdict(one) for one in found if one]


def _print_added(added: Sequence[dict[str, Any]]) -> None:
    if not added:
        out().print("You have added no evidence of your own: `beachhead evidence add FILE`.", markup=False)
        return
    rows = [
        (one["name"], one["kind"], one["format"], f"{one['rows']:,}", f"{one['rejected']:,}", one["date"][:10])
        for one in added
    ]
    columns = ("Added file", "Kind", "Format", "Rows", "Rejected", "Date")
    out().print(table(columns, rows, right=("Rows", "Rejected")))


@evidence.command()
@json_option
def added(as_json: bool) -> None:
    """List the files that you added."""
    from beachhead.evidence import home

    rows = _added_rows(home())
    if as_json:
        emit_json(rows)
    else:
        _print_added(rows)


@evidence.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def add(paths: tuple[Path, ...], as_json: bool) -> None:
    """Add evidence of your own: it counts before the figures of the package.

    The kind is recognised from the names of the columns. Your own tables, CSV (UTF-8, commas) or Parquet:

    \b
    market,indicator,value[,sd,year,source]          values of an indicator
    market,product,value_usd[,sd_log,year,source]    what a market buys of a product
    exporter,importer,product,year,value_usd         flows between countries

    Files as they are downloaded, also as .zip, .gz or folder: CEPII BACI (any HS revision, with its country codes),
    UN Comtrade, OECD-WTO BaTIS, World Development Indicators (bulk CSV), WITS and TRAINS tariffs.

    Lines that cannot be used are left out and listed. A file that is added again changes nothing.
    """
    from beachhead.evidence import home
    from beachhead.evidence.user import add_file, check_files

    total = check_files(paths)
    reports = []
    for path in paths:
        with progress(f"Reading {path.name}", total[path]) as bar:
            reports.append(add_file(path, home(), bar.advance))
    if as_json:
        emit_json([_report_json(one) for one in reports])
    for one in reports:
        _tell(one)


def _report_json(report: AddReport) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(report)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _tell(report: AddReport) -> None:
    """What became of a file, on stderr: the result is the evidence itself."""
    if report.already:
        say(f"{report.name} had been added before; nothing changed.")
        return
    say(f"{report.name}: {report.format}, {_count(report.accepted, 'row')} kept.")
    for reason, count in sorted(report.ignored.items(), key=lambda one: -one[1]):
        say(f"  passed over: {count:,} × {reason}")
    if report.rejected_count:
        warn(f"{_count(report.rejected_count, 'line')} of {report.name} cannot be used")
    for row in report.rejected[:SHOWN_REJECTS]:
        say(f"  {row}")
    if report.rejected_count > SHOWN_REJECTS:
        say(f"  … and {report.rejected_count - SHOWN_REJECTS:,} more (--json lists up to 10,000)")


@evidence.command()
@click.argument("name")
@json_option
def remove(name: str, as_json: bool) -> None:
    """Remove an added file, by the NAME that `beachhead evidence added` shows. What lay below it counts again."""
    from dataclasses import asdict

    from beachhead.evidence import home
    from beachhead.evidence.user import remove as forget

    gone = forget(name, home())
    if as_json:
        emit_json([asdict(one) for one in gone])
    say(f"Removed {name}.")


@evidence.command()
@click.option(
    "--source",
    "chosen",
    type=click.Choice(("worldbank", "ecb")),
    multiple=True,
    help="Only this source (may be repeated).",
)
@json_option
def refresh(chosen: tuple[str, ...], as_json: bool) -> None:
    """Fetch newer years from the World Bank and exchange rates from the ECB, and lay them over the snapshot.

    Each source is taken over whole or not at all. A broken run goes on where it stopped. Needs the network and
    `pip install 'beachhead[refresh]'`.
    """
    from dataclasses import asdict

    from beachhead.evidence import home
    from beachhead.evidence.refresh import PIECES
    from beachhead.evidence.refresh import refresh as fetch

    done = []
    for source in chosen or tuple(PIECES):
        with progress(f"Fetching from {source}", len(PIECES[source]())) as bar:
            done.append(fetch(source, home(), partial(_one_more, bar)))
        say(f"{source}: {done[-1].rows:,} values up to {done[-1].newest}.")
        if done[-1].skipped:
            say(f"  no longer offered: {', '.join(done[-1].skipped)}")
    if as_json:
        emit_json([asdict(one) for one in done])


def _one_more(bar: Steps, name: str, place: int, count: int) -> None:
    """Move a bar that counts tables or pieces."""
    bar.advance(1)


@evidence.command()
@click.argument("raw", metavar="RAW_DIR", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "out_dir",
    type=click.Path(path_type=Path),
    help="Folder to write; default: that of the package, in a checkout of its source.",
)
@click.option("--only", multiple=True, help="Build only this table (may be repeated).")
@click.option("--yes", is_flag=True, help="Write into an installed package without asking.")
@json_option
def build(raw: Path, out_dir: Path | None, only: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Build the snapshot from a folder of raw files. The same files give the same bytes.

    Without --out in an installed package, the figures of every firm on this machine are replaced: you are asked first.

    \b
    beachhead evidence build RAW_DIR --out snapshot
    """
    import json

    from beachhead.errors import bad
    from beachhead.evidence.build import TABLES, build_snapshot

    if not raw.is_dir():
        raise bad("RAW_DIR", str(raw), "is not a folder")
    target = out_dir or _own_snapshot(yes)
    with progress("Building the snapshot", len(only) or len(TABLES)) as bar:
        manifest = build_snapshot(raw, target, progress=partial(_one_more, bar), only=only or None)
    if as_json:
        emit_json(json.loads(manifest.to_json()))
    size = sum(one.bytes for one in manifest.tables.values()) / 1e6
    say(f"Snapshot {manifest.snapshot}: {len(manifest.tables)} tables, {size:.1f} MB.")


def _own_snapshot(yes: bool) -> Path:
    """The package's own folder: in a checkout as it is, in an installed package only if the user says so."""
    from beachhead.evidence.engine import package_folder

    folder = package_folder("snapshot")
    if not (yes or _is_checkout(folder)):
        click.confirm(f"Replace the snapshot of the installed package, {folder}?", abort=True, err=True)
    return folder


def _is_checkout(folder: Path) -> bool:
    """Whether a folder of the package lies in its source tree: ``src/beachhead/…`` beside ``pyproject.toml``."""
    source = next((parent for parent in folder.parents if parent.name == "src"), None)
    return source is not None and (source.parent / "pyproject.toml").is_file()
