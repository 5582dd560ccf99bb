"""Training of the models that the package ships, and of others for a back-test that leaves exporters out.

Needs the extra ``[skill]`` (LightGBM: Ke et al. 2017). Using a model needs nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.skill.features import features
from beachhead.skill.panel import Panel
from beachhead.skill.tasks import cases
from beachhead.skill.trees import Trees, of_nested

Watch = Callable[[str, float], None]
KEPT = 0.12  # share of the candidates that did not open which training looks at, each with so much more weight
TASKS = {"entry": "binary", "growth": "regression"}
SETTINGS: dict[str, dict[str, Any]] = {
    "entry": {"num_leaves": 95, "min_data_in_leaf": 400, "feature_fraction": 0.25, "lambda_l2": 20.0, "max_depth": 14},
    "growth": {"num_leaves": 31, "min_data_in_leaf": 200, "feature_fraction": 0.3, "lambda_l2": 20.0},
}
ROUNDS = {"entry": 600, "growth": 400}
SHARED = {
    "learning_rate": 0.03, "bagging_fraction": 0.8, "bagging_freq": 1, "verbose": -1, "deterministic": True,
    "force_row_wise": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a model is trained on: features (N, F) by ``names``, ``outcome`` (N,) and ``weight`` (N,)."""

    names: tuple[str, ...]
    values: NDArray[np.float32]
    outcome: Floats
    weight: Floats


def fit(
    panel: Panel, base_years: Iterable[int], *, task: str = "entry", without: Collection[str] = (), seed: int = 1,
    rounds: int = 0, watch: Watch | None = None,
) -> Trees:  # fmt: skip
    """Trees trained on the candidates of some base years, leaving out the exporters ``without``.

    Raises InputError if LightGBM is not there, or nothing is left to learn from.
    """
    lightgbm = _lightgbm()
    parts = list(_samples(panel, sorted(base_years), task, frozenset(without), seed, watch))
    if not parts or not sum(len(p.outcome) for p in parts):
        raise bad("base-years", ",".join(map(str, base_years)), "there is nothing in them to learn from")
    names = parts[0].names
    x, y, w = (np.concatenate([getattr(p, f) for p in parts]) for f in ("values", "outcome", "weight"))
    data = lightgbm.Dataset(x, y, weight=w, feature_name=list(names))
    settings = {"objective": TASKS[task], "seed": seed, **SHARED, **SETTINGS[task]}
    booster = lightgbm.train(settings, data, rounds or ROUNDS[task], callbacks=_told(watch, rounds or ROUNDS[task]))
    return of_nested(booster.dump_model()["tree_info"], names)


def _lightgbm() -> Any:
    try:
        import lightgbm
    except (ImportError, OSError):  # OSError: it is there, but the OpenMP library of the system is not
        raise bad("split", "exporter", 'training a model needs LightGBM: pip install "beachhead[skill]"') from None
    return lightgbm


def _samples(
    panel: Panel, years: list[int], task: str, without: frozenset[str], seed: int, watch: Watch | None
) -> Iterable[Sample]:
    for k, t in enumerate(years):
        if watch:
            watch(f"{task} {t}: features", 0.5 * k / len(years))
        yield sample(panel, t, task, without, seed)


def sample(panel: Panel, t: int, task: str, without: Collection[str] = (), seed: int = 1) -> Sample:
    """One base year: all that opened, and ``KEPT`` of the rest; for *growth* everything."""
    found, _ = cases(panel, task, t)
    left_out = np.isin(np.array(panel.countries)[found.exporter], list(without))
    rng = np.random.Generator(np.random.PCG64([seed, t]))
    lot = rng.random(len(found)) < (KEPT if task == "entry" else 1.0)
    keep = (lot | ((found.outcome > 0) & (task == "entry"))) & ~left_out
    made = features(panel.until(t), found)
    weight = np.where((found.outcome > 0) | (task != "entry"), 1.0, 1 / KEPT)
    return Sample(made.names, made.values[keep], found.outcome[keep], weight[keep])


def _told(watch: Watch | None, rounds: int) -> list[Callable[[Any], None]]:
    if watch is None:
        return []
    tell = watch
    return [lambda state: tell("training", 0.5 + 0.5 * state.iteration / rounds)]
