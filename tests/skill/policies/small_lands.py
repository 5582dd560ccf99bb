"""Small lands for the tournament: made-up firms with few markets, in which a reader can reckon."""

from __future__ import annotations

from typing import Any

import numpy as np
from rollout.small import figures_of, limits

from beachhead.assumptions import Assumptions
from beachhead.outlook.hazard import load_hazard
from beachhead.rollout.sales import cumulative_ramp, discounting
from beachhead.rollout.shocks import History
from beachhead.skill.policies.land import Asking, Land

CALM = {
    "sales_noise_sd": 0.01,
    "delay_sd": 0.0,
    "overrun_bias": 0.0,
    "demand_gdp_elasticity": 0.0,
    "fx_exposure": 0.0,
    "chance_exit": 0.0,
}
SLACK = {"quarters": 8, "horizon": 12, "review_quarters": 4, "gate_quarters": 2}
OPEN = (0, 1, 2)


def asking(count: int, noise: float = 0.3) -> Asking:
    """A channel that hears of one market, one that hears of three, and one that sees the firm's own luck."""
    return Asking(
        ids=("a", "b", "c"),
        cost=np.array([300.0, 900.0, 2_000.0]),
        wait=np.array([1, 2, 1]),
        reach=np.array([1, 3, 1]),
        noise=np.full((3, count), noise),
        bias=np.array([0.1, 0.0, 0.0]),
        bias_sd=np.array([0.3, 0.2, 0.1]),
        sees=np.array([0, 1, 2]),
        may=np.ones((3, count), dtype=bool),
        uses=4,
    )


def history(markets: tuple[str, ...], sd: float = 0.03) -> History:
    """Twenty years of made-up shocks."""
    growth, fx = sd * np.random.default_rng(5).standard_normal((2, 20, len(markets)))
    return History(np.arange(2000, 2020), markets, growth, fx, np.ones((20, len(markets)), dtype=bool))


def small_land(
    count: int, *, own: dict[str, float] | None = None, rules: dict[str, Any] | None = None, sd: float | None = None,
    exits: bool = True, open_modes: tuple[int, ...] = OPEN, **changes: Any,
) -> Land:  # fmt: skip
    """A land of ``count`` markets. ``own``: assumptions changed; ``exits``: whether presences ever end by themselves;
    ``sd``: of all uncertainty about potentials, if not that of the figures."""
    usable = np.zeros((count, 7), dtype=bool)
    usable[:, list(open_modes)] = True
    spread = {} if sd is None else {"root": np.full((count, 1), sd), "own_sd": np.full(count, sd)}
    if sd is not None and sd < 1e-6:
        spread["entry_sd_log"] = np.zeros((count, 7))
    f = figures_of(count, **{"open": usable, "cap": 1e9, **spread, **changes})
    assumed, allowed = Assumptions(own or {}), limits(**{**SLACK, **(rules or {})})
    worth = f.potential * f.sold[:, 0] * f.kept[0] - f.entry[:, 0]
    return Land(
        kind="small",
        label="small",
        figures=f,
        rules=allowed,
        history=history(f.markets),
        assumed=assumed,
        heard=0.8 * f.root,
        score=np.arange(count, 0.0, -1.0),
        size=f.potential,
        distance=np.arange(1.0, count + 1.0),
        worth=worth,
        best=np.full(count, open_modes[0]),
        hazard=load_hazard().table * (1.0 if exits else 0.0),
        hard=np.zeros(count, dtype=bool),
        elsewhere=0,
        hours=f.hours.sum(axis=2),
        overrun=np.exp(f.entry_sd_log**2 / 2.0),
        hours_sd=np.zeros(7) if sd is not None and sd < 1e-6 else np.full(7, 0.3),
        knots=cumulative_ramp(assumed, 60),
        discount=discounting(assumed, 60),
        learning=np.full(7, 0.5),
        asking=asking(count),
    )


class AtRandom:
    """Does anything at all, most of it not allowed."""

    def decide(self, view: Any) -> tuple[Any, ...]:
        """Some actions."""
        from beachhead.skill.policies.policy import Ask, Enter, Leave

        rng, n = view.rng, len(view.mode)
        entries = [Enter(int(m), int(rng.integers(7))) for m in rng.permutation(n)[: rng.integers(n + 1)]]
        leaves = [Leave(int(rng.integers(n)))] if rng.random() < 0.2 else []
        asks = [Ask(int(rng.integers(3)), (int(rng.integers(n)),))] if rng.random() < 0.5 else []
        return (*leaves, *entries, *asks)


class Silent:
    """A policy of somebody else, who stays at home."""

    def decide(self, view: Any) -> tuple[Any, ...]:
        """Nothing."""
        return ()
