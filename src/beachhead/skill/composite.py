"""Choosing as tools do that reckon without looking at outcomes: our own criteria, and a composite index of peers.

Both are reckoned from what was known at the end of the base year (:mod:`beachhead.skill.asof`), for all candidates of a
back-test at once. A score is a sum of parts that each hang on less than the whole case: on the market, on the two
countries, on product and market, on all three for the home country's share alone.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.errors import bad
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.evidence.scale import to_scale
from beachhead.select.flows import Flows, chapter_flows, line_flows, places
from beachhead.select.goods import chapter_level, goods_suppliers, growth_of, home_shares, line_level, recent_mean
from beachhead.select.prospect import scale
from beachhead.select.proximity import PAIR
from beachhead.select.result import Column
from beachhead.select.scores import scored_indicators
from beachhead.select.tables import criteria, indicator_weights
from beachhead.select.value import expected_value, line
from beachhead.skill.asof import evidence_at
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases

PROFILE = "manufacturing"  # the sector whose weights a maker of goods starts from
TODAYS = ("home_fx_volatility",)  # pair figures of the newest months: not known at an earlier base year
OF_FIRM = ("founder_experience", "contacts", "past_presence")  # what a firm brings; nobody is asked here
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """How figures become points: scored indicators (K) with weight, scale and the line between their anchors."""

    names: tuple[str, ...]
    weight: Floats  # (K,) of 1
    transform: tuple[str, ...]
    intercept: Floats
    slope: Floats

    def points(self, name: str, value: Floats, sd: Floats) -> Floats:
        """What figures of any shape add to the score, 0 to 100 × the weight; 0 for a name that is not scored.

        ``sd`` is on the indicator's scale.
        """
        if name not in self.names:
            return np.zeros(np.shape(value))
        k = self.names.index(name)
        centre = self.intercept[k] + self.slope[k] * to_scale(value, self.transform[k])
        spread = np.abs(self.slope[k]) * np.broadcast_to(sd, centre.shape)
        return np.asarray(100 * self.weight[k] * expected_value(centre, spread))


def yardstick(evidence: Evidence, left_out: tuple[str, ...] = ()) -> Yardstick:
    """The criteria with the weights of the manufacturing profile; those of what is ``left_out`` go to the rest.

    An indicator's weight goes to the others of its criterion, that of a criterion without any to all others.
    """
    names = tuple(n for n in scored_indicators(evidence) if n not in left_out)
    known, anchors = evidence.catalogue.indicators, evidence.anchors()
    within = np.array([indicator_weights()[n][PROFILE] for n in names])
    group = [known[n].criterion for n in names]
    total = {c: sum(w for w, g in zip(within, group, strict=True) if g == c) for c in set(group)}
    leaf = np.array([criteria()[g].profile[PROFILE] * w / total[g] for w, g in zip(within, group, strict=True)])
    transform = tuple(known[n].transform for n in names)
    ends = np.array([[float(to_scale(a, t)) for a in anchors[n]] for n, t in zip(names, transform, strict=True)])
    intercept, slope = line(ends[:, 0], ends[:, 1], np.array([float(known[n].direction) for n in names]))
    return Yardstick(names, leaf / leaf.sum(), transform, intercept, slope)


def selection_score(known: Panel, cases: Cases) -> Floats:
    """What our own selection would have scored at the end of the last year of ``known``, without the model of entry.

    (N,) points of 100 for a maker of goods that speaks its country's official languages and knows nobody abroad. The
    criteria, formulas, anchors and weights are those of :func:`beachhead.select.select`; what was not measured by then
    is left out and its weight goes to the rest. A country that is no market of the catalogue scores 0.
    """
    evidence = evidence_at(known)
    return scores(evidence, cases, yardstick(evidence, _not_yet(known)))


def selection_with_model_score(known: Panel, cases: Cases) -> Floats:
    """The same with the model's chance in it, at the share that the selection gives it; (N,) points of 100."""
    from beachhead.skill.model import model_score

    share = PACKAGED["prospect_weight"]
    return (1 - share) * selection_score(known, cases) + 100 * share * scale().value(model_score(known, cases))


