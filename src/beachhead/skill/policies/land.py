"""What a tournament is played on: one firm, its candidate markets as numbers, its rules, and what it believes.

All of it comes from a real selection and choice of modes. It holds what the firm may know, and nothing of what is true
in a world: policies are shown it whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beachhead.assumptions import Assumptions
from beachhead.enter.tables import number as mode_number
from beachhead.enter.tables import number_sd
from beachhead.evidence.model import Floats
from beachhead.outlook.hazard import load_hazard
from beachhead.rollout.figures import Figures
from beachhead.rollout.result import Presence
from beachhead.rollout.rules import Rules
from beachhead.rollout.sales import cumulative_ramp, discounting
from beachhead.rollout.shocks import History

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.learn.questions import Desk
    from beachhead.rollout.ground import Ground
    from beachhead.select.result import Selection

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
SEES = ("market", "firm", "own")
DRAWS = 2_000  # of the selection: ranks enter the tournament, their acceptabilities do not
EFFORT = 40  # of the search for the fixed plan


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """C channels. ``cost`` USD, ``wait`` quarters until the answer, ``reach`` markets at most, ``noise`` (C, N) sd of
    ln, ``bias`` and ``bias_sd``, ``sees`` (C,) index of ``SEES``, ``may`` (C, N)."""

    ids: tuple[str, ...]
    cost: Floats
    wait: Ints
    reach: Ints
    noise: Floats
    bias: Floats
    bias_sd: Floats
    sees: Ints
    may: Bools
    uses: int


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """N candidate markets of one firm, 7 modes; arrays cannot be written to.

    ``figures``, ``rules``, ``history``: as the rollout has them. ``heard`` (N, K): root of what others can tell.
    ``score``, ``size``, ``distance`` and ``worth`` (N,): what rules of thumb go by; ``best`` (N,): mode worth most.
    ``hazard`` (6, 6, 6, 2): chance to leave within a year; ``hard`` (N,) its last index; ``elsewhere``: markets served
    beside. ``hours`` (N, 7) a quarter while a market runs. ``knots``: sum of the ramp; ``discount``: by quarter;
    ``learning`` (7,): share of the ramp that a change of mode keeps. ``plan``: the rollout's schedule, rows as in
    ``figures``.
    """

    kind: str
    label: str
    figures: Figures
    rules: Rules
    history: History
    assumed: Assumptions
    heard: Floats
    score: Floats
    size: Floats
    distance: Floats
    worth: Floats
    best: Ints
    hazard: Floats
    hard: Bools
    elsewhere: int
    hours: Floats
    overrun: Floats
    hours_sd: Floats
    knots: Floats
    discount: Floats
    learning: Floats
    asking: Asking
    plan: tuple[Presence, ...] = ()

    @property
    def markets(self) -> tuple[str, ...]:
        """Codes of the markets, (N,)."""
        return self.figures.markets

    @property
    def quarters(self) -> int:
        """T, in which policies decide."""
        return self.rules.quarters

    @property
    def years(self) -> int:
        """Years that the quarters of the plan touch."""
        return -(-self.quarters // 4)


def land_of(firm: Firm, evidence: Evidence, *, kind: str, label: str, seed: int, planned: bool = True) -> Land:
    """The land of a firm; with ``planned`` the rollout's programme is worked out once, which takes seconds."""
    from beachhead import flow
    from beachhead.learn.questions import desk
    from beachhead.rollout.ground import ground

    selection = flow.select_markets(firm, evidence, seed=seed, draws=DRAWS)
    modes = flow.choose_modes(firm, evidence, selection)
    base = ground(firm, evidence, selection, modes, seed)
    at = desk(firm, evidence, selection, None)
    found = surveyed(firm, base, selection, modes, asking_of(at, base.figures.rows), (kind, label))
    return replace(found, plan=programme(firm, evidence, selection, modes, found, seed)) if planned else found


def surveyed(
    firm: Firm, base: Ground, selection: Selection, modes: ModeChoice, asking: Asking, name: tuple[str, str]
) -> Land:
    """Everything but the plan."""
    from beachhead.firm import running
    from beachhead.quarters import quarter_name

    f, assumed, rows = base.figures, base.assumed, base.figures.rows
    able = np.where(f.open, modes.value_usd[rows], -np.inf)
    served = {p.country for p in running(firm, quarter_name(base.rules.first - 1))}  # when the plan begins
    span = base.rules.quarters + base.rules.horizon + 8
    return frozen(
        Land(
            kind=name[0],
            label=name[1],
            figures=f,
            rules=base.rules,
            history=base.history,
            assumed=assumed,
            heard=selection.potential.heard[rows],
            score=selection.score[rows],
            size=selection.demand.value[rows],
            distance=selection.raw.value[rows, selection.raw.indicators.index("distance")],
            worth=able.max(axis=1),
            best=able.argmax(axis=1),
            hazard=load_hazard().table,
            hard=~f.accessible,
            elsewhere=len(served - set(f.markets)),
            hours=f.hours.sum(axis=2),
            overrun=np.exp(assumed["overrun_bias"] + f.entry_sd_log**2 / 2.0),
            hours_sd=number_sd("hours_quarter"),
            knots=cumulative_ramp(assumed, span + int(f.tenure.max(initial=0))),
            discount=discounting(assumed, span),
            learning=mode_number("learning", assumed),
            asking=asking,
        )
    )


def asking_of(at: Desk, rows: Ints) -> Asking:
    """The channels as the firm's desk has them, for the candidates only. Noise as :mod:`beachhead.learn.questions` has
    it, a wild rumour now and then among it."""
    from beachhead.enter.cost import WEEKS_A_QUARTER
    from beachhead.learn.channels import channel

    ids = tuple(at.numbers)
    n = [at.numbers[c] for c in ids]
    trusted = np.sqrt(1.0 - at.assumed["rumour_share"])
    return Asking(
        ids=ids,
        cost=np.array([x.cost_usd for x in n]),
        wait=np.array([max(int(np.ceil(x.weeks / WEEKS_A_QUARTER)), 1) for x in n]),
        reach=np.array([max(int(x.reach), 1) for x in n]),
        noise=np.array([x.noise_sd * at.factor[c][rows] / trusted for c, x in zip(ids, n, strict=True)]),
        bias=np.array([x.bias for x in n]),
        bias_sd=np.array([x.bias_sd for x in n]),
        sees=np.array([SEES.index(channel(c).sees) for c in ids]),
        may=np.array([[c not in at.may or int(r) in at.may[c] for r in rows] for c in ids]),
        uses=round(at.assumed["most_uses"]),
    )


def programme(
    firm: Firm, evidence: Evidence, selection: Selection, modes: ModeChoice, found: Land, seed: int
) -> tuple[Presence, ...]:
    """The rollout's schedule for this firm, rows as in the land; empty if no plan is possible."""
    from beachhead.errors import InfeasibleError
    from beachhead.rollout import roll_out

    try:
        rolled = roll_out(firm, evidence, selection, modes, seed=seed, effort=EFFORT)
    except InfeasibleError:
        return ()
    place = {int(row): i for i, row in enumerate(found.figures.rows)}
    return tuple(replace(p, row=place[p.row]) for p in rolled.presences)


def frozen(land: Land) -> Land:
    """The same with arrays that cannot be written to: policies are shown them."""
    for part in (land, land.figures, land.asking, land.history):
        for name in part.__dataclass_fields__:
            value = getattr(part, name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
    return land
