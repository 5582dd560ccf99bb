"""From the journal to observations: what each entry and each year of sales says of which market, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.evidence.model import Floats
from beachhead.learn.channels import Numbers, channel
from beachhead.learn.journal import EXPECTED, About, Entry, Journal
from beachhead.learn.result import Source

BETTER_IS_MORE = {"potential": True, "entry_cost": False, "hazard": False}


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing said of ln x, where x is the quantity of a field.

    It speaks of the sum of ``weights`` × ln x over ``rows`` (of the markets): that it, with noise, lies between ``low``
    and ``high``, which are equal for a figure. ``channel``: whose bias and noise it has, '' for own books. ``firm``:
    whether it holds what is about the firm; ``luck``: and the luck of this firm there; ``year`` of tenure, 0 first,
    that the sales are of, −1 for others. ``stated``: the noise is the writer's own, not the channel's; ``factor``: the
    channel's noise is multiplied by it.
    """

    source: Source
    rows: tuple[int, ...]
    weights: tuple[float, ...]
    low: float
    high: float
    noise: float
    channel: str = ""
    firm: bool = False
    luck: bool = False
    year: int = -1
    rumour: float = 0.0
    stated: bool = True
    factor: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What entries are read against. ``rows``: of the markets; ``prior`` (M,): ln of what was expected, by field;
    ``cost`` (M, 7): ln of the planned cost of entry by mode; ``numbers`` by channel; ``factor`` (M, 3): on noise, by
    kind of knowledge, from absorptive capacity."""

    rows: Mapping[str, int]
    prior: Floats
    cost: Floats | None
    numbers: Mapping[str, Numbers]
    factor: Mapping[str, Floats]
    assumed: Assumptions


def told(journal: Journal, about: About, seen: Context) -> Iterator[Observation]:
    """What the entries say of one field. Entries without a figure or a comparison say nothing of it."""
    for entry in journal.entries:
        rows = tuple(seen.rows[m] for m in entry.markets if m in seen.rows)
        if entry.about != about or not rows:
            continue
        if (figure := figure_of(entry, rows, seen)) is not None:
            yield observation(entry, rows, figure, figure, seen)
        elif entry.says is not None:
            yield from compared(entry, rows, seen)


def figure_of(entry: Entry, rows: tuple[int, ...], seen: Context) -> float | None:
    """The figure of an entry on the scale of its field, or None if it gives none."""
    if entry.about == "hazard" and entry.chance is not None:
        usual = -np.log1p(-min(seen.assumed["chance_exit"], 0.999))
        return float(np.log(-np.log1p(-min(max(entry.chance, 0.001), 0.999)) / usual))
    if entry.estimate_usd is None or entry.about == "hazard":
        return None
    if entry.about == "entry_cost":
        return float(np.log(entry.estimate_usd) - planned_cost(entry.mode, rows, seen))
    return float(np.log(entry.estimate_usd))


def planned_cost(mode: str | None, rows: tuple[int, ...], seen: Context) -> float:
    """Mean over markets of the ln planned cost of entry by a mode, by the lightest if none is named."""
    from beachhead.enter.modes import MODES

    assert seen.cost is not None, "the modes are worked out wherever an entry speaks of their cost"
    return float(seen.cost[list(rows), MODES.index(mode or "indirect_export")].mean())


def compared(entry: Entry, rows: tuple[int, ...], seen: Context) -> Iterator[Observation]:
    """Better, alike or worse than expected, or than another market: a range in which the difference lies."""
    width = seen.assumed["alike_within"]
    low, high = {"better": (width, np.inf), "alike": (-width, width), "worse": (-np.inf, -width)}[entry.says or "alike"]
    if not BETTER_IS_MORE[entry.about]:
        low, high = -high, -low
    if entry.than != EXPECTED:
        if entry.than in seen.rows:
            than = seen.rows[entry.than]
            if entry.about == "entry_cost":  # the costs themselves are compared, not how they differ from the plan
                gap = planned_cost(entry.mode, (than,), seen) - planned_cost(entry.mode, rows, seen)
                low, high = low + gap, high + gap
            yield observation(entry, rows, low, high, seen, than=than)
        return
    at = float(seen.prior[list(rows)].mean())
    if entry.expected_usd is not None:
        at = float(np.log(entry.expected_usd))
        at -= planned_cost(entry.mode, rows, seen) if entry.about == "entry_cost" else 0.0
    yield observation(entry, rows, at + low, at + high, seen)


def observation(
    entry: Entry, rows: tuple[int, ...], low: float, high: float, seen: Context, than: int | None = None
) -> Observation:
    """An entry as an observation; compared with another market its channel's bias falls out."""
    numbers = seen.numbers[entry.channel]
    factor = float(seen.factor[entry.channel][list(rows)].mean()) if entry.channel in seen.factor else 1.0
    weights = tuple(1.0 / len(rows) for _ in rows)
    return Observation(
        source=Source(entry=entry.id),
        rows=rows if than is None else (*rows, than),
        weights=weights if than is None else (*weights, -1.0),
        low=low,
        high=high,
        noise=entry.sd_log or numbers.noise_sd * factor,
        channel=entry.channel if than is None else "",
        firm=channel(entry.channel).sees != "market",
        luck=channel(entry.channel).sees == "own",
        rumour=seen.assumed["rumour_share"],
        stated=entry.sd_log is not None or than is not None,
        factor=factor,
    )
