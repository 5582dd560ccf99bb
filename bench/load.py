"""How quickly the snapshot answers in a fresh process, beside pandas reading the same files."""

from __future__ import annotations

from measure import Row, Section, printed_seconds, show

OURS = """
import time
start = time.perf_counter()
from beachhead.evidence import load_evidence
import duckdb
ready = time.perf_counter()
evidence = load_evidence()
evidence.facts(), evidence.anchors(), evidence.query("pairs_from", home="IND")
"""
PANDAS = """
import time
start = time.perf_counter()
import pandas
from beachhead.evidence.engine import package_folder
ready = time.perf_counter()
tables = {path.stem: pandas.read_parquet(path) for path in sorted(package_folder("snapshot").glob("*.parquet"))}
"""
WHOLE, READ = "print(time.perf_counter() - start)", "print(time.perf_counter() - ready)"


def measure() -> Section:
    """Seconds on the clock to the first answers, with and without the imports."""
    ours, theirs = ({what: printed_seconds(code + what) for what in (WHOLE, READ)} for code in (OURS, PANDAS))
    return Section(
        "Loading the snapshot",
        "python bench/load.py",
        (
            Row("snapshot until it answers, cold", ours[WHOLE], "s", "pandas, all tables", theirs[WHOLE], 0.5),
            Row("the same without the imports", ours[READ], "s", "pandas, all tables", theirs[READ]),
        ),
        "In a fresh process. Ours then has every country-wide figure, the anchors and all pairs of one country at hand "
        "and reads the rest when asked; pandas has read every table whole.",
    )


if __name__ == "__main__":
    show([measure()])
