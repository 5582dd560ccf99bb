"""What this firm could sell in a market: a log-normal, from gravity and from what entrants really sell.

Gravity: sales in a reference market × (market's purchases ÷ reference's purchases) × access, where access is relative
to the reference and its elasticities are estimated with domestic sales in the data, so that leaving home has its price
(``access.csv``; docs/methods/access.md). Every market where the firm sells is a reference: each tells something of how
good the firm is, home less surely than abroad.

Entrants: the median first-year sales of real entrants in such a destination, carried to maturity along the path of
survivors (``entrants.csv``). The two are independent views of one unknown, combined by their precision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions, packaged
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, main_offer, sales_abroad, sells_goods
from beachhead.select.estimate import combine
from beachhead.select.likeness import kernel
from beachhead.select.proximity import FULL_TARIFF
from beachhead.select.result import Demand, Potential
from beachhead.select.spread import split
from beachhead.select.tables import read_table

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

WORDS = {r["id"].removeprefix("access."): r["words"] for r in read_table("access_terms.csv")}
TERMS = tuple(WORDS)
P10 = -1.2815515655446004  # the 10 % quantile of a standard normal
ENTRANT_KM = (300.0, 18_000.0)  # span of distances in the entrants' data
OWN = ("demand ÷ home demand", "tariff", "founders' experience", "contacts", "sales elsewhere")  # sds that add up


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """Elasticities of one model in the order of ``TERMS`` and their covariance (T, T)."""

    model: str
    beta: Floats
    cov: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """ln USD a year (M,) and its sd."""

    mean: Floats
    sd: Floats


@cache
def shipped_access(model: str) -> Access:
    """The shipped elasticities of one model."""
    rows = {r["term"]: float(r["estimate"]) for r in read_table("access.csv") if r["model"] == model}
    cov = np.zeros((len(TERMS), len(TERMS)))
    for r in read_table("access_cov.csv"):
        if r["model"] == model and r["term_a"] in TERMS and r["term_b"] in TERMS:
            cov[TERMS.index(r["term_a"]), TERMS.index(r["term_b"])] = float(r["cov"])
    return Access(model, np.array([rows[t] for t in TERMS]), cov)


def access_model(model: str, assumed: Assumptions) -> Access:
    """The elasticities in use: the shipped ones, but the firm's own where it gives one; the covariance stays."""
    shipped = shipped_access(model)
    beta = [assumed.over(f"access.{t}", b) for t, b in zip(TERMS, shipped.beta, strict=True)]
    return replace(shipped, beta=np.array(beta))


def model_for(code: str, evidence: Evidence, *, goods: bool = True) -> str:
    """Which elasticities suit an offer: those of the input–output sector that makes it.

    ``code``: of the main offer, or codes joined by + with the main one first. ``goods``: whether it is a thing, which a
    user's own code does not tell (:func:`beachhead.firm.sells_goods`).
    """
    groups = {r["sector"]: r["model"] for r in read_table("access_groups.csv")}
    system, _, code = code.split("+")[0].partition(":")
    if system == "icio":
        return groups[code]
    if system == "user":
        return "goods_agtpa" if goods else "icio_services_business"
    rows = evidence.query("hs_icio_all")
    return groups[dict(zip(rows["hs2"].tolist(), rows["icio"].tolist(), strict=True))[code[:2]]]


def trade_terms(origin: str, figures: dict[str, Floats], evidence: Evidence) -> Floats:
    """The terms of access (M, T) from ``origin``, relative to selling inside ``origin``."""
    home = evidence.markets.index(origin)
    inside = figures["distance"][home]
    away = np.ones(len(evidence.markets))
    away[home] = 0
    ratio = np.log(np.maximum(figures["distance"], 1.0) / inside) * away
    flags = [figures[t] * away for t in ("contiguous", "common_official_language", "colonial_tie", "agreement")]
    return np.asarray(np.nan_to_num(np.column_stack([away, ratio, *flags])))


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Named parts of ln potential: ``value`` and ``sd`` (M, F)."""

    names: tuple[str, ...]
    value: Floats
    sd: Floats


def _columns(parts: Iterable[tuple[str, Floats, Floats]]) -> Parts:
    names, values, sds = zip(*parts, strict=True)
    return Parts(tuple(names), np.column_stack(values), np.column_stack(sds))


def _access_parts(terms: Floats, access: Access) -> list[tuple[str, Floats, Floats]]:
    se = np.sqrt(np.diag(access.cov))
    return [(WORDS[t], access.beta[k] * terms[:, k], se[k] * np.abs(terms[:, k])) for k, t in enumerate(TERMS)]


def _own_parts(figures: dict[str, Floats], assumed: Assumptions) -> list[tuple[str, Floats, Floats]]:
    return [
        (words, assumed[a] * figures[f], packaged()[a].sd * figures[f])
        for words, a, f in (
            ("founders' experience", "experience_lift", "founder_experience"),
            ("contacts", "contacts_lift", "contacts"),
        )
    ]


def _tariff_part(figures: dict[str, Floats], goods: bool, assumed: Assumptions) -> tuple[str, Floats, Floats]:
    """Tariff beyond the median market's, for goods without an agreement (the agreement term holds its tariff cut)."""
    tariff = np.log1p(figures[FULL_TARIFF] / 100)
    excess = (tariff - np.median(tariff)) * (1 - figures["agreement"]) * goods
    name = "tariff_elasticity"
    return "tariff", assumed[name] * excess, packaged()[name].sd * np.abs(excess)


