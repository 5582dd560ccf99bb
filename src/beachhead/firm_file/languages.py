"""Which language is meant: names as people write them, to BCP 47."""

from __future__ import annotations

import re
from functools import cache

from beachhead.evidence.catalogue import read_table
from beachhead.firm_file.countries import plain
from beachhead.firm_rules import nearest


@cache
def language_names() -> dict[str, str]:
    """English name by code of every language that the Unicode CLDR names."""
    return {row["code"]: row["name"] for row in read_table("languages")}


def known_language(tag: str) -> bool:
    """Whether the tag's language exists: ``pt``, ``pt-BR``."""
    return re.split("[-_]", tag)[0] in language_names()


def find_language(text: str) -> str | None:
    """The code of a language given by code or by its English name."""
    wanted = plain(text)
    if known_language(text) or known_language(wanted):
        return text if known_language(text) else wanted
    return next((code for code, name in language_names().items() if plain(name) == wanted), None)


def language_remedy(text: str) -> str:
    """What to write instead of a code that no language has."""
    code = find_language(text)
    tail = f': write "{code}"' if code else nearest(text, list(language_names().values()))
    return f'is not a language code such as "en" or "pt"{tail}'
