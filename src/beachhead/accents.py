"""Texts without accents and in lower case, so that what people type meets what lists hold."""

from __future__ import annotations

import unicodedata


def unaccented(text: str) -> str:
    """Lower case without accents: ``Café`` → ``cafe``."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
