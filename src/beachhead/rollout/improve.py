"""Good plans quickly: add, exchange or drop one course at a time while the objective grows and no limit breaks.

The programme proves how good a plan is; this finds plans, for it to start from. Every step weighs all courses at once.
"""

from __future__ import annotations

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.rollout.problem import (
    TOLERANCE,
    Choice,
    Problem,
    assess,
    broken,
    hours_saved,
    phases_of,
    tail_weights,
)
from beachhead.rollout.programme import forbidden, pinned
from beachhead.rollout.result import Bools, Ints

PASSES = 40  # exchanges tried at most; each is kept only if it gains
LEAST_GAIN = 1.0  # USD
SMALL, LATER = 1e-3, 0.02  # least share that counts; share that a quarter of delay outweighs


def improved(p: Problem, choice: Choice) -> Choice:
    """The choice after exchanges that gain, one at a time; automation is bought and dropped likewise."""
    best, worth = choice, assess(p, choice).objective
    for _ in range(PASSES):
        found = max(_neighbours(p, best), key=lambda one: one[1], default=None)
        if found is None or found[1] <= worth + LEAST_GAIN:
            return best
        best, worth = found
    return best


def rounded(p: Problem, share: Floats, bought: Ints, rng: np.random.Generator | None = None) -> Choice:
    """Whole decisions near the relaxed ones: courses are added in the order of their ``share`` (C,) while the limits
    allow; what waits for a gate is tried again. ``rng`` jitters the order."""
    c = p.courses
    order = share if rng is None else share * rng.uniform(0.3, 1.0, len(share))
    taken = np.array([], dtype=np.intp)
    for i in np.unique(c.market[c.running]):
        there = np.flatnonzero(c.running & (c.market == i) & ~forbidden(p))
        taken = np.append(taken, there[np.argmax(order[there])])
    while True:
        wanted = still_wanted(p, taken)
        able = np.flatnonzero(allowed(p, taken, bought) & ((share > SMALL) | wanted))
        if not len(able):
            return Choice(taken[np.argsort(c.market[taken], kind="stable")], bought)
        taken = np.append(taken, able[np.argmax((order + wanted)[able] - LATER * c.start[able])])


def still_wanted(p: Problem, taken: Ints) -> Bools:
    """Courses that would fulfil a pin that ``taken`` does not, (C,)."""
    open_pins = [fits for fits in pinned(p) if not fits[taken].any()]
    return np.any(open_pins, axis=0) if open_pins else np.zeros(len(p.courses), dtype=bool)


def _neighbours(p: Problem, choice: Choice) -> list[tuple[Choice, float]]:
    """The best exchange for each course taken (and for none taken out), and for each automation."""
    out = [np.delete(choice.taken, j) for j in range(len(choice.taken)) if not _fixed(p, choice.taken[j])]
    found = [one for rest in (choice.taken, *out) if (one := best_addition(p, rest, choice.bought)) is not None]
    for i in range(len(p.automations)):
        for when in (-1, *range(p.rules.quarters)):
            bought = choice.bought.copy()
            bought[i] = when
            other = Choice(choice.taken, bought)
            seen = assess(p, other)
            if when != choice.bought[i] and not broken(p, other, seen):
                found.append((other, seen.objective))
    return found


def _fixed(p: Problem, course: int) -> bool:
    return bool(p.courses.running[course]) or any(fits[course] for fits in pinned(p))


def best_addition(p: Problem, taken: Ints, bought: Ints) -> tuple[Choice, float] | None:
    """The course whose addition to ``taken`` is worth most and breaks nothing, or ``taken`` itself; None if even that
    breaks a limit."""
    able = allowed(p, taken, bought)
    order = np.flatnonzero(able)
    worth = objectives(p, taken, bought, order)
    for at in np.argsort(-worth, kind="stable")[:4]:
        choice = _with(p, taken, bought, int(order[at]))
        seen = assess(p, choice)
        if not broken(p, choice, seen):
            return choice, seen.objective
    alone = Choice(taken, bought)
    seen = assess(p, alone)
    return None if broken(p, alone, seen) else (alone, seen.objective)


