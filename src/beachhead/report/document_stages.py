"""The published shape of ``rollout`` and ``outlook`` in ``result.json``.

Lists over quarters are in the order of ``quarters``; USD are constant.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from beachhead.report.part import Iso3, Known, NotNegative, Part, Probability, Quarter

PhaseId = Literal["running", "pilot", "regional", "global"]


class MovePart(Part):
    """One step into a market. ``if_sales_usd``: of a switch, sales a year from which it is made, with its chance."""

    market: Iso3
    mode: str
    quarter: Quarter
    phase: PhaseId
    kind: Literal["continue", "enter", "switch", "leave"]
    spend_usd: float
    first_sale: Quarter
    hours_quarter: float
    if_sales_usd: Known
    chance: Probability
    cheaper_by: list[str]
    why: str


class AutomationPart(Part):
    """An investment that saves hours; ``hours_saved`` by quarter."""

    id: str
    name: str
    area: str
    quarter: Quarter
    cost_usd: float
    upkeep_usd_quarter: float
    hours_saved: list[float]


class PresencePlanPart(Part):
    """A planned market as numbers. ``row``: its place in the whole ranking, from 0; ``mode`` and ``then``: columns of
    the seven modes (−1 none); quarters count from the plan's first, 0. ``if_potential`` null: never."""

    market: Iso3
    row: Annotated[int, Field(ge=0)]
    mode: int
    start: Annotated[int, Field(ge=0)]
    running: bool
    first_sale: float
    then: int
    switch: int
    if_potential: Known
    phase: Annotated[int, Field(ge=0, le=3)]
    opened_by: int
    review: int
    stop_below: Known
    go_above: Known


class CashPart(Part):
    """Cash by quarter over the scenarios: percentiles and mean, USD; what must stay, and how often it does not."""

    p5: list[float]
    p50: list[float]
    p95: list[float]
    mean: list[float]
    floor_usd: float
    break_share: Probability


class HoursPart(Part):
    """Staff hours of one quarter: by area before automation, what that saves, what is used, what there is."""

    quarter: Quarter
    used: float
    capacity: Known
    saved: float
    by_area: dict[str, float]


class UsePart(Part):
    """What is used of a limited thing in one quarter, and how much there is (null: no limit)."""

    quarter: Quarter
    used: float
    capacity: Known


class GatePart(Part):
    """What to look at, when, and what it means; sales are a year's rate seen over ``quarters_seen`` quarters."""

    market: Iso3
    kind: Literal["pilot", "review"]
    quarter: Quarter
    quarters_seen: int
    go_usd: Known
    stop_usd: Known
    spend_usd: Known
    opens: list[str]
    p_go: Known
    p_wait: Known
    p_stop: Known


class LimitPart(Part):
    """A family of limits: the quarters in which it binds, and what one more unit is worth."""

    id: str
    name: str
    unit: str
    binds: list[str]
    shadow_usd: Known


class MorePart(Part):
    """What a little more of a limited thing buys."""

    id: str
    name: str
    gain_usd: Known
    shadow_usd: Known
    changes: list[str]


class StabilityPart(Part):
    """Whether the scenarios are enough: the objective on those planned with, and on many new ones."""

    scenarios: int
    in_sample_usd: Known
    out_of_sample: int
    out_of_sample_usd: Known
    out_of_sample_se: Known
    break_share: Known
    tolerance: float
    stable: bool


class ChangePart(Part):
    """An assumption that the firm has changed; ``packaged`` null if the package states no value."""

    id: str
    value: float
    packaged: Known
    unit: str


class RolloutPart(Part):
    """When and how fast."""

    quarters: list[Quarter]
    candidates: list[Iso3]
    moves: list[MovePart]
    automation: list[AutomationPart]
    presences: list[PresencePlanPart]
    objective_usd: Known
    stay_usd: Known
    expected_usd: Known
    downside_usd: Known
    cvar_shortfall_usd: Known
    downside_weight: float
    shortfall_price: float
    gap: Known
    status: str
    scenarios: int
    cash: CashPart
    hours: list[HoursPart]
    attention: list[UsePart]
    launches: list[UsePart]
    limits: list[LimitPart]
    more: list[MorePart]
    gates: list[GatePart]
    vss_usd: Known
    mean_plan_breaks: Known
    evpi_usd: Known
    stability: StabilityPart
    idle: str
    assumptions: list[ChangePart]


class BandPart(Part):
    """A quantity by quarter over the paths: percentiles and mean."""

    p5: list[float]
    p25: list[float]
    p50: list[float]
    p75: list[float]
    p95: list[float]
    mean: list[float]


class CashBandPart(BandPart):
    """The same of cash, USD, with what must stay."""

    floor_usd: float


class WorthPart(Part):
    """Worth of the plan, discounted, USD."""

    p10: float
    p50: float
    p90: float
    mean: float


class AddedPart(Part):
    """What the new markets are worth by themselves, USD, and the chance that they lose money."""

    p10: Known
    p50: Known
    p90: Known
    mean: Known
    p_loss: Probability


class ResiliencePart(Part):
    """How much the spread over markets steadies sales; null where there are none."""

    variance_ratio: Known
    correlation: Known
    effective_markets: Known
    markets: Known


class StressPart(Part):
    """A real episode replayed on the plan."""

    id: str
    name: str
    years: list[int]
    value_usd: Known
    value_change_usd: Known
    sales_change: Known
    lowest_cash_usd: Known
    p_floor: Probability
    p_ruin: Probability
    worst_market: str
    worst_change: Known


class PacePart(Part):
    """The same moves drawn out or pushed together.

    ``breaks``: limits that this pace would break; ``best``: the firm's own best pace among those that break none.
    """

    stretch: NotNegative
    months: NotNegative
    value_mean_usd: float
    value_p10_usd: float
    value_p50_usd: float
    adjusted_usd: float
    p_ruin: Probability
    p_floor: Probability
    p_overstretch: Probability
    best: bool
    breaks: list[str]


class MarketOutlookPart(Part):
    """One market of the plan."""

    market: Iso3
    p_entered: Probability
    p_served: Probability
    value_usd: Known
    sales_usd: Known


class OutlookPart(Part):
    """What follows. ``resilience``: one less the variance ratio; ``break_even_quarter`` null if not within the plan.

    ``exits``: expected number of markets left, by cause; ``hours``: staff hours a quarter.
    """

    quarters: list[Quarter]
    paths: Annotated[int, Field(ge=1)]
    revenue: BandPart
    profit: BandPart
    cash: CashBandPart
    markets: BandPart
    value_usd: WorthPart
    p_loss: Probability
    p_ruin: Probability
    p_floor: Probability
    p_overstretch: dict[str, Probability]
    break_even_quarter: Quarter | None
    p_break_even: Probability
    survival: list[Known]
    resilience: Known
    resilience_detail: ResiliencePart
    by_market: list[MarketOutlookPart]
    stress: list[StressPart]
    pace: list[PacePart]
    memory_mb: NotNegative
    exits: dict[str, float]
    hours: BandPart | None
    added: AddedPart | None
