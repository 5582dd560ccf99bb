"""While the solver searches: how far it is, on stderr, and Ctrl-C to end the search with the best plan so far."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from beachhead.cli.console import progress, say

if TYPE_CHECKING:
    from beachhead.rollout.solve import Progress

EVERY = 0.1  # seconds between two looks; the solver calls thousands of times a second
STOPPING = "Ending the search with the best plan so far. Press Ctrl-C again to give up."
WAITING = "There is no plan yet: the search ends as soon as there is one. Press Ctrl-C again to give up."


class Watch:
    """What a search reports to. The first Ctrl-C ends the step that runs, with the best plan so far; the next gives up.

    Before a search has begun, Ctrl-C gives up at once: there is nothing to keep.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told = -EVERY
        self._begun = self._asked = self._said = False
        self._ended = ""  # the step that was ended

    def __call__(self, seen: Progress) -> bool:
        """Show how far the search is; False ends its step."""
        self._begun = True
        if time.monotonic() - self._told >= EVERY:
            self._told = time.monotonic()
            self._tell(progress_words(seen))
        if self._asked and not self._said:
            say(STOPPING if seen.best_usd is not None else WAITING)
            self._said = True
        if self._asked and not self._ended and seen.best_usd is not None:
            self._ended = seen.step
        return seen.step != self._ended

    def interrupt(self, *_: Any) -> None:
        """What Ctrl-C does. Only notes it: nothing may be written from within a signal."""
        if self._asked or not self._begun:
            raise KeyboardInterrupt
        self._asked = True


def progress_words(seen: Progress) -> str:
    """``Choosing the moves: best so far USD 61k, at most 2 % from the best possible``."""
    from beachhead.charts import numbers as n

    if seen.best_usd is None:
        return seen.step
    gap = "" if seen.gap is None else f", at most {n.pct(seen.gap)} from the best possible"
    return f"{seen.step}: best so far {n.usd_signed(seen.best_usd)}{gap}"


@contextmanager
def watched(label: str) -> Iterator[Watch]:
    """Progress under ``label`` while the block runs; Ctrl-C goes to the :class:`Watch` that the block gets."""
    with progress(label) as steps:
        watch = Watch(steps.tell)
        with _on_interrupt(watch.interrupt):
            yield watch


@contextmanager
def _on_interrupt(handler: Callable[..., None]) -> Iterator[None]:
    """Ctrl-C goes to ``handler``; left alone where it is ignored, and outside the main thread, which alone gets it."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, None):
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
