"""A journal of 100,000 entries: taken in, examined, listed, written out; beside csv and sqlite3 alone."""

from __future__ import annotations

import csv
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from measure import BEACHHEAD, EXAMPLE, Row, Section, child, show

from beachhead import load_firm
from beachhead.learn.channels import channel_ids
from beachhead.learn.journal import Entry
from beachhead.learn.journal_files import Lines, write_csv
from beachhead.store.check import check
from beachhead.store.workspace import open_workspace

ENTRIES = 100_000
TODAY = date(2026, 1, 1)
HEADER = "date,channel,markets,knowledge,growth_path,finding,estimate_usd,sd_log,cost_usd"


def once(work: Callable[[], object]) -> float:
    """Seconds on the clock of one run: what is written cannot be written again."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def write(path: Path) -> None:
    """A file of entries from every channel."""
    channels = channel_ids()
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        for k in range(ENTRIES):
            head = f"2025-0{k % 9 + 1}-1{k % 9},{channels[k % 14]},DEU;NLD,market,"
            file.write(f"{head},What was said in talk {k},{1000 + k},0.3,50\n")


def plain_import(source: Path, target: Path) -> None:
    """The peer: csv and sqlite3 alone, one transaction; no check of a value, no trigger, no digest."""
    with source.open(newline="", encoding="utf-8") as file, sqlite3.connect(target) as connection:
        reader = csv.reader(file)
        connection.execute(f"CREATE TABLE entry ({','.join(next(reader))})")
        connection.executemany(f"INSERT INTO entry VALUES ({','.join('?' * 9)})", reader)


def plain_export(source: Path, target: Path) -> None:
    """The peer's rows as CSV."""
    with sqlite3.connect(source) as connection, target.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(connection.execute("SELECT * FROM entry"))


def measure() -> Section:
    """Each once in this process; the whole command in one of its own, for its memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "j.csv")
        firm, lines = load_firm(EXAMPLE), Lines(folder / "j.csv", Entry, TODAY)
        peer = once(lambda: plain_import(folder / "j.csv", folder / "plain.sqlite"))
        with open_workspace(str(folder / "w"), firm, create=True) as journal:
            checked = once(lines.check)
            taken = once(lambda: journal.add_new(lines))
            again = once(lambda: journal.add_new(lines))
            with (folder / "o.csv").open("w", encoding="utf-8") as file:
                out = once(lambda: write_csv(journal.entries(), Entry, file))
            whole = once(lambda: check(journal))
            one = once(lambda: journal.add([next(iter(lines))[1]]))
        peer_out = once(lambda: plain_export(folder / "plain.sqlite", folder / "p.csv"))
        place = ["--workspace", str(folder / "w")]
        listed = child(BEACHHEAD, "learn", "list", str(EXAMPLE), "--json", *place)
        taken_in = child(
            BEACHHEAD, "learn", "import", str(EXAMPLE), str(folder / "j.csv"), "--workspace", str(folder / "v")
        )
    plain = "csv and sqlite3 alone"
    return Section(
        "Journal",
        "python bench/journal.py",
        (
            Row("100,000 entries checked and taken in", checked + taken, "s", plain, peer),
            Row("the same file again: nothing is new", again, "s"),
            Row("100,000 entries written as CSV", out, "s", plain, peer_out),
            Row("every page and every record examined", whole, "s"),
            Row("one more entry, confirmed on disk", one, "s"),
            Row("`learn import`, memory at its peak", taken_in.peak, "MB", "", float("nan"), 250),
            Row("`learn list --json`, memory at its peak", listed.peak, "MB", "", float("nan"), 250),
        ),
        "One run each. The peer reads no value, keeps no rule and cannot tell damage: it is the floor of such work.",
    )


if __name__ == "__main__":
    show([measure()])
