"""Trade in goods from CEPII BACI: chapters by economy, the pairs observed, what lies beyond them, 74 HS6 lines.

A side that BACI does not report is null, and a pair that is not listed has no row: neither is ever a zero.
Values are current USD. Source: Gaulier & Zignago (2010), "BACI: International Trade Database at the Product-Level".
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beachhead.evidence.build.codes import iso3, table_of
from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.build.table import Raw, TableSpec

CHAPTER_SOURCE = "baci-hs2"
LINE_SOURCE = "baci-hs6"
TOTAL_SOURCE = "baci-totals"
ECONOMIES = ("country", "exporter", "importer")

CHAPTERS = "trade/baci_hs2_1995_2023"
LINES = "trade/baci_hs92_raw_materials_1995_2024"
TOTALS = "trade/bilateral_goods_total_2023"


def goods_margins(raw: Raw) -> pa.Table:
    """Imports and exports of every economy, by chapter group and year (complete, 1995–2023)."""
    table = pq.read_table(raw / f"{CHAPTERS}/margins_country_hs2_year.parquet")
    return _tidy(table, CHAPTER_SOURCE)


def goods_pairs(raw: Raw) -> pa.Table:
    """Pairs observed 2007–2023: each exporter's five largest destinations and each importer's five largest sources."""
    table = pq.read_table(raw / f"{CHAPTERS}/pairs_observed_2007_2023.parquet")
    return _tidy(table, CHAPTER_SOURCE)


def goods_residual(raw: Raw) -> pa.Table:
    """What each economy trades beyond its five largest partners, by chapter group and year: an exact remainder."""
    table = pq.read_table(raw / f"{CHAPTERS}/residual_beyond_top5.parquet")
    return _tidy(table, CHAPTER_SOURCE)


HS2_GROUPS = pa.schema(
    [
        ("hs2", pa.string()),
        ("description", pa.string()),
        ("status", pa.string()),
        ("also_contains", pa.string()),
        ("hidden_chapter", pa.string()),
        ("hidden_first", pa.string()),
        ("hidden_last", pa.string()),
        ("contaminant_share", pa.float64()),
    ]
)


def hs2_groups(raw: Raw) -> pa.Table:
    """The 87 chapter groups. ``status`` is ``composite`` where a chapter 01–09 was merged into another one upstream.

    ``hidden_first`` and ``hidden_last`` are the headings of ``hidden_chapter`` inside the group, and
    ``contaminant_share`` is their share of the group's world trade in 2017.
    """
    rows = [_group(row) for row in csv_rows(raw / f"{CHAPTERS}/hs2_groups.csv")]
    return table_of(rows, HS2_GROUPS)


def _group(row: dict[str, str]) -> dict[str, object]:
    hidden = row["also_contains_hs"]
    first, last = hidden_headings(hidden)
    share = row["world_share_of_contaminant_2017"]
    return {
        "hs2": row["hs2"],
        "description": row["description"],
        "status": row["status"],
        "also_contains": hidden or None,
        "hidden_chapter": hidden[:2] or None,
        "hidden_first": first,
        "hidden_last": last,
        "contaminant_share": float(share) if share else None,
    }


def hidden_headings(text: str) -> tuple[str | None, str | None]:
    """First and last heading in a note such as ``02 (0201-0209)``, ``0410`` or ``01 (all)``.

    >>> hidden_headings("02 (0201-0209)"), hidden_headings("0410"), hidden_headings("01 (all)")
    (('0201', '0209'), ('0410', '0410'), ('0101', '0199'))
    """
    if not text:
        return None, None
    headings = re.findall(r"\d{4}", text)
    return (headings[0], headings[-1]) if headings else (f"{text[:2]}01", f"{text[:2]}99")


def composite_split(raw: Raw) -> pa.Table:
    """How much of each exporter's composite group was the merged chapter in 2017 (the one year it was told apart)."""
    table = pq.read_table(raw / f"{CHAPTERS}/composite_chapter_split_by_exporter_2017.parquet")
    names = ["exporter", "hs2_composite", "total_usd_2017", "hidden_usd_2017", "hidden_share"]
    return _tidy(table.rename_columns(names), CHAPTER_SOURCE)


def hs6_flows(raw: Raw) -> pa.Table:
    """BACI's 74 HS6 lines, all pairs 1995–2024; ``quantity_t`` is null where no weight was reported."""
    path = raw / f"{LINES}/baci_hs92_74hs6_1995_2024.parquet"
    table = pq.read_table(path, columns=["year", "hs6", "exporter", "importer", "value_kusd", "qty_t"])
    usd = pc.round(pc.multiply(table["value_kusd"].cast(pa.float64()), 1e3)).cast(pa.float32())
    table = table.set_column(4, "value_usd", usd).rename_columns({"qty_t": "quantity_t"})
    return _tidy(table, LINE_SOURCE)


def goods_totals_2023(raw: Raw) -> pa.Table:
    """All goods between 194 × 194 economies in 2023 (BACI HS22: a measure of ties, not a sum of the chapters)."""
    table = pq.read_table(raw / f"{TOTALS}/baci_hs22_2023_bilateral_total.parquet")
    table = table.set_column(2, "value_usd", pc.multiply(table["value_kusd"], 1e3))
    return _tidy(table, TOTAL_SOURCE)


def _tidy(table: pa.Table, source: str) -> pa.Table:
    """Plain string columns, with the economies in ISO3."""
    for i, field in enumerate(table.schema):
        if field.name in ECONOMIES:
            table = table.set_column(i, field.name, iso3(table[field.name], source))
        elif not pa.types.is_primitive(field.type):
            table = table.set_column(i, field.name, table[field.name].cast(pa.string()))
    return table


TABLES = (
    TableSpec("goods_margins", (CHAPTER_SOURCE,), goods_margins, order=("hs2", "country", "year")),
    TableSpec("goods_pairs", (CHAPTER_SOURCE,), goods_pairs, order=("hs2", "year", "importer", "exporter")),
    TableSpec("goods_residual", (CHAPTER_SOURCE,), goods_residual, order=("hs2", "country", "year")),
    TableSpec("hs2_groups", (CHAPTER_SOURCE,), hs2_groups, order=("hs2",)),
    TableSpec("composite_split", (CHAPTER_SOURCE,), composite_split, order=("hs2_composite", "exporter")),
    TableSpec("hs6_flows", (LINE_SOURCE,), hs6_flows, order=("hs6", "year", "importer", "exporter")),
    TableSpec("goods_totals_2023", (TOTAL_SOURCE,), goods_totals_2023, order=("exporter", "importer")),
)
