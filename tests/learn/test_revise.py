"""Outcomes change assumptions by conjugate updates, which can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cases import example
from learn.firms import CHANNELS, SOLD, Style, World, field_of, truth_of

from beachhead.assumptions import PACKAGED, Assumptions, packaged
from beachhead.enter.ramp import calendar_ramp, tenure_ramp
from beachhead.firm import main_offer, sells_goods
from beachhead.learn import Journal, learn, revised
from beachhead.learn.believe import ramp_spread
from beachhead.learn.books import noise_variance
from beachhead.learn.journal import Entry, Result
from beachhead.learn.revise import calendar_of, of_channels, of_hazard, of_ramp
from beachhead.quarters import quarter_name
from beachhead.select.potential import TERMS, access_model, model_for

CERTAIN = World(field=field_of(sd=1e-4, own=1e-4))  # potentials are known: whatever surprises is growth


def years_of(times):
    """A book whose second year brought so many times what the usual path would have."""
    rate = tenure_ramp(calendar_ramp(PACKAGED))
    mature = np.exp(CERTAIN.field.mean[5]) * SOLD / 4
    whole = mature * np.concatenate([[rate[0] / 2], np.repeat(rate, 4)[1:8] * 1.0])
    middle = (np.repeat(rate, 8)[7:15:2] + np.repeat(rate, 8)[8:16:2]) / 2  # each quarter begins half a quarter late
    return CERTAIN.booked(5, np.concatenate([whole[:4], mature * middle * times]))


def test_growth_of_a_year_is_the_normal_update_by_hand():
    """ln of what came over what the path says, shrunk by spread² / (spread² + noise²)."""
    found = CERTAIN.found([], [years_of(0.5)])
    by_id = {r.id: r for r in of_ramp(found, Journal(), PACKAGED)}
    spread, noise = ramp_spread(PACKAGED)[1], noise_variance(4, PACKAGED)
    weight = spread**2 / (spread**2 + found.observations[1].noise ** 2)
    shift = weight * (np.log(0.5) + noise / 2)
    rate = tenure_ramp(calendar_ramp(PACKAGED))
    moved = rate[1] * np.exp(shift)
    assert by_id["ramp_3"].after == pytest.approx(0.375 * moved + 0.625 * rate[2], abs=2e-4)
    assert by_id["ramp_2"].after < by_id["ramp_2"].before == PACKAGED["ramp_2"]
    assert set(by_id) == {"ramp_1", "ramp_2", "ramp_3"} and not any(r.carried or r.held for r in by_id.values())


def test_a_ramp_that_is_held_stays():
    world = replace(CERTAIN, held=frozenset({"ramp_2"}))
    found = world.found([], [years_of(0.5)])
    assert all(
        r.held and r.after == pytest.approx(r.before) for r in of_ramp(found, Journal(held=world.held), PACKAGED)
    )


def test_tenure_and_calendar_years_are_inverse():
    path = calendar_ramp(PACKAGED)
    assert calendar_of(tenure_ramp(path)) == pytest.approx(path)


@pytest.mark.parametrize(("quarters", "leaves"), [(8, 0), (24, 0), (16, 4)])
def test_the_chance_of_an_exit_is_the_gamma_poisson_update(quarters, leaves):
    """Against a grid: gamma prior of the yearly rate with the stated mean and sd, exits Poisson in the years seen."""
    books = [CERTAIN.booked(k, np.ones(quarters)) for k in range(4)]
    for k in range(leaves):
        last = books[k].results[-1].model_copy(update={"left": True})
        books[k] = replace(books[k], results=(*books[k].results[:-1], last))
    (found,) = of_hazard(Journal(), tuple(books), PACKAGED)
    before, sd = packaged()["chance_exit"].value, packaged()["chance_exit"].sd
    rate, spread = -np.log(1 - before), sd / (1 - before)
    x = np.linspace(1e-6, 2.0, 200_001)
    shape, scale = (rate / spread) ** 2, spread**2 / rate
    log = (shape - 1) * np.log(x) - x / scale + leaves * np.log(x) - x * 4 * (quarters - 4) / 4
    weight = np.exp(log - log.max())
    mean = (weight * x).sum() / weight.sum()
    assert found.after == pytest.approx(1 - np.exp(-mean), rel=1e-4)
    assert (found.after < before) == (leaves == 0) and found.count == leaves
    assert found.after_sd < found.before_sd == sd


def test_without_years_after_the_first_nothing_is_said_of_exits():
    assert list(of_hazard(Journal(), (CERTAIN.booked(1, np.ones(4)),), PACKAGED)) == []


def test_channels_are_revised_to_what_they_turned_out_to_be():
    world = World(held=frozenset({"trade_fair.bias"}))
    rng = np.random.default_rng(2)
    truth = replace(truth_of(rng, world.field), noise=dict.fromkeys(CHANNELS, 0.3))
    found = world.found(world.entries(rng, truth, Style(80, rumours=0.0)))
    by_id = {r.id: r for r in of_channels(found, Journal(held=world.held), PACKAGED)}
    assert set(by_id) == {f"{c}.{what}" for c in CHANNELS for what in ("bias", "noise_sd")}
    for c in found.channels:
        noise, bias = by_id[f"{c.channel}.noise_sd"], by_id[f"{c.channel}.bias"]
        assert noise.carried and bias.carried and bias.held == (c.channel == "trade_fair")
        assert noise.after < noise.before and noise.after_sd < noise.before_sd < noise.before
        assert len(noise.sources) == noise.count == c.entries


# --- the whole firm --------------------------------------------------------------------------------------------------


def told(selection, count, shift):
    """Figures with stated noise on many markets, all so much larger than expected where another language is spoken."""
    english = {"USA", "GBR", "AUS", "CAN", "NZL", "IRL", "ZAF", "SGP", "NGA", "KEN"}
    return tuple(
        Entry(
            id=k,
            date="2026-06-01",
            channel="industry_expert",
            markets=(m,),
            finding="Made up.",
            sd_log=0.3,
            estimate_usd=float(selection.potential.median_usd[selection.markets.index(m)])
            * (shift if m not in english else 1.0),
        )
        for k, m in enumerate(selection.markets[:count], 1)
    )


def test_elasticities_of_access_are_the_regression_on_all_surprises():
    """Second implementation: the joint normal of elasticities and potentials, conditioned on all figures at once."""
    firm, evidence, selection = example("india_mobile_app")
    sure = {"rumour_share": 0.0, "industry_expert.bias": 0.0, "industry_expert.bias_sd": 0.01}
    firm = firm.model_copy(update={"assumptions": {**firm.assumptions, **sure}})
    journal = Journal(told(selection, 30, 4.0))
    found = {r.id: r for r in learn(firm, evidence, selection, journal).revisions}
    access = access_model(model_for(main_offer(firm).code, evidence, goods=sells_goods(firm)), Assumptions(sure))
    p, count = selection.potential, len(TERMS)
    heard = np.delete(p.root, count, axis=1)[:30]
    cov = heard @ heard.T + 0.3**2 * np.eye(30) + 0.01**2
    root = np.linalg.cholesky(access.cov)
    off = np.array([np.log(e.estimate_usd) for e in journal.entries]) - np.log(p.median_usd[:30])
    after = access.beta + root @ p.root[:30, :count].T @ np.linalg.solve(cov, off)
    assert found
    for id, r in found.items():
        if id.startswith("access."):
            k = TERMS.index(id.removeprefix("access."))
            assert (r.before, r.after) == pytest.approx((access.beta[k], after[k]), abs=1e-6)
            assert r.carried and r.after_sd < r.before_sd


def test_what_is_held_or_carried_is_not_laid_over_the_firm():
    firm, evidence, selection = example("india_mobile_app")
    market = selection.markets[3]
    quarters = [quarter_name(8100 + k) for k in range(12)]
    results = tuple(Result(market=market, quarter=q, sales_usd=1e6) for q in quarters)
    free = learn(firm, evidence, selection, Journal(told(selection, 5, 3.0), results))
    changed = {r.id for r in free.revisions if not r.carried}
    assert changed and changed == set(revised(firm, free).assumptions) - set(firm.assumptions)
    held = frozenset(changed | {"access.distance"})
    kept = learn(firm, evidence, selection, Journal(told(selection, 5, 3.0), results, held))
    assert revised(firm, kept).assumptions == firm.assumptions
    stay = [r for r in kept.revisions if r.id.startswith(("ramp_", "access."))]
    assert stay and all(r.held and r.after == pytest.approx(r.before) for r in stay)
