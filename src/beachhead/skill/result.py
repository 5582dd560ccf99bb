"""What a back-test found: frozen results, one for every task, set of data and base year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The candidates of one task at one base year, N of them, sorted by product, exporter and importer.

    ``product`` (N,) indexes ``products``; ``exporter`` and ``importer`` (N,) index ``countries``. ``outcome`` (N,) is
    what came in the years base + 3 … base + 5: *entry* 1 or 0; *growth* the mid-point growth rate, −2 to 2 (Davis &
    Haltiwanger 1992); *level* USD; *demand* the growth of ln imports a year. For *demand* there is no exporter: it is
    −1 throughout. Scores must never read ``outcome``.
    """

    task: str
    data: str
    base_year: int
    products: tuple[str, ...]
    countries: tuple[str, ...]
    product: Ints
    exporter: Ints
    importer: Ints
    outcome: Floats

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def group(self) -> Ints:
        """(N,) one number for every exporter and product: the choice that a firm faces."""
        return self.product * (len(self.countries) + 1) + self.exporter + 1


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of the reliability curve: mean of what was predicted, share of what came, number of candidates."""

    predicted: float
    observed: float
    count: int


@dataclass(frozen=True, slots=True)
class Score:
    """How well one way of ordering markets did; a figure that has no meaning for the task is nan.

    ``auc``: area under the receiver's curve; ``ap``: average precision; ``recall_at_10``: share of the markets that
    opened which stand among the first ten of their exporter and product, averaged over exporter-products in which any
    did; ``recall_pooled``: the same over all openings together; ``spearman``: rank correlation over all
    candidates, ``within`` the mean of it within an exporter and product; ``brier`` and ``ece`` (expected calibration
    error) only where the score is a probability. ``ci``: 95 % interval of each, by bootstrap over exporters.
    ``reliability``: twenty bars of equal count. ``lift`` (101,): share of the openings that is found in the first
    0, 1, … 100 % of the list.
    """

    name: str
    label: str
    auc: float
    ap: float
    recall_at_10: float
    recall_pooled: float
    spearman: float
    within: float
    brier: float
    ece: float
    ci: dict[str, tuple[float, float]]
    reliability: tuple[Bin, ...] = ()
    lift: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Gain:
    """How much better one score did than another on the same candidates, with a paired 95 % interval."""

    name: str
    over: str
    metric: str
    gain: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task on one set of data from one base year. ``base_rate``: share of candidates that opened.

    ``sampled``: share of all candidates that was looked at. ``gains``: our model beside every other score, in the
    metrics that count for the task. ``notes``: what a reader must know.
    """

    task: str
    data: str
    base_year: int
    split: str
    horizon: tuple[int, int]
    candidates: int
    positives: int
    exporters: int
    products: int
    sampled: float
    scores: tuple[Score, ...]
    gains: tuple[Gain, ...]
    notes: tuple[str, ...] = ()

    @property
    def base_rate(self) -> float:
        """Share of the candidates that came true."""
        return self.positives / max(self.candidates, 1)

    def score(self, name: str) -> Score:
        """The score of that name; KeyError if it took no part."""
        found = {s.name: s for s in self.scores}
        return found[name]


@dataclass(frozen=True, slots=True)
class Skill:
    """All that a run of the back-test found."""

    seed: int
    replicates: int
    tasks: tuple[TaskResult, ...]
