"""The scale of an indicator: logarithm for sizes, inverse hyperbolic sine for skewed rates, else linear.

Staleness, anchors, imputation and draws all work on this scale; the natural unit is for the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from beachhead.errors import bad
from beachhead.evidence.model import Floats

Map = Callable[[Floats], Floats]


def _same(x: Floats) -> Floats:
    return x


def _log(x: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(x)


# transform -> (to the scale, back, absolute slope of the way back as a function of the natural value)
SCALES: Final[dict[str, tuple[Map, Map, Map]]] = {
    "log": (_log, np.exp, np.abs),
    "asinh": (np.arcsinh, np.sinh, lambda x: np.hypot(x, 1.0)),
    "linear": (_same, _same, np.ones_like),
}


def _scale(transform: str) -> tuple[Map, Map, Map]:
    if transform not in SCALES:
        raise bad("transform", transform, "use one of " + ", ".join(SCALES))
    return SCALES[transform]


def to_scale(x: ArrayLike, transform: str) -> Floats:
    """Natural values, any shape, on the scale of ``transform``; log gives -inf for 0 and NaN below."""
    return _scale(transform)[0](np.asarray(x, dtype=np.float64))


def from_scale(t: ArrayLike, transform: str) -> Floats:
    """The inverse of :func:`to_scale`."""
    return _scale(transform)[1](np.asarray(t, dtype=np.float64))


def sd_natural(value: ArrayLike, sd_t: ArrayLike, transform: str) -> Floats:
    """Standard deviation in the natural unit, at ``value``, of ``sd_t`` on the scale (delta method)."""
    slope = _scale(transform)[2](np.asarray(value, dtype=np.float64))
    return np.asarray(slope * np.asarray(sd_t, dtype=np.float64))


def sd_scale(value: ArrayLike, sd: ArrayLike, transform: str) -> Floats:
    """Standard deviation on the scale of ``sd`` in the natural unit at ``value`` (delta method)."""
    slope = _scale(transform)[2](np.asarray(value, dtype=np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.asarray(sd, dtype=np.float64) / slope)
