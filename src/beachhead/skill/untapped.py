"""What the firm's country could sell of the firm's product in each market, what it does sell, and the room between.

Three sorts of data, in the order in which they are tried: flows of the very HS line (from the snapshot or from files
that the firm has added), totals and largest pairs of its chapter, and the OECD's table of sectors. Each becomes a
:class:`Trade`; gravity (:mod:`beachhead.skill.gravity`) or the export potential indicator (:mod:`beachhead.skill.epi`)
says what each pair should trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, main_offer, sells_goods
from beachhead.products.demand import coverage_of, demand_at_hand
from beachhead.select.flows import WORLDWIDE, Flows, chapter_flows, line_flows, places
from beachhead.select.potential import model_for, shipped_access
from beachhead.skill import epi, gravity, space

if TYPE_CHECKING:
    from beachhead.evidence import Evidence
    from beachhead.evidence.engine import Columns
    from beachhead.skill.result import Ints

NEAR = 400  # pairs of like size from which the spread of actual around predicted is read
LOW, HIGH = 0.1, 0.9  # of the 80 % interval
UNLISTED = 0.25  # an unlisted pair's flow as a share of its bound, as in the demand figures
NORMAL = (-1.645, -1.036, -0.674, -0.385, -0.126, 0.126, 0.385, 0.674, 1.036, 1.645)  # its quantiles .05, .15, …, .95
SECTOR_YEAR = 2022
ECONOMIES = 10  # that must sell, and buy, before the user's own flows say anything of resistance


@dataclass(frozen=True, slots=True, eq=False)
class Trade:
    """Trade of one product among M markets, USD a year.

    ``actual`` (M, M), exporter by importer: what is known of each pair, 0 where nothing is listed. ``most`` (M, M):
    what it can be at most, equal to ``actual`` where that is known. ``sold``, ``bought`` (M,): totals.
    """

    kind: str
    years: str
    year: int
    source: str
    actual: Floats
    most: Floats
    sold: Floats
    bought: Floats
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one way of reckoning makes of each market (R,): USD a year, with an 80 % interval.

    The interval is of what a pair of which so much is predicted does trade. ``factors``: named parts, each (R,).
    """

    predicted: Floats
    low: Floats
    high: Floats
    factors: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Around:
    """How near a product lies to what the country sells already.

    ``density`` 0–1, ``rank`` among ``of`` countries; ``advantage``: the country's share of world exports of the product
    ÷ its share of all exports; ``group``: the chapter or sector that is meant; ``has`` of ``groups`` with an advantage.
    """

    density: float
    rank: int
    of: int
    advantage: float
    group: str
    has: int
    groups: int


@dataclass(frozen=True, slots=True, eq=False)
class Untapped:
    """What a country sells of a product in R markets beside what it should, R being those that import any of it.

    ``actual`` (R,): USD a year, a mean over ``trade.years``; ``most`` (R,): what it can be at most, above ``actual``
    where the data do not list the pair. ``gravity``, ``epi``: the two views. ``around``: None where it is not known.
    """

    home: str
    product: str
    label: str
    markets: tuple[str, ...]
    trade: Trade
    elasticities: gravity.Elasticities
    actual: Floats
    most: Floats
    gravity: View
    epi: View
    around: Around | None

    def room(self, usd: Floats) -> Floats:
        """What is left (R,) of ``usd`` (R,) when the most that is sold already is taken off; never below 0."""
        return np.asarray(np.maximum(usd - self.most, 0.0))


def untapped(firm: Firm, evidence: Evidence) -> Untapped:
    """The room that the firm's country has in each market for the firm's main product.

    Raises InputError where no data tell who sells the product to whom, naming what to add.
    """
    offer, home = main_offer(firm), evidence.markets.index(firm.home)
    trade = trade_in(offer.code, firm, evidence)
    if not trade.sold[home] > 0:
        remedy = f"sells none of {offer.code} abroad in the data at hand; add flows that show it, or name a wider code"
        raise bad("home", firm.home, remedy)
    found = elasticities_for(offer.code, trade, firm, evidence)
    there = np.flatnonzero((trade.bought > 0) & (np.arange(len(trade.bought)) != home))
    return Untapped(
        home=firm.home,
        product=offer.code,
        label=offer.name or offer.code,
        markets=tuple(evidence.markets[m] for m in there),
        trade=trade,
        elasticities=found,
        actual=trade.actual[home, there],
        most=trade.most[home, there],
        gravity=gravity_view(trade, found, evidence, home, there),
        epi=epi_view(trade, evidence, home, there),
        around=around(offer.code, trade, evidence, home),
    )


# --- trade -------------------------------------------------------------------------------------------------


def trade_in(code: str, firm: Firm, evidence: Evidence) -> Trade:
    """Trade in the product ``code`` as the evidence has it."""
    system, _, bare = code.partition(":")
    return {"hs": _goods, "icio": _sector, "user": _own}[system](bare, firm, evidence)


