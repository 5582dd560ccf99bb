"""Simulated firms whose truth is known: what each market holds, how each source errs, how sales grow – and the journal
that such a truth writes. Everything is drawn from the very prior that learning starts from, unless a test says not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.learn.believe import Field, Found, believe, ramp_spread
from beachhead.learn.books import Book, noise_variance, sales_seen
from beachhead.learn.channels import Numbers, channel
from beachhead.learn.journal import Entry, Journal, Result
from beachhead.learn.observe import Context, Observation, told
from beachhead.learn.sites import Sites
from beachhead.quarters import quarter_name, quarter_number
from beachhead.rollout.sales import cumulative_ramp, ramped

CHANNELS = {
    "peers_consulted": Numbers(300, 2, 3, 0.8, 0.1, 0.3, 6),
    "trade_fair": Numbers(6000, 8, 5, 1.0, 0.25, 0.35, 6),
    "international_client": Numbers(500, 2, 1, 0.8, 0.15, 0.3, 6),
    "trial_and_error": Numbers(8000, 13, 1, 0.5, 0.05, 0.15, 8),
}
FIRST = quarter_number("2025Q1")
SOLD = 0.4  # mature sales per dollar of potential
NO_ORDER = SimpleNamespace(sales=SimpleNamespace(unit_value_usd=None))  # a firm that states no typical order
LATE = SimpleNamespace(weeks=np.full((60, 7), 26.0))  # a first sale is due after half a year


def sites(a, low, high, noise, rumour=0.0, width=10.0, basis=None) -> Sites:
    """Observations of scores (n, D), or of quantities with a ``basis``; numbers are for all of them."""
    a = np.atleast_2d(np.asarray(a, dtype=float))
    every = [np.broadcast_to(np.asarray(x, dtype=float), len(a)).copy() for x in (low, high, noise, rumour, width)]
    return Sites(csr_array(a), np.eye(a.shape[1]) if basis is None else basis, *every)


# --- fields ---------------------------------------------------------------------------------------------------------


def on_a_line(count: int, length: float = 3.0) -> np.ndarray:
    """Likeness of markets in a row: neighbours are like each other."""
    place = np.arange(count)
    return np.exp(-np.abs(place[:, None] - place) / length)


def field_of(
    count: int = 12, *, common: float = 0.5, alike: np.ndarray | None = None, sd: float = 1.0, own: float = 0.8
) -> Field:
    """Potentials around 100,000 dollars. ``sd``: of what can be known; of its variance a share ``common`` is about the
    firm; ``own``: of its luck."""
    like = on_a_line(count) if alike is None else alike
    lower = np.sqrt(1.0 - common) * np.linalg.cholesky(like + 1e-12 * np.eye(count))
    root = sd * np.column_stack([np.full(count, np.sqrt(common)), lower])
    mean = np.log(100_000.0) + np.linspace(-1.0, 1.0, count)
    names = tuple(f"M{chr(65 + k // 26)}{chr(65 + k % 26)}" for k in range(count))
    return Field("potential", names, mean, root, np.full(count, own), firm=0)


def alone(f: Field) -> Field:
    """The same spread of each market, but none speaks for another."""
    return replace(f, root=np.column_stack([f.of_firm, np.diag(np.linalg.norm(f.heard, axis=1))]))


# --- truth ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Truth:
    """ln potential (M,) as ``heard`` from others, as who deals with the firm knows it (``known``), and as the firm
    finds it (``theta``); ``bias`` and ``noise`` by channel; ``growth`` (6,): ln of its sales in each year of tenure
    against the usual path."""

    heard: np.ndarray
    known: np.ndarray
    theta: np.ndarray
    bias: dict[str, float]
    noise: dict[str, float]
    growth: np.ndarray

    def seen_by(self, name: str) -> np.ndarray:
        """What a channel sees of it, (M,)."""
        return {"market": self.heard, "firm": self.known, "own": self.theta}[channel(name).sees]


def truth_of(rng: np.random.Generator, f: Field, numbers: dict[str, Numbers] = CHANNELS) -> Truth:
    """Drawn from the prior; a channel's variance from its scaled inverse χ²."""
    z = rng.standard_normal(f.root.shape[1])
    known = f.mean + f.root @ z
    return Truth(
        heard=f.mean + f.heard @ z,
        known=known,
        theta=known + f.own * rng.standard_normal(len(known)),
        bias={c: n.bias + n.bias_sd * rng.standard_normal() for c, n in numbers.items()},
        noise={c: n.noise_sd * np.sqrt(n.noise_weight / rng.chisquare(n.noise_weight)) for c, n in numbers.items()},
        growth=ramp_spread(PACKAGED) * rng.standard_normal(6),
    )


def as_stated(truth: Truth, numbers: dict[str, Numbers] = CHANNELS) -> Truth:
    """The same, but every channel is as noisy as it is said to be."""
    return replace(truth, noise={c: n.noise_sd for c, n in numbers.items()})


# --- the journal that it writes -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Style:
    """How a firm keeps its journal: so many ``entries``, each on up to ``at_once`` markets; shares that are comparisons
    (``compares``) and rumours; ``sells`` in so many markets for ``quarters`` quarters; ``of``: markets asked about."""

    entries: int = 10
    at_once: int = 1
    compares: float = 0.0
    rumours: float = 0.05
    sells: int = 0
    quarters: int = 8
    of: tuple[int, ...] = ()
    channels: tuple[str, ...] = tuple(CHANNELS)


