"""Structural gravity: effects from totals alone, estimation as by ``pyfixest``, and nothing from the future."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from cases import evidence_for
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skill.small_panel import BASE, COUNTRIES, PRODUCTS, everyone, rows, small_panel

from beachhead.skill import gravity
from beachhead.skill.epi import epi_score
from beachhead.skill.gravity import BACK_TEST, TERMS, TODAY, balance, elasticities, group_of, pair_terms, within
from beachhead.skill.panel import panel_of
from beachhead.skill.space import density_score, link_density_score, market_density_score

TOOL = Path(__file__).parents[2] / "tools" / "estimate_gravity.py"
SCORES = (
    gravity.gravity_score,
    gravity.room_score,
    epi_score,
    density_score,
    link_density_score,
    market_density_score,
)
flows = arrays(np.float64, (6, 6), elements=st.floats(0.1, 1e4))


def tool():
    spec = importlib.util.spec_from_file_location("estimate_gravity", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def made(seed=1, n=9, tables=4):
    """Tables with zeros, more noise than signal, and three regressors."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, n, 3))
    x[:, :, 0] += x[:, :, 0].T
    found = []
    for _ in range(tables):
        mean = np.exp(x @ [-0.8, 0.4, 0.2] + rng.normal(size=(n, 1)) + rng.normal(size=n))
        flow = mean * rng.lognormal(0, 1, (n, n)) * (rng.random((n, n)) < 0.7)
        np.fill_diagonal(flow, 0)
        found.append(flow)
    return x, found


def frame(x, tables):
    """The same as rows of a data frame, a country's sales to itself left out."""
    pd = pytest.importorskip("pandas")
    e, i = np.nonzero(~np.eye(len(x), dtype=bool))
    pair = np.minimum(e, i) * len(x) + np.maximum(e, i)
    parts = [
        {"y": f[e, i], "ex": e + 100 * k, "im": i + 100 * k, "pair": pair, **{f"x{t}": x[e, i, t] for t in range(3)}}
        for k, f in enumerate(tables)
    ]
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)


# --- the effects -----------------------------------------------------------------------------------------------------


@given(flows, flows)
def test_fitted_flows_add_up_to_what_was_sold_and_bought(real, resistance):
    np.fill_diagonal(real, 0)
    np.fill_diagonal(resistance, 0)
    u, v = balance(resistance, real.sum(1)[:, None], real.sum(0)[:, None], rounds=50_000)
    fitted = u * resistance * v.T
    assert fitted.sum(1) == pytest.approx(real.sum(1), abs=1e-6 * real.sum())
    assert fitted.sum(0) == pytest.approx(real.sum(0), abs=1e-6 * real.sum())
    assert not fitted.diagonal().any()


def test_a_country_that_sells_or_buys_nothing_is_given_nothing():
    k = np.ones((4, 4)) - np.eye(4)
    sold, bought = np.array([[3.0], [2.0], [0.0], [1.0]]), np.array([[1.0], [1.0], [4.0], [0.0]])
    u, v = balance(k, sold, bought)
    fitted = u * k * v.T
    assert not fitted[2].any() and not fitted[:, 3].any() and fitted.sum() == pytest.approx(6)


def test_scaling_rows_and_columns_gives_the_effects_of_poisson_regression():
    """PPML with the elasticities held: ``pyfixest`` fits the effects, we scale to totals."""
    pf = pytest.importorskip("pyfixest")
    x, (flow, *_) = made()
    held = x @ np.array([-0.5, 0.3, 0.1])
    data = frame(x, [flow])
    data["held"] = held[~np.eye(len(x), dtype=bool)]
    theirs = pf.fepois("y ~ 1 | ex + im", data, offset="held", iwls_tol=1e-12).predict(type="response")
    k = np.exp(held) * ~np.eye(len(x), dtype=bool)
    u, v = balance(k, flow.sum(1)[:, None], flow.sum(0)[:, None], close=1e-13)
    assert (u * k * v.T)[~np.eye(len(x), dtype=bool)] == pytest.approx(np.asarray(theirs), rel=1e-6)


def test_projected_terms_tell_how_fitted_flows_move_with_an_elasticity():
    x, (flow, *_) = made(seed=2)

    def fitted(beta):
        k = np.exp(x @ beta) * ~np.eye(len(x), dtype=bool)
        u, v = balance(k, flow.sum(1)[:, None], flow.sum(0)[:, None], close=1e-14, rounds=10_000)
        return u * k * v.T

    beta, step = np.array([-0.8, 0.4, 0.2]), np.array([0.0, 1e-5, 0.0])
    off = ~np.eye(len(x), dtype=bool)
    moved = np.log(fitted(beta + step)[off] / fitted(beta - step)[off]) / 2e-5
    assert within(x, fitted(beta))[off][:, 1] == pytest.approx(moved, abs=1e-6)


