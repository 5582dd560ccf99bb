"""What exporters of Brazil, Mexico and Peru did: entrants' first-year sales by destination, and how many left.

Source: Steinberg's aggregates of the three countries' customs records (by destination and year, at least 20 exporters
a cell). The three files differ in kind: Brazil gives percentiles divided by the mean of their own cell, Mexico and Peru
give a median in USD and means in thousand USD. Here all are USD a year.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from beachhead.evidence.build.codes import table_of
from beachhead.evidence.build.files import csv_rows, number
from beachhead.evidence.build.table import Raw, TableSpec

SOURCES = ("exporter-dynamics",)
FOLDER = "trade/exporter_dynamics"
THOUSAND = 1e3
PERCENTILES = ("p05", "p10", "p25", "p75", "p90", "p95")
Cell = Mapping[str, str]

HAZARD = pa.schema(
    [
        ("origin", pa.string()),
        ("market_type", pa.string()),
        ("year_in_market", pa.int8()),
        ("hazard", pa.float64()),
    ]
)
RANK = pa.schema(
    [("origin", pa.string()), ("n_dest", pa.string()), ("dest_rank", pa.string()), ("exit_rate", pa.float64())]
)
ENTRANTS = pa.schema(
    [
        ("origin", pa.string()),
        ("destination", pa.string()),
        ("year", pa.int16()),
        ("industry", pa.string()),
        ("maquiladora", pa.bool_()),
        ("exporters", pa.int32()),
        ("mean_usd", pa.float64()),
        ("median_usd", pa.float64()),
        ("exit_rate", pa.float64()),
        ("entrants", pa.int32()),
        ("mean_first_year_usd", pa.float64()),
        ("median_first_year_usd", pa.float64()),
        *((f"{p}_first_year_usd", pa.float64()) for p in PERCENTILES),
        ("entrant_exit_rate", pa.float64()),
        ("entrant_destinations", pa.float64()),
    ]
)


def exit_hazard(raw: Raw) -> pa.Table:
    """Share of firms that leave a market after their 1st, 2nd … year in it; ``hard`` and ``easy`` markets apart."""
    rows = (
        {
            "origin": row["origin"],
            "market_type": row["market_type"],
            "year_in_market": int(row["year_in_market"]),
            "hazard": float(row["exit_hazard"]),
        }
        for row in csv_rows(raw / f"{FOLDER}/exit_hazard_by_tenure.csv")
    )
    return table_of(rows, HAZARD)


def exit_by_rank(raw: Raw) -> pa.Table:
    """Share of firms with ``n_dest`` destinations that leave the one which ranks ``dest_rank`` in their sales."""
    rows = ({**row, "exit_rate": float(row["exit_rate"])} for row in csv_rows(raw / f"{FOLDER}/exit_by_ndest_rank.csv"))
    return table_of(rows, RANK)


def entrants(raw: Raw) -> pa.Table:
    """Exporters and entrants by origin, destination, year and industry (null = all industries), in USD a year.

    An entrant did not sell to that destination the year before. Percentiles of first-year sales are known for
    Brazil only; elsewhere they are null.
    """
    rows = [row for name, record in FILES.items() for row in map(record, csv_rows(raw / f"{FOLDER}/{name}"))]
    return table_of(rows, ENTRANTS)


def _common(cell: Cell) -> dict[str, object]:
    return {
        "origin": cell["c"],
        "destination": cell["d"],
        "year": int(cell["y"]),
        "industry": cell.get("industry", "").removeprefix("Mfg: ") or None,
        "maquiladora": _flag(cell.get("maquiladora", "")),
        "exporters": int(float(cell["nf"])),
        "exit_rate": number(cell["exit_rate"]),
        "entrants": int(float(cell["nf_entrant"])),
        "entrant_exit_rate": number(cell["exit_rate_entrant"]),
        "entrant_destinations": number(cell["avg_nd_entrant"]),
    }


def _from_norms(cell: Cell) -> dict[str, object]:
    """Brazil: percentiles are multiples of the mean of the same group of firms in the same cell."""
    mean = number(cell["avg_exports"])
    first = number(cell["avg_exports_entrant"])
    at = {p: _times(first, number(cell[f"{p}_norm_exports_entrant"])) for p in ("p50", *PERCENTILES)}
    return {
        **_common(cell),
        "mean_usd": mean,
        "median_usd": _times(mean, number(cell["p50_norm_exports"])),
        "mean_first_year_usd": first,
        "median_first_year_usd": at["p50"],
        **{f"{p}_first_year_usd": at[p] for p in PERCENTILES},
    }


def _from_medians(cell: Cell) -> dict[str, object]:
    """Mexico and Peru: means in thousand USD, medians in USD."""
    return {
        **_common(cell),
        "mean_usd": _times(THOUSAND, number(cell["avg_exports"])),
        "median_usd": number(cell["med_exports"]),
        "mean_first_year_usd": _times(THOUSAND, number(cell["avg_exports_entrant"])),
        "median_first_year_usd": number(cell["med_exports_entrant"]),
    }


FILES = {
    "bra_microdata_agg_by_d.csv": _from_norms,
    "bra_microdata_agg_by_d_i.csv": _from_norms,
    "wbedd_microdata_agg_by_d.csv": _from_medians,
    "wbedd_microdata_agg_by_d_i.csv": _from_medians,
}


def _times(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a * b


def _flag(text: str) -> bool | None:
    return {"True": True, "False": False}.get(text)


TABLES = (
    TableSpec("exit_hazard", SOURCES, exit_hazard, order=("origin", "market_type", "year_in_market")),
    TableSpec("exit_by_rank", SOURCES, exit_by_rank, order=("origin", "n_dest", "dest_rank")),
    TableSpec("entrants", SOURCES, entrants, order=("origin", "destination", "industry", "maquiladora", "year")),
)
