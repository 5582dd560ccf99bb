"""What an owner edited in the rollout of a saved plan: quarters of moves, and moves and investments taken out.

Everything here works on the rollout as data. What hangs on a move moves with it: first sale, review, gate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from beachhead.errors import Fault
from beachhead.quarters import quarter_number

AGAIN = "pin it in the firm file and run 'beachhead rollout' to have it reckoned"

Document = dict[str, Any]


def _starts(found: Document) -> dict[str, Document]:
    """By market, the move that begins it or goes on with it."""
    return {move["market"]: move for move in found["moves"] if move["kind"] in ("enter", "continue")}


def _switches(found: Document) -> dict[str, Document]:
    return {move["market"]: move for move in found["moves"] if move["kind"] == "switch"}


def faults_of_edits(found: Document) -> Iterator[Fault]:
    """What may not be edited in the file, since other figures of the plan hang on it."""
    presences = {one["market"]: one for one in found["presences"]}
    starts, seen = _starts(found), set[tuple[str, bool]]()
    for i, move in enumerate(found["moves"]):
        path, market = f"moves[{i}]", move["market"]
        step = (market, move["kind"] == "switch")
        if step in seen:
            yield Fault(f"{path}.market", market, "has two such moves: keep one of the two")
        elif move["kind"] == "leave" and market not in presences:
            continue  # nothing is simulated of a market that is left at once
        elif market not in presences:
            yield Fault(f"{path}.market", market, f"was not in the plan that was made: {AGAIN}")
        else:
            yield from _faults_of_move(path, move, presences[market], starts, found["quarters"])
        seen.add(step)
    yield from _faults_of_purchases(found)


def _faults_of_purchases(found: Document) -> Iterator[Fault]:
    from beachhead.firm_rules import nearest
    from beachhead.rollout.tables import automations

    known = [one.id for one in automations()]
    for i, bought in enumerate(found["automation"]):
        path, quarters = f"automation[{i}]", found["quarters"]
        if bought["id"] not in known:
            tail = nearest(bought["id"], known) or f": one of {', '.join(known)}"
            yield Fault(f"{path}.id", bought["id"], f"is not an investment known here{tail}")
        if bought["quarter"] not in quarters:
            yield Fault(f"{path}.quarter", bought["quarter"], f"is not in the plan: {quarters[0]} to {quarters[-1]}")


def _faults_of_move(
    path: str, move: Document, presence: Document, starts: Mapping[str, Document], quarters: list[str]
) -> Iterator[Fault]:
    from beachhead.enter.modes import MODES

    switch = move["kind"] == "switch"
    planned = presence["then" if switch else "mode"]
    if planned < 0 or move["mode"] != MODES[planned]:
        was = MODES[planned] if planned >= 0 else "none"
        yield Fault(f"{path}.mode", move["mode"], f"the figures of the plan are those of {was}: {AGAIN}")
    if (move["kind"] == "continue") != presence["running"] and not switch:
        yield Fault(f"{path}.kind", move["kind"], "is not what the plan found; change only quarters, or take moves out")
    if move["quarter"] not in quarters and not switch:  # a switch may come after the last quarter of the plan
        yield Fault(f"{path}.quarter", move["quarter"], f"is not in the plan: {quarters[0]} to {quarters[-1]}")
    elif switch and move["market"] not in starts:
        yield Fault(f"{path}.market", move["market"], "its entry was taken out: take this move out too")
    elif switch and quarter_number(move["quarter"]) <= quarter_number(starts[move["market"]]["quarter"]):
        entry = starts[move["market"]]["quarter"]
        yield Fault(
            f"{path}.quarter", move["quarter"], f"is not after the entry ({entry}): switch later, or enter sooner"
        )


def edited(found: Document, gate_quarters: float) -> list[Document]:
    """The presences as the moves now have them: moved, without the switch, or gone.

    A market waits for what opened it if that is still in the plan and opens no later than the market starts.
    """
    first = quarter_number(found["quarters"][0])
    starts, switches = _starts(found), _switches(found)
    before = found["presences"]
    kept = [one for one in before if one["market"] in starts]
    moved = [_moved(one, quarter_number(starts[one["market"]]["quarter"]) - first, switches, first) for one in kept]
    place = {one["market"]: k for k, one in enumerate(moved)}
    for one, new in zip(kept, moved, strict=True):
        opener = before[one["opened_by"]] if one["opened_by"] >= 0 else None
        at = place.get(opener["market"], -1) if opener else -1
        waits = opener and at >= 0 and _opens(found, opener, moved[at], gate_quarters) <= new["start"]
        new["opened_by"] = at if waits else -1
    return moved


def _moved(one: Document, start: int, switches: Mapping[str, Document], first: int) -> Document:
    """A presence that starts in another quarter: its first sale moves along."""
    if one["running"]:
        start = one["start"]
    switch = switches.get(one["market"])
    return {
        **one,
        "start": start,
        "first_sale": one["first_sale"] + (start - one["start"]),
        "then": one["then"] if switch else -1,
        "switch": quarter_number(switch["quarter"]) - first - start if switch else 0,
    }


def _opens(found: Document, opener: Document, new: Document, gate_quarters: float) -> int:
    """Quarter of the plan from which a presence opens others, as it now starts: where the firm sells already, when its
    gate has passed; a pilot, at its gate; any other, with its first sale."""
    if opener["running"]:
        return int(max(math.ceil(gate_quarters + opener["first_sale"]), 0))
    first = quarter_number(found["quarters"][0])
    judged = [
        quarter_number(gate["quarter"]) - first
        for gate in found["gates"]
        if gate["market"] == opener["market"] and gate["kind"] == "pilot"
    ]
    planned = judged[0] if judged else math.ceil(opener["first_sale"])
    return int(planned + new["start"] - opener["start"])
