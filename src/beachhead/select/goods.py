"""Demand for goods: an HS6 line, a chapter, or a chapter hidden in a composite group."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.firm import Firm
from beachhead.select.columns import choose, known_or_predicted
from beachhead.select.estimate import combine, predict, shrink, slopes
from beachhead.select.flows import EARLIER, Flows, Pairs, chapter_flows, line_flows
from beachhead.select.result import IMPUTED, OBSERVED, SHARE_FLOOR, USER, Column, Demand, Suppliers
from beachhead.select.sectors import filled_share, icio_sector, log_or_nan, sector_trade, size_covariates

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


def goods_demand(firm: Firm, code: str, evidence: Evidence, assumed: Assumptions) -> Demand:
    """Demand for an HS code of two, four or six digits over all markets; the chapter stands in for a line unknown."""
    chapter = chapter_flows(evidence, code[:2], assumed)
    if chapter is None:
        raise bad("sells.code", f"hs:{code}", "no such HS chapter; `beachhead products search WORDS` finds the code")
    line = line_flows(evidence, code) if len(code) == 6 else None
    sized = chapter_level(chapter, evidence, assumed)
    level = sized if line is None else line_level(line, sized, assumed)
    notes = (line or chapter).notes + _proxy_note(code, line)
    if line is None and len(code) > 2:
        level = replace(level, sd=np.hypot(level.sd, assumed["line_in_chapter_sd"]))
    return _assemble_goods(firm, code, chapter, line, level, evidence, notes, assumed)


def _proxy_note(code: str, line: Flows | None) -> tuple[str, ...]:
    if len(code) == 2 or line is not None:
        return ()
    return (
        f"No bilateral figures of HS {code} are at hand: the whole chapter {code[:2]} stands in for it, held with a "
        "wide uncertainty. `beachhead evidence add` takes a BACI or UN Comtrade file that has the line.",
    )


def recent_mean(values: Floats, assumed: Assumptions) -> Floats:
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


def chapter_level(flows: Flows, evidence: Evidence, assumed: Assumptions) -> Column:
    """Mean imports of the last years; markets without figures are predicted from their size.

    What is taken out of a composite group is itself an estimate: it is weighed against the prediction by precision.
    """
    own = log_or_nan(recent_mean(flows.imports, assumed))
    fitted, fitted_sd = predict(own, size_covariates(evidence))
    known, estimated = ~np.isnan(own), flows.kind == "composite"
    own_sd = _level_sd(flows, assumed)
    trust = 1 / (1 + (own_sd / fitted_sd) ** 2) if estimated else 1.0
    value = np.where(known, trust * np.nan_to_num(own) + (1 - trust) * fitted, fitted)
    sd = np.where(known, np.sqrt(trust) * own_sd, np.hypot(fitted_sd, assumed["level_floor_sd"]))
    return known_or_predicted(np.exp(value), sd, int(flows.years[-1]), known & (not estimated), flows.source)


def line_level(line: Flows, chapter: Column, assumed: Assumptions) -> Column:
    """A line's imports, shrunk to what its chapter suggests (the line's world share of the chapter's imports).

    The spread of true lines around that target is estimated from the markets themselves (method of moments).
    """
    zero = assumed["zero_flow_usd"]
    own = np.where(line.covered, np.nan_to_num(recent_mean(line.imports, assumed)), 0.0)
    seen = own >= zero
    if not seen.any():
        return replace(chapter, sd=np.hypot(chapter.sd, assumed["line_in_chapter_sd"]), status=_all_imputed(chapter))
    log_own = np.log(np.maximum(own, zero))
    own_sd = np.where(seen, _level_sd(line, assumed), np.where(line.covered, assumed["zero_flow_sd"], np.inf))
    log_target = np.log(chapter.value) + np.log(own.sum() / chapter.value[line.covered].sum())
    gap = (log_own - log_target)[seen]
    spread2 = max(float(np.median(np.abs(gap)) / 0.6745) ** 2 - float(np.median(own_sd[seen] ** 2)), 0.1)
    w_own, w_target = 1 / own_sd**2, 1 / (spread2 + chapter.sd**2)
    value = np.exp((w_own * log_own + w_target * log_target) / (w_own + w_target))
    found = known_or_predicted(value, np.sqrt(1 / (w_own + w_target)), int(line.years[-1]), seen, line.source)
    return _credited(found, line.by_user & seen)


def _all_imputed(column: Column) -> NDArray[np.int8]:
    return np.full_like(column.status, IMPUTED)


def _credited(column: Column, by_user: NDArray[np.bool_]) -> Column:
    """The same figures, those that the user added named as the user's."""
    return replace(
        column,
        status=np.where(by_user, USER, column.status).astype(np.int8),
        source=np.where(by_user, "user", column.source).astype(object),
    )


