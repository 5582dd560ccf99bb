"""What would change the answer: how far the shortlist would move if one thing were known for sure.

Knowing indicator k of every market replaces its expected values by true ones, drawn from what is now believed: the
shortlist is then taken anew from expected scores. The mean number of markets replaced is the lever of k (in the manner
of the expected value of partial perfect information, counted in markets instead of money). The weights are a lever too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.select.result import Lever
from beachhead.select.smaa import Singles, top_changes

WEIGHTS = "weights"


def find_levers(
    trials: Singles,
    mean_values: Floats,
    weights: Floats,
    drawn: Floats,
    names: tuple[tuple[str, str], ...],
    top: int,
) -> tuple[Lever, ...]:
    """Levers, strongest first. ``trials`` (T, M, K), ``mean_values`` (M, K), ``weights`` (K,), ``drawn`` (D, K)."""
    score = mean_values @ weights
    base = np.argsort(-score, kind="stable")
    top = min(top, len(score))
    found = [_weights_lever(mean_values, drawn[: len(trials)], base, top)]
    for k, (indicator, name) in enumerate(names):
        if weights[k] > 0:
            shift = weights[k] * (trials[:, :, k] - mean_values[:, k])
            changes, p_first = top_changes((score + shift).astype(np.float32), base, top)
            found.append(Lever(indicator, name, changes, p_first))
    return tuple(sorted(found, key=lambda lever: (-lever.changes, lever.indicator)))


def _weights_lever(mean_values: Floats, drawn: Floats, base: NDArray[np.int64], top: int) -> Lever:
    scores = (drawn @ mean_values.T).astype(np.float32)
    changes, p_first = top_changes(scores, base, top)
    return Lever(WEIGHTS, "how you weigh the criteria", changes, p_first)
