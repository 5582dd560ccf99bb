"""Evidence as it stood: nothing later can be asked of it, and today's is what it turns into."""

import numpy as np
import pytest
from panels_of_skill import garbled, small_panel
from scipy.stats import spearmanr

from beachhead.skill.asof import evidence_at, filled
from beachhead.skill.composite import selection_score
from beachhead.skill.tasks import cases

YEAR = 2015


@pytest.fixture(scope="module")
def then(evidence):
    return evidence_at(small_panel(evidence).until(YEAR))


@pytest.mark.parametrize("table", ["goods_margins", "goods_pairs", "goods_residual", "panel", "hs6_flows"])
def test_no_table_has_a_row_of_a_later_year(then, table):
    [(last, rows)] = then.engine.connection().execute(f"SELECT MAX(year), COUNT(*) FROM {table}").fetchall()
    assert last == YEAR and rows > 0


def test_agreements_of_later_years_are_not_there(then, evidence):
    [(last,)] = then.engine.connection().execute("SELECT MAX(year_from) FROM agreements").fetchall()
    assert last <= YEAR
    rows = then.query("agreements_from", home="GBR", year=YEAR + 1)
    assert "EUN" not in set(rows["agreement"]) and "JPN" not in set(rows["destination"])  # Japan and the EU: 2019


def test_figures_are_of_that_year_or_before_and_what_came_later_is_no_indicator(then, evidence):
    facts = then.facts()
    assert facts.year.max() <= YEAR and np.isfinite(facts.value).all() and (facts.sd_t > 0).all()
    assert {"lpi", "doing_business", "inform_risk", "vat_rate"}.isdisjoint(then.catalogue.indicators)
    assert "lpi" in evidence.catalogue.indicators
    seen = evidence.series("gdp_usd", "IND")
    assert facts.value[facts.markets.index("IND"), facts.indicators.index("gdp_usd")] == pytest.approx(
        next(fact.value for fact in seen if fact.year == YEAR)
    )


def test_what_comes_after_changes_no_score_by_a_bit(evidence):
    panel = small_panel(evidence)
    found, _ = cases(panel, "entry", YEAR)
    plain, other = (selection_score(p.until(YEAR), found) for p in (panel, garbled(panel, YEAR)))
    assert plain.tobytes() == other.tobytes()


def test_today_it_is_the_evidence_of_today(evidence):
    """Whatever most markets have a figure of is ordered alike; what is imputed differs, for the way is simpler."""
    facts, today = evidence_at(small_panel(evidence)).facts(), evidence.facts()
    for k, name in enumerate(facts.indicators):
        j = today.indicators.index(name)
        known = (facts.status[:, k] == 0) & (today.status[:, j] == 0) & (facts.year[:, k] == today.year[:, j])
        if known.sum() > 20:
            assert facts.value[known, k] == pytest.approx(today.value[known, j]), name
        assert spearmanr(facts.value[:, k], today.value[:, j])[0] > 0.9 or name == "fx_volatility", name


def test_gaps_are_filled_by_least_squares_on_what_comes_before():
    rng = np.random.default_rng(1)
    people, wealth = rng.normal(15, 2, 40), rng.normal(9, 1, 40)
    x = np.column_stack([people, people + wealth, 3 + 2 * people - wealth])
    gaps = x.copy()
    gaps[:5, 2] = np.nan
    out, sd = filled(gaps, (0, 1))
    inside = np.clip(x[:5, 2], gaps[5:, 2].min(), gaps[5:, 2].max())  # never beyond what was seen
    assert out[:5, 2] == pytest.approx(inside, abs=1e-6)
    assert np.array_equal(out[5:], x[5:]) and sd[5:].max() == 0 and sd[:5, 2].max() < 1e-6