@dataclass
class World:
    """A field, its channels and assumptions: what turns a truth into a journal, and a journal into beliefs."""

    field: Field = made(default_factory=field_of)
    numbers: dict[str, Numbers] = made(default_factory=lambda: dict(CHANNELS))
    assumed: Assumptions = PACKAGED
    held: frozenset[str] = frozenset()

    @property
    def context(self) -> Context:
        rows = {m: k for k, m in enumerate(self.field.markets)}
        return Context(rows, self.field.mean, None, self.numbers, {}, self.assumed)

    def entry(self, number: int, name: str, rows: Any, **said: Any) -> Entry:
        """An entry on some markets, by row."""
        markets = tuple(self.field.markets[k] for k in np.atleast_1d(rows))
        day = date(2026, 1, 1)
        return Entry(id=number, date=day, channel=name, markets=markets, finding="Simulated.", **said)

    def figure(self, number: int, name: str, rows: Any, log: float, **more: Any) -> Entry:
        """An entry that gives a figure, as its logarithm."""
        return self.entry(number, name, rows, estimate_usd=float(np.exp(np.clip(log, -20.0, 30.0))), **more)

    def entries(self, rng: np.random.Generator, truth: Truth, style: Style) -> tuple[Entry, ...]:
        return tuple(self.written(rng, truth, style, k + 1) for k in range(style.entries))

    def written(self, rng: np.random.Generator, truth: Truth, style: Style, number: int) -> Entry:
        """One entry as a source of the truth would give it, or a rumour."""
        asked = style.of or range(len(self.field.markets))
        rows = rng.choice(asked, size=min(int(rng.integers(1, style.at_once + 1)), len(asked)), replace=False)
        name, wild = str(rng.choice(style.channels)), rng.random() < style.rumours
        what = truth.seen_by(name)
        noise = truth.noise[name] * rng.standard_normal()
        if rng.random() >= style.compares:
            width = self.assumed["rumour_width"]
            usual = self.field.mean[rows].mean() + self.numbers[name].bias
            straight = what[rows].mean() + truth.bias[name] + noise
            return self.figure(number, name, rows, usual + width * (rng.random() - 0.5) if wild else straight)
        other = [k for k in range(len(self.field.markets)) if k not in rows]
        if rng.random() < 0.5:
            than = int(rng.choice(other))
            gap, said = what[rows].mean() - what[than], self.field.markets[than]
        else:
            gap, said = (what - self.field.mean)[rows].mean() + truth.bias[name], "expected"
        return self.entry(number, name, rows, says=self.word(rng, gap + noise, wild), than=said)

    def word(self, rng: np.random.Generator, gap: float, wild: bool) -> str:
        if wild:
            return str(rng.choice(["better", "alike", "worse"]))
        width = self.assumed["alike_within"]
        return "better" if gap > width else "worse" if gap < -width else "alike"

    def book(self, rng: np.random.Generator, truth: Truth, row: int, quarters: int, noise: float | None = None) -> Book:
        """Sales of so many quarters from the first one on, which began at some time within its quarter."""
        sd = float(np.sqrt(noise_variance(1, self.assumed))) if noise is None else noise
        part, knots = rng.random(), cumulative_ramp(self.assumed, quarters + 4)
        tenure = np.arange(quarters + 1) - 1.0 + part
        share = np.diff(ramped(knots, np.concatenate([[0.0], tenure[1:]])))
        grown = np.exp(truth.growth[np.minimum(np.arange(quarters) // 4, 5)])
        luck = np.exp(sd * rng.standard_normal(quarters) - sd**2 / 2.0)
        return self.booked(row, np.exp(truth.theta[row]) * SOLD / 4.0 * share * grown * luck)

    def booked(self, row: int, sales: Any, first: int | None = FIRST) -> Book:
        """A book with these sales."""
        results = tuple(
            Result(market=self.field.markets[row], quarter=quarter_name(FIRST + k), sales_usd=float(x))
            for k, x in enumerate(sales)
        )
        return Book(self.field.markets[row], row, 1, (SOLD,) * len(results), first, results)

    def from_books(self, books: list[Book]) -> list[Observation]:
        return [o for book in books for o in sales_seen(book, NO_ORDER, LATE, self.assumed)]  # type: ignore[arg-type]

    def read(self, entries: Any, books: Any = ()) -> list[Observation]:
        """What entries and books say of the potential."""
        return [*told(Journal(tuple(entries)), "potential", self.context), *self.from_books(list(books))]

    def found(self, entries: Any, books: Any = ()) -> Found:
        """What is then believed."""
        return believe(self.field, self.read(entries, books), self.numbers, self.held, self.assumed)

    def firm(self, seed: int, style: Style, truth: Truth | None = None) -> tuple[Truth, Found]:
        """A firm: its truth, and what it believes after its journal."""
        rng = np.random.default_rng(seed)
        truth = truth_of(rng, self.field, self.numbers) if truth is None else truth
        entries = self.entries(rng, truth, style)
        rows = rng.choice(style.of or len(self.field.markets), size=style.sells, replace=False)
        return truth, self.found(entries, [self.book(rng, truth, int(row), style.quarters) for row in rows])
