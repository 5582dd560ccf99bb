"""What a policy is: one method that looks at what the firm can see and says what it does this quarter.

Policies of others come in through the entry point group ``beachhead.policies``: each names a callable without arguments
that gives a policy; it is called anew for every world, so a policy may remember what it saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.skill.policies.land import Bools, Ints, Land


@dataclass(frozen=True, slots=True)
class Enter:
    """Begin in a market, by index, in a mode, by index; where the firm is already: change to that mode."""

    market: int
    mode: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Give a market up; it cannot be entered again."""

    market: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Use a channel, by index, to hear about some markets."""

    channel: int
    markets: tuple[int, ...]


Action = Enter | Leave | Ask


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel said, as ln USD a year, the mean over ``markets``; it came in ``quarter``."""

    channel: int
    markets: tuple[int, ...]
    value: float
    quarter: int


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the firm can see at the start of a quarter; copies, nothing of what is true but unseen.

    By market (N,): ``mode`` that runs or is being launched, −1 none; ``begun``: quarter of the start; ``first``: first
    sale, in quarters, nan until it has come; ``left``: given up or ended; ``changed``: mode changed once. ``setup``
    (N, 7): what entry would cost by the estimates, likeness taken off. ``sales`` (Q, N) USD of the quarters so far, and
    ``yields`` (Q, N): what a USD of potential would have sold by all that is known, growth and money of the market
    included, so that sales ÷ yields is the potential times the noise of that year. ``fx`` (N,) now.
    """

    land: Land
    quarter: int
    cash: float
    mode: Ints
    begun: Ints
    first: Floats
    left: Bools
    changed: Bools
    setup: Floats
    sales: Floats
    yields: Floats
    fx: Floats
    answers: tuple[Answer, ...]
    refused: int
    rng: np.random.Generator

    @property
    def launching(self) -> Bools:
        """Markets being set up, without a sale so far, (N,)."""
        return (self.mode >= 0) & np.isnan(self.first)

    @property
    def selling(self) -> Bools:
        """Markets with sales, (N,)."""
        return (self.mode >= 0) & ~np.isnan(self.first)

    @property
    def fresh(self) -> Bools:
        """Markets that can still be entered, (N,)."""
        return (self.mode < 0) & ~self.left

    def affordable(self, wanted: Iterable[Enter]) -> tuple[Enter, ...]:
        """Of these, in their order, what the budgets allow if all goes by the estimates."""
        counter, taken = Budget.of(self), []
        for one in wanted:
            if not counter.refusal(one):
                counter.take(one)
                taken.append(one)
        return tuple(taken)


@dataclass(slots=True, eq=False)
class Budget:
    """The firm's limits, and what is left of them. The world holds every action against it; so may a policy.

    Planned figures count for hours and money: nobody knows better before. ``mode`` and ``waiting`` (N,): mode, and
    whether there has been no sale yet.
    """

    land: Land
    cash: float
    mode: Ints
    waiting: Bools
    left: Bools
    changed: Bools
    setup: Floats
    entered: int
    switching: int = 0

    @classmethod
    def of(cls, view: View) -> Budget:
        """The budget at the start of a quarter."""
        new = (view.land.figures.mode_now < 0) & ((view.mode >= 0) | view.left)
        return cls(
            view.land, view.cash, view.mode.copy(), view.launching, view.left.copy(), view.changed.copy(), view.setup,
            int(new.sum()),
        )  # fmt: skip

    def refusal(self, one: Enter) -> str:
        """Why an entry, or a change of mode, cannot be: place, mode, launches, markets, hours, attention or cash; '' if
        it can."""
        rules, f, m = self.land.rules, self.land.figures, one.market
        here = self.mode[m] >= 0
        if self.left[m] or (here and (self.waiting[m] or self.changed[m] or self.mode[m] == one.mode)):
            return "place"
        if not f.open[m, one.mode]:
            return "mode"
        if int(self.waiting.sum()) + self.switching >= rules.launches:
            return "launches"
        hours, attention = self.needs(one)
        tests = {
            "markets": not here and self.entered >= rules.most,
            "hours": hours > rules.hours,
            "attention": attention > rules.attention + 1e-9,
            "cash": self.cash - self.price(one) < rules.floor,
        }
        return next((name for name, broke in tests.items() if broke), "")

    def price(self, one: Enter) -> float:
        """What an entry or change of mode is expected to cost, USD."""
        f, m, now = self.land.figures, one.market, self.mode[one.market]
        return float(self.setup[m, one.mode] if now < 0 else f.switch[m, one.mode] + f.leave[m, now])

    def needs(self, one: Enter) -> tuple[float, float]:
        """Hours and attention of this quarter with the entry, as planned."""
        rules, n = self.land.rules, np.arange(len(self.mode))
        there, busy = self.mode >= 0, self.waiting.copy()
        there[one.market] = busy[one.market] = True
        mode = np.where(n == one.market, one.mode, self.mode)
        hours = self.land.hours[n, mode] * (1.0 + rules.hours_launch * busy)
        points = np.where(busy, rules.attention_launch, rules.attention_run)
        return float(hours[there].sum()), float(points[there].sum())

    def take(self, one: Enter, paid: float | None = None) -> None:
        """Book it, at the price expected or at the one ``paid``."""
        self.cash -= self.price(one) if paid is None else paid
        if self.mode[one.market] < 0:
            self.entered += 1
            self.waiting[one.market] = True
        else:
            self.switching += 1
            self.changed[one.market] = True
        self.mode[one.market] = one.mode


@runtime_checkable
class Policy(Protocol):
    """Anything that decides. Called once a quarter; every action is tried in the order given, and refused if it breaks
    a budget."""

    def decide(self, view: View) -> tuple[Action, ...]:
        """What the firm does in this quarter."""
        ...
