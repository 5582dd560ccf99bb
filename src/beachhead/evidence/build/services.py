"""Services and inputs: OECD's input-output table 2022, WIOD 1995–2011, WTO's digitally delivered services.

Values are current USD. Final demand of the ICIO is not split by destination, and the split of services trade by
partner is modelled by the makers of both tables.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from beachhead.errors import bad
from beachhead.evidence.build.codes import economy_names, iso3, table_of
from beachhead.evidence.build.files import csv_rows
from beachhead.evidence.build.table import Raw, TableSpec

ICIO_SOURCE = "oecd-icio"
WIOD_SOURCE = "wiod-2013"
WTO_SOURCE = "wto-dds"

ICIO = "trade/icio_2022"
MILLION = 1e6


def icio_flows(raw: Raw) -> pa.Table:
    """Intermediate purchases in 2022 of each importer from each exporter's sector, domestic ones included."""
    table = pq.read_table(raw / f"{ICIO}/icio2022_intermediate_by_seller_sector_pair.parquet")
    return pa.table(
        {
            "exporter": iso3(table["exporter"], ICIO_SOURCE),
            "importer": iso3(table["importer"], ICIO_SOURCE),
            "sector": table["sector"].cast(pa.string()),
            "value_usd": pc.multiply(table["intermediate_musd"], MILLION),
        }
    )


def icio_nodes(raw: Raw) -> pa.Table:
    """Gross output, inputs bought and final demand (all destinations) of each economy's sector in 2022."""
    table = pq.read_table(raw / f"{ICIO}/icio2022_nodes.parquet")
    final = "final_demand_all_destinations_plus_row_intermediates_musd"
    return pa.table(
        {
            "country": iso3(table["country"], ICIO_SOURCE),
            "sector": table["sector"].cast(pa.string()),
            "gross_output_usd": pc.multiply(table["gross_output_musd"], MILLION),
            "inputs_usd": pc.multiply(table["intermediate_inputs_musd"], MILLION),
            "final_demand_usd": pc.multiply(table[final], MILLION),
        }
    )


def wiod_flows(raw: Raw) -> pa.Table:
    """Purchases 1995–2011 by importer from exporter and sector: as inputs, and for final use (stocks run down: < 0).

    Cells were rounded to one million USD upstream, so a small pair may stand at 0 and yet have traded.
    """
    table = pq.read_table(raw / "trade/wiod_1995_2011/wiod2013_bilateral_sector.parquet")
    return pa.table(
        {
            "year": table["year"],
            "exporter": iso3(table["exporter"], WIOD_SOURCE),
            "importer": iso3(table["importer"], WIOD_SOURCE),
            "sector": table["sector"].cast(pa.string()),
            "intermediate_usd": _usd(table["intermediate_musd"]),
            "final_usd": _usd(table["final_musd"]),
        }
    )


def _usd(millions: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.multiply(millions.cast(pa.float64()), MILLION)


SERVICES = pa.schema([("country", pa.string()), ("year", pa.int16()), ("value_usd", pa.float64())])


def services_exports(raw: Raw) -> pa.Table:
    """Exports of digitally delivered services by economy, 2005–2024 (WTO); groups of economies are left out."""
    rows = csv_rows(raw / "trade/services/wto_dds_exports_clean.csv")
    named = ((_economy(row["country"]), row) for row in rows)
    kept = (
        {"country": code, "year": int(row["year"]), "value_usd": float(amount) * MILLION}
        for code, row in named
        if code and (amount := row["exports_digital_services_usd_million"])
    )
    return table_of(kept, SERVICES)


def _economy(name: str) -> str:
    try:
        return economy_names()[name]
    except KeyError:
        raise bad("country", name, "add the name to economy_names.csv, with its ISO3 code") from None


TABLES = (
    TableSpec("icio_flows", (ICIO_SOURCE,), icio_flows, order=("sector", "importer", "exporter")),
    TableSpec("icio_nodes", (ICIO_SOURCE,), icio_nodes, order=("sector", "country")),
    TableSpec("wiod_flows", (WIOD_SOURCE,), wiod_flows, order=("sector", "year", "importer", "exporter")),
    TableSpec("services_exports", (WTO_SOURCE,), services_exports, order=("country", "year")),
)
