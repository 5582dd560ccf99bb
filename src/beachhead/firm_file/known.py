"""Whether what a firm file names exists: countries, regions, languages, products, evidence files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import shorten
from typing import Final

from beachhead.errors import Fault, InputError
from beachhead.evidence.catalogue import load_catalogue
from beachhead.firm_file.countries import country_remedy
from beachhead.firm_file.languages import known_language, language_remedy
from beachhead.firm_file.source import PATH_FAULTS
from beachhead.firm_file.words import shown
from beachhead.firm_rules import Draft, at, items, nearest, rows
from beachhead.products import product_names, search

EVIDENCE_SUFFIXES: Final = (".csv", ".parquet")
HS6: Final = r"hs:\d{6}"
SEARCH: Final = 'look it up with beachhead products search "what you sell"'


def unknown_names(draft: Draft, folder: Path) -> list[Fault]:
    """Every name in the draft that nothing known bears; evidence files are looked for from ``folder``."""
    named = [fault for check in (unknown_countries, unknown_languages, unknown_regions) for fault in check(draft)]
    return [*named, *unknown_products(draft, folder), *missing_files(draft, folder)]


def _texts(draft: Draft, *path: str) -> Iterator[tuple[str, str]]:
    """Path and value of each text in the list at a path."""
    for i, value in enumerate(items(draft, *path)):
        if isinstance(value, str):
            yield f"{'.'.join(path)}[{i}]", value


def _countries(draft: Draft) -> Iterator[tuple[str, object]]:
    """Path and value of every country that the draft names."""
    yield "home", at(draft, "home")
    for name in ("experience", "contacts", "presence"):
        yield from ((f"{path}.country", row.get("country")) for path, row in rows(draft, name))
    for name in ("pin", "forbid", "committed"):
        yield from ((f"{path}.market", row.get("market")) for path, row in rows(draft, name))
    yield from _texts(draft, "screen", "exclude")
    yield from _texts(draft, "screen", "only")


def unknown_countries(draft: Draft) -> Iterator[Fault]:
    """Codes that no economy of the catalogue has."""
    countries = load_catalogue().countries
    for path, value in _countries(draft):
        if isinstance(value, str) and value not in countries:
            yield Fault(path, shown(value), country_remedy(value))


def unknown_languages(draft: Draft) -> Iterator[Fault]:
    """Codes that no language has."""
    for path, value in (*_texts(draft, "languages"), *_texts(draft, "screen", "languages")):
        if not known_language(value):
            yield Fault(path, shown(value), language_remedy(value))


def unknown_regions(draft: Draft) -> Iterator[Fault]:
    """Regions that the World Bank does not have."""
    regions = sorted({country.region for country in load_catalogue().countries.values()})
    for path, value in _texts(draft, "screen", "regions"):
        if value not in regions:
            tail = nearest(value, regions) or f": use one of {', '.join(regions)}"
            yield Fault(path, shown(value), f"is not a region of the World Bank{tail}")


def unknown_products(draft: Draft, folder: Path) -> Iterator[Fault]:
    """Codes of no nomenclature. A firm's own ``user:`` products are not listed anywhere."""
    unknown = {
        f"{path}.code": code
        for path, row in rows(draft, "sells")
        if isinstance(code := row.get("code"), str) and not code.startswith("user:") and code not in product_names()
    }
    if any(re.fullmatch(HS6, code) for code in unknown.values()):
        lines = _lines_at_hand(draft, folder)
        unknown = {path: code for path, code in unknown.items() if code[3:] not in lines}
    for path, code in unknown.items():
        yield Fault(path, shown(code), f"is not a code of HS 2022 or OECD ICIO: {_instead(code)}")


def _lines_at_hand(draft: Draft, folder: Path) -> set[str]:
    """HS6 codes with flows in the snapshot, in what the user added or in the firm's own files; older HS among them."""
    from beachhead.evidence import load_evidence

    own = [folder / name for _, name in _texts(draft, "evidence") if not _file_problem(folder / name)]
    try:
        evidence = load_evidence(user=own)
    except InputError:  # a file that cannot be used is told when the evidence is read
        evidence = load_evidence()
    return set(evidence.query("hs6_available")["hs6"])


def _instead(text: str) -> str:
    """The product that the text means, as a code without its scheme or in words, or how to look it up."""
    bare = re.sub(r"^(hs|icio)\W*|[\s.]", "", text[:60].casefold())
    code = next((one for one in (f"hs:{bare}", f"icio:{bare.upper()}") if one in product_names()), None)
    if code:
        return f'write "{code}" ({_brief(product_names()[code])})'
    hits = [] if ":" in text else search(text[:60], 1)
    found = f'perhaps "{hits[0].product.code}" ({_brief(hits[0].product.name)}); ' if hits else ""
    return f"{found}{SEARCH}"


def _brief(name: str) -> str:
    """The beginning of a product's name, in whole words and without what it excludes."""
    return shorten(re.sub(r"\s*\([^()]*\)", "", name), 60, placeholder=" …")


def missing_files(draft: Draft, folder: Path) -> Iterator[Fault]:
    """Evidence files that are not there, or are of a kind that cannot be read."""
    for path, name in _texts(draft, "evidence"):
        problem = _file_problem(folder / name)
        if problem:
            yield Fault(path, shown(name), problem)


def _file_problem(path: Path) -> str:
    try:
        if path.stat() and not path.is_file():
            return "is not a file: name a CSV or Parquet file"
    except ValueError:
        return "is not a file name: correct it"
    except OSError as error:
        reason = PATH_FAULTS.get(error.errno, "cannot be read").split(":")[0].split(" (")[0]
        return f"{reason} beside the firm file: correct the name, or remove it from evidence"
    return "" if path.suffix.lower() in EVIDENCE_SUFFIXES else "is not a CSV or Parquet file: export it as CSV"
