"""What all commands share: results to stdout, messages to stderr, JSON, tables, progress.

Results (tables, JSON) go to stdout; everything said about them goes to stderr, so that ``--json`` can be piped.
``rich`` is imported when it is needed; without a terminal it writes plain text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from beachhead.errors import BeachheadError, Fault, InputError

if TYPE_CHECKING:
    from rich.console import Console

    from beachhead.report.fitted import Fitted

Command = TypeVar("Command", bound=Callable[..., Any])
MAX_FAULTS = 50  # shown one by one; the rest is counted


def json_option(command: Command) -> Command:
    """Add ``--json`` (parameter ``as_json``): clean JSON on stdout, messages on stderr."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout instead of text.")(command)


def firm_argument(command: Command) -> Command:
    """Add the argument FIRM (parameter ``firm_path``). The reader, not click, says what is wrong with the file."""
    return click.argument("firm_path", metavar="FIRM", type=click.Path(path_type=Path))(command)


def out() -> Console:
    """The console of results (stdout)."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


def err() -> Console:
    """The console of messages (stderr)."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(message: str) -> None:
    """One line for the user about what is going on; never part of the result."""
    err().print(message, markup=False, soft_wrap=True)


def warn(message: str) -> None:
    """A warning: the work goes on."""
    from rich.text import Text

    err().print(Text.assemble(("Warning: ", "yellow"), printable(message)), soft_wrap=True)


def emit_json(value: Any) -> None:
    """Write one JSON document to stdout: UTF-8, indented, ``NaN`` refused, same value → same bytes."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def printable(text: str) -> str:
    """Text without control characters, so that a file cannot steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def show_error(error: BeachheadError) -> None:
    """One message on stderr: what is wrong, where, and what to do."""
    from rich.text import Text

    err().print(Text.assemble(("Error: ", "bold red"), printable(message_of(error))), soft_wrap=True)


def message_of(error: BeachheadError) -> str:
    """The text of an error: one fault on one line, several as a list."""
    if not isinstance(error, InputError):
        return str(error)
    place = f"{error.where}: " if error.where else ""
    if len(error.faults) == 1:
        return place + str(error.faults[0])
    lines = [f"  - {fault}" for fault in error.faults[:MAX_FAULTS]]
    if len(error.faults) > MAX_FAULTS:
        lines.append(f"  … and {len(error.faults) - MAX_FAULTS} more")
    return f"{place}{len(error.faults)} faults\n" + "\n".join(lines)


def show_defect(error: Exception) -> None:
    """The program, not the user, is at fault: say so, and how to see more."""
    from rich.text import Text

    text = (
        f"{type(error).__name__}: {error}. This is a fault of the program, not of your input. "
        "Set BEACHHEAD_DEBUG=1 to see where it happened, and please report it."
    )
    err().print(Text.assemble(("Internal error: ", "bold red"), printable(text)), soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()) -> Fitted:
    """A plain table; columns named in ``right`` are set flush right (figures). Cell text is never read as markup."""
    from beachhead.report.fitted import Fitted

    cells = tuple(tuple(map(printable, row)) for row in rows)
    flush = tuple(column in right for column in columns)
    return Fitted(tuple(columns), cells, flush, (False,) * len(flush))


def fault_rows(faults: Iterable[Fault]) -> list[tuple[str, str, str]]:
    """Faults as rows of a table: field, value, what to do."""
    return [(fault.field, fault.value, fault.remedy) for fault in faults]


def fault_dicts(faults: Iterable[Fault]) -> list[Mapping[str, str]]:
    """Faults as JSON objects."""
    return [{"field": fault.field, "value": fault.value, "remedy": fault.remedy} for fault in faults]


@dataclass(slots=True)
class Steps:
    """A progress bar to be moved on, and its label to be changed; silent when nobody watches."""

    advance: Callable[[float], None]
    tell: Callable[[str], None] = lambda label: None


@contextmanager
def progress(label: str, total: float | None = None) -> Iterator[Steps]:
    """Show progress on stderr while the block runs: a bar of ``total``, or a spinner when the total is not known."""
    console = err()
    if not console.is_terminal:
        yield Steps(lambda amount: None)
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars = (BarColumn(),) if total is not None else (SpinnerColumn(),)
    with Progress(TextColumn("{task.description}"), *bars, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield Steps(lambda amount: bar.advance(task, amount), lambda label: bar.update(task, description=label))