# --- the estimation --------------------------------------------------------------------------------------------------


def test_estimation_by_tables_is_poisson_regression_with_all_effects():
    """Estimates and errors clustered by pair as ``pyfixest`` has them, which holds all tables at once."""
    pf = pytest.importorskip("pyfixest")
    estimator = tool()
    x, found = made(seed=3)
    tables = [
        estimator.Table(f[np.ix_(e, i)], e, i, x[np.ix_(e, i)])
        for f in found
        for e, i in [(np.flatnonzero(f.sum(1)), np.flatnonzero(f.sum(0)))]
    ]
    ours = estimator.by_tables(tables, len(x))
    theirs = pf.fepois(
        "y ~ x0 + x1 + x2 | ex + im",
        frame(x, found),
        vcov={"CRV1": "pair"},
        ssc=pf.ssc(k_adj=False, G_adj=True),
        iwls_tol=1e-12,
    )
    assert ours.beta == pytest.approx(theirs.coef().to_numpy(), abs=1e-7)
    assert np.sqrt(np.diag(ours.cov)) == pytest.approx(theirs.se().to_numpy(), rel=1e-5)
    assert ours.pairs == 36


def test_shipped_figures_are_what_the_estimation_finds():
    """Two chapters and imports of the back-test, from the snapshot in the package; to the six digits shipped."""
    pytest.importorskip("pyfixest")
    estimator, evidence = tool(), evidence_for()
    tables, countries = estimator.goods_tables(evidence, 2010)
    for group in ("goods_72", "goods_76"):
        found, shipped = estimator.by_tables(tables[group], countries), elasticities(BACK_TEST)[group]
        assert shipped.beta == pytest.approx(found.beta, rel=1e-5)
        assert shipped.cov == pytest.approx(found.cov, rel=1e-4, abs=1e-9)
        assert (shipped.n, shipped.spread) == (found.n, pytest.approx(found.spread, rel=1e-5))
    again = {tuple(row[:4]) for row in estimator.import_rows(evidence, BACK_TEST)}
    kept = [r for r in gravity.read_table("gravity.csv") if (r["seen"], r["group"]) == (BACK_TEST, "imports")]
    assert again == {(r["seen"], r["group"], r["term"], float(r["estimate"])) for r in kept}


@pytest.mark.parametrize("seen", [BACK_TEST, TODAY])
def test_shipped_elasticities_are_within_the_literature(seen):
    """Head & Mayer (2014), 159 papers: distance −0.93 (sd 0.4), agreement .59 (sd .5); fuels and ores go beyond."""
    for group, one in elasticities(seen).items():
        terms = dict(zip(TERMS, one.beta, strict=True))
        assert -1.6 < terms["ln_distance"] < -0.2, group
        assert -0.1 < terms["agreement"] < 1.5, group
        assert np.linalg.eigvalsh(one.cov).min() > 0 and one.cov == pytest.approx(one.cov.T)
    stated = {(r["seen"], r["group"], r["term"]): r["se"] for r in gravity.read_table("gravity.csv")}
    for group, one in elasticities(seen).items():
        said = [float(stated[seen, group, term]) for term in TERMS]
        assert np.sqrt(np.diag(one.cov)) == pytest.approx(said, rel=1e-3)  # four digits are shipped of some


def test_the_back_test_rests_on_no_trade_after_2010():
    rows = [r for r in gravity.read_table("gravity.csv") if r["seen"] == BACK_TEST]
    assert rows and all(int(r["years"].split(",")[0].split("-")[1]) <= 2010 for r in rows)


def test_every_group_has_both_sets_and_every_sector_one_group():
    assert set(elasticities(BACK_TEST)) == set(elasticities(TODAY))
    sectors = gravity.read_table("gravity_sectors.csv")
    assert len({r["sector"] for r in sectors}) == 35 and {r["group"] for r in sectors} <= set(elasticities(TODAY))


@pytest.mark.parametrize(
    ("product", "group"),
    [("250810", "goods_25"), ("hs:270900", "goods_27"), ("090111", "goods"), ("c30", "services_business")],
)
def test_a_product_takes_the_elasticities_of_its_kind(product, group):
    assert group_of(product) == group


# --- what lies between countries -------------------------------------------------------------------------------------


def test_agreements_are_those_in_force_in_the_year():
    """The agreement of Korea and the United States entered into force on 15 March 2012."""
    evidence = evidence_for()
    before, after = (pair_terms(evidence, ("KOR", "USA"), year)[0, 1, -1] for year in (2011, 2012))
    assert (before, after) == (0, 1)


