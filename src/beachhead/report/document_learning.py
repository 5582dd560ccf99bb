"""The published shape of ``learning`` and ``replan`` in ``result.json``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from beachhead.report.part import Iso3, Known, NotNegative, Part, Probability, Quarter

Number = Annotated[int, Field(ge=1)]


class KnownPart(Part):
    """Which records of the journal the plan was made with, by number; ``held``: assumptions that the owner keeps;
    ``assumptions``: those of the firm file, before outcomes changed any."""

    entries: list[Number]
    results: list[Annotated[int, Field(ge=0)]]
    held: list[str]
    assumptions: dict[str, float]


class MomentsPart(Part):
    """Mean and sd of a logarithm."""

    mean: float
    sd: NotNegative


class SpanPart(Part):
    """Tenth, fiftieth and ninetieth percentile, in the unit of the field."""

    p10: NotNegative
    p50: NotNegative
    p90: NotNegative


class SharePart(Part):
    """What one source adds: to the logarithm, and in per cent of the median before. Both add up over the sources.

    ``entry`` is its number, or ``results`` the market whose results it is.
    """

    entry: Number | None
    results: Iso3 | None
    log: float
    pct: float


class BelievedPart(Part):
    """One market: what is believed now, what was before, and what moved it."""

    market: Iso3
    name: str
    log_potential: MomentsPart
    prior: MomentsPart
    informed_by: list[Number]
    own_sales: bool
    now: SpanPart
    before: SpanPart
    change_pct: float
    because: list[SharePart]


class ChannelPart(Part):
    """What a channel turned out to be: bias (ln, positive: it tells too much) and noise (sd of ln)."""

    channel: str
    entries: Annotated[int, Field(ge=0)]
    bias_before: float
    bias_sd_before: NotNegative
    bias: float
    bias_sd: NotNegative
    noise_before: NotNegative
    noise: NotNegative


class FlagPart(Part):
    """An entry that does not fit: ``z`` sds from all else, believed as far as ``trust``."""

    entry: Annotated[int, Field(ge=0)]
    market: Iso3
    z: float
    trust: Probability
    against: list[Number]
    needed: str


class EvidenceOfPart(Part):
    """An entry or a market's results."""

    entry: Number | None
    results: Iso3 | None


class RevisionPart(Part):
    """An assumption that outcomes have changed. ``held``: the owner keeps the old value; ``carried``: it is at work
    within the beliefs."""

    id: str
    name: str
    unit: str
    before: float
    before_sd: Known
    after: float
    after_sd: Known
    count: Annotated[int, Field(ge=0)]
    held: bool
    carried: bool
    sources: list[EvidenceOfPart]


class LearningPart(Part):
    """What the firm has learnt, of the potential of markets; those that it moved."""

    known: KnownPart
    about: Literal["potential"]
    unit: str
    markets: list[BelievedPart]
    channels: list[ChannelPart]
    flags: list[FlagPart]
    revisions: list[RevisionPart]


class BegunPart(Part):
    """A market whose set-up began before the plan, and when."""

    market: Iso3
    quarter: Quarter


class ReplanPart(Part):
    """Only in plans by ``beachhead replan``: the first quarter planned anew; the cash (``cash_usd``) and the quarter
    from which spending is taken off it; set-up by market that was taken for spent as planned (``planned``); what goes
    on; the firm file as it was, for ``firm`` is as of the new date."""

    as_of: Quarter
    cash_from: Quarter
    cash_usd: float
    planned: dict[str, float] = Field(default_factory=dict)
    begun: list[BegunPart]
    file: dict[str, Any]
