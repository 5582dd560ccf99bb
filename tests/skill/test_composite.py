"""What our own criteria would have scored, and a composite of peers: the same formulas, for all candidates at once."""

from collections import Counter

import numpy as np
import pytest
from cases import example
from hypothesis import given
from hypothesis import strategies as st
from panels_of_skill import small_panel
from scipy.stats import spearmanr

from beachhead import select_markets
from beachhead.firm import Offer, Screen, WeightChoice
from beachhead.select.tables import criteria, indicator_weights
from beachhead.skill.asof import evidence_at
from beachhead.skill.composite import (
    composite_score,
    dimensions,
    market_index,
    market_points,
    pair_points,
    product_points,
    selection_score,
    spoken,
    yardstick,
)
from beachhead.skill.tasks import cases

FIRMS = [("IND", "250810"), ("NOR", "760110"), ("CHE", "252910")]


def plain_firm(home, code):
    """A maker of goods that speaks its official languages, knows nobody abroad and goes by the criteria alone."""
    firm, evidence, _ = example("india_bentonite")
    rows = evidence.query("languages_all")
    languages = tuple(sorted({str(x) for x in rows["language"][(rows["market"] == home) & rows["official"]]}))
    bare = {"experience": (), "contacts": (), "presence": (), "weights": WeightChoice(), "screen": Screen()}
    sells = (Offer(code=f"hs:{code}", share=1.0),)
    own = {"home": home, "sells": sells, "languages": languages, "assumptions": {"prospect_weight": 0.0}}
    return firm.model_copy(update=bare | own), evidence


def points(evidence, home, code):
    """(M,) what the vectorised score gives a home and product, put together from its parts."""
    by = yardstick(evidence)
    h = evidence.markets.index(home)
    common, share = product_points(evidence, code, by)
    return market_points(evidence, by) + pair_points(evidence, by)[h] + common + share[:, h]


@pytest.mark.parametrize(("home", "code"), FIRMS)
def test_it_scores_as_select_markets_does(home, code):
    """On the same evidence the vectorised score is that of the selection, to the last digits."""
    firm, evidence = plain_firm(home, code)
    s = select_markets(firm, evidence, draws=50)
    at = [evidence.markets.index(m) for m in s.markets]
    assert points(evidence, home, code)[at] == pytest.approx(s.score, abs=1e-9)


@pytest.mark.parametrize(("home", "code"), FIRMS)
def test_with_evidence_as_of_now_markets_stand_in_the_same_order(home, code):
    """What differs: simpler imputation, figures a year older, no currency of the newest months, no sales tax."""
    firm, evidence = plain_firm(home, code)
    s = select_markets(firm, evidence, draws=50)
    then = evidence_at(small_panel(evidence))
    at = [then.markets.index(m) for m in s.markets]
    assert spearmanr(points(then, home, code)[at], s.score)[0] >= 0.97


def test_the_score_of_a_candidate_is_the_sum_of_its_parts(evidence):
    panel = small_panel(evidence)
    found, _ = cases(panel, "entry", 2015)
    score, then = selection_score(panel.until(2015), found), evidence_at(panel.until(2015))
    by = yardstick(then, ("home_fx_volatility",))
    market, pair = market_points(then, by), pair_points(then, by)
    assert np.isfinite(score).all()
    for n in np.linspace(0, len(found) - 1, 12).astype(int):
        home, there = (found.countries[x[n]] for x in (found.exporter, found.importer))
        common, share = product_points(then, found.products[found.product[n]], by)
        if home in then.markets and there in then.markets:
            h, m = then.markets.index(home), then.markets.index(there)
            assert score[n] == pytest.approx(market[m] + pair[h, m] + common[m] + share[m, h])
        elif there not in then.markets:
            assert score[n] == 0


def test_it_does_not_look_at_what_came(evidence):
    panel = small_panel(evidence)
    found, _ = cases(panel, "entry", 2015)
    found.outcome[:] = np.nan
    assert np.isfinite(selection_score(panel.until(2015), found)).all()


@given(st.sets(st.sampled_from(sorted(indicator_weights())), max_size=40))
def test_the_weight_of_what_is_left_out_goes_to_the_rest_of_its_criterion(gone):
    _, evidence, _ = example("india_bentonite")
    whole, part = yardstick(evidence), yardstick(evidence, tuple(gone))
    assert part.weight.sum() == pytest.approx(1)
    known = evidence.catalogue.indicators
    before = Counter()
    after = Counter()
    for by, total in ((whole, before), (part, after)):
        for name, weight in zip(by.names, by.weight, strict=True):
            total[known[name].criterion] += weight
    left = {c for c in criteria() if after[c] > 0}
    assert all(after[c] == pytest.approx(before[c] / sum(before[x] for x in left)) for c in left)


def test_languages_of_a_home_are_understood_where_they_are_spoken(evidence):
    share = spoken(evidence)
    at = evidence.markets.index
    assert share[at("AUT"), at("DEU")] > 0.9 and share[at("AUT"), at("JPN")] < 0.05
    assert share[at("FRA"), at("CIV")] > share[at("FRA"), at("GHA")]
    assert share.min() >= 0 and share.max() <= 1


# --- the composite of peers -----------------------------------------------------------------------------------------


def test_the_composite_has_the_points_that_were_published():
    """globalEDGE, Market Potential Index 2003-2010: 10, 6, 7, 5, 7, 5, 6 and 4 of 50."""
    points = {row["dimension"]: int(row["points"]) for row in dimensions()}
    assert list(points.values()) == [10, 6, 7, 5, 7, 5, 6, 4] and sum(points.values()) == 50


def test_the_composite_of_three_markets_by_hand():
    """One is best in everything, one worst, one half-way: 1, 0 and a half, whatever the points."""
    from dataclasses import dataclass, field

    names = ("population", "urban_share", "imports_usd", "gdp_growth", "gni_per_capita", "consumption_per_capita")
    more = ("internet_users", "broadband", "mobile", "wgi_regulatory_quality", "wgi_rule_of_law", "trade_openness")
    figures = dict.fromkeys((*names, *more, "wgi_political_stability"), np.array([0.0, 1.0, 0.5]))
    figures |= {"population": np.full(3, 2.0)}

    @dataclass
    class Known:
        indicators: tuple = tuple(figures)
        value: np.ndarray = field(default_factory=lambda: np.column_stack(list(figures.values())))

    class Toy:
        def facts(self):
            return Known()

    assert market_index(Toy()) == pytest.approx([0, 1, 0.5])


def test_the_composite_is_blind_to_who_sells_what(evidence):
    panel = small_panel(evidence)
    found, _ = cases(panel, "entry", 2015)
    score = composite_score(panel.until(2015), found)
    for m in np.unique(found.importer)[::20]:
        assert np.ptp(score[found.importer == m]) == 0
    assert score.min() >= 0 and score.max() <= 1
