"""What a firm has learnt, as data and in words: beliefs that moved, entries that do not fit, whom to trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from beachhead.charts import numbers as n
from beachhead.charts.beliefs import Span, beliefs
from beachhead.charts.figure import Figure
from beachhead.learn.causes import Part, parts
from beachhead.learn.journal import ABOUT
from beachhead.report import tables_learning as tables
from beachhead.report.diff_words import market_name
from beachhead.report.rounding import number
from beachhead.report.tables import Table
from beachhead.report.words import sentence, with_article

if TYPE_CHECKING:
    from beachhead.firm import Firm
    from beachhead.flow import Plan
    from beachhead.learn.journal import About
    from beachhead.learn.result import Belief, ChannelBelief, Flag, Learnt, Revision, Source

P90 = 1.2815515655446004  # of the standard normal: eight cases of ten lie within so many sds
NOTABLE = 0.01  # a smaller shift of the logarithm is not shown
FIRST = 8  # markets shown at once
ABOUT_WORDS: dict[str, str] = {
    "potential": "sales a year once established",
    "entry_cost": "cost of entry",
    "hazard": "rate of leaving",
}
UNITS: dict[str, str] = {
    "potential": "USD a year",
    "entry_cost": "times the estimated cost of entry",
    "hazard": "times the usual rate of leaving",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """One market's belief before and now: P10, P50, P90; ``pct``: change of the median, to which ``parts`` add up."""

    market: str
    name: str
    before: tuple[float, float, float]
    now: tuple[float, float, float]
    pct: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Learning:
    """The section on what was learnt. ``lines`` are sentences; tables may be without rows."""

    lines: tuple[str, ...]
    tables: dict[str, Table]


def has_learnt(plan: Plan) -> bool:
    """Whether there is anything to show."""
    return plan.learnt is not None and bool(plan.learnt.journal)


# --- beliefs --------------------------------------------------------------------------------------------------------


def belief_of(learnt: Learnt, about: About) -> Belief:
    """One of the three fields."""
    found: Belief = getattr(learnt, about)
    return found


def moved(belief: Belief, names: Mapping[str, str], row: int) -> Moved:
    """One market, with everything that moved it."""
    before, now = (_span(mean[row], sd[row]) for mean, sd in _both(belief))
    shift = float(belief.mean[row] - belief.prior_mean[row])
    market = belief.markets[row]
    return Moved(market, names.get(market, market), before, now, 100.0 * np.expm1(shift), parts(belief, row))


def _both(belief: Belief) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    return (belief.prior_mean, belief.prior_sd), (belief.mean, belief.sd)


def _span(mean: float, sd: float) -> tuple[float, float, float]:
    """P10, P50 and P90 of a log-normal."""
    low, middle, high = (float(np.exp(mean + z * sd)) for z in (-P90, 0.0, P90))
    return low, middle, high


def most_moved(learnt: Learnt, about: About, names: Mapping[str, str], first: int | None = FIRST) -> list[Moved]:
    """Markets whose belief has moved: those that the journal speaks of, then the others, the most moved first.

    Moved is by its middle, or by how sure it is.
    """
    belief = belief_of(learnt, about)
    shift = np.abs(belief.mean - belief.prior_mean)
    surer = np.abs(np.log(np.maximum(belief.prior_sd, 1e-12) / np.maximum(belief.sd, 1e-12)))
    size, spoken = np.maximum(shift, surer), spoken_of(learnt)
    own = np.array([market in spoken for market in belief.markets], dtype=bool)
    order = np.lexsort((-size, ~own))
    return [moved(belief, names, int(m)) for m in order if size[m] >= NOTABLE][:first]


def spoken_of(learnt: Learnt) -> set[str]:
    """Markets that the journal names."""
    journal = learnt.journal
    return {m for one in journal.entries for m in one.markets} | {one.market for one in journal.results}


def belief_figure(learnt: Learnt, names: Mapping[str, str], about: About, rows: Sequence[int] = ()) -> Figure | None:
    """The chart of beliefs before and now, of the ``rows`` or of those that moved most; None if none did."""
    belief = belief_of(learnt, about)
    found = [moved(belief, names, m) for m in rows] or most_moved(learnt, about, names)
    if not found:
        return None
    says = "; ".join(f"{one.name} {' – '.join(map(tables.amount, one.now))}" for one in found)
    return Figure(
        "beliefs",
        "What you believed and what you believe now",
        f"Low, middle and high now: {says}.",
        "Grey: before anything was learnt; blue: now. Bars hold eight cases of ten, ticks and figures are the middle.",
        beliefs([Span(one.name, one.before, one.now) for one in found], UNITS[about]),
    )


