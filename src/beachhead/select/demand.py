"""Demand for what the firm sells: level, growth, suppliers, the home country's place."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, Offer
from beachhead.select.columns import PREDICTED, column, weighed
from beachhead.select.flows import places
from beachhead.select.goods import goods_demand
from beachhead.select.result import IMPUTED, SHARE_FLOOR, USER, Demand, Suppliers
from beachhead.select.sectors import size_covariates
from beachhead.select.services import services_demand

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

ENOUGH = 3  # markets from which the user's figures say how their measure compares with the public one


def demand_for(firm: Firm, evidence: Evidence, assumed: Assumptions) -> Demand:
    """Demand over all of ``evidence.markets`` for everything the firm sells, weighed by the shares of its offers."""
    offers = sorted(firm.sells, key=lambda offer: -offer.share)  # the main one first
    found = [_offer_demand(firm, offer, evidence, assumed) for offer in offers]
    if len(found) == 1:
        return found[0]
    shares = np.array([max(offer.share, 1e-9) for offer in offers])
    return _mix(found, shares / shares.sum())


def _offer_demand(firm: Firm, offer: Offer, evidence: Evidence, assumed: Assumptions) -> Demand:
    system, _, code = offer.code.partition(":")
    base = _BY_SYSTEM[system](firm, code, evidence, assumed)
    named = replace(base, label=offer.name or base.label, code=offer.code)
    return _lay_user_figures(named, firm, evidence, assumed["user_demand_sd"])


def _user_only(firm: Firm, code: str, evidence: Evidence, assumed: Assumptions) -> Demand:
    """A product that only the user's file knows: sizes elsewhere from GDP and income, suppliers unknown."""
    rows = evidence.query("user_demand", product=f"user:{code}")
    if len(rows["market"]) < 5:
        raise bad(
            "sells.code",
            f"user:{code}",
            "give at least five markets' demand in a file named under `evidence`, "
            "with the columns market,product,value_usd",
        )
    m = len(evidence.markets)
    gdp = size_covariates(evidence)[:, 0]
    home = evidence.markets.index(firm.home)
    still = column(np.zeros(m), 0.1, 0, IMPUTED, PREDICTED)
    hhi, share = (column(np.full(m, x), sd, 0, IMPUTED, PREDICTED) for x, sd in ((0.3, 0.2), (SHARE_FLOOR, 1.0)))
    return Demand(
        kind="user", label=code, code=f"user:{code}", value=np.exp(gdp), sd_log=np.ones(m),
        year=np.zeros(m, np.int16), status=np.full(m, IMPUTED, np.int8),
        source=np.full(m, PREDICTED, object), expenditure=np.exp(gdp), expenditure_sd=np.ones(m),
        home_expenditure=float(np.exp(gdp[home])), home_expenditure_sd=1.0, growth=still,
        suppliers=Suppliers(hhi, still, share), home_rca=float("nan"),
        notes=("Only your own figures know this product: suppliers and growth are unknown and alike everywhere.",),
    )  # fmt: skip


def _lay_user_figures(base: Demand, firm: Firm, evidence: Evidence, unstated_sd: float) -> Demand:
    """The user's demand figures in place of the public ones; other markets are scaled to the same measure.

    ``unstated_sd``: sd of ln demand where the user gives none.
    """
    rows = evidence.query("user_demand", product=base.code)
    at = places(evidence.markets, rows["market"])
    rows = {name: column[at >= 0] for name, column in rows.items()}
    at = at[at >= 0]
    if not len(at):
        return base
    given = np.full(len(evidence.markets), np.nan)
    given[at] = np.log(rows["value_usd"].astype(np.float64))
    sd_given = np.full(len(given), unstated_sd)
    stated = np.ma.filled(np.ma.asarray(rows["sd_log"], dtype=np.float64), np.nan)
    sd_given[at] = np.where(np.isnan(stated), unstated_sd, stated)
    return _rescaled(base, given, sd_given, at, rows, evidence.markets.index(firm.home))


def _rescaled(
    base: Demand, given: Floats, sd_given: Floats, at: NDArray[np.int64], rows: dict[str, NDArray[Any]], home: int
) -> Demand:
    gap = given[at] - np.log(base.value[at])
    many, own = len(gap) >= ENOUGH, ~np.isnan(given)
    spread = float(np.std(gap, ddof=1)) if many else 0.0
    factor = float(np.exp(np.median(gap))) if many else 1.0
    lift = np.where(own, given - np.log(base.value), np.log(factor))
    sd = np.where(own, sd_given, np.hypot(base.sd_log, spread))
    year, source = base.year.copy(), base.source.copy()
    year[at] = np.nan_to_num(np.ma.filled(np.ma.asarray(rows["year"], dtype=np.float64), 0)).astype(np.int16)
    source[at] = "user"
    note = _user_note(len(at), factor, spread, base.kind == "user")
    return replace(
        base, value=base.value * np.exp(lift), sd_log=sd, year=year, source=source,
        status=np.where(own, USER, base.status).astype(np.int8), expenditure=base.expenditure * np.exp(lift),
        expenditure_sd=np.where(own, np.hypot(sd_given, 0.3), np.hypot(base.expenditure_sd, spread)),
        home_expenditure=float(base.home_expenditure * np.exp(lift[home])), notes=(*base.notes, note),
    )  # fmt: skip


def _user_note(markets: int, factor: float, spread: float, alone: bool) -> str:
    here = f"Your own figures are used for {markets} market{'s' if markets > 1 else ''}"
    if markets < ENOUGH:
        return f"{here}; too few to say how they compare with the public ones, which stand elsewhere as they are."
    loose = f"give or take a factor of {np.exp(spread):.2g}"
    if alone:
        return f"{here}; elsewhere demand follows GDP and income, at the same level ({loose})."
    return f"{here}; the public ones elsewhere are multiplied by {factor:.3g} to match ({loose})."


def _mix(parts: list[Demand], shares: Floats) -> Demand:
    """Several offers as one: the firm's sales spread over them, each relative to its own home market."""
    home = sum(s * p.home_expenditure for s, p in zip(shares, parts, strict=True))

    def relative(field: str) -> Floats:
        scaled = [s * getattr(p, field) / p.home_expenditure for s, p in zip(shares, parts, strict=True)]
        return np.asarray(home * np.sum(scaled, axis=0))

    return replace(
        parts[int(np.argmax(shares))],
        label=" + ".join(p.label for p in parts),
        code="+".join(p.code for p in parts),
        value=relative("value"),
        expenditure=relative("expenditure"),
        home_expenditure=float(home),
        sd_log=np.tensordot(shares, np.stack([p.sd_log for p in parts]), 1),
        expenditure_sd=np.tensordot(shares, np.stack([p.expenditure_sd for p in parts]), 1),
        growth=weighed([p.growth for p in parts], shares),
        suppliers=Suppliers(
            *(weighed([getattr(p.suppliers, f.name) for p in parts], shares) for f in fields(Suppliers))
        ),
        notes=tuple(dict.fromkeys(n for p in parts for n in p.notes)),
    )


_BY_SYSTEM = {"hs": goods_demand, "icio": services_demand, "user": _user_only}
