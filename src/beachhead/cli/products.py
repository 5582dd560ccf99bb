"""``beachhead products``: find the code of what a firm sells, and what is known of demand for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, json_option, out, say, table

if TYPE_CHECKING:
    from beachhead.products import Coverage, Product

MOST = 200  # hits that can be shown


@click.group(short_help="Find the code of what you sell.")
def products() -> None:
    """Find the code of what you sell, and see which demand figures are at hand for it.

    Goods have codes of the Harmonized System (HS 2022): chapter hs:64, heading hs:6403, line hs:640399. Services and
    other sectors have codes of the OECD's input-output tables: icio:J62_63.
    """


@products.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", "-n", type=click.IntRange(1, MOST), default=10, show_default=True, help="Most to show.")
@json_option
def search(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search by plain words, or by the beginning of a code.

    \b
    beachhead products search "mobile app"
    beachhead products search 2508
    """
    from beachhead.errors import bad
    from beachhead.evidence import load_evidence
    from beachhead.products import coverage_of
    from beachhead.products import products as all_products
    from beachhead.products import search as find

    text = " ".join(words)[:400]
    hits = find(text, len(all_products()))
    if not hits:
        raise bad("words", text, "nothing is found: use other or fewer words, in English")
    coverage = coverage_of(load_evidence())
    rows = [_row(hit.product, coverage) for hit in hits[:limit]]
    if as_json:
        emit_json({"query": text, "products": rows})
        return
    cells = [(row["code"], row["level"], row["name"], row["demand"]["at_hand"]) for row in rows]
    out().print(table(("Code", "Level", "What it is", "Demand known"), cells))
    if len(hits) > limit:
        say(f"… and {len(hits) - limit} more: use more words, or --limit {min(len(hits), MOST)}.")
    say(f"Put the code into your firm file, or look closer: beachhead products show {rows[0]['code']}")


@products.command()
@click.argument("code")
@json_option
def show(code: str, as_json: bool) -> None:
    """Show one product: what it belongs to, what it holds, and how demand for it is known."""
    from beachhead.evidence import load_evidence
    from beachhead.products import coverage_of, parents, sectors
    from beachhead.products import products as all_products

    product = _product(code)
    row = _row(product, coverage_of(load_evidence()))
    row["about"] = sectors().get(product.code, "")
    row["within"] = [{"code": one.code, "name": one.name} for one in parents(product)]
    row["holds"] = [
        {"code": one.code, "name": one.name} for one in all_products().values() if one.parent == product.code
    ]
    if as_json:
        emit_json(row)
        return
    console = out()
    about = f"\nAmong others: {row['about']}." if row["about"] else ""
    console.print(f"{row['code']} ({row['level']})\n{row['name']}{about}", markup=False)
    console.print(f"\nDemand known: {row['demand']['at_hand']}. {row['demand']['words']}.", markup=False)
    for title in ("within", "holds"):
        if row[title]:
            console.print(table((title.capitalize(), ""), [(one["code"], one["name"]) for one in row[title]]))


def _product(code: str) -> Product:
    """The product of a code, with or without its scheme; anything else is a fault."""
    from beachhead.errors import bad
    from beachhead.products import products as all_products

    for name in (code, f"hs:{code}", f"icio:{code}", f"icio:{code.upper()}"):
        if name in all_products():
            return all_products()[name]
    raise bad("code", code, 'is not a product of HS 2022 or OECD ICIO: try beachhead products search "what you sell"')


def _row(product: Product, coverage: Coverage) -> dict[str, Any]:
    from beachhead.products import demand_at_hand

    known = demand_at_hand(product.code, coverage)
    demand = {"kind": known.kind, "at_hand": known.at_hand, "words": known.words}
    return {"code": product.code, "level": product.level, "name": product.name, "demand": demand}
