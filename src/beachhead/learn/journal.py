"""The journal: what was found out, from whom, about which markets; and what was really sold and spent.

Records are never changed. A correction is a new record that supersedes an older one; of two results for one market and
quarter the later record stands. :mod:`beachhead.store` keeps them; everything in ``learn`` reads a :class:`Journal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from beachhead.firm import Iso3, ModeId, Money, Quarter, Record, Share

Knowledge = Literal["market", "international", "product"]
GrowthPath = Literal["geographic_diversification", "market_penetration", "product_development"]
About = Literal["potential", "entry_cost", "hazard"]
Says = Literal["better", "alike", "worse"]
KNOWLEDGE: tuple[Knowledge, ...] = ("market", "international", "product")
GROWTH_PATHS: tuple[GrowthPath, ...] = ("geographic_diversification", "market_penetration", "product_development")
ABOUT: tuple[About, ...] = ("potential", "entry_cost", "hazard")
EXPECTED = "expected"  # what a statement is compared with, if not with another market


class Entry(Record):
    """One thing learnt.

    It may carry a figure or a comparison, or neither: then it adds knowledge and moves no belief. ``estimate_usd``: of
    the potential (sales a year, once mature, of a firm such as this) or of the cost of entry in ``mode``; ``chance``:
    of having to leave within a year (about = hazard). ``says`` … ``than``: better, alike or worse than expected, or
    than another market; more cost or hazard is worse. Of several markets the figure is their typical value, the mean of
    logarithms. ``sd_log``: how sure, if the writer knows better than the channel's usual noise.
    """

    id: int = Field(default=0, ge=0, description="Its number in the journal; 0 until it is written.")
    date: date
    channel: str = Field(min_length=1, description="A channel of channels.csv.")
    markets: tuple[Iso3, ...] = ()
    about: About = "potential"
    knowledge: tuple[Knowledge, ...] = ()
    growth_path: GrowthPath | None = None
    finding: str = Field(min_length=1, max_length=2000)
    estimate_usd: Money | None = Field(default=None, gt=0)
    chance: Share | None = None
    says: Says | None = None
    than: str = EXPECTED
    expected_usd: Money | None = Field(default=None, gt=0, description="What was expected when it was written.")
    mode: ModeId | None = None
    sd_log: float | None = Field(default=None, gt=0, le=5)
    cost_usd: Money = 0.0
    who: str = ""
    decision: str = Field(default="", description="The decision that it changed.")
    supersedes: int | None = Field(default=None, ge=1)


class Result(Record):
    """What one market brought in one quarter: sales, what was spent there, and whether the firm left in it."""

    id: int = Field(default=0, ge=0)
    market: Iso3
    quarter: Quarter
    sales_usd: Money
    cost_usd: Money = 0.0
    mode: ModeId | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """What stands: entries that nothing supersedes, by number, and the latest result of each market and quarter.

    ``held``: ids of assumptions that the owner keeps as they are, whatever was learnt.
    """

    entries: tuple[Entry, ...] = ()
    results: tuple[Result, ...] = ()
    held: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.entries or self.results)

    def without(self, entry: int) -> Journal:
        """The same, had this entry not been written."""
        return Journal(tuple(e for e in self.entries if e.id != entry), self.results, self.held)


EMPTY = Journal()
