"""How long and how big a pilot must be, so that its gate decides right with a wanted probability.

The gate asks whether to enter: right is to go if the potential is above the threshold at which entering is worth
nothing, and to stop if it is below. ln potential is normal, N(mean, s²), luck included: own sales tell all of it. A
pilot shows it with noise of sd t: sales of one market go up and down from year to year, a part of the market need not
be like the whole, and orders come one by one (Poisson). The best gate goes on from the result at which the potential is
as likely above the threshold as below.

With many orders the noise is normal, and with h = (ln threshold − mean) / s the gate decides right with probability 1 −
2 T(h, t / s). T is Owen's function (Owen 1956, Tables for computing bivariate normal probabilities, Annals of
Mathematical Statistics 27): two normals, the truth and what is seen of it, fall on the same side of their cuts. With
few orders they are counted: the gate is a number of orders, and an integral over what the market shows gives the
probability.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, ndtr, owens_t

from beachhead.enter.cost import Cost
from beachhead.enter.modes import MODES
from beachhead.enter.value import Lines, continuation, supply_cap
from beachhead.evidence.model import Floats
from beachhead.rollout.sales import cumulative_ramp, ramped

if TYPE_CHECKING:
    from beachhead.assumptions import Assumptions
    from beachhead.enter.choose import Workings
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.select.result import Selection

WEEKS_A_QUARTER = 13.0
RICHEST, FINE = 1e9, 2_000  # USD: where the search for the threshold ends if no supply caps it; points tried
LONGEST = 8  # quarters, from the start of the set-up to the gate
SHARES = (0.1, 0.25, 0.5, 1.0)  # of a market that may be tried
SOURCES = ("year", "orders", "part")
MANY = 100.0  # orders from which on their number is as good as normal
WIDE, POINTS = 8.0, 161  # sds and points of the integral over what is seen


@dataclass(frozen=True, slots=True)
class Pilot:
    """One way to try a market: ``mode``, ``share`` of the market tried, ``quarters`` with sales after ``prep`` quarters
    of set-up. ``spend_usd``: set-up and running cost until the gate; ``hours``: of staff. ``orders``: in all of the
    pilot, from which to go on, worth ``go_usd``. ``noise``: variance of ln potential as it shows, by ``SOURCES``, for a
    market at the threshold; ``p_right``: chance that the gate decides right."""

    mode: str
    share: float
    prep: int
    quarters: int
    spend_usd: float
    hours: float
    go_usd: float
    orders: int
    noise: tuple[float, float, float]
    p_right: float

    @property
    def length(self) -> int:
        """Quarters from the start of the set-up to the gate."""
        return self.prep + self.quarters


@dataclass(frozen=True, slots=True)
class Design:
    """The pilots for one market. ``mode`` is what the gate decides on; ``threshold_usd`` the potential at which
    entering so is worth nothing; ``p_now``: chance of deciding right without a pilot. ``shortest`` and ``cheapest``
    reach ``sure``; both are None where none does within two years. ``surest``: what can be had; ``why`` in words."""

    market: str
    mode: str
    potential_usd: float
    sd_log: float
    threshold_usd: float
    sure: float
    p_now: float
    shortest: Pilot | None
    cheapest: Pilot | None
    surest: Pilot | None
    why: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What is decided: in which market (``row``), ``threshold`` of the potential in USD, how far it lies ``away`` from
    what is believed, in sds, and the ``sd`` of ln potential."""

    row: int
    threshold: float
    away: float
    sd: float


# --- the gate --------------------------------------------------------------------------------------------------------


def p_right(away: Floats | float, noise: Floats | float) -> Floats:
    """Chance that the best gate decides right: 1 − 2 T(``away``, ``noise``).

    ``away``: (ln threshold − mean) / sd; ``noise``: sd of the noise / sd; they broadcast. Without noise it is 1, with
    endless noise that of deciding now.
    """
    return np.asarray(1.0 - 2.0 * owens_t(away, noise))


def cut(away: Floats | float, noise: Floats | float) -> Floats:
    """Where the best gate lies: ln potential as it shows, in sds from the mean, from which to go on."""
    return np.asarray(np.asarray(away) * (1.0 + np.square(noise)))


