"""Ways of ordering markets that the back-test compares: a table of functions, each blind to what came after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from beachhead.evidence.model import Floats
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases

Scoring = Callable[[Panel, Cases], Floats]


@dataclass(frozen=True, slots=True)
class Spec:
    """One way of ordering: ``target`` is "module:function" with the signature (panel, cases) -> (N,).

    The panel it is given ends with the base year. Higher means sooner; ``probability``: whether it is a chance, so
    that calibration can be judged; ``tasks``: where it takes part; ``data``: on which sets, all if empty.
    """

    name: str
    label: str
    what: str
    target: str
    tasks: tuple[str, ...]
    probability: bool = False
    data: tuple[str, ...] = ()

    def __call__(self, known: Panel, cases: Cases) -> Floats:
        """Scores (N,) of the candidates."""
        module, name = self.target.split(":")
        scoring: Scoring = getattr(import_module(module), name)
        return scoring(known, cases)


_HERE = "beachhead.skill"
_PAIRS = ("growth", "level")
_ALL = ("entry", *_PAIRS)
SCORES: tuple[Spec, ...] = (
    Spec("model", "Our model", "Chance that the market opens: boosted trees trained on base years to 2010.",
         f"{_HERE}.model:model_score", ("entry",), probability=True),
    Spec("model", "Our model", "Expected growth: boosted trees trained on base years to 2010.",
         f"{_HERE}.model:growth_score", ("growth",)),
    Spec("model", "Our model", "What runs now, grown as the model expects.", f"{_HERE}.model:level_score", ("level",)),
    Spec("selection_with_model", "Our ranking", "Our score of attractiveness and accessibility, with the model's part.",
         f"{_HERE}.composite:selection_with_model_score", ("entry",)),
    Spec("selection", "Our ranking without the model", "The score alone, as it would have been at the base year.",
         f"{_HERE}.composite:selection_score", _ALL),
    Spec("market_size", "Market size", "What the market imports of it.", f"{_HERE}.baselines:market_size", _ALL),
    Spec("suppliers", "Number of suppliers", "How many countries supply the market with it.",
         f"{_HERE}.baselines:suppliers", _ALL),
    Spec("links", "Exporter's other links", "In how many other products the exporter sells there.",
         f"{_HERE}.baselines:links", _ALL),
    Spec("ever_before", "Sold there before", "How lately it was sold there before the last three years.",
         f"{_HERE}.baselines:ever_before", ("entry",)),
    Spec("distance", "Nearest first", "Kilometres.", f"{_HERE}.baselines:distance", _ALL),
    Spec("taught", "Simple rules, taught", "Logistic regression on the simple rules, learnt from five years before.",
         f"{_HERE}.baselines:taught", ("entry",)),
    Spec("gravity", "Gravity", "Flow that structural gravity (PPML) fits.", f"{_HERE}.gravity:gravity_score", _ALL),
    Spec("epi", "Export potential (EPI)", "Supply × ease × demand after the International Trade Centre.",
         f"{_HERE}.epi:epi_score", _ALL),
    Spec("composite", "Composite index", "Eight dimensions of markets, min-max, as published indices do.",
         f"{_HERE}.composite:composite_score", _ALL),
    Spec("density", "Product space, exporter", "Density of what the exporter sells around the product.",
         f"{_HERE}.space:density_score", _ALL),
    Spec("link_density", "Product space, market", "Density of what the exporter sells there around the product.",
         f"{_HERE}.space:link_density_score", _ALL),
    Spec("market_density", "Product space, buyers", "Density of what the market buys around the product.",
         f"{_HERE}.space:market_density_score", _ALL),
    Spec("room", "Room left by gravity", "Fitted flow over actual.", f"{_HERE}.gravity:room_score", ("growth",)),
    Spec("persistence", "As it is", "What the pair trades now.", f"{_HERE}.baselines:persistence", _PAIRS),
    Spec("smaller_first", "Smallest first", "What is small may grow.", f"{_HERE}.baselines:smaller_first", ("growth",)),
    Spec("past_growth", "As it grew", "Growth of the pair's trade in the three years before.",
         f"{_HERE}.baselines:past_growth", ("growth",)),
)  # fmt: skip
