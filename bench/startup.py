"""How quickly the program starts: CPU seconds of fresh processes."""

from __future__ import annotations

import sys

from measure import BEACHHEAD, Row, Section, children, show


def measure() -> Section:
    """CPU of importing the package and of --help, beside importing pandas."""
    nothing = children(sys.executable, "-c", "pass").cpu
    ours = children(sys.executable, "-c", "import beachhead").cpu
    pandas = children(sys.executable, "-c", "import pandas").cpu
    usage = children(BEACHHEAD, "--help").cpu
    return Section(
        "Start",
        "python bench/startup.py",
        (
            Row("`import beachhead`, CPU", ours, "s", "`import pandas`", pandas, 0.1),
            Row("`beachhead --help`, CPU", usage, "s", "`import pandas`", pandas, 0.15),
        ),
        f"The interpreter alone takes {nothing:.3g} s of each.",
    )


if __name__ == "__main__":
    show([measure()])
