"""What is sold: HS and ICIO codes, finding them by plain words, and which demand figures are at hand for them."""

from __future__ import annotations

from beachhead.products.demand import AtHand, Coverage, coverage_of, demand_at_hand
from beachhead.products.search import Hit, search
from beachhead.products.table import Product, parents, product_names, products, sectors

__all__ = [
    "AtHand",
    "Coverage",
    "Hit",
    "Product",
    "coverage_of",
    "demand_at_hand",
    "parents",
    "product_names",
    "products",
    "search",
    "sectors",
]
