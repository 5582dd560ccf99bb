"""Demand for what the firm sells: level, growth, suppliers, the home country's place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence.model import STATUSES, Floats, Status
from beachhead.firm import Firm, Offer
from beachhead.select.estimate import combine, predict_missing, shrink, slopes
from beachhead.select.flows import Flows, chapter_flows, exporter_names, line_flows, places
from beachhead.select.result import Demand

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

OBSERVED, CARRIED, IMPUTED, USER = (STATUSES.index(s) for s in Status)
SHARE_FLOOR = 1e-5  # a home share below this is not told apart from none


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Level of demand: USD a year (M,), sd of ln, year, status."""

    value: Floats
    sd_log: Floats
    year: NDArray[np.int16]
    status: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Suppliers:
    """Who supplies each market (M,): concentration, its yearly change, and the home country's share."""

    hhi: Floats
    hhi_sd: Floats
    growth: Floats
    growth_sd: Floats
    home_share: Floats
    home_share_sd: Floats


def demand_for(firm: Firm, evidence: Evidence, assumed: Assumptions) -> Demand:
    """Demand over all of ``evidence.markets`` for everything the firm sells, weighed by the shares of its offers."""
    found = [_offer_demand(firm, offer, evidence, assumed) for offer in firm.sells]
    if len(found) == 1:
        return found[0]
    shares = np.array([max(offer.share, 1e-9) for offer in firm.sells])
    return _mix(found, shares / shares.sum())


def _offer_demand(firm: Firm, offer: Offer, evidence: Evidence, assumed: Assumptions) -> Demand:
    system, _, code = offer.code.partition(":")
    base = _BY_SYSTEM[system](firm, code, evidence, assumed)
    named = replace(base, label=offer.name or base.label, code=offer.code)
    return _lay_user_figures(named, firm, evidence, assumed["user_demand_sd"])


# --- covariates -----------------------------------------------------------------------------------------------------


def size_covariates(evidence: Evidence) -> Floats:
    """ln GDP and ln income per head of every market, (M, 2): what missing sizes are predicted from."""
    facts = evidence.facts()
    columns = [facts.indicators.index(i) for i in ("gdp_usd", "gni_per_capita")]
    return np.asarray(np.log(facts.value[:, columns]))


# --- goods ----------------------------------------------------------------------------------------------------------


def _goods(firm: Firm, code: str, evidence: Evidence, assumed: Assumptions) -> Demand:
    chapter = chapter_flows(evidence, code[:2], assumed)
    if chapter is None:
        raise bad("sells.code", f"hs:{code}", "no such HS chapter; `beachhead products search WORDS` finds the code")
    line = line_flows(evidence, code) if len(code) == 6 else None
    flows = line or chapter
    sized = chapter_level(chapter, evidence, assumed)
    level = sized if line is None else line_level(line, sized, assumed)
    notes = flows.notes + _proxy_note(code, line)
    if line is None and len(code) > 2:
        level = replace(level, sd_log=np.hypot(level.sd_log, assumed["line_in_chapter_sd"]))
    return _assemble_goods(firm, code, flows, level, evidence, notes, assumed)


def _proxy_note(code: str, line: Flows | None) -> tuple[str, ...]:
    if len(code) == 2 or line is not None:
        return ()
    return (
        f"No bilateral figures of HS {code} are at hand: the whole chapter {code[:2]} stands in for it, held with a "
        "wide uncertainty. `beachhead evidence add` takes a BACI or UN Comtrade file that has the line.",
    )


def _log(x: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.nan)


def _recent_mean(values: Floats, assumed: Assumptions) -> Floats:
    """Mean of the last years with figures (nan where none), (M,)."""
    last = values[-int(assumed["level_years"]) :]
    count = (~np.isnan(last)).sum(0)
    return np.where(count > 0, np.nansum(last, 0) / np.maximum(count, 1), np.nan)


def _volatility(values: Floats, assumed: Assumptions) -> Floats:
    """Sd of yearly changes of ln over the growth window, (M,); nan with fewer than three changes."""
    change = np.diff(_log(values[-int(assumed["growth_years"]) - 1 :]), axis=0)
    n = (~np.isnan(change)).sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(np.isnan(change), 0, change - np.nansum(change, 0) / n)
        sd = np.sqrt((centred**2).sum(0) / (n - 1))
    return np.where(n >= 3, sd, np.nan)


def _level_sd(flows: Flows, assumed: Assumptions) -> Floats:
    volatility = np.nan_to_num(_volatility(flows.imports, assumed), nan=1.0)
    base = np.hypot(assumed["level_floor_sd"], volatility / np.sqrt(assumed["level_years"]))
    return np.asarray(np.hypot(base, assumed["composite_sd"]) if flows.kind == "composite" else base)