def learning_figures(plan: Plan) -> list[Figure]:
    """The chart of what moved; none if nothing did."""
    found = belief_figure(plan.learnt, names_of(plan), "potential") if plan.learnt is not None else None
    return [found] if found else []


# --- words ----------------------------------------------------------------------------------------------------------


def names_of(plan: Plan) -> dict[str, str]:
    """Names of the ranked markets by code."""
    return dict(zip(plan.selection.markets, plan.selection.names, strict=True))


def learning(plan: Plan) -> Learning | None:
    """The section; None if nothing was learnt."""
    learnt = plan.learnt
    if learnt is None or not learnt.journal:
        return None
    names = names_of(plan)
    fields = {about: most_moved(learnt, about, names) for about in ABOUT}
    return Learning(
        lines=tuple(map(sentence, lines(learnt, names, plan.firm))),
        tables={
            **{about: tables.beliefs(found, names, UNITS[about]) for about, found in fields.items()},
            **_others(learnt, names),
        },
    )


def _others(learnt: Learnt, names: Mapping[str, str]) -> dict[str, Table]:
    return {
        "flags": tables.flags(learnt.flags, names, learnt),
        "channels": tables.channel_trust(learnt.channels),
        "revisions": tables.revisions(learnt.revisions),
    }


def beliefs_tables(learnt: Learnt, names: Mapping[str, str], about: About, found: Sequence[Moved]) -> list[Table]:
    """Tables on one field for the terminal: markets, what does not fit, channels, revisions."""
    return [tables.beliefs(found, names, UNITS[about]), *_others(learnt, names).values()]


def change_lines(one: Moved, about: About) -> Iterator[str]:
    """Before, now and the change, for one market."""
    yield f"before: {tables.spread(one.before)} {UNITS[about]} (low, middle, high)"
    yield f"now: {tables.spread(one.now)}, so {tables.signed_pct(one.pct)} in the middle{_surer(one)}"


def _surer(one: Moved) -> str:
    """How much narrower the range has become."""
    width = [np.log(span[2] / span[0]) for span in (one.before, one.now)]
    narrower = 1.0 - width[1] / width[0]
    return f", and the range is {n.pct(narrower)} narrower" if narrower >= 0.01 else ""


def lines(learnt: Learnt, names: Mapping[str, str], firm: Firm) -> Iterator[str]:
    """What was learnt, in sentences."""
    yield f"this plan knows {counted(learnt)} of your journal"
    found = most_moved(learnt, "potential", names, None)
    for one in found[:3]:
        yield _moved_line(one, names)
    yield from spread_line(learnt, found)
    for flag in learnt.flags:
        yield _flag_line(flag, names)
    yield from unheard(learnt)
    yield from not_counted(learnt, firm)
    used = [one.id for one in learnt.revisions if not one.held]
    if used:
        yield f"outcomes have changed {some(len(used), 'assumption')}: {n.listed(used[:4])}{' …' if used[4:] else ''}"


def unheard(learnt: Learnt) -> Iterator[str]:
    """Markets that the journal names and that are not ranked."""
    if gone := sorted(spoken_of(learnt) - set(learnt.potential.markets)):
        where = n.listed([market_name(market) for market in gone])
        yield f"what your journal says of {where} moves no belief: only ranked markets have one"


def not_counted(learnt: Learnt, firm: Firm) -> Iterator[str]:
    """Markets with sales in the results of which the firm file does not say that the firm sells there."""
    there = {p.country for p in firm.presence}
    sold = {one.market for one in learnt.journal.results if one.sales_usd > 0}
    if new := sorted(sold - there):
        where = n.listed([market_name(market) for market in new])
        yield f"your results show sales in {where}, which this plan does not count as running: 'beachhead replan' does"


def counted(learnt: Learnt) -> str:
    """How much there is in the journal: ``2 entries and 5 quarterly results``."""
    journal = learnt.journal
    quarters = len({(one.market, one.quarter) for one in journal.results})
    said = [some(len(journal.entries), "entry", "entries")] if journal.entries else []
    said += [some(quarters, "quarterly result")] if quarters else []
    return n.listed(said)


