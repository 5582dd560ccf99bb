"""The task demand: what counts as growth, no score sees the future, and a model that beats what it is made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from skill import made_up

from beachhead.errors import InputError
from beachhead.select.estimate import shrink, slopes
from beachhead.skill import demand, scores
from beachhead.skill import metrics as m
from beachhead.skill.backtest import backtest
from beachhead.skill.panel import panel_of


@pytest.fixture(autouse=True)
def _ways(monkeypatch):
    monkeypatch.setattr(scores, "SCORES", made_up.SCORES, raising=False)


@pytest.fixture(scope="module")
def chapters(evidence):
    return demand.open_chapters(evidence)


def imports(evidence, series):
    """A panel in which each market's imports of one product, USD a year from 2000 on, are given."""
    rows = [("10", "WLD", market, 2000 + k, usd) for market, row in series.items() for k, usd in enumerate(row) if usd]
    names = ("product", "exporter", "importer", "year", "usd")
    return panel_of(
        "chapters", "Made up", pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), evidence
    )


def test_growth_by_hand(evidence):
    """A market that goes from 1 to 4 million grows by ln 4 over the years between the middles; a small one is none."""
    steady, grows, small = [1e6] * 9, [1e6] * 3 + [4e6] * 6, [1e5] * 9
    late = [1e6] * 6 + [8e6] * 3
    panel = imports(evidence, {"AUT": steady, "BRA": grows, "CHL": small, "DEU": late, "IND": [1e6] * 3})
    found = demand.cases(panel, "demand_3", 2002)
    assert [panel.countries[k] for k in found.importer] == ["AUT", "BRA", "DEU"]
    assert found.outcome == pytest.approx([0, np.log(4) / 3, 0]) and (found.exporter == -1).all()
    later = demand.cases(panel, "demand_5", 2002)
    assert later.outcome == pytest.approx([0, np.log(4) / 5, np.log((1 + 8 + 8) / 3) / 5])


def test_years_that_cannot_be_judged_are_named(chapters):
    for task, last in (("demand_3", 2020), ("demand_5", 2018)):
        assert demand.base_years(chapters, task) == range(1997, last + 1)
        with pytest.raises(InputError, match=f"1997 to {last}"):
            demand.cases(chapters, task, last + 1)


def test_no_score_sees_a_figure_after_the_base_year(evidence):
    """Imports after 2010 are turned round; every score of 2010, the fitted model among them, stays as it was."""
    rng = np.random.default_rng(1)
    markets = ("AUT", "BRA", "CAN", "CHL", "DEU", "EGY", "FRA", "IND", "KEN", "MEX", "POL", "USA")
    before = {k: 5e6 * np.exp(np.cumsum(rng.normal(0.03, 0.2, 11))) for k in markets}
    turned = [
        imports(evidence, {k: [*row, *(row[-1] * np.exp(sign * 0.3 * j * rate) for j in range(1, 6))]
                           for rate, (k, row) in zip(np.linspace(-1, 1, len(markets)), before.items(), strict=True)})
        for sign in (1, -1)
    ]  # fmt: skip
    ours, theirs = (demand.cases(panel, "demand_5", 2010) for panel in turned)
    assert not np.allclose(ours.outcome, theirs.outcome) and np.array_equal(ours.importer, theirs.importer)
    for spec in demand.SCORES:
        first, second = (
            spec(panel.until(2010), replace(cases, outcome=np.full(len(cases), np.nan)))
            for panel, cases in zip(turned, (ours, theirs), strict=True)
        )
        assert np.array_equal(first, second) and np.isfinite(first).all(), spec.name


def test_the_selection_grows_as_the_select_stage_reckons_it(chapters):
    """Slopes of the last six years, shrunk within the chapter, from the same rows asked otherwise."""
    cases = demand.cases(chapters, "demand_5", 2013)
    known = chapters.until(2013)
    rows = known.run("SELECT importer, year, usd FROM flows WHERE product = '69' AND year > 2007")
    log = np.full((6, len(known.countries)), np.nan)
    log[rows["year"] - 2008, [known.countries.index(c) for c in rows["importer"]]] = np.log(rows["usd"])
    expected = shrink(*slopes(log, np.arange(2008, 2014)))[0]
    here = cases.product == known.products.index("69")
    assert demand.shrunk_growth(known, cases)[here] == pytest.approx(expected[cases.importer[here]])


def test_our_model_orders_better_than_all_that_it_is_made_of(chapters):
    found = backtest(chapters, tasks=["demand"], base_years=[2013], replicates=60).tasks
    assert [one.task for one in found] == ["demand_3", "demand_5"] and [one.horizon for one in found] == [
        (1, 3),
        (3, 5),
    ]
    for one in found:
        gains = [gain for gain in one.gains if gain.metric == "within"]
        assert len(gains) == len(one.scores) - 1 and all(gain.low > 0 for gain in gains)
        assert one.score("random").within == 0 and any("composites" in note for note in one.notes)


def test_order_counts_within_the_product(chapters):
    found, far = backtest(chapters, tasks=["demand"], base_years=[2018], replicates=20, names=("gdp_growth",)).tasks
    assert [(one.task, one.horizon) for one in (found, far)] == [("demand_3", (1, 3)), ("demand_5", (3, 5))]
    cases = demand.cases(chapters, "demand_3", 2018)
    score = demand.gdp_growth(chapters.until(2018), cases)
    assert found.score("gdp_growth").within == pytest.approx(m.spearman_within(cases.outcome, score, cases.product))
    best = m.top_share(cases.outcome, cases.product)
    assert found.positives == best.sum()
    assert found.score("gdp_growth").lift == pytest.approx(m.lift(best, m.percentile(score, cases.product)))


def test_demand_of_flows_is_the_sum_over_all_who_sell(evidence):
    panel = made_up.panel(evidence)
    found = demand.cases(panel, "demand_3", 2016)
    rows = made_up.rows()
    at = {name: np.array(column) for name, column in rows.items()}
    k = 0
    here = (at["product"] == found.products[found.product[k]]) & (at["importer"] == found.countries[found.importer[k]])
    before, after = (
        at["usd"][here & (at["year"] >= a) & (at["year"] <= b)].sum() for a, b in ((2014, 2016), (2017, 2019))
    )
    assert found.outcome[k] == pytest.approx(np.log(after / before) / 3)


def test_chapters_have_no_sellers_to_judge(chapters):
    with pytest.raises(InputError, match="can judge demand"):
        backtest(chapters, tasks=["entry"])
