"""``beachhead firm``: describe a firm in a file, and check that file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beachhead.cli.console import emit_json, err, fault_dicts, fault_rows, firm_argument, json_option, out, say, table

if TYPE_CHECKING:
    from beachhead.errors import InputError
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm


@click.group(short_help="Describe your firm: write the file, check it.")
def firm() -> None:
    """Describe your firm in a file, and check that file."""


@firm.command()
@firm_argument
@json_option
def check(firm_path: Path, as_json: bool) -> None:
    """Check a firm file: every fault at once, or what the file says in words.

    Faults go to stderr as a table (with --json: to stdout), and the exit code is 2.
    """
    from beachhead.errors import InputError
    from beachhead.evidence import load_evidence
    from beachhead.firm_file import read_firm

    try:
        checked = read_firm(firm_path)
        evidence = load_evidence(user=checked.evidence)
    except InputError as error:
        _show_faults(firm_path, error, as_json)
        raise click.exceptions.Exit(error.exit_code) from None
    _show_firm(firm_path, checked, evidence, as_json)


def _show_faults(path: Path, error: InputError, as_json: bool) -> None:
    from rich.text import Text

    from beachhead.cli.console import MAX_FAULTS, printable, show_error

    if as_json:
        emit_json({**_head(path), "ok": False, "faults": fault_dicts(error.faults), "warnings": [], "firm": None})
    if as_json or len(error.faults) == 1:
        show_error(error)
        return
    err().print(Text.assemble(("Error: ", "bold red"), printable(f"{path}: {len(error.faults)} faults")))
    err().print(table(("Field", "Value", "What to do"), fault_rows(error.faults[:MAX_FAULTS])))
    if len(error.faults) > MAX_FAULTS:
        say(f"… and {len(error.faults) - MAX_FAULTS} more.")


def _show_firm(path: Path, checked: Firm, evidence: Evidence, as_json: bool) -> None:
    from beachhead.firm_file.summary import describe, warnings

    found = warnings(checked, evidence)
    if as_json:
        said = checked.model_dump(mode="json")
        emit_json({**_head(path), "ok": True, "faults": [], "warnings": found, "firm": said})
        return
    console = out()
    console.print(f"✓ {path} has no faults.", markup=False)
    console.print(table(("", "What the file says"), describe(checked)))
    for text in found:
        console.print(f"! {text}.", markup=False, soft_wrap=True)


def _head(path: Path) -> dict[str, str]:
    return {"schema": "beachhead.firm_check/1", "file": str(path)}


@firm.command()
@click.argument("path", type=click.Path(path_type=Path), default="firm.toml")
@click.option(
    "--from-answers", "answers", type=click.Path(path_type=Path), help="TOML or JSON file of answers; asks nothing."
)
@click.option("--force", is_flag=True, help="Replace an existing file; the old one is kept as .bak.")
def new(path: Path, answers: Path | None, force: bool) -> None:
    """Write a firm file that explains itself, from your answers to some questions.

    PATH is the file to write, or a folder; the default is firm.toml here. The answers file of --from-answers names the
    same fields as the firm file ("home", "sales.home_usd"); countries and languages may be given by name, sums as 420k.
    """
    from beachhead.firm_file.write import target_of, write_firm

    target = target_of(path, force)  # before the first question is asked
    kept = write_firm(_firm_from(_draft(answers), answers or target), target)
    if kept:
        say(f"The old file is kept as {kept}.")
    say(f"Written: {target}. Next: beachhead plan {target}")


def _draft(answers: Path | None) -> dict[str, Any]:
    if answers is not None:
        from beachhead.firm_file.answers import read_answers

        return read_answers(answers)
    from beachhead.cli.wizard import ask_all

    return ask_all()


def _firm_from(draft: dict[str, Any], source: Path) -> Firm:
    """The firm of a draft, or all its faults. Evidence files are looked for beside the answers."""
    from beachhead.errors import InputError
    from beachhead.firm_file.read import check_draft

    checked = check_draft(draft, source.parent)
    if checked.firm is None:
        raise InputError(list(checked.faults), str(source))
    return checked.firm
