"""The likeness of markets: a correlation that can be used, and estimates that the data give."""

from __future__ import annotations

import csv
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from cases import RAW, evidence_for
from hypothesis import given, settings
from hypothesis import strategies as st
from panels import NOISE, NONE, TRUE, estimate, panel, world
from scipy.linalg import null_space
from scipy.stats import multivariate_normal, norm

from beachhead.assumptions import Assumptions
from beachhead.select.likeness import LENGTH, SHARES, estimates, great_circle, kernel, measures, mixture, shared_tongues

MODELS = ("goods", "services")
SAFE = 1.92  # half of the 95 % point of chi-squared with one degree of freedom


def table(name):
    text = files("beachhead.select").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def shipped(model):
    rows = [r for r in table("likeness") if r["model"] == model and r["se"]]
    return {r["term"]: (float(r["estimate"]), float(r["se"])) for r in rows}


def profile(model, what):
    rows = [r for r in table("likeness_profile") if (r["model"], r["what"]) == (model, what)]
    return {r["value"]: (float(r["fall"]), float(r["adjusted"])) for r in rows}


def bounds():
    return {r["id"].removeprefix("likeness."): (float(r["low"]), float(r["high"])) for r in table("likeness_terms")}


# The correlation.

own_figures = st.fixed_dictionaries({f"likeness.{k}": st.floats(low, high) for k, (low, high) in bounds().items()})


@settings(max_examples=25)
@given(own=own_figures, goods=st.booleans(), seed=st.integers(0, 2**32 - 1), size=st.integers(1, 217))
def test_it_is_a_correlation_of_any_markets_whatever_the_firm_believes(own, goods, seed, size):
    evidence = evidence_for()
    k = kernel(evidence, Assumptions(own), goods=goods)
    assert np.array_equal(k, k.T) and k == pytest.approx(np.clip(k, -1, 1), abs=1e-12)
    assert np.diag(k) == pytest.approx(1, abs=1e-12)
    some = np.random.default_rng(seed).choice(len(k), min(size, len(k)), replace=False)
    least = own["likeness.own"] / sum(own[f"likeness.{t}"] for t in SHARES)  # what is a market's own cannot be shared
    assert np.linalg.eigvalsh(k[np.ix_(some, some)])[0] >= least - 1e-9


@pytest.mark.parametrize("goods", [True, False])
def test_neighbours_are_more_alike_than_what_is_far_off(goods):
    evidence = evidence_for()
    k, i = kernel(evidence, goods=goods), evidence.markets.index
    assert k[i("DEU"), i("AUT")] > k[i("DEU"), i("FRA")] > k[i("DEU"), i("USA")] > k[i("DEU"), i("IDN")]
    assert k[i("AUS"), i("NZL")] > k[i("AUS"), i("NPL")]


pairs = st.tuples(st.floats(0, 20_000), st.floats(0, 6), st.floats(0, 1))


@given(one=pairs, more=pairs, goods=st.booleans())
def test_likeness_falls_with_distance_and_with_the_gap_in_income_and_rises_with_language(one, more, goods):
    p = estimates("goods" if goods else "services")

    def alike(km, gap, tongue):
        # The third market spans incomes, so that the gap of the first two is measured against the same span.
        far = np.array([[0, gap, 6.0], [gap, 0, 6.0], [6.0, 6.0, 0]])
        square = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
        return mixture({"km": km * square, "income": far, "language": tongue * square}, p)[0, 1]

    here = alike(*one)
    assert alike(one[0] + more[0], *one[1:]) <= here
    assert alike(one[0], min(one[1] + more[1], 6.0), one[2]) <= here + 1e-12
    assert alike(*one[:2], min(one[2] + more[2], 1.0)) >= here


def test_the_firms_own_figures_replace_the_estimates():
    evidence = evidence_for()
    apart = {"likeness.near": 0.0, "likeness.income": 0.0, "likeness.language": 0.0, "likeness.own": 1.0}
    assert kernel(evidence, Assumptions(apart)) == pytest.approx(np.eye(len(evidence.markets)))
    near = kernel(evidence, Assumptions(apart | {"likeness.near": 1.0, "likeness.near_km": 1000.0}))
    assert near == pytest.approx((np.exp(-measures(evidence)["km"] / 1000) + np.eye(len(near))) / 2)


