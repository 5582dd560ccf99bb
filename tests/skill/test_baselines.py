"""Each simple rule against plain loops over the same flows."""

from __future__ import annotations

import numpy as np
import pytest
from skill.some_trade import few_products, flows_of, names_of

from beachhead.skill import baselines
from beachhead.skill.tasks import candidates, cases

T = 2012


@pytest.fixture(scope="module")
def known(evidence):
    return few_products(evidence, "250700", "250810").until(T)


@pytest.fixture(scope="module")
def flows(known):
    return flows_of(known)


def window(flows, p, x, m, first, last):
    return sum(flows.get((p, x, m, y), 0.0) for y in range(first, last + 1))


RULES = {
    "market_size": lambda f, p, x, m: sum(v for k, v in f.items() if k[0] == p and k[2] == m and k[3] > T - 3),
    "suppliers": lambda f, p, x, m: len({k[1] for k in f if k[0] == p and k[2] == m and k[3] > T - 3}),
    "links": lambda f, p, x, m: len({k[0] for k in f if k[0] != p and k[1:3] == (x, m) and k[3] > T - 3}),
}
RUNNING = {
    "persistence": lambda f, p, x, m: window(f, p, x, m, T - 2, T),
    "smaller_first": lambda f, p, x, m: -window(f, p, x, m, T - 2, T),
    "past_growth": lambda f, p, x, m: (
        2 * (window(f, p, x, m, T - 2, T) - window(f, p, x, m, T - 5, T - 3))
        / (window(f, p, x, m, T - 2, T) + window(f, p, x, m, T - 5, T - 3))
    ),
}  # fmt: skip


@pytest.mark.parametrize(("task", "rule"), [*(("entry", r) for r in RULES), *(("growth", r) for r in RUNNING)])
def test_a_rule_is_what_a_plain_loop_finds(known, flows, task, rule):
    found = candidates(known, T, task=task)
    scored = getattr(baselines, rule)(known, found)
    for row in np.linspace(0, len(found) - 1, 40).astype(int):
        names = names_of(found, row)
        assert scored[row] == pytest.approx((RULES | RUNNING)[rule](flows, *names), rel=1e-5)


def test_sold_before_puts_the_latest_first_and_the_larger_first_among_equals(known, flows):
    found = candidates(known, T)
    scored = baselines.ever_before(known, found)
    last, size = np.zeros(len(found)), np.zeros(len(found))
    at = {tuple(map(int, k)): n for n, k in enumerate(zip(found.product, found.exporter, found.importer, strict=True))}
    number = {c: k for k, c in enumerate(found.countries)}
    for (p, x, m, y), v in flows.items():
        row = at.get((found.products.index(p), number[x], number[m]))
        if row is not None and y <= T - 3:
            last[row], size[row] = max(last[row], y), max(size[row], v)
    order = np.argsort(-scored, kind="stable")
    assert (np.diff(last[order]) <= 0).all()
    assert set(np.unique(scored[last == 0])) == {0.0}
    same = last == 2009
    assert np.corrcoef(np.argsort(np.argsort(size[same])), np.argsort(np.argsort(scored[same])))[0, 1] > 0.9


def test_the_nearest_comes_first(known, evidence):
    found = candidates(known, T)
    scored = baselines.distance(known, found)
    rows = evidence.query("skill_pairs")
    km = dict(zip(zip(rows["origin"], rows["destination"], strict=True), rows["distance"], strict=True))
    for row in range(0, len(found), 997):
        pair = found.countries[found.exporter[row]], found.countries[found.importer[row]]
        assert scored[row] == pytest.approx(-km.get(pair, 1e6))


def test_taught_rules_are_a_logistic_regression_on_what_was_known_five_years_later(known):
    """Another implementation, on the same terms, taught on the base year whose outcome had just come."""
    linear = pytest.importorskip("sklearn.linear_model")
    found = candidates(known, T)
    lesson, _ = cases(known, "entry", T - 5)
    before, now = baselines._terms(known.until(T - 5), lesson), baselines._terms(known, found)
    middle, spread = before.mean(axis=0), np.maximum(before.std(axis=0), 1e-9)
    theirs = linear.LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
    theirs.fit((before - middle) / spread, lesson.outcome)
    expected = theirs.decision_function((now - middle) / spread)
    np.testing.assert_allclose(baselines.taught(known, found), expected, rtol=1e-3, atol=1e-3)