def by_orders(away: float, sd: float, noise: float, orders: float) -> tuple[float, int]:
    """Chance that the best gate decides right, and the least number of orders from which it goes on.

    ``away``: (ln threshold − mean) / ``sd``; ``noise``: sd of all noise but the counting; ``orders``: expected of a
    market at the threshold. What is seen, x, is normal; given x, orders are Poisson and ln potential is normal.
    """
    if orders > MANY:
        ratio = float(np.hypot(noise, orders**-0.5)) / sd
        return float(p_right(away, ratio)), int(np.ceil(orders * np.exp(sd * (float(cut(away, ratio)) - away))))
    seen = float(np.hypot(sd, noise))
    z = np.linspace(-WIDE, WIDE, POINTS)
    weight = np.exp(-z * z / 2.0)
    weight /= weight.sum()
    trust = sd * sd / seen**2
    left = sd * np.sqrt(max(1.0 - trust, 1e-12))
    above = ndtr((trust * seen * z - away * sd) / left)
    gate = gates(orders * np.exp(sd * away * (1.0 / trust - 1.0)))
    rate = orders * np.exp(np.minimum(seen * z - away * sd, 50.0))
    goes = np.where(gate[:, None] > 0, gammainc(np.maximum(gate, 1)[:, None], rate), 1.0)
    right = (goes * above + (1.0 - goes) * (1.0 - above)) @ weight
    best = int(right.argmax())
    return float(right[best]), int(gate[best])


def gates(near: float) -> np.ndarray:
    """Numbers of orders to try as a gate, around the one that many orders would give."""
    few = np.arange(12)
    more = np.rint(np.clip(near, 0.0, 1e6) * np.linspace(0.2, 3.0, 30))
    return np.unique(np.concatenate([few, more])).astype(np.intp)


def break_even(w: Workings, row: int, mode: int) -> float:
    """Potential at which entering by a mode is worth nothing to who knows it, USD a year: 0 if it costs nothing,
    infinite if it does not pay even at the most that can be delivered."""
    most = min(supply_cap(w.firm, w.assumed), RICHEST)
    p = np.concatenate([[0.0], np.geomspace(most / RICHEST, most, FINE)])
    x, cost = of_row(w.lines, row), of_row(w.cost, row)
    first = (x.share * x.ramp_1)[..., None] * p - (x.yearly * x.year_1 + x.wait + cost.setup)[..., None]
    worth = (first + continuation(x, cost, p[None], w.follow[[row]]))[0, mode]
    if worth[-1] <= 0.0:
        return np.inf
    at = int(np.argmax(worth > 0.0))
    if at == 0:
        return 0.0
    share = -worth[at - 1] / (worth[at] - worth[at - 1])
    return float(p[at - 1] + share * (p[at] - p[at - 1]))


T = TypeVar("T", Lines, Cost)


def of_row(table: T, row: int) -> T:
    """Lines or costs of one market: (1, 7) each; what holds for all markets stays."""
    return replace(table, **{f.name: x[[row]] for f in fields(table) if (x := getattr(table, f.name)).ndim > 1})


# --- pilots ----------------------------------------------------------------------------------------------------------


def design(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    market: str,
    *,
    sure: float = 0.8,
) -> Design:
    """The shortest and the cheapest pilot in ``market`` whose gate decides right with probability ``sure``.

    The gate decides on entering by the market's best mode. Raises KeyError if the market is not ranked.
    """
    from beachhead.enter.choose import work_out

    row = selection.row(market)
    best = modes.mode_row(modes.best[row])
    w = work_out(firm, evidence, selection)
    threshold = break_even(w, row, best)
    median, sd = float(selection.potential.median_usd[row]), float(selection.potential.sd_log[row])
    none = Design(market, MODES[best], median, sd, threshold, sure, 1.0, None, None, None, "")
    if not 0.0 < threshold < np.inf:
        return replace(none, why=_certain(threshold))
    gate = Gate(row, threshold, float(np.log(threshold / median) / sd), sd)
    able = np.flatnonzero(modes.feasible[row] | (np.arange(len(MODES)) == best))
    return chosen(replace(none, p_now=float(ndtr(abs(gate.away)))), tried(w, gate, able))


def _certain(threshold: float) -> str:
    if threshold > 0.0:
        return "No pilot is needed: even the most you could deliver there would not pay, so do not enter so."
    return "No pilot is needed: it costs nothing to enter so, whatever the potential."


