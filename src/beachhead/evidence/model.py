"""What is known, and how well: the records that the evidence is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Status(StrEnum):
    """How a value came to be known."""

    OBSERVED = "observed"
    CARRIED = "carried forward"
    IMPUTED = "imputed"
    USER = "user"


STATUSES: tuple[Status, ...] = tuple(Status)  # order of the integer codes in Facts.status


@dataclass(frozen=True, slots=True)
class Indicator:
    """A row of ``indicators.csv``."""

    id: str
    name: str
    definition: str
    unit: str
    scope: str  # country | pair | product | firm | model | base
    direction: int  # +1: more is better; -1: less is better; 0: shown, not scored
    transform: str  # log | linear | asinh: the scale on which sd_t, staleness and anchors are measured
    criterion: str
    source: str  # id in sources.csv
    anchor_low_pct: float  # world percentile whose value scores 0
    anchor_high_pct: float  # world percentile whose value scores 1
    decimals: int


@dataclass(frozen=True, slots=True)
class Source:
    """A row of ``sources.csv``."""

    id: str
    name: str
    publisher: str
    url: str
    licence: str
    licence_url: str
    vintage: str
    citation: str
    notes: str


@dataclass(frozen=True, slots=True)
class Country:
    """A row of ``countries.csv``."""

    iso3: str
    iso2: str
    m49: str
    name: str
    region: str
    income_group: str
    currency: str
    languages: tuple[str, ...]
    timezone: str  # the zone of the capital or largest business city (IANA name)
    utc_offset: float  # its standard offset in hours


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure that can be traced."""

    indicator: str
    market: str
    year: int
    value: float
    unit: str
    sd: float  # in the unit of value (delta method for log and asinh indicators)
    status: Status
    source: str
    licence: str


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Facts of M markets on K indicators, as arrays.

    ``value``, ``sd`` (unit of value), ``sd_t`` (scale of the indicator's transform): float (M, K);
    ``year``: int (M, K); ``status``: int8 (M, K), an index into ``STATUSES``; ``source``: object (M, K) of source ids.
    """

    markets: tuple[str, ...]
    indicators: tuple[str, ...]
    value: Floats
    sd: Floats
    sd_t: Floats
    year: NDArray[np.int16]
    status: NDArray[np.int8]
    source: NDArray[np.object_]
