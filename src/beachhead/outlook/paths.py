"""Paths of a plan, quarter by quarter: sales, money, and what ends by itself.

The order within a quarter: presences that the quarter before forced out are gone; the owner looks at the sales of the
quarters before and stops, switches and starts; then the quarter's sales are made and its costs paid.
"""

from __future__ import annotations

from functools import reduce

import numpy as np

from beachhead.outlook.draws import Draws
from beachhead.outlook.ledger import Book, Ledger
from beachhead.outlook.owner import review, start, switch
from beachhead.outlook.schedule import Case, Ints
from beachhead.outlook.state import FORCED, YEAR, State, begin, by_presence, by_row, leave, pairs
from beachhead.rollout.shocks import Singles

STEPS = (1, 2, 3, 4, 9)  # numbers after which the next class of the hazard's tables begins


def follow(case: Case, drawn: Draws) -> Ledger:
    """The paths of one chunk of draws."""
    s, book = begin(case, drawn), Book(case, drawn.late.shape[1])
    for q in range(case.end):
        if q % YEAR == 0:
            turn_year(case, drawn, s, q // YEAR)
        s.out[:] = 0.0
        force_out(case, s, q)
        review(case, s, q)
        switch(case, s, q)
        start(case, drawn, s, q)
        sales = sell(case, s, q)
        flow = earn(case, s, sales, q)
        endure(case, s, q)
        if q < case.quarters:
            book.write(case, drawn, s, sales, flow, q)
    return book.close(case, s)


def turn_year(case: Case, drawn: Draws, s: State, year: int) -> None:
    """The year's demand, noise and exchange rates; they hold for its four quarters."""
    s.rate = case.rows.sold * by_row(case, drawn.potential * s.left * drawn.demand[year])
    s.receipt = case.rows.gross * by_row(case, drawn.fx[year])
    s.income = s.receipt - case.rows.goods


def sell(case: Case, s: State, q: int) -> Singles:
    """Sales of the quarter, (R, n), USD at the market's prices.

    The quarter lies partly in one quarter of tenure and partly in the next: R(q + 1 − τ) − R(q − τ).
    """
    now = case.ramp.take(s.step, mode="clip")
    mature = now + s.part * (s.slope - now)
    s.slope = now
    s.step += 1
    mature[case.count :] = blended(case, mature[case.count :], case.ramp.take(q + 1 - s.turned, mode="clip"))
    sales: Singles = s.rate * mature * s.on
    s.recent = [*s.recent, by_presence(case, sales)][-case.memory :]
    return sales


def blended(case: Case, onward: Singles, anew: Singles) -> Singles:
    """Ramp after a switch, (R − P, n): what was learnt goes on, the rest starts again."""
    return case.turns.learning * onward + (1 - case.turns.learning) * anew


def earn(case: Case, s: State, sales: Singles, q: int) -> Singles:
    """Income less running cost, (R, n); added to what each row is worth while its horizon lasts."""
    flow = sales * s.income
    flow -= case.rows.running * s.on
    counted = flow if q < case.horizon else flow * (s.begun > q - case.horizon)
    s.worth += np.float32(case.discount[q]) * counted
    return flow


def force_out(case: Case, s: State, q: int) -> None:
    """Presences end whose patience the quarter before has used up."""
    p, i = pairs(s.patience < 0.0)
    turned = s.on[p, i] == 0.0
    leave(case, s, (np.where(turned, case.count + case.moves.stage[p], p), i), q, FORCED)


def endure(case: Case, s: State, q: int) -> None:
    """Patience is used up at the hazard of the number of markets, the rank of each, and its kind."""
    since = q + 1 - np.maximum(s.first, s.begun)[: case.count]
    exposure = exposed(since, case.recourse) * by_presence(case, s.on)
    s.patience -= hazard(case, s, standing(case, best_of_year(s)), exposure)


def best_of_year(s: State) -> Singles:
    """Sales of the best of the last four quarters, (P, n)."""
    best: Singles = reduce(np.maximum, s.recent[-YEAR:])
    return best


def standing(case: Case, sales: Singles) -> Ints:
    """Class of the number of markets, of the rank of each, and hard or not: index into (6, 6, 2), (P, n).

    As in the published tables, number and rank are those of a year: a market left within it still has its place.
    """
    ordered = np.sort(np.ascontiguousarray(sales.T), axis=1)
    rank = np.zeros(sales.shape, dtype=np.uint8)
    for step in (x for x in STEPS if x <= len(sales)):
        rank += (sales < np.ascontiguousarray(ordered[:, -step])).view(np.uint8)
    breadth = (sales > 0.0).view(np.uint8).sum(axis=0, dtype=np.int16) + case.ground.elsewhere
    classed = (breadth > np.array(STEPS)[:, None]).sum(axis=0)
    where: Ints = (2 * rank + case.moves.hard) + 12 * classed
    return where


def hazard(case: Case, s: State, at: Ints, exposure: Singles) -> Singles:
    """Sum of hazards over the quarter, (P, n): minus the logarithm of the chance to stay. It runs from the first sale.

    With recourse it is that of long tenure, since what goes before is the owner's own stopping; without, the published
    one of the year of tenure: of the one in which the quarter begins and the one in which it ends.
    """
    if case.recourse:
        return np.asarray(case.hazards[-1].take(at) * exposure)
    quarter = s.step - 2  # of tenure; the step has moved on already
    before = np.where(quarter > 0, s.part * s.on, 0.0)
    summed: Singles = of_year(case, quarter - 1, at) * before + of_year(case, quarter, at) * (exposure - before)
    return summed


def of_year(case: Case, quarter: Ints, at: Ints) -> Singles:
    """Hazard in a quarter of tenure."""
    return np.asarray(case.hazards.ravel().take(72 * np.clip(quarter // YEAR, 0, 5) + at))


def exposed(since: Singles, rounded: bool) -> Singles:
    """Part of the quarter in which there are sales that can end; ``since``: quarters of them at the quarter's end.

    Presences end between quarters. ``rounded``: at the nearest change of quarter, so that on average they last as long
    as they should; the clock begins half a quarter ahead. Otherwise at the next one, as who counts once a year sees it.
    """
    part = np.maximum(np.minimum(since, 1.0), 0.0)
    return part + np.float32(0.5) * ((since > 0.0) & (since <= 1.0)) if rounded else part
