"""Reasons and warnings in plain words, made from the numbers of a selection. Same numbers, same words."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from beachhead.charts import numbers as n
from beachhead.enter.tables import modes as mode_table
from beachhead.evidence.model import Floats, Indicator
from beachhead.firm import sells_goods
from beachhead.report.standing import against_world, imputed_share, lead, places
from beachhead.report.worth import chosen, horizon, years
from beachhead.select.prospect import INDICATOR as PROSPECT
from beachhead.select.result import IMPUTED, Selection

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence import Evidence
    from beachhead.evidence.catalogue import Catalogue
    from beachhead.flow import Plan

REASONS = 3
NOTABLE = 0.25  # points: a smaller lead over the median market is no reason
WEAK = 0.1  # points: a smaller shortfall is no warning
CONTENDERS = 0.25  # share of the ranking that a market is held against: what all strong markets have is no reason
THIN = 0.25  # share of the weight on imputed figures from which a warning is due
FEW = 5  # fewer ranked markets than this are held against the world's economies instead of each other
LEAST = {"home_share": 0.03, "agreement": 1.0}  # less is no strength, whatever others have: a partial agreement, say
_PLACE = re.compile(r"[:,][^:,{]*\{place\}|\{place\}")
_RIVALS = re.compile(r" than (in )?(?:its rivals|rival markets)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """How a strength and a weakness on one indicator are said."""

    good: str
    bad: str


@cache
def sectors() -> dict[str, str]:
    """Plain names of the ICIO sectors' output, ``sectors.csv``."""
    return {row["code"]: row["name"] for row in _rows("sectors.csv")}


def _rows(table: str) -> Iterator[dict[str, str]]:
    text = files("beachhead.report").joinpath(table).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def phrases() -> dict[str, Phrase]:
    """``phrases.csv``, by indicator. An indicator without a row is never said: it tells an owner nothing."""
    return {row["indicator"]: Phrase(row["good"], row["bad"]) for row in _rows("phrases.csv")}


class Voice:
    """Says what stands out about each ranked market. Holds the tables that every sentence needs, made once."""

    def __init__(self, selection: Selection, catalogue: Catalogue, modes: ModeChoice | None) -> None:
        self.selection, self.catalogue, self.modes = selection, catalogue, modes
        self.few = len(selection.markets) < FEW
        self.places = places(selection.values)
        self.lead_of_all = against_world(selection) if self.few else lead(selection)
        self.lead = self.lead_of_all if self.few else lead(selection, CONTENDERS)
        self.thin = imputed_share(selection)
        self.raw_at = [selection.raw.indicators.index(i) for i in selection.indicators]
        self.home = name_of(catalogue, selection.home)
        self.what = product_words(selection)
        self.goods = sells_goods(selection.firm)
        self.worth = modes.best_value if modes else np.full(len(selection.markets), np.nan)
        self.horizon = horizon(selection.firm)

    def reasons(self, m: int) -> list[str]:
        """What most sets market ``m`` apart: at most three, one per criterion while there are any.

        First what it has before other strong markets, then what it has before the median of all. Where few markets
        are ranked, what it has before the world's economies.
        """
        best = self._strong(self.lead[m], m)
        rest = [k for k in self._strong(self.lead_of_all[m], m) if k not in best]
        chosen = _varied([*best, *rest], self.selection.criterion_of)[:REASONS]
        return [self._say(m, k, good=True) for k in chosen]

    def _strong(self, lead: Floats, m: int) -> list[int]:
        order = [int(k) for k in np.argsort(-lead, kind="stable")]
        return [k for k in order if lead[k] >= NOTABLE and self._counts(m, k)]

    def _counts(self, m: int, k: int) -> bool:
        """Whether a lead on indicator ``k`` would persuade an owner."""
        indicator = self.selection.indicators[k]
        small = self._raw(m, k) < LEAST.get(indicator, -np.inf)
        guessed = self._guessed(m, k) and indicator != PROSPECT  # which is a prediction everywhere
        return indicator in phrases() and not (small or self._idle(k) or guessed)

    def _idle(self, k: int) -> bool:
        """A shared border helps only what has to be carried over it."""
        return self.selection.indicators[k] == "contiguous" and not self.goods

    def warnings(self, m: int) -> list[str]:
        """What speaks against trusting or entering market ``m``, gravest first."""
        found = [w for check in CHECKS for w in check(self, m)]
        return [text for _, text in sorted(found, key=lambda w: (-w[0], w[1]))]

    def weakest(self, m: int) -> tuple[float, str]:
        """Points lost on the indicator where market ``m`` most trails the strong markets most, and how to say it."""
        said = [k for k, i in enumerate(self.selection.indicators) if i in phrases() and not self._idle(k)]
        k = min(said, key=lambda k: float(self.lead[m, k]))
        return -float(self.lead[m, k]), self._say(m, k, good=False)

    def _raw(self, m: int, k: int) -> float:
        return float(self.selection.raw.value[m, self.raw_at[k]])

    def _guessed(self, m: int, k: int) -> bool:
        return bool(self.selection.raw.status[m, self.raw_at[k]] == IMPUTED)

    def _say(self, m: int, k: int, *, good: bool) -> str:
        indicator = self.catalogue.indicators[self.selection.indicators[k]]
        known = phrases()[indicator.id]
        template = known.good if good else known.bad
        if self.few:
            template = _RIVALS.sub(_than_most, _PLACE.sub("", template))
        text = template.format(
            value=self._value(m, k, indicator),
            place=f"{n.ordinal(int(self.places[m, k]))} of {len(self.selection.markets)}",
            home=self.home,
            what=self.what,
            experience=self._experience(m),
            contacts=self._contacts(m),
        )
        return text + (" (estimated)" if self._guessed(m, k) else "")

    def _value(self, m: int, k: int, indicator: Indicator) -> str:
        value = self._raw(m, k)
        if indicator.unit == "0-1" and indicator.id != "supplier_hhi":
            return n.chance(value)
        if indicator.unit == "log points a year":
            return f"{n.plain(100 * float(np.expm1(value)), 1)} % a year"
        return n.quantity(value, indicator)

    def _experience(self, m: int) -> str:
        here = [e for e in self.selection.firm.experience if e.country == self.selection.markets[m]]
        return n.listed([f"{e.who}, {years(e.years)}" for e in here])

    def _contacts(self, m: int) -> str:
        here = [c for c in self.selection.firm.contacts if c.country == self.selection.markets[m]]
        return n.listed([f"{c.count} {c.kind}{'s' if c.count > 1 else ''}" for c in here])


