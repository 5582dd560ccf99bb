"""The outlook of a plan: simulated, put under stress, and at other paces."""

from __future__ import annotations

import numpy as np

from beachhead.assumptions import Assumptions
from beachhead.enter.result import ModeChoice
from beachhead.errors import bad
from beachhead.evidence import Evidence
from beachhead.firm import Firm, running
from beachhead.outlook import measures
from beachhead.outlook.hazard import load_hazard
from beachhead.outlook.ledger import Ledger
from beachhead.outlook.pace import pace
from beachhead.outlook.result import Added, Band, MarketOutlook, Outlook, band
from beachhead.outlook.schedule import Case, Ground, Schedule, case
from beachhead.outlook.simulate import CHUNK, THREADS, simulate
from beachhead.outlook.stress import stress
from beachhead.rollout.figures import figures
from beachhead.rollout.result import Rollout
from beachhead.rollout.rules import rules
from beachhead.rollout.shocks import Singles, history
from beachhead.rollout.tables import automations
from beachhead.select.result import Selection

MOST_PATHS = 100_000  # more would take a quarter of a gigabyte, and tell nothing new


def look_out(
    firm: Firm,
    evidence: Evidence,
    selection: Selection,
    modes: ModeChoice,
    rollout: Rollout,
    *,
    seed: int,
    paths: int = 10_000,
    recourse: bool = True,
) -> Outlook:
    """What follows from a plan, over ``paths`` futures. Raises InputError if ``paths`` is out of range.

    Without ``recourse`` nothing is decided on the way, and markets are left as often as the published exporters leave.

    The same seed gives the same luck to the same market in every plan, at every pace and under every stress.
    """
    if not 1 <= paths <= MOST_PATHS:
        raise bad("paths", paths, f"give a number of paths from 1 to {MOST_PATHS:,}")
    ground, schedule = ground_of(firm, evidence, selection, modes, rollout), schedule_of(firm, rollout)
    plan = case(ground, schedule, recourse=recourse)
    seen = simulate(plan, seed, paths)
    value = np.percentile(seen.worth, [10, 50, 90])
    back = measures.break_even(seen)
    return Outlook(
        quarters=rollout.quarters,
        paths=paths,
        revenue=by_quarter(seen.revenue),
        profit=by_quarter(seen.profit),
        cash=by_quarter(seen.cash),
        markets=by_quarter(seen.markets),
        hours=by_quarter(seen.hours),
        floor_usd=ground.rules.floor,
        value_p10=float(value[0]),
        value_p50=float(value[1]),
        value_p90=float(value[2]),
        value_mean=float(seen.worth.mean()),
        p_loss=float((seen.worth < 0.0).mean()),
        p_ruin=measures.p_ruin(seen),
        p_floor=measures.p_floor(ground.rules, seen),
        p_overstretch=measures.p_overstretch(measures.overstretched(ground.rules, seen)),
        break_even_quarter=None if back is None else rollout.quarters[back],
        p_break_even=measures.p_break_even(seen),
        survival=measures.survival(seen),
        resilience=measures.resilience(seen),
        by_market=by_market(plan, seen),
        exits=measures.exits(seen),
        stress=stress(plan, seen, seed, paths),
        pace=pace(ground, schedule, seen, seed, paths, recourse=recourse),
        memory_mb=measures.memory_mb(plan, paths, CHUNK, THREADS),
        added=added(plan, seen),
    )


def ground_of(firm: Firm, evidence: Evidence, selection: Selection, modes: ModeChoice, rollout: Rollout) -> Ground:
    """What the stages to the left say about the plan's markets.

    *Hard* markets, in which more exporters fail, are here those less accessible than the median economy: the source
    splits markets by how many firms export there.
    """
    markets = tuple(selection.markets[p.row] for p in rollout.presences)
    served = {p.country for p in running(firm, evidence.vintage)}
    left = {move.market: move.spend_usd for move in rollout.moves if move.kind == "leave"}
    return Ground(
        figures=figures(firm, evidence, selection, modes, markets),
        history=history(evidence, markets, firm.home),
        assumed=Assumptions(firm.assumptions),
        hazard=load_hazard(),
        rules=rules(firm, evidence.vintage),
        elsewhere=len(served - set(markets) - set(left)),
        leaving=sum(left.values()),
    )


def added(plan: Case, seen: Ledger) -> Added | None:
    """What the new markets are worth by themselves."""
    if plan.moves.running.all():
        return None
    p10, p50, p90 = (float(x) for x in np.percentile(seen.worth_new, [10, 50, 90]))
    return Added(p10, p50, p90, float(seen.worth_new.mean()), float((seen.worth_new < 0.0).mean()))


def by_quarter(x: Singles) -> Band:
    """Percentiles and mean of (T, N) by quarter."""
    return band(np.asarray(x.T, dtype=np.float64))


def schedule_of(firm: Firm, rollout: Rollout) -> Schedule:
    """The moves of a rollout."""
    table = {automation.id: automation for automation in automations(Assumptions(firm.assumptions))}
    bought = tuple((table[one.id], rollout.quarters.index(one.quarter)) for one in rollout.automation)
    return Schedule(rollout.presences, bought, len(rollout.quarters))


def by_market(plan: Case, seen: Ledger) -> tuple[MarketOutlook, ...]:
    """The markets one by one, in the order of the presences."""
    columns = (seen.entered, seen.served, seen.worth_of, seen.sales_last)
    rows = zip(plan.ground.figures.markets, *(column.tolist() for column in columns), strict=True)
    return tuple(MarketOutlook(*row) for row in rows)
