"""What is written down of the paths: the quarters of the plan, and what everything is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from beachhead.evidence.model import Floats
from beachhead.outlook.draws import Draws
from beachhead.outlook.schedule import Case, Ints
from beachhead.outlook.state import FAR, YEAR, State, by_presence, by_row
from beachhead.rollout.sales import paid
from beachhead.rollout.shocks import Singles

MEANS = ("entered", "served", "worth_of", "sales_last", "earned", "left")
LINES = ("revenue", "profit", "hours", "attention", "markets", "begun")


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What is kept of n paths; T quarters of the plan, P presences.

    (T, n): ``revenue`` (receipts earned), ``profit``, ``cash``, ``ventured`` (all cash that entries and automation have
    moved so far), ``hours``, ``attention``, ``markets`` served and ``begun``. (n,): ``worth``, and ``worth_new`` of the
    new markets alone. ``last_year`` (P, n): revenue of the plan's last year. Means over the paths, (P,): ``entered``,
    ``served`` at the plan's end, ``worth_of``, ``sales_last`` of the last year, ``earned`` revenue of the whole plan;
    ``left`` (2,): presences stopped and forced out within the plan.
    """

    revenue: Singles
    profit: Singles
    cash: Singles
    ventured: Singles
    hours: Singles
    attention: Singles
    markets: Singles
    begun: Singles
    worth: Floats
    worth_new: Floats
    last_year: Singles
    entered: Floats
    served: Floats
    worth_of: Floats
    sales_last: Floats
    earned: Floats
    left: Floats


class Book:
    """Collects the quarters of the plan for one chunk of n paths."""

    def __init__(self, case: Case, n: int) -> None:
        t, p = case.quarters, case.count
        self.lines = {name: np.zeros((t, n), dtype=np.float32) for name in LINES}
        self.receipts = np.zeros((len(case.rows.delays), n, t))
        self.spent, self.spent_before, self.saved = np.zeros((3, t, n))
        self.last_year = np.zeros((p, n), dtype=np.float32)
        self.sales_last, self.earned, self.served = np.zeros((3, p))

    def write(self, case: Case, drawn: Draws, s: State, sales: Singles, flow: Singles, q: int) -> None:
        """Enter one quarter."""
        receipts = sales * s.receipt
        self.work(case, drawn, s, q)
        self.money(case, s, sales, receipts, q)
        self.lines["profit"][q] = flow.sum(axis=0) + self.saved[q] - s.out[0] - case.spent[q]
        self.lines["markets"][q] = s.on.sum(axis=0)
        self.lines["begun"][q] = (s.begun[: case.count] < FAR).sum(axis=0)
        self.markets(case, s, sales, receipts, case.quarters - q)

    def work(self, case: Case, drawn: Draws, s: State, q: int) -> None:
        """Hours, more while a market is being launched; attention; what automation saves."""
        launching = s.first > q
        launching[case.count :] = s.turned == q
        busy = s.on * (1 + np.float32(case.rules.hours_launch) * launching)
        self.lines["hours"][q] = (busy * by_row(case, drawn.hours) * case.rows.hours[q]).sum(axis=0)
        launch, run = (np.float32(points) for points in (case.rules.attention_launch, case.rules.attention_run))
        self.lines["attention"][q] = (s.on * (run + (launch - run) * launching)).sum(axis=0)
        self.saved[q] = (busy * case.rows.saved_usd[q]).sum(axis=0)

    def money(self, case: Case, s: State, sales: Singles, receipts: Singles, q: int) -> None:
        """Revenue, and what goes into cash: receipts wait for the customers, the rest is paid at once."""
        for g, rows in enumerate(case.rows.paying):
            self.receipts[g, :, q] = receipts[rows].sum(axis=0)
        self.lines["revenue"][q] = self.receipts[:, :, q].sum(axis=0)
        spent = case.rows.goods * sales + case.rows.fixed * s.on
        self.spent[q] = spent.sum(axis=0) + s.out[0] + case.spent[q]
        self.spent_before[q] = spent[case.rows.ran].sum(axis=0) + s.out[1]

    def markets(self, case: Case, s: State, sales: Singles, receipts: Singles, left: int) -> None:
        """What each market brings, and in the last four of the quarters left, what it sells."""
        earned = by_presence(case, receipts)
        self.earned += earned.mean(axis=1, dtype=np.float64)
        if left <= YEAR:
            self.sales_last += by_presence(case, sales).mean(axis=1, dtype=np.float64)
            self.last_year += earned
            self.served = by_presence(case, s.on).mean(axis=1, dtype=np.float64)

    def arrived(self, case: Case, groups: Ints) -> Floats:
        """Receipts as customers pay them, of some groups of rows, (T, n)."""
        total = np.zeros_like(self.spent)
        for g in groups:
            total += paid(self.receipts[g], case.rows.delays[g]).T
        return total

    def close(self, case: Case, s: State) -> Ledger:
        """The finished ledger."""
        before = self.arrived(case, np.flatnonzero(case.rows.paid_before)) - self.spent_before
        moved = self.arrived(case, np.arange(len(case.rows.paying))) - self.spent
        worth = by_presence(case, s.worth)
        once = case.discount[: case.quarters] @ (self.saved - case.spent[:, None])
        return Ledger(
            **self.lines,
            cash=(case.rules.cash + np.cumsum(moved, axis=0)).astype(np.float32),
            ventured=np.cumsum(moved - before, axis=0).astype(np.float32),
            worth=worth.sum(axis=0, dtype=np.float64) + once,
            worth_new=worth[~case.moves.running].sum(axis=0, dtype=np.float64) + once,
            last_year=self.last_year,
            entered=(s.begun[: case.count] < FAR).mean(axis=1),
            served=self.served,
            worth_of=worth.mean(axis=1, dtype=np.float64),
            sales_last=self.sales_last,
            earned=self.earned,
            left=s.ended / s.out.shape[1],
        )