def chapter_level(flows: Flows, evidence: Evidence, assumed: Assumptions) -> Level:
    """Mean imports of the last years; markets without figures are predicted from their size."""
    recent = _recent_mean(flows.imports, assumed)
    log_value, extra = predict_missing(_log(recent), size_covariates(evidence))
    known = ~np.isnan(_log(recent))
    sd = np.where(known, _level_sd(flows, assumed), np.hypot(extra, assumed["level_floor_sd"]))
    year = np.full(len(known), flows.years[-1], np.int16)
    estimated = flows.kind == "composite"
    status = np.where(known & (not estimated), OBSERVED, IMPUTED).astype(np.int8)
    return Level(np.exp(log_value), sd, year, status)


def line_level(line: Flows, chapter: Level, assumed: Assumptions) -> Level:
    """A line's imports, shrunk to what its chapter suggests (the line's world share of the chapter's imports).

    The spread of true lines around that target is estimated from the markets themselves (method of moments).
    """
    own = np.nan_to_num(_recent_mean(line.imports, assumed))
    seen = own >= assumed["zero_flow_usd"]
    log_own = np.log(np.maximum(own, assumed["zero_flow_usd"]))
    own_sd = np.where(seen, _level_sd(line, assumed), assumed["zero_flow_sd"])
    log_target = np.log(chapter.value) + np.log(own.sum() / chapter.value.sum())
    gap = (log_own - log_target)[seen]
    spread2 = max(float(np.median(np.abs(gap)) / 0.6745) ** 2 - float(np.median(own_sd[seen] ** 2)), 0.1)
    target_sd = np.sqrt(spread2 + chapter.sd_log**2)
    w_own, w_target = 1 / own_sd**2, 1 / target_sd**2
    value = np.exp((w_own * log_own + w_target * log_target) / (w_own + w_target))
    status = np.where(seen, OBSERVED, IMPUTED).astype(np.int8)
    year = np.full(len(own), line.years[-1], np.int16)
    return Level(value, np.sqrt(1 / (w_own + w_target)), year, status)


def _growth(flows: Flows, window: int) -> tuple[Floats, Floats]:
    return shrink(*slopes(_log(flows.imports[-window:]), flows.years[-window:]))


def _hhi(pairs: Floats, total: Floats, complete: bool) -> tuple[Floats, Floats]:
    """Concentration (M,) and its sd. Unlisted suppliers are each at most as large as the smallest listed one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total[:, None] > 0, pairs / total[:, None], 0.0)
    share = share / np.maximum(share.sum(1), 1.0)[:, None]
    low = (share**2).sum(1)
    if complete:
        return low, np.full(len(low), 0.02)
    smallest = np.min(np.where(share > 0, share, np.inf), axis=1)
    high = np.minimum(low + np.clip(1 - share.sum(1), 0, 1) * np.where(np.isfinite(smallest), smallest, 1.0), 1.0)
    return (low + high) / 2, (high - low) / np.sqrt(12) + 0.02


def goods_suppliers(flows: Flows, home: int, assumed: Assumptions) -> Suppliers:
    """Concentration, its change over five years, and the home country's share, from the listed pairs."""
    now = _recent_mean(flows.imports, assumed)
    earlier = _recent_mean(flows.imports[:-5], assumed) if len(flows.years) > 8 else now
    hhi, hhi_sd = _hhi(flows.recent, now, flows.complete)
    before, _ = _hhi(flows.before, earlier, flows.complete)
    with np.errstate(divide="ignore", invalid="ignore"):
        opening = np.where((hhi > 0) & (before > 0), -np.log(hhi / before) / 5, np.nan)
    share, share_sd = _home_share(flows, now, home, assumed["zero_flow_usd"])
    known = (hhi > 0) & ~np.isnan(now)
    median = float(np.median(hhi[known])) if known.any() else 0.3
    return Suppliers(
        np.where(known, hhi, median),
        np.where(known, hhi_sd, 0.25),
        np.nan_to_num(opening),
        np.where(np.isnan(opening), 0.1, 0.03),
        share,
        share_sd,
    )


