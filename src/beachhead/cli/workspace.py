"""What all commands that know of a journal share: the option ``--workspace``, and the journal that it means."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from beachhead.firm import Firm
    from beachhead.learn.journal import Journal
    from beachhead.store.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])


def workspace_option(command: Command) -> Command:
    """Add ``--workspace`` (parameter ``workspace``): where the firm's journal is kept."""
    return click.option(
        "--workspace",
        metavar="PLACE",
        help="Where the journal is kept: a folder, or a PostgreSQL URL [FIRM.beachhead beside the file].",
    )(command)


def journal_of(firm_path: Path, workspace: str | None = None) -> Journal:
    """The journal of a firm; an empty one if it keeps none. Raises InputError if what it keeps cannot be read."""
    from beachhead.learn.journal import EMPTY
    from beachhead.store.place import is_there, is_url, workspace_of

    place = workspace_of(firm_path, workspace)
    if not is_url(place) and not is_there(place):
        return EMPTY
    from beachhead.store.workspace import exists, open_workspace

    if not exists(place):
        return EMPTY
    with open_workspace(place, read_firm(firm_path)) as opened:
        return opened.journal()


def opened(firm_path: Path, workspace: str | None, *, create: bool = False) -> Workspace:
    """The open workspace of a firm file; with ``create`` it is begun if there is none."""
    from beachhead.store.workspace import open_workspace, workspace_of

    firm = read_firm(firm_path)
    return open_workspace(workspace_of(firm_path, workspace), firm, create=create)


def begun(firm_path: Path, workspace: str | None) -> bool:
    """Whether the firm of a file keeps a journal; one in a place that the user names is opened, or is a fault."""
    from beachhead.store.place import is_there, workspace_of

    read_firm(firm_path)  # its faults come first
    return workspace is not None or is_there(workspace_of(firm_path, None))


def say_next(firm_path: Path, workspace: str | None) -> None:
    """Tell what to do once something is written down."""
    from beachhead.cli.console import say

    say(f"Next: {typed('beliefs', firm_path, workspace)}")


def typed(command: str, firm_path: Path, workspace: str | None, *more: str) -> str:
    """A command on this firm as it can be typed in a shell; of a database URL not the password."""
    from beachhead.store.place import is_url, shown

    place = ("--workspace", shown(workspace) if is_url(workspace) else workspace) if workspace else ()
    return shlex.join(("beachhead", *command.split(), str(firm_path), *more, *place))


def read_firm(firm_path: Path) -> Firm:
    """The firm of a file."""
    from beachhead import flow

    return flow.load_firm(firm_path)
