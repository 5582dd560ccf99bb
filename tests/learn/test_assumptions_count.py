"""Whoever changes an assumption of learning changes what is learnt: none is there for show."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache

import numpy as np
import pytest
from cases import example
from learn.teaching import entry, result

from beachhead.assumptions import packaged
from beachhead.enter import choose_modes
from beachhead.learn import Journal, learn

JOURNAL = Journal(
    (
        entry(1, "DEU", channel="peers_consulted", estimate_usd=9e5, knowledge=("market",)),
        entry(2, "DEU", "NLD", channel="trade_fair", estimate_usd=2e5),
        entry(3, "AUT", channel="industry_association", says="worse", than="DEU"),
        entry(4, "CHE", channel="online_research", says="alike"),
        entry(5, "JPN", channel="friends_family", estimate_usd=4e8),
        entry(6, "ITA", channel="industry_expert", about="entry_cost", estimate_usd=3e4, mode="ecommerce"),
        entry(7, "ITA", channel="first_client", about="hazard", chance=0.6),
        entry(8, "NLD", channel="research_development", knowledge=("product", "international")),
        entry(9, "BEL", channel="peers_consulted", knowledge=("market",), date=date(2025, 1, 15)),
    ),
    (
        *(result("NLD", f"2026Q{q}", sales, cost, mode="ecommerce") for q, sales, cost in ((1, 0, 9e3), (2, 4e3, 9e2))),
        *(result("USA", f"202{y}Q{q}", 0.0, 800.0, mode="direct_export") for y in (4, 5) for q in (1, 2, 3, 4)),
        result("SWE", "2025Q1", 3e3, 4e3, mode="ecommerce"),
        result("SWE", "2025Q2", 0.0, 500.0, mode="ecommerce"),
    ),
)


@cache
def learnt(own: tuple[tuple[str, float], ...] = ()) -> tuple[bytes, ...]:
    firm, evidence, selection = example("portugal_footwear")
    changed = firm.model_copy(update={"assumptions": {**firm.assumptions, **dict(own)}})
    found = learn(changed, evidence, selection, JOURNAL, modes=choose_modes(firm, evidence, selection))
    return tuple(parts(found))


def parts(x: object) -> list[bytes]:
    """Everything in a result, as bytes, but for the journal."""
    if isinstance(x, np.ndarray):
        return [x.tobytes()]
    if is_dataclass(x) and not isinstance(x, Journal):
        return [b for f in fields(x) for b in parts(getattr(x, f.name))]
    return [b for y in x for b in parts(y)] if isinstance(x, tuple) else [repr(x).encode()]


def other(name: str) -> float:
    one = packaged()[name]
    return (one.value + (one.high if one.value == one.low else one.low)) / 2


def ids() -> list[str]:
    spoke = {e.channel for e in JOURNAL.entries if e.estimate_usd and e.about == "potential"}
    heard = [f"{c}.{what}" for c in sorted(spoke) for what in ("noise_sd", "bias", "bias_sd", "noise_weight", "lesson")]
    return [
        one.id for one in packaged().values() if one.used_in in ("beliefs", "knowledge") and "." not in one.id
    ] + heard


@pytest.mark.parametrize("name", ids())
def test_every_assumption_of_beliefs_and_knowledge_counts(name: str) -> None:
    assert learnt() != learnt(((name, other(name)),))
