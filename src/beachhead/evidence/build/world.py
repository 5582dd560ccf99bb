"""The world map (Natural Earth 1:110 million) with ISO3 on every shape, and a point for every economy.

The map draws 177 shapes; the small economies that it leaves out are shown as points.
"""

from __future__ import annotations

import json

import pyarrow as pa

from beachhead.evidence.build.codes import table_of
from beachhead.evidence.build.geography import coordinates
from beachhead.evidence.build.table import FileSpec, Raw, TableSpec

MAP_SOURCES = ("natural-earth",)
PLACE_SOURCES = ("wdi", "cepii-geodist")

# Shapes without a UN M49 number. Somaliland and Northern Cyprus are drawn with the economy that statistics count
# them in; Kosovo is an economy of its own.
BY_NAME = {"Kosovo": "XKX", "Somaliland": "SOM", "N. Cyprus": "CYP"}


def world(raw: Raw) -> bytes:
    """TopoJSON of the countries, each geometry with ``properties`` ``iso3`` (null if not an economy) and ``name``."""
    topology = json.loads((raw / "country/map/countries-110m.json").read_text(encoding="utf-8"))
    del topology["objects"]["land"]
    codes = {country.m49: iso3 for iso3, country in raw.catalogue.countries.items()}
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        shape["properties"] = {"iso3": BY_NAME.get(name) or codes.get(shape.get("id", "")), "name": name}
    return json.dumps(topology, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


PLACES = pa.schema([("market", pa.string()), ("lon", pa.float64()), ("lat", pa.float64())])


def places(raw: Raw) -> pa.Table:
    """Longitude and latitude of the capital or main city of every market."""
    rows = ({"market": m, "lon": lon, "lat": lat} for m, (lon, lat) in coordinates(raw).items())
    return table_of(rows, PLACES)


TABLES = (
    FileSpec("world.json", MAP_SOURCES, world),
    TableSpec("places", PLACE_SOURCES, places, order=("market",)),
)
