"""Planning again on a real example: the worth of markets before and after the news, and which news it was."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from cases import example

from beachhead.assumptions import packaged
from beachhead.learn import informed
from beachhead.learn.causes import effects, news
from beachhead.learn.journal import EMPTY, Entry, Journal, Result
from beachhead.learn.replan import weigh, with_weeks, worths

NAME = "portugal_footwear"


def said(number: int, market: str, **more) -> Entry:
    given = {"date": date(2026, 10, 1), "channel": "industry_expert", "finding": "a figure"} | more
    return Entry(id=number, markets=(market,), **given)


@cache
def worth_of(revise=True):
    firm, evidence, selection = example(NAME)
    return worths(firm, evidence, selection, revise=revise)


def row(market: str) -> int:
    return example(NAME)[2].row(market)


def median(market: str) -> float:
    return float(example(NAME)[2].potential.median_usd[row(market)])


def journal() -> Journal:
    """Germany is said to be large, Denmark small; Norway's entry carries nothing that moves a belief."""
    return Journal(
        (
            said(1, "DEU", estimate_usd=5 * median("DEU")),
            said(2, "DNK", estimate_usd=median("DNK") / 5),
            said(3, "NOR"),
        )
    )


@cache
def done():
    return effects(news(EMPTY, journal()), EMPTY, journal(), worth_of())


def test_effects_add_up_in_every_market_and_mode():
    e = done()
    total = e.before + e.each.sum(axis=0) + e.together
    np.testing.assert_allclose(total, e.after, rtol=0, atol=1e-6 * np.abs(e.after).max())


@pytest.mark.parametrize(("market", "name", "sign"), [("DEU", "entry 1", 1), ("DNK", "entry 2", -1)])
def test_the_entry_about_a_market_is_what_moved_it(market, name, sign):
    e, k = done(), row(market)
    best = int(e.after[k].argmax())
    each = dict(zip(e.names, e.each[:, k, best], strict=True))
    assert max(each, key=lambda n: sign * each[n]) == name
    assert sign * (e.after[k, best] - e.before[k, best]) > 0


def test_an_entry_that_says_nothing_of_sales_moves_no_worth_elsewhere():
    e = done()
    far = [k for k, m in enumerate(example(NAME)[2].markets) if m in ("JPN", "AUS", "CHL")]
    assert np.abs(e.each[e.names.index("entry 3"), far]).max() <= 0.01 * np.abs(e.before[far]).max()


def test_without_a_journal_the_worth_is_that_of_the_plan_as_it_was():
    firm, evidence, selection = example(NAME)
    plain = weigh(firm, evidence, None, selection)
    assert plain.learnt is None and plain.selection is selection
    np.testing.assert_array_equal(worth_of()(EMPTY), plain.modes.value_usd)


def test_worth_by_the_short_way_is_that_of_the_modes_chosen_anew():
    firm, evidence, selection = example(NAME)
    w = weigh(firm, evidence, journal(), selection)
    np.testing.assert_allclose(worth_of()(journal()), w.modes.value_usd, rtol=1e-12)
    np.testing.assert_allclose(w.selection.potential.median_usd, informed(selection, w.learnt).potential.median_usd)


def test_the_order_of_the_journal_does_not_matter():
    turned = Journal(tuple(reversed(journal().entries)))
    np.testing.assert_allclose(worth_of()(turned), worth_of()(journal()), rtol=1e-6, atol=1e-3)


def test_outcomes_change_assumptions_in_the_double_loop_only_and_never_those_that_are_held():
    firm, evidence, selection = example(NAME)
    quarters = [f"{y}Q{q}" for y in (2024, 2025) for q in (1, 2, 3, 4)]
    usd = [20_000.0 + 9_000 * k for k in range(8)]
    books = tuple(
        Result(market="DEU", quarter=q, sales_usd=x, left=q == "2025Q4") for q, x in zip(quarters, usd, strict=True)
    )
    known = Journal((), books)
    double, single = (weigh(firm, evidence, known, selection, revise=x) for x in (True, False))
    used = [r for r in double.learnt.revisions if not (r.held or r.carried)]
    assert used and all(double.firm.assumptions[r.id] == r.after for r in used)
    assert single.firm.assumptions == firm.assumptions
    kept = Journal((), books, frozenset(packaged()))
    assert weigh(firm, evidence, kept, selection).firm.assumptions == firm.assumptions


def test_what_has_begun_needs_only_the_weeks_that_are_left():
    firm, evidence, selection = example(NAME)
    modes = weigh(firm, evidence, None, selection).modes
    rolled = type("Rolled", (), {"weeks": {"DEU": 4.0}})()
    left = with_weeks(modes, selection, rolled)
    assert (left.weeks[row("DEU")] == 4.0).all()
    others = np.arange(len(selection.markets)) != row("DEU")
    np.testing.assert_array_equal(left.weeks[others], modes.weeks[others])
