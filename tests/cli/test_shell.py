"""The shell: quick to start, one message for each error, exit codes that scripts can rely on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import click
import pytest
from click.testing import CliRunner, Result

import beachhead
from beachhead.cli import COMMANDS, Lazy, main
from beachhead.cli.console import emit_json, message_of, table
from beachhead.errors import BeachheadError, Fault, InputError, UnreachableError, bad

DATA = ("numpy", "scipy", "pandas", "duckdb", "pyarrow")
HEAVY = (*DATA, "pydantic", "jinja2", "babel", "rich", "vl_convert", "highspy")


def loaded_after(code: str) -> set[str]:
    """Names of the heavy modules that a fresh interpreter has loaded after running the code."""
    program = f"import sys\n{code}\nprint('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import beachhead",
        "from beachhead.cli import main\nmain(['--help'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['--version'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['firm', '--help'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['products', '--help'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['plan', '--help'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['rollout', '--help'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['outlook', '--help'], standalone_mode=False)",
        "from beachhead.cli import main\nmain(['plans', 'diff', '--help'], standalone_mode=False)",
    ],
)
def test_start_up_loads_nothing_heavy(code: str) -> None:
    assert loaded_after(code) == set()


def test_every_command_of_the_table_exists_and_bears_its_short_help() -> None:
    context = click.Context(main)
    for name, lazy in COMMANDS.items():
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help, f"{name} says nothing of itself"
        assert lazy.short_help.endswith(".")


def test_help_lists_every_command() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    assert all(name in text and lazy.short_help in text for name, lazy in COMMANDS.items())


def test_version_is_the_package_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"beachhead {beachhead.__version__}\n"


def test_wrong_command_names_the_nearest() -> None:
    result = CliRunner().invoke(main, ["plna"])
    assert result.exit_code == 2
    assert "'plan'" in result.stderr and result.stdout == ""


# Errors: one message on stderr, the error's exit code, no traceback.


def run_raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Run a command that raises the error."""

    def callback() -> NoReturn:
        raise error

    module = ModuleType("raising")
    module.command = click.Command("raising", callback=callback)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "raising", module)
    monkeypatch.setitem(COMMANDS, "raising", Lazy("raising:command", "Fails."))
    return CliRunner().invoke(main, ["raising"])


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (bad("cash.floor_usd", -1, "must be 0 or more"), 2, "cash.floor_usd = -1: must be 0 or more"),
        (InputError([Fault("a", "1", "x"), Fault("b", "", "y")], "firm.toml"), 2, "firm.toml: 2 faults"),
        (UnreachableError("the World Bank does not answer"), 4, "does not answer"),
        (BeachheadError("plain"), 2, "plain"),
        (KeyboardInterrupt(), 130, "Interrupted"),
        (click.Abort(), 130, "Interrupted"),
        (ZeroDivisionError("division by zero"), 1, "BEACHHEAD_DEBUG=1"),
    ],
)
def test_error_becomes_one_message_and_its_exit_code(
    error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BEACHHEAD_DEBUG", raising=False)
    result = run_raising(error, monkeypatch)
    assert result.exit_code == code
    assert words in result.stderr and "Traceback" not in result.stderr
    assert result.stdout == ""


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEACHHEAD_DEBUG", "1")
    result = run_raising(ZeroDivisionError("division by zero"), monkeypatch)
    assert isinstance(result.exception, ZeroDivisionError)


def test_closed_pipe_is_no_error() -> None:
    """The reader of stdout has gone before anything is written: no message, exit code 0."""
    read, write = os.pipe()
    os.close(read)
    program = "from beachhead.cli import main; main(['products', 'search', 'coffee', '--json'])"
    done = subprocess.run([sys.executable, "-c", program], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and "Broken" not in done.stderr


def test_many_faults_are_counted_not_poured_out() -> None:
    message = message_of(InputError([Fault(f"f{i}", "", "x") for i in range(200)]))
    assert "200 faults" in message and "150 more" in message
    assert len(message.splitlines()) < 60


def test_values_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_raising(BeachheadError("red \x1b[31m [bold]x[/bold]\x07"), monkeypatch)
    assert "\x1b" not in result.stderr and "\x07" not in result.stderr
    assert "[bold]x[/bold]" in result.stderr, "text of a file is never read as markup"


def test_json_is_strict_and_readable(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"name": "São Tomé"})
    assert "São Tomé" in capsys.readouterr().out
    with pytest.raises(ValueError, match="JSON"):
        emit_json(float("nan"))


def test_table_cells_are_plain_text() -> None:
    from rich.console import Console

    console = Console(width=60)
    with console.capture() as capture:
        console.print(table(("A", "B"), [("[red]x", "1\x1b")], right=("B",)))
    assert "[red]x" in capture.get() and "\x1b" not in capture.get()


def test_console_script_runs(tmp_path: Path) -> None:
    """The command as installed, in a folder of its own: help without writing anything there."""
    script = Path(sys.executable).with_name("beachhead")
    if not script.exists():
        pytest.skip("the package is not installed as a command")
    done = subprocess.run([script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout and done.stderr == ""
    assert list(tmp_path.iterdir()) == []
