"""The snapshot's table of products: HS chapters, headings and lines, and sectors of the OECD ICIO."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from beachhead.errors import bad
from beachhead.evidence.catalogue import read_table


@dataclass(frozen=True, slots=True)
class Product:
    """One code of a nomenclature. ``level`` is chapter, heading, subheading or sector; ``parent`` a code or empty."""

    code: str
    level: str
    name: str
    parent: str


@cache
def products() -> dict[str, Product]:
    """Every product by its code, as firm files write it (``hs:64``, ``icio:J62_63``), in the order of codes."""
    from beachhead.evidence.engine import Engine, package_folder, parquet

    path = package_folder("snapshot") / "products.parquet"
    if not path.is_file():
        raise bad("products", "", "the table of products is missing: install the package again")
    columns = Engine({"products": f"SELECT * FROM {parquet(path)}"}).query("products_all")
    rows = zip(*(columns[name].tolist() for name in ("code", "level", "name", "parent")), strict=True)
    return {code: Product(code, level, name, parent or "") for code, level, name, parent in rows}


def product_names() -> dict[str, str]:
    """Name by code."""
    return {code: product.name for code, product in products().items()}


def parents(product: Product) -> tuple[Product, ...]:
    """What the product belongs to, nearest first: heading, then chapter."""
    parent = products().get(product.parent)
    return (parent, *parents(parent)) if parent else ()


@cache
def sectors() -> dict[str, str]:
    """What each sector of the ICIO holds, in everyday words, by code."""
    return {row["code"]: row["holds"] for row in read_table("sectors", Path(__file__).parent)}
