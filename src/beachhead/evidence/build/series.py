"""Read yearly series of markets from the raw files: ``series.csv`` says which column of which file is which series."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Final

from beachhead.evidence.build.files import csv_rows, extra, number
from beachhead.evidence.build.grid import FILLS, Grid, Observation, empty, from_rows
from beachhead.evidence.build.table import HERE, Raw
from beachhead.evidence.catalogue import Row, read_table

SUSPECT: Final = "suspect"  # the tariff file flags values that its publisher got wrong

Code = Callable[[str], str]  # a source's code or name of an economy -> ISO3, or "" if it is not a market


def world_bank_names(raw: Raw) -> dict[str, str]:
    """English names as the World Bank writes them -> ISO3."""
    rows = csv_rows(raw / "country/wdi/wdi_panel_1990_2024.csv")
    return {r["country"]: r["iso3c"] for r in rows if r["iso3c"] in raw.catalogue.countries}


def codes_of(raw: Raw, source: str) -> Code:
    """How ``source`` names markets: by ``codes.csv``, else by ISO3 in either case, else by World Bank name."""
    by_hand = {r["code"]: r["iso3"] for r in read_table("codes") if r["source"] == source}
    names: dict[str, str] = raw.share("world bank names", world_bank_names)
    markets = raw.catalogue.countries

    def code(text: str) -> str:
        if text in by_hand:
            return by_hand[text]
        return text.upper() if text.upper() in markets else names.get(text, "")

    return code


def _rows_of(raw: Raw, name: str) -> list[Row]:
    rows: list[Row] = raw.share(f"rows of {name}", lambda r: list(csv_rows(r / name)))
    return rows


def observations(raw: Raw, spec: Row) -> Iterator[Observation]:
    """The observations of one row of ``series.csv``."""
    code, factor = codes_of(raw, spec["source"]), float(spec["factor"])
    for row in _rows_of(raw, spec["file"]):
        value = number(row[spec["value_column"]])
        if value is not None and not row.get("flag", "").startswith(SUSPECT):
            market, year = code(row[spec["market_column"]]), int(row[spec["year_column"]])
            yield market, year, value * factor, None, spec["source"]


def read_series(raw: Raw) -> dict[str, Grid]:
    """All series of ``series.csv``; where several sources give one, the earlier row stands and the later one fills."""
    markets = raw.catalogue.markets
    grids: dict[str, Grid] = {}
    for spec in read_table("series", HERE):
        before = grids.get(spec["indicator"], empty(len(markets)))
        grids[spec["indicator"]] = FILLS[spec["fill"]](before, from_rows(observations(raw, spec), markets))
    return grids


WGI: Final = {
    "pv": "wgi_political_stability",
    "rq": "wgi_regulatory_quality",
    "rl": "wgi_rule_of_law",
    "cc": "wgi_control_of_corruption",
    "ge": "wgi_government_effectiveness",
}


def read_wgi(raw: Raw) -> dict[str, Grid]:
    """Governance estimates with their published standard errors (Kaufmann, Kraay & Mastruzzi 2010)."""
    code = codes_of(raw, "wgi-2024")
    found: dict[str, list[Observation]] = {name: [] for name in WGI.values()}
    for row in csv_rows(raw / "country/wgi/wgidataset.csv"):
        value = number(row["estimate"])
        if value is not None and row["indicator"] in WGI:
            seen = (code(row["code"]), int(row["year"]), value, number(row["stddev"]), "wgi-2024")
            found[WGI[row["indicator"]]].append(seen)
    return {name: from_rows(rows, raw.catalogue.markets) for name, rows in found.items()}


LPI: Final = {
    "lpi": "LPI Score",
    "lpi_customs": "Customs Score",
    "lpi_infrastructure": "Infrastructure Score",
    "lpi_shipments": "International Shipments Score",
    "lpi_competence": "Logistics Competence and Quality Score",
    "lpi_timeliness": "Timeliness Score",
    "lpi_tracking": "Tracking and Tracing Score",
}
LPI_YEAR: Final = 2023


def read_lpi(raw: Raw) -> dict[str, Grid]:
    """The Logistics Performance Index of 2023 and its six parts; the file is keyed on English names."""
    code = codes_of(raw, "lpi-2023")
    path = raw / "country/lpi/International_LPI_from_2007_to_2023.csv"
    with path.open(encoding="latin-1", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: from_rows(
            ((code(r["Economy"]), LPI_YEAR, float(r[column]), None, "lpi-2023") for r in rows),
            raw.catalogue.markets,
        )
        for name, column in LPI.items()
    }


def read_inform(raw: Raw) -> dict[str, Grid]:
    """INFORM Risk Index by year of the release, from the one sheet of the trend workbook."""
    path = raw / "country/risk/INFORM2024_TREND_2015_2024_v70_ALL.xlsx"
    sheet = extra("openpyxl").load_workbook(path, read_only=True).worksheets[0]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    kept = (r for r in rows if r[1] == "INFORM Risk Index" and r[2] is not None)
    seen = ((str(r[0]), int(r[3]), float(r[2]), None, "inform-2025") for r in kept)
    return {"inform_risk": from_rows(seen, raw.catalogue.markets)}


def european_tariff(tariffs: Grid, raw: Raw) -> Grid:
    """Luxembourg has no row: it takes Belgium's, as all members of the customs union have the same tariff."""
    place = raw.catalogue.markets.index
    value, source = tariffs.value.copy(), tariffs.source.copy()
    value[place("LUX")], source[place("LUX")] = value[place("BEL")], source[place("BEL")]
    return Grid(value, tariffs.sd, source, tariffs.lag)
