"""What a cold ``beachhead plan`` takes: seconds on the clock and memory at its peak, report and charts included."""

from __future__ import annotations

import tempfile

from measure import BEACHHEAD, EXAMPLE, Row, Section, children, show


def measure() -> Section:
    """A fresh process that plans for the Indian app firm and writes the whole folder."""
    with tempfile.TemporaryDirectory() as folder:
        spent = children(BEACHHEAD, "plan", str(EXAMPLE), "--out", folder + "/plan")
    return Section(
        "A whole plan",
        "python bench/plan.py",
        (
            Row("`beachhead plan`, cold", spent.wall, "s", limit=10),
            Row("the same, memory at its peak", spent.peak, "MB", limit=500),
        ),
        "No tool that we know does the same, so there is a limit but no peer.",
    )


if __name__ == "__main__":
    show([measure()])
