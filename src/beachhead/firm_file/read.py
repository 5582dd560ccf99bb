"""From a path to a :class:`Firm`, or to every fault that the file has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from beachhead.errors import Fault, InputError
from beachhead.firm import Firm
from beachhead.firm_file.known import unknown_names
from beachhead.firm_file.source import read_tables
from beachhead.firm_file.words import faults_of
from beachhead.firm_rules import Draft, broken_rules


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft after all checks: the firm, or every fault in the order of the fields."""

    firm: Firm | None
    faults: tuple[Fault, ...]


def read_firm(path: Path) -> Firm:
    """Read and check ``firm.toml``. Raises InputError with every fault found.

    The evidence files are named in the file from where it lies, and in the result from where the program runs.
    """
    checked = check_draft(read_tables(path), path.parent)
    if checked.firm is None:
        raise InputError(list(checked.faults), str(path))
    return checked.firm.model_copy(update={"evidence": tuple(path.parent / name for name in checked.firm.evidence)})


def check_draft(draft: Draft, folder: Path) -> Checked:
    """Check tables, however they were read, for faults of form, of sense and of names that do not exist."""
    try:
        firm, form = Firm.model_validate(draft), []
    except ValidationError as error:
        firm, form = None, list(faults_of(error))
    sense = [*broken_rules(draft), *unknown_names(draft, folder)]
    faults = _one_per_field([*_without_echoes(form, sense), *sense])
    return Checked(None if faults else firm, tuple(sorted(faults, key=_file_order)))


def _without_echoes(form: list[Fault], sense: list[Fault]) -> list[Fault]:
    """Faults of form without those of a list or section that only say that something within it is wrong."""
    above = {fault.field[: mark.start()] for fault in (*form, *sense) for mark in re.finditer(r"[.\[]", fault.field)}
    return [fault for fault in form if fault.field not in above]


def _one_per_field(faults: list[Fault]) -> list[Fault]:
    """One fault for a field and value: the last found knows most (a name's remedy says more than a pattern's)."""
    return list({(fault.field, fault.value): fault for fault in faults}.values())


def _file_order(fault: Fault) -> tuple[int, str]:
    """Faults in the order in which the template lists the fields."""
    top = fault.field.split(".")[0].split("[")[0]
    known = list(Firm.model_fields)
    return (known.index(top) if top in known else len(known), fault.field)
