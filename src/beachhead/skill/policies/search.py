"""The search for defaults: which settings of plan-and-learn do best, on some worlds, and whether that holds on others.

One setting after the other is tried at each of its values, the rest as they stand. The best takes the place of what
stood if its gain is clear of zero and cash does not fall below the floor more often than the owner allows; else the
simpler one stays. Then the settings found play those that the search began with in fresh worlds. The owner's own limit
on launches is lifted for the search, so that every number of launches has the same hours, attention and cash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.skill.policies.game import play
from beachhead.skill.policies.land import Land
from beachhead.skill.policies.ours import PlanAndLearn, Settings
from beachhead.skill.policies.tables import read_table
from beachhead.skill.policies.tournament import interval
from beachhead.skill.policies.world import variants

TRIED: dict[str, tuple[float, ...]] = {
    "inquiry": (0.0, 0.02, 0.05, 0.1),
    "launches": (1, 2, 3, 4, 6),
    "caution": (0.0, 0.1, 0.2, 0.4, 0.65),
    "reserve": (0.0, 0.5, 1.0, 1.5),
    "teaching": (0.0, 0.5, 1.0),
}
OPEN = 6  # launches at once that the owner allows during the search
BEGUN = Settings(caution=0.0, launches=2, inquiry=0.0, reserve=1.0, teaching=1.0)  # nothing is asked
MOST_BELOW = 0.05  # share of worlds below the floor: the owner's floor_risk
Play = Callable[[Sequence["Job"]], Iterator["Outcome"]]


@dataclass(frozen=True, slots=True)
class Job:
    """One setting in some worlds of one land."""

    land: Land
    settings: Settings
    seed: int
    worlds: int


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of it, (worlds,) each: worth, ruin, below the floor."""

    value: Floats
    ruined: Floats
    below: Floats


@dataclass(frozen=True, slots=True)
class Row:
    """A line of ``search.csv``. ``gain_usd``: beside the settings that stood before, world by world."""

    step: str
    setting: str
    tried: float
    value_usd: float
    gain_usd: float
    low: float
    high: float
    p_ruin: float
    p_below_floor: float
    worlds: int
    seed: int
    kept: bool


def freed(land: Land) -> Land:
    """The land without the owner's limit on launches."""
    return replace(land, rules=replace(land.rules, launches=OPEN))


def outcome(job: Job) -> Outcome:
    """Play one setting."""
    believed = variants()[0]
    runs = []
    for number in range(job.worlds):
        truth = believed.draw(job.land, np.random.default_rng([job.seed, number]))
        runs.append(play(PlanAndLearn(job.settings), job.land, truth, np.random.default_rng([job.seed, number, 1])))
    return Outcome(
        *(np.array([getattr(r, x) for r in runs], dtype=float) for x in ("value_usd", "ruined", "below_floor"))
    )


def searched(
    lands: Sequence[Land], work: Play, *, seed: int, fresh: int, worlds: int, confirmed: int
) -> tuple[Settings, list[Row]]:
    """The settings found, and every try. ``work`` plays jobs, in any number of processes, in order."""
    open_lands, now, rows = [freed(land) for land in lands], BEGUN, []
    stood = together(open_lands, now, work, seed, worlds)
    for name, values in TRIED.items():
        tries = {x: together(open_lands, changed(now, name, x), work, seed, worlds) for x in values}
        told = {x: row("train", name, x, o, stood, len(lands), worlds, seed, False) for x, o in tries.items()}
        best = better(told, float(getattr(now, name)))
        rows += [replace(one, kept=x == best) for x, one in told.items()]
        now, stood = changed(now, name, best), tries.get(best, stood)
    again, begun = (together(open_lands, s, work, fresh, confirmed) for s in (now, BEGUN))
    rows.append(row("confirm", "all", float("nan"), again, begun, len(lands), confirmed, fresh, True))
    return now, rows


def better(told: dict[float, Row], stood: float) -> float:
    """The value that is kept of those tried."""
    able = [x for x, one in told.items() if one.low > 0.0 and one.p_below_floor <= MOST_BELOW]
    return max(able, key=lambda x: told[x].value_usd, default=stood)


def changed(settings: Settings, name: str, value: float) -> Settings:
    """The settings with one of them changed."""
    return replace(settings, **{name: type(getattr(settings, name))(value)})


def together(lands: Sequence[Land], settings: Settings, work: Play, seed: int, worlds: int) -> Outcome:
    """One setting on all lands."""
    found = list(work([Job(land, settings, seed, worlds) for land in lands]))
    return Outcome(*(np.concatenate([getattr(o, x) for o in found]) for x in ("value", "ruined", "below")))


def row(
    step: str, name: str, tried: float, o: Outcome, stood: Outcome, lands: int, worlds: int, seed: int, kept: bool
) -> Row:
    """A try beside what stood before."""
    gain = interval(o.value - stood.value, np.repeat(np.arange(lands), worlds))
    return Row(
        step=step,
        setting=name,
        tried=tried,
        value_usd=round(float(o.value.mean()), 1),
        gain_usd=round(gain.mean, 1),
        low=round(gain.low, 1),
        high=round(gain.high, 1),
        p_ruin=round(float(o.ruined.mean()), 5),
        p_below_floor=round(float(o.below.mean()), 5),
        worlds=lands * worlds,
        seed=seed,
        kept=kept,
    )


def recorded() -> list[dict[str, str]]:
    """The search that the package carries, as it was done by ``tools/search_defaults.py``."""
    return read_table("search.csv")


def as_record(one: Row) -> dict[str, object]:
    """A row for the CSV file."""
    return {k: ("" if isinstance(v, float) and np.isnan(v) else v) for k, v in asdict(one).items()}