def test_kilometres_are_those_of_the_globe_and_of_the_snapshots_pairs():
    corner = great_circle(np.array([0.0, 0.0, 90.0, 180.0]), np.array([0.0, 90.0, 0.0, 0.0]))
    quarter = np.pi / 2 * 6371.0
    assert corner == pytest.approx(quarter * np.array([[0, 1, 1, 2], [1, 0, 1, 1], [1, 1, 0, 1], [2, 1, 1, 0]]))
    evidence = evidence_for()
    rows = evidence.query("pairs_from", home="IND")
    at = [evidence.markets.index(m) for m in rows["destination"]]
    mine, theirs = measures(evidence)["km"][evidence.markets.index("IND"), at], rows["distance"].astype(float)
    far = theirs > 1500
    assert np.median(np.abs(mine[far] / theirs[far] - 1)) < 0.05  # other cities stand for the countries


def test_who_speaks_the_same_as_widely_is_alike_and_who_shares_nothing_is_not():
    same = shared_tongues(np.array([[0.9, 0.1, 0], [0.9, 0.1, 0], [0, 0, 0.7], [0, 0, 0]]))
    assert same == pytest.approx(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]))


# What is shipped.


@pytest.mark.parametrize("model", MODELS)
def test_shipped_shares_are_parts_of_one_whole_within_the_bounds_that_a_firm_has_too(model):
    found = shipped(model)
    assert sum(found[t][0] for t in SHARES) == pytest.approx(1, abs=0.005)  # each is rounded to three digits
    for term, (low, high) in bounds().items():
        value, se = found[term]
        assert low <= value <= high and 0 < se < value
    assert set(bounds()) == {*SHARES, LENGTH}


@pytest.mark.parametrize("model", MODELS)
def test_the_shipped_length_is_where_the_likelihood_is_highest(model):
    """And the standard error is the width of the profile: half of (distance ÷ se)² near the top."""
    km, se = shipped(model)[LENGTH]
    fall = {float(value): falls for value, falls in profile(model, LENGTH).items()}
    grid = sorted(fall)
    assert all(f[0] >= 0 for f in fall.values())
    assert abs(np.log(min(grid, key=lambda x: fall[x][0]) / km)) == min(abs(np.log(x / km)) for x in grid)
    below, above = [x for x in grid if x < km], [x for x in grid if x > km]
    assert [fall[x][0] for x in below] == sorted((fall[x][0] for x in below), reverse=True)
    assert [fall[x][0] for x in above] == sorted(fall[x][0] for x in above)
    near = [x for x in grid if abs(np.log(x / km)) < 2 * se / km]
    for x in near:
        assert fall[x][1] == pytest.approx(0.5 * (np.log(x / km) * km / se) ** 2, rel=0.3, abs=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_every_term_that_is_shipped_is_needed(model):
    for falls in profile(model, "without").values():
        assert falls[1] > SAFE
    assert profile(model, "without")["all"][0] > max(f[0] for t, f in profile(model, "without").items() if t != "all")


@pytest.mark.parametrize("model", [*MODELS, "customs_products", "customs_total"])
def test_exporters_that_the_fit_has_not_seen_are_foretold_better_with_it(model):
    for term in ("exporters_gain", "markets_gain", "markets_explained"):
        gain, se = shipped(model)[term]
        assert gain > 3 * se


def test_manufactures_and_two_sets_of_customs_records_agree_on_how_far_nearness_reaches():
    lengths = [shipped(m)[LENGTH] for m in ("goods", "customs_products", "customs_total")]
    for (a, a_se), (b, b_se) in pairwise(lengths):
        assert abs(a - b) < 1.96 * np.hypot(a_se, b_se)


# The estimation.


@pytest.fixture(scope="module")
def fitted():
    measured = world()
    groups = estimate.groups_of(panel(measured), True)
    return estimate.best(estimate.World(measured, {}).form(), groups)


def test_shares_and_length_are_recovered_from_a_panel_that_was_made_with_them(fitted):
    value, se = estimate.shares(fitted)
    truth = np.array([*(TRUE[t] for t in estimate.ORDER), TRUE[LENGTH]])
    assert np.all(np.abs(value[:5] - truth) < 3 * se[:5])
    assert np.all(se[:4] < 0.1) and se[4] < 1500  # and not for want of an answer
    noise = np.mean(np.concatenate([g.noise for g in fitted.groups]))
    assert noise == pytest.approx(NOISE, rel=0.1)


def test_no_likeness_is_found_where_there_is_none():
    measured = world()
    groups = estimate.groups_of(panel(measured, NONE), True)
    w = estimate.World(measured, {})
    with_it, without = (estimate.best(form, groups) for form in (w.form(), w.nothing()))
    assert with_it.value - without.value < 6.6  # the 99 % point of chi-squared with four degrees of freedom, halved
    assert estimate.shares(with_it)[0][0] > 0.95


def test_the_gradient_is_the_slope_of_the_likelihood_and_naught_at_the_top(fitted):
    form, few, theta = fitted.form, fitted.groups[:5], fitted.theta + 0.05
    _, gradient = estimate.log_likelihood(form, theta, few)
    for k, step in enumerate(1e-5 * np.eye(len(theta))):
        up, down = (estimate.log_likelihood(form, theta + s * step, few)[0] for s in (1, -1))
        assert (up - down) / 2e-5 == pytest.approx(gradient[k], rel=1e-4, abs=1e-4)
    top, slope = estimate.log_likelihood(form, fitted.theta, fitted.groups)
    assert top == pytest.approx(fitted.value) and np.abs(slope).max() < 0.5  # of a likelihood in the thousands


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 9))
def test_the_restricted_likelihood_is_the_density_of_contrasts(seed, n):
    """Second implementation: the density of n − 1 orthonormal contrasts, which no level can touch."""
    rng = np.random.default_rng(seed)
    half = rng.standard_normal((n, n))
    cov, left = half @ half.T + np.eye(n), rng.standard_normal(n)
    contrasts = null_space(np.ones((1, n))).T
    density = multivariate_normal(np.zeros(n - 1), contrasts @ cov @ contrasts.T).logpdf(contrasts @ left)
    assert estimate.restricted(cov, left)[0] == pytest.approx(density)
    assert estimate.restricted(cov, left + 7)[0] == pytest.approx(density)