def _goods(code: str, firm: Firm, evidence: Evidence) -> Trade:
    """The HS line if its flows are known worldwide, else its chapter."""
    line = line_flows(evidence, code) if len(code) == 6 else None
    if line is not None and line.covered.sum() >= WORLDWIDE:
        return _of_flows("line", line, line.recent.listed.T, line.recent.listed.T, f"CEPII BACI, HS {code}", ())
    chapter = chapter_flows(evidence, code[:2], Assumptions(firm.assumptions))
    if chapter is None:
        raise bad("sells.code", f"hs:{code}", "no such HS chapter; `beachhead products search WORDS` finds the code")
    actual = chapter.recent.value.T
    most = np.where(actual > 0, actual, chapter.recent.bound.T)
    notes: tuple[str, ...] = (
        "The data list the five largest partners of each country: of a market that is not listed only the most that "
        "it can have bought is known.",
    )
    if len(code) > 2:
        notes = (
            f"No worldwide flows of HS {code} are at hand: its chapter stands in. `beachhead evidence add` takes them.",
            *notes,
        )
    return _of_flows("chapter", chapter, actual, most, f"CEPII BACI, HS chapter {code[:2]}", notes)


def _of_flows(kind: str, flows: Flows, actual: Floats, most: Floats, source: str, notes: tuple[str, ...]) -> Trade:
    years = flows.years[-gravity.WINDOW :]
    sold, bought = (
        np.nan_to_num(side[-gravity.WINDOW :]).sum(0) / len(years) for side in (flows.exports, flows.imports)
    )
    if flows.complete:
        sold, bought = actual.sum(1), actual.sum(0)
    span = f"{years[0]}–{years[-1]}"
    return Trade(kind, span, int(years[-1]), source, actual, most, sold, bought, (*flows.notes, *notes))


def _sector(code: str, firm: Firm, evidence: Evidence) -> Trade:
    """Purchases of a sector's output as inputs, in 2022."""
    rows = evidence.query("icio_demand", sector=code)
    actual = _pairs(rows, evidence.markets)
    if not actual.any():
        raise bad("sells.code", f"icio:{code}", "no such ICIO sector; `beachhead products search WORDS` finds the code")
    if not actual[evidence.markets.index(firm.home)].any():
        raise bad("home", firm.home, "is not among the 80 economies of the OECD's table: add flows of your own product")
    notes = ("Who buys services from whom is modelled by the OECD in part, and purchases by households are left out.",)
    span = str(SECTOR_YEAR)
    return Trade("sector", span, SECTOR_YEAR, f"OECD ICIO, {code}", actual, actual, actual.sum(1), actual.sum(0), notes)


def _own(code: str, firm: Firm, evidence: Evidence) -> Trade:
    """The user's own flows of a product with a code of the user's."""
    rows = evidence.query("flows_of", product=f"user:{code}")
    last = int(rows["year"].max(initial=0))
    rows = {name: column[rows["year"] == last] for name, column in rows.items()}
    actual = _pairs(rows, evidence.markets)
    if min((actual.sum(1) > 0).sum(), (actual.sum(0) > 0).sum()) < ECONOMIES:
        raise bad(
            "sells.code",
            f"user:{code}",
            f"nobody knows who sells it to whom: add a file of flows with at least {ECONOMIES} sellers and "
            f"{ECONOMIES} buyers (exporter,importer,product,year,value_usd), or give an HS or ICIO code",
        )
    return Trade("own", str(last), last, "your own flows", actual, actual, actual.sum(1), actual.sum(0))


def _pairs(rows: Columns, markets: tuple[str, ...]) -> Floats:
    """Flows (M, M), exporter by importer, sales at home left out."""
    e, i = places(markets, rows["exporter"]), places(markets, rows["importer"])
    kept = (e >= 0) & (i >= 0) & (e != i)
    out = np.zeros((len(markets), len(markets)))
    np.add.at(out, (e[kept], i[kept]), np.nan_to_num(rows["value_usd"][kept].astype(np.float64)))
    return out


# --- gravity -----------------------------------------------------------------------------------------------


def elasticities_for(code: str, trade: Trade, firm: Firm, evidence: Evidence) -> gravity.Elasticities:
    """Those of the chapter where its lines were estimated, else of the sector that makes it (``access.csv``)."""
    shipped = gravity.elasticities(gravity.TODAY)
    chapter = f"goods_{code.removeprefix('hs:')[:2]}"
    if code.startswith("hs:") and chapter in shipped:
        return shipped[chapter]
    access = shipped_access(model_for(code, evidence, goods=sells_goods(firm)))
    return gravity.Elasticities(access.model, access.beta[1:], access.cov[1:, 1:], 0, "", float("nan"))  # no border


def gravity_view(trade: Trade, found: gravity.Elasticities, evidence: Evidence, home: int, there: Ints) -> View:
    """Structural gravity on the totals of the trade at hand."""
    terms = gravity.pair_terms(evidence, evidence.markets, trade.year)
    k = gravity.kernel(terms, found.beta)
    bought = trade.bought * trade.sold.sum() / trade.bought.sum()
    u, v = gravity.balance(k, trade.sold[:, None], bought[:, None])
    fitted = u * k * v.T
    low, high = interval(fitted, trade, home, there, _error(terms, fitted, found.cov, home)[there])
    return View(fitted[home, there], low, high, {"resistance": k[home, there]})


