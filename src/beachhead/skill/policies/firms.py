"""Kinds of firm for the tournament: two base firms and a table of changes, in every combination of its traits."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from beachhead.errors import bad
from beachhead.skill.policies.tables import read_table, text_of

if TYPE_CHECKING:
    from beachhead.firm import Firm


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of firm: ``id`` such as ``goods_poor_few``, a label, and the firm."""

    id: str
    label: str
    firm: Firm


def kind_ids() -> tuple[str, ...]:
    """All kinds, in the order of the table."""
    return tuple("_".join(levels) for levels in product(*_levels().values()))


def kinds(wanted: tuple[str, ...] = ()) -> tuple[Kind, ...]:
    """The kinds named, all if none is. Raises InputError for a name that is not known."""
    known = kind_ids()
    for name in wanted:
        if name not in known:
            raise bad("--kinds", name, f"choose from {', '.join(known)}")
    return tuple(_kind(name) for name in known if not wanted or name in wanted)


def _levels() -> dict[str, tuple[str, ...]]:
    """Levels of each trait: offer, cash, contacts."""
    found: dict[str, dict[str, None]] = {}
    for row in read_table("firms.csv"):
        found.setdefault(row["trait"], {})[row["level"]] = None
    return {trait: tuple(levels) for trait, levels in found.items()}


def _kind(name: str) -> Kind:
    from beachhead.firm import Firm

    levels = dict(zip(_levels(), name.split("_"), strict=True))
    rows = [row for row in read_table("firms.csv") if levels[row["trait"]] == row["level"]]
    base = next(json.loads(row["value"]) for row in rows if row["field"] == "base")
    draft = tomllib.loads(text_of(f"{base}.toml"))
    for row in rows:
        if row["field"] != "base":
            _put(draft, row["field"].split("."), json.loads(row["value"]))
    labels = dict.fromkeys(row["label"] for row in rows)
    return Kind(name, ", ".join(labels), Firm.model_validate({**draft, "name": name}))


def _put(draft: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        draft = draft[part]
    draft[path[-1]] = value
