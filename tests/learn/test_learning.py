"""From a real firm's journal to what the later stages read: nothing learnt changes nothing, what is learnt arrives."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from cases import example
from hypothesis import given, settings
from hypothesis import strategies as st

from beachhead import choose_modes, plan
from beachhead.firm import Experience
from beachhead.learn import EMPTY, Entry, Journal, Result, informed, learn, revised
from beachhead.learn.channels import channel_ids

NAME = "india_mobile_app"


@pytest.fixture(scope="module")
def given_firm():
    return example(NAME)


@cache
def modes_of():
    return choose_modes(*example(NAME))


@pytest.fixture(scope="module")
def modes():
    return modes_of()


def entry(number, markets, **said):
    markets = (markets,) if isinstance(markets, str) else tuple(markets)
    said = {"channel": "peers_consulted", "finding": "Made up.", "date": date(2026, 5, 1)} | said
    return Entry(id=number, markets=markets, **said)


def expected(selection, market, times=1.0):
    return float(selection.potential.median_usd[selection.markets.index(market)] * times)


def same(a, b):
    """Whether two values of a result are the same, arrays but for rounding."""
    if isinstance(a, np.ndarray) and a.dtype.kind == "f":
        return np.allclose(a, b, rtol=1e-12, atol=1e-12, equal_nan=True)
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b or a is b


def test_an_empty_journal_changes_nothing(given_firm, modes):
    firm, _, selection = given_firm
    learnt = learn(*given_firm, EMPTY)
    after = informed(selection, learnt)
    for f in fields(selection):
        if f.name not in ("potential", "learnt"):
            assert getattr(after, f.name) is getattr(selection, f.name), f.name
    for f in fields(selection.potential):
        assert same(getattr(after.potential, f.name), getattr(selection.potential, f.name)), f.name
    ones = (after.factors.entry, after.factors.weeks, after.factors.hazard)
    assert all((factor == 1.0).all() for factor in ones) and not after.factors.told.any()
    assert revised(firm, learnt) is firm and not learnt.flags and not learnt.revisions and not learnt.channels
    again = choose_modes(firm, given_firm[1], after)
    assert again.best == modes.best
    assert again.value_usd == pytest.approx(modes.value_usd, rel=1e-9)


def test_a_plan_with_an_empty_journal_is_the_plan_without_to_the_byte(given_firm):
    firm, evidence, _ = given_firm
    with_it, without = (plan(firm, evidence, draws=500, rollout=False, journal=j) for j in (EMPTY, None))
    assert with_it.learnt is None
    assert json.dumps(with_it.to_dict(), sort_keys=True) == json.dumps(without.to_dict(), sort_keys=True)


def test_what_is_learnt_arrives_in_the_plan(given_firm):
    firm, evidence, selection = given_firm
    market, other = selection.markets[2], selection.markets[3]
    journal = Journal((
        entry(1, market, estimate_usd=expected(selection, market, 5.0), sd_log=0.2, channel="foreign_partner"),
        entry(2, other, about="entry_cost", says="worse", channel="industry_expert"),
        entry(3, other, about="hazard", chance=0.6, channel="industry_expert"),
    ))  # fmt: skip
    after = plan(firm, evidence, journal=journal, rollout=False)
    p, k, j = after.selection.potential, 2, 3
    assert after.learnt is not None and after.learnt.journal is journal
    assert after.selection.markets == selection.markets  # scores and ranks are of the market, not of its potential
    assert p.median_usd[k] > 1.5 * selection.potential.median_usd[k] and p.sd_log[k] < selection.potential.sd_log[k]
    assert after.selection.factors.told[[k, j]].all() and after.selection.factors.told.sum() == 2
    assert after.selection.factors.entry[j] > 1.02 and after.selection.factors.hazard[j] > 1.02
    before = choose_modes(firm, evidence, selection)
    assert (after.modes.potential_usd[k] > 1.2 * before.potential_usd[k]).all()


def test_the_parts_of_what_is_unsure_stay_together(given_firm, modes):
    firm, evidence, selection = given_firm
    journal = busy(selection, 40, seed=1)
    after = informed(selection, learn(firm, evidence, selection, journal, modes=modes)).potential
    assert (after.root**2).sum(axis=1) + after.own_sd**2 == pytest.approx(after.sd_log**2)
    assert np.log(after.p90 / after.p50) == pytest.approx(np.log(after.p50 / after.p10))
    assert np.log(after.p90 / after.p50) == pytest.approx(1.2815515655 * after.sd_log)
    assert (after.own_sd <= selection.potential.own_sd).all()


def busy(selection, count, seed):
    """A journal of all kinds of entries, and two markets with sales."""
    rng = np.random.default_rng(seed)
    entries = []
    for k in range(1, count + 1):
        markets = rng.choice(selection.markets[:40], size=int(rng.integers(1, 4)), replace=False)
        median = expected(selection, markets[0], np.exp(rng.standard_normal()))
        said = ({"estimate_usd": median}, {"says": str(rng.choice(["better", "alike", "worse"]))}, {})[k % 3]
        entries.append(entry(k, markets, channel=str(rng.choice(channel_ids())), **said))
    results = [
        Result(market=m, quarter=q, sales_usd=float(rng.uniform(0, 9e3)), cost_usd=3e3)
        for m in selection.markets[:2]
        for q in ("2025Q4", "2026Q1", "2026Q2", "2026Q3")
    ]
    return Journal(tuple(entries), tuple(results))


@given(st.integers(0, 5), st.randoms(use_true_random=False))
@settings(max_examples=6)
def test_neither_the_order_of_the_journal_matters_nor_how_it_came_in(seed, random):
    """It is read as a whole; numbers are the same but for rounding."""
    firm, evidence, selection = example(NAME)
    journal, modes = busy(selection, 20, seed), modes_of()
    entries, results = list(journal.entries), list(journal.results)
    random.shuffle(entries)
    random.shuffle(results)
    shuffled = Journal(tuple(entries), tuple(results))
    one, other = (learn(firm, evidence, selection, j, modes=modes) for j in (journal, shuffled))
    for name in ("potential", "entry_cost", "hazard"):
        a, b = getattr(one, name), getattr(other, name)
        assert a.mean == pytest.approx(b.mean, abs=1e-5) and a.sd == pytest.approx(b.sd, abs=1e-5)
        assert a.sources == b.sources and a.share == pytest.approx(b.share, abs=1e-5)
    assert one.entry == pytest.approx(other.entry, abs=1e-5) and one.weeks == pytest.approx(other.weeks)
    assert {f.entry for f in one.flags} == {f.entry for f in other.flags}
    assert {(r.id, round(r.after, 4)) for r in one.revisions} == {(r.id, round(r.after, 4)) for r in other.revisions}


def test_no_belief_is_less_sure_than_before_and_shares_add_up(given_firm, modes):
    firm, evidence, selection = given_firm
    learnt = learn(firm, evidence, selection, busy(selection, 60, 3), modes=modes)
    for belief in (learnt.potential, learnt.entry_cost, learnt.hazard):
        assert belief.share.sum(axis=1) == pytest.approx(belief.mean - belief.prior_mean, abs=1e-10)
        assert np.linalg.eigvalsh(belief.cov).min() > -1e-10
        assert np.linalg.eigvalsh(belief.prior_cov - belief.cov).min() > -1e-8
        assert ((belief.weight >= 0) & (belief.weight <= 1)).all()


def test_neighbours_move_and_strangers_hardly(given_firm):
    """What is learnt of Germany moves Austria more than Japan."""
    firm, evidence, selection = given_firm
    journal = Journal(tuple(entry(k, "DEU", estimate_usd=expected(selection, "DEU", 6.0)) for k in (1, 2, 3)))
    b = learn(firm, evidence, selection, journal).potential
    moved = dict(zip(b.markets, b.mean - b.prior_mean, strict=True))
    assert moved["DEU"] > moved["AUT"] > 2 * moved["JPN"] > -0.1
    assert b.informed_by(b.markets.index("DEU"))[0].entry in (1, 2, 3)


def test_who_knows_a_market_hears_more_in_it(given_firm):
    """Absorptive capacity: the same figure moves the belief of a firm that has lived there further."""
    firm, evidence, selection = given_firm
    journal = Journal((entry(1, "DEU", estimate_usd=expected(selection, "DEU", 4.0)),))
    lived = firm.model_copy(update={"experience": (Experience(country="DEU", years=12),)})
    k = selection.markets.index("DEU")
    ours, theirs = (learn(f, evidence, selection, journal).potential.share[k, 0] for f in (lived, firm))
    assert ours > 1.02 * theirs


def test_what_the_owner_holds_does_not_move(given_firm, modes):
    firm, evidence, selection = given_firm
    journal = busy(selection, 60, 3)
    held = frozenset(f"{c}.{what}" for c in channel_ids() for what in ("bias", "noise_sd"))
    learnt = learn(firm, evidence, selection, replace(journal, held=held), modes=modes)
    assert all((c.bias, c.noise) == (c.bias_before, c.noise_before) for c in learnt.channels)


def test_what_operating_taught_is_not_lost_when_results_become_a_presence() -> None:
    """A replanned firm has the presence in its file; what selling there taught is learnt all the same."""
    firm, evidence, selection = example("india_mobile_app")
    booked = tuple(
        Result(market="DEU", quarter=q, sales_usd=9_000.0, mode="direct_export")
        for q in ("2025Q4", "2026Q1", "2026Q2", "2026Q3")
    )
    here = {"country": "DEU", "mode": "direct_export", "since": "2025Q4"}
    known = type(firm).model_validate(firm.model_dump() | {"presence": [*firm.model_dump()["presence"], here]})
    k = selection.row("DEU")
    plain, rolled = (learn(one, evidence, selection, Journal((), booked)) for one in (firm, known))
    assert rolled.weeks[k] <= plain.weeks[k] < 1.0  # a presence runs to the day of the evidence, a quarter longer
    assert rolled.hazard_factor[k] <= plain.hazard_factor[k] < 1.0
