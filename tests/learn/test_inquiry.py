"""What is asked moves beliefs as learning will; gains are what decisions bring; the advice follows from the figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from cases import example
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from beachhead import choose_modes
from beachhead.learn import Entry, Journal, learn
from beachhead.learn.channels import channel_ids
from beachhead.learn.exact import exact_gain
from beachhead.learn.inquiry import (
    FINE,
    answer,
    bounds,
    case_of,
    changes,
    delays,
    gains,
    inquire,
    joint_nodes,
    nodes,
)
from beachhead.learn.questions import acquainted, joint_moves, moves, question
from beachhead.learn.worth import attained, best_of_pool, looked_up

NAME = "portugal_footwear"


@cache
def case(**own):
    firm, evidence, selection, modes = ready(**own)
    return case_of(firm, evidence, selection, modes, None, None)


@cache
def ready(**own):
    """The firm with some assumptions of its own (dots as ``__``) or limits, its evidence, selection and modes."""
    firm, evidence, selection = example(NAME)
    most, appetite = own.pop("most_markets", None), own.pop("risk_appetite", firm.attitude.risk_appetite)
    mine = firm.assumptions | {name.replace("__", "."): value for name, value in own.items()}
    pace = firm.pace.model_copy(update={"most_markets": most})
    attitude = firm.attitude.model_copy(update={"risk_appetite": appetite})
    firm = firm.model_copy(update={"assumptions": mine, "pace": pace, "attitude": attitude})
    return firm, evidence, selection, choose_modes(firm, evidence, selection)


@pytest.fixture(scope="module")
def found():
    return answer(*ready())


def ask(name, *markets, **own):
    s = case(**own).selection
    return question(case(**own).desk, name, tuple(s.row(m) for m in markets))


# What an answer does to beliefs.


@pytest.mark.parametrize(
    ("name", "markets"),
    [("peers_consulted", ("DEU",)), ("online_research", ("DEU", "NLD", "DNK")), ("foreign_partner", ("USA",)),
     ("trial_and_error", ("SWE",))],
)  # fmt: skip
def test_beliefs_move_as_they_will_when_the_answer_is_written_down(name, markets):
    """Variances after learning are those before less the square of the move, whatever the answer."""
    own = {"rumour_share": 0.0, f"{name}__noise_weight": 1000.0}
    firm, evidence, selection, _ = ready(**own)
    entry = Entry(id=1, date=date(2026, 5, 1), channel=name, markets=markets, finding="x", estimate_usd=50_000.0)
    belief = learn(firm, evidence, selection, Journal((entry,))).potential
    moved = moves(case(**own).spread, [ask(name, *markets, **own)])[0]
    rows = case(**own).worth.ways.rows
    assert belief.prior_sd[rows] ** 2 - belief.sd[rows] ** 2 == pytest.approx(moved**2, rel=2e-3, abs=1e-6)
    told = (belief.mean - belief.prior_mean)[rows]
    assert np.corrcoef(told, moved)[0, 1] ** 2 == pytest.approx(1.0, abs=1e-6), "along one line"


def test_answers_that_come_together_leave_what_is_left_after_one_and_then_the_other():
    """By the formula for a normal given two observations."""
    s = case().spread
    pair = [ask("peers_consulted", "DEU"), ask("peers_consulted", "NLD")]
    moved = joint_moves(s, pair)
    rows = [q.rows[0] for q in pair]
    cov = s.common[np.ix_(rows, rows)] + pair[0].bias + np.diag([q.noise for q in pair])
    with_all = s.common[np.ix_(rows, s.whole)]
    assert (moved**2).sum(axis=0) == pytest.approx(np.einsum("in,in->n", with_all, np.linalg.solve(cov, with_all)))


def test_asking_the_same_again_tells_less_each_time_and_its_bias_stays():
    s, one = case().spread, ask("peers_consulted", "DEU")
    told = [(joint_moves(s, [one] * k) ** 2).sum(axis=0)[0] for k in (1, 2, 3, 40)]
    steps = np.diff([0.0, *told[:3]])
    assert (steps > 0).all() and (np.diff(steps) < 0).all()
    row = one.rows[0]
    with_it = s.common[row, s.whole][0] ** 2
    assert told[-1] < with_it / (s.common[row, row] + one.bias)


def test_who_must_know_somebody_there_can_ask_only_where_the_firm_does():
    firm, evidence, selection, _ = ready()
    can = acquainted(firm, selection.markets, evidence.vintage)
    assert "peers_consulted" not in can and "online_research" not in can
    there = {selection.markets[m] for m in can["friends_family"]}
    assert there == {c.country for c in firm.contacts if c.kind == "acquaintance"} & set(selection.markets)


# What an answer is worth.


def test_quadrature_is_the_mean_over_many_answers():
    q = [ask("foreign_partner", "CAN"), ask("trial_and_error", "JPN"), ask("peers_consulted", "USA")]
    moved, worth = moves(case().spread, q)[:, None], case().worth
    z = ndtri((np.arange(4_000) + 0.5) / 4_000)[:, None]
    many = gains(worth, moved, z, np.full(len(z), 1 / len(z)))
    assert gains(worth, moved, *nodes(FINE)) == pytest.approx(many, rel=0.04, abs=20.0)


def test_joint_nodes_are_standard_normals_that_have_nothing_to_do_with_each_other():
    z, weight = joint_nodes(3)
    assert weight.sum() == pytest.approx(1.0) and np.abs(z.mean(axis=0)).max() < 1e-12
    assert np.cov(z.T, bias=True) == pytest.approx(np.eye(3), abs=1e-9)


@settings(max_examples=25)
@given(data=st.data())
def test_a_gain_is_never_negative_nor_above_its_bound_and_an_answer_that_tells_nothing_brings_nothing(data):
    worth = case().worth
    share = np.array(data.draw(st.lists(st.floats(-0.9, 0.9), min_size=len(worth.sd), max_size=len(worth.sd))))
    moved = (share * worth.sd)[None, None]
    gain = gains(worth, moved, *nodes(FINE))[0]
    assert -1e-6 <= gain <= bounds(worth, moved, *nodes(FINE))[0] + 1e-6
    assert gains(worth, 0.0 * moved, *nodes(FINE))[0] == pytest.approx(0.0, abs=1e-6)


def test_which_one_market_is_answered_exactly():
    """With room for one market the plan is the best way of all, or none."""
    one = case(most_markets=1).worth
    new = one.ways.starts
    value = looked_up(one, *(np.random.default_rng(1).uniform(*r, size=(len(one.sd), 50)) for r in ((-2, 2), (0.2, 1))))
    here = np.flatnonzero(~new)
    runs = sum(np.maximum(value[one.ways.market == m].max(axis=0), 0.0) for m in np.unique(one.ways.market[here]))
    apart = ~np.isin(one.ways.market, one.ways.market[here])
    assert attained(one, value) == pytest.approx(runs + np.maximum(value[apart].max(axis=0), 0.0), rel=0.01, abs=50)


def test_a_surer_channel_is_worth_more():
    noisy, sure = (case(peers_consulted__noise_sd=sd) for sd in (1.5, 0.3))
    gain = []
    for c in (noisy, sure):
        one = question(c.desk, "peers_consulted", (c.selection.row("USA"),))
        gain.append(gains(c.worth, moves(c.spread, [one])[:, None], *nodes(FINE))[0])
    assert gain[1] > gain[0] >= 0


def realised(c, asked, truth, rng):
    """What the plan made after each answer brings in each true world, (worlds,): ``asked`` is the question of each, and
    ``truth`` (worlds, M) ln potentials less what is believed."""
    worth, rows, found = c.worth, c.worth.ways.rows, np.zeros(len(truth))
    known = looked_up(worth, (truth[:, rows] / worth.sd).T, np.zeros((len(rows), len(truth))))
    for one in set(asked):
        here = np.array([q == one for q in asked])
        moved, at = moves(c.spread, [one])[0], one.rows[0]
        sd = np.sqrt(c.spread.common[at, at] + c.spread.own[at] + one.noise + one.bias)
        seen = truth[here, at] + np.sqrt(one.noise + one.bias) * rng.standard_normal(here.sum())
        left = np.broadcast_to(1 - (moved / worth.sd) ** 2, (here.sum(), len(rows))).T
        value = looked_up(worth, np.outer(moved / worth.sd, seen / sd), left)
        found[here] = np.einsum("wn,wn->n", worth.pool[best_of_pool(worth, value)].T, known[:, here])
    return found


def test_in_worlds_whose_truth_is_known_the_ranking_beats_chance_and_the_largest_uncertainty():
    """Trying out one market, chosen in three ways, in the same 6,000 worlds: paired difference of what plans bring."""
    c, rng, worlds = case(risk_appetite=1.0), np.random.default_rng(5), 6_000
    p, rows = c.selection.potential, c.worth.ways.rows
    every = [question(c.desk, "trial_and_error", (int(m),)) for m in rows]
    gain = gains(c.worth, moves(c.spread, every)[:, None], *nodes(FINE))
    truth = rng.standard_normal((worlds, p.root.shape[1])) @ p.root.T
    truth += rng.standard_normal((worlds, len(p.own_sd))) * p.own_sd
    best, widest = every[int(gain.argmax())], every[int(p.sd_log[rows].argmax())]
    chance = [every[k] for k in rng.integers(len(every), size=worlds)]
    ours = realised(c, [best] * worlds, truth, np.random.default_rng(6))
    for other in ([widest] * worlds, chance):
        better = ours - realised(c, other, truth, np.random.default_rng(6))
        assert better.mean() > 2.6 * better.std() / np.sqrt(worlds), "99 in 100"
    none = c.worth.plan @ looked_up(c.worth, (truth[:, rows] / c.worth.sd).T, np.zeros((len(rows), worlds)))
    found = (ours - none).mean()
    assert found == pytest.approx(gain.max(), abs=3.5 * (ours - none).std() / np.sqrt(worlds)), "as much as was said"


# What waiting costs.


def test_only_entries_that_the_answer_may_change_and_that_begin_before_it_comes_wait():
    c = case()
    q = [ask("foreign_partner", "CAN")]
    changed = changes(c.worth, moves(c.spread, q)[:, None], *nodes(FINE))
    assert ((changed >= 0) & (changed <= 1)).all() and (changed > 0.05).any()
    soon, late = delays(c, np.array([2.0]), changed), delays(c, np.array([26.0]), changed)
    assert 0 < soon[0] < late[0]
    after = replace(c, begins=np.full(len(c.begins), 30.0))
    assert delays(after, np.array([26.0]), changed)[0] == pytest.approx(0.0, abs=0.01)
    assert delays(c, np.array([26.0]), 0.0 * changed)[0] == pytest.approx(0.0, abs=0.01)


# The advice.


def test_net_is_gain_less_cost_less_waiting_best_first_and_nothing_beats_knowing_all(found):
    some = found.inquiries.inquiries
    assert len(some) >= 5 and {one.channel for one in some} <= set(channel_ids())
    assert all(one.net_usd == pytest.approx(one.gain_usd - one.cost_usd - one.delay_usd) for one in some)
    assert [one.net_usd for one in some] == sorted((one.net_usd for one in some), reverse=True)
    assert all(0 <= one.gain_usd <= found.inquiries.perfect_usd and one.gain_sd > 0 for one in some)
    assert all(b.gain_usd <= found.inquiries.perfect_usd for b in found.inquiries.batches)


def test_the_same_question_gives_the_same_answer(found):
    assert answer(*ready()) == found


def test_the_sentence_names_what_to_ask_and_its_figures(found):
    best, text = found.inquiries, found.inquiries.why
    assert text.startswith("Before you commit, ") and not best.stop
    batch = best.batches[0].inquiries if best.batches[0].net_usd > best.inquiries[0].net_usd else best.inquiries[:1]
    names = dict(zip(ready()[2].markets, ready()[2].names, strict=True))
    for one in batch:
        assert f"USD {one.cost_usd:,.0f}" in text and f"{one.gain_usd:,.0f} ± {one.gain_sd:,.0f}" in text
        assert all(names[m] in text for m in one.markets)


def test_together_they_bring_no_less_than_the_best_and_no_more_than_all_apart(found):
    for batch in found.inquiries.batches:
        apart = [one.gain_usd for one in batch.inquiries]
        assert max(apart) * 0.93 <= batch.gain_usd <= sum(apart) * 1.1  # nodes differ
        assert batch.net_usd < batch.gain_usd - sum(one.cost_usd for one in batch.inquiries) + 1e-6


def test_what_does_not_pay_is_named_with_the_reason_the_worst_first(found):
    spared = found.spared
    nets = [one.inquiry.net_usd for one in spared]
    assert spared and nets == sorted(nets) and nets[-1] <= 0
    for one in spared:
        assert f"{one.inquiry.gain_usd:,.0f}" in one.why or "no answer" in one.why


def test_where_no_channel_can_be_trusted_it_is_better_to_go():
    own = {f"{c}__noise_sd": 5.0 for c in channel_ids()} | {f"{c}__bias_sd": 3.0 for c in channel_ids()}
    never = inquire(*ready(**own))
    assert never.stop and never.why.startswith("Stop asking and go") and not never.batches
    assert all(one.net_usd <= 0 for one in never.inquiries)


def test_nothing_dearer_than_the_budget_is_proposed():
    few = inquire(*ready(), budget=700.0)
    assert few.inquiries and all(one.cost_usd <= 700 for one in few.inquiries)
    assert all(sum(one.cost_usd for one in b.inquiries) <= 700 for b in few.batches)
    none = inquire(*ready(), budget=1.0)
    assert none.inquiries == () and none.stop and "budget" in none.why


def test_of_one_channel_only_sets_apart_are_listed(found):
    for name in channel_ids():
        sets = [set(one.markets) for one in found.inquiries.inquiries if one.channel == name]
        assert len(sets) <= 3 and all(a.isdisjoint(b) for i, a in enumerate(sets) for b in sets[:i])


def test_what_was_learnt_of_a_channel_counts():
    """Many figures far off make a source noisier, and the same question to it worth less."""
    firm, evidence, selection, modes = ready()
    off = np.resize([4.0, 0.25], 24)
    told = tuple(
        Entry(
            id=k + 1,
            date=date(2026, 5, 1),
            channel="peers_consulted",
            markets=(selection.markets[k],),
            finding="x",
            estimate_usd=float(selection.potential.median_usd[k] * 3.0 * off[k]),
        )
        for k in range(24)
    )
    learnt = learn(firm, evidence, selection, Journal(told))
    before, after = (case_of(firm, evidence, selection, modes, x, None) for x in (None, learnt))
    rows = (selection.row("USA"),)
    assert question(after.desk, "peers_consulted", rows).noise > question(before.desk, "peers_consulted", rows).noise
    assert question(after.desk, "trade_fair", rows) == question(before.desk, "trade_fair", rows)


# The slow way.


def test_planning_anew_agrees_with_what_is_clear(tmp_path):
    """In a plan of few markets: an answer that tells nothing brings nothing, and one that tells much about a doubtful
    market brings something, of the size that the quick way says."""
    from cli.small_firm import small_firm

    from beachhead import load_firm, select_markets

    firm = load_firm(small_firm(tmp_path, pace={"candidates": 4, "quarters": 8}))
    evidence, selection = (
        example(NAME)[1],
        select_markets(load_firm(tmp_path / "firm.toml"), example(NAME)[1], draws=500),
    )
    modes = choose_modes(firm, evidence, selection)
    listed = answer(firm, evidence, selection, modes, top=100).inquiries.inquiries
    most = max(listed, key=lambda one: one.gain_usd)
    useless = firm.model_copy(update={"assumptions": {f"{most.channel}.noise_sd": 5.0, f"{most.channel}.bias_sd": 3.0}})
    (clear,) = exact_gain(firm, evidence, selection, modes, [most], count=3)
    (vague,) = exact_gain(useless, evidence, selection, modes, [most], count=3)
    assert clear.gain_usd > 0 and most.gain_usd / 4 < clear.gain_usd < 4 * most.gain_usd
    assert 0 <= vague.gain_usd < 0.2 * clear.gain_usd
    assert sum(clear.weights) == pytest.approx(1.0) and all(np.array(clear.anew_usd) >= np.array(clear.kept_usd) - 1e-6)