def growth_of(chapter: Flows, line: Flows | None, assumed: Assumptions) -> Column:
    """Yearly growth of imports in log points, shrunk; the chapter's where a line has too few years to tell."""
    window = int(assumed["growth_years"])
    for flows in (line, chapter):
        if flows is None:
            continue
        slope, se = slopes(log_or_nan(flows.imports[-window:]), flows.years[-window:])
        told = ~np.isnan(slope)
        if told.any():
            value, sd = shrink(slope, se)
            extra = assumed["services_growth_sd"] if flows is not line and line is not None else 0.0
            found = known_or_predicted(value, np.hypot(sd, extra), int(flows.years[-1]), told, flows.source)
            return _credited(found, flows.by_user & told)
    raise ValueError("a chapter without a single series of four years")


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
    now = recent_mean(flows.imports, assumed)
    earlier = recent_mean(flows.imports[:-EARLIER], assumed) if len(flows.years) > EARLIER else now
    hhi, hhi_sd = _hhi(flows.recent, now, flows.complete)
    before, _ = _hhi(flows.before, earlier, flows.complete)
    with np.errstate(divide="ignore", invalid="ignore"):
        opening = np.where((hhi > 0) & (before > 0), -np.log(hhi / before) / EARLIER, np.nan)
    known = (hhi > 0) & ~np.isnan(now) & flows.covered
    median = float(np.median(hhi[known])) if known.any() else 0.3
    year, told = int(flows.years[-1]), known & ~np.isnan(opening)
    parts = (
        known_or_predicted(np.where(known, hhi, median), np.where(known, hhi_sd, 0.25), year, known, flows.source),
        known_or_predicted(np.where(told, opening, 0.0), np.where(told, 0.03, 0.1), year, told, flows.source),
        _home_share(flows, now, home, assumed["zero_flow_usd"]),
    )
    return Suppliers(*(_credited(c, flows.by_user & (c.status == OBSERVED)) for c in parts))


def _suppliers(chapter: Flows, line: Flows | None, home: int, assumed: Assumptions) -> Suppliers:
    """Suppliers of the line where it is covered, of the chapter elsewhere."""
    wide = goods_suppliers(chapter, home, assumed)
    if line is None:
        return wide
    own = goods_suppliers(line, home, assumed)
    return Suppliers(*(choose(line.covered, getattr(own, f.name), getattr(wide, f.name)) for f in fields(Suppliers)))


def home_shares(flows: Flows, imports: Floats, zero_usd: float) -> tuple[Floats, Floats]:
    """Every country's share of every market's ``imports`` (M,), (M, M) market by home, and the sd of its ln.

    An unlisted pair is taken as a quarter of its bound, held loosely; the bound is ``zero_usd`` where every flow above
    that is listed.
    """
    sold = flows.recent.value
    bound = np.full(sold.shape, zero_usd) if flows.complete else flows.recent.bound
    total = imports[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total > 0, np.where(sold > 0, sold, bound / 4) / total, 0.0)
    return np.clip(share, SHARE_FLOOR, 1.0), np.where(sold > 0, 0.25, 1.5)


def _home_share(flows: Flows, imports: Floats, home: int, zero_usd: float) -> Column:
    """The home country's share of imports, sd of its ln."""
    value, sd = (x[:, home] for x in home_shares(flows, imports, zero_usd))
    told = ((flows.recent.value[:, home] > 0) | flows.complete) & ~np.isnan(imports) & (flows.kind != "composite")
    return known_or_predicted(value, sd, int(flows.years[-1]), told, flows.source)


def _assemble_goods(
    firm: Firm, code: str, chapter: Flows, line: Flows | None, level: Column, evidence: Evidence,
    notes: tuple[str, ...], assumed: Assumptions,
) -> Demand:  # fmt: skip
    home, flows = evidence.markets.index(firm.home), line or chapter
    spend, spend_sd = _goods_expenditure(flows, level, code[:2], evidence, assumed)
    return Demand(
        kind=flows.kind,
        label=f"HS {code}",
        code=f"hs:{code}",
        value=level.value,
        sd_log=level.sd,
        year=level.year,
        status=level.status,
        source=level.source,
        expenditure=np.exp(spend),
        expenditure_sd=spend_sd,
        home_expenditure=float(np.exp(spend[home])),
        home_expenditure_sd=float(spend_sd[home]),
        growth=growth_of(chapter, line, assumed),
        suppliers=_suppliers(chapter, line, home, assumed),
        home_rca=float(advantage(flows, evidence, assumed)[home]),
        notes=notes,
    )


def advantage(flows: Flows, evidence: Evidence, assumed: Assumptions) -> Floats:
    """Revealed comparative advantage (Balassa 1965) of every market in the product, (M,); nan without exports.

    The market's share of world exports of the product ÷ its share of world exports of all goods.
    """
    product = np.nan_to_num(recent_mean(flows.exports, assumed))
    rows = evidence.query("exports_all")
    total = dict(zip(rows["country"].tolist(), rows["exports_usd"].tolist(), strict=True))
    all_goods = np.array([total.get(m) or np.nan for m in evidence.markets])
    if product.sum() <= 0:
        return np.full(len(product), np.nan)
    return np.asarray(product / product.sum() / (all_goods / np.nansum(all_goods)))


def _goods_expenditure(
    flows: Flows, level: Column, hs2: str, evidence: Evidence, assumed: Assumptions
) -> tuple[Floats, Floats]:
    """ln of what each market buys of the product, home-made included, and its sd.

    Three views, weighed by precision: imports plus the home output that exports suggest; imports over the sector's
    import share; and a share of GDP like the world's. A country specialised in the product exports more of it than of
    its sector: the odds of being exported are raised by its revealed advantage.
    """
    sector = sector_trade(icio_sector(hs2, evidence), evidence)
    bought, sold = (filled_share(s, evidence) for s in (sector.import_share(), sector.export_share()))
    exports = np.nan_to_num(recent_mean(flows.exports, assumed))
    odds = sold / (1 - sold) * np.maximum(np.nan_to_num(advantage(flows, evidence, assumed)), 1.0)
    by_exports = np.log(level.value + exports / odds)
    by_imports = np.log(level.value / bought)
    gdp = size_covariates(evidence)[:, 0]
    world = np.log(np.exp(by_imports).sum() / np.exp(gdp).sum())
    sds = [np.hypot(level.sd, assumed[a]) for a in ("apparent_exports_sd", "apparent_imports_sd")]
    return combine(
        np.stack([by_exports, by_imports, gdp + world]),
        np.stack([*sds, np.full(len(gdp), assumed["proportional_sd"])]),
    )
