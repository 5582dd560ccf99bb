"""Plans for the tests of what the user sees: the examples' real ones, each made once."""

from __future__ import annotations

from functools import cache

from cases import example

from beachhead.enter import choose_modes
from beachhead.flow import Plan


@cache
def real_plan(name: str = "india_mobile_app", top: int = 10) -> Plan:
    firm, evidence, selection = example(name)
    return Plan(firm, evidence, selection.seed, top, selection, choose_modes(firm, evidence, selection))
