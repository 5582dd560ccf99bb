"""The published shape of ``beachhead skill markets --json``. ``schema/skill-1.json`` is made from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from beachhead.report.part import Known, NotNegative, Part, Probability

Interval = Annotated[list[Known], Field(min_length=2, max_length=2)]
Correlation = Annotated[float, Field(ge=-1, le=1)] | None
Count = Annotated[int, Field(ge=0)]
Share = Probability | None


class BarPart(Part):
    """A bar of the reliability curve: mean chance that was stated, share that came, number of candidates."""

    predicted: Probability
    observed: Probability
    count: Count


class ScorePart(Part):
    """One way of ordering markets. A measure without a meaning for the task is null.

    ``recall_at_10``: share of what opened that stands among the first ten of an exporter and product, averaged over
    those in which anything did; ``recall_pooled``: over all openings together. ``spearman``:
    rank correlation over all candidates, ``within`` within an exporter and product. ``lift_at_10``: how many times
    more of what there was to find is in the first tenth of the list than by lot. ``ece``: expected calibration error.
    ``ci``: 95 % interval of each measure. ``lift``: share found in the first 0, 1, … 100 % of the list.
    """

    name: str
    label: str
    auc: Share
    ap: Share
    recall_at_10: Share
    recall_pooled: Share
    spearman: Correlation
    within: Correlation
    lift_at_10: NotNegative | None
    brier: Share
    ece: Share
    ci: dict[str, Interval]
    reliability: list[BarPart]
    lift: list[Share]


class GainPart(Part):
    """How much better one way did than another on the same candidates and draws."""

    name: str
    over: str
    metric: str
    gain: Known
    ci: Interval


class TaskPart(Part):
    """One task from one base year. ``positives``: what opened, or the tenth with the highest outcome."""

    task: str
    data: str
    base_year: int
    split: Literal["time", "exporter"]
    candidates: Count
    positives: Count
    exporters: Count
    products: Count
    outcome_years: Annotated[list[int], Field(min_length=2, max_length=2)]
    base_rate: Probability
    sampled: Probability
    says: str
    scores: list[ScorePart]
    gains: list[GainPart]
    notes: list[str]


class SkillDocument(Part):
    """``beachhead skill markets --json``."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, title="beachhead.skill/1")

    schema_: Annotated[Literal["beachhead.skill/1"], Field(alias="schema")]
    seed: Count
    replicates: Count
    notes: list[str]
    tasks: list[TaskPart]
