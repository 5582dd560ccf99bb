"""Entries and results that make sense, and what the tests of workspaces share."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st
from strategies import MARKETS, MODES

from beachhead.learn.channels import channel_ids
from beachhead.learn.journal import GROWTH_PATHS, KNOWLEDGE, Entry, Result

texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)
findings = st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"), min_size=1, max_size=60)
amounts = st.floats(1e-3, 1e12)


@dataclass(frozen=True, slots=True)
class Named:
    """As much of a firm as a workspace asks for."""

    name: str = "Tamarind Apps"


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """An entry with a figure, a comparison or neither, and any other field filled in or not."""
    markets = tuple(draw(st.lists(st.sampled_from(MARKETS[:-1]), unique=True, max_size=3)))
    about = draw(st.sampled_from(["potential", "entry_cost", "hazard"]))
    figure = {"chance": draw(st.floats(0.01, 0.99))} if about == "hazard" else {"estimate_usd": draw(amounts)}
    comparison = {
        "says": draw(st.sampled_from(["better", "alike", "worse"])),
        "than": draw(st.sampled_from(["expected", MARKETS[-1]])),
        "expected_usd": draw(st.none() | amounts),
    }
    return Entry(
        date=draw(st.dates(date(2020, 1, 1), date(2026, 1, 1))),
        channel=draw(st.sampled_from(channel_ids())),
        markets=markets,
        about=about,
        knowledge=tuple(draw(st.lists(st.sampled_from(KNOWLEDGE), unique=True))),
        growth_path=draw(st.none() | st.sampled_from(GROWTH_PATHS)),
        finding=draw(findings.filter(lambda text: text.strip())),
        mode=draw(st.none() | st.sampled_from(MODES)),
        sd_log=draw(st.none() | st.floats(0.01, 5)),
        cost_usd=draw(st.just(0.0) | amounts),
        who=draw(texts),
        decision=draw(texts),
        **(draw(st.sampled_from([{}, figure, comparison])) if markets else {}),
    )


results = st.builds(
    Result,
    market=st.sampled_from(MARKETS[:4]),
    quarter=st.sampled_from(["2024Q1", "2024Q2", "2025Q4"]),
    sales_usd=st.just(0.0) | amounts,
    cost_usd=st.just(0.0) | amounts,
    mode=st.none() | st.sampled_from(MODES),
    left=st.booleans(),
)


def plain(finding: str = "Two peers sell there", **changes: object) -> Entry:
    """An entry in which nothing is of interest but what is changed."""
    return Entry(**{"date": date(2025, 3, 4), "channel": "peers_consulted", "finding": finding} | changes)


def numbered(records: list) -> list:
    """The records with the numbers that an empty journal gives them."""
    return [one.model_copy(update={"id": k}) for k, one in enumerate(records, 1)]


def child(work: Callable[[Callable[[object], None]], None]) -> tuple[int, int]:
    """Start a process that does ``work`` and reports to us; return its id and where to read what it reports.

    A fork, for a fresh interpreter would take longer than the work. The child never returns into the tests.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    code = 1
    try:
        os.close(read)
        work(lambda said: os.write(write, f"{said}\n".encode()))
        code = 0
    finally:
        os._exit(code)


def reported(pid: int, read: int) -> list[str]:
    """Every line that a child has reported when it ends."""
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(pid, 0)
    return said.splitlines()


def killed(pid: int, read: int, after: float, *, begun: bool) -> list[str]:
    """Kill a child without warning some seconds after it began, or after its first report; what it had reported."""
    first = os.read(read, 1) if begun else b""
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    return (first.decode() + "\n".join(reported(pid, read))).splitlines()