def _firm_scale(
    firm: Firm, evidence: Evidence, parts: Parts, covariance: Floats, assumed: Assumptions
) -> tuple[float, float, str]:
    """How the firm sells for its home sales, in ln, from the markets abroad where it sells: shift, sd, words.

    Home says 0 with sd ``home_scale_sd``; a market abroad says ln(sales there) − ln(gravity there), with the
    spread that gravity leaves unexplained. Precision-weighted; a market counts once, however the firm sells there.
    """
    known = sales_abroad(firm, evidence.vintage)
    seen = [m for m in known if m in evidence.markets and m != firm.home]
    says = [0.0] + [float(np.log(known[m]) - parts.value[evidence.markets.index(m)].sum()) for m in seen]
    noise = np.hypot(assumed["firm_market_sd"], np.sqrt(np.median(np.diag(covariance)) if len(covariance) else 0.0))
    shift, sd = combine(np.array(says)[:, None], np.array([assumed["home_scale_sd"]] + [noise] * len(seen))[:, None])
    where = ", ".join(seen)
    return float(shift[0]), float(sd[0]), f"sales in {where}" if seen else "home sales only"


def gravity(
    firm: Firm, demand: Demand, figures: dict[str, Floats], evidence: Evidence, assumed: Assumptions
) -> tuple[Parts, Estimate, str]:
    """The gravity estimate of ln sales (M,) with its parts; the sd leaves out the luck of one firm in one market."""
    m = len(evidence.markets)
    goods = sells_goods(firm)
    access = access_model(model_for(main_offer(firm).code, evidence, goods=goods), assumed)
    terms = trade_terms(firm.home, figures, evidence)
    ratio_sd = np.hypot(demand.expenditure_sd, demand.home_expenditure_sd)
    base = _columns(
        [
            ("home sales", np.full(m, np.log(firm.sales.home_usd)), np.zeros(m)),
            ("demand ÷ home demand", np.log(demand.expenditure / demand.home_expenditure), ratio_sd),
            *_access_parts(terms, access),
            _tariff_part(figures, goods, assumed),
            *_own_parts(figures, assumed),
        ]
    )
    cov = terms @ access.cov @ terms.T
    shift, shift_sd, words = _firm_scale(firm, evidence, base, cov, assumed)
    parts = Parts(
        (*base.names, "sales elsewhere"),
        np.column_stack([base.value, np.full(m, shift)]),
        np.column_stack([base.sd, np.full(m, shift_sd)]),
    )
    own = [k for k, n in enumerate(parts.names) if n in OWN]
    variance = np.diag(cov) + (parts.sd[:, own] ** 2).sum(1)
    variance += assumed["resistance_sd"] ** 2
    return parts, Estimate(parts.value.sum(1), np.sqrt(variance)), words


def without(root: Floats, column: int) -> Floats:
    """A root with one of its scores left out."""
    left: Floats = root.copy()
    left[:, column] = 0.0
    return left


def access_root(
    firm: Firm, figures: dict[str, Floats], evidence: Evidence, assumed: Assumptions, weight: Floats
) -> Floats:
    """What the elasticities bring to the spread of ln potential, (M, T): columns are independent normal scores of them.

    ``weight`` (M,): the share of the gravity estimate in the potential.
    """
    access = access_model(model_for(main_offer(firm).code, evidence, goods=sells_goods(firm)), assumed)
    root = np.linalg.cholesky(access.cov + 1e-12 * np.eye(len(TERMS)))
    return np.asarray(weight[:, None] * trade_terms(firm.home, figures, evidence) @ root)


@cache
def _entrant_table() -> dict[tuple[str, str], float]:
    return {(r["model"], r["term"]): float(r["estimate"]) for r in read_table("entrants.csv")}


def _within_sample(x: Floats, evidence: Evidence) -> Floats:
    """``x`` (M,) kept within what the destinations of the entrants' data span: the estimate is not stretched beyond."""
    seen = [
        evidence.markets.index(d)
        for d in evidence.query("entrant_destinations")["destination"]
        if d in evidence.markets
    ]
    return np.clip(x, x[seen].min(), x[seen].max())