def _error(terms: Floats, fitted: Floats, cov: Floats, home: int) -> Floats:
    """Sd of ln fitted flows from ``home`` (M,) that the elasticities' covariance brings, totals held."""
    e, i = np.flatnonzero(fitted.sum(1) > 0), np.flatnonzero(fitted.sum(0) > 0)
    moved = gravity.within(terms[np.ix_(e, i)], fitted[np.ix_(e, i)])[int(np.searchsorted(e, home))]
    out = np.zeros(len(fitted))
    out[i] = np.sqrt(np.einsum("it,ts,is->i", moved, cov, moved))
    return out


def interval(fitted: Floats, trade: Trade, home: int, there: Ints, error: Floats) -> tuple[Floats, Floats]:
    """Tenth and ninetieth percentile (R,) of what pairs with such a prediction do trade, USD a year.

    Actual ÷ predicted of the ``NEAR`` pairs of the whole table whose prediction is nearest in size, jointly with the
    error (R,) of the prediction itself (sd of its logarithm).
    """
    likely = np.where(trade.actual > 0, trade.actual, UNLISTED * trade.most)
    use = fitted > 0
    np.fill_diagonal(use, False)
    order = np.argsort(fitted[use], kind="stable")
    size, ratio = fitted[use][order], (likely[use] / fitted[use])[order]
    mine = fitted[home, there]
    count = min(NEAR, len(size))
    first = np.clip(np.searchsorted(size, mine) - count // 2, 0, len(size) - count)
    near = ratio[first[:, None] + np.arange(count)]
    spread = near[:, :, None] * np.exp(error[:, None] * np.array(NORMAL))[:, None, :]
    low, high = np.quantile(spread.reshape(len(mine), -1), [LOW, HIGH], axis=1)
    return low * mine, high * mine


# --- the export potential indicator ------------------------------------------------------------------------


def epi_view(trade: Trade, evidence: Evidence, home: int, there: Ints) -> View:
    """The export potential indicator: supply × ease × demand, carried on five years."""
    people, per_head = epi.growth(evidence, evidence.markets, trade.year)
    share = epi.projected_share(trade.sold[:, None], people * per_head)[:, 0]
    demand = epi.projected_imports(trade.bought[:, None], people, per_head, epi.elasticity(gravity.TODAY))[:, 0]
    ease = _ease(trade.kind, evidence)
    every = share[:, None] * ease * demand[None, :]
    low, high = interval(every, trade, home, there, np.zeros(len(there)))
    factors = {"supply": np.full(len(there), share[home]), "ease": ease[home, there], "demand": demand[there]}
    return View(every[home, there], low, high, factors)


def _ease(kind: str, evidence: Evidence) -> Floats:
    """Ease of trade (M, M) over all goods in 2023, or over all sectors in 2022."""
    sold, bought, _ = _everything(kind, evidence)
    if kind == "sector":
        return epi.ease(_pairs(evidence.query("skill_epi_sector_links"), evidence.markets), sold, bought)
    return epi.ease(_pairs(evidence.query("skill_epi_totals"), evidence.markets), sold, bought)


def _everything(kind: str, evidence: Evidence) -> tuple[Floats, Floats, tuple[str, ...]]:
    """What every market sold and bought of every chapter group or sector, (M, P) each, and the names of the P."""
    if kind == "sector":
        rows = evidence.query("skill_epi_sectors")
    else:
        rows = evidence.query("skill_epi_chapters", first=2023, last=2023)
    names = tuple(sorted(set(rows["product"].tolist())))
    m, p = places(evidence.markets, rows["country"]), places(names, rows["product"])
    sides = np.zeros((2, len(evidence.markets) + 1, len(names)))  # the last row takes what is no market
    np.add.at(sides[0], (m, p), rows["sold"])
    np.add.at(sides[1], (m, p), rows["bought"])
    return sides[0, :-1], sides[1, :-1], names


# --- product space -----------------------------------------------------------------------------------------


def around(code: str, trade: Trade, evidence: Evidence, home: int) -> Around | None:
    """Density of the home country's exports around the chapter or sector of ``code``; None if that is not split out."""
    sold, _, names = _everything(trade.kind, evidence)
    system, _, bare = code.partition(":")
    group = bare[:2] if system == "hs" else bare
    mixed = system == "hs" and demand_at_hand(f"hs:{group}", coverage_of(evidence)).kind == "composite"
    if group not in names or mixed:
        return None
    strength = space.advantage(sold)
    has, p = strength >= 1, names.index(group)
    found = space.density(has, space.proximity(has))[:, p]
    selling = sold.sum(1) > 0
    rank = 1 + int((found[selling] > found[home]).sum())
    return Around(
        float(found[home]), rank, int(selling.sum()), float(strength[home, p]), group, int(has[home].sum()), len(names)
    )
