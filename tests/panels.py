"""Panels of flows that were made with a known likeness of markets, and the tool that estimates it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np

from beachhead.select.likeness import LENGTH, great_circle, mixture, shared_tongues

TOOL = Path(__file__).parents[1] / "tools" / "estimate_likeness.py"
TRUE = {"near": 0.35, "income": 0.15, "language": 0.15, "own": 0.35, LENGTH: 3000.0}
VARIANCE, NOISE = 2.0, 0.5
NONE = {"near": 0.0, "income": 0.0, "language": 0.0, "own": 1.0, LENGTH: 3000.0}


def tool():
    spec = importlib.util.spec_from_file_location("estimate_likeness", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


estimate = tool()


def world(markets=60, seed=3):
    """Places, incomes and languages at random."""
    rng = np.random.default_rng(seed)
    rich = rng.normal(9, 1.4, markets)
    speak = np.eye(8)[rng.integers(0, 8, markets)]
    km = great_circle(rng.uniform(-180, 180, markets), np.degrees(np.arcsin(rng.uniform(-0.6, 0.9, markets))))
    return {"km": km, "income": np.abs(rich[:, None] - rich), "language": shared_tongues(speak)}


def panel(measured, truth=TRUE, exporters=30, products=4, seed=4):
    """Flows made by the model, with effects of sellers and buyers, gravity, and noise of even and of odd years."""
    rng = np.random.default_rng(seed)
    m = len(measured["km"])
    root = np.linalg.cholesky(VARIANCE * mixture(measured, truth))
    shape = (exporters, products, m)
    x = rng.standard_normal((exporters, 1, m, 1)) * np.ones((1, products, 1, 1))
    lasting = rng.standard_normal(shape) @ root.T
    lasting += x[..., 0] * -0.8 + rng.normal(0, 2, (exporters, products, 1)) + rng.normal(0, 2, (1, products, m))
    even, odd = (lasting + rng.normal(0, np.sqrt(2 * NOISE), shape) for _ in range(2))
    who, what, where = (i.ravel() for i in np.indices(shape))
    seen = rng.random(who.size) < 0.8  # not everyone sells everywhere
    columns = (who.astype(str), what.astype(str), where, ((even + odd) / 2).ravel(), ((even - odd) / 2).ravel())
    return estimate.Flows(*columns, x.reshape(-1, 1)).where(seen)
