"""The snapshot's table of products: HS chapters, headings and lines, and sectors of the OECD ICIO."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from beachhead.errors import bad


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
    from pyarrow.parquet import ParquetFile  # not read_table, which imports pandas where that is installed

    from beachhead.evidence.engine import package_folder

    path = package_folder("snapshot") / "products.parquet"
    if not path.is_file():
        raise bad("products", "", "the table of products is missing: install the package again")
    columns = ParquetFile(path).read().to_pydict()
    rows = zip(columns["code"], columns["level"], columns["name"], columns["parent"], strict=True)
    return {code: Product(code, level, name, parent or "") for code, level, name, parent in rows}


def product_names() -> dict[str, str]:
    """Name by code."""
    return {code: product.name for code, product in products().items()}


def parents(product: Product) -> tuple[Product, ...]:
    """What the product belongs to, nearest first: heading, then chapter."""
    parent = products().get(product.parent)
    return (parent, *parents(parent)) if parent else ()
