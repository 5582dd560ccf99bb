"""The path of sales since the first one: it must give back the published figures, which count calendar years."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.ramp import calendar_ramp, quarterly_ramp, tenure_ramp, yearly_ramp
from beachhead.firm_rules import broken_rules

PUBLISHED = np.exp(np.array([0.94, 1.45, 1.64, 1.75, 1.79, 1.82]) - 1.82)  # Steinberg (2023), log sales of survivors


def by_calendar_year(assumed: Assumptions, years: int) -> np.ndarray:
    """Sales by calendar year, of a mature year's, of entrants of whom a quarter each begins in every quarter.

    One entrant after the other, quarter by quarter, as a customs office would add them up.
    """
    sales = quarterly_ramp(assumed, 4 * years)
    total = np.zeros(years)
    for entry in range(4):
        for quarter in range(entry, 4 * years):
            total[quarter // 4] += sales[quarter - entry] / 4 / 4
    return total


def test_entrants_of_all_quarters_reproduce_the_published_path() -> None:
    assert by_calendar_year(PACKAGED, 6) == pytest.approx(PUBLISHED, abs=6e-4)  # the rows have three digits


@given(st.lists(st.floats(0.5, 1.0), min_size=6, max_size=6))
def test_a_firms_own_path_is_reproduced_too(path: list[float]) -> None:
    own = {f"ramp_{year}": seen for year, seen in enumerate(path, 1)}
    assert by_calendar_year(Assumptions(own), 6) == pytest.approx(path)


def test_the_first_twelve_months_bring_more_than_the_first_calendar_year() -> None:
    """Bernard et al. (2017): the partial year makes first years look small and their growth large."""
    calendar, tenure = calendar_ramp(PACKAGED), yearly_ramp(PACKAGED, 6)
    assert tenure[0] == pytest.approx(1.6 * calendar[0])
    assert tenure[1] / tenure[0] < 1.1 < 1.6 < calendar[1] / calendar[0]


def test_sales_of_survivors_only_rise_and_stay_after_the_sixth_year() -> None:
    path = yearly_ramp(PACKAGED, 12)
    assert np.all(np.diff(path[:6]) > 0) and np.all(path[6:] == path[5])
    assert path[0] > 0 and path[5] == pytest.approx(1, abs=0.01), "mature sales are those of the sixth calendar year"


@given(st.integers(0, 60))
def test_quarters_are_the_years_in_four_parts(quarters: int) -> None:
    path = quarterly_ramp(PACKAGED, quarters)
    assert len(path) == quarters
    assert np.array_equal(path, [yearly_ramp(PACKAGED, 15)[q // 4] for q in range(quarters)])


@given(st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6))
def test_a_path_that_the_firm_file_allows_never_falls_below_zero(path: list[float]) -> None:
    own = {f"ramp_{year}": seen for year, seen in enumerate(path, 1)}
    assert (tenure_ramp(np.array(path)).min() < 0) == bool(broken_rules({"assumptions": own}))
