"""Reasons and warnings in plain words, made from the numbers of a selection. Same numbers, same words."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.enter.tables import modes as mode_table
from beachhead.evidence.model import STATUSES, Floats, Indicator, Status
from beachhead.report.standing import IMPUTED, imputed_share, lead, places
from beachhead.select.result import Selection

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.flow import Plan

REASONS = 3
NOTABLE = 0.25  # points: a smaller lead over the median market is no reason
WEAK = 0.1  # points: a smaller shortfall is no warning
CONTENDERS = 0.25  # share of the ranking that a market is held against: what all strong markets have is no reason
THIN = 0.25  # share of the weight on imputed figures from which a warning is due


@dataclass(frozen=True, slots=True)
class Phrase:
    """How a strength and a weakness on one indicator are said."""

    good: str
    bad: str


@cache
def phrases() -> dict[str, Phrase]:
    """``phrases.csv``, by indicator."""
    text = files("beachhead.report").joinpath("phrases.csv").read_text(encoding="utf-8")
    return {r["indicator"]: Phrase(r["good"], r["bad"]) for r in csv.DictReader(text.splitlines())}


class Voice:
    """Says what stands out about each ranked market. Holds the tables that every sentence needs, made once."""

    def __init__(self, selection: Selection, catalogue: Catalogue, modes: ModeChoice | None) -> None:
        self.selection, self.catalogue, self.modes = selection, catalogue, modes
        self.places = places(selection.values)
        self.lead = lead(selection, CONTENDERS)
        self.lead_of_all = lead(selection)
        self.thin = imputed_share(selection)
        self.raw_at = [selection.raw.indicators.index(i) for i in selection.indicators]
        self.home = name_of(catalogue, selection.home)

    def reasons(self, m: int) -> list[str]:
        """What most sets market ``m`` apart: at most three, one per criterion while there are any.

        First what it has before other strong markets, then what it has before the median of all.
        """
        best = self._strong(self.lead[m], m)
        rest = [k for k in self._strong(self.lead_of_all[m], m) if k not in best]
        chosen = _varied([*best, *rest], self.selection.criterion_of)[:REASONS]
        return [self._say(m, k, good=True) for k in chosen]

    def _strong(self, lead: Floats, m: int) -> list[int]:
        order = [int(k) for k in np.argsort(-lead, kind="stable")]
        return [k for k in order if lead[k] >= NOTABLE and not self._guessed(m, k)]

    def warnings(self, m: int) -> list[str]:
        """What speaks against trusting or entering market ``m``, gravest first."""
        found = [w for check in CHECKS for w in check(self, m)]
        return [text for _, text in sorted(found, key=lambda w: (-w[0], w[1]))]

    def weakest(self, m: int) -> tuple[float, str]:
        """Points lost on the indicator where market ``m`` most trails the strong markets most, and how to say it."""
        k = int(np.argmin(self.lead[m]))
        return -float(self.lead[m, k]), self._say(m, k, good=False)

    def _guessed(self, m: int, k: int) -> bool:
        return bool(self.selection.raw.status[m, self.raw_at[k]] == IMPUTED)

    def _say(self, m: int, k: int, *, good: bool) -> str:
        indicator = self.catalogue.indicators[self.selection.indicators[k]]
        known = phrases().get(indicator.id)
        template = (known.good if good else known.bad) if known else f"{indicator.name}: {{value}} ({{place}})"
        text = template.format(
            value=self._value(m, k, indicator),
            place=f"{n.ordinal(int(self.places[m, k]))} of {len(self.selection.markets)}",
            home=self.home,
            experience=self._experience(m),
            contacts=self._contacts(m),
        )
        return text + (" (estimated)" if self._guessed(m, k) else "")

    def _value(self, m: int, k: int, indicator: Indicator) -> str:
        value = float(self.selection.raw.value[m, self.raw_at[k]])
        if indicator.unit == "0-1" and indicator.id != "supplier_hhi":
            return n.pct(value)
        if indicator.unit == "log points a year":
            return f"{n.plain(100 * float(np.expm1(value)), 1)} % a year"
        return n.quantity(value, indicator)

    def _experience(self, m: int) -> str:
        here = [e for e in self.selection.firm.experience if e.country == self.selection.markets[m]]
        return n.listed([f"{e.who}, {n.plain(e.years)} years" for e in here])

    def _contacts(self, m: int) -> str:
        here = [c for c in self.selection.firm.contacts if c.country == self.selection.markets[m]]
        return n.listed([f"{c.count} {c.kind}{'s' if c.count > 1 else ''}" for c in here])


Found = Iterator[tuple[float, str]]  # (gravity, text)


def _thin_evidence(voice: Voice, m: int) -> Found:
    if voice.thin[m] > THIN:
        yield (
            2 + float(voice.thin[m]),
            f"{n.pct(float(voice.thin[m]))} of the score rests on estimated figures",
        )


def _demand_guessed(voice: Voice, m: int) -> Found:
    """Not said of a composite group, where it holds for every market: that stands among the notes."""
    demand = voice.selection.demand
    if demand.kind != "composite" and STATUSES[demand.status[m]] is Status.IMPUTED:
        yield 2.5, "nobody reports how much it buys of this: demand is an estimate"


def _weak_spot(voice: Voice, m: int) -> Found:
    points, text = voice.weakest(m)
    if points >= WEAK:
        yield min(points, 2.4), text


def _pays_back_slowly(voice: Voice, m: int) -> Found:
    if voice.modes is None:
        return
    mode = voice.modes.modes.index(voice.modes.best[m])
    cost = float(voice.modes.cost_usd[m, mode])
    earns = float(voice.selection.potential.p50[m]) * voice.selection.firm.sales.gross_margin
    if cost > earns:
        yield (
            1.5,
            f"entry at {n.usd(cost)} costs more than a year's margin at the median potential ({n.usd(earns)})",
        )


def _beyond_budget(voice: Voice, m: int) -> Found:
    if voice.modes is None:
        return
    cash = voice.selection.firm.cash
    cost = float(voice.modes.cost_usd[m, voice.modes.modes.index(voice.modes.best[m])])
    spare = cash.available_usd - cash.floor_usd
    if cost > spare:
        yield 4, f"entry at {n.usd(cost)} is more than the firm can spend ({n.usd(spare)})"


def _unsure_place(voice: Voice, m: int) -> Found:
    p = float(voice.selection.p_top[5][m])
    if m < 5 and p < 0.5:
        yield 1.2, f"its place is unsure: among the first five in only {n.pct(p)} of draws"


CHECKS: tuple[Callable[[Voice, int], Found], ...] = (
    _thin_evidence,
    _demand_guessed,
    _weak_spot,
    _pays_back_slowly,
    _beyond_budget,
    _unsure_place,
)


def _varied(order: list[int], criterion_of: tuple[str, ...]) -> list[int]:
    """The same items, the strongest of each criterion first, then the rest."""
    seen: set[str] = set()
    first = [k for k in order if not (criterion_of[k] in seen or seen.add(criterion_of[k]))]  # type: ignore[func-returns-value]
    return first + [k for k in order if k not in first]


@cache
def mode_names() -> dict[str, str]:
    """Names of the modes by id."""
    return {mode.id: mode.name for mode in mode_table()}


# Economies whose English name takes the article within a sentence.
WITH_ARTICLE = frozenset(
    [
        "USA",
        "GBR",
        "NLD",
        "ARE",
        "PHL",
        "BHS",
        "GMB",
        "MDV",
        "DOM",
        "COD",
        "COG",
        "CAF",
        "SLB",
        "MHL",
        "COM",
        "MNP",
        "TCA",
        "CYM",
        "VGB",
        "VIR",
        "FRO",
    ]
)


def in_text(selection: Selection, m: int) -> str:
    """Name of a ranked market as it stands within a sentence: ``the Netherlands``."""
    return with_article(selection.markets[m], selection.names[m])


def with_article(market: str, name: str) -> str:
    """The name of an economy, with its article if it takes one."""
    return f"the {name}" if market in WITH_ARTICLE and not name.startswith("The ") else name


def name_of(catalogue: Catalogue, market: str) -> str:
    """Name of an economy; its code if the catalogue does not know it."""
    country = catalogue.countries.get(market)
    return country.name if country else market


def size(plan: Plan) -> int:
    """Markets on the shortlist."""
    return min(plan.top, len(plan.selection.markets))


def sentence_start(text: str) -> str:
    """Capital letter first."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Capital letter first, full stop last."""
    return sentence_start(text) + ("" if text.endswith((".", "?", "!")) else ".")


