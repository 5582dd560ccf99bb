"""Double loop: outcomes change the assumptions themselves, by conjugate updates, with before, after and evidence.

* a channel's bias (normal) and noise (scaled inverse χ²), the elasticities of access (joint normal): they are unknowns
  of the beliefs, learnt with them, and are at work there already (``carried``);
* how sales grow with tenure (normal, learnt with the beliefs) and the hazard of leaving (gamma–Poisson): they are laid
  over the assumptions of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from beachhead.assumptions import Assumptions, packaged
from beachhead.enter.ramp import BEFORE, YEARS, calendar_ramp, tenure_ramp
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, main_offer, sells_goods
from beachhead.learn.believe import Found, holds_access, ramp_spread, sources_of
from beachhead.learn.books import Book, endured
from beachhead.learn.channels import channel, numbers
from beachhead.learn.journal import Journal
from beachhead.learn.result import ChannelBelief, Revision
from beachhead.select.potential import TERMS, access_model, model_for

NOTABLE = 0.1  # in sds of what was assumed: a smaller change is none


def revisions(
    firm: Firm, evidence: Evidence, journal: Journal, found: Found, kept: tuple[Book, ...], assumed: Assumptions
) -> tuple[Revision, ...]:
    """Assumptions that what was learnt has changed."""
    every = [
        *of_channels(found, journal, assumed),
        *of_access(firm, evidence, found, journal, assumed),
        *of_ramp(found, journal, assumed),
        *of_hazard(journal, kept, assumed),
    ]
    return tuple(r for r in every if r.held or abs(r.after - r.before) >= NOTABLE * max(r.before_sd, 1e-12))


def of_channels(found: Found, journal: Journal, assumed: Assumptions) -> Iterator[Revision]:
    """Bias and noise of the channels that spoke."""
    for c in found.channels:
        name, sources = channel(c.channel).name, sources_of(found.observations, c.channel)
        noise_sd, noise_left = noise_sds(found, c, assumed)
        for what, unit, before, before_sd, after, after_sd in (
            ("bias", "ln, positive: it tells too much", c.bias_before, c.bias_sd_before, c.bias, c.bias_sd),
            ("noise_sd", "sd of ln", c.noise_before, noise_sd, c.noise, noise_left),
        ):
            id = f"{c.channel}.{what}"
            said = f"{name}: {'bias' if what == 'bias' else 'noise'}"
            held = id in journal.held
            yield Revision(id, said, unit, before, before_sd, after, after_sd, c.entries, sources, held, carried=True)


def noise_sds(found: Found, c: ChannelBelief, assumed: Assumptions) -> tuple[float, float]:
    """Sd of a channel's noise before and now, of the scaled inverse χ²: by how many figures it is worth."""
    weight = numbers(c.channel, assumed).noise_weight
    figures = sum(o.channel == c.channel and not o.stated and o.low == o.high for o in found.observations)
    return c.noise_before / float(np.sqrt(2.0 * weight)), c.noise / float(np.sqrt(2.0 * (weight + figures)))


def of_access(
    firm: Firm, evidence: Evidence, found: Found, journal: Journal, assumed: Assumptions
) -> Iterator[Revision]:
    """Elasticities of access: what the surprises in all markets together say of them."""
    from beachhead.select.potential import WORDS

    count = found.field.access
    if not count or not found.observations:
        return
    access = access_model(model_for(main_offer(firm).code, evidence, goods=sells_goods(firm)), assumed)
    root = np.linalg.cholesky(access.cov + 1e-12 * np.eye(len(TERMS)))
    mean, cov = found.scores(slice(0, count))
    after, sd = access.beta + root @ mean, np.sqrt(np.diag(root @ cov @ root.T))
    held = holds_access(journal.held)
    for k, term in enumerate(TERMS):
        before, before_sd = float(access.beta[k]), float(np.sqrt(access.cov[k, k]))
        yield Revision(
            f"access.{term}", WORDS[term], "elasticity", before, before_sd, float(after[k]), float(sd[k]),
            len(found.observations), found.belief.sources, held, carried=True,
        )  # fmt: skip


def of_ramp(found: Found, journal: Journal, assumed: Assumptions) -> Iterator[Revision]:
    """How sales grow: years of tenure that the books have seen, as the calendar years of the assumptions."""
    years = sorted({o.year for o in found.observations if o.year >= 0})
    if not years:
        return
    held = any(h.startswith("ramp_") for h in journal.held)
    spread, shift, left = ramp_spread(assumed), np.zeros(YEARS), ramp_spread(assumed).copy()
    for year in found.layout.years:
        mean, cov = found.scores([found.layout.score("year", year)])
        shift[year], left[year] = spread[year] * mean[0], spread[year] * np.sqrt(cov[0, 0])
    before = calendar_ramp(assumed)
    after = calendar_of(tenure_ramp(before) * np.exp(shift))
    sources = tuple(dict.fromkeys(o.source for o in found.observations if o.year >= 0))
    count = sum(o.year >= 0 for o in found.observations)
    for year in sorted({y for seen in years for y in (seen, seen + 1) if y < YEARS - 1}):
        yield Revision(
            f"ramp_{year + 1}", f"Sales in calendar year {year + 1}", "of mature sales",
            float(before[year]), float(before[year] * spread[year]), float(min(after[year], 1.0)),
            float(after[year] * left[year]), count, sources, held, carried=False,
        )  # fmt: skip


def calendar_of(tenure: Floats) -> Floats:
    """Sales in calendar years of a path by years of tenure, (6,): the inverse of ``enter.ramp.tenure_ramp``."""
    before = np.concatenate([[0.0], tenure[:-1]])
    return np.asarray(BEFORE * before + (1.0 - BEFORE) * tenure)


def of_hazard(journal: Journal, kept: tuple[Book, ...], assumed: Assumptions) -> Iterator[Revision]:
    """The chance of an exit whatever the sales: a gamma prior with the stated mean and sd, and exits in years seen."""
    years, exits, sources = endured(kept)
    if not years:
        return
    before, sd = assumed["chance_exit"], packaged()["chance_exit"].sd
    rate, rate_sd = -np.log1p(-before), sd / (1.0 - before)
    shape, per = (rate / rate_sd) ** 2 + exits, rate / rate_sd**2 + years
    after = float(-np.expm1(-shape / per))
    yield Revision(
        "chance_exit", "Chance of an exit whatever the sales", "a year", before, sd, after,
        float(np.sqrt(shape) / per * (1.0 - after)), int(exits), sources, "chance_exit" in journal.held, carried=False,
    )  # fmt: skip
