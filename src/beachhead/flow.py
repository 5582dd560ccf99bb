"""The loop on one screen: firm and evidence in, plan out. Every interface calls these; none re-implements them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beachhead.errors import bad

if TYPE_CHECKING:
    from beachhead.enter.result import ModeChoice
    from beachhead.evidence import Evidence
    from beachhead.firm import Firm
    from beachhead.learn.journal import Journal
    from beachhead.learn.result import Learnt
    from beachhead.outlook.result import Outlook
    from beachhead.rollout.result import Move, Rollout
    from beachhead.rollout.solve import Watch
    from beachhead.select.result import Selection


MOST_DRAWS = 50_000  # more would not fit into half a gigabyte, and tell nothing new


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Where, how, when and how fast, and what follows: the whole answer for one firm.

    ``rollout`` and ``outlook`` are None where only the ranking was asked for, ``learnt`` where nothing was.
    """

    firm: Firm
    evidence: Evidence
    seed: int
    top: int
    selection: Selection
    modes: ModeChoice
    rollout: Rollout | None = None
    outlook: Outlook | None = None
    learnt: Learnt | None = None

    def to_dict(self) -> dict[str, Any]:
        """The machine-readable plan, schema ``beachhead.plan/1``."""
        from beachhead.report.contract import plan_dict

        return plan_dict(self)

    def _repr_html_(self) -> str:
        from beachhead.report.notebook import plan_html

        return plan_html(self)


def load_firm(path: str | Path) -> Firm:
    """Read and check ``firm.toml``. Raises InputError with every fault found."""
    from beachhead.firm_file import read_firm

    return read_firm(Path(path))


def load_evidence(*, user: tuple[Path, ...] = (), home_dir: Path | None = None) -> Evidence:
    """The snapshot, the user's own evidence, and the files named in ``user``."""
    from beachhead.evidence import load_evidence as load

    return load(user=user, home_dir=home_dir)


def select_markets(firm: Firm, evidence: Evidence, *, seed: int | None = None, draws: int = 10_000) -> Selection:
    """Where: rank the markets for this firm, uncertainty carried through (SMAA-2)."""
    from beachhead.select import select

    if not 1 <= draws <= MOST_DRAWS:
        raise bad("draws", draws, f"give a number of draws from 1 to {MOST_DRAWS:,}")
    return select(firm, evidence, seed=firm.seed if seed is None else seed, draws=draws)


def learn_from(firm: Firm, evidence: Evidence, selection: Selection, journal: Journal) -> Learnt:
    """What the firm has found out, and what it now believes; ``selection`` as it was before."""
    from beachhead.learn import learn as find

    return find(firm, evidence, selection, journal)


def choose_modes(firm: Firm, evidence: Evidence, selection: Selection) -> ModeChoice:
    """How: the mode of entry for each market, with fit, cost and staged transitions."""
    from beachhead.enter import choose_modes as choose

    return choose(firm, evidence, selection)


def roll_out(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    *,
    seed: int | None = None,
    previous: tuple[Move, ...] = (),
    watch: Watch | None = None,
    time_limit: float = 60.0,
    effort: int = 150,
) -> Rollout:
    """When and how fast: the moves, quarter by quarter, under the owner's limits.

    ``previous``: moves of an earlier plan to begin from; ``watch`` is told of progress and may stop the search, which
    ends when ``effort`` is spent, at the same point on every machine, or after ``time_limit`` seconds.
    Raises InputError if a wish cannot be understood, InfeasibleError naming the limits that conflict.
    """
    from beachhead.rollout import roll_out as roll

    chosen = selection.seed if seed is None else seed
    return roll(
        firm,
        evidence,
        selection,
        modes,
        seed=chosen,
        previous=previous,
        watch=watch,
        time_limit=time_limit,
        effort=effort,
    )


def look_out(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    rollout: Rollout,
    *,
    seed: int | None = None,
    paths: int = 10_000,
    recourse: bool = True,
) -> Outlook:
    """What follows: sales, profit, cash and people over many futures; risk, resilience and stress.

    Without ``recourse`` no gate stops, holds back or opens anything.
    """
    from beachhead.outlook import look_out as look

    chosen = selection.seed if seed is None else seed
    return look(firm, evidence, selection, modes, rollout, seed=chosen, paths=paths, recourse=recourse)


def plan(
    firm: Firm,
    evidence: Evidence,
    *,
    top: int = 10,
    seed: int | None = None,
    draws: int = 10_000,
    rollout: bool = True,
    watch: Watch | None = None,
    journal: Journal | None = None,
    previous: tuple[Move, ...] = (),
) -> Plan:
    """Where, how, when and what follows, in one call; without ``rollout`` where and how only.

    ``journal``: what the firm has found out, which moves what it believes; ``previous``: moves to start the search.
    """
    if top < 1:
        raise bad("top", top, "give the number of markets to shortlist, 1 or more")
    selection = select_markets(firm, evidence, seed=seed, draws=draws)
    learnt = learn_from(firm, evidence, selection, journal) if journal else None
    if learnt is not None:
        from beachhead.learn import informed, revised

        firm, selection = revised(firm, learnt), informed(selection, learnt)
    modes = choose_modes(firm, evidence, selection)
    if not rollout or not selection.markets:
        return Plan(firm, evidence, selection.seed, top, selection, modes, learnt=learnt)
    rolled = roll_out(firm, evidence, selection, modes, watch=watch, previous=previous)
    outlook = look_out(firm, evidence, selection, modes, rolled)
    return Plan(firm, evidence, selection.seed, top, selection, modes, rolled, outlook, learnt)
