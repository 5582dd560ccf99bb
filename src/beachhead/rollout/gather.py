"""From a choice of courses to the plan that is shown: moves, presences, gates, limits, hours."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from beachhead.enter.modes import MODES
from beachhead.enter.stages import chance_above
from beachhead.evidence.model import Floats
from beachhead.rollout.courses import review_age, stop_below
from beachhead.rollout.gates import goes_at, signal, stops_at
from beachhead.rollout.ground import Ground
from beachhead.rollout.problem import TOLERANCE, Assessed, Choice, Problem, loose_phases
from beachhead.rollout.result import (
    PHASES,
    Automated,
    Bools,
    Gate,
    Hours,
    Ints,
    Limit,
    More,
    Move,
    Presence,
    Use,
)
from beachhead.rollout.rules import matches
from beachhead.rollout.tables import AREAS
from beachhead.rollout.worth import MORE_CASH, MORE_HOURS

P90 = float(ndtri(0.9))
NEAR = 0.25  # cash binds if less than this part of what is above the floor is left


def presences(ground: Ground, p: Problem, choice: Choice) -> tuple[tuple[Presence, ...], Ints]:
    """The planned markets as numbers, and their courses: in order of time, pilots before what they open."""
    c, f = p.courses, p.figures
    phase = loose_phases(p, choice.taken)
    stays = ~c.of.leaves[c.profile[choice.taken]]
    order = np.lexsort((phase, c.start[choice.taken], ~c.running[choice.taken]))
    order = order[stays[order]]
    taken, phase = choice.taken[order], phase[order]
    opened = opened_by(p, taken, phase)
    stop = stop_below(f, p.rules, c.of, ground.assumed)
    return tuple(_presence(ground, p, choice, taken, phase, opened, stop, n) for n in range(len(taken))), taken


def opened_by(p: Problem, taken: Ints, phase: Ints) -> list[int]:
    """Which presence's gate opens each, −1 none: for a regional entry the pilot (else a running market) nearby that
    passes first; for a global one the first entry of a region that sells."""
    c, f = p.courses, p.figures
    start, market, gate = c.start[taken], c.market[taken], c.gate[taken]
    sells = start + c.of.prep[c.profile[taken]]
    found = []
    for n in range(len(taken)):
        near = f.region[market[n], market]
        by_phase = {
            2: [j for j in range(len(taken)) if phase[j] in (0, 1) and near[j] and gate[j] <= start[n]],
            3: [j for j in range(len(taken)) if phase[j] == 2 and sells[j] <= start[n]],
        }
        able = by_phase.get(int(phase[n]), []) if p.rules.phases else []
        pilots = [j for j in able if phase[j] == 1] or able
        found.append(min(pilots, key=lambda j: (gate[j], j)) if pilots else -1)
    return found


def _presence(
    ground: Ground, p: Problem, choice: Choice, taken: Ints, phase: Ints, opened: list[int], stop: Floats, n: int
) -> Presence:
    c, f = p.courses, p.figures
    j = taken[n]
    i, k, way = int(c.market[j]), int(c.mode[j]), int(c.profile[j])
    then, running = int(c.of.then[way]), bool(c.running[j])
    opens = taken[[m for m in range(len(taken)) if opened[m] == n]]
    early = signal(ground, p, int(j), p.rules.gate_quarters)
    year = signal(ground, p, int(j), p.rules.review_quarters)
    go = goes_at(p, choice, opens, early) if phase[n] == 1 else 0.0
    return Presence(
        row=int(f.rows[i]),
        mode=k,
        start=int(c.start[j]),
        running=running,
        first_sale=-float(c.of.tenure[way]) if running else float(c.start[j] + f.weeks[i, k] / 13.0),
        then=then,
        switch=int(c.of.switch[way]),
        if_potential=float(f.switch_at[i, k, then]) if then >= 0 else 0.0,
        phase=int(phase[n]),
        opened_by=opened[n],
        review=int(review_age(c.of, p.rules)[way]),
        stop_below=stops_at(ground, p, int(j), year) if np.isfinite(stop[way]) else 0.0,
        go_above=go,
    )


def moves(
    ground: Ground, p: Problem, choice: Choice, seen: Assessed, found: tuple[Presence, ...], taken: Ints
) -> tuple[Move, ...]:
    """The moves in order of time; leaving a market first, then entries, then the switches they may bring."""
    c = p.courses
    gone = [j for j in choice.taken if c.of.leaves[c.profile[j]]]
    steps = [_leave(p, int(j)) for j in gone]
    for n, j in enumerate(taken):
        cheaper = seen.cheaper[int(np.flatnonzero(choice.taken == j)[0])]
        steps.append(_enter(p, int(j), found[n], cheaper, taken))
        if found[n].then >= 0:
            steps.append(_switch(ground, p, int(j), found[n]))
    return tuple(sorted(steps, key=lambda m: (m.quarter, m.kind == "switch")))


def _leave(p: Problem, j: int) -> Move:
    i, k = int(p.courses.market[j]), int(p.courses.mode[j])
    now = p.rules.name(0)
    cost = float(p.figures.leave[i, k])
    return Move(p.figures.markets[i], MODES[k], now, "running", "leave", cost, now, 0.0, 0.0, 1.0, (), "")


def _enter(p: Problem, j: int, there: Presence, cheaper: np.ndarray, taken: Ints) -> Move:
    c, f, rules = p.courses, p.figures, p.rules
    i, k = int(c.market[j]), there.mode
    cut = float(np.where(f.held[i] | cheaper, f.cut, 0.0).sum())
    cost = 0.0 if there.running else float(f.entry[i, k]) * (1.0 - cut)
    early = [m for m in taken if not c.running[m] and c.start[j] - c.start[m] >= rules.likeness_lag]
    like = [f.markets[int(c.market[m])] for m in early if (f.alike[i, int(c.market[m])] & cheaper).any()]
    first = rules.name(0) if there.running else rules.name(int(there.first_sale))
    return Move(
        market=f.markets[i],
        mode=MODES[k],
        quarter=rules.name(there.start),
        phase=PHASES[there.phase],
        kind="continue" if there.running else "enter",
        spend_usd=cost,
        first_sale=first,
        hours_quarter=float(f.hours[i, k].sum()),
        if_sales_usd=0.0,
        chance=1.0,
        cheaper_by=tuple(like),
        why=_why(p, j),
    )


def _why(p: Problem, j: int) -> str:
    """pinned | committed, if the owner wanted this start; '' if the plan chose it."""
    c = p.courses
    market, mode = np.array([p.figures.markets[c.market[j]]]), np.array([MODES[c.mode[j]]])
    meant = [w for w in p.rules.pins if matches(w, market, mode, c.start[[j]])[0]]
    return "" if not meant else "committed" if meant[0].committed else "pinned"


def _switch(ground: Ground, p: Problem, j: int, there: Presence) -> Move:
    c, f, rules = p.courses, p.figures, p.rules
    i, quarter = int(c.market[j]), there.start + there.switch
    seen = signal(ground, p, j, rules.review_quarters)
    sd = float(f.sd[i])
    chance = chance_above(there.if_potential / rules.late(there.start), float(f.potential[i]), sd)
    return Move(
        market=f.markets[i],
        mode=MODES[there.then],
        quarter=rules.name(quarter),
        phase=PHASES[there.phase],
        kind="switch",
        spend_usd=float(f.switch[i, there.then] + f.leave[i, there.mode]),
        first_sale=rules.name(quarter),
        hours_quarter=float(f.hours[i, there.then].sum()),
        if_sales_usd=there.if_potential * seen.per,
        chance=chance,
        cheaper_by=(),
        why="",
    )


def gates(
    ground: Ground, p: Problem, seen: Assessed, choice: Choice, found: tuple[Presence, ...], taken: Ints
) -> tuple[Gate, ...]:
    """For each pilot its gate, and for each new market its review, in order of time."""
    told = []
    for n, there in enumerate(found):
        if there.running:
            continue
        cheaper = seen.cheaper[int(np.flatnonzero(choice.taken == taken[n])[0])]
        opens = [m for m in range(len(found)) if found[m].opened_by == n]
        if there.phase == PHASES.index("pilot") and opens:
            told.append(_gate(ground, p, int(taken[n]), there, cheaper, tuple(opens), found))
        told.append(_review(ground, p, int(taken[n]), there, cheaper))
    return tuple(sorted(told, key=lambda gate: (gate.quarter, gate.kind)))


def _gate(
    ground: Ground,
    p: Problem,
    j: int,
    there: Presence,
    cheaper: np.ndarray,
    opens: tuple[int, ...],
    found: tuple[Presence, ...],
) -> Gate:
    rules, quarters = p.rules, p.rules.gate_quarters
    sign = signal(ground, p, j, quarters)
    stop = min(stops_at(ground, p, j, sign), there.go_above) if there.go_above > 0 else 0.0
    age = int(p.courses.of.prep[p.courses.profile[j]]) + quarters
    named = {int(row): m for row, m in zip(p.figures.rows, p.figures.markets, strict=True)}
    below_go, below_stop = sign.chance_below(there.go_above), sign.chance_below(stop)
    return Gate(
        market=named[there.row],
        kind="pilot",
        quarter=rules.name(there.start + age),
        quarters_seen=quarters,
        go_usd=there.go_above,
        stop_usd=stop,
        spend_usd=_spent(ground, p, j, there, cheaper, age),
        opens=tuple(named[found[m].row] for m in opens),
        p_go=1.0 - below_go,
        p_wait=below_go - below_stop,
        p_stop=below_stop,
    )


def _review(ground: Ground, p: Problem, j: int, there: Presence, cheaper: np.ndarray) -> Gate:
    sign = signal(ground, p, j, p.rules.review_quarters)
    stop = sign.chance_below(there.stop_below)
    return Gate(
        market=p.figures.markets[int(p.courses.market[j])],
        kind="review",
        quarter=p.rules.name(there.start + there.review),
        quarters_seen=p.rules.review_quarters,
        go_usd=there.stop_below,
        stop_usd=there.stop_below,
        spend_usd=_spent(ground, p, j, there, cheaper, there.review),
        opens=(),
        p_go=1.0 - stop,
        p_wait=0.0,
        p_stop=stop,
    )


def _spent(ground: Ground, p: Problem, j: int, there: Presence, cheaper: np.ndarray, age: int) -> float:
    """Set-up, nine times in ten no more than this, and running cost up to an age."""
    f, i, k = p.figures, int(p.courses.market[j]), there.mode
    cut = float(np.where(f.held[i] | cheaper, f.cut, 0.0).sum())
    overrun = ground.assumed["overrun_bias"] + P90 * f.entry_sd_log[i, k]
    setup = float(f.entry[i, k]) * (1.0 - cut) * float(np.exp(overrun))
    return setup + age * float(f.fixed[i, k])


def bought(p: Problem, choice: Choice, seen: Assessed) -> tuple[Automated, ...]:
    """The investments that the plan makes."""
    return tuple(
        Automated(
            a.id,
            a.name,
            a.area,
            p.rules.name(int(when)),
            a.cost_usd,
            a.upkeep_usd_quarter,
            tuple(seen.saved_by[i, : p.rules.quarters].tolist()),
        )
        for i, (a, when) in enumerate(zip(p.automations, choice.bought, strict=True))
        if when >= 0
    )


def hours(p: Problem, seen: Assessed) -> Hours:
    """Staff hours: by area on average, and used in the scenario that takes most, after automation."""
    plan = slice(p.rules.quarters)
    saved = seen.saved_by.sum(axis=0)[plan]
    used = np.maximum(seen.hours.max(axis=1)[plan] - saved, 0.0)
    return Hours(AREAS, seen.by_area[:, plan], saved, used, np.full(p.rules.quarters, p.rules.hours))


def uses(p: Problem, seen: Assessed) -> tuple[Use, Use]:
    """Attention, in the scenario that takes most, and launches."""
    quarters = p.rules.quarters
    return (
        Use(seen.attention.max(axis=1)[:quarters], np.full(quarters, p.rules.attention)),
        Use(seen.launches[:quarters], np.full(quarters, float(p.rules.launches))),
    )


def limits(p: Problem, seen: Assessed, buys: tuple[More, ...]) -> tuple[Limit, ...]:
    """What one more unit of each limited thing is worth in the relaxed programme, and, if anything, where it binds."""
    gains = {more.id: more.shadow_usd for more in buys}
    names = np.array(p.rules.names)

    def limit(id: str, name: str, unit: str, per: float, binds: Bools) -> Limit:
        shadow = gains.get(id, 0.0) / per
        return Limit(id, name, unit, tuple(names[binds[: p.rules.quarters]].tolist()) if shadow > 0.0 else (), shadow)

    rules, saved = p.rules, seen.saved_by.sum(axis=0)
    spare = float(p.figures.hours.sum(axis=2)[p.figures.open].min(initial=np.inf)) if p.figures.open.any() else 0.0
    full = seen.hours.max(axis=1) - saved > rules.hours - max(spare, TOLERANCE)
    scarce = seen.hours.mean(axis=1) - saved > rules.hours_planned - max(spare, TOLERANCE)
    low = np.quantile(seen.cash, rules.floor_risk, axis=1)
    busy = seen.attention.max(axis=1) > rules.attention - rules.attention_run
    return (
        limit("cash", "cash above the floor", "USD", MORE_CASH, low < rules.floor + NEAR * (rules.cash - rules.floor)),
        limit("hours", "staff hours", "hours a quarter", MORE_HOURS, full | scarce),
        limit("launches", "launches at once", "launches", 1.0, seen.launches > rules.launches - 0.5),
        limit("attention", "the management's attention", "points", 1.0, busy),
    )
