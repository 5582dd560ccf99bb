"""Must-haves: markets that the owner rules out, each with the reason in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.firm import Firm, Screen
from beachhead.select.proximity import spoken_share
from beachhead.select.result import Excluded

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

Reasons = list[str | None]
SPOKEN_AT_LEAST = 0.2  # a language counts as usable in a market from this share of its people on


@dataclass(frozen=True, slots=True)
class Limit:
    """One numeric must-have: field of ``Screen``, indicator, whether it is a floor, and how to say it."""

    field: str
    indicator: str
    floor: bool
    words: str


LIMITS = (
    Limit("min_gdp_usd", "gdp_usd", True, "GDP of {:,.0f} USD is under your {:,.0f}"),
    Limit("min_population", "population", True, "{:,.0f} people are fewer than your {:,.0f}"),
    Limit("min_gni_per_capita", "gni_per_capita", True, "income per head of {:,.0f} USD is under your {:,.0f}"),
    Limit(
        "min_political_stability", "wgi_political_stability", True, "political stability of {:.2f} is under your {:.2f}"
    ),
    Limit("min_rule_of_law", "wgi_rule_of_law", True, "rule of law of {:.2f} is under your {:.2f}"),
    Limit("max_inform_risk", "inform_risk", False, "crisis risk of {:.1f} is over your {:.1f}"),
    Limit("max_tariff_pct", "applied_tariff", False, "applied tariff of {:.1f} % is over your {:.1f} %"),
    Limit("max_distance_km", "distance", False, "{:,.0f} km away is beyond your {:,.0f} km"),
    Limit("max_timezone_gap_hours", "timezone_gap", False, "{:.1f} hours' time difference is over your {:.1f}"),
)


def screen(firm: Firm, evidence: Evidence, figures: dict[str, Floats]) -> tuple[Excluded, ...]:
    """Markets that a must-have removes, with the first reason found; ``figures`` holds (M,) values by indicator."""
    markets = evidence.markets
    reasons: Reasons = [None] * len(markets)
    for rule in (_named, _limits, _worded):
        for m, reason in rule(firm.screen, evidence, figures):
            reasons[m] = reasons[m] or reason
    home = markets.index(firm.home)
    reasons[home] = "home market"
    return tuple(Excluded(markets[m], r) for m, r in enumerate(reasons) if r)


def conflict(firm: Firm, evidence: Evidence, figures: dict[str, Floats]) -> str:
    """Which must-haves leave no market, and how many each removes by itself."""
    given = firm.screen.model_dump(exclude_defaults=True)
    counts = []
    for name, value in given.items():
        alone = firm.model_copy(update={"screen": Screen.model_validate({name: value})})
        counts.append(f"screen.{name} alone removes {len(screen(alone, evidence, figures)) - 1}")
    return f"no market is left of {len(evidence.markets) - 1}: {'; '.join(counts)}. Loosen one of them."


Rule = Callable[[Screen, "Evidence", dict[str, Floats]], Iterator[tuple[int, str]]]


def _named(rules: Screen, evidence: Evidence, figures: dict[str, Floats]) -> Iterator[tuple[int, str]]:
    for m, market in enumerate(evidence.markets):
        if market in rules.exclude:
            yield m, "on your list of exclusions"
        elif rules.only and market not in rules.only:
            yield m, "not on your list of markets to look at"


def _limits(rules: Screen, evidence: Evidence, figures: dict[str, Floats]) -> Iterator[tuple[int, str]]:
    for limit in LIMITS:
        bound = getattr(rules, limit.field)
        if bound is None:
            continue
        x = figures[limit.indicator]
        for m in np.flatnonzero(x < bound if limit.floor else x > bound):
            yield int(m), limit.words.format(x[m], bound).replace("-", "−")


def _worded(rules: Screen, evidence: Evidence, figures: dict[str, Floats]) -> Iterator[tuple[int, str]]:
    if rules.regions:
        for m, market in enumerate(evidence.markets):
            region = evidence.catalogue.countries[market].region
            if region not in rules.regions:
                yield m, f"in {region}, not in a region you look at"
    if rules.require_agreement:
        for k in np.flatnonzero(figures["agreement"] < 1):
            yield int(k), "no full trade agreement with your home country"
    if rules.languages:
        share = spoken_share(rules.languages, evidence)
        for k in np.flatnonzero(share < SPOKEN_AT_LEAST):
            yield int(k), f"{share[k]:.0%} of people speak one of {', '.join(rules.languages)}"
