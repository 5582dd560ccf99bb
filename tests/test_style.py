"""Style and types are promises too: what `just lint` checks, checked with the tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "--strict", "src"]],
    ids=lambda command: " ".join(command),
)
def test_nothing_is_found(command):
    pytest.importorskip(command[0], reason="comes with the test tools")
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
