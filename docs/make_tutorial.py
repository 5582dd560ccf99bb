"""Run the blocks of docs/tutorial.md and docs/year.md, each in an empty folder, and write down what they really print.

    python docs/make_tutorial.py            run, and write the outputs into the pages
    python docs/make_tutorial.py --check    run, and exit with 1 if something else comes out than the page shows

A block ``console`` holds commands after ``$ `` and what they print. A block ``python`` holds ``>>>`` lines and what
they print. A block with ``title="NAME"`` is a file to be written; as ``diff`` it is a change to a file. All other
blocks are left alone.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import doctest
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGES = tuple(Path(__file__).parent / name for name in ("tutorial.md", "year.md"))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
WIDTH = "96"  # columns of the terminal


@dataclass
class Session:
    """A folder with the files that the reader has by now, and the names that Python knows by now."""

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def block(self, match: re.Match[str]) -> str:
        """Run one block; return it with what it really prints."""
        kind, title, text = match.groups()
        if title:
            self._change(title, text) if kind == "diff" else self._write(title, text)
        run = {"console": self._console, "python": self._python}.get(kind)
        return match[0] if title or run is None else f"```{kind}\n{run(text)}```"

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _change(self, name: str, text: str) -> None:
        """Replace the lines after ``-`` by those after ``+``; comments at the end of lines may differ."""
        path = self.folder / name
        whole = path.read_text(encoding="utf-8")
        for old, new in pairs(text):
            whole, count = re.subn(rf"^{re.escape(old)}(?!\S).*$", new.replace("\\", r"\\"), whole, flags=re.MULTILINE)
            if count != 1:
                raise LookupError(f"{name} has {count} lines that begin with {old!r}")
        path.write_text(whole, encoding="utf-8")

    def _console(self, text: str) -> str:
        commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        return "".join(f"$ {command}\n{self._shell(command)}" for command in commands)

    def _shell(self, command: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {"COLUMNS": WIDTH, "BEACHHEAD_HOME": str(self.folder / "home"), "PATH": path, "NO_COLOR": "1"}
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=os.environ | own, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}")
        return plain(done.stdout)

    def _python(self, text: str) -> str:
        examples = doctest.DocTestParser().get_examples(text)
        return "".join(f"{shown(one.source)}{self._execute(one.source)}" for one in examples)

    def _execute(self, source: str) -> str:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(self.folder):
            exec(compile(ast.Interactive(ast.parse(source).body), "tutorial", "single"), self.names)
        return plain(printed.getvalue())


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Old and new lines of a diff block, in turn."""
    old = [line[1:].strip() for line in text.splitlines() if line.startswith("-")]
    new = [line[1:].strip() for line in text.splitlines() if line.startswith("+")]
    return zip(old, new, strict=True)


def shown(source: str) -> str:
    """Source with the prompts of the interpreter."""
    first, *more = source.rstrip("\n").split("\n")
    return "\n".join([f">>> {first}", *(f"... {line}" for line in more)]) + "\n"


def plain(text: str) -> str:
    """Text without spaces at the ends of lines or empty lines at its ends."""
    lines = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    return f"{lines}\n" if lines else ""


def run(text: str) -> str:
    """The page with what its blocks really print."""
    with tempfile.TemporaryDirectory() as folder:
        return BLOCK.sub(Session(Path(folder)).block, text)


def same(old: str, new: str) -> bool:
    """Whether two texts say the same: equal words, and numbers within 2 % or one unit of the last digit shown.

    The draws are the same everywhere; the last bits of a sum are not, and a figure at the edge may round the other way.
    """
    words = [" ".join(NUMBER.sub("#", re.sub(r"[█▏▎▍▌▋▊▉━─]+", "", text)).split()) for text in (old, new)]
    numbers = zip(NUMBER.findall(old), NUMBER.findall(new), strict=False)
    return words[0] == words[1] and all(near(a, b) for a, b in numbers)


def near(a: str, b: str) -> bool:
    """Whether two numbers, as written, are close enough."""
    x, y = (float(text.replace(",", "")) for text in (a, b))
    unit = 10.0 ** -len(a.partition(".")[2])
    return abs(x - y) <= max(0.02 * abs(x), 1.001 * unit)


def difference(page: Path) -> str:
    """How the page differs from what its blocks print; empty if it does not."""
    old = page.read_text(encoding="utf-8")
    new = run(old)
    if same(old, new):
        return ""
    return "\n".join(difflib.unified_diff(old.splitlines(), new.splitlines(), "shown", "printed", lineterm=""))


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - {"--check"}:
        sys.exit(f"{', '.join(sorted(unknown))}: only --check is known")
    if "--check" in sys.argv:
        sys.exit("\n".join(filter(None, map(difference, PAGES))))
    for page in PAGES:
        page.write_text(run(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
