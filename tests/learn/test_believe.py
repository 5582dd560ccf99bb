"""Beliefs are calibrated: simulated firms whose truth is known find it within their intervals as often as those say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learn.firms import CHANNELS, FIRST, SOLD, Style, World, alone, as_stated, field_of, on_a_line, truth_of
from scipy.special import ndtr, ndtri
from scipy.stats import chisquare

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.learn.believe import ramp_spread

FIRMS = 100
LEVELS = (0.5, 0.8, 0.95)
STYLES = {
    "few entries": Style(entries=4, at_once=2),
    "many entries": Style(entries=30, at_once=3),
    "comparisons": Style(entries=25, at_once=2, compares=0.6),
    "own sales": Style(entries=8, sells=4, quarters=9),
    "many rumours": Style(entries=30, at_once=2, rumours=0.2),
    "of everything": Style(entries=30, at_once=3, compares=0.3, sells=4, quarters=10),
}


def scores(world, style, *, stated, firms=FIRMS):
    """How far the truth lies from belief, in sds of it: (firms, M) by market, and (firms,) of one mixture of all."""
    by_market, mixed = [], []
    for seed in range(firms):
        rng = np.random.default_rng(seed)
        truth = truth_of(rng, world.field, world.numbers)
        truth, found = world.firm(seed, style, as_stated(truth, world.numbers) if stated else truth)
        b, direction = found.belief, rng.standard_normal(len(truth.theta))
        by_market.append((truth.theta - b.mean) / b.sd)
        mixed.append(direction @ (truth.theta - b.mean) / np.sqrt(direction @ b.cov @ direction))
    return np.array(by_market), np.array(mixed)


def assert_covers(z, *, less=0.0):
    """Intervals cover as often as they say, within four standard errors over firms, less what is stated."""
    for level in LEVELS:
        covered = (np.abs(z) <= ndtri(0.5 + level / 2)).mean(axis=1)
        error = max(covered.std() / np.sqrt(len(covered)), 0.005)
        assert level - less - 4 * error <= covered.mean() <= level + 4 * error, level


@pytest.mark.parametrize("name", STYLES)
def test_truths_drawn_from_the_prior_are_found_as_often_as_the_intervals_say(name):
    """Simulation-based calibration (Talts, Betancourt, Simpson, Vehtari & Gelman 2018) with noise as it is stated:
    ranks of the truth are uniform, of one market and of a mixture of all, so correlations hold too."""
    held = frozenset(f"{c}.noise_sd" for c in CHANNELS)
    world = World(held=held, assumed=Assumptions({"rumour_share": STYLES[name].rumours}))
    z, mixed = scores(world, STYLES[name], stated=True)
    assert_covers(z)
    for rank in (ndtr(mixed), ndtr(z[:, 5])):
        assert chisquare(np.histogram(rank, 10, (0, 1))[0]).pvalue > 0.001
    assert abs(z.mean()) < 4 * z.mean(axis=1).std() / np.sqrt(FIRMS)


def test_learning_the_noise_too_makes_intervals_hardly_too_narrow():
    """Noise from its prior: the most probable noise is taken for the true one. Intervals lose at most 3 points."""
    z, _ = scores(World(), STYLES["many entries"], stated=False)
    assert_covers(z, less=0.03)
    assert z.std() < 1.1


# --- channels ------------------------------------------------------------------------------------------------------


def told_by(noise, bias, entries, *, held=frozenset(), seed=0):
    """A firm with sales in every market, and one source that errs so much: what it says and what it is taken for."""
    world = World(held=held)
    rng = np.random.default_rng(seed)
    truth = truth_of(rng, world.field)
    truth = replace(truth, noise={**truth.noise, "trade_fair": noise}, bias={**truth.bias, "trade_fair": bias})
    written = world.entries(rng, truth, Style(entries, channels=("trade_fair",), rumours=0.0))
    books = [world.book(rng, truth, row, 16) for row in range(12)]
    return world.found(written, books).channels[0]


@pytest.mark.parametrize(("noise", "bias"), [(0.4, 0.6), (1.0, -0.3), (2.0, 0.25)])
def test_noise_and_bias_of_a_channel_are_learnt(noise, bias):
    """The more it says, the nearer; own sales tell what was true. Of the bias, luck of the firm in 12 markets stays."""
    off = []
    for entries in (12, 60, 300):
        found = [told_by(noise, bias, entries, seed=s) for s in range(4)]
        off.append(np.mean([abs(np.log(c.noise / noise)) for c in found]))
        assert all(abs(c.bias - bias) < 3 * c.bias_sd for c in found)
        assert all(c.bias_sd < c.bias_sd_before and c.entries == entries for c in found)
    assert off[2] < 0.1 and off[2] < off[0]


def test_what_is_held_does_not_move():
    c = told_by(2.0, 1.0, 100, held=frozenset({"trade_fair.noise_sd", "trade_fair.bias"}))
    said = CHANNELS["trade_fair"]
    assert (c.noise, c.bias, c.bias_sd) == (said.noise_sd, said.bias, 0.0)


def test_noise_is_learnt_where_no_rumours_are_thought_of_too():
    """Then figures are exact, but for how exact they are."""
    numbers = []
    for share in (0.0, 0.01):
        world = World(assumed=Assumptions({"rumour_share": share}))
        rng = np.random.default_rng(3)
        truth = replace(truth_of(rng, world.field), noise=dict.fromkeys(CHANNELS, 0.3))
        written = world.entries(rng, truth, Style(150, channels=("trade_fair",), rumours=0.0))
        numbers.append(world.found(written).channels[0].noise)
    assert numbers[0] == pytest.approx(numbers[1], rel=0.05)
    assert 0.25 < numbers[0] < 0.4


# --- what one says for another -------------------------------------------------------------------------------------


def judged(world, truths, style, firms):
    """Squared error and log score (higher is better) of the markets never asked about, (firms,) each."""
    rest = [k for k in range(len(world.field.mean)) if k not in style.of]
    error, score = [], []
    for seed in range(firms):
        truth, found = world.firm(seed, style, truths[seed])
        off, sd = (truth.theta - found.belief.mean)[rest], found.belief.sd[rest]
        error.append((off**2).mean())
        score.append((-0.5 * (off / sd) ** 2 - np.log(sd)).mean())
    return np.array(error), np.array(score)


def gain(ours, others):
    """Mean difference and its standard error, over the same firms."""
    return (ours - others).mean(), (ours - others).std() / np.sqrt(len(ours))


@pytest.mark.parametrize("common", [0.0, 0.5])
def test_what_is_learnt_of_one_market_speaks_for_others_where_they_are_alike(common):
    """Real likeness: learning with it beats learning without in markets nobody was asked about."""
    real = field_of(common=common)
    style = Style(entries=20, at_once=1, of=(1, 4, 7, 10))
    truths = [truth_of(np.random.default_rng(s), real) for s in range(70)]
    with_it, without = (judged(World(field=f), truths, style, 70) for f in (real, alone(real)))
    less, error = gain(without[0], with_it[0])
    better, doubt = gain(with_it[1], without[1])
    assert less - 3 * error > 0 and better - 3 * doubt > 0


def test_where_they_are_not_alike_it_does_little_harm():
    """Truths that are independent, read with likeness of the shipped strength: squared error at most 15 % larger, log
    score 0.08 lower. Stronger likeness would do more; docs/methods/beliefs.md has the figures."""
    assumed = field_of(common=0.0, alike=0.5 * on_a_line(12) + 0.5 * np.eye(12))
    nothing = alone(assumed)
    style = Style(entries=20, at_once=1, of=(1, 4, 7, 10))
    truths = [truth_of(np.random.default_rng(s), nothing) for s in range(70)]
    with_it, without = (judged(World(field=f), truths, style, 70) for f in (assumed, nothing))
    more, error = gain(with_it[0], without[0])
    worse, doubt = gain(without[1], with_it[1])
    assert more + 2 * error < 0.15 * without[0].mean() and worse + 2 * doubt < 0.08


# --- rumours ---------------------------------------------------------------------------------------------------------


def told_of_market(world, row, *said):
    """Medians after figures on one market: (channel, ln times what was expected)."""
    written = [world.figure(k, c, row, world.field.mean[row] + x) for k, (c, x) in enumerate(said, 1)]
    return world.found(written)


def test_one_wild_rumour_moves_no_market():
    """A thousand times what was expected: trusted below 1 %, no median moves by more than 3 %."""
    world = World()
    for sign in (1, -1):
        found = told_of_market(world, 4, ("trade_fair", sign * np.log(1000.0)))
        assert np.abs(found.belief.mean - world.field.mean).max() < 0.03
        assert found.belief.weight[0] < 0.01
    plain = told_of_market(World(assumed=Assumptions({"rumour_share": 0.0})), 4, ("trade_fair", np.log(1000.0)))
    assert plain.belief.mean[4] - world.field.mean[4] > 0.4


def test_ten_who_repeat_one_source_say_less_than_ten_sources():
    """Ten figures twice as large as expected, from one channel and from four: what a channel errs by, all of its
    figures err by."""
    ids = list(CHANNELS)
    same = {c: replace(CHANNELS["trade_fair"], bias=0.0) for c in ids}
    world = World(numbers=same, held=frozenset(f"{c}.noise_sd" for c in ids))
    one = told_of_market(world, 4, *[(ids[0], np.log(2.0))] * 12).belief
    many = told_of_market(world, 4, *[(ids[k % 4], np.log(2.0)) for k in range(12)]).belief
    moved = [(b.mean - world.field.mean)[4] for b in (one, many)]
    assert moved[0] < 0.97 * moved[1] and one.sd[4] > many.sd[4]
    wild = np.log(1000.0)  # ten of these from one source raise the market a little, from three they are believed
    one, many = (told_of_market(World(), 4, *[(ids[k % n], wild) for k in range(10)]).belief for n in (1, 3))
    assert one.mean[4] - world.field.mean[4] < np.log(6.0) < np.log(50.0) < many.mean[4] - world.field.mean[4]


# --- what holds always -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_shares_add_up_order_does_not_matter_and_nothing_is_less_known_than_before(seed):
    world = World()
    rng = np.random.default_rng(seed)
    truth = truth_of(rng, world.field)
    written = world.entries(rng, truth, STYLES["of everything"])
    books = [world.book(rng, truth, row, 6) for row in (2, 7)]
    b = world.found(written, books).belief
    assert b.prior_mean + b.share.sum(axis=1) == pytest.approx(b.mean, abs=1e-12)
    other = world.found([written[k] for k in rng.permutation(len(written))], books[::-1]).belief
    assert other.mean == pytest.approx(b.mean, abs=1e-4) and other.sd == pytest.approx(b.sd, abs=1e-4)
    assert other.sources == b.sources
    assert b.sd**2 == pytest.approx(np.diag(b.cov))
    before, after = b.prior_cov, b.cov
    assert np.linalg.eigvalsh(after).min() > 0 and np.linalg.eigvalsh(before - after).min() > -1e-9


def test_nothing_learnt_changes_nothing():
    world = World()
    b = world.found([]).belief
    assert (b.mean == world.field.mean).all() and b.root is world.field.root and (b.own == world.field.own).all()
    assert b.sources == ()


# --- own sales -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quarters", [4, 8, 12])
def test_sales_that_follow_the_path_reveal_the_potential(quarters):
    """Without noise, whenever within its quarter the first sale fell: what comes out is the potential, but for what
    the noise that is reckoned with leaves to the prior."""
    world = World(field=field_of(sd=3.0, own=3.0), held=frozenset({"ramp_1"}))
    found, sure = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = replace(truth_of(rng, world.field), growth=np.zeros(6))
        b = world.found([], [world.book(rng, truth, 5, quarters, noise=0.0)]).belief
        found.append(b.mean[5] - truth.theta[5])
        sure.append(b.sd[5])
    half = PACKAGED["sales_noise_sd"] ** 2 / 2  # the same sales are taken for those of a year that may have been poor
    assert np.mean(found) == pytest.approx(half, abs=0.05)
    assert np.std(found) < 0.5 * np.mean(sure)


@pytest.mark.parametrize("quarters", [1, 2, 3, 4])
def test_a_first_quarter_of_part_does_not_mislead(quarters):
    """First sales spread evenly over their quarter: on average ln sales are those expected, and spread as reckoned."""
    world = World()
    low, noise = [], 0.0
    rng = np.random.default_rng(quarters)
    truth = replace(truth_of(rng, world.field), growth=np.zeros(6))
    for _ in range(1500):
        seen = world.from_books([world.book(rng, truth, 5, quarters)])
        low.append(seen[0].low)
        noise = seen[0].noise
    assert np.mean(low) == pytest.approx(truth.theta[5], abs=4 * noise / np.sqrt(1500) + 0.01)
    assert np.std(low) == pytest.approx(noise, rel=0.08)


def test_sales_tell_of_luck_and_others_do_not():
    """Of what one firm alone finds, ten figures from others leave all unknown, a year of sales leaves little."""
    world = World()
    asked = told_of_market(world, 4, *[("international_client", 0.0)] * 10).belief
    sold = world.found([], [world.booked(4, np.full(8, 5_000.0))]).belief
    assert asked.own[4] == world.field.own[4] and asked.sd[4] > world.field.own[4]
    assert sold.sd[4] < 0.6 * world.field.own[4]
    assert sold.sd[3] < sold.prior_sd[3]  # and it speaks for the neighbour


def median_after(world, sales, first):
    return world.found([], [world.booked(4, sales, first)]).belief.mean[4]


def test_no_sales_lower_the_belief_and_the_longer_the_more():
    world = World(field=field_of(sd=2.0, own=1.5))
    after = [median_after(world, [3_000.0, *[0.0] * 3, *[0.0] * k], FIRST) for k in (1, 4, 8, 12)]
    assert after == sorted(after, reverse=True) and after[3] < after[0] - 0.3


def test_a_first_sale_overdue_lowers_it_too_and_the_longer_the_more():
    """Two quarters were planned; nothing is said before twice that is over."""
    world = World(field=field_of(sd=2.0, own=1.5))
    after = [median_after(world, [0.0] * quarters, None) for quarters in (2, 4, 5, 8, 12, 20)]
    assert after[0] == after[1] == world.field.mean[4]
    assert after[1:] == sorted(after[1:], reverse=True) and after[5] < after[2] - 0.3


def test_growth_of_the_firm_is_learnt_from_all_its_markets():
    """First years half as good as the usual path in every market: the potential is not blamed for all of it."""
    world = World()
    truth = replace(truth_of(np.random.default_rng(0), world.field), growth=np.array([-0.5, 0, 0, 0, 0, 0]))
    rng = np.random.default_rng(1)
    books = [world.book(rng, truth, row, 12) for row in range(12)]
    found = world.found([], books)
    k = found.layout.score("year", 0)
    spread = ramp_spread(PACKAGED)[0]
    assert found.posterior.mean[k] * spread < -0.2
    later = [world.found([], [b]).belief.mean[b.row] for b in books]
    assert abs(np.mean(found.belief.mean - truth.theta)) < abs(np.mean(later - truth.theta)) + 0.05


def test_what_the_mode_does_not_reach_is_not_held_against_the_market():
    """Sales are divided by what the mode sells of a dollar of potential."""
    world = World()
    half = world.booked(4, np.full(4, 4_000.0))
    whole = replace(half, sold=(2 * SOLD,) * len(half.results))
    seen = [world.from_books([b])[0].low for b in (half, whole)]
    assert seen[0] - seen[1] == pytest.approx(np.log(2.0))


@pytest.mark.parametrize("what", ["access.distance", "trade_fair.bias"])
def test_what_the_owner_holds_counts_as_noise_of_figures_too(what):
    """One figure: of what a channel says, the spread that is held stays beside the noise of the channel."""
    field = replace(field_of(), access=1)
    numbers = {"trade_fair": replace(CHANNELS["trade_fair"], noise_weight=1e6)}
    world = World(field=field, numbers=numbers, held=frozenset({what}))
    beside = field.root[5, 0] ** 2 if what.startswith("access") else numbers["trade_fair"].bias_sd ** 2
    found = world.found([world.figure(1, "trade_fair", 5, field.mean[5] + 2.0)])
    assert found.posterior.noise[0] ** 2 == pytest.approx(1.0 + beside, rel=1e-3)
    (seen,) = found.channels
    assert seen.noise == pytest.approx(1.0, rel=1e-3)
