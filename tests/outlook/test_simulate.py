"""Many paths: the same on any number of threads, and told how much memory they take."""

from __future__ import annotations

import tracemalloc
from dataclasses import fields

import numpy as np
import pytest
from outlook.cases import rich

from beachhead.outlook.ledger import MEANS, Ledger
from beachhead.outlook.measures import memory_mb
from beachhead.outlook.simulate import CHUNK, THREADS, simulate

NAMES = [field.name for field in fields(Ledger)]


def test_the_result_does_not_depend_on_the_number_of_threads():
    plan = rich(6).case()
    one, three = (simulate(plan, 1, 2 * CHUNK + 300, threads=threads) for threads in (1, 3))
    for name in NAMES:
        np.testing.assert_array_equal(getattr(one, name), getattr(three, name), err_msg=name)


def test_fewer_whole_chunks_are_the_first_of_more():
    plan = rich(4).case()
    few, many = simulate(plan, 1, CHUNK), simulate(plan, 1, 2 * CHUNK)
    np.testing.assert_array_equal(few.cash, many.cash[:, :CHUNK])
    np.testing.assert_array_equal(few.worth, many.worth[:CHUNK])


def test_means_over_uneven_chunks_are_means_over_all_paths():
    """Worth of the markets adds up to the mean worth less what automation costs and saves."""
    plan = rich(4)
    plain = simulate(plan.case(), 1, CHUNK + 100)
    assert plain.entered[0] == 1.0
    machines = simulate(plan.case(), 1, CHUNK + 100).worth.mean() - plain.worth_of.sum()
    last = plain.last_year.mean(axis=1)
    assert plain.earned.sum() == pytest.approx(plain.revenue.mean(axis=1).sum(), rel=1e-5)
    assert (last <= plain.earned * (1 + 1e-5)).all()
    assert machines < 0
    assert set(MEANS) < set(NAMES)


def test_another_seed_is_another_future_with_about_the_same_mean():
    plan = rich(4).case()
    one, other = simulate(plan, 1, 6_000), simulate(plan, 2, 6_000)
    assert (one.worth != other.worth).all()
    spread = np.hypot(one.worth.std(), other.worth.std()) / np.sqrt(6_000)
    assert abs(one.worth.mean() - other.worth.mean()) < 4 * spread


@pytest.mark.parametrize("count", [2, 20, 60])
def test_the_memory_stated_is_the_memory_taken(count):
    """By Python's own count. It is no more than stated, rounding aside; the two threads seldom peak together."""
    plan = rich(count).case()
    simulate(plan, 1, 10)
    tracemalloc.start()
    simulate(plan, 1, 10_000)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert 0.95 * peak < memory_mb(plan, 10_000, CHUNK, THREADS) < 1.5 * peak
