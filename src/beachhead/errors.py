"""Errors that reach the user: each names the field, the value and the remedy.

The command line turns them into one message on stderr and an exit code; nothing is written before they are raised.
"""

from __future__ import annotations

from dataclasses import dataclass


class BeachheadError(Exception):
    """Base of every error that the program raises on purpose. ``exit_code`` is what the command line returns."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: which field, what stood there, and what to do about it."""

    field: str
    value: str
    remedy: str

    def __str__(self) -> str:
        shown = f" = {self.value}" if self.value else ""
        return f"{self.field}{shown}: {self.remedy}"


class InputError(BeachheadError):
    """Bad input. Carries every fault found, not only the first."""

    def __init__(self, faults: Fault | list[Fault], where: str = "") -> None:
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        self.where = where
        super().__init__("\n".join(str(f) for f in self.faults))


def bad(field: str, value: object, remedy: str, where: str = "") -> InputError:
    """An :class:`InputError` with one fault; the middle of a huge value is left out, so that it cannot flood the screen
    and the name of a file at the end of a long path is still told."""
    text = repr(value) if not isinstance(value, str) else value
    return InputError(Fault(field, shortened(text), remedy), where)


def shortened(text: str) -> str:
    """At most eighty letters: both ends of a longer text."""
    return text if len(text) <= 80 else f"{text[:30]} ... {text[-45:]}"


class InfeasibleError(BeachheadError):
    """No plan is possible under the owner's own limits; the message names the limits that conflict."""

    exit_code = 3


class UnreachableError(BeachheadError):
    """An outside service cannot be reached; nothing was changed."""

    exit_code = 4
