"""Stress: real episodes (``episodes.csv``) played again from the plan's first quarter, on the same paths."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.outlook.ledger import Ledger
from beachhead.outlook.measures import p_floor, p_ruin
from beachhead.outlook.result import Stress
from beachhead.outlook.schedule import Case
from beachhead.outlook.simulate import simulate
from beachhead.rollout.shocks import episode


@dataclass(frozen=True, slots=True)
class Episode:
    """A row of ``episodes.csv``."""

    id: str
    name: str
    years: tuple[int, ...]
    description: str


@cache
def episodes() -> tuple[Episode, ...]:
    """The episodes, in table order."""
    text = files("beachhead.outlook").joinpath("episodes.csv").read_text(encoding="utf-8")
    return tuple(
        Episode(row["id"], row["name"], years_of(row), row["description"]) for row in csv.DictReader(text.splitlines())
    )


def years_of(row: dict[str, str]) -> tuple[int, ...]:
    """All years from the first to the last."""
    return tuple(range(int(row["first_year"]), int(row["last_year"]) + 1))


def stress(case: Case, plan: Ledger, seed: int, paths: int) -> tuple[Stress, ...]:
    """Every episode on the plan. The years after it are those of the path; all other luck is the same."""
    return tuple(
        replayed(case, plan, simulate(case, seed, paths, episode=episode(case.ground.history, one.years)), one)
        for one in episodes()
    )


def replayed(case: Case, plan: Ledger, seen: Ledger, one: Episode) -> Stress:
    """What the episode did, beside the plan's own paths."""
    value = float(np.median(seen.worth))
    change = relative(seen.earned, plan.earned)
    worst = int(change.argmin()) if len(change) else -1
    return Stress(
        id=one.id,
        name=one.name,
        years=one.years,
        value_usd=value,
        value_change_usd=value - float(np.median(plan.worth)),
        sales_change=float(relative(seen.earned.sum(keepdims=True), plan.earned.sum(keepdims=True))[0]),
        lowest_cash_usd=float(np.median(seen.cash.min(axis=0))),
        p_floor=p_floor(case.rules, seen),
        p_ruin=p_ruin(seen),
        worst_market=case.ground.figures.markets[worst] if len(change) else "",
        worst_change=float(change[worst]) if len(change) else 0.0,
    )


def relative(now: Floats, before: Floats) -> Floats:
    """Change as a share; 0 of nothing."""
    return np.where(before > 0.0, now / np.where(before > 0.0, before, 1.0) - 1.0, 0.0)
