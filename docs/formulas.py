"""Hook of MkDocs: formulas become MathML, which browsers draw themselves, without scripts and offline."""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)


def on_page_content(text: str, /, **_: Any) -> str:
    """Replace what the Markdown extension ``arithmatex`` has marked."""
    return FORMULA.sub(formula, text)


def formula(match: re.Match[str]) -> str:
    """One formula, in the line or on a line of its own."""
    return str(convert(html.unescape(match[2]).strip(), display="block" if match[1] == "div" else "inline"))
