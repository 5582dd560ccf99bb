"""Because of what: how much of a change each thing learnt accounts for, so that the parts add up to the whole.

A belief is a sum over its sources already; here it is put into per cent. What a market is worth is not: there each
thing learnt counts for what would be missing without it, and what several do only together stands on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.learn.journal import EMPTY, Entry, Journal, Result
from beachhead.learn.result import Belief, Source

MOST = 24  # things learnt that are left out one by one; weaker ones are left out as one


@dataclass(frozen=True, slots=True)
class Part:
    """What one source adds to a belief: to the logarithm, and in per cent of what was believed before."""

    source: Source
    log: float
    pct: float


def parts(belief: Belief, row: int, least: float = 0.0) -> tuple[Part, ...]:
    """What moved one market's belief, the strongest first; of at least ``least`` in the logarithm.

    Logarithms add up to the shift of the mean, per cents to the change of the median: each source has its share of
    the logarithm times the logarithmic mean of the medians before and after (Ang 2004, the additive LMDI).
    """
    logs = belief.share[row]
    scale = 100.0 * log_mean(1.0, float(np.exp(logs.sum())))
    order = np.argsort(-np.abs(logs), kind="stable")
    return tuple(
        Part(belief.sources[s], float(logs[s]), scale * float(logs[s])) for s in order if abs(logs[s]) >= least
    )


def log_mean(a: float, b: float) -> float:
    """(b − a) / (ln b − ln a), and a where the two are the same."""
    x = np.log(b / a)
    return float(a if abs(x) < 1e-12 else a * np.expm1(x) / x)


# --- what is new ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class New:
    """Something that was learnt since: an entry, a market's results, or what the owner keeps or gives back.

    ``source``: None for decisions on assumptions, and for several things left out as one; ``without``: the journal had
    it not come in.
    """

    name: str
    source: Source | None
    without: Journal


def news(before: Journal, now: Journal, old: Mapping[int, Entry] | None = None) -> tuple[New, ...]:
    """What stands ``now`` and did not stand ``before``, one by one. ``old``: superseded entries by number.

    An entry that corrects another is taken out by putting the older one back, if that stood before.
    """
    found = [*_new_entries(before, now, old or {}), *_new_results(before, now)]
    if before.held != now.held:
        found.append(New("assumptions kept or given back", None, replace(now, held=before.held)))
    return tuple(found)


def _new_entries(before: Journal, now: Journal, old: Mapping[int, Entry]) -> Iterator[New]:
    known = {entry.id: entry for entry in before.entries}
    standing = {entry.id for entry in now.entries}
    for entry in now.entries:
        if entry.id not in known:
            back = [known[k] for k in _corrected(entry, old) if k in known and k not in standing]
            kept = [one for one in now.entries if one.id != entry.id]
            yield New(f"entry {entry.id}", Source(entry.id), replace(now, entries=_by_number([*kept, *back])))


def _corrected(entry: Entry, old: Mapping[int, Entry]) -> Iterator[int]:
    """Numbers of the entries that this one stands for, the last first."""
    number = entry.supersedes
    while number is not None:
        yield number
        number = old[number].supersedes if number in old else None


def _by_number(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.id))


def _new_results(before: Journal, now: Journal) -> Iterator[New]:
    then = set(before.results)
    for market in dict.fromkeys(one.market for one in now.results if one not in then):
        kept = [one for one in now.results if one.market != market]
        back = [one for one in before.results if one.market == market]
        source = Source(market=market)
        yield New(str(source), source, replace(now, results=tuple(_in_time([*kept, *back]))))


def _in_time(results: Iterable[Result]) -> list[Result]:
    return sorted(results, key=lambda one: (one.market, one.quarter))


def weighed(found: Sequence[New], beliefs: Iterable[Belief], now: Journal, most: int = MOST) -> tuple[New, ...]:
    """The ``most`` things that moved beliefs most, one by one, and the others as one."""
    if len(found) <= most:
        return tuple(found)
    pull = {source: 0.0 for one in found if (source := one.source)}
    for belief in beliefs:
        for source, share in zip(belief.sources, np.abs(belief.share).max(axis=0, initial=0.0), strict=True):
            pull[source] = max(pull.get(source, 0.0), float(share))
    ordered = sorted(found, key=lambda one: -(pull[one.source] if one.source else np.inf))
    rest = ordered[most:]
    return (*ordered[:most], New(f"{len(rest)} weaker ones together", None, _without_all(now, rest)))


def _without_all(now: Journal, rest: Sequence[New]) -> Journal:
    """The journal without several things; what they had corrected is not put back."""
    entries = {one.source.entry for one in rest if one.source}
    markets = {one.source.market for one in rest if one.source and one.source.market}
    return replace(
        now,
        entries=tuple(entry for entry in now.entries if entry.id not in entries),
        results=tuple(one for one in now.results if one.market not in markets),
    )


# --- what it changed ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What each thing learnt does to a value, (U, …): ``each`` is what would be missing without it, ``together`` (…)
    what only several of them do. Their sum is ``after`` − ``before``."""

    names: tuple[str, ...]
    sources: tuple[Source | None, ...]
    before: Floats
    after: Floats
    each: Floats
    together: Floats


def effects(found: Sequence[New], before: Journal, now: Journal, value: Callable[[Journal], Floats]) -> Effects:
    """Leave each thing out in turn, and see what the value loses. ``value`` of a journal has any shape."""
    after, base = value(now), value(before)
    each = np.array([after - value(one.without) for one in found]).reshape(len(found), *after.shape)
    return Effects(
        names=tuple(one.name for one in found),
        sources=tuple(one.source for one in found),
        before=base,
        after=after,
        each=each,
        together=after - base - each.sum(axis=0),
    )


def known_then(learning: Mapping[str, Sequence[int]] | None, records: Sequence[Entry | Result]) -> Journal:
    """The journal that an earlier plan was made with. ``learning``: the numbers that it wrote down, None if it knew of
    none; ``records``: all there ever were."""
    if not learning:
        return EMPTY
    entries, results = set(learning.get("entries", ())), set(learning.get("results", ()))
    return Journal(
        tuple(one for one in records if isinstance(one, Entry) and one.id in entries),
        tuple(_in_time(one for one in records if isinstance(one, Result) and one.id in results)),
        frozenset(str(name) for name in learning.get("held", ())),
    )
