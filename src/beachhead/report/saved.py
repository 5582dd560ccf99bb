"""A plan read back from its ``result.json``: firm, moves, and the presences that are simulated.

The file is the owner's: the quarters of moves may be edited and moves taken out, and what follows from the plan then
follows from the edited one. What hangs on a move moves with it: the first sale, the review, the gate.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from beachhead.errors import Fault, InputError, bad
from beachhead.report.saved_edits import edited, faults_of_edits

if TYPE_CHECKING:
    from beachhead.firm import Firm
    from beachhead.flow import Plan
    from beachhead.rollout.result import Move, Rollout
    from beachhead.select.result import Selection

RESULT = "result.json"
PLAN, ROLLOUT, OUTLOOK = "beachhead.plan/1", "beachhead.rollout/1", "beachhead.outlook/1"
READ = (PLAN, ROLLOUT)
MAX_BYTES = 50_000_000
MADE_BY = "name the folder that 'beachhead plan' wrote, its result.json, or a firm file"

Document = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A plan as it was written to ``path``; ``document`` has schema ``beachhead.plan/1`` or ``beachhead.rollout/1``."""

    path: Path
    document: Document


# --- writing --------------------------------------------------------------------------------------------------------


def rollout_document(plan: Plan) -> Document:
    """``beachhead rollout --json``: the rollout, and what it was made from."""
    from beachhead.report.contract import stages

    return {"schema": ROLLOUT, **_made_from(plan), "rollout": stages(plan)["rollout"]}


def outlook_document(plan: Plan, seed: int) -> Document:
    """``beachhead outlook --json``: what follows, from which moves; ``seed``: of the simulated futures."""
    from beachhead.report.contract import stages

    found = stages(plan)
    followed = {"paths_seed": seed, "moves": found["rollout"]["moves"], "outlook": found["outlook"]}
    return {"schema": OUTLOOK, **_made_from(plan), **followed}


def _made_from(plan: Plan) -> Document:
    from beachhead.report.contract import firm_dict

    return {
        "firm": firm_dict(plan),
        "seed": plan.seed,
        "draws": plan.selection.draws,
        "evidence": {"snapshot": plan.evidence.snapshot, "vintage": plan.evidence.vintage},
    }


# --- reading the file -----------------------------------------------------------------------------------------------


def result_in(path: Path) -> Path | None:
    """The result file that ``path`` means: in a folder, or itself if it is JSON; None if it is something else."""
    if path.is_dir():
        return path / RESULT
    return path if path.suffix.lower() == ".json" else None


def is_saved(path: Path) -> bool:
    """Whether ``path`` means a plan that was made, rather than a firm file."""
    return result_in(path) is not None


def read_saved(path: Path) -> Saved:
    """The plan that lies at ``path``, a folder or a file.

    Raises InputError if there is none, if it is not JSON, not a plan, or a plan of a schema this version cannot read.
    """
    from beachhead.firm_file.source import decode, read_bytes

    place = result_in(path) or path
    if path.is_dir() and not place.is_file():
        raise bad("plan", str(path), f"this folder holds no {RESULT}: {MADE_BY}")
    text = decode(read_bytes(place, MAX_BYTES), place)
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise bad("file", "", f"is not JSON, or is cut off: {MADE_BY}", str(place)) from None
    return Saved(place, _checked(document, place))


