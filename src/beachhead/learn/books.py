"""From results to observations: what a year of own sales says of a market's potential, and own spending of its cost.

Sales of a quarter are potential / 4 × what the mode sells of it × the path of the ramp at that tenure × noise. The
first quarter with sales is one of part: the first sale came at some time within it. Sales are made of orders, and few
orders tell less than many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.modes import MODES
from beachhead.enter.result import ModeChoice
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, sales_abroad
from beachhead.learn.journal import Journal, Result
from beachhead.learn.observe import Observation
from beachhead.learn.result import Source
from beachhead.quarters import quarter_number
from beachhead.rollout.sales import cumulative_ramp, ramped

WEEKS_A_QUARTER = 13.0
LAST_YEAR = 5  # of the ramp; later years are like it
NONE_BELOW, NONE_SD = 1.5, 0.5  # Φ(ln(1.5 / x) / 0.5), fitted to e^−x, the chance of no order where x are due


@dataclass(frozen=True, slots=True)
class Book:
    """One market's results in order of time. ``mode``: column of the one in which it was entered; ``sold``: mature
    sales per USD of potential in the mode of each result; ``first``: the quarter of the first sale, None before it."""

    market: str
    row: int
    mode: int
    sold: tuple[float, ...]
    first: int | None
    results: tuple[Result, ...]


def books(
    firm: Firm, as_of: str, journal: Journal, rows: dict[str, int], modes: ModeChoice, sold: Floats
) -> Iterator[Book]:
    """The books of every ranked market that has results, one for each time that it was entered. ``sold`` (M, 7)."""
    known = sales_abroad(firm, as_of)
    for market, found, again in times_there(journal, rows):
        # also where the firm has left: its tenure there began when it did
        row, there = rows[market], [p for p in firm.presence if p.country == market and p.quarters(as_of)]
        named = [r.mode for r in found if r.mode] + [p.mode for p in there] + [modes.best[row]]
        mode = MODES.index(named[0])
        selling = [quarter_number(r.quarter) for r in found if r.sales_usd > 0]
        since = [] if again else [p.quarters(as_of)[0] for p in there]
        first = min(selling[:1] + since, default=None)
        # the firm file's sales there are those of the mode, and the potential that is known speaks of them
        parts = tuple(1.0 if market in known else float(sold[row, MODES.index(r.mode or MODES[mode])]) for r in found)
        yield Book(market, row, mode, parts, first, found)


def times_there(journal: Journal, rows: dict[str, int]) -> Iterator[tuple[str, tuple[Result, ...], bool]]:
    """Results of each ranked market in order of time, apart for each time that it was entered, and if it was again.

    What is booked after it was left, and before it sells again, is winding up: it says nothing of what could be sold.
    """
    for market in dict.fromkeys(r.market for r in journal.results if r.market in rows):
        found = sorted((r for r in journal.results if r.market == market), key=lambda r: r.quarter)
        ends = [k + 1 for k, r in enumerate(found[:-1]) if r.left]
        for begin, end in pairwise([0, *ends, len(found)]):
            told = (k for k in range(begin, end) if begin == 0 or found[k].sales_usd > 0)
            if (start := next(told, None)) is not None:
                yield market, tuple(found[start:end]), begin > 0


def sales_seen(book: Book, firm: Firm, modes: ModeChoice, assumed: Assumptions) -> Iterator[Observation]:
    """One observation for each year of tenure with results; one more if the first sale is overdue."""
    if book.first is None:
        yield from overdue(book, firm, modes, assumed)
        return
    year_of = {
        k: min((quarter_number(r.quarter) - book.first) // 4, LAST_YEAR)
        for k, r in enumerate(book.results)
        if r.sales_usd > 0 or not r.left  # who leaves and sells nothing in that quarter was gone
    }
    for year in (y for y in dict.fromkeys(year_of.values()) if y >= 0):
        yield of_year(book, [k for k, y in year_of.items() if y == year], year, firm, assumed)


def of_year(book: Book, which: Sequence[int], year: int, firm: Firm, assumed: Assumptions) -> Observation:
    """What the quarters of one year of tenure say: their sum against that of a potential of one dollar."""
    results, sold = [book.results[k] for k in which], np.array([book.sold[k] for k in which])
    age = np.array([quarter_number(r.quarter) - (book.first or 0) for r in results], dtype=float)
    knots = cumulative_ramp(assumed, int(age.max()) + 4)
    part = ramped(knots, age + 0.5) - ramped(knots, np.maximum(age - 0.5, 0.0))
    total, count = sum(r.sales_usd for r in results), len(results)
    variance = noise_variance(float(part.sum() ** 2 / (part**2).sum()), assumed)  # a quarter of part counts as less
    per = np.log((sold * part).sum() / 4.0) - variance / 2.0  # noise has the mean 1, as in the outlook
    if age.min() == 0.0:  # the ramp is level within a year of tenure, so all but the first are whole quarters of it
        mean, unsure = with_a_part(count - 1)
        per, variance = per + mean - np.log(count - 0.5), variance + unsure
    orders, unsure = due_for(total, firm, assumed)
    seen = orders - float(per)
    return Observation(
        source=Source(market=book.market),
        rows=(book.row,),
        weights=(1.0,),
        low=seen if total > 0 else -np.inf,
        high=seen,
        noise=float(np.sqrt(variance + unsure)),
        firm=True,
        luck=True,
        year=year if year < LAST_YEAR else -1,
    )


def noise_variance(quarters: float, assumed: Assumptions) -> float:
    """Of ln sales of so many quarters that err one by one, if that of a whole year has the stated sd."""
    return float(np.log1p(4.0 / quarters * np.expm1(assumed["sales_noise_sd"] ** 2)))


def with_a_part(whole: int) -> tuple[float, float]:
    """Mean and variance of ln(whole + u), u uniform from 0 to 1: quarters sold if the first is one of part."""
    x = np.array([whole, whole + 1.0])
    log = np.log(np.maximum(x, 1e-300))
    mean, square = np.diff(x * log - x)[0], np.diff(x * log**2 - 2.0 * x * log + 2.0 * x)[0]
    return float(mean), float(square - mean**2)


def due_for(total: float, firm: Firm, assumed: Assumptions) -> tuple[float, float]:
    """ln of the sales that ``total`` USD speak of, and its variance, as orders come by chance (Poisson): 1 / orders, if
    the firm says what an order is.

    Without any order it is the edge of a range: so many orders or more were hardly due.
    """
    if total <= 0.0:
        return float(np.log(NONE_BELOW * smallest_sale(firm, assumed))), NONE_SD**2
    return float(np.log(total)), min((firm.sales.unit_value_usd or 0.0) / total, 1.0)


def smallest_sale(firm: Firm, assumed: Assumptions) -> float:
    """USD of a typical order."""
    return assumed.over("smallest_sale_usd", firm.sales.unit_value_usd or assumed["smallest_sale_usd"])


def overdue(book: Book, firm: Firm, modes: ModeChoice, assumed: Assumptions) -> Iterator[Observation]:
    """That there is no sale yet, long after the first was due, says that the market is small."""
    planned = float(modes.weeks[book.row, book.mode]) / WEEKS_A_QUARTER
    quarters = quarter_number(book.results[-1].quarter) - quarter_number(book.results[0].quarter) + 1
    beyond = quarters - assumed["late_factor"] * planned
    if beyond < 1.0:
        return
    part = float(ramped(cumulative_ramp(assumed, int(beyond) + 2), np.array([beyond]))[0])
    variance = noise_variance(beyond, assumed)
    orders, unsure = due_for(0.0, firm, assumed)
    high = orders - float(np.log(book.sold[-1] / 4.0 * part)) + variance / 2.0
    noise = float(np.sqrt(variance + unsure))
    yield Observation(Source(market=book.market), (book.row,), (1.0,), -np.inf, high, noise, firm=True, luck=True)


def spending_seen(book: Book, modes: ModeChoice, assumed: Assumptions) -> Iterator[Observation]:
    """What was spent until the first sale, against what was planned for set-up and running until then.

    Books that begin with the first sale may lack what was spent before it. As what is booked may be part of it only, or
    of something else, it is taken for so with the chance that a figure of others is a rumour.
    """
    if book.first is None or book.first <= quarter_number(book.results[0].quarter):
        return  # not done yet, or done before the books began
    until = [r for r in book.results if quarter_number(r.quarter) <= book.first]
    spent = sum(r.cost_usd for r in until)
    planned = modes.entry_usd[book.row, book.mode] * (1.0 - modes.discount[book.row])
    planned += modes.fixed_usd_quarter[book.row, book.mode] * len(until)
    if spent > 0 and planned > 0:
        off = float(np.log(spent / planned))
        noise = assumed["entry_books_sd"]
        yield Observation(
            Source(market=book.market), (book.row,), (1.0,), off, off, noise,
            firm=True, luck=True, rumour=assumed["rumour_share"],
        )  # fmt: skip


def endured(every: Sequence[Book]) -> tuple[float, int, tuple[Source, ...]]:
    """Years of selling after the first one, how often a market was left in them, and which books tell it."""
    years, exits, told = 0.0, 0, []
    for book in every:
        late = [r for r in book.results if book.first is not None and quarter_number(r.quarter) >= book.first + 4]
        if late:
            years, exits = years + len(late) / 4.0, exits + sum(r.left for r in late)
            told.append(Source(market=book.market))
    return years, exits, tuple(dict.fromkeys(told))
