"""The candidates of each task, against plain loops over the same flows."""

from __future__ import annotations

import numpy as np
import pytest
from skill.some_trade import few_products, flows_of

from beachhead.errors import InputError
from beachhead.skill.panel import open_panel
from beachhead.skill.tasks import base_years, candidates, cases

T = 2012


@pytest.fixture(scope="module")
def panel(evidence):
    return few_products(evidence, "250810", "250700", "261000")


def looped(panel, t):
    """Entry as the page on methods tells it, in plain Python."""
    usd = flows_of(panel)
    window, later = range(t - 2, t + 1), range(t + 3, t + 6)
    buyers = {m for (_, _, m, y) in usd if y in window}
    sold: dict[tuple[str, str], float] = {}
    for (p, x, _, y), v in usd.items():
        if y in window:
            sold[p, x] = sold.get((p, x), 0.0) + v
    found = {}
    for (p, x), total in sold.items():
        for m in buyers - {x} if total >= 100_000 else ():
            if not any((p, x, m, y) in usd for y in window):
                found[p, x, m] = sum(usd.get((p, x, m, y), 0.0) for y in later) >= 50_000
    return found


def named(found):
    return {
        (found.products[p], found.countries[x], found.countries[m]): o
        for p, x, m, o in zip(found.product, found.exporter, found.importer, found.outcome, strict=True)
    }


def test_entry_is_what_a_plain_loop_finds(panel):
    found, share = cases(panel, "entry", T)
    assert share == 1.0
    assert named(found) == {k: float(v) for k, v in looped(panel, T).items()}


@pytest.mark.parametrize(("task", "reckon"), [
    ("level", lambda before, after: after),
    ("growth", lambda before, after: (after - before) / ((after + before) / 2)),
])  # fmt: skip
def test_running_flows_are_what_a_plain_loop_finds(panel, task, reckon):
    usd = flows_of(panel)
    sums = {}
    for (p, x, m, y), v in usd.items():
        before, after = sums.get((p, x, m), (0.0, 0.0))
        sums[p, x, m] = (before + v * (T - 2 <= y <= T), after + v * (T + 3 <= y <= T + 5))
    expected = {k: reckon(b, a) for k, (b, a) in sums.items() if b >= 50_000}
    found = named(cases(panel, task, T)[0])
    assert found.keys() == expected.keys()
    np.testing.assert_allclose([found[k] for k in expected], list(expected.values()), rtol=1e-9)


def test_growth_runs_from_minus_two_which_is_the_end(panel):
    growth, level = (cases(panel, task, T)[0].outcome for task in ("growth", "level"))
    assert growth.min() == -2 and growth.max() <= 2
    np.testing.assert_array_equal(growth == -2, level == 0)


def test_the_design_s_numbers_of_candidates(evidence):
    found, _ = cases(open_panel("baci74", evidence), "entry", 2015)
    assert (len(found), int(found.outcome.sum())) == (848_845, 6_514)


def test_candidates_of_today_have_no_outcome_and_are_those_of_the_task(panel):
    now, then = candidates(panel, T), cases(panel, "entry", T)[0]
    assert np.isnan(now.outcome).all()
    np.testing.assert_array_equal(now.importer, then.importer)


def test_too_many_are_cut_to_whole_exporter_products_the_same_each_time(panel):
    whole, some = cases(panel, "entry", T)[0], cases(panel, "entry", T, most=5_000)
    again, share = cases(panel, "entry", T, most=5_000)
    np.testing.assert_array_equal(some[0].importer, again.importer)
    assert share < 1 and 0.4 < len(again) / (share * len(whole)) < 2.5
    kept = np.isin(whole.group, again.group)
    np.testing.assert_array_equal(whole.importer[kept], again.importer)


@pytest.mark.parametrize(("task", "year", "says"), [("entry", 2020, "2005 to 2019"), ("guess", 2012, "entry, growth")])
def test_what_cannot_be_judged_is_refused_with_what_can(panel, task, year, says):
    assert base_years(panel)[-1] == 2019
    with pytest.raises(InputError, match=says):
        cases(panel, task, year)
