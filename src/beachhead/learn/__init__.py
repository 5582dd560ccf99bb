"""What the firm finds out, and how it becomes its next decision: journal, beliefs, inquiry, replanning."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from beachhead.learn.journal import EMPTY, Entry, Journal, Result
    from beachhead.learn.learning import informed, learn, revised

_HOME = dict.fromkeys(("EMPTY", "Entry", "Journal", "Result"), "beachhead.learn.journal")
_HOME |= dict.fromkeys(("informed", "learn", "revised"), "beachhead.learn.learning")

__all__ = ["EMPTY", "Entry", "Journal", "Result", "informed", "learn", "revised"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, and not before: most commands learn nothing."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