def entrants(code: str, figures: dict[str, Floats], evidence: Evidence, assumed: Assumptions) -> Estimate:
    """What a real entrant with such an offer sells at maturity in each destination: ln USD of today (M,), and its sd.

    The sd leaves out the luck of one firm in one market (``firm_market_sd``), which no estimate can foresee.
    """
    t = _entrant_table()
    usa = evidence.markets.index("USA")
    pop, head = (
        _within_sample(np.log(x), evidence) for x in (figures["population"], figures["gdp_usd"] / figures["population"])
    )
    x = (
        t["first_year", "constant"]
        + t["first_year", "ln_population"] * (pop - pop[usa])
        + t["first_year", "ln_gdp_per_head"] * (head - head[usa])
        + t["first_year", "ln_distance"] * np.log(np.clip(figures["distance"], *ENTRANT_KM) / 5000)
        + t["first_year", "contiguous"] * figures["contiguous"]
        + t["first_year", "common_official_language"] * figures["common_official_language"]
        + t["first_year", "ln_price_level"]
        + t.get(("industry", _industry(code)), 0.0)
    )
    mature = t["survivors", "year_6"] - t["survivors", "year_1"]
    known = _industry(code) != ""
    spread = [t["first_year", s] for s in ("sd_destination", "sd_origin", "sd_within")]
    between = 0.0 if known else t["industry", "sd_between"] ** 2
    sd = np.sqrt(max(np.sum(np.square(spread)) - assumed["firm_market_sd"] ** 2, 0.1) + between)
    return Estimate(np.nan_to_num(x + mature, nan=t["first_year", "constant"] + mature), np.full(len(x), sd))


def _industry(code: str) -> str:
    """The industry of the exporter-dynamics data that makes the offer; "" for services and unknown goods.

    ``code``: of the main offer, or codes joined by + with the main one first.
    """
    system, _, code = code.split("+")[0].partition(":")
    if system != "hs":
        return ""
    rows = read_table("industries.csv")
    found = [r["industry"] for r in rows if int(r["first_chapter"]) <= int(code[:2]) <= int(r["last_chapter"])]
    return found[0] if found else ""


def entrant_band(demand: Demand) -> tuple[float, float, float]:
    """P10, P50 and P90 of real entrants' first-year sales of this kind, USD of today."""
    t = _entrant_table()
    middle = (
        t["first_year", "constant"]
        + t["first_year", "ln_price_level"]
        + t.get(("industry", _industry(demand.code)), 0.0)
    )
    low, mid, high = (float(np.exp(middle + t["percentile", p])) for p in ("p10", "p50", "p90"))
    return low, mid, high


def potential_for(
    firm: Firm, demand: Demand, figures: dict[str, Floats], evidence: Evidence, assumed: Assumptions
) -> Potential:
    """The firm's potential over all of ``evidence.markets``.

    A firm without sales has no gravity estimate: entrants alone speak. Where it sells already, its own figure counts.
    What the two views can know is weighed by precision; the luck of one firm in one market is added to both alike.
    """
    new = entrants(main_offer(firm).code, figures, evidence, assumed)
    if firm.sales.home_usd > 0:
        parts, own, words = gravity(firm, demand, figures, evidence, assumed)
        notes: tuple[str, ...] = (f"Scale of the firm: {words}.",)
    else:
        m = len(evidence.markets)
        parts = Parts((), np.zeros((m, 0)), np.zeros((m, 0)))
        own = Estimate(np.full(m, np.nan), np.full(m, np.nan))
        notes = ("Without sales at home the potential is what entrants really sell.",)
    luck = assumed["firm_market_sd"]
    weight = np.nan_to_num((1 / own.sd**2) / (1 / own.sd**2 + 1 / new.sd**2))
    mean = weight * np.nan_to_num(own.mean) + (1 - weight) * new.mean
    sd = np.hypot(luck, 1 / np.sqrt(np.nan_to_num(1 / own.sd**2) + 1 / new.sd**2))
    mean = np.minimum(mean, np.log(assumed["market_share_cap"] * demand.value) + P10 * sd)
    mean, sd = _known_sales(firm, evidence, mean, sd, assumed["known_sales_sd"])
    root, alone = split(
        sd,
        access_root(firm, figures, evidence, assumed, weight),
        kernel(evidence, assumed, goods=sells_goods(firm)),
        assumed,
    )
    return Potential(
        median_usd=np.exp(mean),
        sd_log=sd,
        p10=np.exp(mean + P10 * sd),
        p50=np.exp(mean),
        p90=np.exp(mean - P10 * sd),
        factors=parts.names,
        factor_log=parts.value,
        factor_sd=parts.sd,
        gravity_log=own.mean,
        gravity_sd=np.hypot(own.sd, luck),
        entrant_log=new.mean,
        entrant_sd=np.hypot(new.sd, luck),
        gravity_weight=weight,
        root=root,
        own_sd=alone,
        heard=without(root, len(TERMS)),
        notes=notes,
    )


def _known_sales(firm: Firm, evidence: Evidence, mean: Floats, sd: Floats, known_sd: float) -> tuple[Floats, Floats]:
    """Where the firm sells now, its own sales speak (sd of ln ``known_sd``), the models only a little."""
    mean, sd = mean.copy(), sd.copy()
    for market, sales in sales_abroad(firm, evidence.vintage).items():
        if market in evidence.markets:
            k = evidence.markets.index(market)
            both = combine(np.array([[mean[k]], [np.log(sales)]]), np.array([[sd[k]], [known_sd]]))
            mean[k], sd[k] = both[0][0], both[1][0]
    return mean, sd
