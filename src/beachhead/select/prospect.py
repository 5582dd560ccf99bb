"""What the record of others adds to the criteria: the chance that exporters from the firm's home get into a market.

The model of entry (:mod:`beachhead.skill.model`) has been asked for every product whose trade between countries is in
the snapshot. The chance takes a stated share of the score, found by back-test (``docs/methods/record.md``); the
criteria share the rest as the owner weighs them. Without such figures nothing is added: the criteria stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.firm import Firm, main_offer
from beachhead.select.columns import column
from beachhead.select.result import IMPUTED, Column, Demand
from beachhead.select.value import expected_value
from beachhead.skill.prospect_table import shipped

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

INDICATOR = "prospect"
SOURCE = "beachhead-model"
LEAST = 1e-9  # a chance below it is none, and has no logarithm worth telling apart
LINE = "hs6"  # the kind of demand that rests on trade in the product itself, pair by pair


@dataclass(frozen=True, slots=True)
class Scale:
    """The chances that score 0 and 1: a fixed percentile of all candidates that there were, and certainty.

    ``sd``: of the log-odds, from how far what opened departed from what was expected (``skill/prospect.csv``).
    """

    low: float
    high: float
    sd: float

    def value(self, chance: Floats) -> Floats:
        """Expected value 0–1 of chances of any shape; linear in the logarithm between the two."""
        span = np.log(self.high / self.low)
        return expected_value(np.log(np.maximum(chance, LEAST) / self.low) / span, self.spread(chance) / span)

    def spread(self, chance: Floats) -> Floats:
        """Sd of ln p, of any shape: that of the log-odds, less towards certainty (d ln p = (1 − p) d logit p)."""
        return np.asarray(self.sd * (1 - chance))


@cache
def scale() -> Scale:
    """The scale of ``skill/prospect.csv``."""
    import csv

    text = files("beachhead.skill").joinpath("prospect.csv").read_text(encoding="utf-8")
    rows = {row["id"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}
    return Scale(rows["chance_low"], rows["chance_high"], rows["chance_sd"])


def line_of(firm: Firm) -> str | None:
    """The six digits of what the firm mainly sells, which decides as it does for tariffs; None of anything else."""
    system, _, code = main_offer(firm).code.partition(":")
    return code if system == "hs" and len(code) == 6 else None


def prospect_for(firm: Firm, evidence: Evidence, demand: Demand) -> Column | None:
    """Chance (M,) that exporters from home will sell in each market: get in where they do not sell yet, stay where
    they do. None where the model has not spoken of the product, or hardly anybody at home exports it.
    """
    line = line_of(firm)
    found = shipped(evidence, firm.home, line) if line and demand.kind == LINE else None
    if found is None:
        return None
    return column(found.chance, scale().spread(found.chance), found.base_year, IMPUTED, SOURCE)
