"""What is asked for on the command line, laid over a firm file with the same checks: pace, pins, what is forbidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beachhead.errors import Fault, InputError, bad

if TYPE_CHECKING:
    from beachhead.firm import Firm

FORM = "write MARKET, MARKET:MODE or MARKET:MODE:QUARTER; a part may stay empty, as in DEU::2027Q3"
PACE = {"quarters": "--quarters", "launches_at_once": "--launches", "phases": "--no-phases"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """Options as typed. ``pace``: fields of ``[pace]``; ``committed``: what the plan ``since`` is committed to."""

    pace: dict[str, Any] = field(default_factory=dict)
    pins: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    committed: tuple[dict[str, str], ...] = ()
    since: str = ""


def laid_over(firm: Firm, wishes: Wishes) -> Firm:
    """The firm with the wishes over its own: they replace its pace field by field, and its pins of the same market.

    Raises InputError with every fault, each under the name of its option.
    """
    from beachhead.firm_file import check_draft

    draft = firm.model_dump(mode="json")
    pins = [_start("--pin", text) for text in wishes.pins]
    wanted = {pin["market"] for pin in pins}
    draft["pace"] |= wishes.pace
    draft["pin"] = [pin for pin in draft["pin"] if pin["market"] not in wanted] + pins
    draft["forbid"] += [_start("--forbid", text) for text in wishes.forbids]
    draft["committed"] += wishes.committed
    checked = check_draft(draft, Path())
    if checked.firm is None:
        raise InputError(list(_by_option(checked.faults, dict(_names(draft, wishes)))))
    return checked.firm


def _start(option: str, text: str) -> dict[str, str | None]:
    """A start from ``MARKET:MODE:QUARTER``; the market may be written as a name."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) > 3 or not any(parts) or (option == "--pin" and not parts[0]):
        raise bad(option, text, FORM if option == "--pin" else f"{FORM}, :subsidiary or ::2027Q1")
    market, mode, quarter = [*parts, "", ""][:3]
    return {
        "market": _market(option, market) if market else None,
        "mode": mode.lower() or None,
        "quarter": quarter.upper() or None,
    }


def _market(option: str, text: str) -> str:
    from beachhead.cli.planning import known_market
    from beachhead.evidence.catalogue import load_catalogue

    try:
        return known_market(text, load_catalogue())
    except InputError as error:
        raise bad(option, text, error.faults[0].remedy) from None


def _names(draft: dict[str, Any], wishes: Wishes) -> Iterator[tuple[str, tuple[str, str]]]:
    """For each field that an option set: the option, and what was typed."""
    yield from ((f"pace.{name}", (PACE[name], str(value))) for name, value in wishes.pace.items())
    for name, option, typed in (("pin", "--pin", wishes.pins), ("forbid", "--forbid", wishes.forbids)):
        first = len(draft[name]) - len(typed)
        yield from ((f"{name}[{first + i}]", (option, text)) for i, text in enumerate(typed))
    first = len(draft["committed"]) - len(wishes.committed)
    for i, one in enumerate(wishes.committed):
        yield f"committed[{first + i}]", ("--from", f"{wishes.since}, committed to {':'.join(one.values())}")


def _by_option(faults: Sequence[Fault], names: dict[str, tuple[str, str]]) -> Iterator[Fault]:
    """Faults under the names of the options that caused them."""
    for fault in faults:
        own = next((names[key] for key in names if fault.field == key or fault.field.startswith(f"{key}.")), None)
        remedy = fault.remedy
        for key, (option, typed) in names.items():
            remedy = remedy.replace(key, f"{option} {typed}")
        yield Fault(own[0], own[1], remedy) if own else Fault(fault.field, fault.value, remedy)
