"""What an answer is worth by planning anew after it: slow, and what the quick gain is measured against.

At each node of the quadrature the beliefs are moved as the answer would move them, the scenarios of the rollout are
drawn from them with the same random numbers, and the whole rollout is searched again. Every plan that any search found
is then judged after every answer: the gain is the mean of the best after each answer less the best mean of one plan
that keeps the limits as things stand. So a search that misses a good plan does so on both sides, and its luck is not
taken for the worth of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.learn.inquiry import nodes
from beachhead.learn.questions import Question, desk, question
from beachhead.rollout.ground import SCENARIOS, Ground, ground
from beachhead.rollout.plan import start_from
from beachhead.rollout.problem import Choice, Problem, assess, broken
from beachhead.rollout.solve import solve
from beachhead.rollout.worth import quickly

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.learn.result import Inquiry, Learnt
    from beachhead.rollout.figures import Figures
    from beachhead.rollout.result import Rollout
    from beachhead.select.result import Potential, Selection

EXACT_NODES = 5
ROUNDS = 2  # searches after each answer, the second from the best plan that any search found


@dataclass(frozen=True, slots=True)
class Exact:
    """``gain_usd`` by planning anew at each of the ``answers`` (sds of the answer, with weights): ``kept_usd`` what the
    plan that is best without the answer is worth then, ``anew_usd`` the best one."""

    inquiry: Inquiry
    gain_usd: float
    answers: tuple[float, ...]
    weights: tuple[float, ...]
    kept_usd: tuple[float, ...]
    anew_usd: tuple[float, ...]


def exact_gain(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    asked: Sequence[Inquiry],
    learnt: Learnt | None = None,
    rollout: Rollout | None = None,
    *,
    count: int = EXACT_NODES,
) -> tuple[Exact, ...]:
    """The gain of some inquiries by planning the whole rollout anew after each of ``count`` answers.

    A search may miss the best plan, so the result is rather too low than too high. Seconds for each answer.
    """
    at = desk(firm, evidence, selection, learnt)
    base = ground(firm, evidence, selection, modes, selection.seed)
    p = base.problem(base.scenarios(SCENARIOS))
    now = anew(p, start_from(p, rollout.moves) if rollout else None)
    return tuple(
        _exact(base, selection.potential, one, question(at, one.channel, _rows(selection, one)), now, count)
        for one in asked
    )


def _rows(selection: Selection, one: Inquiry) -> tuple[int, ...]:
    return tuple(selection.row(m) for m in one.markets)


def anew(p: Problem, start: Choice | None) -> Choice:
    """The best plan that a short search finds, from an earlier one if there is one."""
    found = solve(p, start=start, effort=quickly(p))
    if found is None:
        raise ValueError("what the firm does now keeps the limits, so there is a plan")
    return found.choice


def _exact(base: Ground, potential: Potential, one: Inquiry, q: Question, now: Choice, count: int) -> Exact:
    z, weight = nodes(count)
    after = [after_answer(base, potential, q, float(x)) for x in z[:, 0]]
    plans = [now]
    for _ in range(ROUNDS):
        plans += [anew(p, max(plans, key=lambda plan: judged(p, plan)[0])) for p in after]
    seen = [[judged(p, plan) for p in after] for plan in plans]
    worth, keeps = np.array([[x for x, _ in row] for row in seen]), np.array([[ok for _, ok in row] for row in seen])
    able = keeps[:, count // 2]
    kept = worth[int(np.argmax(np.where(able, worth @ weight, -np.inf)))]
    best = np.maximum(np.where(keeps, worth, -np.inf).max(axis=0), kept)
    whole = (tuple(x.tolist()) for x in (z[:, 0], weight, kept, best))
    return Exact(one, float(weight @ (best - kept)), *whole)


def judged(p: Problem, plan: Choice) -> tuple[float, bool]:
    """The objective of a plan, USD, and whether it keeps the limits."""
    seen = assess(p, plan)
    return seen.objective, not broken(p, plan, seen)


def after_answer(base: Ground, potential: Potential, q: Question, z: float) -> Problem:
    """The problem of the rollout as it is after an answer ``z`` sds from what is expected."""
    then = replace(base, figures=moved(base.figures, potential, q, z))
    return then.problem(then.scenarios(SCENARIOS))


def moved(f: Figures, potential: Potential, q: Question, z: float) -> Figures:
    """The candidates' potentials after the answer: medians moved, and what is left of the spread, exactly."""
    whole = np.hstack([potential.root, np.diag(potential.own_sd)])
    seen = whole if q.sees == "own" else np.zeros_like(whole)
    if q.sees != "own":
        seen[:, : potential.root.shape[1]] = potential.heard if q.sees == "market" else potential.root
    load = seen[list(q.rows)].mean(axis=0)
    sd = np.sqrt(load @ load + q.noise + q.bias)
    mine = whole[f.rows]
    shift: Floats = mine @ load / sd * z
    return replace(f, potential=f.potential * np.exp(shift), root=left(mine, load, sd), own_sd=np.zeros(len(f.rows)))


def left(root: Floats, load: Floats, sd: float) -> Floats:
    """A root of the covariance after an answer that loads on the scores by ``load`` and has this sd, (N, K)."""
    size = load @ load
    if size <= 0.0:
        return root
    kept = np.sqrt(1.0 - size / sd**2)
    return np.asarray(root - (1.0 - kept) / size * np.outer(root @ load, load))
