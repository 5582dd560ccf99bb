"""Whether what a firm file names exists: countries, regions, languages, products, evidence files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from beachhead.errors import Fault
from beachhead.evidence.catalogue import load_catalogue
from beachhead.firm_file.countries import country_remedy
from beachhead.firm_file.languages import known_language, language_remedy
from beachhead.firm_file.source import PATH_FAULTS
from beachhead.firm_file.words import shown
from beachhead.firm_rules import Draft, at, items, nearest, rows
from beachhead.products import product_names, search

EVIDENCE_SUFFIXES: Final = (".csv", ".parquet")
SEARCH: Final = 'look it up with beachhead products search "what you sell"'


def unknown_names(draft: Draft, folder: Path) -> list[Fault]:
    """Every name in the draft that nothing known bears; evidence files are looked for from ``folder``."""
    checks = (unknown_countries, unknown_languages, unknown_regions, unknown_products)
    return [fault for check in checks for fault in check(draft)] + list(missing_files(draft, folder))


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


def unknown_products(draft: Draft) -> Iterator[Fault]:
    """Codes of no nomenclature. A firm's own ``user:`` products are not listed anywhere."""
    for path, row in rows(draft, "sells"):
        code = row.get("code")
        if isinstance(code, str) and not code.startswith("user:") and not _is_product(code):
            yield Fault(f"{path}.code", shown(code), f"is not a code of HS 2022 or OECD ICIO: {_instead(code)}")


def _is_product(code: str) -> bool:
    """Whether HS 2022 or ICIO has the code, or the flows at hand do, which may be in an older HS."""
    if code in product_names():
        return True
    if not re.fullmatch(r"hs:\d{6}", code):
        return False
    from beachhead.evidence import load_evidence

    return code[3:] in load_evidence().query("hs6_available")["hs6"]


def _instead(text: str) -> str:
    """The product that the words mean, or how to look it up."""
    hits = [] if ":" in text else search(text[:60], 1)
    found = f'perhaps "{hits[0].product.code}" ({hits[0].product.name[:50]}); ' if hits else ""
    return f"{found}{SEARCH}"


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
