"""What the firm knows: levels of market, international and product knowledge, before the journal and with it.

What is learnt is counted in units that add up and fade; a level is where they lead on a curve on which the first steps
are slow (who knows little takes in little: Cohen & Levinthal 1990), the middle is quick and the last adds next to
nothing. As units add up, the order in which things were learnt does not matter. docs/methods/knowledge.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.modes import MODES
from beachhead.enter.tables import number
from beachhead.evidence.model import Floats
from beachhead.firm import Firm, running, sells_goods
from beachhead.learn.channels import Channel, brings, channel
from beachhead.learn.journal import KNOWLEDGE, Entry, Journal, Knowledge
from beachhead.learn.result import Stocks
from beachhead.quarters import quarter_number
from beachhead.select.likeness import kernel

if TYPE_CHECKING:
    from beachhead.evidence import Evidence

FIRM_WIDE = ""  # in place of a market: what holds everywhere
USUAL_MODE = "direct_export"  # of results that name none, in a market of which the firm file says nothing
MARKET = KNOWLEDGE.index("market")
Units = tuple[str, Floats]  # where, and how many units of each kind, (3,)


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What knowledge changes: factors ≤ 1 by market (M,) of entry cost, weeks to the first sale and hazard."""

    entry: Floats
    weeks: Floats
    hazard: Floats


def level_of(units: Floats, floor: float) -> Floats:
    """Level 0–1 that so many units lead to: L' = (floor + (1 − floor) L) (1 − L), from L = 0.

    ``floor``, above 0, is the share of a lesson that a beginner takes in; the rest comes with what is known already.
    """
    left = np.exp(-np.asarray(units, dtype=float))
    return np.asarray(floor * (1.0 - left) / (floor + (1.0 - floor) * left))


def units_of(level: Floats, floor: float) -> Floats:
    """Units behind a level: the inverse of :func:`level_of`; a level of 1 or more counts as just below it."""
    held = np.clip(level, 0.0, 1.0 - 1e-9)
    return np.asarray(np.log((floor + (1.0 - floor) * held) / (floor * (1.0 - held))))


def stocks(
    firm: Firm, evidence: Evidence, markets: Sequence[str], journal: Journal, assumed: Assumptions, as_of: str
) -> Stocks:
    """Knowledge held in each market, from the firm file alone and with the journal; ``markets`` give the rows.

    ``as_of``: date of the evidence. What was learnt fades up to the last record of the journal, if that is later.
    """
    every, floor = evidence.markets, assumed["absorb_floor"]  # what any market taught carries over, ranked or not
    file = laid_out(from_file(firm, as_of, assumed), every)
    told = laid_out(from_journal(firm, journal, as_of, assumed), every)
    carry, at = carried(evidence, assumed, goods=sells_goods(firm)), [every.index(market) for market in markets]
    before, level = (level_of(spread(units, carry, floor), floor) for units in (file, file + told))
    return Stocks(tuple(markets), level[at], before[at], level.max(axis=0))


def effects(held: Stocks, assumed: Assumptions) -> Effects:
    """What is known beyond the firm file does to cost, time and hazard; each factor is 1 − cut × weighted gain.

    What the file tells of contacts, experience and sales is at work in the stages before already.
    """
    gain = np.maximum(held.level - held.before, 0.0)
    return Effects(*(factor(gain, what, assumed) for what in ("entry", "weeks", "hazard")))


def factor(gain: Floats, what: str, assumed: Assumptions) -> Floats:
    """1 − cut × gain (M,), the gain being weighted over kinds (M, 3)."""
    weights = np.array([assumed[f"knowledge_{what}_weight_{kind}"] for kind in KNOWLEDGE])
    weights = weights / max(weights.sum(), 1e-12)
    return np.asarray(1.0 - assumed[f"knowledge_{what}_cut"] * (gain @ weights))


def noise_factors(held: Stocks, kinds: Sequence[Knowledge], assumed: Assumptions = PACKAGED) -> Floats:
    """By which a source's noise is multiplied, (M,): 1 for who knows nothing of these kinds, less for who knows more.

    What is known of the market and what is known of that kind anywhere count alike. No kind named means the market.
    """
    columns = [KNOWLEDGE.index(kind) for kind in kinds] or [MARKET]
    known = (held.level[:, columns] + held.absorb[columns]).mean(axis=1) / 2.0
    return np.asarray(1.0 - (1.0 - assumed["knowledge_noise_floor"]) * known)


def noise_factor(held: Stocks, kinds: Sequence[Knowledge], row: int, assumed: Assumptions = PACKAGED) -> float:
    """The same for one market: from 1 down to ``knowledge_noise_floor``."""
    return float(noise_factors(held, kinds, assumed)[row])


# Where units come from.


def per_kind(name: str, assumed: Assumptions) -> Floats:
    """The assumption of that name for each kind of knowledge, (3,)."""
    return np.array([assumed[f"knowledge_{name}_{kind}"] for kind in KNOWLEDGE])


