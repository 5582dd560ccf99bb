"""Columns of the tables that are laid over the snapshot, with their SQL types."""

from __future__ import annotations

Schema = dict[str, str]

#: Kinds of user evidence. ``sd`` is in the unit of the value, ``sd_log`` on the log scale; money is USD a year.
#: A flow from or to ``WLD`` is a stated total.
USER_TABLES: dict[str, Schema] = {
    "indicators": {
        "market": "VARCHAR",
        "indicator": "VARCHAR",
        "value": "DOUBLE",
        "sd": "DOUBLE",
        "year": "SMALLINT",
        "source": "VARCHAR",
    },
    "demand": {
        "market": "VARCHAR",
        "product": "VARCHAR",
        "value_usd": "DOUBLE",
        "sd_log": "DOUBLE",
        "year": "SMALLINT",
        "source": "VARCHAR",
    },
    "flows": {
        "exporter": "VARCHAR",
        "importer": "VARCHAR",
        "product": "VARCHAR",
        "year": "SMALLINT",
        "value_usd": "DOUBLE",
        "quantity_t": "DOUBLE",
        "revision": "VARCHAR",  # of the Harmonized System, such as HS17; empty when the file does not say
        "source": "VARCHAR",
    },
    "tariffs": {
        "importer": "VARCHAR",
        "exporter": "VARCHAR",  # WLD: from everywhere
        "product": "VARCHAR",  # hs:250810, or total
        "year": "SMALLINT",
        "basis": "VARCHAR",  # AHS: effectively applied; MFN: most favoured nation; PRF: preferential
        "simple_pct": "DOUBLE",
        "weighted_pct": "DOUBLE",
        "source": "VARCHAR",
    },
}

#: What `beachhead evidence refresh` fetched, by file in BEACHHEAD_HOME/refresh.
REFRESHED: dict[str, Schema] = {
    "worldbank": {
        "indicator": "VARCHAR",
        "market": "VARCHAR",
        "year": "SMALLINT",
        "value": "DOUBLE",
        "sd": "DOUBLE",
        "source": "VARCHAR",
    },
    "ecb": {"currency": "VARCHAR", "month": "VARCHAR", "per_usd": "DOUBLE", "source": "VARCHAR"},
}
