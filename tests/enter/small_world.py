"""A small world with round numbers, so that what a mode should cost and be worth can be worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from beachhead.enter.tables import conditions
from beachhead.evidence.model import Country, Facts
from beachhead.firm import Firm
from beachhead.select.result import no_factors

INDICATORS = tuple(
    sorted({c.subject for c in conditions() if c.kind in ("market", "rights")} | {"gni_per_capita", "doing_business"})
)
GOOD = {
    "gni_per_capita": 50_000.0,
    "doing_business": 80.0,
    "internet_users": 95.0,
    "broadband": 40.0,
    "consumption_per_capita": 30_000.0,
    "lpi": 4.0,
    "lpi_customs": 4.0,
    "lpi_timeliness": 4.2,
}
REGIONS = {"AAA": "North", "BBB": "North", "CCC": "North", "DDD": "South", "EEE": "South", "HOM": "South"}
INCOME = {"AAA": "High", "BBB": "High", "CCC": "Low", "DDD": "High", "EEE": "Low", "HOM": "Low"}
# pair -> (km, contiguous, common official language); everything else is far and foreign
TIES = {("AAA", "BBB"): (500.0, 1, 1), ("AAA", "CCC"): (900.0, 1, 0), ("AAA", "DDD"): (9000.0, 0, 1)}


def country(code: str) -> Country:
    """A made-up country of the small world."""
    return Country(code, code[:2], "000", f"Land {code}", REGIONS[code], INCOME[code], "USD", ("en",), "UTC", 0.0)


@dataclass
class World:
    """Stands for Evidence: facts, the countries and what lies between them."""

    value: dict[str, dict[str, float]] = field(default_factory=lambda: {c: dict(GOOD) for c in REGIONS})
    vintage: str = "2026-11"

    @property
    def catalogue(self) -> Any:
        return SimpleNamespace(countries={c: country(c) for c in REGIONS})

    def facts(self) -> Facts:
        markets = tuple(REGIONS)
        value = np.array([[self.value[m].get(i, 1.5) for i in INDICATORS] for m in markets])
        zero = np.zeros_like(value)
        return Facts(
            markets, INDICATORS, value, zero, zero, zero.astype(np.int16), zero.astype(np.int8), zero.astype(object)
        )

    def fact(self, indicator: str, market: str) -> Any:
        return SimpleNamespace(value=self.value[market][indicator])

    def query(self, name: str, home: str) -> dict[str, np.ndarray]:
        assert name == "pairs_from"
        rows = [TIES.get((home, d), TIES.get((d, home), (9000.0, 0, 0))) for d in REGIONS]
        distance, contiguous, language = (np.array(column) for column in zip(*rows, strict=True))
        return {
            "destination": np.array(list(REGIONS), dtype=object),
            "distance": distance,
            "contiguous": contiguous,
            "common_official_language": language,
        }

    def with_value(self, indicator: str, value: float) -> World:
        """The same world, with one indicator set everywhere."""
        return replace(self, value={m: {**v, indicator: value} for m, v in self.value.items()})


def make_firm(**changes: Any) -> Firm:
    """A maker of shoes with some cash; ``changes`` replace whole sections of the firm file."""
    draft: dict[str, Any] = {
        "name": "Test Shoes",
        "home": "HOM",
        "sector": "manufacturing",
        "sells": [{"code": "hs:64"}],
        "sales": {"home_usd": 5_000_000, "gross_margin": 0.4},
        "capacity": {"team": 30, "export_hours_per_week": 60},
        "cash": {"available_usd": 500_000, "floor_usd": 50_000},
    }
    return Firm.model_validate(draft | changes)


def make_selection(firm: Firm, median: float = 200_000.0, sd: float = 1.0) -> Any:
    """Stands for Selection: the ranked markets and the potential of each."""
    markets = tuple(m for m in REGIONS if m != firm.home)
    potential = SimpleNamespace(median_usd=np.full(len(markets), median), sd_log=np.full(len(markets), sd))
    return SimpleNamespace(firm=firm, markets=markets, potential=potential, factors=no_factors(len(markets)))
