"""The chance that a newcomer from a country gets into each market with a product, by the shipped models."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.errors import bad
from beachhead.evidence.model import Floats
from beachhead.select.flows import WORLDWIDE, places
from beachhead.skill.features import Features, features
from beachhead.skill.model import chance, folder, log_odds, shipped
from beachhead.skill.panel import Panel, panel_of
from beachhead.skill.result import Cases

if TYPE_CHECKING:
    from beachhead.evidence import Evidence


@dataclass(frozen=True, slots=True, eq=False)
class Prospects:
    """Chances over the ``markets`` of the evidence, each (M,), as of the end of ``base_year``.

    ``chance``: where the country does not sell the product now (``sells`` false), that it will sell for 50,000 USD or
    more over the years base + 3 … base + 5; where it does, that it will still. 1 at home, which is never ranked.
    """

    home: str
    product: str
    base_year: int
    markets: tuple[str, ...]
    chance: Floats
    sells: NDArray[np.bool_]


def prospects(evidence: Evidence, home: str, product: str, base_year: int | None = None) -> Prospects | None:
    """Prospects of an HS6 ``product`` ("250810") from ``home``; None where no file knows either's trade with the world.

    ``base_year``: the last year that is looked at, by default the newest. Raises InputError for one without data.
    """
    panel = _panel(evidence, product)
    if panel is None:
        return None
    t = panel.last if base_year is None else base_year
    if not panel.first + 2 <= t <= panel.last:
        raise bad(
            "base-years", t, f"the data reach from {panel.first} to {panel.last}; give one from {panel.first + 2}"
        )
    one = _cases(panel, home, product, t)
    if not len(one):  # no file knows the home country, so that nothing can be said of it
        return None
    found = features(panel.until(t), one)
    opens, remains = chance(log_odds(shipped("entry"), found.names, found.values)), stays(found)
    sells = found.values[:, found.names.index("own_recent")] > 0
    return _over_markets(evidence, home, product, panel, one, np.where(sells, remains, opens), sells)


def _panel(evidence: Evidence, product: str) -> Panel | None:
    """All products of the snapshot and this one; None if no file has its trade between most countries."""
    known = evidence.query("hs6_suppliers", hs6=product)
    if not len(known["year"]) or ((known["priority"] > 0).all() and len(set(known["importer"].tolist())) < WORLDWIDE):
        return None
    rows = evidence.engine.table("skill_lines", hs6=product)
    return panel_of("lines", "HS6 products", rows, evidence)  # a user's file may hold zeros, and sales at home


def _cases(panel: Panel, home: str, product: str, t: int) -> Cases:
    """The home country with every other one; a home that never traded is not among the countries: no candidates."""
    at = places(panel.countries, np.array([home], object))[0]
    importer = np.flatnonzero(np.arange(len(panel.countries)) != at) if at >= 0 else np.empty(0, np.int64)
    n, p = len(importer), panel.products.index(product)
    return Cases(
        "entry", panel.data, t, panel.products, panel.countries, np.full(n, p), np.full(n, at), importer,
        outcome=np.full(n, np.nan),
    )  # fmt: skip


@cache
def stay_terms() -> dict[str, float]:
    """Coefficients of the chance to stay, by the figure that each multiplies."""
    with (folder() / "stay.csv").open(encoding="utf-8", newline="") as file:
        return {row["feature"]: float(row["coefficient"]) for row in csv.DictReader(file)}


def stays(found: Features) -> Floats:
    """Chance (N,) that a flow which runs, however small, brings the threshold: logistic (``models/stay.csv``)."""
    terms = stay_terms()
    x = np.full(len(found.values), terms["constant"])
    for name, coefficient in terms.items():
        if name != "constant":
            x += coefficient * np.nan_to_num(found.values[:, found.names.index(name)].astype(np.float64))
    return chance(x)


def _over_markets(
    evidence: Evidence, home: str, product: str, panel: Panel, one: Cases, found: Floats, sells: NDArray[np.bool_]
) -> Prospects:
    """Chances by market of the evidence; one that bought nothing of any product has the least chance that was found."""
    least = float(found.min())
    out, sold = np.full(len(evidence.markets), least), np.zeros(len(evidence.markets), bool)
    at = places(evidence.markets, np.array(panel.countries, object)[one.importer])
    out[at[at >= 0]], sold[at[at >= 0]] = found[at >= 0], sells[at >= 0]
    out[np.isin(evidence.markets, [home])] = 1.0
    return Prospects(home, product, one.base_year, evidence.markets, out, sold)