def _refuse(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _checked(document: Any, place: Path) -> Document:
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema in READ and isinstance(document.get("firm"), dict):
        return dict(document)
    named = str(schema)[:60] if isinstance(schema, str) else ""
    if named.startswith(("beachhead.plan/", "beachhead.rollout/")) and schema not in READ:
        raise bad("schema", named, f"this version reads {PLAN}: plan again with it", str(place))
    raise bad("schema", named, f"this is not a plan: {MADE_BY}", str(place))


def previous(folder: Path) -> Document | None:
    """The plan that an earlier run wrote into ``folder``; None if there is none, or none that can be compared."""
    from beachhead.report.folder import written_before

    try:
        return comparable(read_saved(folder)) if RESULT in written_before(folder) else None
    except (InputError, OSError):
        return None


def comparable(saved: Saved) -> Document:
    """The document, of a form that can be held against another plan. Raises InputError with every fault.

    Keys that this version does not know, and those of the stages that an earlier one did not have, may differ.
    """
    from beachhead.report.document import ExcludedPart, RowPart
    from beachhead.report.document_stages import OutlookPart, RolloutPart

    parts = {
        "shortlist": list[RowPart],
        "excluded": list[ExcludedPart],
        "evidence": dict[str, str],
        "rollout": RolloutPart,
        "outlook": OutlookPart,
    }
    given = {name: kind for name, kind in parts.items() if saved.document.get(name) is not None}
    faults = [fault for name, kind in given.items() for fault in _faults_of_form(saved, name, kind)]
    if faults:
        raise InputError(faults, str(saved.path))
    return {name: value for name, value in saved.document.items() if name not in parts or name in given}


def drawn_with(saved: Saved) -> tuple[int, int]:
    """Seed and number of draws of a saved plan."""
    found = []
    for key in ("seed", "draws"):
        value = saved.document.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise bad(key, str(value), "is not the whole number that the plan was made with", str(saved.path))
        found.append(value)
    return found[0], found[1]


def firm_of(saved: Saved) -> Firm:
    """The firm of a plan, checked as a firm file is. Raises InputError with every fault.

    Its evidence files are named without their place: they are looked for in the folder of the plan and in the one
    around it, where the firm file lies unless ``--out`` was given.
    """
    from beachhead.firm_file import check_draft

    draft = saved.document["firm"]
    names = draft.get("evidence") or []
    if isinstance(names, list):
        names = [str(_beside(str(name), i, saved.path)) for i, name in enumerate(names)]
    checked = check_draft({**draft, "evidence": names}, Path())
    if checked.firm is None:
        faults = [Fault(f"firm.{fault.field}", fault.value, fault.remedy) for fault in checked.faults]
        raise InputError(faults, str(saved.path))
    return checked.firm


def _beside(name: str, i: int, place: Path) -> Path:
    folders = (place.parent.resolve(), place.parent.resolve().parent)
    there = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if there is None:
        where = " or ".join(str(folder) for folder in folders)
        remedy = (
            f"the plan was made with this evidence file, which is not in {where}: copy it there, or name the firm file"
        )
        raise bad(f"firm.evidence[{i}]", name, remedy, str(place))
    return there


# --- the rollout ----------------------------------------------------------------------------------------------------


def rollout_of(saved: Saved, selection: Selection) -> Rollout:
    """The saved rollout, edits of its moves laid over its presences, whose rows are those of ``selection``.

    Raises InputError with every fault of form, or else of sense; or if a market is no longer ranked, as may be when the
    evidence has been refreshed since.
    """
    found = _sensible(saved)
    presences = [{**one, "row": _row(one["market"], saved, selection)} for one in edited(found, _gate_quarters(saved))]
    return _as_rollout(found, presences)


def moves_of(saved: Saved) -> tuple[Move, ...]:
    """The moves of a saved plan, as they stand in the file."""
    from beachhead.rollout.result import Move

    return tuple(_made(Move, move) for move in _sensible(saved)["moves"])


def _sensible(saved: Saved) -> Document:
    """The rollout as data, without fault."""
    found = _rollout_part(saved)
    faults = [Fault(f"rollout.{fault.field}", fault.value, fault.remedy) for fault in faults_of_edits(found)]
    if faults:
        raise InputError(faults, str(saved.path))
    return found


def _row(market: str, saved: Saved, selection: Selection) -> int:
    if market not in selection.markets:
        why = next((one.reason for one in selection.excluded if one.market == market), "it is no economy known here")
        remedy = f"is not ranked with the evidence of today ({why}): plan again"
        raise bad("rollout.moves", market, remedy, str(saved.path))
    return selection.row(market)


def _rollout_part(saved: Saved) -> Document:
    """The rollout as data, of the published form. Keys that this version does not know are left out of account."""
    from beachhead.report.document_stages import RolloutPart
    from beachhead.rollout.result import Rollout

    if not isinstance(saved.document.get("rollout"), dict):
        remedy = "it ranks markets only (--no-rollout, or an earlier version): plan again, or name the firm file"
        raise bad("rollout", "", f"this plan has no moves: {remedy}", str(saved.path))
    later = {field.name for field in fields(Rollout) if field.default is not MISSING}
    faults = list(_faults_of_form(saved, "rollout", RolloutPart))
    there = saved.document["rollout"]
    needed = [name for name in RolloutPart.model_fields if name not in later | set(there)]
    faults += [Fault(f"rollout.{name}", "", "is missing: plan again") for name in needed]
    if faults:
        raise InputError(faults, str(saved.path))
    return dict(saved.document["rollout"])


def _faults_of_form(saved: Saved, name: str, kind: Any) -> Iterator[Fault]:
    """What is wrong with the form of one part of the document. Unknown keys are not, nor are keys of the part itself
    that are missing: a version before may not have had them."""
    from pydantic import TypeAdapter, ValidationError

    from beachhead.firm_file.words import dotted, shown

    try:
        TypeAdapter(kind).validate_python(saved.document[name])
    except ValidationError as error:
        for details in error.errors(include_url=False):
            missing, deep = details["type"] == "missing", len(details["loc"]) > 1
            if details["type"] != "extra_forbidden" and not (missing and not deep):
                message = details["msg"][:1].lower() + details["msg"][1:]
                value = "" if missing else shown(details["input"])
                yield Fault(dotted((name, *details["loc"])), value, message.replace("input should", "it should"))


def _gate_quarters(saved: Saved) -> float:
    """Quarters of sales that a gate looks at, by the firm's own assumption if it has one."""
    from beachhead.assumptions import Assumptions

    own = saved.document["firm"].get("assumptions")
    value = Assumptions(own if isinstance(own, dict) else {})["gate_quarters"]
    return value if isinstance(value, int | float) else 0.0


def no_longer_waiting(saved: Saved) -> tuple[str, ...]:
    """Markets that waited for a gate in the plan as it was made, and by the edits no longer do."""
    found = _rollout_part(saved)
    now = edited(found, _gate_quarters(saved))
    waited = {one["market"] for one in found["presences"] if one["opened_by"] >= 0}
    return tuple(one["market"] for one in now if one["market"] in waited and one["opened_by"] < 0)


# --- from data to results -------------------------------------------------------------------------------------------


def _as_rollout(found: Document, presences: list[Document]) -> Rollout:
    """The result of which :func:`beachhead.report.contract_stages.rollout_dict` writes the data."""
    from beachhead.rollout.result import Rollout

    rows, cash = found["hours"], found["cash"]
    areas = tuple(rows[0]["by_area"]) if rows else ()
    hours = {
        "areas": areas,
        "by_area": [[row["by_area"][area] for row in rows] for area in areas],
        **{key: [row[key] for row in rows] for key in ("saved", "used", "capacity")},
    }
    used = {
        key: {part: [row[part] for row in found[key]] for part in ("used", "capacity")}
        for key in ("attention", "launches")
    }
    flat = {"floor_usd": cash["floor_usd"], "break_share": cash["break_share"]}
    rollout: Rollout = _made(Rollout, {**found, **flat, **used, "hours": hours, "presences": presences})
    return rollout


def _made(kind: Any, value: Any) -> Any:
    """Data as the type of a result: a dataclass field by field, a tuple, an array, a number (null: infinite)."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        given = [field.name for field in fields(kind) if field.name in value or field.default is MISSING]
        return kind(**{name: _made(hints[name], value[name]) for name in given})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_made(inner[0], one) for one in value)
    if origin is Literal or kind in (str, int, bool):
        return value
    if kind is float:
        return math.inf if value is None else float(value)
    return np.array(value, dtype=float)
