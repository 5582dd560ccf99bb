"""Chances for one home country and product: those of the model, for every market of the evidence."""

from __future__ import annotations

import numpy as np
import pytest

from beachhead import load_evidence
from beachhead.errors import InputError
from beachhead.skill.model import model_score
from beachhead.skill.panel import open_panel
from beachhead.skill.prospects import prospects
from beachhead.skill.tasks import candidates

LINE, HOME = "250810", "IND"


@pytest.fixture(scope="module")
def found(evidence):
    return prospects(evidence, HOME, LINE, 2015)


def test_where_nothing_is_sold_the_chance_is_the_model_s(evidence, found):
    panel = open_panel("baci74", evidence).until(2015)
    whole = candidates(panel, 2015)
    keep = (whole.product == panel.products.index(LINE)) & (whole.exporter == panel.countries.index(HOME))
    one = type(whole)(
        "entry", whole.data, 2015, whole.products, whole.countries,
        *(getattr(whole, f)[keep] for f in ("product", "exporter", "importer", "outcome")),
    )  # fmt: skip
    expected = dict(zip([panel.countries[k] for k in one.importer], model_score(panel, one), strict=True))
    markets = [m for m in found.markets if m in expected]
    assert len(markets) > 50
    mine = [found.chance[found.markets.index(m)] for m in markets]
    np.testing.assert_allclose(mine, [expected[m] for m in markets], rtol=2e-4)
    assert not any(found.sells[found.markets.index(m)] for m in markets)


def test_where_it_sells_the_chance_is_of_staying_and_mostly_higher(evidence, found):
    rows = evidence.query("hs6_suppliers", hs6=LINE)
    now = (rows["exporter"] == HOME) & (rows["year"] >= 2013) & (rows["year"] <= 2015)
    sold = set(rows["importer"][now].tolist()) & set(found.markets)
    assert {m for m, s in zip(found.markets, found.sells, strict=True) if s} == sold
    assert np.median(found.chance[found.sells]) > 5 * np.median(found.chance[~found.sells])


def test_chances_are_chances_and_home_is_one(found):
    assert ((found.chance > 0) & (found.chance <= 1)).all()
    assert found.chance[found.markets.index(HOME)] == 1
    assert found.base_year == 2015


def test_a_line_without_data_has_none_and_years_without_data_are_refused(evidence):
    assert prospects(evidence, HOME, "640399") is None
    with pytest.raises(InputError, match="1995 to 2024"):
        prospects(evidence, HOME, LINE, 1996)


def flows_file(tmp_path, importers):
    lines = ["exporter,importer,product,year,value_usd"]
    lines += [f"{x},{m},hs:640399,{y},{1000 * (k + 1)}" for y in range(2015, 2025) for x in ("PRT", "ITA", "CHN")
              for k, m in enumerate(importers) if m != x]  # fmt: skip
    path = tmp_path / "shoes.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_user_s_file_of_the_world_s_trade_gives_prospects_and_one_of_few_does_not(tmp_path, evidence):
    many = load_evidence(user=(flows_file(tmp_path, evidence.markets[::2]),))
    found = prospects(many, "PRT", "640399")
    assert found is not None and found.base_year == 2024
    assert found.sells.sum() == len([m for m in evidence.markets[::2] if m != "PRT"])
    few = load_evidence(user=(flows_file(tmp_path, ("DEU", "FRA", "ESP")),))
    assert prospects(few, "PRT", "640399") is None


def test_a_home_that_trades_nothing_gets_chances_all_the_same(evidence):
    found = prospects(evidence, "TUV", LINE)
    assert found is not None and np.isfinite(found.chance).all()


def test_a_home_that_no_file_knows_has_none(evidence):
    assert prospects(evidence, "ZZZ", LINE) is None


def test_zeros_and_sales_at_home_in_a_user_s_file_say_nothing_of_trade(tmp_path, evidence):
    plain = flows_file(tmp_path, evidence.markets[::2])
    more = tmp_path / "more.csv"
    extra = [f"{m},{m},hs:640399,2024,900000000" for m in ("PRT", "DEU", "FRA")] + ["PRT,ZMB,hs:640399,2010,0"]
    more.write_text(plain.read_text(encoding="utf-8") + "\n".join(extra) + "\n", encoding="utf-8")
    a, b = (prospects(load_evidence(user=(path,)), "PRT", "640399") for path in (plain, more))
    np.testing.assert_array_equal(a.chance, b.chance)
    np.testing.assert_array_equal(a.sells, b.sells)