def test_a_country_that_the_facts_do_not_know_is_as_far_as_most():
    terms = pair_terms(evidence_for(), ("DEU", "FRA", "XXX", "JPN"), 2015)
    known = [terms[0, 1, 0], terms[0, 3, 0], terms[1, 3, 0]]
    assert min(known) < terms[0, 2, 0] < max(known) and not terms[2, :, 1:].any()
    assert np.isfinite(terms).all()


def test_a_country_of_the_past_is_where_its_successor_is():
    then, now = (pair_terms(evidence_for(), (code, "DEU"), 2003)[0, 1, 0] for code in ("SCG", "SRB"))
    assert then == now


# --- scores ----------------------------------------------------------------------------------------------------------


def test_gravity_tells_the_same_total_as_was_traded():
    known = small_panel().until(BASE)
    sold, _ = gravity.totals(known, BASE)
    cases = everyone(known)
    fitted = gravity.fit(known, BASE).at(cases.product, cases.exporter, cases.importer)
    total = np.zeros_like(sold)
    np.add.at(total, (cases.exporter, cases.product), fitted)
    assert total == pytest.approx(sold, rel=1e-5)


def test_gravity_finds_the_flows_that_gravity_made():
    """Rank correlation with the flows themselves, which were made with the same elasticities and noise."""
    from scipy.stats import spearmanr

    known = small_panel().until(BASE)
    cases = everyone(known)
    real = gravity.volumes(known, BASE)[cases.exporter, cases.importer, cases.product]
    traded = real > 0
    assert spearmanr(gravity.gravity_score(known, cases)[traded], real[traded])[0] > 0.8


@pytest.mark.parametrize("score", SCORES)
def test_what_comes_after_the_base_year_changes_no_score(score):
    one, other = small_panel(1.0), small_panel(7.0)
    assert len(one.run("SELECT * FROM flows")["usd"]) and one.last == other.last == 2013
    np.testing.assert_array_equal(score(one.until(BASE), everyone(one)), score(other.until(BASE), everyone(other)))


@pytest.mark.parametrize("score", SCORES)
def test_every_candidate_is_given_a_number(score):
    known = small_panel().until(BASE)
    found = score(known, everyone(known))
    assert found.shape == (len(PRODUCTS) * len(COUNTRIES) * (len(COUNTRIES) - 1),) and np.isfinite(found).all()


def test_markets_that_bought_none_stand_after_those_that_did_and_the_larger_first():
    table = rows()
    none = (table["product"] == "250810") & np.isin(table["importer"], ["USA", "GHA"])
    known = panel_of("baci74", "made", pa.table({k: v[~none] for k, v in table.items()}), evidence_for()).until(BASE)
    cases = everyone(known)
    score = gravity.gravity_score(known, cases)
    mine = (cases.product == 0) & (cases.exporter == COUNTRIES.index("DEU"))
    at = {COUNTRIES[i]: s for i, s in zip(cases.importer[mine], score[mine], strict=True)}
    bought = {c: gravity.totals(known, BASE)[1][COUNTRIES.index(c)].sum() for c in ("USA", "GHA")}
    first, last = sorted(bought, key=bought.__getitem__, reverse=True)
    assert min(s for c, s in at.items() if c not in bought) > at[first] > at[last] > 0


@settings(deadline=None, max_examples=5)
@given(st.floats(1e-3, 1e3))
def test_the_unit_of_money_does_not_matter(times):
    k = np.exp(np.random.default_rng(0).normal(size=(5, 5))) * ~np.eye(5, dtype=bool)
    sold, bought = np.arange(1.0, 6.0)[:, None], np.full((5, 1), 3.0)
    u, v = balance(k, sold, bought)
    a, b = balance(k, times * sold, times * bought)
    assert a * k * b.T == pytest.approx(times * (u * k * v.T), rel=1e-6)


def test_tables_are_plain_csv_with_the_command_that_made_them():
    path = Path(gravity.__file__).with_name("gravity.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {r["command"] for r in rows} == {"python tools/estimate_gravity.py"}


def test_the_method_page_states_what_is_shipped():
    page = (Path(__file__).parents[2] / "docs" / "methods" / "gravity.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(\w+)`[^|]*\| ([−\d].*) \|$", page, re.MULTILINE)
    shipped = elasticities(BACK_TEST)
    assert len(lines) >= 10
    for group, line in lines:
        one, cells = shipped[group], line.replace("−", "-").split(" | ")
        stated = [tuple(map(float, re.findall(r"-?[\d.]+", cell))) for cell in cells[:5]]
        wanted = [(round(b, 2), round(v**0.5, 2)) for b, v in zip(one.beta, np.diag(one.cov), strict=True)]
        assert np.abs(np.subtract(stated, wanted)).max() < 0.011, group
        assert cells[5:] == [f"{one.spread:.1f}", f"{one.n:,}"], group
