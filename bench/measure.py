"""What the measurements share: medians, child processes with their CPU time and memory, the table, the machine."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "india_mobile_app.toml"
BEACHHEAD = str(Path(sys.executable).parent / "beachhead")
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement beside its peer. ``ours`` and ``theirs`` in ``unit``; ``limit`` is what we promise, or nan."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float = float("nan")
    limit: float = float("nan")

    def cells(self) -> tuple[str, ...]:
        """The row as text; the ratio is peer over ours."""
        known = self.theirs == self.theirs
        return (
            self.what,
            f"{self.ours:.3g} {self.unit}",
            f"{self.limit:g} {self.unit}" if self.limit == self.limit else "",
            self.peer,
            f"{self.theirs:.3g} {self.unit}" if known else "",
            f"{self.theirs / self.ours:.3g} ×" if known else "",
        )


@dataclass(frozen=True, slots=True)
class Section:
    """The measurements of one script."""

    title: str
    command: str
    rows: tuple[Row, ...]
    note: str = ""

    def table(self) -> str:
        """The rows as a Markdown table."""
        heads = ("What", "beachhead", "Limit", "Peer", "Peer takes", "Peer ÷ beachhead")
        lines = [heads, ("---",) * len(heads), *(row.cells() for row in self.rows)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def text(self) -> str:
        """The section as Markdown."""
        return "\n\n".join(x for x in (f"## {self.title}", f"`{self.command}`", self.table(), self.note) if x) + "\n"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a child process took: seconds on the clock, seconds of CPU, MB of memory at its peak."""

    wall: float
    cpu: float
    peak: float


def child(*command: str) -> Spent:
    """Run a command to its end and say what it took; what it prints is thrown away.

    A small process between us and the command starts it: Linux counts the memory of whoever starts a process as a peak
    of that process too.
    """
    launcher = [sys.executable, str(Path(__file__).resolve()), *command]
    done = subprocess.run(launcher, cwd=ROOT, capture_output=True, text=True, check=True)
    return Spent(*json.loads(done.stdout))


def launch(command: Sequence[str]) -> Spent:
    """What a command takes that this process starts itself."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    scale = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, in kB elsewhere
    return Spent(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / scale)


def children(*command: str, repeats: int = REPEATS) -> Spent:
    """Medians over several runs; one run before them fills the disk's cache."""
    child(*command)
    runs = [child(*command) for _ in range(repeats)]
    wall, cpu, peak = (statistics.median(getattr(run, name) for run in runs) for name in ("wall", "cpu", "peak"))
    return Spent(wall, cpu, peak)


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds on the clock; one run before them warms up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def printed_seconds(code: str, repeats: int = REPEATS) -> float:
    """Median of what a fresh interpreter prints: ``code`` measures itself."""
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True) for _ in range(repeats + 1)]
    return statistics.median(float(run.stdout) for run in runs[1:])


def machine() -> str:
    """What the figures were measured on."""
    import numpy

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    versions = f"Python {platform.python_version()}, NumPy {numpy.__version__}"
    return f"{os.cpu_count()} cores of {cpu}, {platform.system()}, {versions}; medians of {REPEATS} runs"


def show(sections: Sequence[Section]) -> None:
    """Print the sections and the machine."""
    print("\n".join([*(section.text() for section in sections), f"{machine()}."]))


if __name__ == "__main__":
    print(json.dumps(astuple(launch(sys.argv[1:]))))
