"""The tournament: every policy in the same worlds, with the same budgets and luck; summed up by kind of firm.

A world's luck comes from the seed and the world's number alone, so the result is the same for any number of processes.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar
from zlib import crc32

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.skill.policies.clairvoyant import bound
from beachhead.skill.policies.firms import Kind
from beachhead.skill.policies.game import Run, play
from beachhead.skill.policies.land import Land, land_of
from beachhead.skill.policies.result import Group, Mean, Pair, Part, Standing, Tournament
from beachhead.skill.policies.roster import OURS, label_of, own_policies, policy_maker, world_named, worlds

CHUNK = 10  # worlds that a process is given at a time
Z95 = 1.959963984540054
A = TypeVar("A")
B = TypeVar("B")
SMALL = 0.01  # of what a rival brings: a gain below it is not worth a second look
Tell = Callable[[str, float], None]
WITHOUT_PLAN = frozenset(own_policies()) - {"fixed_plan"}  # who never looks at the rollout's schedule


def silent(label: str, share: float) -> None:
    """Nobody hears of progress."""


@dataclass(frozen=True, slots=True)
class Job:
    """Some worlds on one land."""

    land: int
    world: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """One world: the bound, and what came of every policy, in their order."""

    land: int
    world: str
    number: int
    bound: float
    runs: tuple[Run, ...]


def tournament(
    kinds: Sequence[Kind],
    *,
    worlds_wanted: int = 1_000,
    world_ids: Sequence[str] = ("as_believed",),
    policies: Sequence[str] = (),
    seed: int = 1,
    processes: int = 1,
    tell: Tell = silent,
) -> Tournament:
    """Plan for each kind of firm, then play: :func:`on_lands`. An interrupt while planning leaves no part at all."""
    names = taking_part(policies)
    for name in world_ids:
        world_named(name)
    planned = not set(names) <= WITHOUT_PLAN
    work = _here if processes == 1 else _spread
    try:
        given = [(kind, seed, planned) for kind in kinds]
        lands = list(work(_prepared, given, processes, lambda share: tell("Planning for each firm", share)))
    except KeyboardInterrupt:
        return Tournament(seed, worlds_wanted, False, champion_of(names), ())
    return on_lands(
        lands,
        worlds_wanted=worlds_wanted,
        world_ids=world_ids,
        policies=names,
        seed=seed,
        processes=processes,
        tell=tell,
    )


def on_lands(
    lands: Sequence[Land],
    *,
    worlds_wanted: int = 1_000,
    world_ids: Sequence[str] = ("as_believed",),
    policies: Sequence[str] = (),
    seed: int = 1,
    processes: int = 1,
    tell: Tell = silent,
) -> Tournament:
    """Play ``worlds_wanted`` worlds for each prior, shared out evenly over the lands.

    ``world_ids``: rows of ``worlds.csv`` or plugged in; several of one prior take turns. ``policies``: all of the
    package if none is named; the champion is ours, or the last named. ``tell`` hears of progress. An interrupt keeps
    what was played until then.
    """
    names, work = taking_part(policies), _here if processes == 1 else _spread
    each = max(-(-worlds_wanted // max(len(lands), 1)), 1)
    jobs = [(lands[job.land], names, job, seed) for job in _jobs(len(lands), world_ids, each)]
    played: list[Played] = []
    finished = True
    try:
        for some in work(_played, jobs, processes, lambda share: tell("Playing the worlds", share)):
            played.extend(some)
    except KeyboardInterrupt:
        finished = False
    parts = summed_up(lands, names, played)
    return Tournament(seed, worlds_wanted, finished, champion_of(names), parts)


def taking_part(policies: Sequence[str]) -> tuple[str, ...]:
    """Names of the policies that play. Raises InputError for one that is not known."""
    names = tuple(policies) or tuple(own_policies())
    for name in names:
        policy_maker(name)
    return names


def champion_of(names: Sequence[str]) -> str:
    """Whom the others are paired with."""
    return OURS if OURS in names else names[-1]


def _jobs(lands: int, world_ids: Sequence[str], each: int) -> Iterator[Job]:
    """All worlds in pieces: of each prior ``each`` for every land, the worlds of a prior taking turns."""
    known = worlds()
    by_prior: dict[str, list[str]] = {}
    for name in world_ids:
        by_prior.setdefault(known[name][0], []).append(name)
    for turns in by_prior.values():
        for place, name in enumerate(turns):
            numbers = range(place, each, len(turns))
            for first in range(0, len(numbers), CHUNK):
                for land in range(lands):
                    yield Job(land, name, tuple(numbers[first : first + CHUNK]))


def _prepared(given: tuple[Kind, int, bool]) -> Land:
    from beachhead import flow

    kind, seed, planned = given
    evidence = flow.load_evidence(user=kind.firm.evidence)
    return land_of(kind.firm, evidence, kind=kind.id, label=kind.label, seed=seed, planned=planned)


def _played(given: tuple[Land, tuple[str, ...], Job, int]) -> list[Played]:
    land, names, job, seed = given
    return [one_world(land, names, job, number, seed) for number in job.numbers]


def one_world(land: Land, names: tuple[str, ...], job: Job, number: int, seed: int) -> Played:
    """Every policy in one world."""
    truth = world_named(job.world).draw(land, np.random.default_rng([seed, number]))
    runs = tuple(
        play(policy_maker(name)(), land, truth, np.random.default_rng([seed, number, crc32(name.encode())]))
        for name in names
    )
    return Played(job.land, job.world, number, bound(land, truth), runs)


# --- one process or several ------------------------------------------------------------------------------------------


def _here(task: Callable[[A], B], given: Sequence[A], processes: int, tell: Callable[[float], None]) -> Iterator[B]:
    for done, one in enumerate(given):
        yield task(one)
        tell((done + 1) / len(given))


def _spread(task: Callable[[A], B], given: Sequence[A], processes: int, tell: Callable[[float], None]) -> Iterator[B]:
    """The same in several processes; results come in the order of what was given, as far as they are there."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts) as pool:
        waiting = [pool.submit(task, one) for one in given]
        try:
            for done, _ in enumerate(as_completed(waiting)):
                tell((done + 1) / len(given))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            yield from (w.result() for w in waiting if w.done() and not w.cancelled() and w.exception() is None)
            raise
        yield from (w.result() for w in waiting)


