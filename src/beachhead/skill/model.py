"""The shipped models of where trade begins and grows, and what they say of candidates.

``models/entry.parquet``: log-odds that a market which buys none of the product from the exporter will buy for at least
50,000 USD over the years t+3 … t+5. ``models/growth.parquet``: mid-point growth of a flow that runs. Boosted trees,
trained on BACI-74 with base years up to 2010 (``train.py``, ``tools/train_skill.py``); ``models/*.json`` are their
cards. Running them needs NumPy alone.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.skill.features import features
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases
from beachhead.skill.trees import Trees, read_trees

MODELS = ("entry", "growth")
TRAINED_UNTIL = 2010  # the last base year that training saw; its outcomes reach five years further
AT_ONCE = 100_000  # candidates whose features are held at a time


def folder() -> Path:
    """Where the shipped models are."""
    return Path(str(files("beachhead.skill"))) / "models"


@cache
def shipped(name: str) -> Trees:
    """The trees of a shipped model, ``entry`` or ``growth``."""
    return read_trees(folder() / f"{name}.parquet")


@cache
def card(name: str) -> dict[str, Any]:
    """What a shipped model is, what it was trained on, how well it did, and where it ends."""
    found: dict[str, Any] = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
    return found


def log_odds(trees: Trees, names: tuple[str, ...], values: NDArray[np.float32]) -> Floats:
    """Sums of the trees (N,) for features (N, F) by their names, in whatever order these come."""
    order = [names.index(name) for name in trees.names]
    parts = [trees.sums(values[at : at + AT_ONCE][:, order]) for at in range(0, len(values), AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty(0)


def chance(x: Floats) -> Floats:
    """Log-odds as a chance."""
    from scipy.special import expit

    return np.asarray(expit(x))


def model_score(known: Panel, cases: Cases, trees: Trees | None = None) -> Floats:
    """Chance (N,) that each candidate opens, by the shipped model or the ``trees`` given."""
    found = features(known, cases)
    return chance(log_odds(trees or shipped("entry"), found.names, found.values))


def growth_score(known: Panel, cases: Cases, trees: Trees | None = None) -> Floats:
    """Expected mid-point growth (N,) of each running flow, −2 to 2."""
    found = features(known, cases)
    return np.clip(log_odds(trees or shipped("growth"), found.names, found.values), -2, 2)


def level_score(known: Panel, cases: Cases, trees: Trees | None = None) -> Floats:
    """Expected size (N,) of each running flow, USD over three years: what runs now, grown as the model expects.

    From g = (a − b) / ((a + b) / 2) follows a = b (2 + g) / (2 − g).
    """
    from beachhead.skill.baselines import persistence

    g = np.clip(growth_score(known, cases, trees), -1.999, 1.999)
    return np.asarray(persistence(known, cases) * (2 + g) / (2 - g))
