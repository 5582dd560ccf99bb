"""Where economies lie: main cities, great-circle distances, internal distances and land borders.

GeoDist (Mayer & Zignago 2011) is the base. Economies that it lacks are added from ``economies_without_geodist.csv`` by
its own definitions: the great-circle distance between main cities, and inside an economy two thirds of the radius of a
disc of the same area.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.build.codes import catalogue_rows, iso3_codes
from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.build.table import Raw
from beachhead.evidence.catalogue import split

Floats = NDArray[np.float64]
Flags = NDArray[np.int8]

EARTH_RADIUS_KM = 6371.0
INSIDE = 2 / 3  # of the radius of a disc: Mayer & Zignago (2011) print .67 and compute with 2/3
HOURS = 24.0


@dataclass(frozen=True, slots=True, eq=False)
class Geography:
    """Square arrays (M, M), origin by destination, in the order of ``markets``; distance in km, the others 0 or 1."""

    markets: tuple[str, ...]
    distance: Floats
    contiguous: Flags
    common_official_language: Flags
    colonial_tie: Flags
    in_geodist: NDArray[np.bool_]  # (M,)


def geography(raw: Raw) -> Geography:
    """GeoDist's variables for all markets, completed for those that it does not list."""
    measured = _geodist(raw)
    added = {row["iso3"]: row for row in catalogue_rows("economies_without_geodist.csv")}
    distance = _fill_distance(measured, raw, added)
    contiguous, ties = measured.contiguous.copy(), measured.colonial_tie.copy()
    index = {m: i for i, m in enumerate(measured.markets)}
    for market, row in added.items():
        _mark(contiguous, index, market, split(row["neighbours"]), 1)
        _mark(ties, index, market, split(row["ruled_by"]), 1)
    for row in catalogue_rows("borders_changed.csv"):
        _mark(contiguous, index, row["iso3"], split(row["no_border_with"]), 0)
        distance[index[row["iso3"]], index[row["iso3"]]] = internal_distance(float(row["area_km2"]))
    return Geography(
        measured.markets, distance, contiguous, measured.common_official_language, ties, measured.in_geodist
    )


def great_circle(lat: Floats, lon: Floats) -> Floats:
    """Distances in km (M, M) between points in degrees (M,), on a sphere, by the haversine."""
    phi, lam = np.radians(lat), np.radians(lon)
    half = np.sin((phi[:, None] - phi) / 2) ** 2
    half += np.cos(phi)[:, None] * np.cos(phi) * np.sin((lam[:, None] - lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def internal_distance(area_km2: float) -> float:
    """Average distance in km between producers and buyers in an economy of that area."""
    return float(INSIDE * np.sqrt(area_km2 / np.pi))


def hours_apart(offsets: Floats) -> Floats:
    """Hours between clocks (M, M) from standard offsets (M,), the shorter way round the day."""
    gap = (offsets[:, None] - offsets) % HOURS
    return np.asarray(np.minimum(gap, HOURS - gap))


def main_cities(raw: Raw) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the most populous city of every economy in GeoDist and of those added to it."""
    import xlrd

    sheet = xlrd.open_workbook(str(raw / "country/cepii_geodist/geo_cepii.xls")).sheet_by_index(0)
    names = sheet.row_values(0)
    rows = (dict(zip(names, sheet.row_values(i), strict=True)) for i in range(1, sheet.nrows))
    known = {_iso3(str(r["iso3"])): (float(r["lat"]), float(r["lon"])) for r in rows if r["maincity"] == 1}
    added = catalogue_rows("economies_without_geodist.csv")
    return known | {r["iso3"]: (float(r["lat"]), float(r["lon"])) for r in added}


def coordinates(raw: Raw) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of every market: the World Bank's point of its capital, else its main city."""
    panel = csv_rows(raw / "country/wdi/wdi_panel_1990_2024.csv")
    capitals = {r["iso3c"]: (float(r["longitude"]), float(r["latitude"])) for r in panel if r["longitude"]}
    cities = {m: (lon, lat) for m, (lat, lon) in main_cities(raw).items()}
    return {m: capitals.get(m) or cities[m] for m in raw.catalogue.markets}


def _iso3(code: str) -> str:
    return iso3_codes("cepii-geodist").get(code, code)


def _geodist(raw: Raw) -> Geography:
    """GeoDist's own rows; the distance of a pair that it does not list is NaN, the flags are 0."""
    markets = raw.catalogue.markets
    index = {m: i for i, m in enumerate(markets)}
    size = len(markets)
    numbers = np.full((4, size, size), np.nan)
    for row in csv_rows(raw / "country/cepii_geodist/dist_cepii.csv.gz"):
        i, j = index.get(_iso3(row["iso_o"])), index.get(_iso3(row["iso_d"]))
        if i is not None and j is not None:
            numbers[:, i, j] = [float(row[c]) for c in ("dist", "contig", "comlang_off", "colony")]
    contiguous, language, tie = (np.nan_to_num(flag).astype(np.int8) for flag in numbers[1:])
    return Geography(markets, numbers[0], contiguous, language, tie, ~np.isnan(np.diag(numbers[0])))


def _fill_distance(measured: Geography, raw: Raw, added: Mapping[str, Mapping[str, str]]) -> Floats:
    cities = main_cities(raw)
    lat, lon = np.array([cities[m] for m in measured.markets]).T
    computed = great_circle(lat, lon)
    for i, market in enumerate(measured.markets):
        if market in added:
            computed[i, i] = internal_distance(float(added[market]["area_km2"]))
    return np.where(np.isnan(measured.distance), computed, measured.distance)


def _mark(flags: Flags, index: Mapping[str, int], market: str, others: tuple[str, ...], value: int) -> None:
    """Set both directions of some pairs in an array that the caller has just made."""
    for other in others:
        flags[index[market], index[other]] = flags[index[other], index[market]] = value
