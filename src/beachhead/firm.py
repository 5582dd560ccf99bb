"""Who the firm is: what it sells, what it can afford, where it has been, whom it knows.

The model of ``firm.toml``. Money is in USD a year unless a field says otherwise; countries are ISO 3166-1 alpha-3;
quarters are ``2027Q1``; shares and attitudes run from 0 to 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Quarter = Annotated[str, Field(pattern=r"^(19|20)\d\d(Q[1-4])?$")]
SectorId = Literal["technology", "ecommerce_retail", "services", "manufacturing"]
ModeId = Literal[
    "indirect_export", "direct_export", "ecommerce", "franchising", "licensing", "joint_venture", "subsidiary"
]


class Record(BaseModel):
    """Base of every part of the firm file: frozen, and an unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Offer(Record):
    """One thing the firm sells. ``code`` is ``hs:250810``, ``hs:64``, ``icio:J62_63`` or ``user:NAME``."""

    code: Annotated[str, Field(pattern=r"^(hs:\d{2}(\d{2}(\d{2})?)?|icio:[A-Z0-9_]+|user:[\w-]+)$")]
    name: str = ""
    share: Share = 1.0  # of home sales


class Sales(Record):
    """What the firm sells at home, in USD a year."""

    home_usd: Money
    growth: Annotated[float, Field(ge=-1, le=10, allow_inf_nan=False)] = 0.0  # a year, e.g. 0.12
    gross_margin: Share = 0.4  # of sales, after the cost of goods or of delivery
    unit_value_usd: Money | None = None  # price of a typical order


class Capacity(Record):
    """People: full-time equivalents, and the hours a week all of them together can give to exports."""

    team: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    export_hours_per_week: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 20.0


class Cash(Record):
    """Money the firm can spend on going abroad, and what must always stay in the bank."""

    available_usd: Money
    floor_usd: Money = 0.0


class Experience(Record):
    """Years somebody in the firm lived, studied or worked in a country."""

    country: Iso3
    years: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)]
    who: str = "founder"


class Contact(Record):
    """People the firm can call in a country."""

    country: Iso3
    kind: Literal["acquaintance", "client", "distributor", "agent", "partner"] = "acquaintance"
    count: Annotated[int, Field(ge=1, le=10_000)] = 1


class Presence(Record):
    """A market where the firm sells or has sold."""

    country: Iso3
    mode: ModeId = "direct_export"
    since: Quarter
    until: Quarter | None = None
    sales_usd: Money | None = None  # a year, in the last year there


class Attitude(Record):
    """What the owner wants: each from 0 (not at all) to 1 (very much)."""

    risk_appetite: Share = 0.5
    control: Share = 0.5  # need for control over how the offer is sold
    speed: Share = 0.5  # speed wanted
    codifiability: Share = 0.5  # how far the offer can be written down, packaged and taught to others
    protection: Share = 0.3  # how much the offer depends on enforceable rights (patent, brand, code)


class Screen(Record):
    """Must-haves: a market that fails one is removed, and the reason is shown."""

    exclude: tuple[Iso3, ...] = ()  # never, whatever the figures say (for example the owner's sanctions list)
    only: tuple[Iso3, ...] = ()  # if given, nothing else
    regions: tuple[str, ...] = ()  # World Bank region names; empty = all
    languages: tuple[str, ...] = ()  # at least one must be spoken by 20 % of the market
    min_gdp_usd: Money | None = None
    min_population: Money | None = None
    min_gni_per_capita: Money | None = None
    max_distance_km: Money | None = None
    max_timezone_gap_hours: Money | None = None
    max_tariff_pct: Money | None = None
    max_inform_risk: Annotated[float, Field(ge=0, le=10)] | None = None
    min_political_stability: Annotated[float, Field(ge=-3.5, le=3.5)] | None = None
    min_rule_of_law: Annotated[float, Field(ge=-3.5, le=3.5)] | None = None
    require_agreement: bool = False


class WeightChoice(Record):
    """How criteria are weighed. ``criteria`` are the eight of the criteria tree (see ``beachhead weights``)."""

    method: Literal["sector", "points", "ranking", "pairwise"] = "sector"
    points: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}  # criterion -> points
    ranking: tuple[str, ...] = ()  # criteria, most important first
    pairwise: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = {}  # "a/b" -> 1/9 … 9
    confidence: Literal["low", "medium", "high"] = "medium"  # how sure the owner is of the weights


class Firm(Record):
    """A small firm, as its owner describes it in ``firm.toml``."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    home: Iso3
    sector: SectorId
    sells: Annotated[tuple[Offer, ...], Field(min_length=1)]
    sales: Sales
    capacity: Capacity
    cash: Cash
    languages: tuple[str, ...] = ()  # that the firm can sell in, BCP 47: en, hi, pt, …
    experience: tuple[Experience, ...] = ()
    contacts: tuple[Contact, ...] = ()
    presence: tuple[Presence, ...] = ()
    memberships: tuple[str, ...] = ()
    attitude: Attitude = Attitude()
    screen: Screen = Screen()
    weights: WeightChoice = WeightChoice()
    website: str | None = None
    evidence: tuple[Path, ...] = ()  # the firm's own evidence files, relative to the firm file
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
