"""Install the package and its test tools, then run the tests. Needs Python 3.11 or newer, pip and a package registry.

    python3 tools/run_tests.py                     everything
    python3 tools/run_tests.py tests/select -x     what follows goes to pytest

The environment is the folder ``.venv``. On Debian, as root, a missing Chromium is installed for the tests of the report
in a browser; where none can be had these tests are skipped. The last line printed is pytest's closing line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BROWSERS = ("chromium", "chromium-browser")  # the names that the tests look for
WORKERS = ("-n", "auto", "--dist", "loadfile")  # one process for each core; a file's tests stay together
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
CLOSING = re.compile(r"\d+ (passed|failed|error|skipped|deselected)|no tests ran")


def group(name: str) -> Iterator[str]:
    """The requirements of a dependency group of pyproject.toml; pip reads groups itself only since 25.1."""
    import tomllib  # not there before 3.11, which is said below in plainer words

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for one in groups[name]:
        yield from group(one["include-group"]) if isinstance(one, dict) else [one]


def install() -> None:
    """Make the environment and put the package with its test tools into it.

    The pip that is there does it: Debian's Python makes environments without pip unless another package is installed.
    """
    if not PYTHON.exists():
        venv.EnvBuilder().create(HOME)
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-qq"]
    subprocess.run([*pip, "--editable", str(ROOT), *group("test")], check=True)


def apt_get(*arguments: str) -> bool:
    """Whether apt-get did it."""
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-qq", *arguments], stdout=subprocess.DEVNULL, env=settings).returncode == 0


def install_browser() -> None:
    """Debian's Chromium, where we may; otherwise say that the tests in a browser will be skipped."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    may = shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0
    if not (may and apt_get("update") and apt_get("install", "-y", "--no-install-recommends", "chromium")):
        print("No Chromium is here and none could be installed: the tests in a browser are skipped.", flush=True)


def run_pytest(arguments: list[str]) -> int:
    """Run pytest, pass on what it prints, close with its closing line. No test run is a failure."""
    command = [str(PYTHON), "-m", "pytest", *WORKERS, *arguments]
    settings = ONE_THREAD | os.environ  # the workers share the cores already
    closing, last = "", ""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=settings
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip()
            closing = last if CLOSING.search(last) else closing
    if closing != last:
        print(closing or "no tests ran", flush=True)
    return process.returncode or (0 if re.search(r"[1-9]\d* passed", closing) else 1)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file may meet an older Python before the package does
        sys.exit("Python 3.11 or newer is needed.")
    install()
    install_browser()
    sys.exit(run_pytest(sys.argv[1:]))