def _with(p: Problem, taken: Ints, bought: Ints, course: int) -> Choice:
    both = np.append(taken, course)
    return Choice(both[np.argsort(p.courses.market[both], kind="stable")], bought)


def allowed(p: Problem, taken: Ints, bought: Ints) -> Bools:
    """Courses that could be added without breaking cash, hours, attention, launches or the phases, (C,)."""
    c, rules = p.courses, p.rules
    seen = assess(p, Choice(taken, bought))
    room: Bools = np.asarray(~np.isin(c.market, c.market[taken]) & ~forbidden(p))
    if (~c.running[taken]).sum() >= rules.most:
        room &= False
    saved = hours_saved(p, bought, seen.by_area).sum(axis=0)
    hours, mean = rules.hours + saved[:, None] - seen.hours, rules.hours_planned + saved - seen.hours.mean(axis=1)
    room &= (c.launch <= rules.launches - seen.launches + 1e-6).all(axis=1)
    room &= (c.attention <= rules.attention - seen.attention + 1e-6).all(axis=(1, 2))
    at = np.flatnonzero(room)
    room[at] &= (c.hours[at].mean(axis=2) <= mean + TOLERANCE).all(axis=1)
    at = np.flatnonzero(room)
    room[at] &= (c.hours[at] <= hours + TOLERANCE).all(axis=(1, 2))
    at = np.flatnonzero(room)
    short = (seen.cash + c.cash[at] < rules.floor - TOLERANCE).any(axis=1)
    room[at] &= short.mean(axis=1) <= rules.floor_risk + 1e-9
    return room & opened(p, taken) if rules.phases else room


def opened(p: Problem, taken: Ints) -> Bools:
    """Courses whose start the phases allow beside ``taken``: as a pilot if there may be one more, or after a gate."""
    c, f = p.courses, p.figures
    phase = phases_of(p, taken)
    if phase is None:
        return np.zeros(len(c), dtype=bool)
    market, gate = c.market[taken], c.gate[taken]
    stays = c.running[taken] & ~c.of.leaves[c.profile[taken]]
    opens = stays | (phase == 1)
    near = np.asarray((f.region[c.market][:, market[opens]] & (gate[opens] <= c.start[:, None])).any(axis=1))
    sells = (c.start + c.of.prep[c.profile])[taken][phase >= 2]
    after = (sells <= c.start[:, None]).any(axis=1) if len(sells) else np.zeros(len(c), dtype=bool)
    pilot = f.accessible[c.market] & ((phase == 1).sum() < p.rules.pilots)
    able: Bools = near | after | pilot
    return able


def objectives(p: Problem, taken: Ints, bought: Ints, order: Ints) -> Floats:
    """Objective of ``taken`` with each course of ``order`` added, (n,); likeness that the new one gives is left out."""
    c, rules = p.courses, p.rules
    seen = assess(p, Choice(taken, bought))
    entered = taken[~c.running[taken]]
    before = c.start[order][:, None] - c.start[entered] >= rules.likeness_lag
    gained = np.asarray((p.figures.alike[c.market[order]][:, c.market[entered]] & before[..., None]).any(axis=1))
    saving = (p.saving[order] * gained[..., None]).sum(axis=1)
    value = seen.value + c.value[order] + saving * p.discount[c.start[order]][:, None]
    cash = seen.cash + c.cash[order]
    short = np.maximum(rules.floor - cash, 0.0).max(axis=1)
    worst = np.sort(value, axis=1) @ tail_weights(value.shape[1], 0.5)
    tail = np.sort(-short, axis=1) @ tail_weights(short.shape[1], rules.tail)
    result: Floats = (1.0 - rules.downside) * value.mean(axis=1) + rules.downside * worst + rules.price * tail
    return result


def first_choice(p: Problem) -> Choice:
    """Where the firm sells, go on as now; nothing else."""
    c = p.courses
    now = np.flatnonzero(c.running & ~c.of.leaves[c.profile] & (c.of.then[c.profile] < 0))
    return Choice(now, np.full(len(p.automations), -1, dtype=np.intp))
