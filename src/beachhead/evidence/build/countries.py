"""Make ``catalogue/countries.csv``: ``python -m beachhead.evidence.build.countries RAW_DIR``.

The markets are the World Bank's economies, without the Channel Islands (two jurisdictions under one code)
and with Taiwan. Names come from CLDR (through babel), numbers from Gapminder's list of ISO 3166-1, the rest from
CLDR and tzdata.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.catalogue import FOLDER, read_table

COLUMNS: Final = (
    "iso3", "iso2", "m49", "name", "region", "income_group", "currency", "languages", "timezone", "utc_offset",
)  # fmt: skip
LEFT_OUT: Final = ("CHI",)  # Channel Islands
ADDED: Final = {"TWN": "TW"}
OFFICIAL: Final = ("official", "de_facto_official")
HERE: Final = Path(__file__).parent


def world_bank(raw: Path) -> dict[str, dict[str, str]]:
    """Economies of the World Bank's panel, by ISO3, with region and income group."""
    rows = csv_rows(raw / "country/wdi/wdi_panel_1990_2024.csv")
    kept = (r for r in rows if r["iso3c"] and r["income"] not in ("", "Aggregates") and r["iso3c"] not in LEFT_OUT)
    found = {r["iso3c"]: {"iso2": r["iso2c"], "region": r["region"], "income_group": r["income"]} for r in kept}
    return found | {iso3: {"iso2": iso2} for iso3, iso2 in ADDED.items()}


def numbers(raw: Path) -> dict[str, str]:
    """ISO 3166-1 numeric codes (equal to UN M49), by ISO2."""
    rows = csv_rows(raw / "country/gapminder_sg/entities_country.csv")
    return {r["iso3166_1_alpha2"]: r["iso3166_1_numeric"].zfill(3) for r in rows if r["iso3166_1_numeric"]}


def cldr(raw: Path, name: str) -> dict[str, Any]:
    """The supplemental part of a CLDR file."""
    text = (raw / f"country/facts/cldr_{name}.json").read_text(encoding="utf-8")
    part: dict[str, Any] = json.loads(text)["supplemental"]
    return part


def current_currency(entries: list[dict[str, dict[str, str]]]) -> str:
    """The legal tender in use; of several, the one that came last (the country's own beside a neighbour's)."""
    tender = [
        (about.get("_from", ""), code)
        for entry in entries
        for code, about in entry.items()
        if "_to" not in about and about.get("_tender") != "false"
    ]
    return max(tender)[1] if tender else ""


def official_languages(info: dict[str, Any]) -> str:
    """Official languages of the whole territory, most spoken first, as BCP 47 tags joined by semicolons."""
    spoken = info.get("languagePopulation", {})
    official = [
        (-float(about["_populationPercent"]), tag.replace("_", "-"))
        for tag, about in spoken.items()
        if about.get("_officialStatus") in OFFICIAL
    ]
    return ";".join(tag for _, tag in sorted(official))


def first_zones(raw: Path) -> dict[str, str]:
    """The first zone of each ISO2 code in ``zone.tab``, which is the most populous where geography allows."""
    zones: dict[str, str] = {}
    for line in (raw / "country/facts/tzdata_zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            iso2, _, zone, *_ = line.split("\t")
            zones.setdefault(iso2, zone)
    return zones


def standard_offset(zone: str, year: int = 2026) -> float:
    """Hours ahead of UTC outside summer time. January and July are never in Ramadan before 2030 (Morocco)."""
    middle = (datetime(year, month, 15, 12, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))
    return min(offset.total_seconds() / 3600 for offset in middle if offset is not None)


def english_names() -> dict[str, str]:
    """English names of territories by ISO2, from CLDR."""
    from babel import Locale

    return dict(Locale("en").territories)


def overrides() -> dict[str, dict[str, str]]:
    """Cells set by hand, each with its ground: ISO3 -> column -> value."""
    found: dict[str, dict[str, str]] = {}
    for row in read_table("countries_overrides", HERE):
        found.setdefault(row["iso3"], {})[row["column"]] = row["value"]
    return found


def countries(raw: Path) -> list[dict[str, str]]:
    """Rows of ``countries.csv``, by ISO3."""
    m49, zones, names, by_hand = numbers(raw), first_zones(raw), english_names(), overrides()
    currencies = cldr(raw, "currencyData")["currencyData"]["region"]
    people = cldr(raw, "territoryInfo")["territoryInfo"]
    rows = []
    for iso3, known in sorted(world_bank(raw).items()):
        iso2 = known["iso2"]
        row = {
            "iso3": iso3,
            "m49": m49.get(iso2, ""),
            "name": names[iso2],
            "currency": current_currency(currencies[iso2]),
            "languages": official_languages(people[iso2]),
            "timezone": zones.get(iso2, ""),
        }
        row |= known | by_hand.get(iso3, {})
        row["utc_offset"] = f"{standard_offset(row['timezone']):g}"
        rows.append(row)
    return rows


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write the table with its columns in their fixed order."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write(countries(Path(sys.argv[1])), FOLDER / "countries.csv")
