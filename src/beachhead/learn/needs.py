"""Held against needed: what each way of growing asks one to know, and where to learn what is missing.

Which kinds of knowledge a growth path needs is the study's finding (``needs.csv``; see
:mod:`beachhead.learn.channels`); how much of each is a judgement, row by row in ``knowledge_numbers.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.modes import MODES
from beachhead.enter.tables import commitment
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, running
from beachhead.learn.channels import Finding, channel, found_at, numbers, read_table
from beachhead.learn.journal import GROWTH_PATHS, KNOWLEDGE, GrowthPath, Journal, Knowledge
from beachhead.learn.knowledge import level_of, taught, units_of
from beachhead.learn.result import Stocks
from beachhead.quarters import quarter_number

LEAST = 1e-6  # of a gap: less is nothing
HEAVIER = np.array([kind != "product" for kind in KNOWLEDGE], dtype=float)  # kinds of which heavier modes need more


@dataclass(frozen=True, slots=True)
class Path:
    """A row of ``growth_paths.csv``: a way of growing abroad."""

    id: GrowthPath
    name: str
    short: str
    what: str


@dataclass(frozen=True, slots=True)
class Need:
    """A row of ``needs.csv``: a kind of knowledge that carries or completes a growth path, and what the study found."""

    growth_path: GrowthPath
    knowledge: Knowledge
    part: Literal["carries", "completes"]
    why: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one use of a channel would do: ``closes`` of the gap (sum over kinds, 0–3), for ``cost_usd`` and ``weeks``.

    ``worth``: how much it closes for a thousand USD, a week of waiting counted as ``knowledge_week_usd``. ``at_hand``:
    the firm has whom to ask there, as far as its file tells.
    """

    channel: str
    at_hand: bool
    closes: float
    cost_usd: float
    weeks: float
    worth: float


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Held against needed in one market on one growth path: ``held``, ``before`` the journal, ``needed`` (3,) each.

    ``lessons``: channels found on this path that would close some of it: those at hand first, of these the one that
    closes most for its cost and time.
    """

    market: str
    growth_path: GrowthPath
    mode: str
    held: Floats
    before: Floats
    needed: Floats
    lessons: tuple[Lesson, ...]

    @property
    def missing(self) -> Floats:
        """What is missing of each kind, (3,), never below zero."""
        return np.maximum(self.needed - self.held, 0.0)


@cache
def paths() -> tuple[Path, ...]:
    """The three growth paths, in the order of :data:`beachhead.learn.journal.GROWTH_PATHS`."""
    rows = {row["id"]: row for row in read_table("growth_paths.csv")}
    return tuple(Path(path, *(rows[path][column] for column in ("name", "short", "what"))) for path in GROWTH_PATHS)


@cache
def needs() -> tuple[Need, ...]:
    """What each growth path needs, in table order."""
    return tuple(Need(**row) for row in read_table("needs.csv"))  # type: ignore[arg-type]  # a test holds the words


def needed(path: GrowthPath, mode: str, assumed: Assumptions = PACKAGED) -> Floats:
    """Levels needed by kind, (3,), 0–1: more of market and international knowledge the more a mode ties down."""
    base = np.array([assumed[f"need_{path}_{kind}"] for kind in KNOWLEDGE])
    tied = commitment()
    share = (tied[MODES.index(mode)] - tied.min()) / (tied.max() - tied.min())
    return np.asarray(np.clip(base + assumed["need_heavier"] * share * HEAVIER, 0.0, 1.0))


def gap(
    held: Stocks, row: int, path: GrowthPath, mode: str, have: Iterable[str] = (), assumed: Assumptions = PACKAGED
) -> Gap:
    """Held against needed in one market (a row of the stocks), and the lessons that would close the gap.

    ``have``: what :func:`has_in` says that the firm has there to ask through.
    """
    market, level, need = held.markets[row], held.level[row], needed(path, mode, assumed)
    lessons = (lesson(one, frozenset(have), level, need, assumed) for one in found_at(path))
    useful = sorted((one for one in lessons if one.closes > LEAST), key=lambda one: (not one.at_hand, -one.worth))
    return Gap(market, path, mode, level, held.before[row], need, tuple(useful))


def has_in(firm: Firm, market: str, sells_in: Iterable[str]) -> frozenset[str]:
    """What a firm has in a market that one can ask through: experience, presence, kinds of contacts."""
    contacts = {one.kind for one in firm.contacts if one.country == market}
    lived = {"experience" for one in firm.experience if one.country == market}
    return frozenset(contacts | lived | ({"presence"} if market in set(sells_in) else set()))


def lesson(found: Finding, have: frozenset[str], level: Floats, need: Floats, assumed: Assumptions) -> Lesson:
    """What asking a channel once, about one market, would close of the gap between a level and a need, (3,) each."""
    source, floor, told = channel(found.channel), assumed["absorb_floor"], numbers(found.channel, assumed)
    after = level_of(units_of(level, floor) + taught(source, found.knowledge, assumed), floor)
    closes = float((np.minimum(after, need) - np.minimum(level, need)).sum())
    price = told.cost_usd + told.weeks * assumed["knowledge_week_usd"]
    at_hand = not found.through or bool(have & set(found.through))
    return Lesson(source.id, at_hand, closes, told.cost_usd, told.weeks, 1000.0 * closes / max(price, 1.0))


def path_of(market: str, served: Iterable[str]) -> GrowthPath:
    """The growth path that a planned market is on: a new market, or more of one where the firm sells."""
    return "market_penetration" if market in set(served) else "geographic_diversification"


def served(firm: Firm, journal: Journal, as_of: str) -> frozenset[str]:
    """Markets where the firm sells: as its file says, or as its latest results do."""
    last = {r.market: r for r in sorted(journal.results, key=lambda r: quarter_number(r.quarter))}
    there = {one.country for one in running(firm, as_of)} | set(last)
    return frozenset(there - {market for market, result in last.items() if result.left})
