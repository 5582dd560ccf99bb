"""How quickly the tournament of policies is played: a thousand worlds, beside the limit that was set."""

from __future__ import annotations

from functools import partial

import numpy as np
from measure import Row, Section, seconds, show

from beachhead import flow
from beachhead.skill.policies.clairvoyant import bound
from beachhead.skill.policies.firms import kinds
from beachhead.skill.policies.land import Land, land_of
from beachhead.skill.policies.roster import OURS, own_policies
from beachhead.skill.policies.tournament import Job, one_world
from beachhead.skill.policies.world import variants

WORLDS, LIMIT = 20, 600.0
KIND = "services_poor_few"


def land() -> Land:
    """One kind of firm, with the rollout's plan."""
    [kind] = kinds((KIND,))
    return land_of(kind.firm, flow.load_evidence(), kind=kind.id, label=kind.label, seed=1)


def worlds(on: Land, names: tuple[str, ...]) -> None:
    """Some worlds, one after the other in this process."""
    for number in range(WORLDS):
        one_world(on, names, Job(0, "as_believed", (number,)), number, 1)


def bounds(on: Land) -> None:
    """The clairvoyant's bound alone."""
    for number in range(WORLDS):
        bound(on, variants()[0].draw(on, np.random.default_rng([1, number])))


def measure() -> Section:
    """Seconds on the clock."""
    on, names = land(), tuple(own_policies())
    prepare = seconds(land)
    each = seconds(partial(worlds, on, names)) / WORLDS
    whole = (8 * prepare + 1_000 * each) / 2.0
    return Section(
        "Tournament of policies",
        "python bench/policies.py",
        (
            Row("1,000 worlds, eight kinds of firm, on two cores (reckoned)", whole, "s", "as stated", LIMIT, LIMIT),
            Row("planning for one firm, once", prepare, "s"),
            Row(f"one world, {len(names)} policies and the bound", each, "s"),
            Row("  of it ours", seconds(partial(worlds, on, (OURS,))) / WORLDS, "s"),
            Row("  of it the bound", seconds(partial(bounds, on)) / WORLDS, "s"),
        ),
        f"Measured over {WORLDS} worlds of {KIND} in one process; the first row is the sum of the parts, halved.",
    )


if __name__ == "__main__":
    show([measure()])
