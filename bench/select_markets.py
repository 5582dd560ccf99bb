"""How quickly markets are ranked under uncertainty, beside the same ranking looped in pymcdm and in scikit-criteria.

Ours: ``select_markets`` whole, with demand, potential, acceptabilities, winning indices and levers; then the ranking
alone. A peer does one thing per draw: it draws the figures, sums their values by weight, and ranks. The peers are timed
over fewer draws, and the time is scaled in proportion.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from unittest.mock import patch

import numpy as np
from measure import EXAMPLE, Row, Section, seconds, show
from numpy.typing import NDArray
from pymcdm.helpers import rrankdata
from pymcdm.methods import WSM

from beachhead import Evidence, Firm, load_evidence, load_firm, select_markets
from beachhead.select import smaa

Floats = NDArray[np.float64]
Ranker = Callable[[Floats, Floats], Floats]  # values (M, K), weights (K,) -> ranks (M,)
DRAWS = 10_000
PEER_DRAWS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What ``select_markets`` hands to its sampler: values and their sds (M, K), drawn weights (DRAWS, K)."""

    centre: Floats
    spread: Floats
    weights: Floats
    split: int
    markets: tuple[str, ...]
    seed: int


def problem(firm: Firm, evidence: Evidence) -> Problem:
    """The very problem that ``select_markets`` solves, caught on its way to the sampler."""
    with patch.object(smaa, "draw_scores", wraps=smaa.draw_scores) as sampler:
        select_markets(firm, evidence, draws=DRAWS)
    return Problem(*sampler.call_args.args)


def rank_ours(given: Problem) -> Floats:
    """P(market has rank r), from draws of weights and figures."""
    scores = smaa.draw_scores(*(getattr(given, field.name) for field in fields(given)))
    return smaa.rank_acceptability(smaa.ranks(scores.total))


def with_pymcdm(values: Floats, weights: Floats, checks: bool = True) -> Floats:
    """One ranking in pymcdm. Our values are on one scale already, so nothing is normalised."""
    method = WSM(normalization_function=lambda x, cost: x)
    return np.asarray(rrankdata(method(values, weights, np.ones(len(weights)), validation=checks)))


def with_scikit_criteria(values: Floats, weights: Floats) -> Floats:
    """One ranking in scikit-criteria."""
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel

    matrix = skcriteria.mkdm(values, [max] * len(weights), weights=weights)
    return np.asarray(WeightedSumModel().evaluate(matrix).rank_)


PEERS: dict[str, Ranker] = {
    "pymcdm": with_pymcdm,
    "scikit-criteria": with_scikit_criteria,
    "pymcdm, its checks of input off": partial(with_pymcdm, checks=False),
}


def rank_peer(given: Problem, ranker: Ranker) -> Floats:
    """The same as ours, draw by draw."""
    warnings.simplefilter("ignore")  # pymcdm warns when weights sum to 1 − 1e-16
    rng, m = np.random.default_rng(1), len(given.centre)
    out = np.zeros((m, m))
    for d in range(PEER_DRAWS):
        values = np.clip(given.centre + given.spread * rng.standard_normal(given.centre.shape), 0, 1)
        out[np.arange(m), ranker(values, given.weights[d]).astype(int) - 1] += 1
    return out / PEER_DRAWS


def measure() -> Section:
    """Seconds on the clock."""
    firm = load_firm(EXAMPLE)
    evidence = load_evidence(user=firm.evidence)
    given, scale = problem(firm, evidence), DRAWS / PEER_DRAWS
    whole = seconds(partial(select_markets, firm, evidence, draws=DRAWS))
    alone = seconds(partial(rank_ours, given))
    peers = {name: scale * seconds(partial(rank_peer, given, ranker)) for name, ranker in PEERS.items()}
    m, k = given.centre.shape
    return Section(
        "Selection",
        "python bench/select_markets.py",
        (
            Row("`select_markets`, all of it", whole, "s", "pymcdm, ranks only", peers["pymcdm"], 1.0),
            *(Row("ranks only", alone, "s", f"{name}, ranks only", taken) for name, taken in peers.items()),
        ),
        f"{DRAWS:,} draws of weights and figures, {m} markets, {k} indicators, after loading. Peers: weighted sum, "
        f"over {PEER_DRAWS} draws, time scaled by {scale:g}.",
    )


if __name__ == "__main__":
    show([measure()])
