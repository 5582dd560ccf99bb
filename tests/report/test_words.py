"""Reasons and warnings say what the figures say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from report.plans import real_plan
from report.synthetic import synthetic_plan

from beachhead.evidence.catalogue import load_catalogue
from beachhead.evidence.model import STATUSES, Status
from beachhead.report.standing import imputed_share, lead, percentile, places
from beachhead.report.words import REASONS, Voice, answer, phrases, with_article


def voice_of(plan):
    return Voice(plan.selection, plan.evidence.catalogue, plan.modes)


def test_every_scored_indicator_has_its_phrases():
    scored = {i.id for i in load_catalogue().indicators.values() if i.criterion and i.direction}
    assert scored <= set(phrases()) <= set(load_catalogue().indicators)


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
            voice._say(m, k, good=True) for k in range(len(s.indicators)) if lead(s)[m, k] > 0 or voice.lead[m, k] > 0
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
    dear = replace(plan.modes, cost_usd=np.full_like(plan.modes.cost_usd, 10_000_000.0))
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
