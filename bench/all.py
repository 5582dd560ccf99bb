"""Run every measurement. With --write: into bench/results.md, and into the table of README.md.

Takes about ten minutes. Nothing else should run meanwhile.
"""

from __future__ import annotations

import os
import re
import sys

import inquiry
import journal
import learning
import load
import outlook
import plan
import policies
import rollout
import select_markets
import skill
import startup
from measure import ROOT, Section, machine, show

QUIET = 0.5  # processes at work on average over the last minute
SCRIPTS = (startup, load, select_markets, rollout, outlook, journal, learning, inquiry, skill, policies, plan)
MARKED = re.compile(r"(<!-- bench -->\n).*?(\n<!-- /bench -->)", re.DOTALL)


def write(sections: list[Section]) -> None:
    """Keep the figures where they are shown."""
    head = "# Results\n\nWritten by `python bench/all.py --write`.\n"
    results = "\n".join([head, *(section.text() for section in sections), f"{machine()}.\n"])
    (ROOT / "bench" / "results.md").write_text(results, encoding="utf-8")
    whole = Section("", "", tuple(row for section in sections for row in section.rows)).table()
    readme = ROOT / "README.md"
    shown = MARKED.sub(lambda m: f"{m[1]}{whole}\n\n{machine()}.{m[2]}", readme.read_text(encoding="utf-8"))
    readme.write_text(shown, encoding="utf-8")


if __name__ == "__main__":
    if os.getloadavg()[0] > QUIET:
        print("Something else is running: the figures will be too high.", file=sys.stderr)
    done = [script.measure() for script in SCRIPTS]
    show(done)
    if "--write" in sys.argv:
        write(done)
