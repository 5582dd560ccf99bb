"""Small planning problems: some by hand, some at random, and tiny ones that go through the real model of courses."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from beachhead.assumptions import PACKAGED, Assumptions
from beachhead.enter.modes import MODES
from beachhead.quarters import quarter_number
from beachhead.rollout.courses import Courses, Profiles, profiles
from beachhead.rollout.figures import Figures
from beachhead.rollout.ground import Ground
from beachhead.rollout.problem import Problem, problem
from beachhead.rollout.rules import Rules, Wish
from beachhead.rollout.sales import discounting
from beachhead.rollout.scenarios import Scenarios
from beachhead.rollout.shocks import History
from beachhead.rollout.tables import AREAS, Automation

NAMES = tuple("ABCDEF")
INDIRECT, DIRECT, ECOMMERCE = 0, 1, 2
SUBSIDIARY = MODES.index("subsidiary")
SALES = AREAS.index("sales")


# --- by hand -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class One:
    """A course as numbers that a reader can check. ``value`` by scenario or for all; ``flow``: money in less money out
    of each quarter, (T,) or (T, S); ``hours`` and ``attention`` in each quarter from the start on, or (T, S)."""

    market: int
    start: int = 0
    value: ArrayLike = 0.0
    flow: ArrayLike = 0.0
    mode: int = DIRECT
    then: int = -1
    setup: ArrayLike = 0.0
    hours: ArrayLike = 0.0
    attention: ArrayLike = 0.0
    prep: int = 1
    running: bool = False
    leaves: bool = False
    tenure: int = 0
    area: tuple[float, ...] = (0.0, 0.0, 1.0, 0.0, 0.0)

    def cells(self, x: ArrayLike, quarters: int, scenarios: int) -> np.ndarray:
        """``x`` as (T, S), nothing before the start."""
        given = np.asarray(x, dtype=float)
        given = given[:, None] if given.ndim == 1 else given
        return np.where(np.arange(quarters)[:, None] >= self.start, np.broadcast_to(given, (quarters, scenarios)), 0.0)


def limits(**changes: Any) -> Rules:
    """Rules that bind nothing, with some that do."""
    free = Rules(
        first=quarter_number("2027Q1"),
        quarters=4,
        horizon=8,
        cash=1e6,
        floor=0.0,
        floor_risk=0.0,
        hours=1e5,
        hours_kept=0.0,
        attention=1e3,
        attention_launch=1.0,
        attention_run=0.25,
        hours_launch=1.0,
        launches=100,
        pilots=2,
        phases=False,
        most=100,
        gate_quarters=1,
        review_quarters=2,
        likeness_lag=1,
        closing=0.0,
        downside=0.0,
        price=0.0,
        tail=0.25,
    )
    return replace(free, **changes)


def figures_of(count: int, **changes: Any) -> Figures:
    """Figures of ``count`` markets in which only what is given says anything."""
    n = count
    free = Figures(
        markets=NAMES[:n],
        rows=np.arange(n),
        potential=np.full(n, 100_000.0),
        root=np.full((n, 1), 0.4),
        own_sd=np.full(n, 0.6),
        cap=np.inf,
        sold=np.ones((n, 7)),
        kept=np.full(7, 0.4),
        goods=np.full(7, 0.6),
        delay=np.zeros(7),
        entry=np.full((n, 7), 5_000.0),
        entry_sd_log=np.full((n, 7), 0.3),
        held=np.zeros((n, 3), dtype=bool),
        cut=np.array([0.2, 0.1, 0.1]),
        alike=np.zeros((n, n, 3), dtype=bool),
        fixed=np.full((n, 7), 500.0),
        staff=np.full((n, 7), 1_000.0),
        leave=np.full((n, 7), 300.0),
        switch=np.full((n, 7), 4_000.0),
        switch_at=np.full((n, 7, 7), np.inf),
        weeks=np.full((n, 7), 13.0),
        hours=np.full((n, 7, 5), 10.0),
        hour_usd=20.0,
        open=np.zeros((n, 7), dtype=bool),
        mode_now=np.full(n, -1),
        tenure=np.zeros(n, dtype=np.intp),
        region=np.eye(n, dtype=bool),
        accessible=np.ones(n, dtype=bool),
        hazard=np.ones(n),
    )
    return replace(free, **changes)


def still(markets: int, count: int) -> Scenarios:
    """``count`` scenarios that are never looked at: the courses say what they bring."""
    one = np.ones((markets, count))
    return Scenarios(one, one, one, one, np.ones((markets, 1, count)), np.ones((markets, 1, count)))


def by_hand(
    ones: list[One],
    rules: Rules,
    *,
    scenarios: int = 1,
    markets: int | None = None,
    automations: tuple[Automation, ...] = (),
    **figures: Any,
) -> Problem:
    """The problem of choosing among these courses."""
    ones = sorted(ones, key=lambda one: (one.market, not one.running, one.mode, one.start))
    n, t, s = markets or 1 + max(one.market for one in ones), rules.window, scenarios

    def table(name: str, kind: type = int) -> np.ndarray:
        return np.array([getattr(one, name) for one in ones], dtype=kind)

    ways = Profiles(
        table("market"),
        table("mode"),
        table("then"),
        np.where(table("then") >= 0, 2, -1),
        table("running", bool),
        table("leaves", bool),
        table("prep"),
        table("tenure"),
    )
    hours = np.stack([one.cells(one.hours, t, s) for one in ones])
    age = np.arange(t) - table("start")[:, None]
    launching = (age >= 0) & (age < ways.prep[:, None]) & ~ways.running[:, None]
    courses = Courses(
        of=ways,
        profile=np.arange(len(ones)),
        start=table("start"),
        value=np.stack([np.broadcast_to(np.asarray(one.value, dtype=float), s) for one in ones]),
        cash=np.stack([np.cumsum(one.cells(one.flow, t, s), axis=0) for one in ones]),
        setup=np.stack([np.broadcast_to(np.asarray(one.setup, dtype=float), s) for one in ones]),
        hours=hours,
        attention=np.stack([one.cells(one.attention, t, s) for one in ones]),
        by_area=hours.mean(axis=2)[:, None, :] * table("area", float)[:, :, None],
        launch=launching.astype(float),
        gate=table("start")
        + np.where(ways.running, np.maximum(rules.gate_quarters - ways.tenure, 0), ways.prep + rules.gate_quarters),
    )
    known = figures_of(n, **figures)
    return problem(known, rules, still(n, s), courses, automations, discounting(PACKAGED, t))


def machine(**changes: Any) -> Automation:
    """An investment that halves the hours of marketing and sales from the quarter after it is bought."""
    made = Automation("crm", "Customer records", "sales", "Invented.", 1_000.0, 100.0, 0.5, 1)
    return replace(made, **changes)


# --- at random -----------------------------------------------------------------------------------------------------

MOST_COURSES = {2: 10, 3: 6, 4: 4}  # of each market, so that every combination can be tried


def at_random(seed: int, **changes: Any) -> Problem:
    """A small problem in which most limits have a say: 2–4 markets, 1–2 modes, 4–6 quarters, 3–6 scenarios, up to two
    investments, markets that run, likeness, regions, pins and forbids."""
    rng = np.random.default_rng(seed)
    n, t, s = int(rng.integers(2, 5)), int(rng.integers(4, 7)), int(rng.integers(3, 7))
    rules = random_limits(rng, n, t)
    ones = [one for i in range(n) for one in random_courses(rng, i, rules, s, MOST_COURSES[n])]
    near = rng.random((n, n)) < 0.5
    return by_hand(
        ones,
        replace(rules, **changes),
        scenarios=s,
        markets=n,
        automations=random_machines(rng),
        alike=(rng.random((n, n, 3)) < 0.5) & ~np.eye(n, dtype=bool)[..., None],
        held=rng.random((n, 3)) < 0.2,
        region=near | near.T | np.eye(n, dtype=bool),
        accessible=rng.random(n) < 0.6,
    )


def random_limits(rng: np.random.Generator, n: int, t: int) -> Rules:
    """Limits that bind now and then."""
    pin = Wish(NAMES[rng.integers(n)], None, None if rng.random() < 0.5 else int(rng.integers(t)))
    forbid = Wish(NAMES[rng.integers(n)], None, None if rng.random() < 0.5 else int(rng.integers(t)))
    return limits(
        quarters=t,
        cash=float(rng.uniform(3_000, 20_000)),
        floor=float(rng.uniform(0, 5_000)),
        floor_risk=float(rng.choice([0.0, 0.25, 0.5])),
        hours=float(rng.uniform(1_500, 6_000)),
        hours_kept=float(rng.choice([0.0, 0.25])),
        attention=float(rng.uniform(1.2, 4.5)),
        launches=int(rng.choice([1, 1, 2, 3])),
        phases=bool(rng.random() < 0.5),
        pilots=int(rng.integers(1, 3)),
        most=int(rng.integers(1, 5)),
        likeness_lag=int(rng.integers(0, 3)),
        downside=float(rng.choice([0.0, 0.3, 0.8])),
        price=float(rng.choice([0.0, 2.0, 5.0])),
        tail=float(rng.choice([0.1, 0.4])),
        pins=(pin,) if rng.random() < 0.3 else (),
        forbids=(forbid,) if rng.random() < 0.4 else (),
        beyond=int(rng.choice([0, 2])),
    )


def random_courses(rng: np.random.Generator, i: int, rules: Rules, s: int, most: int) -> list[One]:
    """The ways of one market: in one of four the firm sells there already, and can stay, leave, or change the mode."""
    t, (level, spread) = rules.window, rng.uniform([-2_000, 500], [9_000, 8_000])
    luck = level + spread * rng.standard_normal(s)
    if rng.random() < 0.25:
        tenure = int(rng.integers(0, 4))
        ways = [{"leaves": False}, {"leaves": True}, {"then": SUBSIDIARY}]
        return [
            One(i, 0, random_value(rng, luck), random_flow(rng, t, s, 0.0), running=True, tenure=tenure, **way)
            for way in ways
        ]
    modes = rng.choice([INDIRECT, DIRECT], size=int(rng.integers(1, 3)), replace=False)
    ones = []
    for mode in modes:
        cost, prep, setup = float(rng.uniform(1_000, 12_000)), int(rng.integers(1, 3)), None
        setup = cost * np.exp(0.2 * rng.standard_normal(s))
        area = rng.dirichlet(np.full(5, 0.4))
        for start in range(rules.quarters):
            alive = np.minimum.accumulate(rng.random((t, s)) < 0.95, axis=0)
            ones.append(
                One(
                    i,
                    start,
                    random_value(rng, luck),
                    random_flow(rng, t, s, cost, start),
                    int(mode),
                    setup=setup,
                    hours=float(rng.uniform(300, 3_000)) * alive,
                    attention=np.where(np.arange(t)[:, None] < start + prep, 1.0, 0.25) * alive,
                    prep=prep,
                    area=tuple(area),
                )
            )
    kept = rng.permutation(len(ones))[:most]
    return [ones[j] for j in sorted(kept)]


def random_value(rng: np.random.Generator, luck: np.ndarray) -> np.ndarray:
    return luck * rng.uniform(0.6, 1.1) + 300.0 * rng.standard_normal(len(luck))


def random_flow(rng: np.random.Generator, t: int, s: int, cost: float, start: int = 0) -> np.ndarray:
    """Money by quarter: the set-up first, then gains that differ between scenarios."""
    flow = rng.uniform(-1_000, 4_000, size=(t, s))
    flow[start] -= cost
    return flow


def random_machines(rng: np.random.Generator) -> tuple[Automation, ...]:
    """None, one or two investments, in different areas."""
    areas = rng.choice(AREAS[1:4], size=int(rng.integers(0, 3)), replace=False)
    return tuple(
        machine(
            area=str(area),
            cost_usd=float(rng.uniform(100, 800)),
            upkeep_usd_quarter=float(rng.uniform(0, 50)),
            saves=float(rng.uniform(0.5, 0.95)),
            build_quarters=int(rng.integers(0, 3)),
        )
        for area in areas
    )


# --- through the real model ----------------------------------------------------------------------------------------


def calm(markets: tuple[str, ...], years: int = 20, sd: float = 0.0, seed: int = 0) -> History:
    """A past in which nothing happened, or shocks of this size."""
    rng = np.random.default_rng(seed)
    growth, fx = (sd * rng.standard_normal((years, len(markets))) for _ in range(2))
    there = np.ones((years, len(markets)), dtype=bool)
    return History(np.arange(2000, 2000 + years), markets, growth - growth.mean(axis=0), fx - fx.mean(axis=0), there)


def tiny_ground(figures: Figures, rules: Rules, *, shocks: float = 0.0, seed: int = 1, **own: float) -> Ground:
    """All that the stage works with, for these figures; ``own``: assumptions of the firm, dots as ``__``."""
    assumed = Assumptions({name.replace("__", "."): value for name, value in own.items()})
    worth = np.where(figures.open, 1.0, -np.inf)
    ways = profiles(figures, worth, rules)
    return Ground(figures, rules, calm(figures.markets, sd=shocks), ways, assumed, seed, figures.markets)


def three_markets(**changes: Any) -> Figures:
    """Three markets open to direct export, two of them in one region, of different size; C is hard to enter."""
    usable = np.zeros((3, 7), dtype=bool)
    usable[:, DIRECT] = True
    alike = np.zeros((3, 3, 3), dtype=bool)
    alike[0, 1] = alike[1, 0] = [True, False, True]
    near = np.eye(3, dtype=bool)
    near[0, 1] = near[1, 0] = True
    given: dict[str, Any] = {
        "potential": np.array([60_000.0, 90_000.0, 140_000.0]),
        "open": usable,
        "alike": alike,
        "region": near,
        "accessible": np.array([True, True, False]),
        "entry": np.repeat([[4_000.0], [6_000.0], [15_000.0]], 7, axis=1),
        "delay": np.full(7, 0.5),
    }
    return figures_of(3, **{**given, **changes})


def any_choice(p, rng):
    """A choice at random, whether it may be made or not: some of the markets, in any of their ways."""
    c = p.courses
    taken = []
    for i in range(len(p.figures.markets)):
        ways = np.flatnonzero(c.market == i)
        if len(ways) and (c.running[ways[0]] or rng.random() < 0.7):
            taken.append(int(rng.choice(ways)))
    bought = rng.integers(-1, p.rules.quarters, size=len(p.automations))
    return tuple(taken), tuple(int(when) for when in bought)


def same(a, b):
    """Whether two results are the same to the last bit."""
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b
