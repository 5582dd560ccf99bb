"""The record of the ranking: how often markets that it would have named some years ago opened since.

The figures are made by ``tools/make_record.py`` from the snapshot and lie beside this module: ``record.csv`` for
products whose trade is known pair by pair, ``record_growth.csv`` for what is known of chapters and of services. A
product without figures is told those of the nearest class, and that it is another class.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["product", "class", "none"]
BASE_YEARS = (2015, 2018)  # of the record; the model learnt from base years to 2010, its weight was chosen on 2011-2013
FIRST = 10  # markets that the ranking would have named to each exporter
ALL = "all"
TOLD = (
    (0.5, "told much of"),
    (0.25, "told something of"),
    (0.1, "told little of"),
    (-0.05, "told nothing of"),
    (-1.0, "rather pointed away from"),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of the markets that would have been named, over some exporters (a country and a product each).

    ``named``: markets named, ten to an exporter or as many as there are; ``opened``: all that opened, named or not.
    Named and opened are ``hits`` of the ranking with the model of entry, ``criteria`` of the criteria alone, ``rule``
    of the best other way, and ``lot`` of as many drawn by lot. ``products``: how many products there are in it.
    """

    products: int
    exporters: int
    candidates: int
    opened: int
    named: int
    hits: float
    criteria: float
    rule: float
    lot: float

    def per_ten(self, hits: float) -> float:
        """Hits in every ten markets named."""
        return FIRST * hits / max(self.named, 1)

    def recall(self, hits: float) -> float:
        """Share of what opened that was named."""
        return hits / max(self.opened, 1)


@dataclass(frozen=True, slots=True)
class Record:
    """The record for one product. ``kind``: its own, that of a class, or none; ``about``: whose record it is.

    ``figures``: the numbers behind the sentence, by name; empty where there is none.
    """

    kind: Kind
    code: str
    about: str
    sentence: str
    figures: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The record as JSON-ready data."""
        return {
            "kind": self.kind,
            "code": self.code,
            "about": self.about,
            "sentence": self.sentence,
            "figures": {name: round(value, 6) for name, value in self.figures.items()},
        }


def _rows(table: str) -> list[dict[str, str]]:
    text = files("beachhead.skill").joinpath(f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def tallies() -> dict[str, Tally]:
    """The record over both base years: by code of six digits, by chapter, and ``all``."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows("record"):
        found.setdefault(row["code"], []).append(row)
    return {code: _tally(rows) for code, rows in found.items()}


def _tally(rows: list[dict[str, str]]) -> Tally:
    """Base years put together; a product in both counts once."""

    def total(name: str) -> float:
        return sum(float(row[name]) for row in rows)

    count = (int(total(name)) for name in ("exporters", "candidates", "opened", "named"))
    parts = (total(name) for name in ("hits", "criteria", "rule", "lot"))
    return Tally(max(int(row["products"]) for row in rows), *count, *parts)


@cache
def growth_skill() -> dict[str, dict[str, str]]:
    """Rank correlation of the growth that the ranking reckons with and the growth that came, by chapter and sector."""
    return {row["code"]: row for row in _rows("record_growth")}


@cache
def rule() -> str:
    """The best other way of choosing, in words."""
    return next(row["value"] for row in _rows("record_about") if row["id"] == "rule")


def record_for(code: str, *, model: bool | None = None) -> Record:
    """The record for what a firm sells, ``hs:250810``, ``hs:64`` or ``icio:J62_63``; of several offers for the first.

    ``model``: whether the model of entry takes part in the ranking; as it does, unless told, where the product has a
    record of its own.
    """
    system, _, rest = code.partition("+")[0].partition(":")
    if system != "hs":
        return _without(system, rest)
    own = len(rest) == 6 and rest in tallies() and tallies()[rest].opened > 0
    with_model = own if model is None else model
    return _own(rest, with_model) if own else _nearest(rest, with_model)


