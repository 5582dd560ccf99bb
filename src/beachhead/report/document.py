"""The published shape of ``result.json``. ``schema/plan-1.json`` is made from :class:`PlanDocument`."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from beachhead.report.document_learning import LearningPart, ReplanPart
from beachhead.report.document_stages import OutlookPart, RolloutPart
from beachhead.report.part import Iso3, Part, Points, Probability


class AxisPart(Part):
    """A place on one axis, points of 100."""

    mean: Points
    sd: Annotated[float, Field(ge=0)]


class PotentialPart(Part):
    """Sales a year at maturity, USD: tenth, fiftieth, ninetieth percentile."""

    p10: Annotated[float, Field(ge=0)]
    p50: Annotated[float, Field(ge=0)]
    p90: Annotated[float, Field(ge=0)]


class PresencePart(Part):
    """How the firm sells in a market already. ``sales_usd``: in the last year; null if the firm file does not say."""

    since: str
    mode: str
    sales_usd: Annotated[float, Field(ge=0)] | None


class RowPart(Part):
    """One ranked market.

    ``worth_usd``: what the mode is worth to the firm over its horizon, after cost and risk; below zero it does not pay
    for itself. ``weeks``: to the first sale.
    """

    market: Iso3
    name: str
    rank: Annotated[int, Field(ge=1)]
    score: Points
    attractiveness: AxisPart
    accessibility: AxisPart
    cell: Literal["go now", "build access", "easy but small", "leave"]
    pareto: bool
    p_top: dict[Literal["1", "3", "5", "10"], Probability]
    expected_rank: Annotated[float, Field(ge=1)]
    potential_usd: PotentialPart
    mode: str
    worth_usd: float
    weeks: Annotated[float, Field(ge=0)]
    set_up_usd: Annotated[float, Field(ge=0)]
    presence: PresencePart | None
    contributions: dict[str, float]
    reasons: Annotated[list[str], Field(max_length=3)]
    warnings: list[str]


class ExcludedPart(Part):
    """A market that a must-have removed."""

    market: Iso3
    reason: str


class LeverPart(Part):
    """What would change the answer if it were known."""

    indicator: str
    name: str
    changes: Annotated[float, Field(ge=0)]
    p_first: Probability


class DemandPart(Part):
    """What demand was measured on."""

    kind: str
    code: str
    label: str
    markets_by_status: dict[str, int]


class SkillPart(Part):
    """The record of this way of ranking. ``kind``: that of the product itself, of the nearest class, or none.

    ``share``: weight in the score of the model that the record is of, 0 where it takes no part.
    """

    kind: Literal["product", "class", "none"]
    code: str
    about: str
    sentence: str
    figures: dict[str, float]
    share: Probability


class EvidencePart(Part):
    """Which snapshot of the evidence was used."""

    snapshot: str
    vintage: str


class PlanDocument(Part):
    """``beachhead plan --json`` and ``result.json``. Without a rollout its key and that of the outlook are absent,
    without a journal that of learning."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, title="beachhead.plan/1")

    schema_: Annotated[Literal["beachhead.plan/1"], Field(alias="schema")]
    firm: dict[str, Any]
    seed: Annotated[int, Field(ge=0)]
    draws: Annotated[int, Field(ge=1)]
    evidence: EvidencePart
    ranked: Annotated[int, Field(ge=0)]
    shortlist: list[RowPart]
    demand: DemandPart
    levers: list[LeverPart]
    excluded: list[ExcludedPart]
    notes: list[str]
    skill: SkillPart
    rollout: RolloutPart | SkipJsonSchema[None] = None
    outlook: OutlookPart | SkipJsonSchema[None] = None
    learning: LearningPart | SkipJsonSchema[None] = None
    replan: ReplanPart | SkipJsonSchema[None] = None


class MarketsDocument(Part):
    """``beachhead markets --json``."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, title="beachhead.markets/1")

    schema_: Annotated[Literal["beachhead.markets/1"], Field(alias="schema")]
    markets: list[RowPart]
    excluded: list[ExcludedPart]
    skill: SkillPart


def schema_text(document: type[BaseModel]) -> str:
    """JSON Schema of a document, as shipped."""
    return json.dumps(document.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"
