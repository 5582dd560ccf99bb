"""Product space: what tends to be sold together, and how near a product or a market lies to what is sold already.

A country has an advantage in a product if it exports more of it than its share of all trade (Balassa 1965). Two
products are near if countries that have an advantage in one tend to have it in the other; the density of a country's
exports around a product is the share of the nearness in which it has an advantage (Hidalgo, Klinger, Barabási &
Hausmann 2007, Science 317). That says which product a country could sell, not where: it is the same for every market.
Two analogues order markets, by the same arithmetic: :func:`link_density_score` looks at what the exporter sells to that
market already, :func:`market_density_score` at the markets in which it sells that product already.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from beachhead.evidence.model import Floats
from beachhead.skill.gravity import totals, volumes
from beachhead.skill.panel import Panel
from beachhead.skill.result import Cases

Flags = NDArray[np.bool_]


def advantage(exports: Floats) -> Floats:
    """Revealed comparative advantage (C, P) of exports (C, P): share of the product ÷ share of all; 0 without exports.

    Balassa (1965). Shares are of what the table holds: with few products it is an advantage among those.
    """
    of_country, of_product = exports.sum(1, keepdims=True), exports.sum(0, keepdims=True)
    even = of_country * of_product / max(exports.sum(), 1e-300)
    return np.asarray(np.divide(exports, even, out=np.zeros_like(exports), where=even > 0))


def proximity(has: Flags) -> Floats:
    """Nearness (P, P) of columns of ``has`` (N, P): the smaller of the chances of one given the other; 0 with itself.

    Hidalgo et al. (2007). A product that nobody has is near to none.
    """
    x = has.astype(np.float64)
    both, each = x.T @ x, x.sum(0)
    most = np.maximum(each[:, None], each[None, :])
    near: Floats = np.divide(both, most, out=np.zeros_like(both), where=most > 0)
    np.fill_diagonal(near, 0.0)
    return near


def density(has: Flags, near: Floats) -> Floats:
    """Share (N, P) of the nearness around each of P products in which each of N has what lies near; 0 to 1."""
    around = near.sum(0)
    mass = has.astype(np.float64) @ near
    return np.asarray(np.divide(mass, around, out=np.zeros_like(mass), where=around > 0))


def product_density(known: Panel, year: int) -> Floats:
    """Density (C, P) of every country's exports around every product, over the ``WINDOW`` years up to ``year``."""
    has = advantage(totals(known, year)[0]) >= 1
    return density(has, proximity(has))


def density_score(known: Panel, cases: Cases) -> Floats:
    """Density of the exporter's exports around the product (N,): the same for every market of an exporter's product."""
    found = product_density(known, cases.base_year)
    return np.asarray(found[cases.exporter, cases.product])


def link_density_score(known: Panel, cases: Cases) -> Floats:
    """Density, around the product, of what the exporter already sells to that very importer; (N,), 0 to 1.

    Products are near if they tend to be sold over the same links, exporter to importer.
    """
    sold = volumes(known, cases.base_year) > 0
    flat = sold.reshape(-1, sold.shape[2])
    found = density(flat, proximity(flat)).reshape(sold.shape)
    return np.asarray(found[cases.exporter, cases.importer, cases.product])


def market_density_score(known: Panel, cases: Cases) -> Floats:
    """Density, around the importer, of the markets in which the exporter already sells the product; (N,), 0 to 1.

    Markets are near if the same exporters' products tend to be sold in both (extended gravity: Morales, Sheu & Zahler
    2019, *Review of Economic Studies* 86).
    """
    by_market = (volumes(known, cases.base_year) > 0).transpose(0, 2, 1)
    flat = by_market.reshape(-1, by_market.shape[2])
    found = density(flat, proximity(flat)).reshape(by_market.shape)
    return np.asarray(found[cases.exporter, cases.product, cases.importer])
