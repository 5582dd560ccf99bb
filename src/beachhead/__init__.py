"""beachhead: where, how and how fast a small firm should go abroad.

>>> import beachhead as bh
>>> firm = bh.load_firm("examples/india_mobile_app.toml")  # doctest: +SKIP
>>> plan = bh.plan(firm, bh.load_evidence())  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.errors import BeachheadError, InfeasibleError, InputError, UnreachableError
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.flow import (
        Plan,
        choose_modes,
        learn_from,
        load_evidence,
        load_firm,
        look_out,
        plan,
        roll_out,
        select_markets,
    )
    from beachhead.learn.journal import Entry, Journal, Result
    from beachhead.learn.result import Learnt
    from beachhead.outlook.result import Outlook
    from beachhead.rollout.result import Rollout
    from beachhead.select.result import Selection

_WHERE = {
    "BeachheadError": "errors",
    "InfeasibleError": "errors",
    "InputError": "errors",
    "UnreachableError": "errors",
    "Firm": "firm",
    "Evidence": "evidence",
    "Selection": "select.result",
    "ModeChoice": "enter.result",
    "Rollout": "rollout.result",
    "Outlook": "outlook.result",
    "Entry": "learn.journal",
    "Result": "learn.journal",
    "Journal": "learn.journal",
    "Learnt": "learn.result",
    "Plan": "flow",
    "load_firm": "flow",
    "load_evidence": "flow",
    "select_markets": "flow",
    "learn_from": "flow",
    "choose_modes": "flow",
    "roll_out": "flow",
    "look_out": "flow",
    "plan": "flow",
}
__all__ = [
    "BeachheadError",
    "Entry",
    "Evidence",
    "Firm",
    "InfeasibleError",
    "InputError",
    "Journal",
    "Learnt",
    "ModeChoice",
    "Outlook",
    "Plan",
    "Result",
    "Rollout",
    "Selection",
    "UnreachableError",
    "choose_modes",
    "learn_from",
    "load_evidence",
    "load_firm",
    "look_out",
    "plan",
    "roll_out",
    "select_markets",
]


def __getattr__(name: str) -> Any:
    """Load the public names when they are first asked for, so that ``import beachhead`` stays quick."""
    if name not in _WHERE:
        raise AttributeError(f"module 'beachhead' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"beachhead.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    """The public names."""
    return [*__all__, "__version__"]