def answer(plan: Plan) -> list[str]:
    """The answer for the owner, a few sentences per paragraph."""
    s = plan.selection
    if not s.markets:
        return ["No market passed the must-haves; see what was excluded and why."]
    return [_where(plan), _how_sure(s), *_how(plan), _how_much(s)]


def offers(selection: Selection) -> str:
    """What the firm sells, short enough for a sentence."""
    names = [offer.name or offer.code for offer in selection.firm.sells]
    short = [name if len(name) <= 40 else name.split(",")[0].split(" (")[0] for name in names]
    return n.listed([name[:1].lower() + name[1:] if name[1:2].islower() else name for name in short])


def _where(plan: Plan) -> str:
    s = plan.selection
    first = [in_text(s, m) for m in range(min(3, size(plan)))]
    of = f"of {len(s.markets)} markets weighed" if len(s.markets) > 1 else "the only market weighed"
    home = name_of(plan.evidence.catalogue, s.home)
    return f"For {s.firm.name}, selling {offers(s)} from {home}, start with {n.listed(first)} ({of})."


def _how_sure(s: Selection) -> str:
    p1, p5 = float(s.p_top[1][0]), float(s.p_top[5][0])
    text = (
        f"{sentence_start(in_text(s, 0))} comes first in {n.chance(p1)} of {s.draws:,} draws of weights and figures, "
        f"and is among the first five in {n.chance(p5)}."
    )
    if len(s.markets) < 2:
        return text
    beats = float(s.pairwise[0, 1])
    close = "a close call" if beats < 0.65 else "a fairly clear lead" if beats < 0.85 else "a clear lead"
    return f"{text} It beats {in_text(s, 1)} in {n.chance(beats)} of them: {close}."


def _how(plan: Plan) -> list[str]:
    modes, s = plan.modes, plan.selection
    mode = modes.best[0]
    at = modes.modes.index(mode)
    weeks, cost = float(modes.weeks[0, at]), float(modes.cost_usd[0, at])
    name = mode_names()[mode].lower()
    if s.markets[0] in {p.country for p in s.firm.presence if p.until is None}:
        return [f"You sell in {in_text(s, 0)} already; the way to go on there is {name}."]
    needs = f"about {n.plain(weeks)} weeks to the first sale and about {n.usd(cost)} to set up"
    return [f"Enter {in_text(s, 0)} by {name}: {needs}."]


def _how_much(s: Selection) -> str:
    low, middle, high = (float(x[0]) for x in (s.potential.p10, s.potential.p50, s.potential.p90))
    return (
        f"Once established, a firm like this could sell about {n.usd(middle)} a year there; "
        f"eight times in ten it would be between {n.short(low)} and {n.short(high)}. "
        "Nobody can know this more closely before a first trial."
    )
