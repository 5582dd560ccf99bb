"""Specifications to SVG text: the same bytes for the same chart, ids that cannot clash, a title and description."""

from __future__ import annotations

import re
from html import escape
from typing import Any

_ID = re.compile(r'\b(id="|url\(#|href="#)([\w-]+)')
_DECIMALS = re.compile(r"-?\d+\.\d{2,}")
_OPEN = re.compile(r"<svg\b[^>]*>")
_ROLES = re.compile(r' (?:role|aria-label|aria-roledescription|aria-hidden|pointer-events)="[^"]*"')
_EMPTY = re.compile(r'<path class="(?:background|foreground)"[^>]*d="(?:M0,0h0v0h0Z)?"[^>]*/>')


def svg(spec: dict[str, Any], name: str, title: str, description: str) -> str:
    """The chart as an SVG element. ``name`` prefixes its ids; title and description are what a screen reader says."""
    import vl_convert

    return tidy(vl_convert.vegalite_to_svg(spec), name, title, description)


def tidy(text: str, name: str, title: str, description: str) -> str:
    """Renumber ids (the renderer counts on from chart to chart), round coordinates to 0.1 px, name the whole image."""
    known: dict[str, str] = {}
    text = _EMPTY.sub("", _ROLES.sub("", text))
    text = _ID.sub(lambda m: m[1] + known.setdefault(m[2], f"{name}-{len(known)}"), text)
    text = _DECIMALS.sub(lambda m: _rounded(m[0]), text)
    said = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    return _OPEN.sub(lambda m: _named(m[0], name) + said, text, count=1)


def _rounded(number: str) -> str:
    """One decimal from 1 px up, two below (where it may be an opacity); no trailing or negative zero."""
    value = float(number)
    text = f"{value:.{2 if abs(value) < 1 else 1}f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _named(tag: str, name: str) -> str:
    return f'{tag[:-1]} role="img" aria-labelledby="{name}-title {name}-desc">'
