"""The study's eleven propositions, and how far the journal of one firm speaks for or against each.

``propositions.csv`` holds them in words of our own, with the test that weighs each and what only many firms could tell
(:data:`beachhead.learn.channels.STUDY` for whose they are). One firm is one case: a test can agree or disagree with a
proposition, it cannot settle it.

Every test counts observations that agree and that do not, and names the share that would agree by chance. The share
is given with its exact 90 % interval (Clopper & Pearson 1934, *Biometrika* 26). docs/methods/propositions.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from beachhead.learn.channels import brings, channel, read_table, several
from beachhead.learn.journal import Entry, Journal
from beachhead.learn.result import Learnt
from beachhead.quarters import quarter_number

Verdict = Literal["for", "against", "mixed", "too little"]
COVER: Final = 0.9
EVEN: Final = 0.5  # the share that 'mainly' must exceed
MOST: Final = 1000  # observations more than which are not asked for
LISTS: Final = ("channels", "knowledge", "growth_paths")


@dataclass(frozen=True, slots=True)
class Proposition:
    """A row of ``propositions.csv``.

    ``test``: a key of :data:`TESTS`. ``network``, ``channels``, ``knowledge``, ``growth_paths``: what the test looks
    for, empty for any; ``when``: entries before or after the first sale, decided (that changed a decision), or any.
    ``least``: observations, of ``unit``, below which it says nothing; ``wanted``: what to collect. ``fields`` of the
    journal that bear on it; ``supports`` and ``opposes``: what counts for and against; ``cohort``: what only many firms
    could tell.
    """

    id: str
    text: str
    test: str
    unit: str
    network: str
    channels: tuple[str, ...]
    knowledge: tuple[str, ...]
    growth_paths: tuple[str, ...]
    when: str
    least: int
    wanted: str
    fields: str
    supports: str
    opposes: str
    cohort: str


@dataclass(frozen=True, slots=True)
class Count:
    """Observations that agree and that do not, and the share (0–1) that would agree by chance alone."""

    agree: int
    disagree: int
    chance: float = EVEN


@dataclass(frozen=True, slots=True)
class Bearing:
    """How one journal bears on one proposition.

    ``agree``, ``disagree``: observations; ``share`` of agreement, with its exact interval ``low``–``high``, nan and
    0–1 without observations; ``chance``: the share to be expected if nothing were behind it. ``verdict`` is for if the
    interval lies above that, against if below, mixed if it holds it. ``more``: how many further observations would tell
    if the share stayed as it is; None where no number would. ``says``: all that in words.
    """

    proposition: Proposition
    agree: int
    disagree: int
    share: float
    low: float
    high: float
    chance: float
    verdict: Verdict
    more: int | None
    says: str


@cache
def propositions() -> tuple[Proposition, ...]:
    """The eleven propositions, in order."""
    rows = ({k: several(v) if k in LISTS else v for k, v in row.items()} for row in read_table("propositions.csv"))
    return tuple(Proposition(**(row | {"least": int(str(row["least"]))})) for row in rows)  # type: ignore[arg-type]


def evaluate(journal: Journal, *, learnt: Learnt | None = None) -> tuple[Bearing, ...]:
    """How the journal bears on each proposition.

    ``learnt``: what the journal taught, whose expectations the results are held against; without it only markets with
    an entry that says what was expected (``expected_usd``) count as having done well or badly.
    """
    did_well = outcomes(journal, learnt)
    return tuple(bearing(one, TESTS[one.test](one, journal, did_well)) for one in propositions())


# Outcomes: how markets did.


def outcomes(journal: Journal, learnt: Learnt | None) -> dict[str, bool]:
    """Whether each market with results did as expected or better; one that was left did not.

    Markets of which it is not known what was expected are left out.
    """
    last = {r.market: r for r in sorted(journal.results, key=lambda r: quarter_number(r.quarter))}
    left = {market: False for market, result in last.items() if result.left}
    return as_written(journal) | as_believed(journal, learnt) | left


def as_believed(journal: Journal, learnt: Learnt | None) -> dict[str, bool]:
    """Did the results of a market raise what is believed of it? Ramp and partial year are in the belief's account."""
    if learnt is None:
        return {}
    belief, row = learnt.potential, {market: m for m, market in enumerate(learnt.potential.markets)}
    own = [(source.market, s) for s, source in enumerate(belief.sources) if source.market in row]
    return {market: bool(belief.share[row[market], s] >= 0) for market, s in own}