def _home_share(flows: Flows, imports: Floats, home: int, zero_usd: float) -> tuple[Floats, Floats]:
    """Home's share of imports (M,), sd of its ln. An unlisted pair lies below both sides' smallest listed one, or below
    ``zero_usd`` where every flow above that is listed."""
    sold = flows.recent[:, home]
    listed = sold > 0
    if flows.complete:
        bound = np.full(len(sold), 2 * zero_usd)
    else:
        by_importer = np.min(np.where(flows.recent > 0, flows.recent, np.inf), axis=1)
        bound = np.minimum(by_importer, np.min(np.where(sold > 0, sold, np.inf), initial=np.inf))
        bound = np.where(np.isfinite(bound), bound, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(imports > 0, np.where(listed, sold, bound / 4) / imports, 0.0)
    return np.clip(share, SHARE_FLOOR, 1.0), np.where(listed, 0.25, 1.0)


def _assemble_goods(
    firm: Firm, code: str, flows: Flows, level: Level, evidence: Evidence, notes: tuple[str, ...], assumed: Assumptions
) -> Demand:
    home = evidence.markets.index(firm.home)
    suppliers = goods_suppliers(flows, home, assumed)
    growth, growth_sd = _growth(flows, int(assumed["growth_years"]))
    spend, spend_sd = _goods_expenditure(flows, level, code[:2], evidence, assumed)
    return Demand(
        kind=flows.kind,
        label=f"HS {code}",
        code=f"hs:{code}",
        value=level.value,
        sd_log=level.sd_log,
        year=level.year,
        status=level.status,
        source=np.full(len(level.value), flows.source, object),
        expenditure=np.exp(spend),
        expenditure_sd=spend_sd,
        home_expenditure=float(np.exp(spend[home])),
        home_expenditure_sd=float(spend_sd[home]),
        growth=growth,
        growth_sd=growth_sd,
        hhi=suppliers.hhi,
        hhi_sd=suppliers.hhi_sd,
        supplier_growth=suppliers.growth,
        supplier_growth_sd=suppliers.growth_sd,
        home_share=suppliers.home_share,
        home_share_sd=suppliers.home_share_sd,
        home_rca=float(advantage(flows, evidence, assumed)[home]),
        notes=notes,
    )


def advantage(flows: Flows, evidence: Evidence, assumed: Assumptions) -> Floats:
    """Revealed comparative advantage (Balassa 1965) of every market in the product, (M,); nan without exports.

    The market's share of world exports of the product ÷ its share of world exports of all goods.
    """
    product = np.nan_to_num(_recent_mean(flows.exports, assumed))
    rows = evidence.query("exports_all")
    total = dict(zip(rows["country"].tolist(), rows["exports_usd"].tolist(), strict=True))
    all_goods = np.array([total.get(m) or np.nan for m in evidence.markets])
    if product.sum() <= 0:
        return np.full(len(product), np.nan)
    return np.asarray(product / product.sum() / (all_goods / np.nansum(all_goods)))


# --- what a market buys in all, home-made included ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class SectorTrade:
    """A sector in the world input–output table: purchases (M, E) of each market from each economy, USD."""

    purchases: Floats
    known: NDArray[np.bool_]

    @property
    def total(self) -> Floats:
        """All purchases of each market (M,); nan where unknown."""
        return np.where(self.known, self.purchases.sum(1), np.nan)

    def import_share(self) -> Floats:
        """Share of purchases that comes from abroad (M,)."""
        return 1 - self._domestic() / self.total

    def export_share(self) -> Floats:
        """Share of sales that goes abroad (M,)."""
        m = len(self.known)
        sales = self.purchases.sum(0)[:m]
        return np.where(self.known, 1 - self._domestic() / np.where(sales > 0, sales, np.nan), np.nan)

    def _domestic(self) -> Floats:
        return np.diag(self.purchases[:, : len(self.known)])


def sector_trade(sector: str, evidence: Evidence) -> SectorTrade:
    """Purchases of one ICIO sector's output (2022, as inputs), over the markets."""
    rows = evidence.query("icio_demand", sector=sector)
    exporters = exporter_names(evidence, rows["exporter"])
    i, e = places(evidence.markets, rows["importer"]), places(exporters, rows["exporter"])
    matrix = np.zeros((len(evidence.markets), len(exporters)))
    inside = i >= 0
    np.add.at(matrix, (i[inside], e[inside]), rows["value_usd"][inside].astype(np.float64))
    return SectorTrade(matrix, matrix.sum(1) > 0)


def icio_sector(hs2: str, evidence: Evidence) -> str:
    """The input–output sector that makes a chapter's goods."""
    rows = evidence.query("hs_icio_all")
    return str(dict(zip(rows["hs2"].tolist(), rows["icio"].tolist(), strict=True))[hs2])


def _filled_share(share: Floats, evidence: Evidence) -> Floats:
    """A share in (0, 1) for every market: unknown ones from size, on the logit scale."""
    s = np.clip(share, 0.02, 0.98)
    logit, _ = predict_missing(np.log(s / (1 - s)), size_covariates(evidence))
    return np.asarray(1 / (1 + np.exp(-logit)))


def _goods_expenditure(
    flows: Flows, level: Level, hs2: str, evidence: Evidence, assumed: Assumptions
) -> tuple[Floats, Floats]:
    """ln of what each market buys of the product, home-made included, and its sd.

    Three views, weighed by precision: imports plus the home output that exports suggest; imports over the sector's
    import share; and a share of GDP like the world's. A country specialised in the product exports more of it than of
    its sector: the odds of being exported are raised by its revealed advantage.
    """
    sector = sector_trade(icio_sector(hs2, evidence), evidence)
    bought, sold = (_filled_share(s, evidence) for s in (sector.import_share(), sector.export_share()))
    exports = np.nan_to_num(_recent_mean(flows.exports, assumed))
    odds = sold / (1 - sold) * np.maximum(np.nan_to_num(advantage(flows, evidence, assumed)), 1.0)
    by_exports = np.log(level.value + exports / odds)
    by_imports = np.log(level.value / bought)
    gdp = size_covariates(evidence)[:, 0]
    world = np.log(np.exp(by_imports).sum() / np.exp(gdp).sum())
    sds = [np.hypot(level.sd_log, assumed[a]) for a in ("apparent_exports_sd", "apparent_imports_sd")]
    return combine(
        np.stack([by_exports, by_imports, gdp + world]),
        np.stack([*sds, np.full(len(gdp), assumed["proportional_sd"])]),
    )


# --- services -------------------------------------------------------------------------------------------------------


def _services(firm: Firm, code: str, evidence: Evidence, assumed: Assumptions) -> Demand:
    trade = sector_trade(code, evidence)
    if not trade.known.any():
        raise bad("sells.code", f"icio:{code}", "no such ICIO sector; `beachhead products search WORDS` finds the code")
    home = evidence.markets.index(firm.home)
    spend, extra = predict_missing(_log(trade.total), size_covariates(evidence))
    sd = np.where(trade.known, assumed["services_model_sd"], extra)
    suppliers = _services_suppliers(trade, home)
    growth, growth_sd = _services_growth(evidence, assumed["services_growth_sd"])
    return Demand(
        kind="services",
        label=f"ICIO {code}",
        code=f"icio:{code}",
        value=np.exp(spend),
        sd_log=sd,
        year=np.full(len(sd), 2022, np.int16),
        status=np.where(trade.known, OBSERVED, IMPUTED).astype(np.int8),
        source=np.where(trade.known, "oecd-icio", "beachhead-imputation").astype(object),
        expenditure=np.exp(spend),
        expenditure_sd=sd,
        home_expenditure=float(np.exp(spend[home])),
        home_expenditure_sd=float(sd[home]),
        growth=growth,
        growth_sd=growth_sd,
        hhi=suppliers.hhi,
        hhi_sd=suppliers.hhi_sd,
        supplier_growth=suppliers.growth,
        supplier_growth_sd=suppliers.growth_sd,
        home_share=suppliers.home_share,
        home_share_sd=suppliers.home_share_sd,
        home_rca=_services_advantage(trade, code, evidence, home),
        notes=_services_notes(trade),
    )


def _services_notes(trade: SectorTrade) -> tuple[str, ...]:
    return (
        f"Purchases by firms and governments of {int(trade.known.sum())} economies in 2022; who bought from whom "
        "is modelled by the OECD, and purchases by households are not split by seller.",
        "Elsewhere demand is predicted from GDP and income, and marked as imputed.",
        "No yearly series of purchases exists: growth of demand is the economy's own, held with a wide uncertainty.",
    )


def _services_suppliers(trade: SectorTrade, home: int) -> Suppliers:
    foreign = trade.purchases.copy()
    foreign[np.arange(len(foreign)), np.arange(len(foreign))] = 0
    total = foreign.sum(1)
    known = trade.known & (total > 0)
    share = np.divide(foreign, total[:, None], out=np.zeros_like(foreign), where=total[:, None] > 0)
    hhi = (share**2).sum(1)
    fill = np.median(share[known, home]) if known.any() else SHARE_FLOOR
    home_share = np.clip(np.where(known, share[:, home], fill), SHARE_FLOOR, 1)
    spread = float(np.std(np.log(home_share[known]))) if known.sum() > 1 else 1.0
    return Suppliers(
        np.where(known, hhi, np.median(hhi[known])),
        np.where(known, 0.05, np.std(hhi[known])),
        np.zeros(len(hhi)),
        np.full(len(hhi), 0.05),
        home_share,
        np.where(known, 0.5, spread),
    )


def _services_growth(evidence: Evidence, sd: float) -> tuple[Floats, Floats]:
    """Growth of the economy in place of growth of the purchases: log points a year, and a wide sd."""
    facts = evidence.facts()
    k = facts.indicators.index("gdp_growth")
    growth = np.log1p(np.maximum(facts.value[:, k], -50) / 100)
    return growth, np.hypot(facts.sd_t[:, k] / 100, sd)


def _services_advantage(trade: SectorTrade, code: str, evidence: Evidence, home: int) -> float:
    rows = evidence.query("icio_exports_all")
    exporter, sector, value = (rows[c] for c in ("exporter", "sector", "value_usd"))
    mine, this = exporter == evidence.markets[home], sector == code
    if not mine.any():
        return float("nan")
    v = value.astype(np.float64)
    return float(v[mine & this].sum() / v[this].sum() / (v[mine].sum() / v.sum()))


# --- the user's own figures -----------------------------------------------------------------------------------------


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
    flat, wide = np.zeros(m), np.full(m, 0.1)
    home = evidence.markets.index(firm.home)
    return Demand(
        kind="user", label=code, code=f"user:{code}", value=np.exp(gdp), sd_log=np.ones(m),
        year=np.zeros(m, np.int16), status=np.full(m, IMPUTED, np.int8),
        source=np.full(m, "beachhead-imputation", object), expenditure=np.exp(gdp), expenditure_sd=np.ones(m),
        home_expenditure=float(np.exp(gdp[home])), home_expenditure_sd=1.0, growth=flat, growth_sd=wide,
        hhi=np.full(m, 0.3), hhi_sd=np.full(m, 0.2), supplier_growth=flat, supplier_growth_sd=wide,
        home_share=np.full(m, SHARE_FLOOR), home_share_sd=np.ones(m), home_rca=float("nan"),
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
    spread = float(np.std(gap, ddof=1)) if len(gap) > 2 else 1.0
    factor, own = float(np.exp(np.median(gap))), ~np.isnan(given)
    lift = np.where(own, given - np.log(base.value), np.log(factor))
    sd = np.where(own, sd_given, np.hypot(base.sd_log, spread))
    year, source = base.year.copy(), base.source.copy()
    year[at] = np.nan_to_num(np.ma.filled(np.ma.asarray(rows["year"], dtype=np.float64), 0)).astype(np.int16)
    source[at] = "user"
    note = (
        f"Your own figures stand for {len(at)} markets; the others are scaled to the same measure "
        f"(× {factor:.3g}, spread of ln {spread:.2f})."
    )
    return replace(
        base, value=base.value * np.exp(lift), sd_log=sd, year=year, source=source,
        status=np.where(own, USER, IMPUTED).astype(np.int8), expenditure=base.expenditure * np.exp(lift),
        expenditure_sd=np.where(own, np.hypot(sd_given, 0.3), np.hypot(base.expenditure_sd, spread)),
        home_expenditure=float(base.home_expenditure * np.exp(lift[home])), notes=(*base.notes, note),
    )  # fmt: skip


# --- several offers -------------------------------------------------------------------------------------------------

_MIXED = (
    "growth",
    "growth_sd",
    "hhi",
    "hhi_sd",
    "supplier_growth",
    "supplier_growth_sd",
    "home_share",
    "home_share_sd",
)


def _mix(parts: list[Demand], shares: Floats) -> Demand:
    """Several offers as one: the firm's sales spread over them, each relative to its own home market."""
    home = sum(s * p.home_expenditure for s, p in zip(shares, parts, strict=True))

    def relative(field: str) -> Floats:
        scaled = [s * getattr(p, field) / p.home_expenditure for s, p in zip(shares, parts, strict=True)]
        return np.asarray(home * np.sum(scaled, axis=0))

    def mean(field: str) -> Floats:
        return np.asarray(np.sum([s * getattr(p, field) for s, p in zip(shares, parts, strict=True)], axis=0))

    main = parts[int(np.argmax(shares))]
    averages: dict[str, Any] = {f: mean(f) for f in ("sd_log", "expenditure_sd", *_MIXED)}
    return replace(
        main,
        label=" + ".join(p.label for p in parts),
        code="+".join(p.code for p in parts),
        value=relative("value"),
        expenditure=relative("expenditure"),
        home_expenditure=float(home),
        notes=tuple(dict.fromkeys(n for p in parts for n in p.notes)),
        **averages,
    )


_BY_SYSTEM = {"hs": _goods, "icio": _services, "user": _user_only}
