"""What the owner allows: the horizon, the limits, and what is pinned, forbidden or committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.cost import WEEKS_A_QUARTER
from beachhead.quarters import quarter_name, quarter_number

if TYPE_CHECKING:
    from beachhead.firm import Firm


@dataclass(frozen=True, slots=True)
class Wish:
    """A start that is wanted or not: a market, a mode, a quarter of the plan (0 the first); None is any.

    ``firm``: committed, so never questioned.
    """

    market: str | None
    mode: str | None
    quarter: int | None
    committed: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits in one place; USD, quarters, hours and points of attention a quarter.

    ``hours_kept``: share of the hours that a plan leaves free, on average over the scenarios, for surprises.
    ``floor_risk``: share of scenarios in which cash may fall below ``floor``. ``most``: new markets at most. With
    ``phases``, regional entries wait for a pilot's gate (``gate_quarters`` of sales) and global ones for the region.
    ``closing``: share of a market's potential lost by each year of waiting. ``downside``: weight of the worse half of
    outcomes; ``price``: of a dollar of mean shortfall in the worst ``tail``. ``beyond``: quarters after the plan in
    which the limits still hold.
    """

    first: int
    quarters: int
    horizon: int
    cash: float
    floor: float
    floor_risk: float
    hours: float
    hours_kept: float
    attention: float
    attention_launch: float
    attention_run: float
    hours_launch: float
    launches: int
    pilots: int
    phases: bool
    most: int
    gate_quarters: int
    review_quarters: int
    likeness_lag: int
    closing: float
    downside: float
    price: float
    tail: float
    pins: tuple[Wish, ...] = ()
    forbids: tuple[Wish, ...] = ()
    beyond: int = 0

    def name(self, quarter: int) -> str:
        """'2027Q1' of a quarter of the plan."""
        return quarter_name(self.first + quarter)

    @property
    def window(self) -> int:
        """Quarters over which the limits hold: what starts last must not be left to chance, so some beyond the plan."""
        return self.quarters + self.beyond

    @property
    def hours_planned(self) -> float:
        """Hours a quarter that a plan may fill on average over the scenarios."""
        return self.hours * (1.0 - self.hours_kept)

    def late(self, quarter: int) -> float:
        """Share of the potential left for who enters in ``quarter``: others get there first."""
        return float((1.0 - self.closing) ** (quarter / 4.0))

    @property
    def names(self) -> tuple[str, ...]:
        """All quarters of the plan."""
        return tuple(self.name(q) for q in range(self.quarters))


UNLIMITED = 10_000


def rules(firm: Firm, as_of: str) -> Rules:
    """The rules of a firm; ``as_of`` is the vintage of the evidence."""
    assumed, pace = Assumptions(firm.assumptions), firm.pace
    first = quarter_number(pace.start) if pace.start else quarter_number(as_of) + 1
    shy = 1.0 - firm.attitude.risk_appetite

    def at(quarter: str | None) -> int | None:
        return None if quarter is None else quarter_number(quarter) - first

    pins = [Wish(p.market, p.mode, at(p.quarter)) for p in firm.pin]
    committed = [Wish(c.market, c.mode, at(c.quarter), committed=True) for c in firm.committed]
    return Rules(
        first=first,
        quarters=pace.quarters,
        horizon=round(4 * assumed["horizon_years"]),
        cash=firm.cash.available_usd,
        floor=firm.cash.floor_usd,
        floor_risk=assumed["floor_risk"] if pace.floor_risk is None else pace.floor_risk,
        hours=firm.capacity.export_hours_per_week * WEEKS_A_QUARTER,
        hours_kept=assumed["hours_margin"],
        attention=assumed["attention_base"] + assumed["attention_per_head"] * firm.capacity.team,
        attention_launch=assumed["attention_launch"],
        attention_run=assumed["attention_run"],
        hours_launch=assumed["hours_launch"],
        launches=pace.launches_at_once,
        pilots=pace.pilots,
        phases=pace.phases,
        most=UNLIMITED if pace.most_markets is None else pace.most_markets,
        gate_quarters=round(assumed["gate_quarters"]),
        review_quarters=round(assumed["review_quarters"]),
        likeness_lag=round(assumed["likeness_lag"]),
        closing=assumed["window_closing"] * firm.attitude.speed,
        downside=shy,
        price=assumed["shortfall_price"] * shy,
        tail=assumed["shortfall_tail"],
        pins=(*committed, *pins),
        forbids=tuple(Wish(f.market, f.mode, at(f.quarter)) for f in firm.forbid),
        beyond=round(assumed["watched_quarters"]),
    )


def matches(wish: Wish, market: np.ndarray, mode: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Which starts a wish speaks of; codes of markets and modes and quarters, each (C,)."""
    fits = np.ones(len(market), dtype=bool)
    for wanted, there in ((wish.market, market), (wish.mode, mode), (wish.quarter, start)):
        fits &= True if wanted is None else there == wanted
    return fits
