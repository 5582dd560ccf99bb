"""Who the firm is: what it sells, what it can afford, where it has been, whom it knows.

The model of ``firm.toml``. Money is in USD a year unless a field says otherwise; countries are ISO 3166-1 alpha-3;
quarters are ``2027Q1``; shares and attitudes run from 0 to 1.

The descriptions and examples are the one source of the comments in the file that ``beachhead firm new`` writes and of
the words in which ``beachhead firm check`` explains a fault.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from beachhead.assumptions import entries
from beachhead.firm_rules import CRITERIA, LAUNCHES_AT_ONCE, QUARTERS, broken_rules
from beachhead.quarters import quarter_number

__all__ = [
    "CRITERIA",
    "Attitude",
    "Capacity",
    "Cash",
    "Committed",
    "Contact",
    "Experience",
    "Firm",
    "Forbid",
    "ModeId",
    "Offer",
    "Pace",
    "Pin",
    "Presence",
    "Record",
    "Sales",
    "Screen",
    "SectorId",
    "WeightChoice",
    "main_offer",
    "planned",
    "recent",
    "running",
    "sales_abroad",
    "sells_goods",
]


def _one_line(text: str) -> str:
    """Refuse line breaks and control characters: they would steer terminals and break tables."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise PydanticCustomError("not_one_line", "not one line")
    return text


def _by_id(section: object) -> object:
    """The section with tables within tables as one, by id; what is no section is left for the type to refuse."""
    return dict(entries(section)) if isinstance(section, Mapping) else section


# strict: a text such as "12" or a bool is not a number, whatever could be made of it
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Whole = Annotated[int, Field(strict=True)]
Share = Annotated[Number, Field(ge=0, le=1)]
Money = Annotated[Number, Field(ge=0, le=1e15)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
Iso3 = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["DEU"])]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*$")]
Quarter = Annotated[str, Field(pattern=r"^(19|20)\d\d(Q[1-4])?$", examples=["2024Q2", "2019"])]
PlanQuarter = Annotated[str, Field(pattern=r"^20\d\dQ[1-4]$", examples=["2027Q1"])]
SectorId = Literal["technology", "ecommerce_retail", "services", "manufacturing"]
ModeId = Literal[
    "indirect_export", "direct_export", "ecommerce", "franchising", "licensing", "joint_venture", "subsidiary"
]