def _than_most(found: re.Match[str]) -> str:
    return " than in most markets" if found[1] else " than most"


def product_words(selection: Selection) -> str:
    """What demand was measured on, as it stands after ``of`` in a sentence.

    Only a line of six digits, or the user's own figures, is the product itself.
    """
    demand = selection.demand
    if demand.code.startswith("icio:"):
        return sectors().get(demand.code.removeprefix("icio:").split("+")[0], "what its sector sells")
    return "goods of this chapter" if demand.kind in ("chapter", "composite") else "it"


Found = Iterator[tuple[float, str]]  # (gravity, text)


def _thin_evidence(voice: Voice, m: int) -> Found:
    if voice.thin[m] > THIN:
        yield (
            2 + float(voice.thin[m]),
            f"{n.pct(float(voice.thin[m]))} of the score rests on estimated figures",
        )


def _loses(voice: Voice, m: int) -> Found:
    if voice.worth[m] < 0:
        yield 9, f"likely to lose {n.usd(-float(voice.worth[m]))} over {years(voice.horizon)}, after cost and risk"


def _demand_guessed(voice: Voice, m: int) -> Found:
    """Not said of a composite group, where it holds for every market: that stands among the notes."""
    demand = voice.selection.demand
    if demand.kind not in ("composite", "user") and demand.status[m] == IMPUTED:
        yield 2.5, "nobody reports how much it buys of this: demand is an estimate"


def _weak_spot(voice: Voice, m: int) -> Found:
    points, text = voice.weakest(m)
    if points >= WEAK:
        yield min(points, 2.4), text


def _beyond_budget(voice: Voice, m: int) -> Found:
    if voice.modes is None:
        return
    cash = voice.selection.firm.cash
    cost = float(chosen(voice.modes, voice.modes.cost_usd)[m])
    spare = cash.available_usd - cash.floor_usd
    if cost > spare:
        yield 4, f"entry at {n.usd(cost)} is more than the firm can spend ({n.usd(spare)})"


def _unsure_place(voice: Voice, m: int) -> Found:
    p = float(voice.selection.p_top[5][m])
    if m < 5 and p < 0.5:
        yield 1.2, f"its place is unsure: among the first five in only {n.pct(p)} of draws"


CHECKS: tuple[Callable[[Voice, int], Found], ...] = (
    _loses,
    _thin_evidence,
    _demand_guessed,
    _weak_spot,
    _beyond_budget,
    _unsure_place,
)


def _varied(order: list[int], criterion_of: tuple[str, ...]) -> list[int]:
    """The same items, the strongest of each criterion first, then the rest."""
    first: dict[str, int] = {}
    for k in order:
        first.setdefault(criterion_of[k], k)
    return [*first.values(), *(k for k in order if k not in first.values())]


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


def dated(evidence: Evidence) -> str:
    """The month of the evidence, and the later one as of which it is seen, if it is."""
    return evidence.made if evidence.made == evidence.vintage else f"{evidence.made}, seen from {evidence.vintage}"


def size(plan: Plan) -> int:
    """Markets on the shortlist."""
    return min(plan.top, len(plan.selection.markets))


def sentence_start(text: str) -> str:
    """Capital letter first."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Capital letter first, full stop last."""
    return sentence_start(text) + ("" if text.endswith((".", "?", "!")) else ".")


def offers(selection: Selection) -> str:
    """What the firm sells, short enough for a sentence."""
    names = [offer.name or offer.code for offer in selection.firm.sells]
    short = [name if len(name) <= 40 else name.split(",")[0].split(" (")[0] for name in names]
    return n.listed([name[:1].lower() + name[1:] if name[1:2].islower() else name for name in short])