def _own(hs6: str, model: bool) -> Record:
    one, about = tallies()[hs6], f"HS {hs6}"
    said = _said(one, model, f"a country's exporters of {about}")
    return Record("product", f"hs:{hs6}", about, said, _figures(one, model))


def _nearest(hs: str, model: bool) -> Record:
    """The record of the chapter's products, or of all; and how well growth of the chapter's demand was foreseen."""
    chapter = hs[:2]
    code = chapter if chapter in tallies() else ALL
    one = tallies()[code]
    about = _class_words(code, one)
    lead = f"HS {hs} itself has no record. The nearest class, {about}"
    apart = "" if code == chapter else ", is another one, so hold this loosely"
    said = _said(one, model, "a country's exporters of one of these")
    sentence = " ".join([f"{lead}{apart}: {said[0].lower()}{said[1:]}", *_growth_said(chapter)])
    return Record("class", f"hs:{code}", about, sentence, _figures(one, model) | _growth_figures(chapter))


def _class_words(code: str, one: Tally) -> str:
    if code == ALL:
        return f"{one.products} raw materials and metals"
    return f"{one.products} products of chapter {code}"


def _said(one: Tally, model: bool, whom: str) -> str:
    years = " and ".join(str(year) for year in BASE_YEARS)
    ours = one.hits if model else one.criteria
    hits, lot, simple = (_short(one.per_ten(x)) for x in (ours, one.lot, one.rule))
    ranking = "this ranking" if model else "these criteria"
    return (
        f"Of every ten markets without sales yet that {ranking} would have named to {whom} in {years}, {hits} opened "
        f"within five years (drawn by lot: {lot}; by the best other way, {rule()}: {simple}). "
        f"Of the {one.opened:,} that opened, {100 * one.recall(ours):.0f} % had been named."
    )


def _short(x: float) -> str:
    return f"{x:.2f}"


def _figures(one: Tally, model: bool) -> dict[str, float]:
    ours = one.hits if model else one.criteria
    return {
        "products": one.products,
        "exporters": one.exporters,
        "candidates": one.candidates,
        "opened": one.opened,
        "named": one.named,
        "hits_per_ten": one.per_ten(ours),
        "criteria_per_ten": one.per_ten(one.criteria),
        "rule_per_ten": one.per_ten(one.rule),
        "lot_per_ten": one.per_ten(one.lot),
        "recall_at_10": one.recall(ours),
    }


def _growth_said(chapter: str) -> list[str]:
    """What the growth of the chapter's demand was worth; empty for a chapter that is not known by itself."""
    row = growth_skill().get(chapter)
    if row is None:
        return []
    return [
        f"Growth of imports of chapter {chapter}, which the ranking reckons with, {told(float(row['spearman']))} the "
        f"growth of the next {row['horizon']} years (rank correlation {_signed(float(row['spearman']))})."
    ]


def told(rho: float) -> str:
    """How a rank correlation between a figure and what came is said."""
    return next(words for least, words in TOLD if rho >= least)


def _growth_figures(chapter: str) -> dict[str, float]:
    row = growth_skill().get(chapter)
    return {} if row is None else {"growth_spearman": float(row["spearman"])}


def _signed(x: float) -> str:
    return f"{x:.2f}".replace("-", "−")


def _without(system: str, code: str) -> Record:
    """Services and products that only the user knows: nobody records which exporter opened which market."""
    if system != "icio":
        return Record("none", "", "", "No record: nothing public tells how markets for this opened before.", {})
    size, growth = (growth_skill()[f"services {what}"] for what in ("size", "growth"))
    level, pace = float(size["spearman"]), float(growth["spearman"])
    sentence = (
        "No record: for services nobody has written down which market opened to whom. What can be said of "
        f"{growth['first']} to {growth['last']}: what a market bought of a service from abroad {told(level)} what it "
        f"would buy {size['horizon']} years on (rank correlation {_signed(level)}); growth of its economy {told(pace)} "
        f"how fast that would grow ({_signed(pace)})."
    )
    return Record("none", f"icio:{code}", "", sentence, {"size_spearman": level, "growth_spearman": pace})