def _not_yet(known: Panel) -> tuple[str, ...]:
    """Pair figures that were not known at the end of the panel: those of the snapshot's newest months."""
    return TODAYS if known.last < int(known.evidence.vintage[:4]) - 1 else ()


def scores(evidence: Evidence, cases: Cases, by: Yardstick) -> Floats:
    """Points (N,) of all candidates, summed from parts by market, by pair and by product."""
    place = places(evidence.markets, np.array(cases.countries, object))
    importer, exporter = place[cases.importer], place[cases.exporter]
    market, pair = market_points(evidence, by), pair_points(evidence, by)
    out = market[importer] + np.where(exporter >= 0, pair[exporter, importer], pair.mean(axis=0)[importer])
    for p, code in enumerate(cases.products):
        mine = np.flatnonzero(cases.product == p)
        if len(mine):
            out[mine] += _of_product(evidence, code, by, exporter[mine], importer[mine])
    return np.where(importer >= 0, out, 0.0)


def _of_product(evidence: Evidence, code: str, by: Yardstick, exporter: Ints, importer: Ints) -> Floats:
    """Points of the candidates of one product."""
    common, share = product_points(evidence, code, by)
    return np.asarray(common[importer] + np.where(exporter >= 0, share[importer, exporter], share.min()))


def market_points(evidence: Evidence, by: Yardstick) -> Floats:
    """Points (M,) of what is known of a market whoever sells whatever; the tariff hangs on agreements too."""
    facts = evidence.facts()
    columns = [k for k, n in enumerate(facts.indicators) if n != "applied_tariff"]
    parts = [by.points(facts.indicators[k], facts.value[:, k], facts.sd_t[:, k]) for k in columns]
    return np.asarray(np.sum(parts, axis=0))


def pair_points(evidence: Evidence, by: Yardstick) -> Floats:
    """Points (M, M) of what lies between a home country (rows) and a market, tariff and languages included."""
    m = len(evidence.markets)
    rows = evidence.query("skill_asof_pairs")
    at = places(evidence.markets, rows["origin"]), places(evidence.markets, rows["destination"])
    agreed = agreements(evidence)
    out = by.points("agreement", agreed, np.zeros(1)) + by.points("firm_languages", spoken(evidence), np.zeros(1))
    for name in PAIR:
        figure = np.ones((m, m))
        figure[at] = np.nan_to_num(rows[name].astype(np.float64), nan=1.0)
        out += by.points(name, figure, np.zeros(1))
    facts = evidence.facts()
    if "applied_tariff" in facts.indicators:
        k = facts.indicators.index("applied_tariff")
        out += by.points("applied_tariff", facts.value[:, k] * (1 - agreed), facts.sd_t[:, k])
    return out


def agreements(evidence: Evidence, assumed: Assumptions = PACKAGED) -> Floats:
    """1 with a trade agreement in the year of the evidence, less with one of partial scope, else 0; (M, M)."""
    rows = evidence.query("skill_asof_agreements", t=int(evidence.vintage[:4]))
    out = np.zeros((len(evidence.markets),) * 2)
    i, j = (places(evidence.markets, rows[side]) for side in ("origin", "destination"))
    ok = (i >= 0) & (j >= 0)
    out[i[ok], j[ok]] = np.where(rows["partial"][ok] == 1, assumed["partial_agreement"], 1.0)
    return out


def spoken(evidence: Evidence) -> Floats:
    """Chance that a person of a market (columns) speaks one of the official languages of a home (rows); (M, M)."""
    rows = evidence.query("languages_all")
    language, tongue = np.unique(
        np.array([str(x).split("-")[0].split("_")[0].lower() for x in rows["language"]]), return_inverse=True
    )
    at = places(evidence.markets, rows["market"])
    official = np.zeros((len(evidence.markets), len(language)))
    missing = np.zeros_like(official)
    own = rows["official"].astype(bool)
    official[at[own], tongue[own]] = 1.0
    with np.errstate(divide="ignore"):
        np.add.at(missing, (at, tongue), np.log1p(-np.clip(rows["share"].astype(np.float64), 0, 1 - 1e-12)))
    return np.asarray(-np.expm1(official @ missing.T))


