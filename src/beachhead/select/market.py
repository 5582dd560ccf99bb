"""All that is known of every market before the product is looked at: country-wide, from home, and by the firm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.errors import BeachheadError
from beachhead.evidence.model import Facts, Floats
from beachhead.firm import Firm, main_offer
from beachhead.select.columns import column
from beachhead.select.flows import places
from beachhead.select.proximity import FULL_TARIFF, firm_figures, pair_figures, vintage_year
from beachhead.select.result import OBSERVED, USER, Column

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


def market_columns(firm: Firm, evidence: Evidence, assumed: Assumptions) -> dict[str, Column]:
    """Every figure by indicator over all markets (M,): country-wide, between home and market, and of the firm.

    A tariff is what is left of it for the home country: nothing under a full agreement.
    """
    columns = _country_wide(evidence.facts())
    columns |= _stated(pair_figures(firm.home, evidence, assumed), OBSERVED, evidence)
    columns |= _stated(firm_figures(firm, evidence, assumed), USER, evidence)
    return columns | _tariffs(firm, evidence, columns)


def market_figures(firm: Firm, evidence: Evidence, assumed: Assumptions) -> dict[str, Floats]:
    """The values alone of :func:`market_columns`."""
    return {name: one.value for name, one in market_columns(firm, evidence, assumed).items()}


def _country_wide(facts: Facts) -> dict[str, Column]:
    return {
        name: Column(facts.value[:, k], facts.sd_t[:, k], facts.year[:, k], facts.status[:, k], facts.source[:, k])
        for k, name in enumerate(facts.indicators)
    }


def _stated(figures: dict[str, Floats], status: int, evidence: Evidence) -> dict[str, Column]:
    """Figures that are what they are: no sd, and the year of the evidence."""
    year, known = vintage_year(evidence), evidence.catalogue.indicators
    for name, value in figures.items():
        if np.isnan(value).any():
            raise BeachheadError(f"the snapshot has no {name} for some market; build it again")
    return {name: column(value, 0.0, year, status, known[name].source) for name, value in figures.items()}


def _tariffs(firm: Firm, evidence: Evidence, columns: dict[str, Column]) -> dict[str, Column]:
    """The tariff before agreements, and what is left of it for the home country.

    The user's own tariff on the main product stands before the average over all goods.
    """
    full, agreement = columns["applied_tariff"], columns["agreement"].value
    product = main_offer(firm).code
    rows = evidence.query("user_tariffs", product=product, home=firm.home)
    at = places(evidence.markets, rows["importer"])
    known = at >= 0
    value, status, source, cut = full.value.copy(), full.status.copy(), full.source.copy(), 1 - agreement
    value[at[known]] = rows["rate_pct"][known].astype(np.float64)
    status[at[known]], source[at[known]] = USER, "user"
    cut[at[known & (rows["exporter"] == firm.home)]] = 1.0  # a rate for the home country holds its preferences
    full = replace(full, value=value, status=status, source=source)
    return {FULL_TARIFF: full, "applied_tariff": replace(full, value=value * cut)}