def _leave_interrupts() -> None:
    """Ctrl-C is for the one who waits, not for the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# --- summing up ------------------------------------------------------------------------------------------------------


def summed_up(lands: Sequence[Land], names: Sequence[str], played: Sequence[Played]) -> tuple[Part, ...]:
    """From single worlds to means, intervals and verdicts, a part for each prior."""
    known = worlds()
    return tuple(
        _part(prior, lands, names, [p for p in played if known[p.world][0] == prior])
        for prior in dict.fromkeys(known[p.world][0] for p in played)
    )


def _part(prior: str, lands: Sequence[Land], names: Sequence[str], here: Sequence[Played]) -> Part:
    known = worlds()
    ids = tuple(dict.fromkeys(p.world for p in here))
    kinds = [(land.kind, land.label, [p for p in here if p.land == i]) for i, land in enumerate(lands)]
    others = [(w, known[w][1], [p for p in here if p.world == w]) for w in ids] if len(ids) > 1 else []
    by_kind, by_world = (tuple(group(*one, names) for one in some if one[2]) for some in (kinds, others))
    return Part(prior, label_of(champion_of(names)), group("all", "All", here, names), by_kind, by_world)


def group(name: str, label: str, played: Sequence[Played], names: Sequence[str]) -> Group:
    """Some worlds together."""
    champion = champion_of(names)
    value = np.array([[r.value_usd for r in p.runs] for p in played])
    best = np.array([p.bound for p in played])
    land = np.array([p.land for p in played])
    ours = value[:, names.index(champion)]
    standings = tuple(standing(n, value[:, j], best, land, [p.runs[j] for p in played]) for j, n in enumerate(names))
    pairs = tuple(pair(n, ours - value[:, j], value[:, j], land) for j, n in enumerate(names) if n != champion)
    return Group(name, label, len(played), float(best.mean()), standings, pairs)


def standing(name: str, value: Floats, best: Floats, land: np.ndarray, runs: Sequence[Run]) -> Standing:
    """One policy in some worlds."""

    def mean(of: str) -> float:
        return float(np.mean([getattr(r, of) for r in runs]))

    return Standing(
        name, label_of(name), interval(value, land), mean("ruined"), mean("below_floor"), float((best - value).mean()),
        mean("entered"), mean("served"), mean("ended"), mean("asked"), mean("refused"),
    )  # fmt: skip


def pair(name: str, gain: Floats, rival: Floats, land: np.ndarray) -> Pair:
    """Ours against one rival, world by world."""
    found = interval(gain, land)
    sure = found.low > 0.0 or found.high < 0.0
    small = abs(found.mean) < SMALL * abs(float(rival.mean()))
    verdict = "as_good" if not sure or small else "better" if found.mean > 0.0 else "worse"
    return Pair(name, label_of(name), found, verdict)


def interval(x: Floats, land: np.ndarray) -> Mean:
    """Mean and 95 % interval, the variance taken within each kind of firm: kinds are chosen, worlds are drawn."""
    variance = 0.0
    for kind in np.unique(land):
        mine = x[land == kind]
        variance += float(mine.var(ddof=1)) * len(mine) if len(mine) > 1 else 0.0
    half = Z95 * float(np.sqrt(variance)) / len(x)
    mean = float(x.mean())
    return Mean(mean, mean - half, mean + half)
