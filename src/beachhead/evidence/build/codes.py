"""Codes of goods, sectors and economies: what a firm may sell, and what each source's names are in ISO 3166-1."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.build.table import Raw, TableSpec
from beachhead.evidence.catalogue import FOLDER, read_table

OLDER = "trade/baci_hs92_raw_materials_1995_2024"
LAST_CHAPTER = "97"  # 98 and 99 are national uses, not goods


def catalogue_rows(name: str) -> list[dict[str, str]]:
    """Rows of a hand-made CSV of the catalogue, without its comment lines (``#``)."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def table_of(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table with exactly the columns and types of ``schema``; a missing key is null."""
    return pa.Table.from_pylist(list(rows), schema=schema)


@cache
def iso3_codes(source: str) -> dict[str, str]:
    """Codes that a source writes otherwise than ISO 3166-1 (``codes.csv``): its code -> ISO3.

    Codes of economies that no longer exist as one (ANT, SCG, PUS, ZA1) stay as they are: nobody's trade may silently
    become another's.
    """
    return {row["code"]: row["iso3"] for row in read_table("codes") if row["source"] == source and row["iso3"]}


def iso3(column: pa.ChunkedArray, source: str) -> pa.ChunkedArray:
    """A column of a source's economy codes, in ISO3."""
    text, known = column.cast(pa.string()), iso3_codes(source)
    place = pc.index_in(text, value_set=pa.array(list(known), pa.string()))
    return pc.coalesce(pa.array(list(known.values()), pa.string()).take(place), text)


@cache
def economy_names() -> dict[str, str]:
    """Names of economies as the WTO writes them: name -> ISO3, or "" for a group of economies."""
    return {row["name"]: row["iso3"] for row in catalogue_rows("economy_names.csv")}


PRODUCTS = pa.schema([(name, pa.string()) for name in ("code", "level", "name", "parent")])
HS_LEVELS = {"2": "chapter", "4": "heading", "6": "subheading"}


def products(raw: Raw) -> pa.Table:
    """What a firm file may name: HS chapters, headings and subheadings, and the ICIO sectors.

    ``code`` is written as in the firm file (``hs:2508``, ``icio:J62_63``); ``parent`` is the code one level up.
    """
    newest = list(_hs_products(raw))
    return table_of([*newest, *_older_lines(raw, {str(p["code"]) for p in newest}), *_icio_products(raw)], PRODUCTS)


def _hs_products(raw: Raw) -> Iterator[dict[str, str | None]]:
    for row in csv_rows(raw / "trade/codes_concordances/harmonized_system/harmonized-system.csv"):
        if row["level"] in HS_LEVELS and row["hscode"][:2] <= LAST_CHAPTER:
            yield {
                "code": f"hs:{row['hscode']}",
                "level": HS_LEVELS[row["level"]],
                "name": _plain(row["description"]),
                "parent": None if row["level"] == "2" else f"hs:{row['parent']}",
            }


def _older_lines(raw: Raw, known: set[str]) -> Iterator[dict[str, str | None]]:
    """Lines of the 1992 revision that the newest one dropped and for which flows are at hand."""
    lines = pq.ParquetFile(raw / f"{OLDER}/baci_hs92_74hs6_1995_2024.parquet").read(columns=["hs6"])
    traded = {f"hs:{code}" for code in pc.unique(lines["hs6"]).to_pylist()}
    for row in csv_rows(raw / f"{OLDER}/product_codes_hs92_all.csv"):
        code = f"hs:{row['code']}"
        if code in traded - known:
            parent = code[:7] if code[:7] in known else code[:5]
            name = f"{_plain(row['description'])} (HS 1992)"
            yield {"code": code, "level": "subheading", "name": name, "parent": parent}


def _icio_products(raw: Raw) -> Iterator[dict[str, str]]:
    for row in csv_rows(raw / "trade/icio_2022/OECD_ICIO_2025_sector_code_mapping.csv"):
        yield {"code": f"icio:{row['code']}", "level": "sector", "name": _plain(row["economic_activity"])}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


HS_ICIO = pa.schema([("hs2", pa.string()), ("icio", pa.string())])


def hs_icio(raw: Raw) -> pa.Table:
    """Each HS chapter beside the ICIO sector that makes most of its goods (``hs_icio.csv``, made by hand)."""
    return table_of(catalogue_rows("hs_icio.csv"), HS_ICIO)


TABLES = (
    TableSpec("products", ("harmonized-system", "baci-hs6", "oecd-icio"), products, order=("code",)),
    TableSpec("hs_icio", ("harmonized-system", "oecd-icio"), hs_icio, order=("hs2",)),
)
