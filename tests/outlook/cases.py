"""Made-up plans with round numbers, so that what follows from them can be worked out by hand."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.firm import Firm
from beachhead.outlook.hazard import Hazard, load_hazard
from beachhead.outlook.ledger import Ledger
from beachhead.outlook.schedule import Case, Ground, Schedule, case
from beachhead.outlook.simulate import simulate
from beachhead.rollout.figures import Figures
from beachhead.rollout.result import Presence
from beachhead.rollout.rules import Rules, rules
from beachhead.rollout.shocks import History
from beachhead.rollout.tables import automations

# Nothing happens by chance.
CALM = {
    "sales_noise_sd": 0.0,
    "delay_sd": 0.0,
    "overrun_bias": 0.0,
    "demand_gdp_elasticity": 0.0,
    "fx_exposure": 0.0,
}
NO_EXITS = Hazard(np.zeros((6, 6, 6, 2)))


def calibrate_tool() -> Any:
    """The module ``tools/calibrate_exit.py``."""
    path = Path(__file__).parents[2] / "tools" / "calibrate_exit.py"
    spec = importlib.util.spec_from_file_location("calibrate_exit_for_outlook", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def flat_ramp() -> dict[str, float]:
    """Sales are mature from the first day."""
    return {"ramp_1": 0.625, **{f"ramp_{year}": 1.0 for year in range(2, 7)}}


FLAT = CALM | flat_ramp()
SALES = 12_500.0  # a quarter: 100,000 a year, of which the mode sells half
EARNED, GOODS, FIXED, STAFF = 0.9 * SALES, 0.6 * SALES, 500.0, 300.0


def names(count: int) -> tuple[str, ...]:
    """Codes of made-up markets."""
    return tuple(f"M{i:02d}" for i in range(count))


def make_figures(count: int, **changes: Any) -> Figures:
    """Markets that are alike: potential 100,000, of which a mode sells 0.5 (the seventh all); margin 0.4; no luck."""
    sold = np.full((count, 7), 0.5)
    sold[:, 6] = 1.0
    by_mode: dict[str, float] = {"entry": 8_000, "entry_sd_log": 0, "fixed": 500, "staff": 300, "leave": 1_000}
    base = Figures(
        markets=names(count),
        rows=np.arange(count),
        potential=np.full(count, 100_000.0),
        root=np.zeros((count, 1)),
        own_sd=np.zeros(count),
        cap=np.inf,
        sold=sold,
        kept=np.full(7, 0.3),
        goods=np.full(7, 0.6),
        delay=np.zeros(7),
        **{name: np.full((count, 7), float(value)) for name, value in by_mode.items()},
        held=np.zeros((count, 3), dtype=bool),
        cut=np.array([0.3, 0.3, 0.2]),
        alike=np.zeros((count, count, 3), dtype=bool),
        switch=np.full((count, 7), 5_000.0),
        switch_at=np.full((count, 7, 7), np.inf),
        weeks=np.zeros((count, 7)),
        hours=np.full((count, 7, 5), 20.0),
        hour_usd=3.0,
        open=np.ones((count, 7), dtype=bool),
        mode_now=np.full(count, -1),
        tenure=np.zeros(count, dtype=np.intp),
        region=np.ones((count, count), dtype=bool),
        accessible=np.ones(count, dtype=bool),
        hazard=np.ones(count),
    )
    return replace(base, **changes)


def make_history(markets: tuple[str, ...], years: int = 20, seed: int = 5) -> History:
    """Years of made-up shocks, half of which all markets share."""
    rng = np.random.default_rng(seed)
    growth, fx = 0.03 * (rng.standard_normal((2, years, 1)) + rng.standard_normal((2, years, len(markets))))
    seen = np.ones((years, len(markets)), dtype=bool)
    return History(np.arange(2000, 2000 + years), markets, growth - growth.mean(axis=0), fx - fx.mean(axis=0), seen)


SHOES = {
    "name": "Test Shoes",
    "home": "PRT",
    "sector": "manufacturing",
    "sells": [{"code": "hs:64"}],
    "sales": {"home_usd": 5_000_000, "gross_margin": 0.4},
    "capacity": {"team": 30, "export_hours_per_week": 60},
    "cash": {"available_usd": 500_000, "floor_usd": 50_000},
}
PLENTY = {
    "quarters": 12,
    "horizon": 12,
    "cash": 1_000_000.0,
    "floor": 50_000.0,
    "floor_risk": 0.05,
    "hours": 2_000.0,
    "attention": 20.0,
    "attention_launch": 1.0,
    "attention_run": 0.25,
    "hours_launch": 1.0,
    "launches": 10,
    "gate_quarters": 2,
    "review_quarters": 4,
    "likeness_lag": 4,
    "closing": 0.0,
    "downside": 0.5,
    "price": 1.0,
    "tail": 0.1,
}


@cache
def shoe_rules() -> Rules:
    """Rules of a firm like any other."""
    return rules(Firm.model_validate(SHOES), "2026-11")


def make_rules(**changes: Any) -> Rules:
    """Plenty of cash and people; looks back and horizon as in the package."""
    return replace(shoe_rules(), **(PLENTY | changes))


def make_ground(
    figures: Figures, hazard: Hazard = NO_EXITS, own: dict[str, float] | None = None, **limits: Any
) -> Ground:
    """Ground on which nobody is forced out. ``own``: assumptions that differ, ``CALM`` if not given."""
    return Ground(
        figures=figures,
        history=make_history(figures.markets),
        assumed=Assumptions(CALM if own is None else own),
        hazard=hazard,
        rules=make_rules(**limits),
        elsewhere=0,
        leaving=0.0,
    )


def presence(row: int, start: int, **changes: Any) -> Presence:
    """An entry by the second mode, first sale at once, never stopped."""
    base = Presence(
        row=row,
        mode=1,
        start=start,
        running=False,
        first_sale=float(start),
        then=-1,
        switch=-1,
        if_potential=np.inf,
        phase=1,
        opened_by=-1,
        review=4,
        stop_below=0.0,
        go_above=0.0,
    )
    return replace(base, **changes)


def plan_of(*presences: Presence, quarters: int = 12, bought: tuple[Any, ...] = ()) -> Schedule:
    """A schedule."""
    return Schedule(presences, bought, quarters)


@dataclass(frozen=True, slots=True)
class Rich:
    """A plan in which everything occurs: luck, delays, exits, gates, switches, likeness, a running market, machines."""

    ground: Ground
    schedule: Schedule

    def case(self, *, recourse: bool = True) -> Case:
        return case(self.ground, self.schedule, recourse=recourse)


def rich(
    count: int = 8, *, seed: int = 3, quarters: int = 12, own: dict[str, float] | None = None, **limits: Any
) -> Rich:
    """Such a plan, of ``count`` markets; cash and people are short."""
    rng = np.random.default_rng(seed)
    figures = make_figures(
        count,
        potential=np.exp(rng.normal(11.5, 0.8, count)),
        root=np.full((count, 1), 0.6),
        own_sd=np.full(count, 0.9),
        cap=2_000_000.0,
        entry_sd_log=np.full((count, 7), 0.6),
        delay=np.array([0.33, 0.66, 0.15, 0.5, 1.0, 0.66, 1.5]),
        alike=rng.random((count, count, 3)) < 0.3,
        held=rng.random((count, 3)) < 0.2,
        accessible=rng.random(count) < 0.5,
    )
    short = {"cash": 60_000.0, "floor": 10_000.0, "hours": 60.0 * count, "attention": 2.0, "closing": 0.1}
    ground = make_ground(figures, load_hazard(), own or {}, **(short | limits))
    bought = ((automations()[1], 2),)
    return Rich(ground, plan_of(*mixed_presences(count, quarters), quarters=quarters, bought=bought))


def mixed_presences(count: int, quarters: int) -> list[Presence]:
    """One that runs, a pilot, and others of which most wait for the pilot's gate; every third may switch."""
    made = [presence(0, 0, running=True, first_sale=-3.0, stop_below=10_000.0)]
    for i in range(1, count):
        start = 0 if i == 1 else min(2 + i % 6, quarters - 1)
        switching = {"then": 6, "switch": 7, "if_potential": 150_000.0} if i % 3 == 1 else {}
        gate = {"opened_by": 1 if i % 4 else 0} if i > 1 else {"go_above": 15_000.0}
        made.append(
            presence(i, start, mode=i % 4, first_sale=start + 1.54, review=6, stop_below=12_000.0, **gate, **switching)
        )
    return made


def calm(
    *presences: Presence,
    figures: Figures | None = None,
    own: dict[str, float] | None = None,
    hazard: Hazard = NO_EXITS,
    bought: tuple[Any, ...] = (),
    quarters: int = 12,
    **limits: Any,
) -> Ledger:
    """One path on which nothing happens by chance; sales are mature from the first day, unless ``own`` differs."""
    figures = figures or make_figures(len(presences))
    ground = make_ground(figures, hazard=hazard, own=own or FLAT, **limits)
    return simulate(case(ground, plan_of(*presences, bought=bought, quarters=quarters)), 1, 1)


def started(seen: Ledger) -> dict[int, int]:
    """Quarter from which so many markets were begun: {number: quarter}."""
    return {int(n): int(np.argmax(seen.begun[:, 0] >= n)) for n in range(1, int(seen.begun[-1, 0]) + 1)}
