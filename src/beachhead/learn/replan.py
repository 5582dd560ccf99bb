"""Planning again: the quarters ahead, with what was learnt, from the plan there was; and what the new knowledge did.

Single loop: the moves change. Double loop: assumptions change too (:mod:`beachhead.learn.revise`), and are laid over
the firm's before the moves are chosen. Method: ``docs/methods/replan.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from beachhead.enter.choose import choose_modes, work_out
from beachhead.enter.result import ModeChoice
from beachhead.evidence import Evidence
from beachhead.evidence.model import Floats
from beachhead.firm import Firm
from beachhead.learn.causes import Effects, New, effects, news, weighed
from beachhead.learn.journal import Entry, Journal
from beachhead.learn.learning import informed, learn, revised
from beachhead.learn.result import Learnt
from beachhead.learn.roll import Rolled
from beachhead.select.result import Selection

if TYPE_CHECKING:
    from beachhead.flow import Plan
    from beachhead.rollout.result import Move
    from beachhead.rollout.solve import Watch


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Where and how, with what was learnt: the firm with its revised assumptions, the informed selection, the modes.

    ``prior``: the selection before anything was learnt.
    """

    firm: Firm
    prior: Selection
    selection: Selection
    modes: ModeChoice
    learnt: Learnt | None


def weigh(firm: Firm, evidence: Evidence, journal: Journal | None, prior: Selection, *, revise: bool = True) -> Weighed:
    """Learn from the journal and choose the modes; without ``revise`` assumptions stay as they are."""
    if not journal:
        return Weighed(firm, prior, prior, choose_modes(firm, evidence, prior), None)
    learnt = learn(firm, evidence, prior, journal)
    now, selection = revised(firm, learnt) if revise else firm, informed(prior, learnt)
    return Weighed(now, prior, selection, choose_modes(now, evidence, selection), learnt)


@dataclass(frozen=True, slots=True, eq=False)
class Replanned:
    """The new plan and what the news did to the worth of every market (M) in every mode (7).

    ``news``: what is new since the last plan, in the order of ``effects``, whose values have shape (M, 7).
    """

    plan: Plan
    rolled: Rolled
    news: tuple[New, ...]
    effects: Effects


def replan(
    rolled: Rolled,
    evidence: Evidence,
    journal: Journal,
    then: Journal,
    *,
    old: dict[int, Entry],
    top: int,
    draws: int,
    revise: bool = True,
    watch: Watch | None = None,
) -> Replanned:
    """Plan the quarters from ``rolled.as_of`` on, and leave out each thing learnt since ``then`` in turn.

    ``evidence`` as of the new date; ``old``: superseded entries by number. Raises what planning raises.
    """
    from beachhead import flow

    prior = flow.select_markets(rolled.firm, evidence, draws=draws)
    w = weigh(rolled.firm, evidence, journal, prior, revise=revise)
    modes = with_weeks(w.modes, w.selection, rolled)
    moves = flow.roll_out(w.firm, evidence, w.selection, modes, previous=begin_from(rolled), watch=watch)
    follows = flow.look_out(w.firm, evidence, w.selection, modes, moves)
    made = flow.Plan(w.firm, evidence, prior.seed, top, w.selection, modes, moves, follows, w.learnt)
    found, done = because(rolled.firm, evidence, w, journal, then, old, revise=revise)
    return Replanned(made, rolled, found, done)


def because(
    firm: Firm, evidence: Evidence, w: Weighed, journal: Journal, then: Journal, old: dict[int, Entry], *, revise: bool
) -> tuple[tuple[New, ...], Effects]:
    """What is new since ``then``, and what each thing does to the worth of every market in every mode, (U, M, 7)."""
    beliefs = (w.learnt.potential, w.learnt.entry_cost, w.learnt.hazard) if w.learnt else ()
    found = weighed(news(then, journal, old), beliefs, journal)
    return found, effects(found, then, journal, worths(firm, evidence, w.prior, revise=revise))


def worths(firm: Firm, evidence: Evidence, prior: Selection, *, revise: bool = True) -> Callable[[Journal], Floats]:
    """The worth of every mode in every market, USD, (M, 7), as a function of what stands in the journal.

    By the choice of modes alone, without a new search for moves: what a market is worth does not hang on which others
    are entered.
    """
    modes = choose_modes(firm, evidence, prior)

    def worth(journal: Journal) -> Floats:
        if not journal:
            return modes.value_usd
        learnt = learn(firm, evidence, prior, journal, modes=modes)
        now = revised(firm, learnt) if revise else firm
        return work_out(now, evidence, informed(prior, learnt)).value

    return worth


def with_weeks(modes: ModeChoice, selection: Selection, rolled: Rolled) -> ModeChoice:
    """The weeks to the first sale of what has begun are those that are left."""
    weeks = modes.weeks.copy()
    for market, left in rolled.weeks.items():
        if market in selection.markets:
            weeks[selection.row(market)] = left
    return replace(modes, weeks=weeks)


def begin_from(rolled: Rolled) -> tuple[Move, ...]:
    """The moves that the search begins from: those to come, and those that go on as if begun in the first quarter."""
    going_on = tuple(replace(move, quarter=rolled.as_of) for move in rolled.begun)
    return (*going_on, *rolled.ahead)


def order_by_worth(worth: Floats, open_modes: Floats | np.ndarray) -> np.ndarray:
    """Rank of each market, 1 first, by what its best open mode is worth, (M,)."""
    best = np.where(open_modes, worth, -np.inf).max(axis=1)
    rank = np.empty(len(best), dtype=np.intp)
    rank[np.argsort(-best, kind="stable")] = np.arange(1, len(best) + 1)
    return rank
