"""What the rollout found: the moves, what they need, and when to think again. T = quarters of the plan.

USD are constant. A list over quarters is in the order of ``Rollout.quarters``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Change
from beachhead.evidence.model import Floats

Phase = Literal["running", "pilot", "regional", "global"]
Kind = Literal["continue", "enter", "switch", "leave"]
PHASES: tuple[Phase, ...] = ("running", "pilot", "regional", "global")


@dataclass(frozen=True, slots=True)
class Move:
    """One step into a market: begin in a mode, go on as now, change to a heavier mode if the sales are there, or leave.

    ``spend_usd``: set-up, after what likeness to earlier markets of the plan (``cheaper_by``) saves. ``first_sale``:
    the quarter in which it is expected. ``if_sales_usd``: for a switch, sales a year from which it is made, else 0.
    ``chance``: of a switch, that the sales are there; 1 for others. ``why``: pinned | committed | '' (chosen).
    """

    market: str
    mode: str
    quarter: str
    phase: Phase
    kind: Kind
    spend_usd: float
    first_sale: str
    hours_quarter: float
    if_sales_usd: float
    chance: float
    cheaper_by: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Automated:
    """An investment that saves hours: a row of ``automation.csv``, when, at what price, and hours saved, (T,)."""

    id: str
    name: str
    area: str
    quarter: str
    cost_usd: float
    upkeep_usd_quarter: float
    hours_saved: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """A quantity by quarter over scenarios or paths, each (T,): percentiles and mean."""

    p5: Floats
    p50: Floats
    p95: Floats
    mean: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """What is used of a limited thing and how much there is, each (T,)."""

    used: Floats
    capacity: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """Staff hours a quarter: ``by_area`` (5, T) before automation, ``saved`` (T,) by it, ``used`` = sum − saved."""

    areas: tuple[str, ...]
    by_area: Floats
    saved: Floats
    used: Floats
    capacity: Floats


@dataclass(frozen=True, slots=True)
class Gate:
    """What to look at, when, and what it means. Sales are a year's rate seen over the ``quarters_seen`` before.

    ``kind``: pilot (opens later phases) or review (decides on the market alone). ``go_usd``: at and above it, do what
    ``opens`` names; below ``stop_usd`` leave; between, wait: keep the market, put off the rest. ``spend_usd``: the most
    that may have been spent by then (nine times in ten). ``p_go``, ``p_wait``, ``p_stop``: chances as seen today.
    """

    market: str
    kind: Literal["pilot", "review"]
    quarter: str
    quarters_seen: int
    go_usd: float
    stop_usd: float
    spend_usd: float
    opens: tuple[str, ...]
    p_go: float
    p_wait: float
    p_stop: float


@dataclass(frozen=True, slots=True)
class Limit:
    """A family of limits: in which quarters it binds, and what one more unit is worth in the relaxed programme."""

    id: str
    name: str
    unit: str
    binds: tuple[str, ...]
    shadow_usd: float


@dataclass(frozen=True, slots=True)
class More:
    """What a little more of a limited thing buys, by solving again: gain in the objective, and the moves it adds or
    changes, in words. ``shadow_usd``: the same by the relaxed programme's price."""

    id: str
    name: str
    gain_usd: float
    shadow_usd: float
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stability:
    """Whether the scenarios are enough: the objective on those planned with and on many new ones.

    ``stable``: they agree within ``tolerance`` (a share of the value at stake). ``break_share``: share of the new
    scenarios in which cash falls below the floor.
    """

    scenarios: int
    in_sample_usd: float
    out_of_sample: int
    out_of_sample_usd: float
    out_of_sample_se: float
    break_share: float
    tolerance: float
    stable: bool


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """A planned market as numbers, for the simulation of what follows. Quarters count from the plan's first, 0.

    ``row``: in the selection's order; ``mode`` and ``then``: columns of the modes (``then`` −1: no switch planned);
    ``start`` 0 for what runs already; ``first_sale`` is start + weeks, in quarters, not rounded; ``switch``: quarters
    after ``start`` at which a switch is decided; ``if_potential``: potential (USD a year) from which it is made;
    ``phase``: index into ``PHASES``; ``opened_by``: index in the list of the presence whose gate opens it, −1 none;
    ``review``: quarters after ``start`` at which the market is judged; ``stop_below``: sales a year under which it is
    left then; ``go_above``: sales a year from which it opens what waits for it (0: nothing waits).
    """

    row: int
    mode: int
    start: int
    running: bool
    first_sale: float
    then: int
    switch: int
    if_potential: float
    phase: int
    opened_by: int
    review: int
    stop_below: float
    go_above: float


@dataclass(frozen=True, slots=True, eq=False)
class Rollout:
    """When and how fast. The objective is expected worth, drawn towards its worse half by ``downside_weight``, less
    ``shortfall_price`` × CVaR of the cash shortfall (mean of the worst tenth of scenarios).

    ``stay_usd``: the same objective if the firm only goes on where it sells now: what the plan adds is the difference.
    ``gap``: how far at most the plan is from the best one, as a share of the objective. ``status``: optimal |
    within_gap | stopped, the search ended first. ``cash`` in the scenarios, ``floor_usd`` what must stay,
    ``break_share`` the share of
    scenarios in which it does not. ``vss_usd``: value of planning with scenarios instead of averages; ``evpi_usd``: of
    knowing the future (an upper bound for any inquiry). ``idle``: why nothing is entered, if so.
    """

    quarters: tuple[str, ...]
    candidates: tuple[str, ...]
    moves: tuple[Move, ...]
    automation: tuple[Automated, ...]
    presences: tuple[Presence, ...]
    objective_usd: float
    expected_usd: float
    downside_usd: float
    cvar_shortfall_usd: float
    downside_weight: float
    shortfall_price: float
    gap: float
    status: str
    scenarios: int
    cash: Fan
    floor_usd: float
    break_share: float
    hours: Hours
    attention: Use
    launches: Use
    limits: tuple[Limit, ...]
    more: tuple[More, ...]
    gates: tuple[Gate, ...]
    vss_usd: float
    mean_plan_breaks: float
    evpi_usd: float
    stability: Stability
    idle: str
    stay_usd: float = 0.0
    assumptions: tuple[Change, ...] = ()

    @property
    def entered(self) -> tuple[str, ...]:
        """Markets that the plan enters anew, in order of time."""
        return tuple(move.market for move in self.moves if move.kind == "enter")


def fan(x: Floats) -> Fan:
    """Percentiles and mean over the first axis of (N, T)."""
    p5, p50, p95 = np.percentile(x, [5, 50, 95], axis=0)
    return Fan(p5, p50, p95, x.mean(axis=0))


Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
