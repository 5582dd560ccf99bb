"""How potentials are uncertain together: every part is there once, and in all they are what each market's sd says."""

from __future__ import annotations

import numpy as np
import pytest
from cases import example
from hypothesis import given
from hypothesis import strategies as st

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.select.likeness import kernel
from beachhead.select.potential import TERMS
from beachhead.select.spread import MOST, knowable, split

LUCK = PACKAGED["firm_market_sd"]


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    m = draw(st.integers(1, 12))
    sd = rng.uniform(0.2, 4.0, m)
    access = rng.normal(size=(m, 3)) * draw(st.sampled_from([0.0, 0.3, 5.0]))
    x = rng.normal(size=(m, 4))
    like = np.corrcoef(x) if m > 1 else np.ones((1, 1))
    return sd, access, like, draw(st.sampled_from([0.0, 0.6, 1.0]))


@given(cases())
def test_parts_add_up_to_what_each_market_is_unsure_by(case):
    sd, access, like, common = case
    root, own = split(sd, access, like, Assumptions({"potential_common": common}))
    assert np.isfinite(root).all() and (own >= 0).all()
    assert (root**2).sum(axis=1) + own**2 == pytest.approx(sd**2)
    assert (root**2).sum(axis=1) == pytest.approx(knowable(sd, LUCK), rel=1e-6)
    part = (root[:, :3] ** 2).sum(axis=1)
    assert (part <= MOST * knowable(sd, LUCK) * (1 + 1e-9)).all()
    assert (part <= (access**2).sum(axis=1) * (1 + 1e-9)).all()
    left = knowable(sd, LUCK) - part
    assert root[:, 3] ** 2 == pytest.approx(common * left, abs=1e-9)


@given(cases())
def test_what_is_left_goes_together_as_markets_are_alike(case):
    sd, access, like, common = case
    root, _ = split(sd, access, like, Assumptions({"potential_common": common}))
    rest = root[:, 4:]
    size = np.linalg.norm(rest, axis=1)
    if common < 1.0:
        assert rest @ rest.T / np.outer(size, size) == pytest.approx(like, abs=1e-6)


def test_luck_is_each_markets_own_and_not_known_but_where_sales_have_told_it():
    """In a market where the firm sells, less than the luck is unsure: a tenth of the variance can be known still."""
    sd = np.array([2.0, 1.4, 0.5])
    assert knowable(sd, 1.4) == pytest.approx([4.0 - 1.96, 0.1 * 1.96, 0.1 * 0.25])


def test_a_real_selection_keeps_its_own_sds():
    _, evidence, selection = example("india_bentonite")
    p = selection.potential
    assert (p.root**2).sum(axis=1) + p.own_sd**2 == pytest.approx(p.sd_log**2)
    assert p.root.shape == (len(selection.markets), len(TERMS) + 1 + len(evidence.markets))
    rows = [evidence.markets.index(m) for m in selection.markets]
    rest = p.root[:, len(TERMS) + 1 :]
    size = np.linalg.norm(rest, axis=1)
    alike = kernel(evidence)[np.ix_(rows, rows)]
    assert rest @ rest.T / np.outer(size, size) == pytest.approx(alike, abs=1e-6)
