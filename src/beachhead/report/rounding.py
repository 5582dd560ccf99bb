"""How numbers stand in JSON."""

from __future__ import annotations

import numpy as np


def number(x: float, decimals: int = 9) -> float | None:
    """A float for JSON: rounded, without negative zero; None where it is not known."""
    return round(float(x), decimals) + 0.0 if np.isfinite(x) else None
