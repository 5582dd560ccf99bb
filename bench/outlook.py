"""How quickly the consequences of a plan are simulated, beside the same model looped in plain Python.

The peer is the second implementation of the tests: the same draws, one path, quarter and market after another. It is
timed over fewer paths, and the time is scaled in proportion.
"""

from __future__ import annotations

import sys
import tracemalloc
from functools import partial
from typing import Any

from measure import ROOT, Row, Section, seconds, show

from beachhead.outlook.draws import draw
from beachhead.outlook.measures import memory_mb
from beachhead.outlook.pace import pace
from beachhead.outlook.schedule import Case
from beachhead.outlook.simulate import CHUNK, THREADS, simulate

PATHS, PEER_PATHS = 10_000, 10
MARKETS, USUAL = 60, 8


def made_up(count: int, **rules: Any) -> Any:
    """A plan of the tests, in which everything occurs: gates, reviews, switches, exits, likeness, automation."""
    sys.path.insert(0, str(ROOT / "tests" / "outlook"))
    from cases import rich

    return rich(count, **rules)


def looped(plan: Any) -> float:
    """Seconds for all paths in plain Python."""
    from plain import Plain, follow_plainly

    drawn = draw(plan.case(), 1, 0, PEER_PATHS)
    slow = Plain(plan.ground, plan.schedule)
    return seconds(partial(follow_plainly, slow, drawn, PEER_PATHS)) * PATHS / PEER_PATHS


def peak_mb(case: Case) -> float:
    """Most memory that the arrays take at once."""
    tracemalloc.start()
    simulate(case, 1, PATHS)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def every_pace(plan: Any) -> None:
    """The plan and its seven other paces."""
    pace(plan.ground, plan.schedule, simulate(plan.case(), 1, PATHS), 1, PATHS)


def measure() -> Section:
    """Seconds on the clock, and memory."""
    large, usual = made_up(MARKETS), made_up(USUAL)
    case = large.case()
    peer = looped(large)
    name = f"{PATHS:,} paths × {MARKETS} markets × {case.quarters} quarters"
    return Section(
        "Outlook",
        "python bench/outlook.py",
        (
            Row(name, seconds(partial(simulate, case, 1, PATHS)), "s", "the same model in plain Python", peer, 0.3),
            Row("on one thread", seconds(partial(simulate, case, 1, PATHS, threads=1)), "s", "the same", peer),
            Row("its arrays, at their peak", peak_mb(case), "MB", "as stated", memory_mb(case, PATHS, CHUNK, THREADS)),
            Row(f"{USUAL} markets", seconds(partial(simulate, usual.case(), 1, PATHS)), "s", "the same", looped(usual)),
            Row(f"{USUAL} markets, whole pace curve", seconds(partial(every_pace, usual)), "s"),
        ),
        f"Draws included. {case.end} quarters are simulated, so that what starts in the last quarter of the plan is "
        f"judged over its own {case.horizon}. Peer: over {PEER_PATHS} paths, draws not included, time scaled by "
        f"{PATHS // PEER_PATHS:,}.",
    )


if __name__ == "__main__":
    show([measure()])