def tried(w: Workings, gate: Gate, able: NDArray[np.intp]) -> list[Pilot]:
    """Every pilot that fits into two years and into the cash above the floor: by mode, share of the market,
    quarters."""
    spare = w.firm.cash.available_usd - w.firm.cash.floor_usd
    every = (
        pilot(w, gate, int(k), share, quarters)
        for k in able
        for share in SHARES
        for quarters in range(1, LONGEST - preparation(w, gate.row, int(k)) + 1)
    )
    return [one for one in every if one.spend_usd <= spare]


def preparation(w: Workings, row: int, k: int) -> int:
    """Quarters of set-up until the first sale is due."""
    return int(np.ceil(w.cost.weeks[row, k] / WEEKS_A_QUARTER))


def pilot(w: Workings, gate: Gate, k: int, share: float, quarters: int) -> Pilot:
    """One pilot, with the chance that its gate decides right. ``k``: column of the mode."""
    assumed, cost, row = w.assumed, w.cost, gate.row
    made = float(ramped(cumulative_ramp(assumed, quarters), np.array([float(quarters)]))[0]) / 4.0
    per = w.lines.sold[row, k] / first_year(assumed) * made * share
    unit = w.firm.sales.unit_value_usd or assumed["pilot_order_usd"]
    expected = float(gate.threshold * per / unit)
    noise = noise_of(assumed, quarters, made, expected, share)
    right, orders = by_orders(gate.away, gate.sd, float(np.sqrt(noise[0] + noise[2])), expected)
    prep = preparation(w, row, k)
    scale = assumed["pilot_fixed_share"] + (1.0 - assumed["pilot_fixed_share"]) * share
    spend = scale * float(cost.setup[row, k] + cost.fixed[row, k] * (prep + quarters))
    hours = scale * float(cost.hours[row, k]) * (prep + quarters)
    return Pilot(MODES[k], share, prep, quarters, spend, hours, orders * unit, orders, noise, right)


def first_year(assumed: Assumptions) -> float:
    """Sales in the first twelve months after the first one, of mature sales."""
    return float(cumulative_ramp(assumed, 4)[4]) / 4.0


def noise_of(
    assumed: Assumptions, quarters: int, made: float, orders: float, share: float
) -> tuple[float, float, float]:
    """Variance of ln potential as a pilot shows it, by source: the year (less the more of one is seen; early sales also
    say less, for firms differ in how fast they grow), orders (as many as a market at the threshold would place), and
    the part of the market that is not tried. ``made``: years of mature sales made in these quarters."""
    growth = assumed["ramp_spread"] * np.log(quarters / 4.0 / made)
    year = assumed["sales_noise_sd"] ** 2 / (quarters / 4.0) + growth**2
    part = assumed["pilot_part_sd"] ** 2 * (1.0 - share)
    return float(year), float(1.0 / max(orders, 1e-9)), float(part)


def chosen(found: Design, pilots: list[Pilot]) -> Design:
    """The shortest and the cheapest that are sure enough, and the surest of all."""
    if not pilots:
        return replace(found, why="No pilot is possible: none fits into two years and the cash above your floor.")
    enough = [p for p in pilots if p.p_right >= found.sure]
    surest = max(pilots, key=lambda p: (round(p.p_right, 6), -p.spend_usd, -p.length))
    shortest = min(enough, key=lambda p: (p.length, p.spend_usd, -p.p_right), default=None)
    cheapest = min(enough, key=lambda p: (p.spend_usd, p.length, -p.p_right), default=None)
    return replace(found, shortest=shortest, cheapest=cheapest, surest=surest, why=_why(found, shortest, surest))


BECAUSE = {
    "year": "one year's sales say too little of the next ones",
    "orders": "there would be too few orders to tell",
    "part": "a part of the market says too little of the whole",
}


def percent(chance: float) -> str:
    """``86 %``."""
    return f"{100 * chance:.0f} %"


def _why(found: Design, shortest: Pilot | None, surest: Pilot) -> str:
    if found.p_now >= found.sure:
        return f"No pilot is needed: deciding now is right with a chance of {percent(found.p_now)} already."
    if shortest is not None:
        return ""
    most = SOURCES[int(np.argmax(surest.noise))]
    return (
        f"No pilot within two years is that sure: the surest decides right with a chance of {percent(surest.p_right)}, "
        f"because {BECAUSE[most]}."
    )
