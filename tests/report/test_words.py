"""Reasons and warnings say what the figures say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cases import example
from report.plans import real_plan
from report.synthetic import synthetic_plan

from beachhead import select_markets
from beachhead.enter import choose_modes
from beachhead.evidence.catalogue import load_catalogue
from beachhead.evidence.model import STATUSES, Status
from beachhead.report.answer import answer, badge, notes
from beachhead.report.standing import imputed_share, lead, percentile, places
from beachhead.report.words import REASONS, Voice, phrases, product_words, sectors, with_article
from beachhead.report.worth import grows, present, starts, would_pay


def voice_of(plan):
    return Voice(plan.selection, plan.evidence.catalogue, plan.modes)


SILENT = {"trade_openness", "fdi_inflow", "high_tech_exports", "fx_volatility"}  # they tell an owner nothing


def test_every_scored_indicator_that_tells_an_owner_something_has_its_phrases():
    scored = {i.id for i in load_catalogue().indicators.values() if i.criterion and i.direction}
    assert scored - SILENT == set(phrases()) & scored
    assert not SILENT & set(phrases())


def losing(plan, *rows):
    """The same plan where the chosen modes of these rows lose money, and all others gain."""
    value = np.full_like(plan.modes.value_usd, 5_000.0)
    value[list(rows)] = -3_000.0
    return replace(plan, modes=replace(plan.modes, value_usd=value))


def test_a_market_that_does_not_pay_says_so_first_and_is_no_place_to_start():
    plan = losing(real_plan("kenya_coffee"), 0, 2)
    for m in (0, 2):
        assert voice_of(plan).warnings(m)[0].startswith("likely to lose USD 3.0k over 3 years")
    assert not any("likely to lose" in text for text in voice_of(plan).warnings(1))
    assert starts(plan) == [1, 3, 4]
    said = answer(plan)[0]
    names = plan.selection.names
    assert "start with" in said and names[1] in said and names[2] not in said
    assert f"{names[0]} ranks first but does not pay" in said


def test_if_nothing_pays_the_answer_says_so_and_what_would_have_to_change():
    plan = real_plan("kenya_coffee")
    firm = plan.firm.model_copy(update={"sales": plan.firm.sales.model_copy(update={"gross_margin": 0.12})})
    poor = replace(plan, firm=firm, modes=choose_modes(firm, plan.evidence, plan.selection))
    assert poor.modes.best_value[: poor.top].max() <= 0
    pays = would_pay(poor)
    said = answer(poor)[0]
    assert "none of the shortlisted markets pays for itself within 3 years" in said and "start with" not in said
    assert pays is not None and pays.times > 1 and f"{pays.times:g} times the median" in said


def test_markets_to_grow_stand_apart_from_new_ones():
    plan = losing(real_plan("portugal_footwear"))
    s = plan.selection
    old = [m for m in range(plan.top) if s.markets[m] in ("ESP", "FRA")]
    assert set(present(plan)) == {"ESP", "FRA"}  # Brazil was given up
    assert grows(plan) == old and not set(starts(plan)) & set(old)
    assert "Grow where you sell already: " in answer(plan)[0]
    assert badge(plan, s.row("ESP")) == "already there, USD 130k a year" and badge(plan, s.row("DEU")) == ""


def test_one_market_alone_has_reasons_before_the_world():
    firm, evidence, _ = example("india_mobile_app")
    firm = firm.model_copy(update={"screen": firm.screen.model_copy(update={"only": ("USA",)})})
    voice = Voice(select_markets(firm, evidence, draws=200), evidence.catalogue, None)
    said = voice.reasons(0)
    assert len(said) == REASONS
    assert not any("1st of" in text or "rival" in text for text in said + voice.warnings(0))


def test_a_small_share_of_imports_is_no_strength():
    plan = real_plan("india_bentonite")
    s = plan.selection
    voice = voice_of(plan)
    k = s.raw.indicators.index("home_share")
    for m in range(40):
        if any("are known there" in text for text in voice.reasons(m)):
            assert s.raw.value[m, k] >= 0.03


def test_a_border_helps_goods_only():
    for name, may in (("india_mobile_app", False), ("india_bentonite", True)):
        voice = voice_of(real_plan(name))
        at = voice.selection.indicators.index("contiguous")
        assert voice._idle(at) is not may


def test_demand_is_called_what_it_was_measured_on():
    assert product_words(real_plan("india_mobile_app").selection) == "computer services"
    assert product_words(real_plan("india_bentonite").selection) == "it"
    assert product_words(real_plan("portugal_footwear").selection) == "goods of this chapter"
    codes = set(real_plan().evidence.query("products_all")["code"])
    assert {f"icio:{code}" for code in sectors()} == {code for code in codes if code.startswith("icio:")}


def test_notes_hold_names_not_codes():
    said = " ".join(notes(real_plan("india_bentonite")))
    assert "its sales in Nepal and the United Arab Emirates" in said and "NPL" not in said


@pytest.mark.parametrize("name", ["india_mobile_app", "india_bentonite", "portugal_footwear", "kenya_coffee"])
def test_every_shortlisted_market_has_reasons_and_no_phrase_is_left_open(name):
    voice = voice_of(real_plan(name))
    for m in range(10):
        said = voice.reasons(m) + voice.warnings(m)
        assert 1 <= len(voice.reasons(m)) <= REASONS
        assert not any("{" in text or "nan" in text or text.endswith(": ") for text in said)
        assert len(set(said)) == len(said)


def test_a_reason_is_never_a_figure_below_the_median_market():
    plan = real_plan()
    voice, s = voice_of(plan), plan.selection
    for m in range(20):
        good = {
            voice._say(m, k, good=True)
            for k, indicator in enumerate(s.indicators)
            if indicator in phrases() and (lead(s)[m, k] > 0 or voice.lead[m, k] > 0)
        }
        assert set(voice.reasons(m)) <= good


def test_an_imputed_figure_is_no_reason():
    plan = synthetic_plan()
    raw = replace(plan.selection.raw, status=np.full_like(plan.selection.raw.status, STATUSES.index(Status.IMPUTED)))
    plan = replace(plan, selection=replace(plan.selection, raw=raw))
    voice = voice_of(plan)
    assert voice.reasons(0) == []
    assert any("estimated figures" in text for text in voice.warnings(0))


def test_a_market_that_costs_more_than_the_firm_can_spend_is_warned_of_first():
    plan = synthetic_plan()
    shape = plan.modes.cost_usd.shape
    dear = replace(plan.modes, cost_usd=np.full(shape, 10_000_000.0), value_usd=np.full(shape, 1.0))
    assert "more than the firm can spend" in voice_of(replace(plan, modes=dear)).warnings(0)[0]


def test_the_founders_years_are_named_where_they_count():
    firm, said = real_plan().firm, "; ".join(voice_of(real_plan()).reasons(real_plan().selection.row("GBR")))
    years = next(e.years for e in firm.experience if e.country == "GBR")
    assert f"{years:g} years" in said


def test_answer_quotes_the_figures_of_the_plan():
    plan = real_plan()
    text = " ".join(answer(plan))
    s = plan.selection
    assert f"{100 * s.p_top[1][0]:.0f} %" in text and s.names[1] in text and s.firm.name in text


def test_articles_stand_where_english_wants_them():
    assert with_article("NLD", "Netherlands") == "the Netherlands"
    assert with_article("DEU", "Germany") == "Germany"


def test_places_count_from_the_best_and_ties_share_the_better():
    assert places(np.array([[0.9], [0.1], [0.9], [0.5]]))[:, 0].tolist() == [1, 4, 1, 3]


def test_percentile_turns_with_the_direction_and_splits_ties():
    world = np.array([1.0, 2.0, 2.0, 3.0, np.nan])
    assert percentile(world, 3.0, 1) == pytest.approx(0.875)
    assert percentile(world, 3.0, -1) == pytest.approx(0.125)
    assert percentile(world, 2.0, 1) == pytest.approx(0.5)
    assert np.isnan(percentile(np.ones(4), 1.0, 1))


def test_imputed_share_is_the_weight_of_imputed_figures():
    plan = synthetic_plan()
    s = plan.selection
    by_hand = sum(w for w, status in zip(s.weights, s.raw.status[0], strict=True) if STATUSES[status] is Status.IMPUTED)
    assert imputed_share(s)[0] == pytest.approx(by_hand / s.weights.sum())


def test_a_partial_agreement_is_no_strength():
    """India and China share the thin Asia-Pacific agreement: that is not a trade agreement in force."""
    plan = real_plan("india_mobile_app")
    voice = voice_of(plan)
    k = plan.selection.indicators.index("agreement")
    partial = [m for m in range(60) if 0 < plan.selection.raw.value[m, k] < 1]
    assert partial
    assert not any("agreement" in reason for m in partial for reason in voice.reasons(m))
