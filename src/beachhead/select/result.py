"""What the selection found: frozen results, one row per ranked market unless a field says otherwise.

M = ranked markets, K = scored indicators, C = criteria (8), F = factors of the potential. Points run 0–100.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Change
from beachhead.evidence.model import STATUSES, Facts, Floats, Status
from beachhead.firm import Firm

OBSERVED, CARRIED, IMPUTED, USER = (STATUSES.index(s) for s in Status)  # codes in Facts.status and Demand.status
SHARE_FLOOR = 1e-5  # a share of the home country below this is not told apart from none


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One axis of the matrix: mean and sd over draws, 0–100, each (M,)."""

    mean: Floats
    sd: Floats


@dataclass(frozen=True, slots=True)
class Excluded:
    """A market that a must-have removed, and why."""

    market: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lever:
    """Something whose resolution would change the answer.

    ``changes`` is the expected number of the top-N markets that would be replaced if the truth about this indicator (of
    all markets) were known; ``p_first`` the probability that another market would lead.
    """

    indicator: str
    name: str
    changes: float
    p_first: float


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One figure of every market with its ground, each (M,): ``value``; ``sd`` on the scale on which it is scored;
    ``year``; ``status``, an index into ``STATUSES``; ``source``, the id of one."""

    value: Floats
    sd: Floats
    year: NDArray[np.int16]
    status: NDArray[np.int8]
    source: NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Suppliers:
    """Who supplies each market: concentration, its yearly change, and the home country's share."""

    hhi: Column
    growth: Column
    home_share: Column


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Demand for what the firm sells, USD a year, per market (M,); every figure with its ground.

    ``kind``: hs6 | chapter | composite | services | user. ``value``: imports (goods), purchases (services), or the
    user's figure. ``expenditure``: what the market buys in all, home-made included (for the potential).
    ``sd_log`` and ``expenditure_sd``: sd of the logarithms. ``status`` indexes ``STATUSES``.
    """

    kind: str
    label: str
    code: str
    value: Floats
    sd_log: Floats
    year: NDArray[np.int16]
    status: NDArray[np.int8]
    source: NDArray[np.object_]
    expenditure: Floats
    expenditure_sd: Floats
    home_expenditure: float
    home_expenditure_sd: float
    growth: Column
    suppliers: Suppliers
    home_rca: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Potential:
    """What this firm could sell a year at maturity, USD, log-normal, per market (M,).

    ``factor_log`` and ``factor_sd`` (M, F): what each factor adds to the logarithm of the *gravity* estimate, and its
    sd; rows of ``factor_log`` sum to ``gravity_log``. ``median_usd`` combines that estimate with what entrants really
    sell (``entrant_log``, ``entrant_sd``), each weighted by its precision; ``gravity_weight`` is the former's share.
    Markets are uncertain together: ln potential = ln median + ``root`` @ z + ``own_sd`` × w with standard normal z
    (K,), shared, and w (M,), the luck of one firm in one market, so that ``sd_log``² = row sums of ``root``² +
    ``own_sd``².
    The first scores of z are those of the elasticities of access (:func:`beachhead.select.potential.access_root`), the
    next one is about the firm. ``heard`` (M, K): ``root`` without what is about the firm, which others cannot tell.
    What one mode reaches of it is the next stage's: ``ModeChoice.potential_usd``.
    """

    median_usd: Floats
    sd_log: Floats
    p10: Floats
    p50: Floats
    p90: Floats
    factors: tuple[str, ...]
    factor_log: Floats
    factor_sd: Floats
    gravity_log: Floats
    gravity_sd: Floats
    entrant_log: Floats
    entrant_sd: Floats
    gravity_weight: Floats
    root: Floats
    own_sd: Floats
    heard: Floats
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """What was learnt of each market, as factors on what the stages estimate, (M,): the cost of ``entry``, the
    ``weeks`` to the first sale, the ``hazard`` of having to leave; ``entry_sd``: sd of ln entry cost now, nan where the
    mode's own holds; ``told``: markets that something was found out about."""

    entry: Floats
    entry_sd: Floats
    weeks: Floats
    hazard: Floats
    told: NDArray[np.bool_]


def no_factors(markets: int) -> Factors:
    """Nothing learnt: all factors are 1."""
    ones = np.ones(markets)
    return Factors(ones, np.full(markets, np.nan), ones, ones, np.zeros(markets, dtype=bool))


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Where to go: the ranked markets of one firm. Arrays are in rank order."""

    firm: Firm
    home: str
    markets: tuple[str, ...]
    names: tuple[str, ...]
    seed: int
    draws: int
    criteria: tuple[str, ...]
    indicators: tuple[str, ...]
    criterion_of: tuple[str, ...]  # (K,) criterion of each indicator
    weights: Floats  # (K,) stated weights, sum to 1
    values: Floats  # (M, K) expected value, 0–1
    contributions: Floats  # (M, K) points; rows sum to score
    score: Floats  # (M,) 0–100
    attractiveness: Axis
    accessibility: Axis
    axis_cov: Floats  # (M,) covariance of the two axes over draws
    cell: tuple[str, ...]
    middle: tuple[float, float]  # the median economy on both axes: where the cells meet
    pareto: NDArray[np.bool_]
    acceptability: Floats  # (M, M) P(market has rank r), columns r = 1…M
    expected_rank: Floats
    p_top: dict[int, Floats]
    pairwise: Floats  # (M, M) P(row beats column)
    central_weights: Floats  # (M, K) mean weights of the draws in which the market came first; nan if never
    confidence: Floats  # (M,) P(first | central weights)
    levers: tuple[Lever, ...]
    excluded: tuple[Excluded, ...]
    raw: Facts  # (M, K) the figures behind the values, pair, product and firm figures included
    demand: Demand
    potential: Potential
    weight_ground: str  # where the weights came from
    consistency_ratio: float | None  # of pairwise comparison, else None
    assumptions: tuple[Change, ...] = ()  # that the firm has changed
    learnt: Factors | None = None

    @property
    def factors(self) -> Factors:
        """What was learnt, or factors of 1."""
        return self.learnt or no_factors(len(self.markets))

    @property
    def rank(self) -> NDArray[np.int64]:
        """1 … M, in the order of the arrays."""
        return np.arange(1, len(self.markets) + 1)

    def _repr_html_(self) -> str:
        from beachhead.report.notebook import selection_html

        return selection_html(self)

    def row(self, market: str) -> int:
        """Index of a market in the arrays; KeyError if it was not ranked."""
        try:
            return self.markets.index(market)
        except ValueError:
            raise KeyError(market) from None
