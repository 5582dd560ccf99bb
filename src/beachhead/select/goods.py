"""Demand for goods: an HS6 line, a chapter, or a chapter hidden in a composite group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.firm import Firm
from beachhead.select.estimate import combine, predict, shrink, slopes
from beachhead.select.flows import Flows, Pairs, chapter_flows, line_flows
from beachhead.select.result import IMPUTED, OBSERVED, SHARE_FLOOR, Demand, Suppliers
from beachhead.select.sectors import filled_share, icio_sector, log_or_nan, sector_trade, size_covariates

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """Level of demand: USD a year (M,), sd of ln, year, status."""

    value: Floats
    sd_log: Floats
    year: NDArray[np.int16]
    status: NDArray[np.int8]


def goods_demand(firm: Firm, code: str, evidence: Evidence, assumed: Assumptions) -> Demand:
    """Demand for an HS code of two, four or six digits over all markets; the chapter stands in for a line unknown."""
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


def _recent_mean(values: Floats, assumed: Assumptions) -> Floats:
    """Mean of the last years with figures (nan where none), (M,)."""
    last = values[-int(assumed["level_years"]) :]
    count = (~np.isnan(last)).sum(0)
    return np.where(count > 0, np.nansum(last, 0) / np.maximum(count, 1), np.nan)


def _volatility(values: Floats, assumed: Assumptions) -> Floats:
    """Sd of yearly changes of ln over the growth window, (M,); nan with fewer than three changes."""
    change = np.diff(log_or_nan(values[-int(assumed["growth_years"]) - 1 :]), axis=0)
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
    """Mean imports of the last years; markets without figures are predicted from their size.

    What is taken out of a composite group is itself an estimate: it is weighed against the prediction by precision.
    """
    own = log_or_nan(_recent_mean(flows.imports, assumed))
    fitted, fitted_sd = predict(own, size_covariates(evidence))
    known, estimated = ~np.isnan(own), flows.kind == "composite"
    own_sd = _level_sd(flows, assumed)
    trust = 1 / (1 + (own_sd / fitted_sd) ** 2) if estimated else 1.0
    value = np.where(known, trust * np.nan_to_num(own) + (1 - trust) * fitted, fitted)
    sd = np.where(known, np.sqrt(trust) * own_sd, np.hypot(fitted_sd, assumed["level_floor_sd"]))
    status = np.where(known & (not estimated), OBSERVED, IMPUTED).astype(np.int8)
    return Level(np.exp(value), sd, np.full(len(known), flows.years[-1], np.int16), status)


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
    return shrink(*slopes(log_or_nan(flows.imports[-window:]), flows.years[-window:]))


def _hhi(pairs: Pairs, total: Floats, complete: bool) -> tuple[Floats, Floats]:
    """Concentration (M,) and its sd. What is not listed lies with suppliers each within its bound."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share, most = (np.where(total[:, None] > 0, x / total[:, None], 0.0) for x in (pairs.value, pairs.bound))
    share = share / np.maximum(share.sum(1), 1.0)[:, None]
    low = (share**2).sum(1)
    if complete:
        return low, np.full(len(low), 0.02)
    largest = np.minimum(np.where(share > 0, 0.0, most).max(axis=1), 1.0)
    high = np.minimum(low + np.clip(1 - share.sum(1), 0, 1) * largest, 1.0)
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
    """Home's share of imports (M,), sd of its ln. An unlisted pair is taken as a quarter of its bound, held loosely.

    The bound is ``zero_usd`` where every flow above that is listed.
    """
    sold = flows.recent.value[:, home]
    listed = sold > 0
    bound = np.full(len(sold), zero_usd) if flows.complete else flows.recent.bound[:, home]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(imports > 0, np.where(listed, sold, bound / 4) / imports, 0.0)
    return np.clip(share, SHARE_FLOOR, 1.0), np.where(listed, 0.25, 1.5)


def _assemble_goods(
    firm: Firm, code: str, flows: Flows, level: Level, evidence: Evidence, notes: tuple[str, ...], assumed: Assumptions
) -> Demand:
    home = evidence.markets.index(firm.home)
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
        suppliers=goods_suppliers(flows, home, assumed),
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


def _goods_expenditure(
    flows: Flows, level: Level, hs2: str, evidence: Evidence, assumed: Assumptions
) -> tuple[Floats, Floats]:
    """ln of what each market buys of the product, home-made included, and its sd.

    Three views, weighed by precision: imports plus the home output that exports suggest; imports over the sector's
    import share; and a share of GDP like the world's. A country specialised in the product exports more of it than of
    its sector: the odds of being exported are raised by its revealed advantage.
    """
    sector = sector_trade(icio_sector(hs2, evidence), evidence)
    bought, sold = (filled_share(s, evidence) for s in (sector.import_share(), sector.export_share()))
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