class Record(BaseModel):
    """Base of every part of the firm file: frozen, and an unknown field is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Offer(Record):
    """What the firm sells, one block for each thing. Find codes with: beachhead products search "mobile app"."""

    code: Annotated[str, Field(pattern=r"^(hs:\d{2}(\d{2}(\d{2})?)?|icio:[A-Z0-9_]+|user:[\w-]{1,60})$")] = Field(
        description="Code of the product: goods by HS chapter, heading or line (hs:64, hs:6403, hs:250810), services "
        "and other sectors by OECD ICIO (icio:J62_63), or a product of your own evidence file (user:NAME).",
        examples=["hs:250810", "icio:J62_63", "user:NAME"],
    )
    name: Line = Field(default="", description="What it is, in your own words.", examples=["Booking app for clinics"])
    share: Share = Field(
        default=1.0,
        description="Its share of home sales, from 0 to 1. All shares together are 1 at most.",
        examples=[0.6],
    )


class Sales(Record):
    """What the firm sells at home."""

    home_usd: Money = Field(
        description="Sales in the home country over the last twelve months, in USD, without VAT; 0 if there are none "
        "yet.",
        examples=[420_000],
    )
    growth: Annotated[Number, Field(ge=-1, le=10)] = Field(
        default=0.0, description="Growth of home sales a year, as a fraction: 0.12 is 12 %.", examples=[0.12]
    )
    gross_margin: Share = Field(
        default=0.4,
        description="What is left of one dollar of sales after the cost of the goods, or of delivering the service.",
        examples=[0.4],
    )
    unit_value_usd: Money | None = Field(
        default=None, description="Price of a typical order, in USD. Leave out if there is none.", examples=[165]
    )


class Capacity(Record):
    """People."""

    team: Annotated[Number, Field(gt=0, le=100_000)] = Field(
        description="People in the firm, in full-time equivalents; 0.5 is one person half the week.", examples=[14]
    )
    export_hours_per_week: Annotated[Number, Field(ge=0, le=1_000_000)] = Field(
        default=20.0,
        description="Hours a week that all of them together can give to going abroad.",
        examples=[40],
    )


class Cash(Record):
    """Money for going abroad."""

    available_usd: Money = Field(
        description="Money the firm could lay hands on for going abroad over the next two to three years, in USD, "
        "the floor below included.",
        examples=[180_000],
    )
    floor_usd: Money = Field(
        default=0.0,
        description="What must always stay in the bank, in USD; not above what is available.",
        examples=[60_000],
    )


class Experience(Record):
    """Countries where somebody in the firm has lived, studied or worked, one block for each."""

    country: Iso3 = Field(description="The country, as a three-letter code.", examples=["GBR"])
    years: Annotated[Number, Field(ge=0, le=60)] = Field(description="How many years.", examples=[4])
    who: Line = Field(default="founder", description="Who it was.", examples=["founder"])


class Contact(Record):
    """People abroad whom the firm can call, one block for each country and kind."""

    country: Iso3 = Field(description="The country, as a three-letter code.", examples=["USA"])
    kind: Literal["acquaintance", "client", "distributor", "agent", "partner"] = Field(
        default="acquaintance",
        description="What they are to the firm: acquaintance, client, distributor, agent or partner.",
        examples=["distributor"],
    )
    count: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        default=1, description="How many of them.", examples=[2]
    )


class Presence(Record):
    """Markets abroad where the firm sells or has sold, one block for each."""

    country: Iso3 = Field(description="The country, as a three-letter code; not the home country.", examples=["ARE"])
    mode: ModeId = Field(
        default="direct_export",
        description="How it sells there: indirect_export, direct_export, ecommerce, franchising, licensing, "
        "joint_venture or subsidiary.",
        examples=["direct_export"],
    )
    since: Quarter = Field(description='First quarter with sales, such as "2024Q2", or the year, such as "2019".')
    until: Quarter | None = Field(
        default=None, description="Last quarter or year with sales; leave out while it goes on.", examples=["2025Q1"]
    )
    sales_usd: Money | None = Field(
        default=None, description="Sales there in the last year, in USD. Leave out if not known.", examples=[46_000]
    )

    def quarters(self, as_of: str) -> range:
        """Quarters with sales up to that of the date ``as_of``, as numbers; empty if they start later.

        A bare year means all of it: ``since`` from its first quarter, ``until`` to its last.
        """
        first = quarter_number(self.since if "Q" in self.since else f"{self.since}Q1")
        now = quarter_number(as_of)
        return range(first, min(now, quarter_number(self.until) if self.until else now) + 1)


class Attitude(Record):
    """What the owner wants, and what the offer is like: each from 0 (not at all) to 1 (very much)."""

    risk_appetite: Share = Field(default=0.5, description="Readiness to take risks.")
    control: Share = Field(default=0.5, description="Need to keep control over how the offer is sold.")
    speed: Share = Field(default=0.5, description="Speed wanted: 1 is abroad as soon as possible.")
    codifiability: Share = Field(
        default=0.5, description="How far the offer can be written down, packaged and taught to others."
    )
    protection: Share = Field(
        default=0.3, description="How much the offer depends on rights that can be enforced: patent, brand, code."
    )


class Screen(Record):
    """Must-haves: a market that fails one of them is removed, and the reason is shown. All are optional."""

    exclude: tuple[Iso3, ...] = Field(
        default=(),
        description="Markets never to be entered, whatever the figures say; your own sanctions list belongs here.",
        examples=[["PRK"]],
    )
    only: tuple[Iso3, ...] = Field(
        default=(), description="If given, no market but these.", examples=[["DEU", "NLD", "SWE"]]
    )
    regions: tuple[Line, ...] = Field(
        default=(),
        description="Only markets of these World Bank regions; empty: all.",
        examples=[["Europe & Central Asia"]],
    )
    languages: tuple[Language, ...] = Field(
        default=(),
        description="At least one of these languages must be spoken by 20 % of the market.",
        examples=[["en", "fr"]],
    )
    min_gdp_usd: Money | None = Field(default=None, description="Least GDP, in USD a year.", examples=[10_000_000_000])
    min_population: Money | None = Field(default=None, description="Least population, in people.", examples=[1_000_000])
    min_gni_per_capita: Money | None = Field(
        default=None, description="Least income (GNI) a head, in USD a year.", examples=[5_000]
    )
    max_distance_km: Money | None = Field(
        default=None, description="Greatest distance from home, in km.", examples=[6_000]
    )
    max_timezone_gap_hours: Annotated[Number, Field(ge=0, le=24)] | None = Field(
        default=None, description="Greatest difference of clock time from home, in hours.", examples=[5]
    )
    max_tariff_pct: Annotated[Number, Field(ge=0, le=1000)] | None = Field(
        default=None, description="Highest applied tariff, in per cent.", examples=[15]
    )
    max_inform_risk: Annotated[Number, Field(ge=0, le=10)] | None = Field(
        default=None, description="Highest INFORM risk of crises, from 0 (safe) to 10.", examples=[6]
    )
    min_political_stability: Annotated[Number, Field(ge=-3.5, le=3.5)] | None = Field(
        default=None,
        description="Least political stability on the World Bank's scale, about -2.5 (worst) to 2.5 (best).",
        examples=[-1],
    )
    min_rule_of_law: Annotated[Number, Field(ge=-3.5, le=3.5)] | None = Field(
        default=None,
        description="Least rule of law on the World Bank's scale, about -2.5 (worst) to 2.5 (best).",
        examples=[-0.5],
    )
    require_agreement: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="true: only markets that have a trade agreement with home in force."
    )


class WeightChoice(Record):
    """How the eight criteria are weighed (beachhead weights shows the result)."""

    method: Literal["sector", "points", "ranking", "pairwise"] = Field(
        default="sector",
        description="sector: the weights of the sector; points, ranking or pairwise: your own, given below.",
        examples=["ranking"],
    )
    confidence: Literal["low", "medium", "high"] = Field(
        default="medium", description="How sure you are of these weights: low, medium or high."
    )
    ranking: tuple[Line, ...] = Field(
        default=(),
        description="For method ranking: all eight criteria, the most important first.",
        examples=[list(CRITERIA)],
    )
    points: dict[Line, Annotated[Number, Field(ge=0, le=1e9)]] = Field(
        default={},
        description="For method points: points for each criterion, 100 shared out for example; left out is 0.",
        examples=[dict.fromkeys(CRITERIA, 12.5)],
    )
    pairwise: dict[Line, Annotated[Number, Field(gt=0, le=1e9)]] = Field(
        default={},
        description='For method pairwise: "a/b" is how much more criterion a counts than b: 1 as much, 3 rather more, '
        "9 very much more, 0.333 rather less. Every two criteria are compared.",
        examples=[{"size_growth/purchasing": 3}],
    )


class Pace(Record):
    """How fast, and how much at a time: the limits of the rollout plan. All are optional."""

    quarters: Annotated[Whole, Field(ge=8, le=16)] = Field(
        default=QUARTERS, description="How many quarters are planned, from 8 to 16.", examples=[12]
    )
    start: PlanQuarter | None = Field(
        default=None,
        description="First quarter of the plan; left out, the quarter after the date of the evidence.",
        examples=["2027Q1"],
    )
    launches_at_once: Annotated[Whole, Field(ge=1, le=60)] = Field(
        default=LAUNCHES_AT_ONCE,
        description="How many launches may run at the same time; one runs from the start of its set-up to its first "
        "sale.",
        examples=[2],
    )
    pilots: Annotated[Whole, Field(ge=1, le=60)] = Field(
        default=2, description="How many markets may be tried first, as pilots.", examples=[1]
    )
    phases: Annotated[bool, Field(strict=True)] = Field(
        default=True,
        description="true: like markets wait until a pilot has passed its gate, and far ones until the region is "
        "entered; false: no market waits for another.",
    )
    floor_risk: Share | None = Field(
        default=None,
        description="Share of the simulated futures in which cash may fall below cash.floor_usd; 0.05 is one in "
        "twenty. Left out, the assumption of that name.",
        examples=[0.05],
    )
    most_markets: Annotated[Whole, Field(ge=0, le=250)] | None = Field(
        default=None, description="New markets at most; left out, there is no such limit.", examples=[4]
    )
    candidates: Annotated[Whole, Field(ge=1, le=60)] = Field(
        default=20,
        description="How many markets from the top of the ranking the plan may choose from, 60 at most.",
        examples=[20],
    )


class Pin(Record):
    """Markets that the plan must enter, one block for each; with a mode or a quarter, in that way or at that time."""

    market: Iso3 = Field(description="The market, as a three-letter code.", examples=["DEU"])
    mode: ModeId | None = Field(
        default=None, description="How it is entered; left out, the plan chooses.", examples=["direct_export"]
    )
    quarter: PlanQuarter | None = Field(
        default=None, description="Quarter in which its set-up begins; left out, the plan chooses.", examples=["2027Q2"]
    )


class Forbid(Record):
    """Starts that the plan must not make, one block for each: those that match all that the block names.

    A market alone is never entered, a mode alone is never used, a quarter alone sees no start.
    """

    market: Iso3 | None = Field(
        default=None, description="The market, as a three-letter code; left out, any.", examples=["FRA"]
    )
    mode: ModeId | None = Field(default=None, description="The mode; left out, any.", examples=["subsidiary"])
    quarter: PlanQuarter | None = Field(
        default=None, description="The quarter in which a set-up would begin; left out, any.", examples=["2027Q4"]
    )


class Committed(Record):
    """Entries that are decided or paid for already, one block for each: the plan keeps them, whatever it finds."""

    market: Iso3 = Field(description="The market, as a three-letter code.", examples=["NLD"])
    mode: ModeId = Field(description="How it is entered.", examples=["direct_export"])
    quarter: PlanQuarter = Field(description="Quarter in which its set-up begins.", examples=["2027Q1"])


class Firm(Record):
    """A small firm, as its owner describes it in ``firm.toml``."""

    name: Annotated[Line, Field(min_length=1)] = Field(description="Name of the firm.", examples=["Tamarind Apps"])
    home: Iso3 = Field(description="Home country, as a three-letter code (ISO 3166-1 alpha-3).", examples=["IND"])
    sector: SectorId = Field(
        description="Sector profile: technology, ecommerce_retail, services or manufacturing. It sets the criteria's "
        "weights.",
        examples=["technology"],
    )
    website: Annotated[Line, Field(pattern=r"^https?://[^\s<>\"']+$")] | None = Field(
        default=None, description="Web address of the firm.", examples=["https://www.example.com"]
    )
    languages: tuple[Language, ...] = Field(
        default=(),
        description="Languages the firm can sell in, as two-letter codes (BCP 47).",
        examples=[["en", "hi"]],
    )
    memberships: tuple[Line, ...] = Field(
        default=(), description="Associations and networks the firm belongs to.", examples=[["NASSCOM"]]
    )
    evidence: tuple[Path, ...] = Field(
        default=(),
        description="Your own evidence files (CSV or Parquet), named from where this file lies.",
        examples=[["demand.csv"]],
    )
    seed: Annotated[int, Field(strict=True, ge=0, le=2**32 - 1)] = Field(
        default=1, description="Seed of the random draws: the same file and seed give the same answer.", examples=[1]
    )
    sells: Annotated[tuple[Offer, ...], Field(min_length=1, max_length=50)]
    sales: Sales
    capacity: Capacity
    cash: Cash
    experience: tuple[Experience, ...] = ()
    contacts: tuple[Contact, ...] = ()
    presence: tuple[Presence, ...] = ()
    attitude: Attitude = Attitude()
    screen: Screen = Screen()
    weights: WeightChoice = WeightChoice()
    pace: Pace = Pace()
    pin: Annotated[tuple[Pin, ...], Field(max_length=60)] = ()
    forbid: Annotated[tuple[Forbid, ...], Field(max_length=500)] = ()
    committed: Annotated[tuple[Committed, ...], Field(max_length=60)] = ()
    assumptions: Annotated[dict[Line, Number], BeforeValidator(_by_id)] = Field(
        default={},
        description="Numbers that no data set gives, where you know better: the id and your value. "
        "'beachhead assumptions' lists them with unit and ground.",
        examples=[{"firm_market_sd": 1.2, "ecommerce.setup_usd": 5_000}],
    )

    @model_validator(mode="after")
    def _sense(self) -> Self:
        """Hold the parts against each other; the reader reports the same faults one by one."""
        faults = broken_rules(self.model_dump())
        if faults:
            raise PydanticCustomError("broken_rules", "{text}", {"text": "; ".join(map(str, faults))})
        return self


# What several parts of the plan ask of a firm. ``as_of`` is the vintage of the evidence, e.g. "2026-11".


def running(firm: Firm, as_of: str) -> tuple[Presence, ...]:
    """Where the firm sells now: what has started and is not left, in the order of the file."""
    return recent(firm, as_of, 0)


def recent(firm: Firm, as_of: str, quarters: float) -> tuple[Presence, ...]:
    """Where the firm sells now, or had its last sales no more than so many quarters ago."""
    now = quarter_number(as_of)
    return tuple(p for p in firm.presence if (seen := p.quarters(as_of)) and now - seen[-1] <= quarters)


def planned(firm: Firm, as_of: str) -> range:
    """The quarters of the plan, as numbers: from the firm's start, or from the one after the date of the evidence."""
    first = quarter_number(firm.pace.start) if firm.pace.start else quarter_number(as_of) + 1
    return range(first, first + firm.pace.quarters)


def sales_abroad(firm: Firm, as_of: str) -> dict[str, float]:
    """Sales a year by country where the firm sells now, USD, all its ways of selling there together.

    Countries without a known figure are left out.
    """
    total: dict[str, float] = {}
    for p in running(firm, as_of):
        if p.sales_usd:
            total[p.country] = total.get(p.country, 0.0) + p.sales_usd
    return total


def main_offer(firm: Firm) -> Offer:
    """The offer with the largest share of home sales, the first of equals."""
    return max(firm.sells, key=lambda offer: offer.share)


def sells_goods(firm: Firm) -> bool:
    """Whether the main offer is a thing that must be shipped. A user's own code goes by the sector."""
    kind, _, code = main_offer(firm).code.partition(":")
    if kind == "icio":
        return code[0] in "ABC"  # farming, mining, industry
    return kind == "hs" or firm.sector in ("manufacturing", "ecommerce_retail")