def as_written(journal: Journal) -> dict[str, bool]:
    """Sales of the last four quarters, as a year's rate, against what was last written as expected, where it was."""
    told = sorted(
        (e for e in journal.entries if e.expected_usd and e.about == "potential"), key=lambda e: (e.date, e.id)
    )
    wanted = {market: float(entry.expected_usd or 0.0) for entry in told for market in entry.markets}
    return {
        m: rate_of(journal, m) >= wanted[m] for m in dict.fromkeys(r.market for r in journal.results) if m in wanted
    }


def rate_of(journal: Journal, market: str) -> float:
    """Sales a year, USD, at the rate of the last four quarters with results."""
    found = sorted((r for r in journal.results if r.market == market), key=lambda r: quarter_number(r.quarter))[-4:]
    return 4.0 * sum(r.sales_usd for r in found) / len(found)


def first_sale(journal: Journal) -> dict[str, int]:
    """Quarter, as a number, of the first results with sales in each market; of the first results if there were none."""
    began: dict[str, int] = {}
    for result in sorted(journal.results, key=lambda r: (r.sales_usd <= 0, quarter_number(r.quarter))):
        began.setdefault(result.market, quarter_number(result.quarter))
    return began


# Tests: what agrees and what does not.


def mainly_from(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """Of the entries looked at, those that come from the channels named."""
    decided = asked.when == "decided"
    looked_at = [e for e in journal.entries if fits(e, asked) and (e.decision.strip() or not decided)]
    agree = sum(e.channel in asked.channels for e in looked_at)
    return Count(agree, len(looked_at) - agree)


def risk_from_outside(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """Of the entries on cost of entry and on having to leave, those from outside."""
    risk = [channel(e.channel).network for e in journal.entries if e.about != "potential"]
    return Count(risk.count("external"), risk.count("internal"))


def knowledge_pays(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """Markets with and without the kind of knowledge before the first sale, against how they did."""
    return paired(informed(journal, asked), did_well)


def self_taught_pays(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """Markets of which the firm had taught itself, and others, against how they did."""
    return paired(informed(journal, asked, only=asked.channels), did_well)


def outside_pays(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """Markets of which outside sources told after the first sale, and others, against how they did."""
    return paired(informed(journal, asked), did_well)


def both_networks_pay(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """Markets with knowledge from inside and outside, and those with one or none, against how they did."""
    inside, outside = (informed(journal, replace(asked, network=where)) for where in ("internal", "external"))
    return paired(inside & outside, did_well)


def by_coding(asked: Proposition, journal: Journal, did_well: Mapping[str, bool]) -> Count:
    """True by how channels are listed: no entry can speak for or against."""
    return Count(0, 0)


TESTS: Final[Mapping[str, Callable[[Proposition, Journal, Mapping[str, bool]], Count]]] = {
    one.__name__: one
    for one in (
        mainly_from,
        risk_from_outside,
        knowledge_pays,
        self_taught_pays,
        outside_pays,
        both_networks_pay,
        by_coding,
    )
}


def fits(entry: Entry, asked: Proposition) -> bool:
    """Whether an entry has the network, the kind of knowledge and the growth path that are looked at.

    A kind counts that the entry names, or else that its channel was found to bring. Where several paths are looked at,
    an entry that names none counts too.
    """
    source, paths = channel(entry.channel), asked.growth_paths
    kinds = entry.knowledge or brings(source.id, entry.growth_path)
    return (
        asked.network in ("", source.network)
        and (not asked.knowledge or bool(set(kinds) & set(asked.knowledge)))
        and (not paths or entry.growth_path in paths or (entry.growth_path is None and len(paths) > 1))
    )


def informed(journal: Journal, asked: Proposition, only: tuple[str, ...] = ()) -> frozenset[str]:
    """Markets with results of which a fitting entry (of the channels ``only``) told, before or after the first sale.

    An entry that names no market tells of all. The quarter of the first sale counts as after.
    """
    began, out = first_sale(journal), set()
    for entry in (e for e in journal.entries if fits(e, asked) and (not only or e.channel in only)):
        at = quarter_number(entry.date.isoformat())
        when = {
            market: "before" if at < began[market] else "after" for market in entry.markets or began if market in began
        }
        out |= {market for market, then in when.items() if asked.when in ("", then)}
    return frozenset(out)


def paired(had: Iterable[str], did_well: Mapping[str, bool]) -> Count:
    """Agreement of having had something with having done well, and how much of it chance alone would bring.

    Agree: had it and did well, or had it not and did not. With shares p of those that had it and q of those that did
    well, chance brings p q + (1 − p)(1 − q) (as in Cohen 1960, *Educational and Psychological Measurement* 20); so a
    journal in which all markets had it, or all did well, says nothing.
    """
    known, n = set(had), max(len(did_well), 1)
    agree = sum((market in known) == well for market, well in did_well.items())
    p, q = sum(market in known for market in did_well) / n, sum(did_well.values()) / n
    return Count(agree, len(did_well) - agree, p * q + (1.0 - p) * (1.0 - q) if did_well else EVEN)


# From counts to a verdict.


def exact_interval(agree: int, total: int, cover: float = COVER) -> tuple[float, float]:
    """Clopper & Pearson's interval of a share, which covers it at least so often; 0–1 without observations."""
    from scipy.special import betaincinv

    tail = (1.0 - cover) / 2.0
    low = float(betaincinv(agree, total - agree + 1, tail)) if agree else 0.0
    high = float(betaincinv(agree + 1, total - agree, 1.0 - tail)) if agree < total else 1.0
    return low, high


def bearing(asked: Proposition, seen: Count) -> Bearing:
    """What the count says of a proposition."""
    total = seen.agree + seen.disagree
    low, high = exact_interval(seen.agree, total)
    share = seen.agree / total if total else float("nan")
    verdict: Verdict = "mixed"
    if total < max(asked.least, 1):
        verdict = "too little"
    elif not low <= seen.chance <= high:
        verdict = "for" if low > seen.chance else "against"
    more = still_needed(asked, seen, verdict)
    says = sentence(asked, seen, verdict, more)
    return Bearing(asked, seen.agree, seen.disagree, share, low, high, seen.chance, verdict, more, says)


def still_needed(asked: Proposition, seen: Count, verdict: Verdict) -> int | None:
    """How many more observations would tell: up to the least that are asked for, or until the interval is clear.

    0 if it is clear; None if no number would tell, or more than :data:`MOST`.
    """
    total = seen.agree + seen.disagree
    if asked.least == 0:
        return None
    if verdict != "mixed":
        return max(asked.least - total, 0)
    for n in range(total + 1, total + MOST + 1):
        low, high = exact_interval(round(n * seen.agree / total), n)
        if not low <= seen.chance <= high:
            return n - total
    return None


def sentence(asked: Proposition, seen: Count, verdict: Verdict, more: int | None) -> str:
    """The verdict in words, and what would tell more."""
    total = seen.agree + seen.disagree
    if asked.least == 0:
        return "No entry can tell: " + asked.cohort
    if verdict == "too little":
        return f"{total} of at least {asked.least} {asked.unit}: {more} more needed – {asked.wanted}."
    if verdict != "mixed":
        return asked.supports if verdict == "for" else asked.opposes
    if more is None:
        return f"{total} {asked.unit} do not tell it from chance, nor would more of the same kind."
    return f"{total} {asked.unit} do not tell it from chance; {more} more like them would."
