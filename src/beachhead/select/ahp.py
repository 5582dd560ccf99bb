"""Pairwise comparison of criteria: the analytic hierarchy process (Saaty 1980)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.errors import bad
from beachhead.evidence.model import Floats

# Mean consistency index of random reciprocal matrices of order n (Alonso & Lamata 2006, table 1).
RANDOM_INDEX = {3: 0.5245, 4: 0.8815, 5: 1.1086, 6: 1.2479, 7: 1.3417, 8: 1.4056, 9: 1.4499, 10: 1.4854}


@dataclass(frozen=True, slots=True, eq=False)
class Pairwise:
    """Weights (n,) that sum to 1, and how far the answers contradict each other (0 = not at all; ≤ 0.1 is usual)."""

    weights: Floats
    consistency_ratio: float


def comparison_matrix(names: tuple[str, ...], answers: dict[str, float]) -> Floats:
    """Reciprocal matrix (n, n) from answers such as ``{"a/b": 3}``; every pair must be answered once."""
    at = {name: i for i, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(matrix, 1.0)
    for pair, ratio in answers.items():
        a, _, b = pair.partition("/")
        if a not in at or b not in at or a == b:
            raise bad("weights.pairwise", pair, f"compare two of: {', '.join(names)}, written a/b")
        matrix[at[a], at[b]], matrix[at[b], at[a]] = ratio, 1 / ratio
    missing = [f"{names[i]}/{names[j]}" for i, j in np.argwhere(np.isnan(matrix)) if i < j]
    if missing:
        raise bad("weights.pairwise", f"{len(missing)} pairs missing", f"compare also {', '.join(missing)}")
    return matrix


def eigenvector_weights(matrix: Floats) -> Pairwise:
    """Principal right eigenvector of a positive reciprocal matrix, and its consistency ratio.

    The ratio is (λ − n) / (n − 1) over the mean of random matrices of that order.
    """
    n = len(matrix)
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    weights = np.abs(vectors[:, first].real)
    index = (values[first].real - n) / (n - 1) if n > 1 else 0.0
    ratio = max(index, 0.0) / RANDOM_INDEX[n] if n in RANDOM_INDEX else 0.0
    return Pairwise(weights / weights.sum(), float(ratio))
