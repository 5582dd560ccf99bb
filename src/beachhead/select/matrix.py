"""The attractiveness × accessibility matrix: Pareto front, named cells, ellipses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats

CELLS = ("go now", "build access", "easy but small", "leave")


def pareto_front(attractive: Floats, accessible: Floats) -> NDArray[np.bool_]:
    """True where no other market is at least as good on both axes and better on one. Sort and sweep, O(M log M)."""
    order = np.lexsort((-accessible, -attractive))
    front = np.zeros(len(order), bool)
    best, at = -np.inf, np.nan
    for m in order:
        equal_to_last = accessible[m] == best and attractive[m] == at
        if accessible[m] > best or equal_to_last:
            front[m] = True
            best, at = accessible[m], attractive[m]
    return front


def name_cells(attractive: Floats, accessible: Floats, middle: tuple[float, float]) -> tuple[str, ...]:
    """The cell of each market; ``middle`` is the median economy's place on both axes."""
    names = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
    pairs = zip(attractive >= middle[0], accessible >= middle[1], strict=True)
    return tuple(CELLS[names[bool(a), bool(b)]] for a, b in pairs)


def ellipse(
    mean: tuple[float, float], sd: tuple[float, float], cov: float, level: float = 0.8, points: int = 48
) -> Floats:
    """Outline (points, 2) of the region that holds ``level`` of a bivariate normal: radius² = −2 ln(1 − level)."""
    sigma = np.array([[sd[0] ** 2, cov], [cov, sd[1] ** 2]])
    values, vectors = np.linalg.eigh(sigma)
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.sqrt(-2 * np.log(1 - level)) * np.stack([np.cos(angle), np.sin(angle)])
    out: Floats = (vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * circle)).T + np.array(mean)
    return out
