"""The model of the outlook a second time: one path, one quarter, one market after another, in plain Python.

Written from the description of the model, not from the code it checks: it shares tables and draws with it, no formula.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from beachhead.assumptions import Assumptions
from beachhead.enter.modes import MODES
from beachhead.outlook.draws import Draws
from beachhead.outlook.schedule import Ground, Schedule
from beachhead.rollout.result import Presence

AREAS = ("supply", "service", "sales", "finance", "communication")


@dataclass
class Market:
    """A presence of the plan on one path."""

    plan: Presence
    mode: int
    begun: int | None = None
    first: float = math.inf
    ended: bool = False
    passed: bool = False
    judge: int = -1
    turn: int = -1
    turned: int | None = None
    learnt: float = 1.0
    left: float = 1.0
    patience: float = 0.0
    worth: float = 0.0
    sales: list[float] = field(default_factory=list)

    @property
    def there(self) -> bool:
        return self.begun is not None and not self.ended


@dataclass
class PlainPath:
    """One future: by quarter, and the worth of it."""

    revenue: list[float] = field(default_factory=list)
    profit: list[float] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)
    hours: list[float] = field(default_factory=list)
    attention: list[float] = field(default_factory=list)
    markets: list[int] = field(default_factory=list)
    begun: list[int] = field(default_factory=list)
    worth: float = 0.0
    stopped: int = 0
    forced: int = 0


class Plain:
    """A schedule, to be followed path by path."""

    def __init__(self, ground: Ground, schedule: Schedule, recourse: bool = True) -> None:
        self.ground, self.schedule, self.recourse = ground, schedule, recourse
        self.assumed: Assumptions = ground.assumed
        self.quarters = schedule.quarters
        self.rules = ground.rules
        self.horizon = ground.rules.horizon
        self.yearly = self.tenure_years()

    def tenure_years(self) -> list[float]:
        """Sales in each year since the first sale: the calendar path without its partial first year."""
        rates: list[float] = []
        for year in range(1, 7):
            seen = self.assumed[f"ramp_{year}"]
            rates.append(seen / 0.625 if year == 1 else (seen - 0.375 * rates[-1]) / 0.625)
        return rates

    def mature(self, tenure: float) -> float:
        """Mature quarters sold by so much tenure."""
        total, year = 0.0, 0
        while tenure > 4 * year:
            total += self.yearly[min(year, 5)] * min(tenure - 4 * year, 4.0)
            year += 1
        return total

    def path(self, drawn: Draws, i: int) -> PlainPath:
        """Follow path ``i`` of the draws."""
        out = PlainPath()
        markets = [
            Market(p, p.mode, patience=float(drawn.patience[m, i])) for m, p in enumerate(self.schedule.presences)
        ]
        arriving: dict[int, float] = {}
        cash = self.rules.cash
        for q in range(self.quarters + self.horizon - 1):
            paid = self.decide(markets, drawn, i, q, out)
            made = [self.sell(m, x, drawn, i, q) for m, x in enumerate(markets)]
            self.endure(markets, q)
            if q < self.quarters:
                cash = self.book(markets, made, drawn, i, q, paid, arriving, cash, out)
            else:
                self.flows(markets, made, drawn, i, q)
        out.worth += sum(x.worth for x in markets)
        return out

    # decisions at the beginning of a quarter

    def decide(self, markets: list[Market], drawn: Draws, i: int, q: int, out: PlainPath) -> float:
        paid = 0.0
        for m, x in enumerate(markets):
            if x.there and x.patience < 0:
                out.forced += q < self.quarters
                paid += self.leave(m, x, q)
        for m, x in enumerate(markets):
            if (
                self.recourse
                and x.there
                and x.judge == q
                and self.rate(x, q, self.rules.review_quarters) < x.plan.stop_below
            ):
                out.stopped += q < self.quarters
                paid += self.leave(m, x, q)
        for m, x in enumerate(markets):
            if self.recourse and x.there and x.turn == q and self.implied(m, x, q) >= x.plan.if_potential:
                paid += self.switch(m, x, q)
        new = [m for m, x in enumerate(markets) if self.begins(markets, x, q)]
        for m in new:
            self.enter(m, markets[m], drawn, i, q)
        return paid + sum(self.set_up(m, markets, drawn, i, q) for m in new)

    def begins(self, markets: list[Market], x: Market, q: int) -> bool:
        if q >= self.quarters or x.begun is not None:
            return False
        if not self.recourse or x.plan.opened_by < 0:
            return x.plan.start == q
        gate = markets[x.plan.opened_by]
        shown = 0 if gate.plan.phase == 2 else self.rules.gate_quarters
        long = gate.there and q - gate.first >= shown
        gate.passed |= long and self.rate(gate, q, self.rules.gate_quarters) >= gate.plan.go_above
        return x.plan.start <= q and gate.passed

    def enter(self, m: int, x: Market, drawn: Draws, i: int, q: int) -> None:
        planned = x.plan.first_sale - x.plan.start
        time = planned if x.plan.running else planned * float(drawn.late[m, i])
        late = math.ceil(max(time - planned, 0.0) - 1e-4)
        x.begun, x.first = q, q + time
        x.left = 1.0 if x.plan.running else (1.0 - self.rules.closing) ** (q / 4.0)
        x.judge = q + x.plan.review + late
        if x.plan.then >= 0:
            x.turn = q + x.plan.switch + late

    def set_up(self, m: int, markets: list[Market], drawn: Draws, i: int, q: int) -> float:
        f, x = self.ground.figures, markets[m]
        if x.plan.running:
            return 0.0
        lag = self.rules.likeness_lag
        kept = 1.0
        for g in range(3):
            known = f.held[m, g]
            for o, other in enumerate(markets):
                early = other.begun is not None and other.begun <= q - lag
                known = known or (early and not other.plan.running and f.alike[m, o, g])
            kept -= f.cut[g] if known else 0.0
        return self.once(x, q, f.entry[m, x.mode] * kept * float(drawn.setup[m, i]))

    def switch(self, m: int, x: Market, q: int) -> float:
        f, old = self.ground.figures, x.mode
        x.mode, x.turned, x.learnt = x.plan.then, q, self.assumed[f"{MODES[old]}.learning"]
        return self.once(x, q, f.switch[m, x.mode] + f.leave[m, old])

    def leave(self, m: int, x: Market, q: int) -> float:
        x.ended = True
        return self.once(x, q, self.ground.figures.leave[m, x.mode])

    def once(self, x: Market, q: int, usd: float) -> float:
        if q < x.begun + self.horizon:
            x.worth -= self.today(q) * usd
        return usd

    def today(self, q: int) -> float:
        return (1.0 + self.assumed["discount_rate"]) ** (-(q + 0.5) / 4.0)

    # what is seen

    def rate(self, x: Market, q: int, span: int) -> float:
        quarters = min(span, q - max(x.first, 0.0))
        return 4.0 * sum(x.sales[-span:]) / quarters if quarters > 0 else 0.0

    def implied(self, m: int, x: Market, q: int) -> float:
        quarters = self.rules.review_quarters
        since = max(q - quarters, 0)
        made = self.mature(q - x.first) - self.mature(since - x.first)
        if made <= 0:
            return 0.0
        return 4.0 * sum(x.sales[-quarters:]) / (self.ground.figures.sold[m, x.mode] * made)

    # what happens in a quarter

    def sell(self, m: int, x: Market, drawn: Draws, i: int, q: int) -> float:
        sales = 0.0
        if x.there:
            onward = self.mature(q + 1 - x.first) - self.mature(q - x.first)
            anew = 0.0 if x.turned is None else self.mature(q + 1 - x.turned) - self.mature(q - x.turned)
            ramp = x.learnt * onward + (1.0 - x.learnt) * anew
            level = x.left * float(drawn.potential[m, i]) * float(drawn.demand[q // 4, m, i]) / 4.0
            sales = level * self.ground.figures.sold[m, x.mode] * ramp
        x.sales.append(sales)
        return sales

    def endure(self, markets: list[Market], q: int) -> None:
        """Number and rank by the year, as the published tables count: of its four quarters the best."""
        year = [max(x.sales[-4:]) for x in markets]
        breadth = sum(sales > 0 for sales in year) + self.ground.elsewhere
        for m, x in enumerate(markets):
            if x.there and q + 1 > x.first:
                rank = 1 + sum(sales > year[m] for sales in year)
                x.patience -= self.hazard(m, x, q, breadth, rank)

    def hazard(self, m: int, x: Market, q: int, breadth: int, rank: int) -> float:
        hard = not self.ground.figures.accessible[m]
        begin, end = max(q, x.first), float(q + 1)
        if self.recourse:
            chance = float(self.ground.hazard.forced(breadth, rank, hard))
            ahead = 0.5 if q == max(math.floor(x.first), x.begun) else 0.0  # ends are rounded to the nearest quarter
            return -math.log(1.0 - chance) / 4.0 * (end - begin + ahead)
        total = 0.0
        for year in range(1, 8):  # the parts of the quarter in each quarter's year of tenure
            low, high = x.first + 4 * (year - 1), x.first + 4 * year if year < 7 else math.inf
            part = max(min(end, high) - max(begin, low), 0.0)
            chance = float(self.ground.hazard.yearly(min(year, 6), breadth, rank, hard))
            total += -math.log(1.0 - chance) / 4.0 * part
        return total

    def flows(self, markets: list[Market], made: list[float], drawn: Draws, i: int, q: int) -> float:
        """Income less running cost of all, added to what each is worth."""
        f, total = self.ground.figures, 0.0
        for m, x in enumerate(markets):
            if not x.there:
                continue
            per_usd = (f.goods[x.mode] + f.kept[x.mode]) * float(drawn.fx[q // 4, m, i]) - f.goods[x.mode]
            flow = made[m] * per_usd - f.fixed[m, x.mode] - f.staff[m, x.mode]
            total += flow
            if q < x.begun + self.horizon:
                x.worth += self.today(q) * flow
        return total

    # the books

    def book(
        self,
        markets: list[Market],
        made: list[float],
        drawn: Draws,
        i: int,
        q: int,
        paid: float,
        arriving: dict[int, float],
        cash: float,
        out: PlainPath,
    ) -> float:
        f = self.ground.figures
        revenue = spent = 0.0
        for m, x in enumerate(markets):
            receipt = made[m] * (f.goods[x.mode] + f.kept[x.mode]) * float(drawn.fx[q // 4, m, i])
            revenue += receipt
            delay = 0.0 if x.plan.running and x.turned is None else f.delay[x.mode]  # they pay for what was before
            wait = math.floor(delay)
            part = delay - wait
            arriving[q + wait] = arriving.get(q + wait, 0.0) + (1.0 - part) * receipt
            arriving[q + wait + 1] = arriving.get(q + wait + 1, 0.0) + part * receipt
            spent += made[m] * f.goods[x.mode] + (f.fixed[m, x.mode] if x.there else 0.0)
        automation = self.automation(q)
        saved = self.work(markets, drawn, i, q, out) * f.hour_usd
        out.worth += self.today(q) * (saved - automation)
        out.revenue.append(revenue)
        out.profit.append(self.flows(markets, made, drawn, i, q) - paid - automation + saved)
        out.markets.append(sum(x.there for x in markets))
        out.begun.append(sum(x.begun is not None for x in markets))
        cash += arriving.get(q, 0.0) - spent - paid - automation
        out.cash.append(cash)
        return cash

    def automation(self, q: int) -> float:
        return self.ground.leaving * (q == 0) + sum(
            a.cost_usd * (q == when) + a.upkeep_usd_quarter * (q >= when) for a, when in self.schedule.bought
        )

    def work(self, markets: list[Market], drawn: Draws, i: int, q: int, out: PlainPath) -> float:
        """Enter hours and attention; give the planned hours that automation saves."""
        used = saved = attention = 0.0
        for m, x in enumerate(markets):
            if x.there:
                launching = q < x.first if x.turned is None else q == x.turned
                times = 1.0 + self.rules.hours_launch * launching
                attention += self.rules.attention_launch if launching else self.rules.attention_run
                for a, area in enumerate(AREAS):
                    hours = times * self.ground.figures.hours[m, x.mode, a]
                    share = min(self.share_saved(area, q), 1.0)
                    used += hours * (1.0 - share) * float(drawn.hours[m, i])
                    saved += hours * share
        out.hours.append(used)
        out.attention.append(attention)
        return saved

    def share_saved(self, area: str, q: int) -> float:
        return sum(a.saves for a, when in self.schedule.bought if a.area == area and q >= when + a.build_quarters)


def follow_plainly(plain: Plain, drawn: Draws, paths: int) -> list[PlainPath]:
    """The first ``paths`` paths."""
    return [plain.path(drawn, i) for i in range(paths)]


def lines(paths: list[PlainPath], name: str) -> Any:
    """A quantity by quarter and path, (T, n)."""
    import numpy as np

    return np.array([getattr(path, name) for path in paths]).T