def some(count: int, one: str, many: str = "") -> str:
    """``1 entry``, ``2 entries``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def spread_line(learnt: Learnt, found: Sequence[Moved]) -> Iterator[str]:
    """How much other markets moved with those that the journal speaks of."""
    others = [one.pct for one in found if one.market not in spoken_of(learnt)]
    if others:
        typical = tables.signed_pct(float(np.median(others)))
        yield f"what you learnt moves {some(len(others), 'similar market')} too, the middle one by {typical}"


def _moved_line(one: Moved, names: Mapping[str, str]) -> str:
    where = with_article(one.market, one.name)
    low, high = n.short(one.now[0]), n.short(one.now[2])
    wide = f"now {n.usd(one.now[1])} a year in the middle, {low} to {high} in eight cases of ten"
    return f"{where}: {wide}; {tables.signed_pct(one.pct)}, because of {tables.because(one.parts, names)}"


def _flag_line(flag: Flag, names: Mapping[str, str]) -> str:
    who = f"entry {flag.entry}" if flag.entry else "your results"
    where = with_article(flag.market, names.get(flag.market, flag.market))
    return f"{who} on {where} does not fit what all else says, and is believed {n.pct(flag.trust)}: {flag.needed}"


# --- data -----------------------------------------------------------------------------------------------------------


def learning_dict(plan: Plan) -> dict[str, Any]:
    """``learning`` of the plan's document; ``known`` is what the next plan must know of this one's journal."""
    learnt = plan.learnt
    assert learnt is not None
    known = {**known_dict(learnt), "assumptions": dict(plan.selection.firm.assumptions)}
    return {"known": known, **beliefs_dict(learnt, names_of(plan), "potential")}


def known_dict(learnt: Learnt) -> dict[str, Any]:
    """Which records the plan was made with, by number."""
    journal = learnt.journal
    return {
        "entries": [one.id for one in journal.entries],
        "results": [one.id for one in journal.results],
        "held": sorted(journal.held),
    }


def beliefs_dict(
    learnt: Learnt, names: Mapping[str, str], about: About, rows: Iterable[int] | None = None
) -> dict[str, Any]:
    """Beliefs on one field: markets that moved, or those of ``rows``; channels, flags and revisions."""
    belief = belief_of(learnt, about)
    found = most_moved(learnt, about, names, None) if rows is None else [moved(belief, names, m) for m in rows]
    return {
        "about": about,
        "unit": UNITS[about],
        "markets": [market_dict(belief, one) for one in found],
        "channels": [_record(one) for one in learnt.channels if one.entries],
        "flags": [_record(one) for one in learnt.flags],
        "revisions": [revision_dict(one) for one in learnt.revisions],
    }


def market_dict(belief: Belief, one: Moved) -> dict[str, Any]:
    """One market of ``beachhead.beliefs/1``."""
    m = belief.markets.index(one.market)
    both = [{"mean": number(mean[m], 6), "sd": number(sd[m], 6)} for mean, sd in _both(belief)]
    return {
        "market": one.market,
        "name": one.name,
        f"log_{belief.about}": both[1],
        "prior": both[0],
        "informed_by": [source.entry for source in belief.informed_by(m) if source.entry],
        "own_sales": any(not source.entry for source in belief.informed_by(m)),
        "now": _quantiles(one.now),
        "before": _quantiles(one.before),
        "change_pct": number(one.pct, 4),
        "because": [{**source_dict(p.source), "log": number(p.log), "pct": number(p.pct)} for p in one.parts],
    }


def source_dict(source: Source) -> dict[str, Any]:
    """An entry by its number, or the market whose results it is."""
    return {"entry": source.entry or None, "results": source.market or None}


def _quantiles(span: tuple[float, float, float]) -> dict[str, float | None]:
    return {name: number(x, 4) for name, x in zip(("p10", "p50", "p90"), span, strict=True)}


def revision_dict(one: Revision) -> dict[str, Any]:
    """One revision: before, after, evidence, whether it is used."""
    found = _record(one)
    found["sources"] = [source_dict(source) for source in one.sources]
    return found


def _record(one: ChannelBelief | Flag | Revision) -> dict[str, Any]:
    """Fields of a flat result, numbers rounded, those that are not known null."""
    return {name: _plain(value) for name, value in asdict(one).items() if name != "sources"}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return number(value, 6) if np.isfinite(value) else None
    return list(value) if isinstance(value, tuple) else value
