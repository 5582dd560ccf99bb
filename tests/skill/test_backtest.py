"""The back-test: figures are those of its candidates, no score sees what came, and what cannot be judged is said."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from skill import made_up

from beachhead.errors import InputError
from beachhead.skill import backtest as bt
from beachhead.skill import metrics as m
from beachhead.skill import scores, tasks

YEAR, SPLIT_YEAR = 2016, 2017


@pytest.fixture(scope="module")
def panel(evidence):
    return made_up.panel(evidence)


@pytest.fixture(autouse=True)
def _ways(monkeypatch):
    monkeypatch.setattr(scores, "SCORES", made_up.SCORES, raising=False)


def judge(panel, *wanted, **more):
    more = {"base_years": (YEAR,), "replicates": 40, **more}
    return bt.backtest(panel, tasks=wanted, **more).tasks


def test_entry_figures_are_those_of_its_candidates(panel):
    [found] = judge(panel, "entry")
    cases, share = tasks.cases(panel, "entry", YEAR)
    score = made_up.chance(panel.until(YEAR), cases)
    ours = found.score("model")
    assert (found.candidates, found.positives, found.sampled) == (len(cases), cases.outcome.sum(), share)
    assert found.horizon == (3, 5) and 0 < found.base_rate < 1
    assert ours.auc == pytest.approx(m.auc(cases.outcome, score))
    assert ours.ap == pytest.approx(m.average_precision(cases.outcome, score))
    assert ours.recall_at_10 == pytest.approx(m.recall_by_group(cases.outcome, score, cases.group))
    assert ours.recall_pooled == pytest.approx(m.recall_at(cases.outcome, score, cases.group))
    assert (ours.brier, ours.ece) == pytest.approx((m.brier(cases.outcome, score), m.ece(cases.outcome, score)))
    assert ours.lift == pytest.approx(m.lift(cases.outcome, score)) and np.isnan(ours.spearman)
    assert ours.reliability == m.reliability(cases.outcome, score)
    for key in ("auc", "ap", "recall_at_10", "brier"):
        low, high = ours.ci[key]
        assert low <= getattr(ours, key) <= high


@pytest.mark.parametrize("task", ["growth", "level"])
def test_figures_of_running_markets_are_those_of_their_candidates(panel, task):
    [found] = judge(panel, task)
    cases, _ = tasks.cases(panel, task, YEAR)
    score = made_up.imports(panel.until(YEAR), cases)
    size = found.score("market_size")
    assert size.spearman == pytest.approx(m.spearman(cases.outcome, score))
    assert size.within == pytest.approx(m.spearman_within(cases.outcome, score, cases.group))
    assert np.isnan(size.auc) and np.isnan(size.recall_at_10) and not size.reliability


def test_by_lot_is_what_chance_gives(panel):
    [found] = judge(panel, "entry")
    lot = found.score("random")
    assert lot.auc == 0.5 and lot.ap == pytest.approx(found.base_rate)
    assert lot.lift == pytest.approx(np.linspace(0, 1, 101))


def test_no_score_sees_an_outcome_or_a_flow_after_the_base_year(panel, monkeypatch):
    seen = []

    def spy(known, cases):
        [last] = known.run("SELECT MAX(year) AS last FROM flows")["last"]
        seen.append((int(last), bool(np.isnan(cases.outcome).all())))
        return np.zeros(len(cases))

    monkeypatch.setattr(made_up, "imports", spy)
    judge(panel, *made_up.PAIR_TASKS)
    assert seen and set(seen) == {(YEAR, True)}


def test_another_future_changes_what_came_but_no_score(evidence, panel):
    """What is known in the base year, and so the order of the same candidates, cannot hang on later years."""
    other = made_up.panel(evidence, scale=lambda year: 1.0 if year <= YEAR else 0.02)
    ours, theirs = (tasks.cases(p, "entry", YEAR)[0] for p in (panel, other))
    assert np.array_equal(ours.importer, theirs.importer) and not np.array_equal(ours.outcome, theirs.outcome)
    for spec in made_up.SCORES:
        first, second = (spec(p.until(YEAR), c) for p, c in ((panel, ours), (other, theirs)))
        assert np.array_equal(first, second, equal_nan=True)


def test_the_same_seed_gives_the_same_and_another_only_other_intervals(panel):
    first, again, other = (judge(panel, "entry", seed=seed) for seed in (1, 1, 2))
    assert repr(first) == repr(again)
    mine, theirs = first[0].score("model"), other[0].score("model")
    assert mine.auc == theirs.auc and mine.ci["auc"] != theirs.ci["auc"]


def test_gains_are_differences_on_the_same_draws(panel):
    [found] = judge(panel, "entry")
    for gain in found.gains:
        ours, theirs = (getattr(found.score(name), gain.metric) for name in (gain.name, gain.over))
        assert gain.name == "model" and gain.gain == pytest.approx(ours - theirs) and gain.low <= gain.high
    told, measures = {(gain.over, gain.metric) for gain in found.gains}, ("auc", "ap", "recall_at_10", "recall_pooled")
    assert told == {(o, k) for o in ("selection", "market_size", "random") for k in measures}


def test_what_a_score_does_not_know_stands_last_and_what_knows_nothing_takes_no_part(panel):
    [found] = judge(panel, "entry")
    cases, _ = tasks.cases(panel, "entry", YEAR)
    half = made_up.part(panel.until(YEAR), cases)
    assert found.score("selection").auc == pytest.approx(m.auc(cases.outcome, np.nan_to_num(half, nan=-1)))
    assert "mute" not in {score.name for score in found.scores}
    assert any("Selection says nothing of" in note for note in found.notes)
    assert any("Mute takes no part" in note for note in found.notes)


def test_the_shipped_model_is_not_judged_on_what_it_learnt_from(panel):
    [found] = judge(panel, "entry", base_years=(2014,))
    assert "model" not in {score.name for score in found.scores}
    assert any("learnt from what came up to 2015" in note for note in found.notes)


def test_one_exporter_is_judged_by_its_products_and_told_so(evidence):
    [found] = judge(made_up.panel(evidence, sellers=("DEU",)), "level")
    assert found.exporters == 1 and any("4 products anew" in note for note in found.notes)


def test_only_the_named_scores_are_asked(panel):
    [found] = judge(panel, "entry", names=("market_size",))
    assert [score.name for score in found.scores] == ["market_size"] and not found.gains


def test_left_out_tasks_and_years_are_chosen_for_the_data(panel):
    found = bt.backtest(panel, replicates=20)
    assert [(one.task, one.base_year) for one in found.tasks] == [(task, 2017) for task in made_up.PAIR_TASKS]


def test_all_that_cannot_be_judged_is_said_at_once(panel):
    with pytest.raises(InputError) as caught:
        judge(panel, "entry", "luck", base_years=(2009, YEAR, 2021), names=("oracle",), split="moon")
    text = "\n".join(map(str, caught.value.faults))
    assert "task = luck" in text and "split = moon" in text and "score = oracle" in text
    assert "base-years = 2009" in text and "base-years = 2021" in text and "2012 to 2017" in text


def test_too_short_a_panel_is_told_how_many_years_it_needs(evidence):
    with pytest.raises(InputError, match="eight in all"):
        judge(made_up.panel(evidence, years=range(2010, 2016)), "entry")
    with pytest.raises(InputError, match="eight in all"):
        bt.backtest(made_up.panel(evidence, years=range(2010, 2016)))


def test_progress_runs_from_nothing_to_all(panel):
    told = []
    judge(panel, "entry", "growth", watch=lambda what, done: told.append(done))
    assert told[0] == 0 and told[-1] == 1 and told == sorted(told)


# --- exporters that the model has not seen ---------------------------------------------------------------------------


@pytest.fixture
def trained(monkeypatch):
    """In place of training: a "model" is the exporters that it has not seen."""
    train, asked = ModuleType("train"), []

    def fit(panel, base_years, *, task, without):
        asked.append((panel.last, max(base_years), without))
        return [panel.countries.index(one) for one in without]

    train.fit = fit
    monkeypatch.setitem(sys.modules, "beachhead.skill.train", train)
    monkeypatch.setattr(bt, "find_spec", lambda name: name)
    return asked


def test_every_exporter_is_judged_by_a_model_that_has_not_seen_it_or_the_future(panel, trained):
    years = {"base_years": (SPLIT_YEAR,), "names": ("model",)}
    [split], [time] = (judge(panel, "entry", split=how, **years) for how in ("exporter", "time"))
    assert split.score("model").auc == pytest.approx(time.score("model").auc)
    without = [one for _, _, names in trained for one in names]
    assert sorted(without) == sorted(set(without)) and set(without) == set(made_up.SELLERS)
    assert {last for last, _, _ in trained} == {SPLIT_YEAR} and {year for _, year, _ in trained} == {SPLIT_YEAR - 5}


def test_a_score_that_uses_the_trained_model_takes_no_part_in_the_split(panel, trained, monkeypatch):
    other = replace(made_up.SCORES[0], name="selection_with_model", label="Selection with model")
    monkeypatch.setattr(scores, "SCORES", (*made_up.SCORES, other))
    [found] = judge(panel, "entry", split="exporter", base_years=(SPLIT_YEAR,))
    assert "selection_with_model" not in {score.name for score in found.scores}
    assert any("Selection with model takes no part" in note for note in found.notes)


def test_without_the_packages_of_training_the_extra_is_named(panel, monkeypatch):
    monkeypatch.setattr(bt, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"beachhead\[skill\]"):
        judge(panel, "entry", split="exporter", base_years=(SPLIT_YEAR,))


def test_the_split_by_exporter_needs_years_to_learn_from(panel, trained):
    with pytest.raises(InputError, match="base years 2017 to 2017"):
        judge(panel, "entry", split="exporter")
    assert not trained


def test_folds_hang_on_the_country_alone():
    countries = ("AUT", "BRA", "CHL", "DEU", "IND", "KEN", "USA")
    whole, part = bt.fold_of(countries), bt.fold_of(countries[2:4])
    assert np.array_equal(whole[2:4], part) and len(set(whole.tolist())) > 1 and whole.max() < bt.FOLDS
    assert bt.fold_of(("DEU",)).tolist() == [0]  # the same on every machine: a change would make old results others
