"""How two plans differ: the result of :func:`beachhead.report.diff.difference`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

SCHEMA = "beachhead.plans_diff/1"
Document = Mapping[str, Any]
Change = Literal["added", "dropped", "earlier", "later", "mode", "started", "ended", "leaves", "stays"]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that the plans were made from and that differs; None where it does not stand.

    ``limit``: the limit that it sets, '' if none; ``loosens``: whether the second plan has more room by it.
    ``bound``: quarters in which that limit holds back the plan that has less room.
    """

    field: str
    before: Any
    after: Any
    limit: str = ""
    loosens: bool = False
    bound: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step differs.

    ``kind``: named (the file pins, forbids, commits or excludes the market, or says that it runs), excluded, candidate
    (no longer or newly among those considered), input (a limit was loosened or tightened by ``subject``: ``before`` is
    the room that the plan with less of it leaves, ``after`` what the step needs; None if not known), limit (``subject``
    holds the plan back in one and not in the other), worth, entry (a switch follows its market), sole (``subject`` is
    all that was changed). Otherwise ``before`` and ``after`` are what stands in the two plans.
    """

    kind: Literal["named", "excluded", "candidate", "input", "limit", "worth", "entry", "sole"]
    subject: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """A market's entry, its switch of mode, or an investment that is not the same in both plans.

    ``before``, ``after``: the step as the documents have it, None where it is absent. ``quarters``: how many later it
    comes (negative: earlier).
    """

    what: Literal["entry", "switch", "automation"]
    id: str
    before: Document | None
    after: Document | None
    changes: tuple[Change, ...]
    quarters: int
    because: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitShift:
    """A limit, and the quarters in which it holds each plan back; ``shadow`` is what one more unit is worth, USD."""

    id: str
    name: str
    unit: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    shadow_before: float
    shadow_after: float


@dataclass(frozen=True, slots=True)
class GateShift:
    """A gate that is in one plan only, or asks for something else; None where it is absent."""

    market: str
    kind: str
    before: Document | None
    after: Document | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of both plans, None where a plan does not have it."""

    id: str
    name: str
    unit: Literal["usd", "chance"]
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two plans side by side. ``same_firm``: both are of one firm. ``planned``: which of the two have a rollout.

    ``same_steps``: steps that stand in both alike. ``joined``, ``left``: markets of one shortlist only. ``stopped``:
    which of the two were stopped before the solver was done; ``gap``: the larger of the two optimality gaps.
    """

    names: tuple[str, str]
    same_firm: bool
    planned: tuple[bool, bool]
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    same_steps: int
    limits: tuple[LimitShift, ...]
    gates: tuple[GateShift, ...]
    figures: tuple[Figure, ...]
    joined: tuple[str, ...]
    left: tuple[str, ...]
    stopped: tuple[bool, bool]
    gap: float

    @property
    def nothing(self) -> bool:
        """Whether the plans say the same: inputs, steps, gates and shortlist."""
        return not (self.inputs or self.steps or self.gates or self.joined or self.left)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, schema ``beachhead.plans_diff/1``."""
        return {"schema": SCHEMA, **asdict(self)}


def at(document: Any, path: str) -> Any:
    """What stands at a dotted path, or None."""
    for key in path.split("."):
        document = document.get(key) if isinstance(document, Mapping) else None
    return document