def from_file(firm: Firm, as_of: str, assumed: Assumptions) -> Iterator[Units]:
    """What the firm file tells: years lived abroad, contacts, selling there, and knowing one's own product."""
    year, contact, quarter = (per_kind(name, assumed) for name in ("year", "contact", "quarter"))
    if firm.sales.home_usd > 0:
        yield FIRM_WIDE, np.array([0.0, 0.0, assumed["knowledge_home_product"]])
    for one in firm.experience:
        yield one.country, one.years * year
    for known in firm.contacts:
        yield known.country, np.log1p(known.count) * contact
    for there in firm.presence:
        quarters = there.quarters(as_of)
        out = quarter_number(as_of) - quarters[-1] if quarters else 0
        yield there.country, len(quarters) * learnt_in(there.mode, assumed) * quarter * kept(out, assumed)


def from_journal(firm: Firm, journal: Journal, as_of: str, assumed: Assumptions) -> Iterator[Units]:
    """What the journal tells: lessons of entries, and quarters of selling that the firm file does not count already."""
    now = latest(journal, as_of)
    for entry in journal.entries:
        yield from lessons(entry, now, assumed)
    for market in dict.fromkeys(result.market for result in journal.results):
        yield market, operated(firm, journal, market, as_of, now, assumed)


def latest(journal: Journal, as_of: str) -> int:
    """The quarter, as a number, up to which there are records; not before ``as_of``."""
    dates = [entry.date.isoformat() for entry in journal.entries] + [result.quarter for result in journal.results]
    return max(quarter_number(text) for text in (as_of, *dates))


def lessons(entry: Entry, now: int, assumed: Assumptions) -> Iterator[Units]:
    """Units from one entry: a lesson for each kind it names, or else that its channel was found to bring.

    Market knowledge is of the markets named, and thinner if there are more of them than one use of the channel informs.
    """
    source = channel(entry.channel)
    age = now - quarter_number(entry.date.isoformat())
    fresh = 0.5 ** (age / assumed["knowledge_told_half_life"])
    units = taught(source, entry.knowledge or brings(source.id, entry.growth_path), assumed) * fresh
    yield FIRM_WIDE, units
    thin = min(1.0, assumed[f"{source.id}.reach"] / max(len(entry.markets), 1))
    of_market = units * thin * (np.arange(len(KNOWLEDGE)) == MARKET)
    for market in entry.markets:
        yield market, of_market


def taught(source: Channel, kinds: Sequence[Knowledge], assumed: Assumptions) -> Floats:
    """Units that one use of a channel teaches of each kind, (3,); less of a kind that it was not found to bring."""
    part = [(kind in kinds) * (1.0 if kind in source.knowledge else assumed["lesson_unlisted"]) for kind in KNOWLEDGE]
    return assumed[f"{source.id}.lesson"] * np.array(part)


def operated(firm: Firm, journal: Journal, market: str, as_of: str, now: int, assumed: Assumptions) -> Floats:
    """Units, (3,), from the quarters with results in one market that the firm file does not count already.

    A quarter without results is one out of the market, unless the firm file says that the firm sells there.
    """
    results = sorted((r for r in journal.results if r.market == market), key=lambda r: quarter_number(r.quarter))
    counted = {q for p in firm.presence if p.country == market for q in p.quarters(as_of)}
    there: list[str] = [p.mode for p in running(firm, as_of) if p.country == market]
    modes = [str(r.mode) for r in results if r.mode] or there or [USUAL_MODE]
    new = sum(quarter_number(r.quarter) not in counted for r in results)
    out = 0 if there and not results[-1].left else now - quarter_number(results[-1].quarter)
    return new * learnt_in(modes[-1], assumed) * per_kind("quarter", assumed) * kept(out, assumed)


def learnt_in(mode: str, assumed: Assumptions) -> float:
    """How much is learnt of a market by selling there in a mode, 0–1."""
    return float(number("learning", assumed)[MODES.index(mode)])


def kept(out: int, assumed: Assumptions) -> Floats:
    """Share that is left so many quarters after the last sale, by kind (3,); of the market nothing after a year.

    The first quarter does not count: figures come in late.
    """
    share = 0.5 ** (max(out - 1, 0) / per_kind("kept", assumed))
    share[MARKET] *= out <= assumed["out_quarters"]
    return np.asarray(share)


# Where they go.


def laid_out(found: Iterable[Units], markets: Sequence[str]) -> Floats:
    """Units by market and kind, (M, 3): market knowledge where it was gained, the other kinds everywhere."""
    row = {market: m for m, market in enumerate(markets)}
    units, everywhere = np.zeros((len(markets), len(KNOWLEDGE))), np.zeros(len(KNOWLEDGE))
    for market, gained in found:
        everywhere += gained
        if market in row:
            units[row[market], MARKET] += gained[MARKET]
    everywhere[MARKET] = 0.0
    return units + everywhere


def carried(evidence: Evidence, assumed: Assumptions, *, goods: bool) -> Floats:
    """Units that knowing one market (column) in full brings of another (row), (M, M); none of itself."""
    share = assumed["knowledge_spill"] * kernel(evidence, assumed, goods=goods)
    np.fill_diagonal(share, 0.0)
    return share


def spread(units: Floats, carry: Floats, floor: float) -> Floats:
    """Units with what carries over from like markets, (M, 3).

    It is their level that carries over: what adds little in a market adds little elsewhere.
    """
    out = units.copy()
    out[:, MARKET] += carry @ level_of(units[:, MARKET], floor)
    return out
