"""The record: the shipped figures are those of the snapshot, they add up, and the sentence says what they are."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from panels_of_skill import PRODUCTS, small_panel

import beachhead.skill
from beachhead.skill.asof import evidence_at
from beachhead.skill.composite import scores, yardstick
from beachhead.skill.record import BASE_YEARS, growth_skill, record_for, tallies, told
from beachhead.skill.tasks import cases

FOLDER = Path(beachhead.skill.__file__).parent


def rows(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("column", ["exporters", "candidates", "opened", "named", "hits", "criteria", "rule", "lot"])
@pytest.mark.parametrize("year", BASE_YEARS)
def test_products_sum_to_chapters_and_chapters_to_all(column, year):
    mine = {r["code"]: float(r[column]) for r in rows("record") if int(r["base_year"]) == year}
    lines, chapters = ({c: x for c, x in mine.items() if len(c) == size and c != "all"} for size in (6, 2))
    for chapter, whole in chapters.items():
        assert sum(x for c, x in lines.items() if c[:2] == chapter) == pytest.approx(whole, abs=0.2)
    assert sum(chapters.values()) == pytest.approx(mine["all"], abs=0.2)


def test_nothing_is_named_that_is_no_candidate_and_nothing_hit_that_did_not_open():
    for one in tallies().values():
        assert one.named <= min(one.candidates, 10 * one.exporters)
        assert max(one.hits, one.criteria, one.rule, one.lot) <= min(one.named, one.opened) + 0.01


def test_over_all_products_the_ranking_beats_its_criteria_the_best_simple_rule_and_the_lot():
    one = tallies()["all"]
    assert one.hits > one.rule > one.lot and one.hits > one.criteria > one.lot


def ten_best(score, group):
    """Who stands among the first ten of each group, by plain sorting."""
    best = set()
    for g in np.unique(group):
        mine = np.flatnonzero(group == g)
        best.update(mine[np.argsort(-score[mine], kind="stable")[:10]].tolist())
    return best


@pytest.mark.parametrize("code", [p for p in PRODUCTS if p != "250390"])
def test_the_figures_of_a_product_can_be_reckoned_again(evidence, code):
    """From the flows of that product alone, in plain loops, for the criteria alone and for names drawn by lot."""
    panel, year = small_panel(evidence), 2015
    found, _ = cases(panel, "entry", year)
    then = evidence_at(panel.until(year))
    score = scores(then, found, yardstick(then, ("home_fx_volatility",)))
    mine = found.product == found.products.index(code)
    shipped = next(r for r in rows("record") if r["code"] == code and int(r["base_year"]) == year)
    group = found.group[mine]
    sizes = {g: int((group == g).sum()) for g in np.unique(group)}
    lot = sum(min(10 / sizes[g], 1) for g in group[found.outcome[mine] == 1])
    if int(shipped["candidates"]) == mine.sum():  # other products make a country a candidate market
        assert int(shipped["opened"]) == found.outcome[mine].sum()
        assert float(shipped["lot"]) == pytest.approx(lot, abs=0.01)
    hits = found.outcome[mine][sorted(ten_best(score[mine], group))].sum()
    assert float(shipped["criteria"]) == pytest.approx(hits, abs=1)


def test_a_product_with_a_record_is_told_its_own():
    record = record_for("hs:250810")
    assert record.kind == "product" and "HS 250810" in record.sentence
    hits, lot, rule = (float(x) for x in re.findall(r"(\d\.\d\d)", record.sentence)[:3])
    figures = record.figures
    assert hits == pytest.approx(figures["hits_per_ten"], abs=0.005)
    assert lot == pytest.approx(figures["lot_per_ten"], abs=0.005)
    assert rule == pytest.approx(figures["rule_per_ten"], abs=0.005)
    assert f"{100 * figures['recall_at_10']:.0f} % had been named" in record.sentence
    assert figures["hits_per_ten"] * figures["named"] / 10 == pytest.approx(figures["recall_at_10"] * figures["opened"])


def test_without_the_model_the_record_is_that_of_the_criteria_alone():
    with_it, without = (record_for("hs:250810", model=m) for m in (True, False))
    assert without.figures["hits_per_ten"] == with_it.figures["criteria_per_ten"]
    assert "these criteria" in without.sentence and "this ranking" in with_it.sentence


@pytest.mark.parametrize("code", ["hs:640399", "hs:64", "hs:090111", "hs:250100", "hs:2508"])
def test_another_product_is_told_the_nearest_class_and_that_it_is_one(code):
    record = record_for(code)
    chapter = code[3:5]
    assert record.kind == "class" and "itself has no record" in record.sentence
    assert record.code == ("hs:25" if chapter == "25" else "hs:all")
    assert ("is another one" in record.sentence) == (chapter != "25")
    assert "these criteria" in record.sentence  # the model takes no part where there is no trade between countries


@pytest.mark.parametrize("code", ["icio:J62_63", "user:lamps"])
def test_services_and_products_of_the_user_have_none(code):
    record = record_for(code)
    assert record.kind == "none" and record.sentence.startswith("No record")
    assert "opened" not in record.figures


def test_of_several_offers_the_first_decides():
    assert record_for("hs:250810+hs:64") == record_for("hs:250810")


def test_growth_of_a_chapter_is_told_with_its_sign():
    row = growth_skill()["64"]
    sentence = record_for("hs:64").sentence
    assert f"{float(row['spearman']):.2f}".replace("-", "−") in sentence and told(float(row["spearman"])) in sentence
    assert told(0.6) == "told much of" and told(0.0) == "told nothing of" and "away" in told(-0.3)
