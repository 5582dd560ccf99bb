"""Who takes part, and where it is played: the package's own and those of others, by entry point."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import entry_points
from typing import Any, cast

from beachhead.errors import bad
from beachhead.skill.policies.ours import PlanAndLearn
from beachhead.skill.policies.policy import Policy
from beachhead.skill.policies.rivals import FixedPlan, StayHome, in_order, rival_rows
from beachhead.skill.policies.world import World, variants

POLICIES, WORLDS = "beachhead.policies", "beachhead.worlds"
OURS = "plan_and_learn"
LABELS = {"stay_home": "Stay home", "fixed_plan": "Fixed plan", OURS: "Plan and learn (ours)"}


def own_policies() -> dict[str, Callable[[], Policy]]:
    """The package's policies by name, in the order of the table of results."""
    rules = {row["id"]: partial(in_order, row["id"]) for row in rival_rows()}
    return {"stay_home": StayHome, **rules, "fixed_plan": FixedPlan, OURS: PlanAndLearn}


def policy_names() -> tuple[str, ...]:
    """All that can be named: the package's own, then those of others."""
    return (*own_policies(), *(p.name for p in entry_points(group=POLICIES)))


def label_of(name: str) -> str:
    """A policy in words."""
    rules = {row["id"]: row["label"] for row in rival_rows()}
    return LABELS.get(name) or rules.get(name) or name


def policy_maker(name: str) -> Callable[[], Policy]:
    """What makes a policy for a new world. Raises InputError if there is none of that name, or if it cannot decide."""
    own = own_policies()
    if name in own:
        return own[name]
    make = _plugged(POLICIES, name, policy_names())
    if not isinstance(make(), Policy):
        raise bad("--policies", name, "what its entry point gives has no method decide(view)")
    return cast(Callable[[], Policy], make)


def worlds() -> Mapping[str, tuple[str, str]]:
    """Id to prior and label of every world that can be named."""
    own = {v.id: (v.prior, v.label) for v in variants()}
    return own | {p.name: (p.name, p.name) for p in entry_points(group=WORLDS)}


def world_named(name: str) -> World:
    """A world. Raises InputError if there is none of that name, or if it cannot draw."""
    own = {v.id: v for v in variants()}
    if name in own:
        return own[name]
    found = _plugged(WORLDS, name, tuple(worlds()))
    world = found() if isinstance(found, type) else found
    if not isinstance(world, World):
        raise bad("--world", name, "what its entry point gives has no method draw(land, rng)")
    return world


def _plugged(group: str, name: str, known: tuple[str, ...]) -> Any:
    points: Iterator[Any] = (p for p in entry_points(group=group) if p.name == name)
    point = next(points, None)
    if point is None:
        option = "--policies" if group == POLICIES else "--world"
        raise bad(option, name, f"choose from {', '.join(known)}")
    return point.load()
