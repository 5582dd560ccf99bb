"""Finding the code of what is sold by plain words: BM25 over the names, with a table of everyday words.

Score of a product for a query is BM25 (Robertson & Zaragoza 2009, eq. 3.15) over the stems of its name and, at less
weight, of what it belongs to and (``sectors.csv``) of what it holds; plus a bonus where the table ``synonyms.csv``
names the code for words of the query.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

from beachhead.accents import unaccented
from beachhead.evidence.catalogue import read_table
from beachhead.products.table import Product, parents, products, sectors

K1: Final = 1.2  # how soon a repeated word stops counting more
B: Final = 0.5  # how much a long name is held against a product
PARENT_WEIGHT: Final = 0.35  # a word of the heading or chapter, against one of the name itself
HOLDS_WEIGHT: Final = 0.5  # a word of what a sector holds, against one of its name
ALSO_WEIGHT: Final = 0.5  # a word that the table adds to the query
VAGUE: Final = frozenset({"service", "product", "article", "activity", "item", "thing"})  # stems in hundreds of names
VAGUE_WEIGHT: Final = 0.3
RELEVANT: Final = 0.35  # of the first hit's score; what fits less is left out
BONUS: Final = 12.0  # for the first code that the table names; the next gets half, a third …
SCHEMES: Final = ("hs", "icio")
EMPTY_WORDS: Final = (
    "a an and any are as at be but by for from has have in into is its n.e.c nec nes of on or our own sell sells than "
    "that the their they to we what whether which with"
)
STOPWORDS: Final = frozenset(EMPTY_WORDS.split())
# What a name says that a product is not: "Coffee; roasted, not decaffeinated" is not found by "decaffeinated".
EXCLUDED: Final = re.compile(r"\b(?:other than|excluding|except|excl\.|not|neither)\b[^;,)]*")


@dataclass(frozen=True, slots=True)
class Hit:
    """A product that was found; a higher score fits the words better."""

    product: Product
    score: float


@dataclass(frozen=True, slots=True)
class Index:
    """Inverted index: ``postings`` stem → {code: weighted count}; ``length`` weighted stems of each code."""

    postings: Mapping[str, Mapping[str, float]]
    length: Mapping[str, float]
    mean_length: float


def stem(word: str) -> str:
    """A word without the commonest English endings; enough to join singular and plural."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("oes", "o"), ("s", "")):
        if len(word) > len(ending) + 2 and word.endswith(ending) and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + instead
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word.removesuffix(ending)
    return word


def stems(text: str) -> list[str]:
    """The words of a text that carry meaning, as stems."""
    words = re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", unaccented(text))
    return [stem(word) for word in words if word not in STOPWORDS and (len(word) > 1 or word.isdigit())]


@cache
def build_index() -> Index:
    """The index over all products."""
    postings: defaultdict[str, dict[str, float]] = defaultdict(dict)
    length: dict[str, float] = {}
    for code, product in products().items():
        counts = _counts(product)
        length[code] = sum(counts.values())
        for word, count in counts.items():
            postings[word][code] = count
    return Index(postings, length, sum(length.values()) / len(length))


def _counts(product: Product) -> dict[str, float]:
    """Weighted count of each stem: the name's own words, and at less weight those of its parents and of its sector."""
    counts: dict[str, float] = dict(Counter(stems(EXCLUDED.sub("", product.name.casefold()))))
    for word in set(stems(sectors().get(product.code, ""))):
        counts.setdefault(word, HOLDS_WEIGHT)
    for parent in parents(product):
        for word in set(stems(EXCLUDED.sub("", parent.name.casefold()))):
            counts.setdefault(word, PARENT_WEIGHT)
    return counts


@cache
def synonyms() -> tuple[tuple[frozenset[str], tuple[str, ...], tuple[str, ...]], ...]:
    """Rows of ``synonyms.csv``: the stems that must all be asked for, stems to add, codes meant (the first most)."""
    return tuple(
        (frozenset(stems(row["words"])), tuple(stems(row["also"])), tuple(row["codes"].split(";")))
        for row in read_table("synonyms", Path(__file__).parent)
    )


def search(text: str, limit: int = 10) -> list[Hit]:
    """The products that fit the words best, best first. A code, or the beginning of one, finds itself.

    What fits far less than the first is left out, unless it is a part of the first.
    """
    by_code = list(_by_code(text, limit))
    if by_code:
        return by_code
    asked = [_known_stem(word) for word in dict.fromkeys(stems(text))]
    scores = _bm25(_added(asked) | {word: VAGUE_WEIGHT if word in VAGUE else 1.0 for word in asked})
    for code, bonus in _meant(asked):
        scores[code] = scores.get(code, 0.0) + bonus
    best = sorted(scores.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    hits = [Hit(products()[code], score) for code, score in best]
    return [hit for hit in hits if _is_relevant(hit, hits[0])][:limit]


def _is_relevant(hit: Hit, first: Hit) -> bool:
    """Whether a hit is near enough to the first, by its score or because it belongs to it."""
    return hit.score >= RELEVANT * first.score or first.product in parents(hit.product)


def _by_code(text: str, limit: int) -> Iterator[Hit]:
    """Products whose code is, or begins with, what was typed: ``2508``, ``hs:2508``, ``J62``."""
    wanted = re.sub(r"[\s.]", "", text).casefold()
    scheme = next((one for one in SCHEMES if re.match(rf"{one}(:|\d)", wanted)), "")
    bare = wanted.removeprefix(scheme).removeprefix(":")
    if not scheme and not re.fullmatch(r"\d{2,6}|[a-z]\d\w*", bare):
        return
    begins = tuple(f"{one}:{bare}" for one in SCHEMES if scheme in ("", one))
    found = [p for code, p in products().items() if code.casefold().startswith(begins)]
    for place, product in enumerate(sorted(found, key=_by_level)[:limit], 1):
        yield Hit(product, 1.0 / place)


def _by_level(product: Product) -> tuple[int, str]:
    """Chapters, headings, then lines; sectors in the order of their codes."""
    return (0 if product.level == "sector" else len(product.code), product.code)


def _known_stem(word: str) -> str:
    """The word itself if any name or row of the table holds it, else the nearest that does: ``fotwear`` → footwear."""
    known = build_index().postings.keys() | frozenset().union(*(row[0] for row in synonyms()))
    if word in known or len(word) < 4:
        return word
    near = get_close_matches(word, known, n=1, cutoff=0.8)
    return near[0] if near else word


def _added(asked: list[str]) -> dict[str, float]:
    """Words that the table adds to those asked for."""
    return {word: ALSO_WEIGHT for need, also, _ in synonyms() if need <= set(asked) for word in also}


def _meant(asked: list[str]) -> Iterator[tuple[str, float]]:
    """Codes that the table names for the words, each with its bonus; a row that needs more of the words counts more."""
    for need, _, codes in synonyms():
        if need and need <= set(asked):
            for place, code in enumerate(codes, 1):
                yield code, BONUS * len(need) / place


def _bm25(query: Mapping[str, float]) -> dict[str, float]:
    """Score of each product that holds a word of the query (stem → weight)."""
    index = build_index()
    scores: defaultdict[str, float] = defaultdict(float)
    for word, weight in query.items():
        found = index.postings.get(word, {})
        rarity = math.log(1 + (len(index.length) - len(found) + 0.5) / (len(found) + 0.5))
        for code, count in found.items():
            norm = count + K1 * (1 - B + B * index.length[code] / index.mean_length)
            scores[code] += weight * rarity * count * (K1 + 1) / norm
    return scores