def product_points(evidence: Evidence, code: str, by: Yardstick) -> tuple[Floats, Floats]:
    """Points of demand, growth and suppliers by market (M,), and of the home country's share, (M, M) market by home.

    A product that is in no chapter at hand is reckoned from its own flows alone.
    """
    assumed = PACKAGED
    flows = line_flows(evidence, code)
    if flows is None:
        raise bad("data", code, "it is no line of the Harmonized System whose trade these data hold")
    chapter = _chapter(evidence, code, flows)
    try:
        level = line_level(flows, chapter_level(chapter, evidence, assumed), assumed)
    except ValueError as error:
        raise bad("data", code, f"its importers are too few to reckon with ({error})") from None
    suppliers = goods_suppliers(flows, 0, assumed)
    columns = {
        "demand": (level.value / level.value.sum(), level.sd),
        "demand_growth": _both(growth_of(chapter, flows, assumed)),
        "supplier_hhi": _both(suppliers.hhi),
        "supplier_growth": _both(suppliers.growth),
    }
    common = np.sum([by.points(name, *figures) for name, figures in columns.items()], axis=0)
    shares = home_shares(flows, recent_mean(flows.imports, assumed), assumed["zero_flow_usd"])
    return np.asarray(common), by.points("home_share", *shares)


def _chapter(evidence: Evidence, code: str, flows: Flows) -> Flows:
    """The chapter's flows; those of the line where the chapter is not known."""
    return chapter_flows(evidence, code[:2], PACKAGED) or flows


def _both(column: Column) -> tuple[Floats, Floats]:
    return column.value, column.sd


@cache
def dimensions() -> tuple[dict[str, str], ...]:
    """Rows of ``composite.csv``: dimension, its points, the indicator that measures it here, and what peers use."""
    text = files("beachhead.skill").joinpath("composite.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def composite_score(known: Panel, cases: Cases) -> Floats:
    """A composite index of a market's potential as peers publish it: the same for every exporter and product; (N,).

    The eight dimensions and points of the Market Potential Index of globalEDGE, Michigan State University, as it was
    published from 2003 to 2010 (Cavusgil 1997: size 10, growth 6, intensity 7, consumption capacity 5, infrastructure
    7, freedom 5, receptivity 6, risk 4), every measure scaled from 0 to 1 between the least and the greatest of all
    markets. Measures that are not open are replaced by the nearest at hand (``composite.csv``).
    """
    evidence = evidence_at(known)
    index = market_index(evidence)
    importer = places(evidence.markets, np.array(cases.countries, object))[cases.importer]
    return np.where(importer >= 0, index[importer], 0.0)


def market_index(evidence: Evidence) -> Floats:
    """The composite of every market (M,), 0 to 1."""
    figures = _measures(evidence)
    points = {row["dimension"]: float(row["points"]) for row in dimensions()}
    parts = {
        one: np.mean([_min_max(figures[row["indicator"]]) for row in dimensions() if row["dimension"] == one], axis=0)
        for one in points
    }
    return np.asarray(sum(points[one] * parts[one] for one in points) / sum(points.values()))


def _measures(evidence: Evidence) -> dict[str, Floats]:
    """Country figures by indicator, with two that are made of others."""
    facts = evidence.facts()
    known = {name: facts.value[:, k] for k, name in enumerate(facts.indicators)}
    people = known["population"]
    return known | {
        "urban_people": people * known["urban_share"] / 100,
        "imports_per_head": known["imports_usd"] / people,
    }


def _min_max(x: Floats) -> Floats:
    return np.asarray((x - x.min()) / (x.max() - x.min()))
