"""Must-haves: each removes just the markets that fail it, says why with the figures, and lets the others stay."""

import numpy as np
import pytest
from cases import evidence_for, example

from beachhead.assumptions import Assumptions
from beachhead.firm import Screen
from beachhead.select.market import market_figures
from beachhead.select.proximity import spoken_share
from beachhead.select.screen import LIMITS, screen

# field -> (value, a market that goes, a market that stays, words of the reason)
CASES = {
    "exclude": (("CHN",), "CHN", "JPN", "list of exclusions"),
    "only": (("DEU", "FRA"), "USA", "DEU", "not on your list"),
    "regions": (("South Asia",), "DEU", "NPL", "not in a region you look at"),
    "languages": (("fr",), "DEU", "FRA", "of people speak one of fr"),
    "min_gdp_usd": (1e12, "NPL", "DEU", "under your 1,000,000,000,000"),
    "min_population": (5e7, "SGP", "DEU", "fewer than your 50,000,000"),
    "min_gni_per_capita": (20_000, "NPL", "DEU", "under your 20,000"),
    "max_distance_km": (3000, "USA", "NPL", "beyond your 3,000 km"),
    "max_timezone_gap_hours": (3, "USA", "NPL", "over your 3.0"),
    "max_tariff_pct": (5, "ETH", "SGP", "over your 5.0 %"),
    "max_inform_risk": (3, "AFG", "SGP", "over your 3.0"),
    "min_political_stability": (0, "PAK", "SGP", "under your 0.00"),
    "min_rule_of_law": (0.5, "PAK", "SGP", "under your 0.50"),
    "require_agreement": (True, "USA", "JPN", "no full trade agreement"),
}


def removed(**rules):
    firm, _, _ = example("india_mobile_app")
    evidence = evidence_for()
    figures = market_figures(firm, evidence, Assumptions({}))
    firm = firm.model_copy(update={"screen": Screen(**rules)})
    return {x.market: x.reason for x in screen(firm, evidence, figures)}


def test_every_must_have_is_tried_here():
    assert set(CASES) == set(Screen.model_fields)
    assert {limit.field for limit in LIMITS} < set(CASES)


@pytest.mark.parametrize("field", CASES)
def test_a_must_have_removes_who_fails_it_and_says_why(field):
    value, goes, stays, words = CASES[field]
    reasons = removed(**{field: value})
    assert words in reasons[goes]
    assert stays not in reasons


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.field)
def test_a_limit_removes_all_that_break_it_and_no_other(limit):
    evidence = evidence_for()
    firm, _, _ = example("india_mobile_app")
    x = market_figures(firm, evidence, Assumptions({}))[limit.indicator]
    bound = float(np.clip(np.median(x), 0, 10)) if "risk" in limit.field else float(np.median(x))
    gone = set(removed(**{limit.field: bound})) - {"IND"}
    fails = x < bound if limit.floor else x > bound
    assert gone == {m for m, f in zip(evidence.markets, fails, strict=True) if f and m != "IND"}


def test_without_must_haves_only_home_is_left_out():
    assert removed() == {"IND": "home market"}


def test_more_languages_are_spoken_by_more_people_and_none_by_nobody():
    evidence = evidence_for()
    none, english, both = (spoken_share(x, evidence) for x in ((), ("en",), ("en", "fr")))
    assert np.all(none == 0)
    assert np.all(both >= english) and both[evidence.markets.index("FRA")] > 0.9
