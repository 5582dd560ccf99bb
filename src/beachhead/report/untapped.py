"""Words, table, JSON and picture of ``beachhead potential``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.figure import Figure
from beachhead.charts.untapped import Bar
from beachhead.charts.untapped import untapped as chart
from beachhead.report.contract import number
from beachhead.report.tables import Cell, Table, figure, heads
from beachhead.report.words import name_of, with_article
from beachhead.skill.gravity import TERMS

if TYPE_CHECKING:
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.skill.untapped import Around, Untapped, View

SCHEMA = "beachhead.potential/1"
ViewName = Literal["gravity", "epi"]
JSON = {"supply": "supply_share", "ease": "ease", "demand": "demand_usd"}
WAYS = {
    "gravity": "gravity: distance, borders, language, ties and agreements, given all that each country sells and buys",
    "epi": "the export potential indicator: supply × ease of trade × demand, carried on five years",
}


def view_of(found: Untapped, view: ViewName) -> View:
    """One of the two ways of reckoning."""
    return found.gravity if view == "gravity" else found.epi


def order(found: Untapped, view: ViewName) -> list[int]:
    """Rows by room, most first; where there is none, by what is predicted."""
    predicted = view_of(found, view).predicted
    return [int(m) for m in np.lexsort((-predicted, -found.room(predicted)))]


def lines(found: Untapped, view: ViewName, catalogue: Catalogue) -> list[str]:
    """What the figures are, and what they are not."""
    home = with_article(found.home, name_of(catalogue, found.home))
    said = [
        f"What {home} as a country could sell in each market if it used that market as well as it uses others, beside "
        f"what it sells ({found.trade.source}, USD a year, {found.trade.years}). It is not what your firm would sell: "
        "see `beachhead markets`.",
        f"Reckoned by {WAYS[view]}.",
        "Low to high: of pairs of countries with such a prediction, eight in ten trade between the two.",
    ]
    return [*said, *found.trade.notes, *(around_lines(found.around, home) if found.around else [])]


def around_lines(one: Around, home: str) -> list[str]:
    """How near the product lies to what the country sells already."""
    kind = "chapter groups" if one.group.isdigit() else "sectors"
    strong = "more" if one.advantage >= 1 else "less"
    return [
        f"What {home} sells well lies around {one.group} with a density of {one.density:.2f}, {n.ordinal(one.rank)} of "
        f"{one.of} countries (it sells {strong} of it than of other things: {one.advantage:.2g} times its share of "
        f"everything; it is strong in {one.has} of {one.groups} {kind})."
    ]


def table(found: Untapped, view: ViewName, rows: list[int], catalogue: Catalogue) -> Table:
    """Markets with what could be sold, what is, the room and the share in use."""
    one = view_of(found, view)
    factors = ("#Share of supply", "#Ease", "#Demand") if view == "epi" else ()
    columns = heads("Market", *factors, "#Could sell", "#Low", "#High", "#Sells", "#Room", "#In use")
    return Table("", columns, tuple(_row(found, one, view, m, catalogue) for m in rows))


def _row(found: Untapped, one: View, view: ViewName, m: int, catalogue: Catalogue) -> tuple[Cell, ...]:
    room = float(found.room(one.predicted)[m])
    money = (float(x[m]) for x in (one.predicted, one.low, one.high))
    cells = [figure(x, n.short(x)) for x in money]
    at_most = "" if _listed(found, m) else "≤ "
    at_least = "" if _listed(found, m) or room == 0 else "≥ "
    used = _in_use(found, one, m)
    return (
        Cell(name_of(catalogue, found.markets[m])),
        *(_factors(one, m) if view == "epi" else ()),
        *cells,
        figure(float(found.most[m]), at_most + n.short(float(found.most[m]))),
        figure(room, at_least + n.short(room)),
        figure(used, at_most + n.pct(used)),
    )


def _factors(one: View, m: int) -> tuple[Cell, ...]:
    supply, ease, demand = (float(one.factors[k][m]) for k in ("supply", "ease", "demand"))
    return figure(supply, f"{100 * supply:.2g} %"), figure(ease, f"{ease:.2g}"), figure(demand, n.short(demand))


def _listed(found: Untapped, m: int) -> bool:
    return bool(found.most[m] == found.actual[m])


def _in_use(found: Untapped, one: View, m: int) -> float:
    return float(found.most[m] / one.predicted[m]) if one.predicted[m] > 0 else float("nan")


def untapped_dict(found: Untapped, view: ViewName, firm: str, catalogue: Catalogue) -> dict[str, Any]:
    """Everything as JSON-ready data: all markets, by room in the chosen view; money is USD a year."""
    rows = order(found, view)
    return {
        "schema": SCHEMA,
        "firm": firm,
        "home": found.home,
        "product": found.product,
        "label": found.label,
        "view": view,
        "data": {"kind": found.trade.kind, "source": found.trade.source, "years": found.trade.years},
        "elasticities": _elasticities(found),
        "density": _around_dict(found.around),
        "markets": [_market_dict(found, m, catalogue) for m in rows],
        "notes": list(found.trade.notes),
    }


def _elasticities(found: Untapped) -> dict[str, Any]:
    one = found.elasticities
    se = np.sqrt(np.diag(one.cov))
    terms = {t: {"estimate": number(one.beta[k]), "se": number(se[k])} for k, t in enumerate(TERMS)}
    return {"model": one.group, "terms": terms}


def _around_dict(one: Around | None) -> dict[str, Any] | None:
    if one is None:
        return None
    told = {"group": one.group, "density": number(one.density), "rank": one.rank, "of": one.of}
    return told | {"rca": number(one.advantage), "strong_in": one.has, "groups": one.groups}


def _market_dict(found: Untapped, m: int, catalogue: Catalogue) -> dict[str, Any]:
    listed = _listed(found, m)
    return {
        "market": found.markets[m],
        "name": name_of(catalogue, found.markets[m]),
        "actual_usd": number(found.actual[m]) if listed else None,
        "at_most_usd": number(found.most[m]),
        "gravity": _view_dict(found, found.gravity, m),
        "epi": _view_dict(found, found.epi, m) | {JSON[k]: number(v[m]) for k, v in found.epi.factors.items()},
    }


def _view_dict(found: Untapped, one: View, m: int) -> dict[str, Any]:
    """Predicted and untapped with the 80 % interval; the share in use, of the most that is sold."""
    used = _in_use(found, one, m)
    predicted = {"low": one.low, "mean": one.predicted, "high": one.high}
    return {
        "predicted_usd": {name: number(x[m]) for name, x in predicted.items()},
        "untapped_usd": {name: number(found.room(x)[m]) for name, x in predicted.items()},
        "share_in_use": number(used),
    }


def untapped_figure(found: Untapped, view: ViewName, rows: list[int], catalogue: Catalogue) -> Figure:
    """The picture of some markets."""
    one = view_of(found, view)
    bars = [_bar(found, one, m, catalogue) for m in rows]
    says = "; ".join(f"{bar.name} {n.short(bar.predicted)}, sells {n.short(bar.sold)}" for bar in bars)
    home = with_article(found.home, name_of(catalogue, found.home))
    return Figure(
        "untapped",
        f"What {home} could sell, and what it sells",
        f"Could sell a year, USD: {says}.",
        "Blue: what could be sold, with the span that holds in eight of ten cases. Dot: what is sold; hollow: at most.",
        chart(bars),
    )


def _bar(found: Untapped, one: View, m: int, catalogue: Catalogue) -> Bar:
    low, predicted, high, sold = (float(x[m]) for x in (one.low, one.predicted, one.high, found.most))
    return Bar(name_of(catalogue, found.markets[m]), low, predicted, high, sold, _listed(found, m))
