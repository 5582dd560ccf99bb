"""A chart with the words that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart ready to be drawn. ``says`` is its text alternative, ``caption`` how to read it."""

    name: str
    title: str
    says: str
    caption: str
    spec: dict[str, Any]