@given(seed=st.integers(0, 2**32 - 1))
def test_hidden_markets_are_foretold_as_by_a_normal_whose_level_may_be_anything(seed):
    rng = np.random.default_rng(seed)
    half, noise = rng.standard_normal((6, 6)), np.diag(rng.uniform(0, 1, 6))
    lasting, left = half @ half.T + np.eye(6), rng.standard_normal(6)
    hidden = np.array([True, False, False, True, False, False])
    vague = lasting + noise + 1e5
    keep = np.linalg.inv(vague[np.ix_(~hidden, ~hidden)])
    mean = vague[np.ix_(hidden, ~hidden)] @ keep @ left[~hidden]
    var = np.diag(
        vague[np.ix_(hidden, hidden)] - vague[np.ix_(hidden, ~hidden)] @ keep @ vague[np.ix_(~hidden, hidden)]
    )
    density, error = estimate.foretold(lasting + noise, left, hidden, lasting)
    assert density == pytest.approx(norm(mean, np.sqrt(var)).logpdf(left[hidden]).sum(), rel=1e-3, abs=1e-3)
    assert error == pytest.approx(((left[hidden] - mean) ** 2).sum(), rel=1e-3, abs=1e-3)


@pytest.mark.skipif(
    not (RAW / "trade/icio_2022").is_dir(), reason="raw files absent: set BEACHHEAD_RAW to their folder"
)
@pytest.mark.parametrize("model", ["services", "customs_products"])
def test_the_raw_data_give_what_is_shipped(model):
    """The tool's --check does the same for all models, profiles and unseen exporters."""
    evidence, source = evidence_for(), estimate.SOURCES[model]
    groups = estimate.some(estimate.groups_of(estimate.read_flows(source, RAW, evidence), source.demand))
    rows = list(estimate.estimate_rows(model, estimate.best(estimate.World(measures(evidence), {}).form(), groups)))
    there = [r for r in table("likeness") if r["model"] == model][: len(rows)]
    made = list(csv.DictReader(estimate.text(list(there[0]), rows).splitlines()))
    assert made == there
