"""Simple ways of ordering markets, which a good one must beat. All of them look at what was known at the base year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.skill.panel import Panel
from beachhead.skill.past import NEVER, Past, Singles, blocks, world
from beachhead.skill.result import Cases


def _by_product(known: Panel, cases: Cases, figure: Callable[[Past, int], Singles]) -> Floats:
    """A figure of every pair for each product, (C, C) or what broadcasts to it, read at the candidates."""
    out = np.zeros(len(cases))
    shape = (len(known.countries), len(known.countries))
    for block in blocks(known, np.unique(cases.product), cases.base_year):
        for p in range(len(block.products)):
            rows = np.flatnonzero(cases.product == block.first + p)
            out[rows] = np.broadcast_to(figure(block, p), shape)[cases.exporter[rows], cases.importer[rows]]
    return out


def market_size(known: Panel, cases: Cases) -> Floats:
    """What the market imported of the product over three years, USD."""
    return _by_product(known, cases, lambda past, p: past.recent[p].sum(0)[None])


def suppliers(known: Panel, cases: Cases) -> Floats:
    """How many countries supply the market with the product."""
    return _by_product(known, cases, lambda past, p: (past.recent[p] > 0).sum(0)[None])


def links(known: Panel, cases: Cases) -> Floats:
    """In how many of the other products the exporter sells to the market."""
    count = np.zeros((len(known.countries), len(known.countries)))
    for block in blocks(known, np.arange(len(known.products)), cases.base_year):
        count += (block.recent > 0).sum(0)
    return np.asarray(count[cases.exporter, cases.importer] - _runs(known, cases))


def _runs(known: Panel, cases: Cases) -> Floats:
    """1 where the pair trades the product itself."""
    return _by_product(known, cases, lambda past, p: (past.recent[p] > 0).astype(np.float32))


def ever_before(known: Panel, cases: Cases) -> Floats:
    """How lately the pair traded the product before the last three years; the larger flow first among equals."""

    def lately(past: Past, p: int) -> Singles:
        size = past.most_before[p] / (1 + past.most_before[p])
        return np.asarray(NEVER - past.since[p] + 0.5 * size)

    return _by_product(known, cases, lately)


def distance(known: Panel, cases: Cases) -> Floats:
    """The nearest first; a country whose place is not known comes last."""
    km = np.nan_to_num(world(known, cases.base_year).pair["distance"], nan=1e6)
    return np.asarray(-km[cases.exporter, cases.importer], dtype=np.float64)


def persistence(known: Panel, cases: Cases) -> Floats:
    """What the pair traded of the product over three years, USD."""
    return _by_product(known, cases, lambda past, p: past.recent[p])


def past_growth(known: Panel, cases: Cases) -> Floats:
    """Mid-point growth of the pair's trade over the three years before."""

    def grew(past: Past, p: int) -> Singles:
        now, before = past.recent[p], past.earlier[p]
        grown = np.divide(now - before, (now + before) / 2, out=np.zeros_like(now), where=now + before > 0)
        return np.asarray(grown, np.float32)

    return _by_product(known, cases, grew)


def smaller_first(known: Panel, cases: Cases) -> Floats:
    """The smallest flows first: what is small may grow, what is large falls back."""
    return -persistence(known, cases)


LESSON = 5  # years before the base year from which simple rules learn: what came of it is just known


def taught(known: Panel, cases: Cases) -> Floats:
    """Simple rules put together by a logistic regression, so that ours is not the only way that has learnt.

    Taught on the candidates of the base year five years earlier, whose outcome is known by now; log-odds (N,). Raises
    InputError where the panel does not reach back so far.
    """
    from beachhead.skill import tasks
    from beachhead.skill.logistic import logistic

    earlier = cases.base_year - LESSON
    lesson, _ = tasks.cases(known, "entry", earlier)
    terms = _terms(known.until(earlier), lesson)
    middle, spread = terms.mean(axis=0), np.maximum(terms.std(axis=0), 1e-9)
    ones = np.ones((len(lesson), 1))
    beta = logistic(np.hstack([ones, (terms - middle) / spread]), lesson.outcome)
    return np.asarray(beta[0] + (_terms(known, cases) - middle) / spread @ beta[1:])


def _terms(known: Panel, cases: Cases) -> Floats:
    """The simple rules as terms (N, K): amounts and counts in logs, so that each can count for what it is."""
    from beachhead.skill.gravity import gravity_score
    from beachhead.skill.space import link_density_score, market_density_score

    amounts = (market_size, suppliers, links, gravity_score, _exports)
    others = (ever_before, link_density_score, market_density_score)
    near = np.log(np.maximum(-distance(known, cases), 1))
    return np.column_stack(
        [*(np.log1p(np.maximum(f(known, cases), 0)) for f in amounts), *(f(known, cases) for f in others), near]
    )


def _exports(known: Panel, cases: Cases) -> Floats:
    """What the exporter sells of the product over three years, USD."""
    return _by_product(known, cases, lambda past, p: past.recent[p].sum(1)[:, None])
