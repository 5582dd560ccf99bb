"""How sales grow after the first one: the published path of survivors, freed of the partial first year.

Customs data count calendar years, and who enters in autumn shows a few months of sales in the first: that makes first
years look small and the growth after them large (Bernard, Boler, Massari, Reyes & Taglioni 2017, Exporter dynamics and
partial-year effects, American Economic Review 107). A plan counts from the first sale. If as many entrants come in each
quarter, their first calendar year holds five eighths of a year, and the path by years since the first sale follows.
"""

from __future__ import annotations

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats

YEARS = 6  # of the published path; later years are like the last
BEFORE = 0.375  # part of a later calendar year that belongs to the tenure year before: quarters 0, 1, 2, 3 of entry


def calendar_ramp(assumed: Assumptions) -> Floats:
    """Sales in the calendar years after entry, of mature sales, (6,)."""
    return np.array([assumed[f"ramp_{year + 1}"] for year in range(YEARS)])


def tenure_ramp(calendar: Floats) -> Floats:
    """Sales in the years since the first sale, of mature sales, (6,): the path whose calendar years are ``calendar``.

    With entry in each quarter alike, the first calendar year holds (4 + 3 + 2 + 1) / 16 of the first tenure year, and
    each later one 3/8 of one tenure year and 5/8 of the next.
    """
    rate = [calendar[0] / (1.0 - BEFORE)]
    for seen in calendar[1:]:
        rate.append((seen - BEFORE * rate[-1]) / (1.0 - BEFORE))
    return np.array(rate)


def yearly_ramp(assumed: Assumptions, years: int) -> Floats:
    """Sales in each of ``years`` years since the first sale, of mature sales; after the sixth they stay."""
    rate = tenure_ramp(calendar_ramp(assumed))
    return rate[np.minimum(np.arange(years), YEARS - 1)]


def quarterly_ramp(assumed: Assumptions, quarters: int) -> Floats:
    """The same by quarters since the first sale, as a share of a mature quarter's sales, (quarters,)."""
    return np.repeat(yearly_ramp(assumed, -(-quarters // 4)), 4)[:quarters]
